import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { formatAddress, parseAddress } from '../../../src/core/ip/address.js';
import {
  type Cidr,
  compareRanges,
  contains,
  containsAddress,
  formatRange,
  hasHostBits,
  intersection,
  overlaps,
  parseCidr,
  prefixLengthOf,
  type Range,
  sameRange,
  sizeOf,
} from '../../../src/core/ip/range.js';
import { cidr, SMALL_ADDRESSES, smallRange } from './arbitraries.js';

/** The CIDR in canonical form, or why it is none. */
function canonical(text: string): string {
  const parsed = parseCidr(text);
  return parsed.ok ? formatRange(parsed.value) : `! ${parsed.reason}`;
}

describe('tricky CIDRs', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['10.244.0.0/16', '10.244.0.0/16'],
    ['10.2.0.1/16', '10.2.0.0/16'],
    ['192.167.0.0/12', '192.160.0.0/12'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['1.2.3.4/32', '1.2.3.4/32'],
    ['::/0', '::/0'],
    ['FD00:10:244::1/56', 'fd00:10:244::/56'],
    ['::1/128', '::1/128'],
    // An IPv4-mapped CIDR counts its mask in 128 bits.
    ['::ffff:10.0.0.1/112', '10.0.0.0/16'],
    ['::ffff:10.0.0.1/128', '10.0.0.1/32'],
    ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
  ];
  for (const [text, expected] of accepted) {
    test(`${text} is ${expected}`, () => assert.equal(canonical(text), expected));
  }
  const rejected: readonly (readonly [string, RegExp])[] = [
    ['', /is not a CIDR/],
    ['10.0.0.0', /no prefix length/],
    ['10.0.0.0/', /not a number/],
    ['10.0.0.0/33', /above \/32/],
    ['10.0.0.0/08', /not a number/],
    ['10.0.0.0/+8', /not a number/],
    ['10.0.0.0/-1', /not a number/],
    ['10.0.0.0/8.0', /not a number/],
    ['10.0.0.0/255.0.0.0', /not a number/],
    ['10.0.0.0/8 ', /not a number/],
    ['10.0.0.0/8/8', /not a number/],
    ['10.0.0/8', /is not an IP address/],
    ['010.0.0.0/8', /leading zero/],
    ['::/129', /above \/128/],
    ['fe80::%eth0/64', /zone id/],
    ['::ffff:10.0.0.0/95', /IPv4-mapped/],
  ];
  for (const [text, reason] of rejected) {
    test(`${JSON.stringify(text)} is none`, () => assert.match(canonical(text), reason));
  }
  test('host bits are masked, and known', () => {
    const parsed = parseCidr('10.2.0.1/16');
    assert.ok(parsed.ok && hasHostBits(parsed.value));
    assert.equal(formatAddress(parsed.value.address), '10.2.0.1');
    const clean = parseCidr('10.2.0.0/16');
    assert.ok(clean.ok && !hasHostBits(clean.value));
  });
});

test('bounds and sizes agree with an independent library', () => {
  fc.assert(
    fc.property(cidr, (value) => {
      const text = `${formatAddress(value.address)}/${value.prefixLength}`;
      const oracle = value.family === 4 ? new Address4(text) : new Address6(text);
      assert.equal(oracle.startAddress().bigInt(), value.first);
      assert.equal(oracle.endAddress().bigInt(), value.last);
      assert.equal(sizeOf(value), 1n << BigInt((value.family === 4 ? 32 : 128) - value.prefixLength));
      const back = parseCidr(text);
      // A short IPv6 prefix may reach into the IPv4-mapped addresses, its text stays what it is.
      assert.deepEqual(back, { ok: true, value });
      assert.equal(prefixLengthOf(value), value.prefixLength);
    }),
    { numRuns: 1000 },
  );
});

test('among CIDRs, containment agrees with an independent library', () => {
  const related = fc.tuple(cidr, cidr, fc.boolean()).map(([a, b, near]): readonly [Cidr, Cidr] => {
    if (!near) return [a, b];
    const inner = parseCidr(`${formatAddress(a.address)}/${Math.max(a.prefixLength, b.prefixLength % 33)}`);
    return [a, inner.ok ? inner.value : b];
  });
  fc.assert(
    fc.property(related, ([a, b]) => {
      if (a.family !== b.family) {
        assert.equal(overlaps(a, b), false);
        return;
      }
      const oracle = (value: Cidr) =>
        value.family === 4 ? new Address4(formatRange(value)) : new Address6(formatRange(value));
      assert.equal(contains(a, b), oracle(b).isInSubnet(oracle(a)));
      assert.equal(overlaps(a, b), contains(a, b) || contains(b, a));
    }),
  );
});

test('on few addresses, every relation agrees with counting them one by one', () => {
  fc.assert(
    fc.property(smallRange, smallRange, (a, b) => {
      const inside = (range: Range) => SMALL_ADDRESSES.filter((address) => containsAddress(range, address));
      const ofB = new Set(inside(b));
      const both = inside(a).filter((address) => ofB.has(address));
      assert.equal(BigInt(inside(a).length), sizeOf(a));
      assert.equal(overlaps(a, b), both.length > 0);
      assert.equal(overlaps(a, b), overlaps(b, a));
      assert.equal(contains(a, b), both.length === ofB.size);
      assert.equal(sameRange(a, b), contains(a, b) && contains(b, a));
      assert.equal(compareRanges(a, b) === 0, sameRange(a, b));
      const common = intersection(a, b);
      assert.equal(common === undefined ? 0 : Number(sizeOf(common)), both.length);
    }),
  );
});

test('a range that is no single block is written first-last', () => {
  const first = parseAddress('10.2.0.2');
  const last = parseAddress('10.2.0.33');
  assert.ok(first.ok && last.ok);
  assert.equal(formatRange({ family: 4, first: first.value.value, last: last.value.value }), '10.2.0.2-10.2.0.33');
});
