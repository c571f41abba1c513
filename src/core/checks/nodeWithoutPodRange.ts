/** CN404: nodes that have no pod range of their own. */
import { isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { NodeFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { joinedWithin } from './age.js';
import { type Check, type Finding, finding, type Severity } from './check.js';
import { sharedPodAddresses } from './podAddressShared.js';
import { capped, nodeSubject } from './subjects.js';
import { agree, counted, listing } from './wording.js';

export const nodeWithoutPodRange: Check = {
  code: 'CN404',
  name: 'nodeWithoutPodRange',
  title: 'A node has no pod range',
  explanation: `The node's \`spec.podCIDR\` is empty. A solution that takes pod addresses from it (flannel, kube-router, kindnet, Antrea …) cannot set the node up: its agent waits or crashes ("pod cidr not assigned"), and no pod there gets a network. Where no solution is recognised, the API does not tell which node hands out which addresses, so nothing keeps the nodes' ranges apart.

**What to do.** Run kube-controller-manager with \`--allocate-node-cidrs=true\` and a \`--cluster-cidr\` that has room for all nodes (CN302); kubeadm does so when it is given a \`podSubnet\`. Without a solution that coordinates ranges, give each node a different range by hand, in its CNI configuration.

**Severity.** An error where the recognised solution needs the range. Where no solution is recognised: a warning if pods share addresses (CN201), or if other nodes have a range; else information.

**Not reported.** Solutions that keep ranges themselves (Cilium's cluster-pool, Calico's IPAM, Weave, OVN, NSX, AWS, Azure …), nodes that joined in the last half minute, and virtual nodes. A missing range is never guessed.`,
  source: {
    sentence: 'PodCIDR represents the pod IP range assigned to the node.',
    url: 'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeSpec',
  },
  run,
};

/** Seconds within which kube-controller-manager may still be about to assign a range. */
const ASSIGNING_SECONDS = 30;

/** What the kube-controller-manager said about a node that gets no range. */
function exhausted(network: ClusterNetwork, nodes: readonly NodeFacts[]): readonly string[] {
  const names = new Set(nodes.map((node) => node.name));
  return network.facts.events
    .filter(
      ({ regarding, reason }) =>
        reason === 'CIDRNotAvailable' && regarding.kind === 'Node' && names.has(regarding.name),
    )
    .map(
      ({ regarding, message, count }) =>
        `${regarding.name}: event CIDRNotAvailable, ${counted(count, 'time')}: ${message}`,
    );
}

function report(network: ClusterNetwork, without: readonly NodeFacts[], severity: Severity, message: string): Finding {
  return finding(nodeWithoutPodRange, {
    severity,
    message,
    subjects: without.map((node) => nodeSubject(node, node.name, 'spec')),
    evidence: [
      ...capped(without.map((node) => `${node.name}: spec.podCIDR and spec.podCIDRs are empty`)),
      ...capped(exhausted(network, without)),
    ],
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts, reading } = network;
  const source = reading.addressSource;
  if (source !== 'node-pod-cidr' && source !== 'unknown') return [];
  const ranged = new Set(
    network.claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim)).map((claim) => claim.node),
  );
  const nodes = facts.nodes.filter((node) => !node.virtual && !joinedWithin(node, facts, ASSIGNING_SECONDS));
  const without = nodes
    .filter((node) => !ranged.has(node.name) && node.podCIDRs.length === 0)
    .sort((a, b) => compareNatural(a.name, b.name));
  if (without.length === 0) return [];
  const names = listing(without.map((node) => node.name));
  const has = agree(without.length, 'has', 'have');
  const what = `${names} ${has} no pod range (spec.podCIDR is empty)`;
  if (source === 'node-pod-cidr' && reading.solution !== 'unknown') {
    const cause =
      exhausted(network, without).length > 0
        ? 'kube-controller-manager has none left to assign (CIDRNotAvailable)'
        : 'kube-controller-manager assigns none (--allocate-node-cidrs, --cluster-cidr), or has none left';
    return [
      report(
        network,
        without,
        'error',
        `${what}, and ${reading.title} takes pod addresses from it: no pod there gets a network; ${cause}`,
      ),
    ];
  }
  if (without.length < nodes.length)
    return [
      report(
        network,
        without,
        'warning',
        `${what}, while ${counted(nodes.length - without.length, 'other node')} ${agree(nodes.length - without.length, 'has', 'have')} one: if the nodes' ranges are in use, no pod on ${names} gets a network`,
      ),
    ];
  const shared = sharedPodAddresses(network).length;
  if (shared > 0)
    return [
      report(
        network,
        without,
        'warning',
        `No node has a pod range (spec.podCIDR is empty on ${names}), and no networking solution was recognised: nothing in the API keeps the nodes' ranges apart, and ${counted(shared, 'address is', 'addresses are')} in use twice (CN201)`,
      ),
    ];
  return [
    report(
      network,
      without,
      'information',
      `No node has a pod range (spec.podCIDR is empty on ${names}), and no networking solution was recognised: which node hands out which addresses cannot be told`,
    ),
  ];
}
