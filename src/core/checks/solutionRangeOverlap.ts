/** CN110: a range that the solution keeps for itself shares addresses with another one. */
import { findOverlaps } from '../ip/overlap.js';
import { formatRange } from '../ip/range.js';
import { type Claim, isInForce, isPodRole, relationOf } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { distinct, listing } from './wording.js';

export const solutionRangeOverlap: Check = {
  code: 'CN110',
  name: 'solutionRangeOverlap',
  title: "The solution's internal range overlaps another one",
  explanation: `OVN-Kubernetes and Kube-OVN keep ranges for their own switches and routers (join, transit, masquerade). They are not meant to be seen outside, but addresses that also belong to pods, Services or nodes are delivered inside of the solution and never arrive.

**What to do.** Change the solution's internal range (\`internalJoinSubnet\`, \`internalTransitSwitchSubnet\`, \`internalMasqueradeSubnet\`, Kube-OVN's \`join\` subnet) or the other one. Such ranges can be changed on a running cluster only with the solution's own procedure.

**Severity.** An error.

**Not reported.** Internal ranges of other networks or VPCs, Docker's and this workstation's networks.`,
  source: {
    sentence: 'It must not overlap with any other subnet being used by OpenShift or by the node network.',
    url: 'https://github.com/openshift/api/blob/master/operator/v1/types_network.go',
  },
  run,
};

function run(network: ClusterNetwork): Finding[] {
  const joins = network.claims.filter((claim) => claim.role === 'join' && isInForce(claim));
  if (joins.length === 0) return [];
  const claims = network.claims.filter(
    (claim) =>
      isInForce(claim) &&
      (claim.role === 'join' || claim.role === 'service' || claim.role === 'node' || isPodRole(claim.role)),
  );
  const { equal, pairs } = findOverlaps(claims.map((claim) => claim.range));
  const rivals = new Map<Claim, Set<Claim>>();
  const consider = (a: Claim | undefined, b: Claim | undefined): void => {
    if (a === undefined || b === undefined || relationOf(a, b) !== 'rival') return;
    const [join, other] = a.role === 'join' ? [a, b] : [b, a];
    if (join.role !== 'join') return;
    const set = rivals.get(join) ?? new Set<Claim>();
    rivals.set(join, set.add(other));
  };
  const at = (indices: readonly number[]): Claim[] => indices.flatMap((index) => claims[index] ?? []);
  for (const group of equal) {
    const members = at(group);
    for (const join of members.filter((claim) => claim.role === 'join'))
      for (const other of members) if (other !== join) consider(join, other);
  }
  for (const { outer, inner } of pairs) for (const a of at(outer)) for (const b of at(inner)) consider(a, b);
  return [...rivals].map(([join, set]) => {
    const others = [...set];
    const kinds = groupBy(others, (claim) => formatRange(claim.range));
    return finding(solutionRangeOverlap, {
      severity: 'error',
      message: `${join.owner} ${formatRange(join.range)} overlaps ${listing(
        [...kinds].map(([range, group]) => `${listing(distinct(group.map((claim) => claim.owner)))} ${range}`),
      )}: packets for these addresses are delivered inside of the solution and never arrive`,
      subjects: [claimSubject(join), ...others.slice(0, MAX_SUBJECTS).map(claimSubject)],
      total: 1 + others.length,
      evidence: [claimEvidence(join), ...capped(others.map(claimEvidence))],
    });
  });
}
