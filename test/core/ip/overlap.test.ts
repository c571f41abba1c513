import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findOverlaps, type Overlaps } from '../../../src/core/ip/overlap.js';
import { cidrOf, contains, overlaps, parseCidr, type Range, sameRange } from '../../../src/core/ip/range.js';
import { smallRange } from './arbitraries.js';

/** Every pair of inputs that the result says overlap, as `a b` with a < b. */
function pairsOf(result: Overlaps): Set<string> {
  const found = new Set<string>();
  const add = (a: number, b: number): void => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    assert.ok(!found.has(key), `${key} twice`);
    found.add(key);
  };
  for (const group of result.equal)
    group.forEach((a, index) => {
      for (const b of group.slice(index + 1)) add(a, b);
    });
  for (const pair of result.pairs) for (const a of pair.outer) for (const b of pair.inner) add(a, b);
  return found;
}

/** Every pair against every other: the oracle. */
function pairwise(ranges: readonly Range[]): Set<string> {
  const found = new Set<string>();
  ranges.forEach((a, i) => {
    ranges.forEach((b, j) => {
      if (i < j && overlaps(a, b)) found.add(`${i} ${j}`);
    });
  });
  return found;
}

function assertSound(ranges: readonly Range[]): void {
  const result = findOverlaps(ranges);
  assert.ok(result.complete);
  assert.deepEqual(pairsOf(result), pairwise(ranges));
  const range = (index: number | undefined): Range => {
    const found = ranges[index ?? -1];
    assert.ok(found);
    return found;
  };
  for (const group of result.equal) for (const index of group) assert.ok(sameRange(range(group[0]), range(index)));
  for (const pair of result.pairs) {
    assert.equal(pair.nested, contains(range(pair.outer[0]), range(pair.inner[0])));
    assert.ok(!sameRange(range(pair.outer[0]), range(pair.inner[0])));
  }
}

test('agrees with comparing every pair, for ranges of any kind', () => {
  fc.assert(fc.property(fc.array(smallRange, { maxLength: 30 }), assertSound), { numRuns: 1000 });
});

test('agrees with comparing every pair, for CIDRs', () => {
  const smallCidr = fc
    .tuple(fc.constantFrom(4, 6), fc.bigInt({ min: 0n, max: 255n }), fc.integer({ min: 0, max: 8 }))
    .map(([family, value, bits]) => cidrOf({ family, value }, (family === 4 ? 32 : 128) - bits));
  fc.assert(fc.property(fc.array(smallCidr, { maxLength: 40 }), assertSound), { numRuns: 500 });
});

test('a thousand equal ranges are one group, and a range around them one pair', () => {
  const parse = (text: string): Range => {
    const parsed = parseCidr(text);
    assert.ok(parsed.ok);
    return parsed.value;
  };
  const inner = parse('10.244.0.0/24');
  const result = findOverlaps([...Array.from({ length: 1000 }, () => inner), parse('10.244.0.0/16')]);
  assert.equal(result.equal.length, 1);
  assert.equal(result.equal[0]?.length, 1000);
  assert.deepEqual(
    result.pairs.map((pair) => [pair.outer, pair.inner.length, pair.nested]),
    [[[1000], 1000, true]],
  );
});

test('the output has a limit, and says when it was met', () => {
  // Ranges that all cross one another: 0-100, 1-101, 2-102, …
  const crossing = Array.from({ length: 300 }, (_, i): Range => ({
    family: 4,
    first: BigInt(i),
    last: BigInt(i + 1000),
  }));
  const cut = findOverlaps(crossing, { limit: 50 });
  assert.equal(cut.pairs.length, 50);
  assert.equal(cut.complete, false);
  assert.equal(findOverlaps(crossing, { limit: 1e6 }).pairs.length, (300 * 299) / 2);
});

test('families never overlap', () => {
  const result = findOverlaps([
    { family: 4, first: 0n, last: (1n << 32n) - 1n },
    { family: 6, first: 0n, last: (1n << 128n) - 1n },
  ]);
  assert.deepEqual(result, { equal: [], pairs: [], complete: true });
});

test('pairs of no interest count for nothing', () => {
  const nested = Array.from({ length: 9 }, (_, i): Range => ({ family: 4, first: 0n, last: BigInt(100 - i) }));
  const result = findOverlaps(nested, { limit: 8, keep: (outer) => outer[0] === 0 });
  assert.equal(result.pairs.length, 8);
  assert.equal(result.complete, true);
});
