/** CN101: two nodes hand out pod addresses from ranges that overlap. */
import { compareRanges, contains, formatRange, sameRange } from '../ip/range.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { podsWithin } from './podsWithin.js';
import { UNIQUE_ADDRESS } from './sources.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { counted, distinct, listing } from './wording.js';

export const nodePodRangesOverlap: Check = {
  code: 'CN101',
  name: 'nodePodRangesOverlap',
  title: 'Nodes hand out overlapping pod ranges',
  explanation: `Two or more nodes take the addresses of their pods from ranges that overlap, wholly or in part. Each node hands out addresses without asking the others, so sooner or later two pods get one address: connections to it reach whichever pod is nearer, a pod that calls "the other" may reach itself, and a Service sends some of its traffic to a stranger.

**What to do.** Give each node a range of its own. Where kube-controller-manager assigns \`spec.podCIDR\` (\`--allocate-node-cidrs\`, \`--cluster-cidr\`) it never hands out one range twice; a node whose range was set by hand has to be drained, deleted and registered again, since the field cannot be changed. Where the solution keeps the ranges, mend them there (\`CiliumNode\`, OVN's \`node-subnets\`, Calico's blocks).

**Severity.** An error. A warning where no solution was recognised and the pods of these nodes have other addresses: then the ranges may be unused.

**Not reported.** Ranges that the solution does not use (\`spec.podCIDR\` under Cilium's cluster-pool, Calico's IPAM, Weave and others), one node's range told by two objects, and ranges of different networks or VPCs.`,
  source: UNIQUE_ADDRESS,
  run,
};

const nodeOf = (claim: Claim): string => claim.node ?? claim.owner;

/** Claims of nodes in groups that hang together: each range of a group overlaps the ones before it, seen as one. */
function overlappingGroups(claims: readonly Claim[]): Claim[][] {
  const groups: Claim[][] = [];
  let group: Claim[] = [];
  let last = -1n;
  let family = 0;
  for (const claim of claims) {
    if (claim.range.family !== family || claim.range.first > last) {
      group = [];
      groups.push(group);
      family = claim.range.family;
      last = claim.range.last;
    }
    group.push(claim);
    if (claim.range.last > last) last = claim.range.last;
  }
  return groups;
}

/** One claim a node and range: a CiliumNode may say what the Node says already. */
function withoutRestatements(group: readonly Claim[]): Claim[] {
  const seen = new Set<string>();
  return group.filter((claim) => {
    const key = `${nodeOf(claim)} ${formatRange(claim.range)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const CONSEQUENCE = 'pods on them get the same addresses, and traffic for one reaches the other';

function message(group: readonly Claim[], nodes: readonly string[]): string {
  const [first, second] = group;
  if (first === undefined || second === undefined) return '';
  const range = formatRange(first.range);
  if (group.every((claim) => sameRange(claim.range, first.range))) {
    return nodes.length === 2
      ? `${listing(nodes)} both hand out ${range}: ${CONSEQUENCE}`
      : `${counted(nodes.length, 'node')} (${listing(nodes)}) all hand out ${range}: ${CONSEQUENCE}`;
  }
  if (group.length === 2 && contains(first.range, second.range))
    return `${nodeOf(first)} hands out ${range}, which contains ${formatRange(second.range)} of ${nodeOf(second)}: pods on them can get the same addresses, and traffic for one then reaches the other`;
  return `${counted(nodes.length, 'node')} (${listing(nodes)}) hand out overlapping ranges, the first of them ${range} of ${nodeOf(first)}: pods on them can get the same addresses, and traffic for one then reaches the other`;
}

function severityOf(network: ClusterNetwork, group: readonly Claim[]): { severity: Severity; evidence: string[] } {
  if (group.some((claim) => claim.used === true)) return { severity: 'error', evidence: [] };
  // Nobody knows whether these ranges are used: the nodes' pods tell, if there are any.
  let inside = 0;
  let outside = 0;
  for (const claim of group) {
    const counts = podsWithin(network.facts.pods, nodeOf(claim), [claim.range]);
    inside += counts.inside;
    outside += counts.outside;
  }
  if (inside > 0 || outside === 0) return { severity: 'error', evidence: [] };
  return {
    severity: 'warning',
    evidence: [
      `None of the ${counted(outside, 'pod')} on these nodes has an address in these ranges, so they may be unused`,
    ],
  };
}

function run(network: ClusterNetwork): Finding[] {
  const byNetwork = groupBy(
    network.claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim)),
    (claim) => claim.network ?? '',
  );
  const findings: Finding[] = [];
  for (const claims of byNetwork.values()) {
    claims.sort(
      (a, b) =>
        compareRanges(a.range, b.range) || compareNatural(nodeOf(a), nodeOf(b)) || compareNatural(a.text, b.text),
    );
    for (const candidates of overlappingGroups(claims)) {
      if (candidates.length < 2) continue;
      const nodes = distinct(candidates.map(nodeOf));
      if (nodes.length < 2) continue;
      const group = withoutRestatements(candidates);
      const { severity, evidence } = severityOf(network, group);
      findings.push(
        finding(nodePodRangesOverlap, {
          severity,
          message: message(group, nodes),
          subjects: group.map(claimSubject),
          evidence: [...capped(group.map(claimEvidence)), ...evidence],
        }),
      );
    }
  }
  return findings;
}
