/** Random numbers from a seed, so that whatever is generated or goes wrong can be had again (Mulberry32, a public-domain generator). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** `count` characters of the alphabet that Kubernetes makes name suffixes of. */
  suffix(count: number): string {
    let text = '';
    for (let index = 0; index < count; index++) text += SUFFIX_ALPHABET[this.below(SUFFIX_ALPHABET.length)] ?? '';
    return text;
  }

  uid(): string {
    const hex = (digits: number): string => {
      let text = '';
      for (let index = 0; index < digits; index++) text += this.below(16).toString(16);
      return text;
    };
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + this.below(4)).toString(16)}${hex(3)}-${hex(12)}`;
  }
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
