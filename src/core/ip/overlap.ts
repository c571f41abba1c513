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

/** Pairs that `findOverlaps` lists at the most, unless told otherwise. */
export const MAX_PAIRS = 10_000;

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
  limit: number,
): boolean {
  entries.sort((a, b) => {
    if (a.first !== b.first) return a.first < b.first ? -1 : 1;
    if (a.last !== b.last) return a.last > b.last ? -1 : 1;
    return a.index - b.index;
  });
  /** Ranges that have begun and may still reach the current one. */
  let open: { readonly members: number[]; readonly last: N }[] = [];
  let current: { readonly members: number[]; readonly first: N; readonly last: N } | undefined;
  for (const { first, last, index } of entries) {
    if (current?.first === first && current.last === last) {
      if (current.members.push(index) === 2) equal.push(current.members);
      continue;
    }
    // Most often the last ones of what is open have ended: no new array for that.
    for (let end = open.at(-1); end !== undefined && end.last < first; end = open.at(-1)) open.pop();
    if (open.some((range) => range.last < first)) open = open.filter((range) => range.last >= first);
    current = { members: [index], first, last };
    for (const outer of open) {
      if (pairs.length >= limit) return false;
      pairs.push({ outer: outer.members, inner: current.members, nested: last <= outer.last });
    }
    open.push(current);
  }
  return true;
}

/** All overlaps among the ranges; indices are positions in `ranges`. 5,000 ranges take a few milliseconds. */
export function findOverlaps(ranges: readonly Range[], limit: number = MAX_PAIRS): Overlaps {
  const v4: Entry<number>[] = [];
  const v6: Entry<bigint>[] = [];
  ranges.forEach((range, index) => {
    if (range.family === 4) v4.push({ first: Number(range.first), last: Number(range.last), index });
    else v6.push({ first: range.first, last: range.last, index });
  });
  const equal: (readonly number[])[] = [];
  const pairs: Overlap[] = [];
  const complete = sweep(v4, equal, pairs, limit) && sweep(v6, equal, pairs, limit);
  return { equal, pairs, complete };
}
