/**
 * Whether pods take their addresses from their node's range, and which range that is: what "this pod's address lies
 * outside" can rest on.
 */
import type { Family } from '../ip/address.js';
import { RangeSet } from '../ip/rangeSet.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { PodTable } from '../network/podTable.js';
import { groupBy } from './groupBy.js';

/** The ranges in force on one node. */
export interface NodeRanges {
  readonly claims: readonly Claim[];
  readonly set: RangeSet;
  readonly hasV4: boolean;
  readonly hasV6: boolean;
}

/** Node name to the ranges from which its pods take, or may take, their addresses. */
export function rangesByNode(network: ClusterNetwork): Map<string, NodeRanges> {
  const byNode = groupBy(
    network.claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim) && claim.node !== undefined),
    (claim) => claim.node ?? '',
  );
  const ranges = new Map<string, NodeRanges>();
  for (const [node, claims] of byNode)
    ranges.set(node, {
      claims,
      set: RangeSet.of(claims.map((claim) => claim.range)),
      hasV4: claims.some((claim) => claim.range.family === 4),
      hasV6: claims.some((claim) => claim.range.family === 6),
    });
  return ranges;
}

/** The family of the pod's first address that lies outside of its node's ranges of that family; undefined when none does. */
export function familyOutside(pods: PodTable, row: number, ranges: NodeRanges): Family | undefined {
  if (ranges.hasV4) {
    const v4 = pods.ipv4(row);
    if (v4 >= 0 && !ranges.set.hasIPv4(v4)) return 4;
  }
  if (ranges.hasV6) {
    const v6 = pods.ipv6(row);
    if (v6 !== undefined && !ranges.set.has({ family: 6, value: v6 })) return 6;
  }
  return undefined;
}

/** Rows of the node's pods that own addresses of the cluster's default network and are not being deleted. */
export function* settledPods(pods: PodTable, node: string): IterableIterator<number> {
  for (const row of pods.rowsOfNode(node))
    if (pods.ownsAddresses(row) && !pods.terminating(row) && pods.network(row) === '') yield row;
}

/**
 * Whether a node's range binds its pods. certain: the solution is known to use it. observed: no solution was recognised,
 * but at least as many pods as not, on two nodes or more, have addresses of their node's range. no: anything else; then an
 * address outside says nothing.
 */
export function bindingOf(
  network: ClusterNetwork,
  ranges: ReadonlyMap<string, NodeRanges>,
): 'certain' | 'observed' | 'no' {
  switch (network.reading.addressSource) {
    case 'node-pod-cidr':
      return network.reading.confidence === 'certain' ? 'certain' : 'observed';
    // Nodes may borrow from each other's ranges (Calico's blocks), unless the reading says that they do not.
    case 'solution-per-node':
      return network.reading.nodeRangesBindPods === true && network.reading.missing.length === 0 ? 'certain' : 'no';
    case 'pools':
    case 'per-namespace':
      return 'no';
    case 'unknown':
      break;
  }
  const { pods } = network.facts;
  // A single node may well hand out from the whole cluster range, as minikube's bridge does.
  if (ranges.size < 2) return 'no';
  let inside = 0;
  let outside = 0;
  for (const [node, its] of ranges) {
    for (const row of settledPods(pods, node)) {
      if (familyOutside(pods, row, its) === undefined) inside++;
      else outside++;
    }
  }
  return inside >= 2 && inside >= outside ? 'observed' : 'no';
}
