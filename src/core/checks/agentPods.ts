/** The pods of the solutions' agents, by node. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { ClusterFacts, SystemPodFacts, WorkloadFacts } from '../network/facts.js';
import type { Evidence } from '../network/reading.js';
import { groupBy } from './groupBy.js';

/**
 * Pods of the agent's DaemonSet, and pods in its namespace with the same labels: some installations have one DaemonSet
 * for each architecture. Undefined when no agent is known, or pods could not be read.
 */
export function agentPodsByNode({ facts, reading }: ClusterNetwork): Map<string, SystemPodFacts[]> | undefined {
  const agent = reading.agent;
  if (agent === undefined || facts.gaps.some((gap) => gap.resource === 'pods')) return undefined;
  const labels = Object.entries(agent.podLabels);
  const pods = facts.systemPods.filter(
    (pod) =>
      pod.ref.namespace === agent.namespace &&
      ((pod.ownerKind === 'DaemonSet' && pod.ownerName === agent.daemonSet) ||
        (labels.length > 0 && labels.every(([key, value]) => pod.labels[key] === value))),
  );
  return groupBy(pods, (pod) => pod.node);
}

/** The agent's DaemonSet itself, if it was read. */
export const agentDaemonSet = ({ facts, reading }: ClusterNetwork): WorkloadFacts | undefined =>
  facts.workloads.find(
    ({ ref }) =>
      ref.kind === 'DaemonSet' && ref.name === reading.agent?.daemonSet && ref.namespace === reading.agent.namespace,
  );

/** What a DaemonSet adds to its own name for a pod's. */
const SUFFIX = /-[a-z0-9]{5}$/;

/** Nodes on which the DaemonSets have pods that the evidence for a solution names. */
export function nodesOfEvidence(facts: ClusterFacts, evidence: readonly Evidence[]): ReadonlySet<string> {
  const daemonSets = new Set(
    evidence.flatMap(({ place }) =>
      place?.kind === 'object' && place.object.kind === 'DaemonSet'
        ? [`${place.object.namespace ?? ''}/${place.object.name}`]
        : [],
    ),
  );
  const nodes = new Set(
    facts.systemPods
      .filter(
        ({ ref, ownerKind, ownerName }) =>
          ownerKind === 'DaemonSet' && daemonSets.has(`${ref.namespace ?? ''}/${ownerName}`),
      )
      .map(({ node }) => node),
  );
  // Only the chosen solution's agents are read in detail: pods of others have the names that DaemonSets give.
  if (daemonSets.size > 0) {
    for (const row of facts.pods.rows()) {
      if (!facts.pods.hostNetwork(row)) continue;
      const name = facts.pods.name(row);
      if (SUFFIX.test(name) && daemonSets.has(`${facts.pods.namespace(row)}/${name.replace(SUFFIX, '')}`))
        nodes.add(facts.pods.node(row));
    }
  }
  nodes.delete('');
  return nodes;
}

/** Nodes on which another solution's agent runs, and none of the recognised one's: its ranges are not meant for them. */
export function nodesOfOthers(network: ClusterNetwork): ReadonlySet<string> {
  const others = network.reading.others.filter(({ primary }) => primary);
  const own = others.length === 0 ? undefined : agentPodsByNode(network);
  if (own === undefined) return new Set();
  return new Set(
    others.flatMap(({ evidence }) => [...nodesOfEvidence(network.facts, evidence)].filter((node) => !own.has(node))),
  );
}
