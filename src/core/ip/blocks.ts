/**
 * CIDR blocks: cutting ranges into them, and finding free ones.
 *
 * Answers for: how many blocks fit, the n-th of them, the blocks that make up a range, the smallest block around some
 * ranges, and the next free block that touches nothing of what is taken.
 */
import { BITS, type Family } from './address.js';
import { type Cidr, cidrOf, type Range, sizeOf } from './range.js';
import { RangeSet } from './rangeSet.js';

/** Whether a number can be a prefix length of that family: a whole number of 0..32, or 0..128. */
export const isPrefixLength = (family: Family, prefixLength: number): boolean =>
  Number.isInteger(prefixLength) && prefixLength >= 0 && prefixLength <= BITS[family];

/** How many addresses a block of that prefix length has; 0 when there is no such prefix length. */
export const blockSize = (family: Family, prefixLength: number): bigint =>
  isPrefixLength(family, prefixLength) ? 1n << BigInt(BITS[family] - prefixLength) : 0n;

/** How many whole, aligned blocks of that prefix length the range holds. */
export function blockCount(range: Range, prefixLength: number): bigint {
  const size = blockSize(range.family, prefixLength);
  if (size === 0n) return 0n;
  const first = (range.first + size - 1n) / size;
  const end = (range.last + 1n) / size;
  return end > first ? end - first : 0n;
}

/** The block number `index` (from 0) of that prefix length in the range, or undefined when there is none. */
export function blockAt(range: Range, prefixLength: number, index: bigint): Cidr | undefined {
  if (index < 0n || index >= blockCount(range, prefixLength)) return undefined;
  const size = blockSize(range.family, prefixLength);
  const value = ((range.first + size - 1n) / size + index) * size;
  return cidrOf({ family: range.family, value }, prefixLength);
}

/** The first `limit` blocks of that prefix length in the range. */
export function split(range: Range, prefixLength: number, limit: number): Cidr[] {
  const blocks: Cidr[] = [];
  for (let index = 0n; blocks.length < limit; index++) {
    const block = blockAt(range, prefixLength, index);
    if (block === undefined) break;
    blocks.push(block);
  }
  return blocks;
}

/** The fewest blocks that make up exactly this range, in order: at most 62 for IPv4, 254 for IPv6. */
export function blocksOf(range: Range): Cidr[] {
  const blocks: Cidr[] = [];
  const bits = BITS[range.family];
  let value = range.first;
  while (value <= range.last) {
    let prefixLength = bits;
    // Grow the block while it stays aligned and inside.
    while (prefixLength > 0) {
      const size = blockSize(range.family, prefixLength - 1);
      if (value % size !== 0n || value + size - 1n > range.last) break;
      prefixLength--;
    }
    blocks.push(cidrOf({ family: range.family, value }, prefixLength));
    value += blockSize(range.family, prefixLength);
  }
  return blocks;
}

/** The smallest block that holds all of the ranges, which must be of one family; undefined for none or for two families. */
export function blockAround(ranges: readonly Range[]): Cidr | undefined {
  const [start] = ranges;
  if (start === undefined || ranges.some((range) => range.family !== start.family)) return undefined;
  let { first, last } = start;
  for (const range of ranges) {
    if (range.first < first) first = range.first;
    if (range.last > last) last = range.last;
  }
  let prefixLength = BITS[start.family];
  let different = first ^ last;
  while (different > 0n) {
    prefixLength--;
    different >>= 1n;
  }
  return cidrOf({ family: start.family, value: first }, prefixLength);
}

/** The first `limit` free blocks: of that family and prefix length, wholly inside `within`, touching nothing of `taken`. */
export function freeBlocks(
  family: Family,
  prefixLength: number,
  within: RangeSet,
  taken: RangeSet,
  limit: number,
): Cidr[] {
  const blocks: Cidr[] = [];
  for (const gap of within.subtract(taken).ranges) {
    if (gap.family !== family) continue;
    blocks.push(...split(gap, prefixLength, limit - blocks.length));
    if (blocks.length >= limit) break;
  }
  return blocks;
}

/** The first free block, as `freeBlocks`: "the next free /16 outside these, inside that". */
export const nextFreeBlock = (
  family: Family,
  prefixLength: number,
  within: RangeSet,
  taken: RangeSet,
): Cidr | undefined => freeBlocks(family, prefixLength, within, taken, 1)[0];

/** How many blocks of that prefix length are free: wholly inside the range, touching nothing of `taken`. */
export const freeBlockCount = (range: Range, prefixLength: number, taken: RangeSet): bigint =>
  RangeSet.of([range])
    .subtract(taken)
    .ranges.reduce((sum, gap) => sum + blockCount(gap, prefixLength), 0n);

/** Addresses of a range that a host can have: IPv4 keeps the first and the last one for itself, down to /30 (RFC 3021 §2). */
export function usableAddresses(range: Range): bigint {
  const size = sizeOf(range);
  return range.family === 4 && size > 2n ? size - 2n : size;
}
