/** A reader whose equal texts are one text: of what a list holds, most is the same in every item. */
import { BufferReader } from 'protobufjs/minimal.js';

/** Longer texts are hardly ever the same. */
const LONGEST = 64;
/** Texts that are remembered, each at the place that its hash gives it: a power of two. */
const PLACES = 8192;

const remembered = new Array<string>(PLACES).fill('');

export class SharingReader extends BufferReader {
  constructor(bytes: Uint8Array) {
    super(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** Where so many bytes from here end. Throws a RangeError when there are not so many. */
  endOf(length: number): number {
    const end = this.pos + length;
    if (end > this.len) throw new RangeError('a part of the message is longer than the message');
    return end;
  }

  /** Begins a message of so many bytes: until `leave` nothing behind its end can be read. Answers with what `leave` needs. */
  enter(length: number): number {
    const end = this.endOf(length);
    const outer = this.len;
    this.len = end;
    return outer;
  }

  /** Ends a message. Throws a RangeError when it was not read exactly to its end. */
  leave(outer: number): void {
    if (this.pos !== this.len) throw new RangeError('a part of the message is longer than the message');
    this.len = outer;
  }

  /** The next so many bytes themselves. */
  take(length: number): Uint8Array {
    const end = this.endOf(length);
    const bytes = this.buf.subarray(this.pos, end);
    this.pos = end;
    return bytes;
  }

  /** Most tags and lengths are one byte, and need none of what longer ones do. */
  override uint32(): number {
    const byte = this.pos < this.len ? (this.buf[this.pos] ?? 0x80) : 0x80;
    if (byte >= 0x80) return super.uint32();
    this.pos++;
    return byte;
  }

  override string(): string {
    const { pos, buf } = this;
    const end = this.endOf(this.uint32());
    const start = this.pos;
    const length = end - start;
    if (length === 0) return '';
    if (length > LONGEST) {
      this.pos = pos;
      return super.string();
    }
    // Names that differ mostly do so at their ends.
    let hash = length;
    for (let at = Math.max(start, end - 12); at < end; at++) hash = (Math.imul(hash, 31) + (buf[at] ?? 0)) | 0;
    const place = (hash ^ (hash >>> 13)) & (PLACES - 1);
    const known = remembered[place] ?? '';
    if (isSame(known, buf, start, length)) {
      this.pos = end;
      return known;
    }
    this.pos = pos;
    const text = super.string();
    // Of plain ASCII each byte is a character; any other text could be taken for one of other bytes.
    if (text.length === length) remembered[place] = text;
    return text;
  }

  /** A text of which there is no other like it, such as a UID: not looked for, and not remembered. */
  ownString(): string {
    const { pos } = this;
    // Cut off, it would be taken for a shorter text.
    this.endOf(this.uint32());
    this.pos = pos;
    return super.string();
  }

  /** Reads a text; answers with it when it is one of these, and makes none of any other. */
  oneOf(texts: readonly string[]): string | undefined {
    const end = this.endOf(this.uint32());
    const start = this.pos;
    this.pos = end;
    for (const text of texts) if (isSame(text, this.buf, start, end - start)) return text;
    return undefined;
  }
}

/** Whether the text, which is plain ASCII, is these very bytes. */
function isSame(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = length - 1; at >= 0; at--) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
