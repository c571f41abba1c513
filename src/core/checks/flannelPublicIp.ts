/** CN408: the address by which flannel's nodes reach each other is shared, or is not the node's. */
import { nodeAnnotation } from '../cni/flannelConfig.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { NodeFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding } from './check.js';
import { flannelNodes } from './flannelNodes.js';
import { groupBy } from './groupBy.js';
import { capped, nodeSubject } from './subjects.js';
import { counted, listing, listingOf } from './wording.js';

export const flannelPublicIp: Check = {
  code: 'CN408',
  name: 'flannelPublicIp',
  title: "flannel's addresses of nodes are shared or unexpected",
  explanation: `flannel sends packets for a node's pods to the address in the annotation \`public-ip\`. When several nodes have one (Vagrant gives every machine 10.0.2.15 on its first interface), the packets of all arrive at one of them, or at none. An address that is not among the node's own is most often meant so (a second network between the nodes), and sometimes a wrong interface.

**What to do.** Tell flannel which interface to take: \`--iface=eth1\`, \`--iface-regex\` or \`--iface-can-reach\` in the DaemonSet's arguments, or set the annotation \`public-ip-overwrite\` on the node.

**Severity.** An error for shared addresses; information for an address that the Node does not report.

**Not reported.** Nodes that no longer report, and addresses set by \`public-ip-overwrite\`.`,
  source: {
    sentence: 'This leads to all hosts thinking they have the same public IP address.',
    url: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/',
  },
  run,
};

const KEYS = ['public-ip', 'public-ipv6'] as const;
type Key = (typeof KEYS)[number];

const annotationOf = (key: Key): string => `flannel.alpha.coreos.com/${key}`;

function shared(key: Key, nodes: readonly NodeFacts[]): Finding[] {
  const groups = groupBy(
    nodes.filter((node) => nodeAnnotation(node, key) !== ''),
    (node) => nodeAnnotation(node, key),
  );
  return [...groups]
    .filter(([, group]) => group.length > 1)
    .sort(([a], [b]) => compareNatural(a, b))
    .map(([ip, group]) =>
      finding(flannelPublicIp, {
        severity: 'error',
        message: `flannel reaches ${counted(group.length, 'node')} (${listingOf(group, (node) => node.name)}) at one address, ${ip}: packets for the pods of all of them arrive at one node, or at none`,
        subjects: group.map((node) => nodeSubject(node, ip, 'metadata', 'annotations', annotationOf(key))),
        evidence: capped(group.map((node) => `${node.name}: ${annotationOf(key)} is ${ip}`)),
      }),
    );
}

function unexpected(key: Key, nodes: readonly NodeFacts[]): Finding[] {
  const odd = nodes.filter((node) => {
    const ip = nodeAnnotation(node, key);
    const own = [...node.internalIPs, ...node.externalIPs].map(({ text }) => text);
    return ip !== '' && nodeAnnotation(node, `${key}-overwrite`) === '' && own.length > 0 && !own.includes(ip);
  });
  if (odd.length === 0) return [];
  return [
    finding(flannelPublicIp, {
      severity: 'information',
      message: `flannel reaches ${listing(odd.map((node) => `${node.name} at ${nodeAnnotation(node, key)}`))}, which the Node does not report as its address: right where nodes have a second network, wrong where flannel took another interface than meant`,
      subjects: odd.map((node) =>
        nodeSubject(node, nodeAnnotation(node, key), 'metadata', 'annotations', annotationOf(key)),
      ),
      evidence: capped(
        odd.map(
          (node) =>
            `${node.name}: ${annotationOf(key)} is ${nodeAnnotation(node, key)}, its InternalIP ${listing(node.internalIPs.map(({ text }) => text))}`,
        ),
      ),
      key: `unexpected ${key}`,
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  const nodes = flannelNodes(network);
  return KEYS.flatMap((key) => [...shared(key, nodes), ...unexpected(key, nodes)]);
}
