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

/** Nodes on which the DaemonSets have pods that the evidence for a solution names. */
export function nodesOfEvidence(facts: ClusterFacts, evidence: readonly Evidence[]): ReadonlySet<string> {
  const daemonSets = new Set(
    evidence.flatMap(({ place }) =>
      place?.kind === 'object' && place.object.kind === 'DaemonSet'
        ? [`${place.object.namespace ?? ''}/${place.object.name}`]
        : [],
    ),
  );
  return new Set(
    facts.systemPods
      .filter(
        ({ ref, ownerKind, ownerName }) =>
          ownerKind === 'DaemonSet' && daemonSets.has(`${ref.namespace ?? ''}/${ownerName}`),
      )
      .map(({ node }) => node)
      .filter((node) => node !== ''),
  );
}
