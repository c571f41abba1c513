/**
 * Ranges with a meaning of their own: IANA's special-purpose registries, and what each means for a cluster.
 *
 * Answers for: which special range holds an address or touches a range, and whether a range is private. Sources:
 * https://www.iana.org/assignments/iana-ipv4-special-registry/, https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
import { contains, overlaps, parseCidr, type Range } from './range.js';
import { RangeSet } from './rangeSet.js';

/**
 * private: meant for uses such as pods and services. unusable: hosts treat it specially, so that it cannot carry pods or
 * services. documentation: reserved for examples. other: has a meaning, and using it is a choice.
 */
export type SpecialUse = 'private' | 'unusable' | 'documentation' | 'other';

export interface SpecialRange {
  readonly range: Range;
  readonly cidr: string;
  readonly name: string;
  readonly rfc: string;
  readonly use: SpecialUse;
}

const TABLE: readonly (readonly [cidr: string, name: string, rfc: string, use: SpecialUse])[] = [
  ['0.0.0.0/8', '"This network"', 'RFC 791', 'unusable'],
  ['10.0.0.0/8', 'Private-Use', 'RFC 1918', 'private'],
  ['100.64.0.0/10', 'Shared Address Space (carrier-grade NAT)', 'RFC 6598', 'private'],
  ['127.0.0.0/8', 'Loopback', 'RFC 1122', 'unusable'],
  ['169.254.0.0/16', 'Link-Local', 'RFC 3927', 'unusable'],
  ['172.16.0.0/12', 'Private-Use', 'RFC 1918', 'private'],
  ['192.0.0.0/24', 'IETF Protocol Assignments', 'RFC 6890', 'other'],
  ['192.0.2.0/24', 'Documentation (TEST-NET-1)', 'RFC 5737', 'documentation'],
  ['192.88.99.0/24', '6to4 Relay Anycast (deprecated)', 'RFC 7526', 'other'],
  ['192.168.0.0/16', 'Private-Use', 'RFC 1918', 'private'],
  ['198.18.0.0/15', 'Benchmarking', 'RFC 2544', 'other'],
  ['198.51.100.0/24', 'Documentation (TEST-NET-2)', 'RFC 5737', 'documentation'],
  ['203.0.113.0/24', 'Documentation (TEST-NET-3)', 'RFC 5737', 'documentation'],
  ['224.0.0.0/4', 'Multicast', 'RFC 5771', 'unusable'],
  ['240.0.0.0/4', 'Reserved (class E)', 'RFC 1112', 'unusable'],
  ['255.255.255.255/32', 'Limited Broadcast', 'RFC 919', 'unusable'],
  ['::/128', 'Unspecified Address', 'RFC 4291', 'unusable'],
  ['::1/128', 'Loopback Address', 'RFC 4291', 'unusable'],
  ['64:ff9b::/96', 'IPv4-IPv6 Translation (NAT64)', 'RFC 6052', 'other'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 Translation (NAT64)', 'RFC 8215', 'other'],
  ['100::/64', 'Discard-Only', 'RFC 6666', 'unusable'],
  ['2001::/23', 'IETF Protocol Assignments', 'RFC 2928', 'other'],
  ['2001:db8::/32', 'Documentation', 'RFC 3849', 'documentation'],
  ['2002::/16', '6to4', 'RFC 3056', 'other'],
  ['3fff::/20', 'Documentation', 'RFC 9637', 'documentation'],
  ['5f00::/16', 'Segment Routing SIDs', 'RFC 9602', 'other'],
  ['fc00::/7', 'Unique-Local', 'RFC 4193', 'private'],
  ['fe80::/10', 'Link-Local Unicast', 'RFC 4291', 'unusable'],
  ['fec0::/10', 'Site-Local Unicast (deprecated)', 'RFC 3879', 'other'],
  ['ff00::/8', 'Multicast', 'RFC 4291', 'unusable'],
];

/** Every special range, IPv4 first, in order. */
export const SPECIAL_RANGES: readonly SpecialRange[] = TABLE.flatMap(([cidr, name, rfc, use]) => {
  const parsed = parseCidr(cidr);
  return parsed.ok ? [{ range: parsed.value, cidr, name, rfc, use }] : [];
});

/** Addresses meant for uses such as pods and services: RFC 1918, RFC 6598 and RFC 4193. */
export const PRIVATE_ADDRESSES: RangeSet = RangeSet.of(
  SPECIAL_RANGES.filter((special) => special.use === 'private').map((special) => special.range),
);

/** The special ranges that hold the whole of this range, the widest first. */
export const specialAround = (range: Range): readonly SpecialRange[] =>
  SPECIAL_RANGES.filter((special) => contains(special.range, range));

/** The special ranges that share an address with this range. */
export const specialTouching = (range: Range): readonly SpecialRange[] =>
  SPECIAL_RANGES.filter((special) => overlaps(special.range, range));

/** Whether the whole range is private: RFC 1918, RFC 6598 or RFC 4193. */
export const isPrivate = (range: Range): boolean => PRIVATE_ADDRESSES.covers(range);
