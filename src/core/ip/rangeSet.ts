/**
 * Sets of addresses, kept as ranges in order that neither overlap nor touch.
 *
 * Answers for: union, difference, intersection, and whether an address or a range lies inside. Both families may stand in
 * one set. A set never changes.
 */
import { type Address, type Family } from './address.js';
import { compareRanges, everything, type Range, sizeOf } from './range.js';

/** Ranges in order, merged where they overlap or touch. */
function merged(ranges: Iterable<Range>): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort(compareRanges)) {
    const last = result.at(-1);
    if (last?.family !== range.family || range.first > last.last + 1n) {
      result.push({ family: range.family, first: range.first, last: range.last });
    } else if (range.last > last.last) {
      result[result.length - 1] = { family: range.family, first: last.first, last: range.last };
    }
  }
  return result;
}

export class RangeSet {
  /** In order: IPv4 before IPv6, then by first address; no two overlap or touch. */
  readonly ranges: readonly Range[];
  /** Bounds of the IPv4 ranges as numbers, for the many lookups. */
  readonly #first4: Float64Array;
  readonly #last4: Float64Array;

  private constructor(normal: readonly Range[]) {
    this.ranges = normal;
    const v4 = normal.filter((range) => range.family === 4);
    this.#first4 = Float64Array.from(v4, (range) => Number(range.first));
    this.#last4 = Float64Array.from(v4, (range) => Number(range.last));
  }

  static readonly empty = new RangeSet([]);
  static of(ranges: Iterable<Range>): RangeSet {
    return new RangeSet(merged(ranges));
  }
  static everything(family: Family): RangeSet {
    return new RangeSet([everything(family)]);
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }
  /** How many addresses of a family, exactly. */
  size(family: Family): bigint {
    return this.ranges.reduce((sum, range) => (range.family === family ? sum + sizeOf(range) : sum), 0n);
  }

  union(other: RangeSet): RangeSet {
    return new RangeSet(merged([...this.ranges, ...other.ranges]));
  }
  intersect(other: RangeSet): RangeSet {
    const result: Range[] = [];
    let i = 0;
    let j = 0;
    for (;;) {
      const a = this.ranges[i];
      const b = other.ranges[j];
      if (a === undefined || b === undefined) return new RangeSet(result);
      if (a.family !== b.family) {
        if (a.family < b.family) i++;
        else j++;
        continue;
      }
      const first = a.first > b.first ? a.first : b.first;
      const last = a.last < b.last ? a.last : b.last;
      if (first <= last) result.push({ family: a.family, first, last });
      if (a.last < b.last) i++;
      else j++;
    }
  }
  /** What is in this set and not in the other one. */
  subtract(other: RangeSet): RangeSet {
    const result: Range[] = [];
    let j = 0;
    for (const range of this.ranges) {
      let first = range.first;
      for (; ; j++) {
        const hole = other.ranges[j];
        if (hole === undefined || hole.family > range.family) break;
        if (hole.family < range.family || hole.last < first) continue;
        if (hole.first > range.last) break;
        if (hole.first > first) result.push({ family: range.family, first, last: hole.first - 1n });
        first = hole.last + 1n;
        // The hole may reach into the next range of this set too, so it is not passed yet.
        if (first > range.last) break;
      }
      if (first <= range.last) result.push({ family: range.family, first, last: range.last });
    }
    return new RangeSet(result);
  }

  /** Whether the IPv4 address with this number is inside. The hot path: no allocation. */
  hasIPv4(value: number): boolean {
    let low = 0;
    let high = this.#first4.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if ((this.#first4[middle] ?? 0) > value) high = middle - 1;
      else if ((this.#last4[middle] ?? 0) < value) low = middle + 1;
      else return true;
    }
    return false;
  }
  has(address: Address): boolean {
    return address.family === 4
      ? this.hasIPv4(Number(address.value))
      : this.#around(address.family, address.value) !== undefined;
  }
  /** Whether every address of the range is inside. */
  covers(range: Range): boolean {
    const around = this.#around(range.family, range.first);
    return around !== undefined && range.last <= around.last;
  }
  /** Whether some address of the range is inside. */
  touches(range: Range): boolean {
    if (this.#around(range.family, range.first) !== undefined) return true;
    const next = this.ranges[this.#after(range.family, range.first)];
    return next?.family === range.family && next.first <= range.last;
  }

  /** Index of the first range that begins after the address. */
  #after(family: Family, value: bigint): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.ranges[middle];
      if (range === undefined) break;
      if (range.family < family || (range.family === family && range.first <= value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  #around(family: Family, value: bigint): Range | undefined {
    const before = this.ranges[this.#after(family, value) - 1];
    return before?.family === family && value <= before.last ? before : undefined;
  }
}
