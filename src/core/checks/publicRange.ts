/** CN109: a pod or service range in public IPv4 addresses. */
import { contains, formatRange, type Range } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { SPECIAL_RANGES } from '../ip/special.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { outermost } from './outermost.js';
import { claimEvidence, claimSubject } from './subjects.js';

export const publicRange: Check = {
  code: 'CN109',
  name: 'publicRange',
  title: 'A range holds public addresses',
  explanation: `The range holds public IPv4 addresses. Unless they are yours, somebody else's servers have them: pods and nodes cannot reach those, because the cluster keeps such packets to itself. The usual cause is a slip of the pen (172.0.0.0/8 or 192.0.0.0/8 instead of a private range, or host bits that were masked off: 192.167.0.0/12 is 192.160.0.0/12).

**What to do.** Take a private range: RFC 1918 (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) or RFC 6598 (100.64.0.0/10). If the addresses are yours, switch this check off.

**Severity.** A warning: the API does not tell whose addresses they are.

**Not reported.** IPv6: global addresses for pods are common and meant so. Documentation and benchmarking prefixes, and the range that Google owns and GKE uses for Services (34.118.224.0/20). Solutions that take pod addresses from the nodes' own subnets.`,
  source: {
    sentence:
      'The Internet Assigned Numbers Authority (IANA) has reserved the following three blocks of the IP address space for private internets: 10.0.0.0 - 10.255.255.255 (10/8 prefix), 172.16.0.0 - 172.31.255.255 (172.16/12 prefix), 192.168.0.0 - 192.168.255.255 (192.168/16 prefix)',
    url: 'https://www.rfc-editor.org/rfc/rfc1918#section-3',
  },
  run,
};

/** 34.118.224.0/20 is Google's own, which GKE uses for Services. https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing_secondary_range_svcs */
const GKE_SERVICES: Range = { family: 4, first: 0x22_76_e0_00n, last: 0x22_76_ef_ffn };

const SPECIAL_ADDRESSES = RangeSet.of(SPECIAL_RANGES.map((special) => special.range));

const kindOf = (claim: Claim): string => (claim.role === 'service' ? 'service range' : 'pod range');

function run(network: ClusterNetwork): Finding[] {
  if (network.reading.podsShareNodeSubnets === true) return [];
  const claims = network.claims.filter(
    (claim) =>
      claim.range.family === 4 &&
      isInForce(claim) &&
      (isPodRole(claim.role) || claim.role === 'service') &&
      claim.provenance !== 'inferred' &&
      !SPECIAL_ADDRESSES.covers(claim.range) &&
      !(claim.role === 'service' && contains(GKE_SERVICES, claim.range)),
  );
  return [...groupBy(claims, kindOf).values()].flatMap(outermost).map((claim) =>
    finding(publicRange, {
      severity: 'warning',
      message: `The ${kindOf(claim)} ${formatRange(claim.range)} holds public addresses: unless they are yours, the cluster cannot reach the servers on the Internet that have them`,
      subjects: [claimSubject(claim)],
      evidence: [claimEvidence(claim)],
    }),
  );
}
