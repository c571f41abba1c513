/**
 * The envelope of the API server's protobuf: four bytes, then a message that holds the message.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding and
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/runtime/serializer/protobuf/protobuf.go
 */
import { KubeError, type StatusFields } from '../errors.js';
import { reduced } from './generated.js';
import { PiecesReader } from './piecesReader.js';
import { tagOf } from './wire.js';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const MAGIC = Buffer.from('k8s\0', 'latin1');

export const isProtobuf = (contentType: string): boolean => contentType.startsWith(PROTOBUF);

/** Runs a decoder; what it throws at a malformed message becomes a `KubeError` of kind `protocol`. */
export function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw new KubeError('protocol', 'what the server sent is not the protobuf of its kind', { cause: error });
  }
}

export interface Opened {
  readonly apiVersion: string;
  readonly kind: string;
  /** The message itself; a view of the bytes that were given. */
  readonly raw: Uint8Array;
}

/** Takes a message out of its envelope. */
export function open(bytes: Uint8Array): Opened {
  return decoding(() => {
    if (Buffer.compare(bytes.subarray(0, MAGIC.length), MAGIC) !== 0)
      throw new KubeError('protocol', 'what the server sent has not the first bytes of its protobuf');
    const { typeMeta, raw, contentEncoding } = reduced.Unknown.decode(bytes.subarray(MAGIC.length));
    if (contentEncoding !== '') throw new KubeError('protocol', `unknown content encoding ${contentEncoding}`);
    return { apiVersion: typeMeta?.apiVersion ?? '', kind: typeMeta?.kind ?? '', raw };
  });
}

/** Fields of runtime.Unknown. */
const UNKNOWN = { typeMeta: tagOf(1), raw: tagOf(2), contentEncoding: tagOf(3) } as const;

/** The same of bytes that come in pieces, without joining them. */
export function openPieces(pieces: readonly Uint8Array[]): Omit<Opened, 'raw'> & { readonly raw: PiecesReader } {
  return decoding(() => {
    const reader = new PiecesReader(pieces);
    if (!reader.read(MAGIC.length, (bytes, length) => MAGIC.equals(bytes.take(length))))
      throw new KubeError('protocol', 'what the server sent has not the first bytes of its protobuf');
    let typeMeta: reduced.ITypeMeta = {};
    let raw = reader.part(0);
    while (reader.left > 0) {
      const tag = reader.uint32();
      if (tag === UNKNOWN.typeMeta) {
        typeMeta = reader.read(reader.uint32(), (bytes, length) => reduced.TypeMeta.decode(bytes, length));
      } else if (tag === UNKNOWN.raw) {
        const length = reader.uint32();
        raw = reader.part(length);
        reader.pass(length);
      } else if (tag === UNKNOWN.contentEncoding) {
        const length = reader.uint32();
        if (length > 0) throw new KubeError('protocol', 'what the server sent is encoded once more');
      } else {
        reader.skip(tag & 7);
      }
    }
    return { apiVersion: typeMeta.apiVersion ?? '', kind: typeMeta.kind ?? '', raw };
  });
}

/** The Status in a message's bytes. */
export function statusOfMessage(raw: Uint8Array): StatusFields {
  const { message, reason, code, details } = decoding(() => reduced.Status.decode(raw));
  return { message, reason, code, retryAfterSeconds: details?.retryAfterSeconds ?? 0 };
}
