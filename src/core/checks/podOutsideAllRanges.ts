/** CN203: pods whose address lies in no pod range that anybody claims. */
import { type Address, formatAddress } from '../ip/address.js';
import { formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import type { Claim } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { nodesOfOthers } from './agentPods.js';
import { bindingOf, type NodeRanges, rangesByNode } from './nodeRanges.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, claimEvidence, podSubject } from './subjects.js';
import { agree, counted, distinct, firstInOrder, listing, listingOf } from './wording.js';

export const podOutsideAllRanges: Check = {
  code: 'CN203',
  name: 'podOutsideAllRanges',
  title: "A pod's address lies outside of every pod range",
  explanation: `The address of a running pod lies in none of the ranges that the recognised solution hands out. It was given out by something else: a second or left-over CNI configuration on the node, or a pool that has been deleted since. Routes, masquerading and network policies cover the solution's ranges only, so the pod is reachable on its own node at best, and its traffic may leave the cluster with a wrong source.

**What to do.** Look into \`/etc/cni/net.d\` on the pod's node: the container runtime takes the first file. Remove what does not belong to the solution, and delete the pod, so that it is made anew.

**Severity.** A warning: a range that cannot be seen through the API may exist.

**Not reported.** Clusters without a recognised solution, solutions whose ranges could not all be read or that take addresses from the nodes' own subnets (AWS, Azure, GKE), pods that CN202 reports, pods on the host's network, Succeeded, Failed or being deleted, pods of other networks, and pods of Windows and virtual nodes, and of nodes on which only another solution's agent runs.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

/** Claims whose ranges pods may have addresses of. A pool that hands out nothing more still has its pods. */
const isPodRange = (claim: Claim): boolean =>
  claim.role === 'pod-pool' ||
  claim.role === 'pod-namespace' ||
  ((claim.role === 'pod-node' || claim.role === 'pod-cluster') && claim.used !== false);

const idOf = (network: ClusterNetwork, row: number): string =>
  `${network.facts.pods.namespace(row)}/${network.facts.pods.name(row)}`;

function run(network: ClusterNetwork): Finding[] {
  const { facts, reading } = network;
  if (reading.solution === 'unknown' || reading.missing.length > 0 || reading.podsShareNodeSubnets === true) return [];
  const claims = network.claims.filter(isPodRange);
  const known = RangeSet.of(claims.map((claim) => claim.range));
  const knows = { 4: known.size(4) > 0n, 6: known.size(6) > 0n };
  if (!knows[4] && !knows[6]) return [];
  const foreign = new Set([
    ...facts.nodes.filter((node) => node.virtual || node.os === 'windows').map((node) => node.name),
    ...nodesOfOthers(network),
  ]);
  let bound: ReadonlyMap<string, NodeRanges> | undefined;
  /** Nodes whose range binds their pods: CN202 judges those, and says more. Worked out when it is first needed. */
  const judged = (): ReadonlyMap<string, NodeRanges> => {
    if (bound === undefined) {
      const all = rangesByNode(network);
      bound = bindingOf(network, all) === 'no' ? new Map<string, NodeRanges>() : all;
    }
    return bound;
  };
  const { pods } = facts;
  const strays: { readonly row: number; readonly address: Address }[] = [];
  for (let row = 0; row < pods.end; row++) {
    if (!pods.ownsAddresses(row)) continue;
    const v4 = pods.ipv4(row);
    const out4 = knows[4] && v4 >= 0 && !known.hasIPv4(v4);
    const v6 = knows[6] ? pods.ipv6(row) : undefined;
    const out6 = v6 !== undefined && !known.has({ family: 6, value: v6 });
    if (!out4 && !out6) continue;
    const node = pods.node(row);
    if (pods.terminating(row) || pods.network(row) !== '' || foreign.has(node)) continue;
    const ranges = judged().get(node);
    if (out4 && ranges?.hasV4 !== true) strays.push({ row, address: { family: 4, value: BigInt(v4) } });
    else if (out6 && ranges?.hasV6 !== true) strays.push({ row, address: { family: 6, value: v6 } });
  }
  if (strays.length === 0) return [];
  const first = firstInOrder(
    strays,
    (a, b) => compareNatural(idOf(network, a.row), idOf(network, b.row)),
    MAX_SUBJECTS,
  );
  const told = listingOf(first, ({ row, address }) => `${idOf(network, row)} ${formatAddress(address)}`, strays.length);
  const nodes = distinct(strays.map(({ row }) => pods.node(row)));
  return [
    finding(podOutsideAllRanges, {
      severity: 'warning',
      message: `${counted(strays.length, 'pod')} on ${listing(nodes)} ${agree(strays.length, 'has an address', 'have addresses')} outside of every pod range of ${reading.title} (${told}): nothing routes ${agree(strays.length, 'it', 'them')} between nodes; a second or left-over CNI configuration may give ${agree(strays.length, 'it', 'them')} out`,
      subjects: first.map(({ row, address }) => podSubject(pods, row, address)),
      total: strays.length,
      evidence: [
        `Known pod ranges: ${listingOf(known.ranges, formatRange, known.ranges.length, 8)}`,
        ...capped(claims.filter((claim) => claim.role !== 'pod-node').map(claimEvidence)),
        ...capped(
          first.map(({ row, address }) => `${idOf(network, row)} on ${pods.node(row)}: ${formatAddress(address)}`),
          strays.length,
        ),
      ],
    }),
  ];
}
