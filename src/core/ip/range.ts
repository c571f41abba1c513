/**
 * Ranges: contiguous blocks of addresses, and the CIDR text that writes one.
 *
 * Answers for: parsing as Go's `net.ParseCIDR` (the host bits are masked, and kept as a fact), containment, overlap,
 * and exact sizes.
 */
import { type Address, BITS, type Family, formatAddress, type Parsed, parseAddress } from './address.js';

/** A contiguous block of addresses of one family, first and last included. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** A range that a CIDR writes, and the address that stood before the slash. */
export interface Cidr extends Range {
  readonly prefixLength: number;
  /** The address as written. Differs from the first of the range when host bits were set (`10.2.0.1/16`). */
  readonly address: Address;
}

const ALL_ONES: Readonly<Record<Family, bigint>> = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n };

/** The block of `prefixLength` that holds `address`. `prefixLength` must be an integer of 0..32 (0..128 for IPv6). */
export function cidrOf(address: Address, prefixLength: number): Cidr {
  const hostBits = BigInt(BITS[address.family] - prefixLength);
  const first = (address.value >> hostBits) << hostBits;
  return { family: address.family, first, last: first | ((1n << hostBits) - 1n), prefixLength, address };
}

/**
 * Parses `address/prefixLength` as Go's `net.ParseCIDR`: no zone, no leading zeros, the prefix length in decimal.
 * An IPv4-mapped IPv6 CIDR is read as Go reads it: the mask counts 128 bits, so only prefixes of 96 and more keep an IPv4 range.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const address = parseAddress(text);
    return { ok: false, reason: address.ok ? 'has no prefix length, such as /24' : 'is not a CIDR' };
  }
  const address = parseAddress(text.slice(0, slash));
  if (!address.ok) return address;
  const digits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(digits))
    return { ok: false, reason: `has a prefix length that is not a number: /${digits.slice(0, 12)}` };
  const bits = text.includes(':') ? 128 : 32;
  const prefixLength = Number(digits);
  if (prefixLength > bits) return { ok: false, reason: `has a prefix length above /${bits}` };
  if (bits === 128 && address.value.family === 4) {
    if (prefixLength < 96)
      return { ok: false, reason: 'is an IPv4-mapped IPv6 range, which Kubernetes does not accept' };
    return { ok: true, value: cidrOf(address.value, prefixLength - 96) };
  }
  return { ok: true, value: cidrOf(address.value, prefixLength) };
}

/** Parses `first-last` (blanks around the dash allowed) or a CIDR, as load balancers and address pools write their ranges. */
export function parseRange(text: string): Parsed<Range> {
  const dash = text.indexOf('-');
  if (dash < 0) return parseCidr(text);
  const first = parseAddress(text.slice(0, dash).trim());
  if (!first.ok) return first;
  const last = parseAddress(text.slice(dash + 1).trim());
  if (!last.ok) return last;
  if (first.value.family !== last.value.family) return { ok: false, reason: 'goes from one family to the other' };
  if (first.value.value > last.value.value) return { ok: false, reason: 'ends before it begins' };
  return { ok: true, value: { family: first.value.family, first: first.value.value, last: last.value.value } };
}

/** Whether bits beyond the prefix were set in the text (`10.2.0.1/16`). */
export const hasHostBits = (cidr: Cidr): boolean => cidr.address.value !== cidr.first;

/** The prefix length of a range that is exactly one CIDR block, else undefined. */
export function prefixLengthOf(range: Range): number | undefined {
  const size = range.last - range.first + 1n;
  if ((size & (size - 1n)) !== 0n || range.first % size !== 0n) return undefined;
  return BITS[range.family] - (size.toString(2).length - 1);
}

/** Canonical text: a CIDR where the range is one block, else `first-last`. */
export function formatRange(range: Range): string {
  const first = formatAddress({ family: range.family, value: range.first });
  const prefixLength = prefixLengthOf(range);
  if (prefixLength !== undefined) return `${first}/${prefixLength}`;
  return `${first}-${formatAddress({ family: range.family, value: range.last })}`;
}

/** How many addresses the range has, exactly. */
export const sizeOf = (range: Range): bigint => range.last - range.first + 1n;

export const overlaps = (a: Range, b: Range): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

export const contains = (outer: Range, inner: Range): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

export const containsAddress = (range: Range, address: Address): boolean =>
  range.family === address.family && range.first <= address.value && address.value <= range.last;

export const sameRange = (a: Range, b: Range): boolean =>
  a.family === b.family && a.first === b.first && a.last === b.last;

/** The range of one address. */
export const single = (address: Address): Range => ({
  family: address.family,
  first: address.value,
  last: address.value,
});

/** The addresses that both have, or undefined. */
export function intersection(a: Range, b: Range): Range | undefined {
  if (!overlaps(a, b)) return undefined;
  return { family: a.family, first: a.first > b.first ? a.first : b.first, last: a.last < b.last ? a.last : b.last };
}

/** Order: family, first address, larger range first. */
export function compareRanges(a: Range, b: Range): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

/** Every address of a family. */
export const everything = (family: Family): Range => ({ family, first: 0n, last: ALL_ONES[family] });
