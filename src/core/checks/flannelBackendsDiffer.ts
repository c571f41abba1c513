/** CN407: flannel runs with different backends, or different VXLAN networks, on different nodes. */
import { nodeAnnotation } from '../cni/flannelConfig.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { NodeFacts } from '../network/facts.js';
import { at, parseJson, shown } from '../network/json.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding } from './check.js';
import { flannelNodes } from './flannelNodes.js';
import { groupBy } from './groupBy.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { listing } from './wording.js';

export const flannelBackendsDiffer: Check = {
  code: 'CN407',
  name: 'flannelBackendsDiffer',
  title: "flannel's backends differ between nodes",
  explanation: `Each node writes the backend that flannel runs there into its annotations. A node ignores nodes with another backend ("Ignoring non-vxlan subnet"), and VXLAN packets with another network identifier (VNI) are dropped: pods of the two groups do not reach each other. It happens when \`net-conf.json\` was changed and not all of flannel's pods were restarted since.

**What to do.** Restart flannel's DaemonSet (\`kubectl rollout restart\`), so that all nodes run what \`net-conf.json\` says.

**Severity.** An error.

**Not reported.** Nodes that no longer report: their annotations are from before.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

/** \`vxlan (VNI 1)\`, \`host-gw\`. */
function backendOf(node: NodeFacts): string {
  const type = nodeAnnotation(node, 'backend-type');
  const vni = shown(at(parseJson(nodeAnnotation(node, 'backend-data')), 'VNI'));
  return type === 'vxlan' && vni !== '' ? `vxlan (VNI ${vni})` : type;
}

function run(network: ClusterNetwork): Finding[] {
  const nodes = flannelNodes(network);
  const groups = [...groupBy(nodes, backendOf)].sort(
    ([a, as], [b, bs]) => bs.length - as.length || compareNatural(a, b),
  );
  if (groups.length < 2) return [];
  return [
    finding(flannelBackendsDiffer, {
      severity: 'error',
      message: `flannel runs ${listing(
        groups.map(([backend, group]) => `${backend} on ${listing(group.map((node) => node.name))}`),
      )}: nodes ignore those of another backend, so pods of the groups do not reach each other`,
      // The smaller groups are the odd ones out.
      subjects: [...groups]
        .reverse()
        .flatMap(([, group]) =>
          group.map((node) =>
            nodeSubject(node, backendOf(node), 'metadata', 'annotations', 'flannel.alpha.coreos.com/backend-type'),
          ),
        ),
      evidence: capped(nodes.map((node) => `${node.name}: ${backendOf(node)}`)),
      key: 'backends',
    }),
  ];
}
