/** CN202: pods whose address does not lie in the range of their node, although that range is in force. */
import { type Address, formatAddress } from '../ip/address.js';
import { formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Subject } from './check.js';
import { bindingOf, familyOutside, type NodeRanges, rangesByNode, settledPods } from './nodeRanges.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, claimEvidence, claimSubject, podSubject } from './subjects.js';
import { agree, counted, distinct, firstInOrder, listing, listingOf } from './wording.js';

/** Nodes with a finding of their own; beyond, one finding speaks for the rest. */
const MAX_FINDINGS = 20;

export const podOutsideNodeRange: Check = {
  code: 'CN202',
  name: 'podOutsideNodeRange',
  title: "A pod's address lies outside of its node's range",
  explanation: `The solution gives each node a range, and the other nodes route that range, and only that, to the node. A pod with another address is reachable on its own node at best: its packets leave, but answers go elsewhere or nowhere. It is the sign of a second or left-over CNI configuration on the node that sorts first in \`/etc/cni/net.d\`, or of pods that are older than the node's present range.

**What to do.** Look into \`/etc/cni/net.d\` on the node: the container runtime takes the first file. Remove what does not belong to the solution, and delete the pods, so that they are made anew.

**Severity.** An error where the address lies in another node's range: traffic for it goes there for certain. Else a warning: a route set by hand may exist. A warning, too, where no solution was recognised and the use of node ranges is concluded from the other pods.

**Not reported.** Solutions that do not take pod addresses from a fixed range a node (Calico's IPAM, Weave, NSX, OVN, AWS, Azure …), single-node clusters without a recognised solution, pods on the host's network, Succeeded, Failed or being deleted, pods of other networks, and pods of Windows and virtual nodes.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

interface Stray {
  readonly row: number;
  readonly address: Address;
}
interface NodeStrays {
  readonly node: string;
  readonly ranges: NodeRanges;
  readonly strays: readonly Stray[];
}

function addressOf(network: ClusterNetwork, row: number, family: 4 | 6): Address {
  const { pods } = network.facts;
  return { family, value: family === 4 ? BigInt(pods.ipv4(row)) : (pods.ipv6(row) ?? 0n) };
}

/** Names the node whose range holds the address. */
function ownerOf(all: ReadonlyMap<string, NodeRanges>, node: string, address: Address): string | undefined {
  for (const [other, ranges] of all) if (other !== node && ranges.has(address)) return other;
  return undefined;
}

const idOf = (network: ClusterNetwork, row: number): string =>
  `${network.facts.pods.namespace(row)}/${network.facts.pods.name(row)}`;

function report(
  network: ClusterNetwork,
  all: ReadonlyMap<string, NodeRanges>,
  taken: RangeSet,
  binding: 'certain' | 'observed',
  group: readonly NodeStrays[],
): Finding {
  const { pods } = network.facts;
  const nodes = group.map(({ node }) => node);
  const strays = group.flatMap((one) => one.strays);
  const total = strays.length;
  const first = firstInOrder(
    strays,
    (a, b) => compareNatural(idOf(network, a.row), idOf(network, b.row)),
    MAX_SUBJECTS,
  );
  const elsewhere = strays.some((stray) => taken.has(stray.address));
  const owners = distinct(first.flatMap(({ row, address }) => ownerOf(all, pods.node(row), address) ?? []));
  const ranges = group.flatMap((one) => one.ranges.claims);
  const told = listingOf(first, ({ row, address }) => `${idOf(network, row)} ${formatAddress(address)}`, total);
  const where =
    nodes.length === 1
      ? `outside of its ${agree(ranges.length, 'range', 'ranges')} ${listing(ranges.map((claim) => formatRange(claim.range)))}`
      : 'outside of the range of their node';
  const them = agree(total, 'it', 'them');
  const consequence = elsewhere
    ? `the other nodes send traffic for ${them} to ${owners.length === 0 ? 'another node' : listing(owners)}`
    : `the other nodes have no route to ${them}, so only ${agree(nodes.length, 'that node', 'those nodes')} may reach ${them}`;
  const observed =
    binding === 'observed' && network.reading.solution === 'unknown'
      ? " (no solution was recognised, but the other pods have addresses of their nodes' ranges)"
      : '';
  const subjectOf = ({ row, address }: Stray): Subject => podSubject(pods, row, address);
  return finding(podOutsideNodeRange, {
    severity: binding === 'certain' && elsewhere ? 'error' : 'warning',
    message: `${counted(total, 'pod')} on ${listing(nodes)} ${agree(total, 'has an address', 'have addresses')} ${where} (${told}): ${consequence}${observed}; a second or left-over CNI configuration may give ${them} out`,
    subjects: [
      ...first.slice(0, MAX_SUBJECTS / 2).map(subjectOf),
      ...ranges.slice(0, MAX_SUBJECTS / 2).map(claimSubject),
      ...first.slice(MAX_SUBJECTS / 2).map(subjectOf),
    ],
    total: total + ranges.length,
    evidence: [
      ...capped(ranges.slice(0, MAX_SUBJECTS).map(claimEvidence), ranges.length),
      ...capped(
        first.map(({ row, address }) => `${idOf(network, row)} on ${pods.node(row)}: ${formatAddress(address)}`),
        total,
      ),
    ],
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { nodes, pods } = network.facts;
  const all = rangesByNode(network);
  const binding = bindingOf(network, all);
  if (binding === 'no') return [];
  const found: NodeStrays[] = [];
  for (const node of nodes) {
    const ranges = all.get(node.name);
    if (ranges === undefined || node.virtual || node.os === 'windows') continue;
    const strays: Stray[] = [];
    for (const row of settledPods(pods, node.name)) {
      const family = familyOutside(pods, row, ranges);
      if (family !== undefined) strays.push({ row, address: addressOf(network, row, family) });
    }
    if (strays.length === 0) continue;
    found.push({ node: node.name, ranges, strays });
  }
  if (found.length === 0) return [];
  found.sort((a, b) => compareNatural(a.node, b.node));
  const taken = RangeSet.of([...all.values()].flatMap((ranges) => ranges.claims.map((claim) => claim.range)));
  const alone = found.length <= MAX_FINDINGS ? found : found.slice(0, MAX_FINDINGS - 1);
  const rest = found.slice(alone.length);
  return [...alone.map((one) => [one]), ...(rest.length === 0 ? [] : [rest])].map((group) =>
    report(network, all, taken, binding, group),
  );
}
