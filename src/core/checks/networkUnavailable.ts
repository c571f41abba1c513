/** CN403: a node's NetworkUnavailable condition is True. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { conditionOf, type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { agentPodsByNode } from './agentPods.js';
import { isSettling } from './age.js';
import { type Check, type Finding, finding, type Severity } from './check.js';
import { capped, conditionSubject } from './subjects.js';
import { agree, listing, quoted } from './wording.js';

export const networkUnavailable: Check = {
  code: 'CN403',
  name: 'networkUnavailable',
  title: "A node's network is reported as unavailable",
  explanation: `The condition \`NetworkUnavailable\` is True: the networking solution (or the cloud's route controller) says that this node's network is not set up. The taint \`node.kubernetes.io/network-unavailable\` keeps new pods away.

**What to do.** Read the condition's reason. \`NoRouteCreated\`: the cloud's route controller could not make the route to the node's pod range. \`CalicoIsDown\` and the like: see to the agent on that node (CN401). If the writer of the condition was removed from the cluster, nobody will ever reset it: then the condition has to be cleared by hand.

**Severity.** An error. A warning where the node is Ready, its agent is ready and pods run there: then the condition may be stale.

**Not reported.** Nodes that joined within the last two minutes, virtual nodes, and nodes that no longer report (CN405).`,
  source: {
    sentence: 'NetworkUnavailable: True if the network for the node is not correctly configured, otherwise False',
    url: 'https://kubernetes.io/docs/reference/node/node-status/#condition',
  },
  run,
};

/** Whether all that we see of the node says that its network works. */
function looksWell(network: ClusterNetwork, node: NodeFacts, agents: ReturnType<typeof agentPodsByNode>): boolean {
  if (readinessOf(node) !== 'Ready' || agents?.get(node.name)?.some((pod) => pod.ready) !== true) return false;
  const { pods } = network.facts;
  for (const row of pods.rowsOfNode(node.name)) if (pods.ownsAddresses(row) && pods.ready(row)) return true;
  return false;
}

function report(nodes: readonly NodeFacts[], severity: Severity): Finding {
  const names = nodes.map((node) => node.name);
  const what = `${listing(names)} ${agree(names.length, 'reports', 'report')} that ${agree(names.length, 'its', 'their')} network is unavailable`;
  return finding(networkUnavailable, {
    severity,
    message:
      severity === 'error'
        ? `${what}: new pods are kept away, and pods there may not be reachable from other nodes`
        : `${what}, although agent and pods are ready there: the condition may be stale, and keeps new pods away until somebody clears it`,
    subjects: nodes.map((node) => conditionSubject(node, 'NetworkUnavailable')),
    evidence: capped(
      nodes.map((node) => {
        const condition = conditionOf(node, 'NetworkUnavailable');
        return `${node.name}: NetworkUnavailable is True, reason ${condition?.reason ?? ''}: ${quoted(condition?.message ?? '', 300)}`;
      }),
    ),
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts } = network;
  const nodes = facts.nodes
    .filter(
      (node) =>
        conditionOf(node, 'NetworkUnavailable')?.status === 'True' &&
        !node.virtual &&
        readinessOf(node) !== 'Unknown' &&
        !isSettling(node, facts),
    )
    .sort((a, b) => compareNatural(a.name, b.name));
  if (nodes.length === 0) return [];
  const agents = agentPodsByNode(network);
  const stale = nodes.filter((node) => looksWell(network, node, agents));
  const down = nodes.filter((node) => !stale.includes(node));
  return [
    ...(down.length === 0 ? [] : [report(down, 'error')]),
    ...(stale.length === 0 ? [] : [report(stale, 'warning')]),
  ];
}
