/**
 * A text for each row, in one buffer: 1 byte a character and 5 bytes a row, where an array of strings takes about 60 bytes a
 * row and work of the garbage collector. Names of Kubernetes are short and plain ASCII; any other text is kept as it is.
 */

const DECODER = new TextDecoder();

const MAX_LENGTH = 254;
/** Stands for a length: the text is in `#others`. */
const OTHER = 255;

export class PackedTexts {
  #bytes = new Uint8Array(0);
  /** First byte that is not used yet. */
  #end = 0;
  /** Bytes before `#end` that belong to no row any more. */
  #waste = 0;
  #offset = new Uint32Array(0);
  #length = new Uint8Array(0);
  readonly #others = new Map<number, string>();

  /** Makes room for that many rows. */
  resize(rows: number): void {
    this.#offset = copied(new Uint32Array(rows), this.#offset);
    this.#length = copied(new Uint8Array(rows), this.#length);
  }

  set(row: number, text: string): void {
    this.clear(row);
    if (!isPlain(text)) {
      this.#length[row] = OTHER;
      this.#others.set(row, text);
      return;
    }
    if (this.#end + text.length > this.#bytes.length) this.#makeRoom(text.length);
    this.#offset[row] = this.#end;
    this.#length[row] = text.length;
    for (let at = 0; at < text.length; at++) this.#bytes[this.#end++] = text.charCodeAt(at);
  }

  clear(row: number): void {
    const length = this.#length[row] ?? 0;
    if (length === OTHER) this.#others.delete(row);
    else this.#waste += length;
    this.#length[row] = 0;
  }

  text(row: number): string {
    const length = this.#length[row] ?? 0;
    if (length === OTHER) return this.#others.get(row) ?? '';
    const offset = this.#offset[row] ?? 0;
    return DECODER.decode(this.#bytes.subarray(offset, offset + length));
  }

  equals(row: number, text: string): boolean {
    const length = this.#length[row] ?? 0;
    if (length === OTHER) return this.#others.get(row) === text;
    if (length !== text.length) return false;
    const offset = this.#offset[row] ?? 0;
    for (let at = 0; at < length; at++) if (this.#bytes[offset + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  /** Gives back what is not needed. */
  trim(): void {
    this.#rebuild(this.#end - this.#waste);
  }

  #makeRoom(more: number): void {
    const used = this.#end - this.#waste;
    // Where much is waste, it is enough to put it in order; else grow, but not by so much that half of it stays empty.
    this.#rebuild(Math.max(this.#bytes.length, Math.ceil((used + more) * 1.3), 1024));
  }

  #rebuild(capacity: number): void {
    const bytes = new Uint8Array(capacity);
    let end = 0;
    for (let row = 0; row < this.#length.length; row++) {
      const length = this.#length[row] ?? 0;
      if (length === 0 || length === OTHER) continue;
      const offset = this.#offset[row] ?? 0;
      bytes.set(this.#bytes.subarray(offset, offset + length), end);
      this.#offset[row] = end;
      end += length;
    }
    this.#bytes = bytes;
    this.#end = end;
    this.#waste = 0;
  }
}

function isPlain(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** The larger array with the contents of the smaller one, or as much of them as there is room for. */
export function copied<T extends Uint8Array | Uint32Array | Int32Array>(to: T, from: T): T {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
  return to;
}
