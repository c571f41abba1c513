/** CN402: the kubelet says that its container runtime has no network: no CNI configuration, or a broken one. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { conditionOf, type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { agentPodsByNode } from './agentPods.js';
import { isSettling } from './age.js';
import { type Check, type Finding, finding } from './check.js';
import { capped, conditionSubject } from './subjects.js';
import { agree, listing, quoted } from './wording.js';

export const networkPluginNotReady: Check = {
  code: 'CN402',
  name: 'networkPluginNotReady',
  title: 'A node has no working CNI configuration',
  explanation: `The kubelet reports \`NetworkPluginNotReady\`: the container runtime found no CNI configuration in its directory (\`/etc/cni/net.d\` unless set otherwise), or cannot read the first file there. No new pod on the node gets a network, so pods stay in \`ContainerCreating\`; the node is NotReady and the scheduler avoids it. Pods that run already go on.

**What to do.** The solution's agent writes that file when it starts. If the agent is not ready (CN401), mend it. If it is, look into the directory on the node: the file may have been removed or renamed, or a file of another solution that sorts first may be broken. Restarting the agent's pod on the node writes the file again with most solutions.

**Severity.** An error; information while a node that joined within the last two minutes is starting.

**Not reported.** Nodes that are not ready for another reason (CN405), and virtual nodes.`,
  source: {
    sentence:
      'In particular, the Container Runtime must be configured to load the CNI plugins required to implement the Kubernetes network model.',
    url: 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
  },
  run,
};

/** What kubelets of all ages write into the Ready condition when the runtime has no network. */
const SIGNS = /NetworkPluginNotReady|NetworkReady=false|cni plugin not initialized|cni config uninitialized/i;

/** Whether the node is not ready because its container runtime has no network. */
export const lacksNetworkPlugin = (node: NodeFacts): boolean =>
  readinessOf(node) === 'NotReady' && SIGNS.test(conditionOf(node, 'Ready')?.message ?? '');

/** Why, as far as the agent's pods tell; a sentence part. */
function causeOf(network: ClusterNetwork, nodes: readonly NodeFacts[]): string {
  const agents = agentPodsByNode(network);
  if (agents === undefined) return 'no usable file stands in its CNI configuration directory';
  const ready = nodes.filter((node) => agents.get(node.name)?.some((pod) => pod.ready) === true);
  if (ready.length === nodes.length)
    return `the ${network.reading.title} agent is ready there, so the file that it wrote is gone or another one is broken`;
  if (ready.length === 0)
    return `the ${network.reading.title} agent, which writes the file, is not ready there (CN401)`;
  return 'the file in the CNI configuration directory is missing or broken';
}

function report(network: ClusterNetwork, nodes: readonly NodeFacts[], settling: boolean): Finding {
  const names = nodes.map((node) => node.name);
  const what = `${listing(names)} ${agree(names.length, 'has', 'have')} no working CNI configuration`;
  return finding(networkPluginNotReady, {
    severity: settling ? 'information' : 'error',
    message: settling
      ? `${what} yet: ${agree(names.length, 'the node', 'the nodes')} joined less than two minutes ago`
      : `${what}: no new pod gets a network there, and the scheduler avoids ${agree(names.length, 'the node', 'the nodes')}, while running pods go on; ${causeOf(network, nodes)}`,
    subjects: nodes.map((node) => conditionSubject(node, 'Ready')),
    evidence: capped(
      nodes.map((node) => {
        const ready = conditionOf(node, 'Ready');
        return `${node.name}: Ready is False since ${ready?.lastTransitionTime ?? 'unknown'}: ${quoted(ready?.message ?? '', 300)}`;
      }),
    ),
  });
}

function run(network: ClusterNetwork): Finding[] {
  const nodes = network.facts.nodes
    .filter((node) => !node.virtual && lacksNetworkPlugin(node))
    .sort((a, b) => compareNatural(a.name, b.name));
  const settling = nodes.filter((node) => isSettling(node, network.facts));
  const settled = nodes.filter((node) => !settling.includes(node));
  return [
    ...(settled.length === 0 ? [] : [report(network, settled, false)]),
    ...(settling.length === 0 ? [] : [report(network, settling, true)]),
  ];
}
