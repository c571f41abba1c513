/** CN406: flannel's Network does not contain the pod range of a node. */
import { contains, formatRange } from '../ip/range.js';
import { isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { runsFlannel } from './flannelNodes.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, distinct, listing, listingOf } from './wording.js';

export const flannelNetworkMissesRange: Check = {
  code: 'CN406',
  name: 'flannelNetworkMissesRange',
  title: "flannel's Network does not contain a node's range",
  explanation: `flannel takes a node's range from \`spec.podCIDR\` and refuses it when \`Network\` (or \`IPv6Network\`) in its \`net-conf.json\` does not contain it: its agent on that node ends with "subnet … specified in the flannel net config doesn't contain … PodCIDR of the … node". Pods there get no network, or keep one that nobody routes to.

**What to do.** Make \`Network\` the same range that kube-controller-manager hands out of (kubeadm's \`podSubnet\`), and restart flannel's pods. A single node with a range from elsewhere has to be registered again.

**Severity.** An error.

**Not reported.** A \`Network\` that is wider than the cluster's range, as kOps sets it, and families of which flannel has no network (CN507).`,
  source: {
    sentence: 'Network (string): IPv4 network in CIDR format to use for the entire flannel network.',
    url: 'https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md',
  },
  run,
};

function run(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  if (!runsFlannel(network)) return [];
  return ([4, 6] as const).flatMap((family) => {
    const told = reading.claims.filter((claim) => claim.role === 'pod-cluster' && claim.range.family === family);
    if (told.length === 0) return [];
    const outside = network.claims
      .filter(
        (claim) =>
          claim.role === 'pod-node' &&
          claim.range.family === family &&
          isInForce(claim) &&
          !told.some((one) => contains(one.range, claim.range)),
      )
      .sort((a, b) => compareNatural(a.owner, b.owner));
    if (outside.length === 0) return [];
    const nodes = distinct(outside.map((claim) => claim.owner));
    const networks = listing(told.map((claim) => formatRange(claim.range)));
    return [
      finding(flannelNetworkMissesRange, {
        severity: 'error',
        message: `flannel's network ${networks} does not contain ${listingOf(outside, (claim) => `${formatRange(claim.range)} of ${claim.owner}`)}: flannel refuses the range, and pods on ${agree(nodes.length, 'that node', 'those nodes')} are not reachable from the others`,
        subjects: [...told.map(claimSubject), ...outside.slice(0, MAX_SUBJECTS).map(claimSubject)],
        total: told.length + outside.length,
        evidence: [
          ...told.map(claimEvidence),
          ...capped(outside.slice(0, MAX_SUBJECTS).map(claimEvidence), outside.length),
        ],
        key: `network ${family}`,
      }),
    ];
  });
}
