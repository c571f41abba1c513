/** CN411: Cilium routes natively, and nothing tells the network between the nodes where pods are. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { conditionOf } from '../network/facts.js';
import { type Check, type Finding, finding } from './check.js';
import { objectPlace } from '../network/place.js';

export const ciliumNoRoutes: Check = {
  code: 'CN411',
  name: 'ciliumNoRoutes',
  title: 'Cilium routes natively without a source of routes',
  explanation: `With \`routing-mode: native\` Cilium sends pods' packets as they are and relies on the network between the nodes to know the way. It knows it when the nodes stand in one layer-2 network and set routes themselves (\`auto-direct-node-routes\`), when Cilium tells routers by BGP, or when a cloud has routes for each node's range. None of these is seen.

**What to do.** Set \`auto-direct-node-routes: "true"\` where all nodes are in one layer-2 network, use Cilium's BGP control plane or a cloud's route controller, or go back to \`routing-mode: tunnel\`.

**Severity.** A warning where Cilium keeps the nodes' ranges itself; information where they are the nodes' podCIDRs, for which clouds have routes: whether the network knows them cannot be seen.

**Not reported.** Single nodes, modes in which pods have addresses of the cloud's subnets, routing by endpoint (\`enable-endpoint-routes\`), and nodes on which a route controller reports its routes (\`RouteCreated\`).`,
  source: {
    sentence: 'As a result, the network connecting the cluster nodes must be capable of routing PodCIDRs.',
    url: 'https://docs.cilium.io/en/stable/network/concepts/routing/#native-routing',
  },
  run,
};

const SOURCES = ['auto-direct-node-routes', 'enable-bgp-control-plane', 'enable-endpoint-routes'] as const;

function run({ facts, reading }: ClusterNetwork): Finding[] {
  const { details } = reading;
  if (reading.solution !== 'cilium' || reading.podsShareNodeSubnets === true) return [];
  if (details['routing-mode'] !== 'native' && details['tunnel'] !== 'disabled') return [];
  if (SOURCES.some((key) => details[key] === 'true')) return [];
  const nodes = facts.nodes.filter((node) => !node.virtual);
  const hasRoute = nodes.some((node) => conditionOf(node, 'NetworkUnavailable')?.reason === 'RouteCreated');
  const config = facts.configMaps.find(({ ref }) => ref.name === 'cilium-config');
  if (nodes.length < 2 || hasRoute || config === undefined) return [];
  const own = reading.addressSource === 'solution-per-node';
  const key = details['routing-mode'] === 'native' ? 'routing-mode' : 'tunnel';
  return [
    finding(ciliumNoRoutes, {
      severity: own ? 'warning' : 'information',
      message: `Cilium routes natively, but neither the nodes (auto-direct-node-routes) nor BGP nor a cloud is seen to spread routes to the nodes' pod ranges: unless the network between the nodes knows them from elsewhere, pods of different nodes do not reach each other`,
      subjects: [
        { place: objectPlace(config.ref, 'data', key), label: 'ConfigMap cilium-config', text: details[key] ?? '' },
      ],
      evidence: [
        `${key} is ${details[key] ?? ''}, ipam is ${details['ipam'] ?? 'not set'}`,
        ...SOURCES.map((name) => `${name} is ${details[name] ?? 'not set'}`),
      ],
    }),
  ];
}
