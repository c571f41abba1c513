/**
 * Whether pods take their addresses from their node's range, and which range that is: what "this pod's address lies
 * outside" can rest on.
 */
import type { Address, Family } from '../ip/address.js';
import { containsAddress } from '../ip/range.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { PodTable } from '../network/podTable.js';

/** The ranges in force on one node: one of each family, mostly. */
export class NodeRanges {
  readonly claims: readonly Claim[];
  readonly hasV4: boolean;
  readonly hasV6: boolean;
  /** First and last address of each IPv4 range, as numbers: this is asked for every pod. */
  readonly #bounds: readonly number[];

  constructor(claims: readonly Claim[]) {
    this.claims = claims;
    this.#bounds = claims.flatMap(({ range }) => (range.family === 4 ? [Number(range.first), Number(range.last)] : []));
    this.hasV4 = this.#bounds.length > 0;
    this.hasV6 = claims.length > this.#bounds.length / 2;
  }
  hasIPv4(value: number): boolean {
    for (let i = 0; i + 1 < this.#bounds.length; i += 2)
      if ((this.#bounds[i] ?? 0) <= value && value <= (this.#bounds[i + 1] ?? -1)) return true;
    return false;
  }
  has(address: Address): boolean {
    return this.claims.some((claim) => containsAddress(claim.range, address));
  }
}

/** Node name to the ranges from which its pods take, or may take, their addresses. */
export function rangesByNode(network: ClusterNetwork): Map<string, NodeRanges> {
  const byNode = new Map<string, Claim[]>();
  for (const claim of network.claims) {
    if (claim.role !== 'pod-node' || claim.node === undefined || !isInForce(claim)) continue;
    const known = byNode.get(claim.node);
    if (known === undefined) byNode.set(claim.node, [claim]);
    else known.push(claim);
  }
  const ranges = new Map<string, NodeRanges>();
  for (const [node, claims] of byNode) ranges.set(node, new NodeRanges(claims));
  return ranges;
}

/** The family of the pod's first address that lies outside of its node's ranges of that family; undefined when none does. */
export function familyOutside(pods: PodTable, row: number, ranges: NodeRanges): Family | undefined {
  if (ranges.hasV4) {
    const v4 = pods.ipv4(row);
    if (v4 >= 0 && !ranges.hasIPv4(v4)) return 4;
  }
  if (ranges.hasV6) {
    const v6 = pods.ipv6(row);
    if (v6 !== undefined && !ranges.has({ family: 6, value: v6 })) return 6;
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
