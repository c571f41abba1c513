/** CN103: a node's address lies in a range from which pods get theirs. */
import { compareRanges, formatRange, overlaps, sizeOf } from '../ip/range.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { placeKey } from '../network/place.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { blocksUntil, FAR } from './handingOut.js';
import { NO_OVERLAP } from './sources.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, counted, formatCount, listingOf } from './wording.js';

export const podNodeOverlap: Check = {
  code: 'CN103',
  name: 'podNodeOverlap',
  title: 'A pod range covers the address of a node',
  explanation: `A node's own address lies in a range that pods take addresses from. Nodes then treat that machine as a pod: they send traffic for it into the overlay or to the node that owns the range, do not masquerade pods that call it, and sooner or later a pod is given the very address.

**What to do.** Choose a pod range outside of the network in which the nodes stand (and outside of everything pods must reach). Calico's default 192.168.0.0/16 and Cilium's default 10.0.0.0/8 are the usual culprits.

**Severity.** An error where a range in use on a node, or a pool from which any block may come next, covers the address. A warning where it lies in a part of the cluster's range that no node has yet. Information where ranges are handed out in order and that part lies far behind.

**Not reported.** Solutions that take pod addresses from the nodes' own subnets by design (AWS, Azure's flat modes, Cilium's cloud modes), ranges that nothing takes addresses from, places that merely repeat the range that decides, and virtual nodes.`,
  source: NO_OVERLAP,
  run,
};

/** Claims of nodes that name an address, or a subnet that somebody declared; the subnets around addresses are wider than the nodes. */
const isNodeAddress = (claim: Claim): boolean =>
  claim.role === 'node' && isInForce(claim) && (sizeOf(claim.range) === 1n || claim.provenance !== 'assigned');

/** Sorted node claims that overlap the range: they are single addresses mostly, so a search finds them. */
function within(sorted: readonly Claim[], wide: readonly Claim[], range: Claim['range']): Claim[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const claim = sorted[middle];
    if (claim === undefined) break;
    if (claim.range.family < range.family || (claim.range.family === range.family && claim.range.first < range.first))
      low = middle + 1;
    else high = middle;
  }
  const found: Claim[] = [];
  for (let i = low; i < sorted.length; i++) {
    const claim = sorted[i];
    if (claim === undefined || !overlaps(claim.range, range)) break;
    found.push(claim);
  }
  return [...found, ...wide.filter((claim) => overlaps(claim.range, range))];
}

interface Verdict {
  readonly severity: Severity;
  readonly message: string;
}

function judge(network: ClusterNetwork, pods: Claim, nodes: readonly Claim[]): Verdict {
  const range = formatRange(pods.range);
  const names = listingOf(nodes, (claim) => `${claim.owner} ${claim.text}`);
  const them = agree(nodes.length, 'that node', 'those nodes');
  if (pods.role === 'pod-node') {
    const what = `The pod range ${range} of ${pods.node ?? pods.owner} covers ${agree(nodes.length, 'the address', 'the addresses')} of ${names}`;
    return pods.used === true
      ? {
          severity: 'error',
          message: `${what}: traffic for ${them} goes to ${pods.node ?? pods.owner} instead, and a pod may get the very address`,
        }
      : {
          severity: 'warning',
          message: `${what}: if the range is in use, traffic for ${them} goes to ${pods.node ?? pods.owner} instead`,
        };
  }
  const owner = pods.role === 'pod-cluster' ? 'The pod range' : `${pods.owner}:`;
  const what = `${owner} ${range} covers ${agree(nodes.length, 'the address', 'the addresses')} of ${names}`;
  const until = nodes
    .map((node) => blocksUntil(network, pods, node.range))
    .reduce((least, next) => (least === undefined || next === undefined ? undefined : next < least ? next : least));
  if (until !== undefined && until >= FAR)
    return {
      severity: 'information',
      message: `${what}; ranges are handed out in order, and ${formatCount(until)} more nodes get one before that part is reached`,
    };
  if (until !== undefined)
    return {
      severity: 'warning',
      message: `${what}: ${until >= 0n ? `after ${counted(until, 'more node')}, the next one gets that part for its pods` : 'no node has that part for its pods now, but one may get it'}, and traffic for ${them} then goes there`,
    };
  if (pods.role === 'pod-cluster' || pods.used !== true)
    return {
      severity: 'warning',
      message: `${what}: pods that call ${them} are not masqueraded, and a node that gets this part for its pods takes the traffic`,
    };
  return { severity: 'error', message: `${what}: nodes treat ${them} as a pod, and a pod may get the very address` };
}

function run(network: ClusterNetwork): Finding[] {
  if (network.reading.podsShareNodeSubnets === true) return [];
  const virtual = new Set(network.facts.nodes.filter((node) => node.virtual).map((node) => node.name));
  const nodes = network.claims.filter((claim) => isNodeAddress(claim) && !virtual.has(claim.node ?? ''));
  if (nodes.length === 0) return [];
  const sorted = nodes
    .filter((claim) => sizeOf(claim.range) === 1n)
    .sort((a, b) => compareRanges(a.range, b.range) || compareNatural(a.owner, b.owner));
  const wide = nodes.filter((claim) => sizeOf(claim.range) > 1n);
  const podClaims = network.claims.filter(
    (claim) => isPodRole(claim.role) && isInForce(claim) && claim.network === undefined,
  );
  const findings: Finding[] = [];
  // The narrowest range that covers a node says most; the cluster's range around it adds nothing.
  const told = new Set<Claim>();
  const order = ['pod-node', 'pod-namespace', 'pod-pool', 'pod-cluster'];
  const byRole = groupBy(podClaims, (claim) => order.indexOf(claim.role));
  for (const role of [...byRole.keys()].sort((a, b) => a - b)) {
    const covering = (byRole.get(role) ?? [])
      .map((pods) => ({ pods, all: within(sorted, wide, pods.range) }))
      .filter(({ all }) => all.length > 0)
      .sort(
        (a, b) =>
          compareRanges(b.pods.range, a.pods.range) || (placeKey(a.pods.place) < placeKey(b.pods.place) ? -1 : 1),
      );
    for (const { pods, all } of covering) {
      const covered = all.filter((claim) => !told.has(claim));
      if (covered.length === 0) continue;
      covered.forEach((claim) => told.add(claim));
      const { severity, message } = judge(network, pods, covered);
      findings.push(
        finding(podNodeOverlap, {
          severity,
          message,
          subjects: [claimSubject(pods), ...covered.slice(0, MAX_SUBJECTS).map(claimSubject)],
          total: 1 + covered.length,
          evidence: [claimEvidence(pods), ...capped(covered.slice(0, MAX_SUBJECTS).map(claimEvidence), covered.length)],
          key: placeKey(pods.place) + formatRange(pods.range),
        }),
      );
    }
  }
  return findings;
}
