/** CN302: the cluster's pod range has no room, or little, for another node. */
import { blockCount, freeBlockCount } from '../ip/blocks.js';
import { contains, formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { controlPlaneOf } from '../network/controlPlane.js';
import type { NodeFacts } from '../network/facts.js';
import { joinedWithin } from './age.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { capped, claimEvidence, claimSubject, nodeSubject } from './subjects.js';
import { agree, counted, formatCount, listing, percent } from './wording.js';

export const clusterRangeFull: Check = {
  code: 'CN302',
  name: 'clusterRangeFull',
  title: "The cluster's pod range has no room for more nodes",
  explanation: `kube-controller-manager cuts the cluster's range into blocks of one size and gives one to each node: a /16 cut into /24 serves 256 nodes. When no block is left, the next node joins without a pod range and no pod there gets a network (CN404).

**What to do.** A range cannot be enlarged in place: remove nodes that are gone (their block comes back), choose a longer \`--node-cidr-mask-size\` for new nodes, or plan a larger \`--cluster-cidr\` for the next cluster.

**Severity.** An error where a node has no range and no block is left. A warning where no block is left, or less than a fifth of ten and more. Information for ranges of fewer blocks, and for ranges of one block, which are meant for one node.

**Not reported.** Ranges that nothing takes addresses from (KCM assigns \`podCIDR\`s under Cilium's cluster-pool and others all the same), and ranges whose block size is not known.`,
  source: {
    sentence: 'CIDR Range for Pods in cluster. Requires --allocate-node-cidrs to be true',
    url: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/',
  },
  run,
};

/** From how many blocks on a fifth of them is a warning. */
const MANY = 10n;

interface Room {
  readonly total: bigint;
  readonly free: bigint;
}

function severityOf({ total, free }: Room, without: readonly NodeFacts[]): Severity | undefined {
  if (free === 0n) return without.length > 0 ? 'error' : total > 1n ? 'warning' : 'information';
  if (free * 5n >= total) return undefined;
  return total >= MANY ? 'warning' : 'information';
}

function report(
  network: ClusterNetwork,
  claim: Claim,
  room: Room,
  severity: Severity,
  without: readonly NodeFacts[],
): Finding {
  const { total, free } = room;
  const names = without.map((node) => node.name);
  const what = `The pod range ${formatRange(claim.range)} has ${counted(total, 'block')} of /${claim.blockPrefixLength ?? ''}, one for each node`;
  const message =
    free > 0n
      ? `${what}, and ${percent(total - free, total)} are in use: ${counted(free, 'more node')} ${agree(Number(free), 'fits', 'fit')}`
      : names.length > 0
        ? `${what}, and none is left: ${listing(names)} ${agree(names.length, 'has', 'have')} no range, and no pod there gets a network`
        : `${what}, and none is left: the next node joins without a pod range`;
  const events = network.facts.events.filter(({ reason }) => reason === 'CIDRNotAvailable');
  return finding(clusterRangeFull, {
    severity,
    message,
    subjects: [
      claimSubject(claim),
      ...without.slice(0, MAX_SUBJECTS).map((node) => nodeSubject(node, node.name, 'spec')),
    ],
    total: 1 + without.length,
    evidence: [
      claimEvidence(claim),
      `${formatCount(total)} blocks of /${claim.blockPrefixLength ?? ''}, ${formatCount(free)} free, ${counted(network.facts.nodes.length, 'node')}`,
      ...capped(events.map(({ regarding, message: text }) => `Event CIDRNotAvailable for ${regarding.name}: ${text}`)),
    ],
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts, reading } = network;
  if (reading.addressSource !== 'node-pod-cidr') return [];
  const clusters = network.claims.filter(
    (claim) => claim.role === 'pod-cluster' && isInForce(claim) && claim.blockPrefixLength !== undefined,
  );
  if (clusters.length === 0) return [];
  const assigned = network.claims.filter((claim) => claim.role === 'pod-node' && claim.provenance === 'assigned');
  const spared = controlPlaneOf(facts).controllerManagerServices.flatMap(({ cidr }) => (cidr.ok ? [cidr.value] : []));
  const taken = RangeSet.of([...assigned.map((claim) => claim.range), ...spared]);
  return clusters.flatMap((claim) => {
    const mask = claim.blockPrefixLength ?? 0;
    // Two nodes with one range use one block, so the blocks are counted and not the nodes.
    const room = { total: blockCount(claim.range, mask), free: freeBlockCount(claim.range, mask, taken) };
    if (room.total === 0n || !assigned.some((one) => contains(claim.range, one.range))) return [];
    const without = facts.nodes.filter(
      (node) =>
        !node.virtual &&
        !joinedWithin(node, facts, 30) &&
        !node.podCIDRs.some(({ cidr }) => cidr.ok && cidr.value.family === claim.range.family),
    );
    const severity = severityOf(room, without);
    return severity === undefined ? [] : [report(network, claim, room, severity, without)];
  });
}
