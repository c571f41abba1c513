/** Whose an address is, as the model of the cluster has it: for source addresses that a server saw, and for shared ones. */
import { type Address, parseAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { PodTable } from '../network/podTable.js';
import { type Endpoint, formatEndpoint } from './endpoint.js';
import type { NatContext, NodeAddresses } from './nat.js';
import { nodeOf } from './route.js';

/** Other pods named at the most. */
const MAX_OTHERS = 10;

const has = (pods: PodTable, row: number, { family, value }: Address): boolean =>
  family === 4 ? pods.ipv4(row) === Number(value) : pods.ipv6(row) === value;

/**
 * The pods that have one of these addresses as their own: `pod shop/web-1`. A pod that is being deleted has given its
 * address back, mostly; those of other networks and of virtual nodes may repeat addresses.
 */
function podsAt(texts: readonly string[], network: ClusterNetwork): string[] {
  const wanted = texts.flatMap((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? [parsed.value] : [];
  });
  const { pods, nodes } = network.facts;
  const virtual = new Set(nodes.filter((node) => node.virtual).map((node) => node.name));
  const found: string[] = [];
  for (const row of pods.rows()) {
    if (!pods.ownsAddresses(row) || pods.terminating(row) || pods.network(row) !== '') continue;
    if (wanted.some((address) => has(pods, row, address)) && !virtual.has(pods.node(row)))
      found.push(`pod ${pods.namespace(row)}/${pods.name(row)}`);
  }
  return found;
}

/** Pods beside these two that have one of the target pod's addresses. */
export function othersAt(target: Endpoint, source: Endpoint, network: ClusterNetwork | undefined): string[] {
  if (network === undefined || target.kind !== 'pod' || target.hostNetwork) return [];
  const names = [source, target].map(formatEndpoint);
  return podsAt(target.addresses, network)
    .filter((name) => !names.includes(name))
    .slice(0, MAX_OTHERS);
}

function nodeAddresses(network: ClusterNetwork): NodeAddresses[] {
  return network.facts.nodes.map((node) => ({
    name: node.name,
    internalIPs: node.internalIPs.map((ip) => ip.text),
    podRanges: network.claims
      .filter((claim) => claim.role === 'pod-node' && claim.node === node.name && claim.used !== false)
      .map((claim) => claim.range),
  }));
}

/** What is needed to say whose the source address is that the target saw. */
export function natContextOf(source: Endpoint, target: Endpoint, network: ClusterNetwork | undefined): NatContext {
  return {
    source,
    sourceNode: nodeOf(source, network),
    targetNode: nodeOf(target, network),
    nodes: network === undefined ? [] : nodeAddresses(network),
    podOf: (address) => (network === undefined ? undefined : podsAt([address], network)[0]),
  };
}
