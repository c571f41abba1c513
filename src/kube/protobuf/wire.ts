/** How a field begins on the wire: its number and how it is written. https://protobuf.dev/programming-guides/encoding/#structure */
export const VARINT = 0;
/** A text, bytes or a message, with its length in front. */
export const LENGTH = 2;

export const tagOf = (field: number, wireType: typeof VARINT | typeof LENGTH = LENGTH): number =>
  (field << 3) | wireType;
