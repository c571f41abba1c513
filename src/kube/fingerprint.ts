/**
 * A number that tells whether plain data is still the same, without keeping the data: 5,000 nodes' summaries would be held
 * twice only to be compared.
 */

/**
 * 53 bits of a hash over everything in `value`: texts, numbers, bigints, booleans, lists and objects of them, in the order of
 * their keys. Two values that differ have one fingerprint once in 10^16. The hash is Peter Bryc's cyrb53:
 * https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js
 */
export function fingerprint(value: unknown): number {
  const hash = new Hash();
  hash.add(value);
  return hash.result();
}

class Hash {
  #a = 0xdeadbeef | 0;
  #b = 0x41c6ce57 | 0;

  add(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#text(value);
        break;
      case 'object':
        if (value === null) this.#code(1);
        else if (Array.isArray(value)) this.#list(value);
        else this.#object(value as Readonly<Record<string, unknown>>);
        break;
      default:
        // The type belongs to it: 1 is not '1'.
        this.#text(`${typeof value} ${String(value)}`);
    }
  }

  result(): number {
    let a = Math.imul(this.#a ^ (this.#a >>> 16), 2246822507);
    a ^= Math.imul(this.#b ^ (this.#b >>> 13), 3266489909);
    let b = Math.imul(this.#b ^ (this.#b >>> 16), 2246822507);
    b ^= Math.imul(this.#a ^ (this.#a >>> 13), 3266489909);
    return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
  }

  #list(list: readonly unknown[]): void {
    this.#code(2);
    for (const entry of list) this.add(entry);
    this.#code(3);
  }

  #object(object: Readonly<Record<string, unknown>>): void {
    this.#code(4);
    for (const key in object) {
      // Absent and undefined are the same to whoever is told.
      if (object[key] === undefined) continue;
      this.#text(key);
      this.add(object[key]);
    }
    this.#code(5);
  }

  #text(text: string): void {
    this.#code(0x10000 + text.length);
    for (let at = 0; at < text.length; at++) this.#code(text.charCodeAt(at));
  }

  #code(code: number): void {
    this.#a = Math.imul(this.#a ^ code, 2654435761);
    this.#b = Math.imul(this.#b ^ code, 1597334677);
  }
}
