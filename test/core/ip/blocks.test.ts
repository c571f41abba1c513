import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  blockAround,
  blockAt,
  blockCount,
  blocksOf,
  freeBlockCount,
  freeBlocks,
  nextFreeBlock,
  split,
  usableAddresses,
} from '../../../src/core/ip/blocks.js';
import { contains, formatRange, overlaps, parseCidr, type Range, sizeOf } from '../../../src/core/ip/range.js';
import { RangeSet } from '../../../src/core/ip/rangeSet.js';
import { PRIVATE_ADDRESSES } from '../../../src/core/ip/special.js';
import { cidr, SMALL, smallRange, smallRanges } from './arbitraries.js';

function range(text: string): Range {
  const parsed = parseCidr(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}
const texts = (ranges: readonly Range[]): string[] => ranges.map(formatRange);
const set = (...cidrs: string[]): RangeSet => RangeSet.of(cidrs.map(range));

test('the next free /16 outside these, inside that', () => {
  const taken = set('10.0.0.0/16', '10.1.128.0/24', '10.96.0.0/12');
  assert.equal(formatRange(nextFreeBlock(4, 16, set('10.0.0.0/8'), taken) ?? range('0.0.0.0/0')), '10.2.0.0/16');
  assert.deepEqual(texts(freeBlocks(4, 12, set('10.64.0.0/10'), taken, 9)), [
    '10.64.0.0/12',
    '10.80.0.0/12',
    '10.112.0.0/12',
  ]);
  assert.equal(nextFreeBlock(4, 8, PRIVATE_ADDRESSES, taken), undefined);
  assert.equal(
    formatRange(nextFreeBlock(4, 12, PRIVATE_ADDRESSES, set('10.0.0.0/8')) ?? taken.ranges[0] ?? range('::/0')),
    '100.64.0.0/12',
  );
  assert.equal(formatRange(nextFreeBlock(6, 64, PRIVATE_ADDRESSES, taken) ?? range('::/0')), 'fc00::/64');
});

test('blocks of a node, of a cluster, and of ranges that are no block', () => {
  assert.equal(blockCount(range('10.244.0.0/16'), 24), 256n);
  assert.equal(blockCount(range('10.244.0.0/16'), 16), 1n);
  assert.equal(blockCount(range('10.244.0.0/16'), 8), 0n);
  assert.equal(blockCount(range('fd00::/48'), 64), 65536n);
  assert.deepEqual(texts(split(range('10.244.0.0/22'), 24, 3)), ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
  assert.equal(formatRange(blockAt(range('10.244.0.0/16'), 24, 255n) ?? range('::/0')), '10.244.255.0/24');
  assert.equal(blockAt(range('10.244.0.0/16'), 24, 256n), undefined);
  assert.equal(blockAt(range('10.244.0.0/16'), 24, -1n), undefined);
  for (const none of [33, -1, 1.5, Number.NaN]) assert.equal(blockCount(range('10.244.0.0/16'), none), 0n);
  assert.equal(freeBlockCount(range('10.244.0.0/16'), 24, set('10.244.0.0/24', '10.244.7.128/25')), 254n);
});

test('the blocks of a range make up exactly this range, and cannot be fewer', () => {
  fc.assert(
    fc.property(smallRange, (value) => {
      const blocks = blocksOf(value);
      assert.deepEqual(RangeSet.of(blocks).ranges, RangeSet.of([value]).ranges);
      assert.equal(
        blocks.reduce((sum, block) => sum + sizeOf(block), 0n),
        sizeOf(value),
      );
      // Two neighbours of one size that could be one block would have been one.
      blocks.forEach((block, index) => {
        const next = blocks[index + 1];
        if (next?.prefixLength !== block.prefixLength) return;
        assert.notEqual(block.first % (2n * sizeOf(block)), 0n);
      });
    }),
  );
  assert.equal(blocksOf({ family: 4, first: 1n, last: (1n << 32n) - 2n }).length, 62);
  assert.equal(blocksOf({ family: 6, first: 1n, last: (1n << 128n) - 2n }).length, 254);
});

test('a CIDR is one block, and its halves are two', () => {
  fc.assert(
    fc.property(cidr, (value) => {
      assert.deepEqual(texts(blocksOf(value)), [formatRange(value)]);
      if (value.prefixLength === (value.family === 4 ? 32 : 128)) return;
      const halves = split(value, value.prefixLength + 1, 9);
      assert.equal(halves.length, 2);
      assert.equal(formatRange(blockAround(halves) ?? value), formatRange(value));
    }),
  );
});

test('the block around some ranges is the smallest one that holds them', () => {
  fc.assert(
    fc.property(fc.array(smallRange, { minLength: 1, maxLength: 4 }), (ranges) => {
      const around = blockAround(ranges);
      const families = new Set(ranges.map((value) => value.family));
      assert.equal(around === undefined, families.size > 1);
      if (around === undefined) return;
      for (const value of ranges) assert.ok(contains(around, value));
      for (const half of split(around, around.prefixLength + 1, 2))
        assert.ok(!ranges.every((value) => contains(half, value)));
    }),
  );
  assert.equal(blockAround([]), undefined);
});

test('free blocks agree with trying every block', () => {
  fc.assert(
    fc.property(smallRanges, smallRanges, fc.integer({ min: 26, max: 32 }), (inside, outside, prefixLength) => {
      const within = RangeSet.of(inside);
      const taken = RangeSet.of(outside);
      const universe: Range = { family: 4, first: 0n, last: BigInt(SMALL - 1) };
      const expected = split(universe, prefixLength, SMALL).filter(
        (block) => within.covers(block) && !taken.ranges.some((hole) => overlaps(hole, block)),
      );
      assert.deepEqual(texts(freeBlocks(4, prefixLength, within, taken, SMALL)), texts(expected));
    }),
  );
});

test('the addresses that hosts can have', () => {
  assert.equal(usableAddresses(range('10.244.0.0/24')), 254n);
  assert.equal(usableAddresses(range('10.0.0.0/31')), 2n);
  assert.equal(usableAddresses(range('10.0.0.1/32')), 1n);
  assert.equal(usableAddresses(range('fd00::/120')), 256n);
});
