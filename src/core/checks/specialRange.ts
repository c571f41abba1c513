/** CN108: a pod or service range in addresses that hosts treat specially. */
import { formatRange, overlaps } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { SPECIAL_RANGES } from '../ip/special.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { outermost } from './outermost.js';
import { claimEvidence, claimSubject } from './subjects.js';

export const specialRange: Check = {
  code: 'CN108',
  name: 'specialRange',
  title: 'A range lies in special addresses',
  explanation: `The range shares addresses with loopback, link-local, multicast, "this network" or reserved addresses. Hosts and routers do not forward such packets, or deliver them to themselves, so pods and Services there cannot work.

**What to do.** Take a private range: RFC 1918 (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), RFC 6598 (100.64.0.0/10) or, for IPv6, RFC 4193 (fc00::/7).

**Severity.** An error. A warning for class E (240.0.0.0/4): Linux forwards it and some clouds offer it, while other machines drop it.

**Not reported.** Documentation, benchmarking and translation prefixes: they are unusual, but they work. Ranges that solutions keep for themselves, which are link-local on purpose.`,
  source: {
    sentence:
      'Forwardable - A boolean value indicating whether a router may forward an IP datagram whose destination address is drawn from the allocated special-purpose address block between external interfaces.',
    url: 'https://www.rfc-editor.org/rfc/rfc6890#section-2.2.1',
  },
  run,
};

/** Class E, and the broadcast address that is its last. */
const CLASS_E = new Set(['240.0.0.0/4', '255.255.255.255/32']);

const UNUSABLE = SPECIAL_RANGES.filter((special) => special.use === 'unusable');
const UNUSABLE_ADDRESSES = RangeSet.of(UNUSABLE.map((special) => special.range));

const kindOf = (claim: Claim): string => (claim.role === 'service' ? 'service range' : 'pod range');

function run(network: ClusterNetwork): Finding[] {
  const claims = network.claims.filter(
    (claim) =>
      isInForce(claim) &&
      (isPodRole(claim.role) || claim.role === 'service') &&
      claim.provenance !== 'inferred' &&
      UNUSABLE_ADDRESSES.touches(claim.range),
  );
  return [...groupBy(claims, kindOf).values()].flatMap(outermost).map(report);
}

function report(claim: Claim): Finding {
  const specials = UNUSABLE.filter((special) => overlaps(special.range, claim.range));
  const [special] = specials;
  const classE = specials.every(({ cidr }) => CLASS_E.has(cidr));
  const what = `The ${kindOf(claim)} ${formatRange(claim.range)}`;
  const name = special === undefined ? '' : `${special.cidr}, ${special.name} (${special.rfc})`;
  return finding(specialRange, {
    severity: classE ? 'warning' : 'error',
    message: classE
      ? `${what} lies in ${name}: Linux nodes forward it, other machines and routers drop it`
      : `${what} shares addresses with ${name}: hosts do not forward such packets, so it cannot carry pods or Services`,
    subjects: [claimSubject(claim)],
    evidence: [claimEvidence(claim), ...specials.map((one) => `${one.cidr}: ${one.name}, ${one.rfc}`)],
  });
}
