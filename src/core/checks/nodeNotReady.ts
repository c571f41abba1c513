/** CN405: a node is not ready, or no longer reports: what that means for its pods. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { conditionOf, type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { isSettling } from './age.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { lacksNetworkPlugin } from './networkPluginNotReady.js';
import { capped, conditionSubject } from './subjects.js';
import { agree, counted, listing, quoted } from './wording.js';

export const nodeNotReady: Check = {
  code: 'CN405',
  name: 'nodeNotReady',
  title: 'A node is not ready or no longer reports',
  explanation: `The node's Ready condition is False (its kubelet says so) or Unknown (the kubelet has not been heard of for the grace period of the node controller). When it is Unknown, the machine is off, has no network, or cannot reach the API server: its pods still say Running, and most probably nobody reaches them. When it is False, the kubelet says why; Services leave its pods out.

**What to do.** Unknown: look whether the machine is up and reaches the API server. False: read the condition's message. Pods of a lost node are made anew elsewhere after five minutes, except those of DaemonSets and StatefulSets.

**Severity.** A warning: that the node does not report is certain, that its pods are unreachable is probable. Information where the node is cordoned, as for maintenance.

**Not reported.** Nodes that lack a CNI configuration (CN402 names that cause), that joined within the last two minutes and have not been ready yet, virtual nodes, and Node objects without a Ready condition.`,
  source: {
    sentence:
      'Ready: True if the node is healthy and ready to accept pods, False if the node is not healthy and is not accepting pods, and Unknown if the node controller has not heard from the node in the last node-monitor-grace-period (default is 50 seconds)',
    url: 'https://kubernetes.io/docs/reference/node/node-status/#condition',
  },
  run,
};

/** Pods that still count as running on the node and have addresses of their own. */
function podsOn({ facts: { pods } }: ClusterNetwork, node: string): number {
  let count = 0;
  for (const row of pods.rowsOfNode(node)) if (pods.ownsAddresses(row) && pods.phase(row) === 'Running') count++;
  return count;
}

function report(network: ClusterNetwork, nodes: readonly NodeFacts[]): Finding {
  const [first] = nodes;
  const names = nodes.map((node) => node.name);
  const count = nodes.reduce((sum, node) => sum + podsOn(network, node.name), 0);
  const silent = first !== undefined && readinessOf(first) === 'Unknown';
  const pods =
    count === 0 ? 'no pods run there' : `${counted(count, 'pod')} there still ${agree(count, 'says', 'say')} Running`;
  const ready = first === undefined ? undefined : conditionOf(first, 'Ready');
  const reason = quoted(ready?.message ?? '');
  const reports =
    ready?.reason === 'NodeStatusNeverUpdated'
      ? `${agree(names.length, 'has', 'have')} never reported`
      : `no longer ${agree(names.length, 'reports', 'report')}`;
  const message = silent
    ? `${listing(names)} ${reports}${reason === '' ? '' : ` (${reason})`}: the ${agree(names.length, 'machine is', 'machines are')} off or cut off from the API server; ${pods}${count === 0 ? '' : ', but probably nobody reaches them'}`
    : `${listing(names)} ${agree(names.length, 'is', 'are')} not ready${reason === '' ? '' : ` (${reason})`}: Services leave ${agree(names.length, 'its', 'their')} pods out, and no new pod is placed there; ${pods}`;
  return finding(nodeNotReady, {
    severity: nodes.every((node) => node.unschedulable) ? 'information' : 'warning',
    message,
    subjects: nodes.map((node) => conditionSubject(node, 'Ready')),
    evidence: capped(
      nodes.map((node) => {
        const condition = conditionOf(node, 'Ready');
        return `${node.name}: Ready is ${condition?.status ?? 'not reported'} since ${condition?.lastTransitionTime ?? ''}, reason ${condition?.reason ?? ''}: ${quoted(condition?.message ?? '', 300)}`;
      }),
    ),
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts } = network;
  const nodes = facts.nodes
    .filter(
      (node) =>
        conditionOf(node, 'Ready') !== undefined &&
        readinessOf(node) !== 'Ready' &&
        !node.virtual &&
        !lacksNetworkPlugin(node) &&
        !isSettling(node, facts),
    )
    .sort((a, b) => compareNatural(a.name, b.name));
  // Nodes with one state and one reason are one finding: after a power cut there may be hundreds.
  const groups = groupBy(nodes, (node) =>
    [readinessOf(node), conditionOf(node, 'Ready')?.reason ?? '', String(node.unschedulable)].join(' '),
  );
  return [...groups.values()].map((group) => report(network, group));
}
