/** Addresses and ranges for property tests. */
import fc from 'fast-check';
import { type Address, BITS, type Family } from '../../../src/core/ip/address.js';
import { type Cidr, cidrOf, type Range } from '../../../src/core/ip/range.js';

const value = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
export const address4: fc.Arbitrary<Address> = value(32).map((number) => ({ family: 4 as const, value: number }));

/** IPv6 as people write it: mostly zeros, here and there a group. IPv4-mapped ones are left out: they are IPv4. */
export const address6: fc.Arbitrary<Address> = fc
  .oneof(
    value(128),
    fc
      .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)),
  )
  .filter((number) => number >> 32n !== 0xffffn)
  .map((number) => ({ family: 6 as const, value: number }));

export const address: fc.Arbitrary<Address> = fc.oneof(address4, address6);

const cidrs = (family: Family, addresses: fc.Arbitrary<Address>): fc.Arbitrary<Cidr> =>
  fc
    .tuple(addresses, fc.integer({ min: 0, max: BITS[family] }))
    .map(([base, prefixLength]) => cidrOf(base, prefixLength));
export const cidr: fc.Arbitrary<Cidr> = fc.oneof(cidrs(4, address4), cidrs(6, address6));

/** Few addresses, so that everything can be counted one by one: 0..`SMALL`-1 of both families. */
export const SMALL = 64;
const smallOf = (family: Family): fc.Arbitrary<Range> =>
  fc
    .tuple(fc.integer({ min: 0, max: SMALL - 1 }), fc.integer({ min: 0, max: SMALL - 1 }))
    .map(([a, b]) => ({ family, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) }));
export const smallRange: fc.Arbitrary<Range> = fc.oneof(smallOf(4), smallOf(6));
export const smallRanges: fc.Arbitrary<Range[]> = fc.array(smallRange, { maxLength: 8 });
export const SMALL_ADDRESSES: readonly Address[] = ([4, 6] as const).flatMap((family) =>
  Array.from({ length: SMALL }, (_, index) => ({ family, value: BigInt(index) })),
);
