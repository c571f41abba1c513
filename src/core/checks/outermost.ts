/** Claims that no other one encloses: what is said of a cluster's range need not be said of each node's part of it. */
import { compareRanges, contains } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import { compareNatural } from '../network/naturalOrder.js';
import { placeKey } from '../network/place.js';

const order = (a: Claim, b: Claim): number =>
  compareRanges(a.range, b.range) ||
  compareNatural(a.owner, b.owner) ||
  compareNatural(placeKey(a.place), placeKey(b.place));

/** One claim a range, in order of addresses; ranges that lie inside of another one's are left out. */
export function outermost(claims: readonly Claim[]): Claim[] {
  const result: Claim[] = [];
  for (const claim of [...claims].sort(order)) {
    const last = result.at(-1);
    if (last === undefined || !contains(last.range, claim.range)) result.push(claim);
  }
  return result;
}
