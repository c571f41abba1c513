/**
 * Where the handing out of ranges stands, for pools that are cut into blocks from their beginning.
 *
 * kube-controller-manager and Cilium's operator give nodes the next free block of the cluster's range, so a conflict in the
 * middle of a large range may be years away, or never come. Sources: kubernetes/kubernetes
 * pkg/controller/nodeipam/ipam/cidrset, cilium/cilium operator/pkg/ipam.
 */
import { blockSize } from '../ip/blocks.js';
import { intersection, overlaps, type Range } from '../ip/range.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';

const inOrder = ({ reading }: ClusterNetwork, pool: Claim): boolean =>
  pool.role === 'pod-cluster' ? reading.addressSource === 'node-pod-cidr' : reading.handsOutInOrder === true;

/**
 * How many more blocks of the pool are handed out before one touches `target`, counted from the last block that is handed
 * out; zero or less where that point is passed. Undefined where the pool is not cut in order, where the size of its blocks
 * is not known, or where the two do not overlap.
 */
export function blocksUntil(network: ClusterNetwork, pool: Claim, target: Range): bigint | undefined {
  const conflict = intersection(pool.range, target);
  if (pool.blockPrefixLength === undefined || conflict === undefined || !inOrder(network, pool)) return undefined;
  const size = blockSize(pool.range.family, pool.blockPrefixLength);
  let next = 0n;
  for (const claim of network.claims) {
    if (claim.role !== 'pod-node' || !isInForce(claim) || !overlaps(claim.range, pool.range)) continue;
    const after = (claim.range.last - pool.range.first) / size + 1n;
    if (after > next) next = after;
  }
  return (conflict.first - pool.range.first) / size - next;
}

/** Blocks that come so late count as out of reach: nodes that come and go use up one each. */
export const FAR = 1024n;
