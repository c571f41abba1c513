import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Address } from '../../../src/core/ip/address.js';
import { containsAddress, overlaps, type Range } from '../../../src/core/ip/range.js';
import { RangeSet } from '../../../src/core/ip/rangeSet.js';
import { SMALL_ADDRESSES, smallRange, smallRanges } from './arbitraries.js';

/** The addresses of the ranges, counted one by one: the oracle. */
const counted = (ranges: readonly Range[]): Address[] =>
  SMALL_ADDRESSES.filter((address) => ranges.some((range) => containsAddress(range, address)));

function assertIs(set: RangeSet, expected: readonly Address[]): void {
  const wanted = new Set(expected);
  for (const address of SMALL_ADDRESSES) assert.equal(set.has(address), wanted.has(address));
  assert.equal(set.size(4) + set.size(6), BigInt(expected.length));
  assert.equal(set.isEmpty, expected.length === 0);
  // Normal form: in order, neither overlapping nor touching.
  set.ranges.forEach((range, index) => {
    const previous = set.ranges[index - 1];
    if (previous === undefined) return;
    assert.ok(previous.family < range.family || range.first > previous.last + 1n);
    assert.ok(!overlaps(previous, range));
  });
}

test('sets agree with counting addresses one by one', () => {
  fc.assert(
    fc.property(smallRanges, smallRanges, (a, b) => {
      const [setA, setB] = [RangeSet.of(a), RangeSet.of(b)];
      const [ofA, ofB] = [new Set(counted(a)), new Set(counted(b))];
      assertIs(setA, [...ofA]);
      assertIs(setA.union(setB), counted([...a, ...b]));
      assertIs(
        setA.subtract(setB),
        [...ofA].filter((address) => !ofB.has(address)),
      );
      assertIs(
        setA.intersect(setB),
        [...ofA].filter((address) => ofB.has(address)),
      );
    }),
    { numRuns: 1000 },
  );
});

test('covers and touches agree with counting', () => {
  fc.assert(
    fc.property(smallRanges, smallRange, (ranges, range) => {
      const set = RangeSet.of(ranges);
      const inside = new Set(counted(ranges));
      const asked = counted([range]);
      assert.equal(
        set.covers(range),
        asked.every((address) => inside.has(address)),
      );
      assert.equal(
        set.touches(range),
        asked.some((address) => inside.has(address)),
      );
    }),
    { numRuns: 1000 },
  );
});

test('the whole of a family, without a hole, and back', () => {
  const hole: Range = { family: 6, first: 5n, last: 9n };
  const rest = RangeSet.everything(6).subtract(RangeSet.of([hole]));
  assert.equal(rest.size(6), (1n << 128n) - 5n);
  assert.deepEqual(rest.union(RangeSet.of([hole])).ranges, RangeSet.everything(6).ranges);
  assert.equal(RangeSet.everything(4).hasIPv4(0xffffffff), true);
  assert.equal(RangeSet.empty.hasIPv4(0), false);
});
