/** CN104: a node's address lies in a service range. */
import { formatRange, overlaps, sizeOf } from '../ip/range.js';
import { isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { NO_OVERLAP } from './sources.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, listingOf } from './wording.js';

export const serviceNodeOverlap: Check = {
  code: 'CN104',
  name: 'serviceNodeOverlap',
  title: 'A service range covers the address of a node',
  explanation: `A node's own address lies in a range from which Services get theirs. As soon as a Service is given that address, every node rewrites packets for the machine to the Service's pods: its kubelet, its agents and all that runs on its network become unreachable.

**What to do.** Add a ServiceCIDR outside of the nodes' network (Kubernetes 1.33 and newer) and retire the one that overlaps, or move the nodes.

**Severity.** An error. A warning where the service range is only inferred from ClusterIPs.

**Not reported.** Virtual nodes.`,
  source: NO_OVERLAP,
  run,
};

function run(network: ClusterNetwork): Finding[] {
  const virtual = new Set(network.facts.nodes.filter((node) => node.virtual).map((node) => node.name));
  const nodes = network.claims.filter(
    (claim) =>
      claim.role === 'node' &&
      isInForce(claim) &&
      (sizeOf(claim.range) === 1n || claim.provenance !== 'assigned') &&
      !virtual.has(claim.node ?? ''),
  );
  // Several objects may state one range; what is found of it is one finding.
  const services = groupBy(
    network.claims.filter((claim) => claim.role === 'service' && isInForce(claim)),
    (claim) => formatRange(claim.range),
  );
  return [...services].flatMap(([range, group]) => {
    const covered = nodes.filter((claim) => group.some((service) => overlaps(claim.range, service.range)));
    if (covered.length === 0) return [];
    const inferred = group.every((claim) => claim.provenance === 'inferred');
    const told = covered.slice(0, MAX_SUBJECTS);
    return [
      finding(serviceNodeOverlap, {
        severity: inferred ? 'warning' : 'error',
        message: `The service range ${range}${inferred ? ' (inferred from ClusterIPs)' : ''} covers ${agree(covered.length, 'the address', 'the addresses')} of ${listingOf(told, (claim) => `${claim.owner} ${claim.text}`, covered.length)}: a Service that is given such an address takes all traffic for the machine`,
        subjects: [...group.map(claimSubject), ...told.map(claimSubject)],
        total: group.length + covered.length,
        evidence: [...group.map(claimEvidence), ...capped(told.map(claimEvidence), covered.length)],
        key: range,
      }),
    ];
  });
}
