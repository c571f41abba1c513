/**
 * Addresses of both families, parsed as Go's `netip.ParseAddr` and Kubernetes parse them.
 *
 * Answers for: which texts are addresses, their number, and their canonical text (RFC 5952).
 * Leading zeros are rejected (CVE-2021-29923), zone ids are rejected (no Kubernetes field accepts one), and an
 * IPv4-mapped IPv6 address is the IPv4 address it maps, as `net.ParseIP(...).To4()` treats it.
 */

export type Family = 4 | 6;

/** An address: its family and its number (32 bits for family 4, 128 bits for family 6). */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** What a text is instead of what was asked for; `reason` is a sentence part in plain words, without a full stop. */
export interface IpError {
  readonly ok: false;
  readonly reason: string;
}
export type Parsed<T> = { readonly ok: true; readonly value: T } | IpError;

export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** Longest text that can be an address: an IPv6 address with an embedded IPv4 one. Longer ones are not looked at. */
const MAX_TEXT = 45;

const fail = (reason: string): IpError => ({ ok: false, reason });

/**
 * The number of an IPv4 text, or -1. Strict: four decimal fields of 0..255 without leading zeros.
 * This is the hot path (150,000 texts from the wire), hence no allocation.
 */
export function parseIPv4Number(text: string): number {
  let value = 0;
  let field = -1;
  let fields = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46 /* . */) {
      if (field < 0 || fields === 3) return -1;
      value = value * 256 + field;
      fields++;
      field = -1;
    } else if (code >= 48 && code <= 57) {
      if (field === 0) return -1;
      field = field < 0 ? code - 48 : field * 10 + code - 48;
      if (field > 255) return -1;
    } else {
      return -1;
    }
  }
  return fields === 3 && field >= 0 ? value * 256 + field : -1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

/** The eight 16-bit groups of an IPv6 text, written into `groups`; false when the text is not one. */
function parseIPv6Groups(text: string, groups: number[]): boolean {
  let count = 0;
  let compressedAt = -1;
  let i = 0;
  if (text.startsWith('::')) {
    compressedAt = 0;
    i = 2;
    if (i === text.length) {
      groups.fill(0);
      return true;
    }
  }
  while (i < text.length) {
    if (count === 8) return false;
    let group = 0;
    const start = i;
    for (; i < text.length; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0) break;
      group = group * 16 + digit;
      if (i - start > 3) return false;
    }
    if (i === start) return false;
    if (text[i] === '.') {
      // An embedded IPv4 address takes the last two groups.
      const v4 = parseIPv4Number(text.slice(start));
      if (v4 < 0 || count > 6 || (compressedAt < 0 && count !== 6)) return false;
      groups[count++] = Math.floor(v4 / 65536);
      groups[count++] = v4 % 65536;
      break;
    }
    groups[count++] = group;
    if (i === text.length) break;
    if (text[i] !== ':') return false;
    i++;
    if (i === text.length) return false;
    if (text[i] === ':') {
      if (compressedAt >= 0) return false;
      compressedAt = count;
      i++;
      if (i === text.length) break;
    }
  }
  if (count === 8) return compressedAt < 0;
  if (compressedAt < 0) return false;
  const tail = count - compressedAt;
  for (let g = 7; g >= 0; g--) {
    const fromEnd = 7 - g;
    if (fromEnd < tail) groups[g] = groups[count - 1 - fromEnd] ?? 0;
    else if (g >= compressedAt) groups[g] = 0;
  }
  return true;
}

/** Parses an address. Errors say what is wrong in words fit for a user. Never throws. */
export function parseAddress(text: string): Parsed<Address> {
  if (text.length === 0) return fail('is empty');
  if (text.length > MAX_TEXT && !text.includes('%')) return fail('is too long to be an IP address');
  if (!text.includes(':')) {
    const v4 = parseIPv4Number(text);
    if (v4 >= 0) return { ok: true, value: { family: 4, value: BigInt(v4) } };
    if (/^\d+(\.\d+){3}$/.test(text)) {
      if (/(^|\.)0\d/.test(text)) return fail('has a field with a leading zero, which Kubernetes rejects');
      return fail('has a field above 255');
    }
    return fail('is not an IP address');
  }
  if (text.includes('%')) return fail('has a zone id, which no Kubernetes field accepts');
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  if (!parseIPv6Groups(text, groups)) return fail('is not an IPv6 address');
  let value = 0n;
  for (const group of groups) value = (value << 16n) | BigInt(group);
  if (value >> 32n === 0xffffn) return { ok: true, value: { family: 4, value: value & 0xffffffffn } };
  return { ok: true, value: { family: 6, value } };
}

/** The dotted text of an IPv4 number (0..2^32-1). */
export function formatIPv4Number(value: number): string {
  return `${Math.floor(value / 16777216)}.${Math.floor(value / 65536) % 256}.${Math.floor(value / 256) % 256}.${value % 256}`;
}

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6 (lower case, longest run of zeros compressed, first of equals). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return formatIPv4Number(Number(address.value));
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((address.value >> shift) & 0xffffn));
  let bestStart = -1;
  let bestLength = 1; // RFC 5952 §4.2.2: a single zero group is not compressed.
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return bestStart < 0 ? hex(0, 8) : `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`;
}

/** Order: family 4 before 6, then by number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

export const sameAddress = (a: Address, b: Address): boolean => a.family === b.family && a.value === b.value;
