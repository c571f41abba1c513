/** CN301: a node's range has fewer addresses than the node takes pods. */
import { usableAddresses } from '../ip/blocks.js';
import { formatRange } from '../ip/range.js';
import type { Family } from '../ip/address.js';
import type { Claim } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { NodeFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { bindingOf, type NodeRanges, rangesByNode, settledPods } from './nodeRanges.js';
import { capped, claimEvidence, claimSubject, nodeSubject } from './subjects.js';
import { agree, counted, formatCount, listing, listingOf } from './wording.js';

export const nodeRangeTooSmall: Check = {
  code: 'CN301',
  name: 'nodeRangeTooSmall',
  title: "A node's range is smaller than its number of pods",
  explanation: `The kubelet takes as many pods as \`status.allocatable.pods\` says (110 unless set), but the node's pod range has fewer addresses. The scheduler knows nothing of addresses: pods beyond them are placed on the node all the same and stay in \`ContainerCreating\` ("no IP addresses available in range set").

**What to do.** Lower the kubelet's \`maxPods\`, or give nodes larger ranges (\`--node-cidr-mask-size\`; Cilium: \`clusterPoolIPv4MaskSize\`). Existing nodes keep their range until they are registered again.

**Severity.** A warning. An error where all addresses of the range are in use.

**Not reported.** Solutions that give nodes further ranges as they need them (Calico, multi-pool, ACI, the clouds), and clusters without a recognised solution, unless the pods of two nodes or more have addresses of their nodes' ranges. Pods on the host's network are counted out: they need no address.`,
  source: {
    sentence:
      'By having approximately twice as many available IP addresses as the number of pods that can be created on a node, Kubernetes is able to mitigate IP address reuse as Pods are added to and removed from a node.',
    url: 'https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr',
  },
  run,
};

interface Tight {
  readonly node: NodeFacts;
  readonly claims: readonly Claim[];
  readonly room: bigint;
  readonly wanted: number;
  readonly full: boolean;
}

/** Pods on the host's network that run on the node: they count as pods, and need no address. */
function hostPods({ facts: { pods } }: ClusterNetwork, node: string): number {
  let count = 0;
  for (const row of pods.rowsOfNode(node)) {
    const phase = pods.phase(row);
    if (pods.hostNetwork(row) && phase !== 'Succeeded' && phase !== 'Failed') count++;
  }
  return count;
}

function tightIn(network: ClusterNetwork, node: NodeFacts, ranges: NodeRanges, family: Family): Tight | undefined {
  const claims = ranges.claims.filter((claim) => claim.range.family === family);
  if (claims.length === 0 || node.allocatablePods === undefined) return undefined;
  const room = claims.reduce((sum, claim) => sum + usableAddresses(claim.range), 0n);
  if (room >= BigInt(node.allocatablePods)) return undefined;
  const wanted = node.allocatablePods - hostPods(network, node.name);
  if (room >= BigInt(wanted)) return undefined;
  let used = 0n;
  for (const row of settledPods(network.facts.pods, node.name))
    if (family === 4 ? network.facts.pods.ipv4(row) >= 0 : network.facts.pods.ipv6(row) !== undefined) used++;
  // One more address is the bridge's or the router's.
  return { node, claims, room, wanted, full: used + 1n >= room };
}

function report(group: readonly Tight[]): Finding {
  const [first] = group;
  const names = group.map(({ node }) => node.name);
  const claims = group.flatMap((tight) => tight.claims);
  const range = first?.claims[0];
  const full = first?.full === true;
  const what = `${listing(names)} ${agree(names.length, 'takes', 'take')} up to ${formatCount(first?.wanted ?? 0)} pods with addresses of their own, but ${agree(names.length, 'its range', 'their ranges')} (${range === undefined ? '' : formatRange(range.range)}${names.length > 1 ? ', …' : ''}) ${agree(names.length, 'has', 'have')} room for ${counted(first?.room ?? 0n, 'pod')}`;
  return finding(nodeRangeTooSmall, {
    severity: full ? 'error' : 'warning',
    message: full
      ? `${what}, and every address is in use: further pods there stay in ContainerCreating`
      : `${what}: pods beyond that stay in ContainerCreating`,
    subjects: group.flatMap(({ node, claims: own }) => [
      ...own.map(claimSubject),
      nodeSubject(node, String(node.allocatablePods ?? ''), 'status', 'allocatable', 'pods'),
    ]),
    evidence: [
      ...capped(claims.slice(0, MAX_SUBJECTS).map(claimEvidence), claims.length),
      listingOf(
        group,
        ({ node, wanted }) =>
          `${node.name}: status.allocatable.pods is ${node.allocatablePods ?? ''}, ${formatCount(wanted)} of them beside those on the host's network`,
      ),
    ],
  });
}

function run(network: ClusterNetwork): Finding[] {
  const all = rangesByNode(network);
  const binding = bindingOf(network, all);
  if (binding === 'no' || (binding === 'observed' && network.reading.addressSource !== 'node-pod-cidr')) return [];
  const tight: Tight[] = [];
  for (const node of network.facts.nodes) {
    const ranges = all.get(node.name);
    if (ranges === undefined || node.virtual || node.os === 'windows') continue;
    for (const family of [4, 6] as const) {
      const found = tightIn(network, node, ranges, family);
      if (found !== undefined) tight.push(found);
    }
  }
  tight.sort((a, b) => compareNatural(a.node.name, b.node.name));
  const groups = groupBy(tight, ({ room, wanted, full }) => `${room} ${wanted} ${String(full)}`);
  return [...groups.values()].map(report);
}
