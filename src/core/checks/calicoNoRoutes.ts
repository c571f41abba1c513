/** CN409: Calico has no way to tell nodes the routes to each other's pods. */
import { parseCidr, sameRange } from '../ip/range.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { conditionOf, type CustomObject, type NodeFacts } from '../network/facts.js';
import { at, textOf } from '../network/json.js';
import { compareNatural } from '../network/naturalOrder.js';
import { formatRef, objectPlace } from '../network/place.js';
import { activePools, calicoObjects, encapsulationOf, usesBgp } from './calicoObjects.js';
import { type Check, type Finding, finding, type Subject } from './check.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { agree, listing } from './wording.js';

export const calicoNoRoutes: Check = {
  code: 'CN409',
  name: 'calicoNoRoutes',
  title: 'Calico has no routes between nodes',
  explanation: `Pools with IP-in-IP, and pools without encapsulation, need routes that the nodes exchange by BGP; pools with VXLAN do not. Routes are missing where BGP is switched off while such a pool exists, where the mesh between all nodes is off and no BGPPeer covers a node, and where packets are not encapsulated although nodes stand in different subnets and no router is a peer.

**What to do.** Switch the pool to VXLAN, switch BGP (\`calico_backend: bird\`, \`bgp: Enabled\`) or the mesh (\`nodeToNodeMeshEnabled\`) on, let Felix program the routes (\`programClusterRoutes: Enabled\`), or add a BGPPeer for the nodes.

**Severity.** An error where BGP is off or a node has no peer at all. A warning for unencapsulated packets between subnets: the network between them may know the routes from elsewhere.

**Not reported.** BGPPeers with selectors that are not understood count as covering every node. Missing BGP or different subnets where pods have addresses of \`spec.podCIDR\` (IPAM \`host-local\`), whose routes a cloud may set, or where a route controller reports its routes (\`RouteCreated\`). Nothing where Calico only enforces policies, or where its objects (Felix's configuration among them) could not be read.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

const poolSubject = (pool: CustomObject): Subject => ({
  place: objectPlace(pool.ref, 'spec'),
  label: `pool ${pool.ref.name}`,
  text: textOf(at(pool.content, 'spec', 'cidr')),
});

const poolEvidence = (pool: CustomObject): string =>
  `${formatRef(pool.ref)}: cidr ${textOf(at(pool.content, 'spec', 'cidr'))}, encapsulation ${encapsulationOf(pool)}`;

/** Whether a BGPPeer is for this node. A selector is evaluated only in its simplest forms. */
function covers({ content }: CustomObject, node: NodeFacts): boolean {
  const name = textOf(at(content, 'spec', 'node'));
  if (name !== '') return name === node.name;
  const selector = textOf(at(content, 'spec', 'nodeSelector')).trim();
  const match = /^([\w./-]+)\s*==\s*['"]([^'"]*)['"]$/.exec(selector);
  if (match?.[1] !== undefined) return node.labels[match[1]] === match[2];
  const has = /^has\(([\w./-]+)\)$/.exec(selector)?.[1];
  return has === undefined || Object.hasOwn(node.labels, has);
}

function withoutBgp(network: ClusterNetwork, pools: readonly CustomObject[]): Finding[] {
  const felix = calicoObjects(network, 'felixconfigurations');
  // Felix may program the routes itself: where nobody could read whether it does, nothing is missing for certain.
  if (felix === undefined) return [];
  if (felix.some(({ content }) => at(content, 'spec', 'programClusterRoutes') === 'Enabled')) return [];
  const needing = pools.filter((pool) => encapsulationOf(pool) !== 'vxlan');
  if (needing.length === 0) return [];
  return [
    finding(calicoNoRoutes, {
      severity: 'error',
      message: `Calico's BGP is off, but ${listing(needing.map(({ ref }) => `pool ${ref.name}`))} ${agree(needing.length, 'has', 'have')} no VXLAN: nodes do not learn the routes to each other's pods`,
      subjects: needing.map(poolSubject),
      evidence: ['The configuration of Calico says that BGP is off', ...capped(needing.map(poolEvidence))],
    }),
  ];
}

function withoutPeers(network: ClusterNetwork, pools: readonly CustomObject[]): Finding[] {
  const configuration = (calicoObjects(network, 'bgpconfigurations') ?? []).find(({ ref }) => ref.name === 'default');
  const peers = calicoObjects(network, 'bgppeers');
  if (configuration === undefined || peers === undefined) return [];
  if (at(configuration.content, 'spec', 'nodeToNodeMeshEnabled') !== false) return [];
  const alone = network.facts.nodes
    .filter((node) => !node.virtual && node.os === 'linux' && !peers.some((peer) => covers(peer, node)))
    .sort((a, b) => compareNatural(a.name, b.name));
  if (alone.length === 0) return [];
  return [
    finding(calicoNoRoutes, {
      severity: 'error',
      message: `Calico's mesh between nodes is off, and no BGPPeer covers ${listing(alone.map((node) => node.name))}: ${agree(alone.length, 'that node has', 'those nodes have')} no routes to the pods of others`,
      subjects: [
        {
          place: objectPlace(configuration.ref, 'spec', 'nodeToNodeMeshEnabled'),
          label: formatRef(configuration.ref),
          text: 'false',
        },
        ...alone.map((node) => nodeSubject(node, node.name)),
      ],
      evidence: [
        `${formatRef(configuration.ref)}: nodeToNodeMeshEnabled is false`,
        peers.length === 0
          ? 'There is no BGPPeer'
          : `BGPPeers: ${listing(
              peers.map(({ ref }) => ref.name),
              8,
            )}`,
        ...capped(pools.map(poolEvidence)),
      ],
    }),
  ];
}

/** The subnet in which Calico found the node, from its annotation. */
function subnetOf(node: NodeFacts) {
  const cidr = parseCidr(node.annotations['projectcalico.org/IPv4Address'] ?? '');
  return cidr.ok ? cidr.value : undefined;
}

function acrossSubnets(network: ClusterNetwork, pools: readonly CustomObject[]): Finding[] {
  const bare = pools.filter(
    (pool) => encapsulationOf(pool) === 'none' && !textOf(at(pool.content, 'spec', 'cidr')).includes(':'),
  );
  const peers = calicoObjects(network, 'bgppeers');
  if (bare.length === 0 || peers === undefined || peers.length > 0) return [];
  const nodes = network.facts.nodes.flatMap((node) => {
    const subnet = subnetOf(node);
    return subnet === undefined ? [] : [{ node, subnet }];
  });
  const [first] = nodes;
  const other = nodes.find(({ subnet }) => first !== undefined && !sameRange(subnet, first.subnet));
  if (first === undefined || other === undefined) return [];
  return [
    finding(calicoNoRoutes, {
      severity: 'warning',
      message: `${listing(bare.map(({ ref }) => `Pool ${ref.name}`))} ${agree(bare.length, 'has', 'have')} no encapsulation, while ${first.node.name} and ${other.node.name} stand in different subnets and no router is a BGP peer: unless the routers between them know the pods' routes, those packets are lost`,
      subjects: [
        ...bare.map(poolSubject),
        ...[first, other].map(({ node }) =>
          nodeSubject(
            node,
            node.annotations['projectcalico.org/IPv4Address'] ?? '',
            'metadata',
            'annotations',
            'projectcalico.org/IPv4Address',
          ),
        ),
      ],
      evidence: [
        ...capped(bare.map(poolEvidence)),
        ...[first, other].map(({ node }) => `${node.name}: ${node.annotations['projectcalico.org/IPv4Address'] ?? ''}`),
      ],
      key: 'across subnets',
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  if (network.reading.solution !== 'calico' || network.facts.nodes.length < 2) return [];
  const pools = activePools(network);
  const bgp = usesBgp(network);
  if (pools.length === 0 || bgp === undefined) return [];
  const routedElsewhere =
    network.reading.addressSource === 'node-pod-cidr' ||
    network.facts.nodes.some((node) => conditionOf(node, 'NetworkUnavailable')?.reason === 'RouteCreated');
  if (!bgp) return routedElsewhere ? [] : withoutBgp(network, pools);
  if (pools.every((pool) => encapsulationOf(pool) === 'vxlan')) return [];
  return [...withoutPeers(network, pools), ...(routedElsewhere ? [] : acrossSubnets(network, pools))];
}
