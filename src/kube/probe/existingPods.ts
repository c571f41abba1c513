/**
 * Pods that are there already, chosen as targets: what is true between probe pods need not be true for the pods that
 * matter. A few a node, and each is tried from a few nodes only, with a connection that is closed at once.
 */
import type { ClusterNetwork } from '../../core/network/clusterNetwork.js';
import type { NodeFacts } from '../../core/network/facts.js';
import { compareNatural } from '../../core/network/naturalOrder.js';
import { evaluatePolicies, type PolicyPod } from '../../core/policy/evaluate.js';
import type { ExistingPod } from '../../core/reach/verification.js';
import { KubeError } from '../errors.js';
import type { ProbeContext } from './context.js';
import { type PodDetails, podDetails, policyPod, readPolicies } from './objects.js';
import { PODS } from './resources.js';

/** Pods chosen at the most, in all and a node. */
const MAX_PODS = 64;
const PODS_A_NODE = 2;

export interface ChosenPod {
  readonly namespace: string;
  readonly name: string;
  /** Index in the list of nodes that are tried, and the node's name. */
  readonly node: number;
  readonly nodeName: string;
}

/** Ready pods with an address of their own, in a stable order; the control plane's own namespaces come last. */
export function choosePods(network: ClusterNetwork, nodes: readonly NodeFacts[]): ChosenPod[] {
  const { pods } = network.facts;
  const rank = (pod: ChosenPod): number => (pod.namespace.startsWith('kube-') ? 1 : 0);
  const chosen: ChosenPod[] = [];
  for (const [index, node] of nodes.entries()) {
    if (chosen.length >= MAX_PODS) break;
    const candidates: ChosenPod[] = [];
    for (const row of pods.rowsOfNode(node.name)) {
      const inForce = pods.ownsAddresses(row) && pods.phase(row) === 'Running' && pods.ips(row).length > 0;
      if (inForce && pods.ready(row) && !pods.terminating(row))
        candidates.push({ namespace: pods.namespace(row), name: pods.name(row), node: index, nodeName: node.name });
    }
    candidates.sort(
      (a, b) => rank(a) - rank(b) || compareNatural(a.namespace, b.namespace) || compareNatural(a.name, b.name),
    );
    chosen.push(...candidates.slice(0, PODS_A_NODE));
  }
  return chosen.slice(0, MAX_PODS);
}

/** Of pods that were tried, the names of those that are no longer what they were: gone, over, made anew. */
export async function goneSince(
  context: ProbeContext,
  targets: readonly ExistingTarget[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (const { name, details } of targets) {
    const { namespace, name: podName } = details.endpoint;
    try {
      const now = podDetails(await context.api.get(PODS, namespace, podName, signal));
      if (now.uid !== details.uid || now.phase !== 'Running' || now.terminating) gone.add(name);
    } catch (error) {
      if (!(error instanceof KubeError && error.kind === 'notFound')) throw error;
      gone.add(name);
    }
  }
  return gone;
}

export interface ExistingTarget extends ExistingPod {
  readonly details: PodDetails;
  /** A TCP port that a container declares; undefined: ICMP is all that can be tried. */
  readonly port: number | undefined;
}

/** Reads the chosen pods, and what NetworkPolicies say of a probe pod's connections to them. Pods that are gone, over, or on another node by now are left out. */
export async function readExisting(
  context: ProbeContext,
  chosen: readonly ChosenPod[],
  source: PolicyPod,
  signal: AbortSignal,
): Promise<ExistingTarget[]> {
  const found: { pod: ChosenPod; details: PodDetails }[] = [];
  for (const pod of chosen) {
    try {
      const details = podDetails(await context.api.get(PODS, pod.namespace, pod.name, signal));
      if (details.phase === 'Running' && !details.terminating && details.endpoint.node === pod.nodeName)
        found.push({ pod, details });
    } catch (error) {
      if (!(error instanceof KubeError && (error.kind === 'notFound' || error.kind === 'forbidden'))) throw error;
    }
  }
  const namespaces = [source.namespace, ...found.map(({ details }) => details.endpoint.namespace)];
  const policies = await readPolicies(context, namespaces, signal);
  return await Promise.all(
    found.map(async ({ pod, details }) => {
      const ports = details.containers.flatMap((one) => one.ports);
      const port = ports.find((one) => one.protocol === 'TCP')?.number;
      const target = await policyPod(context, details, signal);
      const traffic = { protocol: port === undefined ? ('ICMP' as const) : ('TCP' as const), port };
      return {
        name: `pod ${pod.namespace}/${pod.name}`,
        node: pod.node,
        details,
        port,
        policy: evaluatePolicies(policies, source, target, traffic),
        otherPolicies: [],
      };
    }),
  );
}
