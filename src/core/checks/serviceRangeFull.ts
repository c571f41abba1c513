/** CN304: the addresses for Services are nearly used up. */
import type { Family } from '../ip/address.js';
import { usableAddresses } from '../ip/blocks.js';
import { formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown } from '../network/facts.js';
import { type Check, type Finding, finding } from './check.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, formatCount, listing, percent } from './wording.js';

export const serviceRangeFull: Check = {
  code: 'CN304',
  name: 'serviceRangeFull',
  title: 'The addresses for Services are nearly used up',
  explanation: `Every Service but headless and ExternalName ones takes an address of the service range, for as long as it exists. Without a free one, no new Service can be created ("range is full").

**What to do.** Add a ServiceCIDR (Kubernetes 1.33 and newer); new Services take addresses of it at once. Delete Services that nobody needs, or make them headless.

**Severity.** An error where no address is left, a warning where less than a fifth is.

**Not reported.** Ranges that are only inferred from the Services' own addresses: their end is not known.`,
  source: {
    sentence: 'Across your whole cluster, every Service ClusterIP must be unique.',
    url: 'https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/',
  },
  run,
};

function ofFamily(network: ClusterNetwork, family: Family): Finding[] {
  const claims = network.claims.filter(
    (claim) =>
      claim.role === 'service' && claim.range.family === family && claim.provenance !== 'inferred' && isInForce(claim),
  );
  if (claims.length === 0) return [];
  // A Service may be in any of the ranges; where they overlap, an address counts once.
  const ranges = RangeSet.of(claims.map((claim) => claim.range));
  const usable = ranges.ranges.reduce((sum, range) => sum + usableAddresses(range), 0n);
  const inUse = new Set<bigint>();
  for (const { clusterIPs } of network.facts.services)
    for (const { address } of clusterIPs) if (address.ok && ranges.has(address.value)) inUse.add(address.value.value);
  const used = BigInt(inUse.size);
  if (used * 5n <= usable * 4n) return [];
  const full = used >= usable;
  const what = `The service ${agree(claims.length, 'range', 'ranges')} ${listing(claims.map((claim) => formatRange(claim.range)))}`;
  return [
    finding(serviceRangeFull, {
      severity: full ? 'error' : 'warning',
      message: full
        ? `${what}: all ${formatCount(usable)} addresses are in use, so no new Service can be created`
        : `${what}: ${percent(used, usable)} of the addresses are in use, ${formatCount(usable - used)} are left for new Services`,
      subjects: claims.map(claimSubject),
      evidence: [
        ...capped(claims.map(claimEvidence)),
        `${formatCount(used)} of ${formatCount(usable)} addresses belong to Services`,
      ],
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  if (!isKnown(network.facts, 'services')) return [];
  return [...ofFamily(network, 4), ...ofFamily(network, 6)];
}
