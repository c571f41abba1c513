/**
 * The pods as witnesses: do they have addresses of their nodes' `spec.podCIDRs`?
 *
 * Answers for: the guess where no solution is recognised, or its configuration cannot be read.
 */
import { RangeSet } from '../ip/rangeSet.js';
import type { ClusterFacts, NodeFacts } from '../network/facts.js';

export interface PodCIDRWitnesses {
  /** Nodes whose pods all have addresses of the node's range. Only nodes with a range and with pods are counted. */
  readonly for: number;
  /** Nodes of which some pod has an address outside of the node's range. */
  readonly against: number;
  readonly podsInside: number;
  readonly podsOutside: number;
}

function countNode({ pods }: ClusterFacts, node: NodeFacts): { inside: number; outside: number } {
  const ranges = RangeSet.of(node.podCIDRs.flatMap(({ cidr }) => (cidr.ok ? [cidr.value] : [])));
  const hasV4 = ranges.size(4) > 0n;
  const hasV6 = ranges.size(6) > 0n;
  let inside = 0;
  let outside = 0;
  for (const row of pods.rowsOfNode(node.name)) {
    if (!pods.ownsAddresses(row) || pods.network(row) !== '') continue;
    const v4 = hasV4 ? pods.ipv4(row) : -1;
    const v6 = hasV6 ? pods.ipv6(row) : undefined;
    if (v4 < 0 && v6 === undefined) continue;
    const fits = (v4 < 0 || ranges.hasIPv4(v4)) && (v6 === undefined || ranges.has({ family: 6, value: v6 }));
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
