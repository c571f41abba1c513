/** CN505: places that state the pod range disagree. */
import { contains, formatRange, sameRange } from '../ip/range.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { runsFlannel } from './flannelNodes.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { distinct, formatCount, listing, listingOf } from './wording.js';

export const podRangesDisagree: Check = {
  code: 'CN505',
  name: 'podRangesDisagree',
  title: 'Places that state the pod range disagree',
  explanation: `The cluster's pod range stands in several places: kube-controller-manager's \`--cluster-cidr\`, kubeadm's record, the solution's own configuration, and each node's \`podCIDR\` as a part of it. When they disagree, addresses are handed out that another part of the cluster does not take for pods: not routed, not masqueraded as they should be, or overwritten by the next \`kubeadm upgrade\`.

**What to do.** Decide which one is meant, and correct the others. Nodes keep the range they have until they are registered again.

**Severity.** A warning.

**Not reported.** kube-proxy's \`clusterCIDR\` (CN504); flannel's \`Network\` where it contains the range, and node ranges outside of it (CN406); solutions that do not use these ranges, such as Cilium's cluster-pool.`,
  source: {
    sentence: 'CIDR Range for Pods in cluster. Requires --allocate-node-cidrs to be true',
    url: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/',
  },
  run,
};

const isObject = (claim: Claim, name: string): boolean =>
  claim.place.kind === 'object' && claim.place.object.name === name;

/** Statements that differ from the one that decides. */
function statements(deciding: readonly Claim[], others: readonly Claim[]): Finding[] {
  return others.flatMap((other) => {
    const same = deciding.filter((claim) => claim.range.family === other.range.family);
    // kubeadm's record is what the next upgrade writes, so it must be equal; a solution's range may be wider.
    const agrees = isObject(other, 'kubeadm-config')
      ? same.some((claim) => sameRange(claim.range, other.range))
      : same.every((claim) => contains(other.range, claim.range));
    const [first] = same;
    if (agrees || first === undefined) return [];
    return [
      finding(podRangesDisagree, {
        severity: 'warning',
        message: isObject(other, 'kubeadm-config')
          ? `kubeadm's record says ${formatRange(other.range)} for the pods, while nodes get their ranges from ${listing(same.map((claim) => formatRange(claim.range)))}: the next upgrade with kubeadm writes the other one`
          : `The solution is told the pod range ${formatRange(other.range)}, which does not contain ${listing(same.map((claim) => formatRange(claim.range)))}, from which nodes get their ranges: the next nodes get ranges that it does not take for pods`,
        subjects: [claimSubject(other), ...same.map(claimSubject)],
        evidence: [claimEvidence(other), ...same.map(claimEvidence)],
      }),
    ];
  });
}

/** Nodes whose range is no part of the cluster's. */
function strayNodes(deciding: readonly Claim[], nodes: readonly Claim[]): Finding[] {
  const stray = nodes
    .filter(({ range }) => {
      const same = deciding.filter((claim) => claim.range.family === range.family);
      return same.length > 0 && !same.some((claim) => contains(claim.range, range));
    })
    .sort((a, b) => compareNatural(a.owner, b.owner));
  if (stray.length === 0) return [];
  const families = new Set(stray.map(({ range }) => range.family));
  const cluster = deciding.filter(({ range }) => families.has(range.family));
  return [
    finding(podRangesDisagree, {
      severity: 'warning',
      message: `${listingOf(stray, (claim) => `${formatRange(claim.range)} of ${claim.owner}`)} ${stray.length === 1 ? 'is' : 'are'} no part of the cluster's pod range ${listing(cluster.map((claim) => formatRange(claim.range)))}: whatever is told the cluster's range does not take pods there for pods`,
      subjects: [...stray.slice(0, MAX_SUBJECTS - cluster.length).map(claimSubject), ...cluster.map(claimSubject)],
      total: stray.length + cluster.length,
      evidence: [
        ...cluster.map(claimEvidence),
        ...capped(stray.slice(0, MAX_SUBJECTS).map(claimEvidence), stray.length),
        `${formatCount(nodes.length - stray.length)} other node ranges lie inside`,
      ],
      key: 'node ranges',
    }),
  ];
}

/** Calico's pools, which should be a part of what the other components take for the pod range. */
function strayPools(network: ClusterNetwork): Finding[] {
  const pools = network.claims.filter((claim) => claim.role === 'pod-pool' && isInForce(claim));
  // Calico does not use the cluster's range itself, so the claim is not in force; it is what was declared that counts.
  const declared = network.claims.filter(
    (claim) => claim.role === 'pod-cluster' && claim.repeats !== true && claim.provenance === 'declared',
  );
  return pools.flatMap((pool) => {
    const same = declared.filter((claim) => claim.range.family === pool.range.family);
    if (same.length === 0 || same.some((claim) => contains(claim.range, pool.range))) return [];
    return [
      finding(podRangesDisagree, {
        severity: 'warning',
        message: `${pool.owner} (${formatRange(pool.range)}) is no part of the cluster's pod range ${listing(distinct(same.map((claim) => formatRange(claim.range))))}: whatever is told the cluster's range does not take pods there for pods`,
        subjects: [claimSubject(pool), ...same.map(claimSubject)],
        evidence: [claimEvidence(pool), ...same.map(claimEvidence)],
      }),
    ];
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  if (reading.solution === 'calico' && reading.addressSource === 'solution-per-node') return strayPools(network);
  if (reading.addressSource !== 'node-pod-cidr' && reading.addressSource !== 'unknown') return [];
  const clusters = network.claims.filter((claim) => claim.role === 'pod-cluster' && claim.used !== false);
  const deciding = clusters.filter((claim) => claim.repeats !== true && claim.provenance !== 'default');
  const others = clusters.filter((claim) => claim.repeats === true && !isObject(claim, 'kube-proxy'));
  const nodes = network.claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim));
  const judgedElsewhere = runsFlannel(network) && reading.claims.some((claim) => claim.role === 'pod-cluster');
  return [...statements(deciding, others), ...(judgedElsewhere ? [] : strayNodes(deciding, nodes))];
}
