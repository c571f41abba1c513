/** What the solutions' files share: finding their agents, and saying what was seen. */
import type { ClusterFacts, ConfigMapFacts, ContainerFacts, WorkloadFacts } from '../network/facts.js';
import { formatRef, objectPlace } from '../network/place.js';
import type { AgentFacts, Evidence } from '../network/reading.js';

/** How a solution's DaemonSet is told from others. Any of them suffices. */
export interface AgentMarks {
  readonly names: readonly string[];
  /** Labels of the DaemonSet or of its pods: `['k8s-app', 'cilium']`. */
  readonly labels?: readonly (readonly [string, string])[];
}

/**
 * The DaemonSet that bears one of the marks. One that wants no pod on any node is switched off, as installers do with the
 * solution that they replace, and does not count.
 */
export const findAgent = (facts: ClusterFacts, { names, labels = [] }: AgentMarks): WorkloadFacts | undefined =>
  facts.workloads.find(
    (workload) =>
      workload.ref.kind === 'DaemonSet' &&
      workload.desired !== 0 &&
      (names.includes(workload.ref.name) ||
        labels.some(([key, value]) => workload.labels[key] === value || workload.podLabels[key] === value)),
  );

/** The agent as the model speaks of it. */
export const agentOf = ({ ref, podLabels }: WorkloadFacts): AgentFacts => ({
  daemonSet: ref.name,
  namespace: ref.namespace ?? '',
  podLabels,
});

export const seen = (workload: WorkloadFacts): Evidence => ({
  fact: `${formatRef(workload.ref)} is there`,
  place: objectPlace(workload.ref),
});

/** The container that runs this program or has this name, else the first one. */
export const mainContainer = (workload: WorkloadFacts, ...names: readonly string[]): ContainerFacts | undefined =>
  workload.containers.find(({ name }) => names.includes(name)) ?? workload.containers[0];

/**
 * The tag of an image reference (`ghcr.io/flannel-io/flannel:v0.28.10@sha256:…` → `v0.28.10`), which is the version by
 * convention; undefined where there is none or it names no version (`latest`).
 */
export function imageVersion(image: string | undefined): string | undefined {
  const [reference = ''] = (image ?? '').split('@');
  const tag = /:([^:/]+)$/.exec(reference)?.[1];
  return tag !== undefined && /\d/.test(tag) ? tag : undefined;
}

/** The first ConfigMap of one of these names, the one in the given namespace preferred. */
export function configMapNamed(
  facts: ClusterFacts,
  names: readonly string[],
  namespace?: string,
): ConfigMapFacts | undefined {
  const found = facts.configMaps.filter(({ ref }) => names.includes(ref.name));
  return found.find(({ ref }) => ref.namespace === namespace) ?? found[0];
}
