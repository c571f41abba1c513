/** CN401: the networking solution's agent does not run, or is not ready, on a node. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown, type NodeFacts, readinessOf, type SystemPodFacts, type WorkloadFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { formatRef, objectPlace } from '../network/place.js';
import { agentDaemonSet, agentPodsByNode, nodesOfEvidence } from './agentPods.js';
import { isSettling, readyChangedWithin } from './age.js';
import { type Check, type Finding, finding, type Subject } from './check.js';
import { groupBy } from './groupBy.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { agree, counted, distinct, listing } from './wording.js';

export const agentNotRunning: Check = {
  code: 'CN401',
  name: 'agentNotRunning',
  title: "The network's agent does not run on a node",
  explanation: `The recognised solution has an agent on every node (\`kube-flannel-ds\`, \`cilium\`, \`calico-node\` …). On the named nodes it is missing, crashing or not ready. New pods there get no network, routes and tunnels to other nodes are no longer kept up, and after a change or a restart its pods are cut off. Pods that run already often go on for a while, which hides the fault.

**What to do.** Look at the agent's pod on that node (\`kubectl describe\`, \`kubectl logs --previous\`): an image that cannot be pulled, a range that the agent does not accept (CN406), a node that the DaemonSet does not select or tolerate.

**Severity.** An error where the agent crashes, cannot start, or is wanted and missing. A warning where it is only not ready, as in a rolling update, or where the DaemonSet leaves a node out on which pods run.

**Not reported.** Nodes that joined within the last two minutes or turned ready within the last minute, nodes that no longer report at all (CN405), Windows and virtual nodes, nodes on which another solution's agent runs (CN501), and nodes without pods of their own that the DaemonSet does not select.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

/** Waiting reasons of a container that is on its way: all others say that it cannot start. */
const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

const CONSEQUENCE = 'new pods there get no network, and routes to and from that node are no longer kept up';

const selects = (daemonSet: WorkloadFacts | undefined, node: NodeFacts): boolean =>
  Object.entries(daemonSet?.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);

const runsPods = ({ facts: { pods } }: ClusterNetwork, node: string): boolean => {
  for (const row of pods.rowsOfNode(node)) if (pods.ownsAddresses(row) && pods.phase(row) === 'Running') return true;
  return false;
};

const podSubjectOf = (pod: SystemPodFacts, text: string): Subject => ({
  place: objectPlace(pod.ref, 'status'),
  label: formatRef(pod.ref),
  text,
  node: pod.node,
});

/** The reason for which a pod of the agent cannot run, or undefined when it may be on its way. */
const failureOf = (pod: SystemPodFacts): string | undefined =>
  pod.waiting.find((reason) => !STARTING.has(reason)) ?? (pod.phase === 'Failed' ? 'Failed' : undefined);

function notReady(network: ClusterNetwork, pods: readonly SystemPodFacts[], reason: string): Finding {
  const { title } = network.reading;
  const nodes = distinct(pods.map((pod) => pod.node));
  const state = reason === '' ? 'is not ready' : `is in ${reason}`;
  return finding(agentNotRunning, {
    severity: reason === '' ? 'warning' : 'error',
    message: `The ${title} agent on ${listing(nodes)} ${state}: ${reason === '' ? `unless that passes, ${CONSEQUENCE}` : CONSEQUENCE}`,
    subjects: pods.map((pod) => podSubjectOf(pod, reason === '' ? 'not ready' : reason)),
    evidence: capped(
      pods.map(
        (pod) =>
          `${formatRef(pod.ref)} on ${pod.node}: ${pod.phase}, not ready${pod.waiting.length === 0 ? '' : `, waiting: ${pod.waiting.join(', ')}`}`,
      ),
    ),
  });
}

function missing(network: ClusterNetwork, nodes: readonly NodeFacts[], wanted: boolean): Finding {
  const { title, agent } = network.reading;
  const daemonSet = agentDaemonSet(network);
  const names = nodes.map((node) => node.name);
  const name = `${agent?.namespace ?? ''}/${agent?.daemonSet ?? ''}`;
  const why = wanted
    ? `although DaemonSet ${name} wants ${counted(daemonSet?.desired ?? 0, 'pod')}`
    : `because DaemonSet ${name} leaves ${agree(names.length, 'it', 'them')} out, yet pods run there`;
  return finding(agentNotRunning, {
    severity: wanted ? 'error' : 'warning',
    message: `No ${title} agent runs on ${listing(names)}, ${why}: ${CONSEQUENCE}`,
    subjects: nodes.map((node) => nodeSubject(node, node.name)),
    evidence: [
      `DaemonSet ${name}: ${counted(daemonSet?.desired ?? 0, 'pod')} wanted, ${daemonSet?.ready ?? 0} ready, node selector ${JSON.stringify(daemonSet?.nodeSelector ?? {})}`,
      ...capped(nodes.map((node) => `${node.name}: no pod of the agent among its pods`)),
    ],
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts } = network;
  const byNode = agentPodsByNode(network);
  if (byNode === undefined) return [];
  const daemonSet = agentDaemonSet(network);
  const existing = [...byNode.values()].reduce((sum, pods) => sum + pods.length, 0);
  const failing: SystemPodFacts[] = [];
  const waiting: SystemPodFacts[] = [];
  const absent: NodeFacts[] = [];
  const leftOut: NodeFacts[] = [];
  // Nodes of another solution, as EKS hybrid nodes are.
  const others = new Set(
    network.reading.others.flatMap(({ primary, evidence }) => (primary ? [...nodesOfEvidence(facts, evidence)] : [])),
  );
  for (const node of facts.nodes) {
    if (node.virtual || node.os === 'windows' || readinessOf(node) === 'Unknown' || isSettling(node, facts)) continue;
    const pods = byNode.get(node.name) ?? [];
    if (pods.some((pod) => pod.ready)) continue;
    if (pods.length > 0) {
      const [broken] = pods.filter((pod) => failureOf(pod) !== undefined);
      if (broken !== undefined) failing.push(broken);
      else if (!readyChangedWithin(node, facts, 60)) waiting.push(...pods);
    } else if (isKnown(facts, 'daemonsets.apps') && daemonSet !== undefined) {
      if (selects(daemonSet, node) && (daemonSet.desired ?? 0) > existing) absent.push(node);
      else if (!others.has(node.name) && runsPods(network, node.name)) leftOut.push(node);
    }
  }
  const order = (a: SystemPodFacts, b: SystemPodFacts): number =>
    compareNatural(a.node, b.node) || compareNatural(a.ref.name, b.ref.name);
  const findings: Finding[] = [];
  for (const [reason, pods] of groupBy(failing.sort(order), (pod) => failureOf(pod) ?? ''))
    findings.push(notReady(network, pods, reason));
  if (waiting.length > 0) findings.push(notReady(network, waiting.sort(order), ''));
  const byName = (a: NodeFacts, b: NodeFacts): number => compareNatural(a.name, b.name);
  if (absent.length > 0) findings.push(missing(network, absent.sort(byName), true));
  if (leftOut.length > 0) findings.push(missing(network, leftOut.sort(byName), false));
  return findings;
}
