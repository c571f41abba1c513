/**
 * Which of many ranges overlap: all of them at once, by sorting and one sweep.
 *
 * Answers for: groups of equal ranges, and pairs of different ranges that share addresses. Equal ranges are one group and
 * never a pair, so that a thousand nodes with one range make one group of a thousand and not half a million pairs. Among
 * different CIDRs one lies inside the other or they share nothing, so the pairs are at most 32 (IPv6: 128) for each range.
 */
import type { Range } from './range.js';

/** Two different ranges that share addresses. Both sides name every input that is this range, in order of input. */
export interface Overlap {
  /** Of the range that begins first, or of the larger one where both begin together. */
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  /** Whether `inner` lies wholly inside. Always so among CIDRs. */
  readonly nested: boolean;
}

export interface Overlaps {
  /** Inputs that are one and the same range: groups of two or more. */
  readonly equal: readonly (readonly number[])[];
  /** IPv4 before IPv6, in order of the inner range. */
  readonly pairs: readonly Overlap[];
  /** Whether `limit` cut the pairs off. */
  readonly complete: boolean;
}

export interface OverlapOptions {
  /** Pairs that are listed at the most; 10,000 unless told otherwise. */
  readonly limit?: number;
  /** Whether a pair is of interest; the others neither stand in the result nor count towards the limit. All are, unless told otherwise. */
  readonly keep?: (outer: readonly number[], inner: readonly number[]) => boolean;
}

/** A range and every input that is this range. */
interface Group<N> {
  readonly members: number[];
  readonly first: N;
  readonly last: N;
}
interface Entry<N> {
  readonly first: N;
  readonly last: N;
  /** Position among the inputs. */
  readonly index: number;
}

/** The sweep over one family, with bounds as numbers (IPv4: fast) or as bigints. False when the limit cut it off. */
function sweep<N extends number | bigint>(
  entries: Entry<N>[],
  equal: (readonly number[])[],
  pairs: Overlap[],
  { limit, keep }: Required<OverlapOptions>,
): boolean {
  entries.sort((a, b) => {
    if (a.first !== b.first) return a.first < b.first ? -1 : 1;
    if (a.last !== b.last) return a.last > b.last ? -1 : 1;
    return a.index - b.index;
  });
  /** Ranges that have begun and may still reach the current one. */
  let open: Group<N>[] = [];
  /** Pairs a range, all its inputs known, with what is open; false at the limit. */
  const meet = (group: Group<N>): boolean => {
    // Most often the last ones of what is open have ended: no new array for that.
    for (let end = open.at(-1); end !== undefined && end.last < group.first; end = open.at(-1)) open.pop();
    if (open.some((range) => range.last < group.first)) open = open.filter((range) => range.last >= group.first);
    for (const outer of open) {
      if (!keep(outer.members, group.members)) continue;
      if (pairs.length >= limit) return false;
      pairs.push({ outer: outer.members, inner: group.members, nested: group.last <= outer.last });
    }
    open.push(group);
    return true;
  };
  let group: Group<N> | undefined;
  for (const { first, last, index } of entries) {
    if (group?.first === first && group.last === last) {
      if (group.members.push(index) === 2) equal.push(group.members);
      continue;
    }
    if (group !== undefined && !meet(group)) return false;
    group = { members: [index], first, last };
  }
  return group === undefined || meet(group);
}

/** All overlaps among the ranges; indices are positions in `ranges`. 5,000 ranges take a few milliseconds. */
export function findOverlaps(ranges: readonly Range[], options: OverlapOptions = {}): Overlaps {
  const v4: Entry<number>[] = [];
  const v6: Entry<bigint>[] = [];
  ranges.forEach((range, index) => {
    if (range.family === 4) v4.push({ first: Number(range.first), last: Number(range.last), index });
    else v6.push({ first: range.first, last: range.last, index });
  });
  const equal: (readonly number[])[] = [];
  const pairs: Overlap[] = [];
  const filled = { limit: 10_000, keep: () => true, ...options };
  const complete = sweep(v4, equal, pairs, filled) && sweep(v6, equal, pairs, filled);
  return { equal, pairs, complete };
}
