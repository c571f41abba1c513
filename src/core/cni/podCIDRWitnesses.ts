/**
 * The pods as witnesses: do they have addresses of their nodes' `spec.podCIDRs`?
 *
 * Answers for: the guess where no solution is recognised, or its configuration cannot be read.
 */
import type { ClusterFacts, NodeFacts } from '../network/facts.js';

export interface PodCIDRWitnesses {
  /** Nodes whose pods all have addresses of the node's range. Only nodes with a range and with pods are counted. */
  readonly for: number;
  /** Nodes of which some pod has an address outside of the node's range. */
  readonly against: number;
  readonly podsInside: number;
  readonly podsOutside: number;
}

interface Bounds {
  readonly first: bigint;
  readonly last: bigint;
}

/** Counts the pods of one node. This is done for every pod of the cluster, hence numbers for IPv4 and no objects. */
function countNode({ pods }: ClusterFacts, node: NodeFacts): { inside: number; outside: number } {
  const v4: { readonly first: number; readonly last: number }[] = [];
  const v6: Bounds[] = [];
  for (const { cidr } of node.podCIDRs) {
    if (!cidr.ok) continue;
    const { family, first, last } = cidr.value;
    if (family === 4) v4.push({ first: Number(first), last: Number(last) });
    else v6.push({ first, last });
  }
  let inside = 0;
  let outside = 0;
  for (const row of pods.rowsOfNode(node.name)) {
    if (!pods.ownsAddresses(row) || pods.network(row) !== '') continue;
    const value4 = v4.length > 0 ? pods.ipv4(row) : -1;
    const value6 = v6.length > 0 ? pods.ipv6(row) : undefined;
    if (value4 < 0 && value6 === undefined) continue;
    const fits =
      (value4 < 0 || v4.some((range) => range.first <= value4 && value4 <= range.last)) &&
      (value6 === undefined || v6.some((range) => range.first <= value6 && value6 <= range.last));
    if (fits) inside++;
    else outside++;
  }
  return { inside, outside };
}

/** Linear in the pods. */
export function podCIDRWitnesses(facts: ClusterFacts): PodCIDRWitnesses {
  const sum = { for: 0, against: 0, podsInside: 0, podsOutside: 0 };
  for (const node of facts.nodes) {
    if (node.podCIDRs.length === 0 || node.virtual) continue;
    const { inside, outside } = countNode(facts, node);
    sum.podsInside += inside;
    sum.podsOutside += outside;
    if (outside > 0) sum.against++;
    else if (inside > 0) sum.for++;
  }
  return sum;
}

/**
 * Whether the pods show that podCIDRs are in force: on two nodes or more all pods lie inside, and at most on every fifth
 * node some do not. One node alone shows nothing: its range is most often the beginning of the cluster's (minikube's bridge
 * hands out 10.244.0.0/16 on a node whose podCIDR is 10.244.0.0/24).
 */
export const showPodCIDRs = (witnesses: PodCIDRWitnesses): boolean =>
  witnesses.for >= 2 && witnesses.against * 4 <= witnesses.for;
