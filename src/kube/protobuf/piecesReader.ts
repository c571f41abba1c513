/**
 * Reads a message that comes in pieces, without joining them: of a page of 5,000 pods that is 25 MB, copied only to be read
 * once. A field that lies in one piece is decoded where it is, and one that goes on in the next is joined by itself.
 *
 * Every method throws a RangeError at what is not such a message. https://protobuf.dev/programming-guides/encoding/
 */
import { SharingReader } from './sharingReader.js';

const EMPTY = new Uint8Array();

export class PiecesReader {
  readonly #pieces: readonly Uint8Array[];
  #index: number;
  #reader: SharingReader;
  #left: number;

  constructor(
    pieces: readonly Uint8Array[],
    { index = 0, offset = 0, left = pieces.reduce((sum, piece) => sum + piece.length, 0) } = {},
  ) {
    this.#pieces = pieces;
    this.#index = index;
    this.#reader = new SharingReader(pieces[index] ?? EMPTY);
    this.#reader.pos = offset;
    this.#left = left;
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.#left;
  }

  /** A reader of the next so many bytes; this one stays where it is. */
  part(length: number): PiecesReader {
    this.#check(length);
    return new PiecesReader(this.#pieces, { index: this.#index, offset: this.#reader.pos, left: length });
  }

  /** A tag or a length: the lower 32 bits of a varint. */
  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a number of the message has no end');
  }

  /** Decodes the next so many bytes, and no others. */
  read<T>(length: number, decode: (reader: SharingReader, length: number) => T): T {
    this.#check(length);
    if (this.#reader.pos === this.#reader.len) this.#next();
    this.#left -= length;
    const reader = length <= this.#here ? this.#reader : new SharingReader(this.#joined(length));
    const outer = reader.enter(length);
    const value = decode(reader, length);
    reader.leave(outer);
    return value;
  }

  /** Passes over a field that was written so, after its tag. */
  skip(wireType: number): void {
    if (wireType === 0) this.uint32();
    else if (wireType === 1) this.pass(8);
    else if (wireType === 2) this.pass(this.uint32());
    else if (wireType === 5) this.pass(4);
    else throw new RangeError(`a field of the message has the unknown wire type ${wireType}`);
  }

  #check(length: number): void {
    if (length > this.#left) throw new RangeError('a part of the message is longer than the message');
  }

  #byte(): number {
    this.#check(1);
    if (this.#reader.pos === this.#reader.len) this.#next();
    this.#left--;
    return this.#reader.buf[this.#reader.pos++] ?? 0;
  }

  /** Passes over so many bytes. */
  pass(length: number): void {
    this.#check(length);
    this.#left -= length;
    let rest = length;
    for (let here = this.#here; rest > here; here = this.#here) {
      rest -= here;
      this.#next();
    }
    this.#reader.pos += rest;
  }

  /** The next so many bytes, from wherever they are. */
  #joined(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (this.#here === 0) this.#next();
      const { pos, buf } = this.#reader;
      const some = buf.subarray(pos, pos + Math.min(this.#here, length - filled));
      bytes.set(some, filled);
      filled += some.length;
      this.#reader.pos += some.length;
    }
    return bytes;
  }

  /** Bytes that are left of this piece. */
  get #here(): number {
    return this.#reader.len - this.#reader.pos;
  }

  #next(): void {
    do this.#reader = new SharingReader(this.#pieces[++this.#index] ?? EMPTY);
    while (this.#reader.len === 0 && this.#index < this.#pieces.length);
  }
}
