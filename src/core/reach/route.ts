/**
 * Routes: the path that packets are predicted to take between two endpoints, hop by hop, from what is known of the cluster.
 *
 * A prediction, not a measurement: it says which mechanisms are on the way, so that a failure can be placed.
 */
import { containsAddress } from '../ip/range.js';
import { formatAddress, parseAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { RequiredTraffic } from '../network/reading.js';
import { describeEndpoint, type Endpoint } from './endpoint.js';

export type RouteKind =
  | 'same-pod'
  | 'same-node'
  | 'overlay'
  | 'routed'
  /** Across nodes, and it cannot be told by which mechanism. */
  | 'across-nodes'
  | 'to-node'
  | 'from-node'
  | 'service'
  | 'outside'
  | 'unknown';

export interface Hop {
  readonly kind: 'pod' | 'node' | 'wire' | 'service' | 'address';
  /** `pod shop/web-1 (10.244.1.7)`, `VXLAN over the nodes’ network, UDP 8472`. */
  readonly label: string;
  /** The node at which the hop lies, when it lies at one. */
  readonly node?: string;
}

export interface Route {
  readonly kind: RouteKind;
  readonly hops: readonly Hop[];
  /** What the nodes must let through between each other for this route. */
  readonly requires: readonly RequiredTraffic[];
  /** Why the target may see another source address than the source's own, by design; in words. */
  readonly masquerade: string | undefined;
}

/** The node an endpoint lies on: its own for a node, empty when it cannot be told. */
export function nodeOf(endpoint: Endpoint, network: ClusterNetwork | undefined): string {
  if (endpoint.kind === 'pod') return endpoint.node;
  if (endpoint.kind === 'node') return endpoint.name;
  if (endpoint.kind === 'service') return '';
  const text = endpoint.addresses[0];
  const node = network?.facts.nodes.find((one) => one.internalIPs.some((ip) => ip.text === text));
  return node?.name ?? '';
}

/** Whether the endpoint speaks with a node's own addresses: a node, or a pod on its host's network. */
export const onHostNetwork = (endpoint: Endpoint): boolean =>
  endpoint.kind === 'node' || (endpoint.kind === 'pod' && endpoint.hostNetwork);

const TITLES: Readonly<Record<string, string>> = {
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  ipip: 'IP in IP',
  wireguard: 'WireGuard',
  gre: 'GRE',
  stt: 'STT',
};
/** Encapsulations that are none: the packets go over the nodes' network as they are. */
const ROUTED = new Set(['host-gw', 'native', 'routed', 'none', 'direct', 'bgp']);

const traffic = (one: RequiredTraffic): string =>
  one.port === undefined
    ? one.protocol.toUpperCase()
    : one.protocol === 'ip'
      ? `IP protocol ${one.port}`
      : `${one.protocol.toUpperCase()} ${one.port}`;

/** Predicts the route. Without a model of the cluster it says no more than the endpoints themselves do. */
export function predictRoute(source: Endpoint, target: Endpoint, network: ClusterNetwork | undefined): Route {
  const from = nodeOf(source, network);
  const to = nodeOf(target, network);
  const datapath = network?.reading.datapath;
  const first: Hop = { kind: source.kind === 'pod' ? 'pod' : 'node', label: describeEndpoint(source), ...at(from) };
  const last: Hop = {
    kind: target.kind === 'service' ? 'service' : target.kind === 'address' ? 'address' : target.kind,
    label: describeEndpoint(target),
    ...at(to),
  };
  const route = (kind: RouteKind, hops: readonly Hop[], more: Partial<Route> = {}): Route => ({
    kind,
    hops,
    requires: [],
    masquerade: undefined,
    ...more,
  });
  const masquerade =
    datapath?.masqueradesEgress === true
      ? `${network?.reading.title ?? 'the network'} gives a pod’s packets to addresses outside of the pod range the address of the pod’s node (by design)`
      : undefined;

  if (sameEndpoint(source, target)) return route('same-pod', [first]);
  if (target.kind === 'service')
    return route('service', [
      first,
      { kind: 'service', label: `service proxy on ${from || 'the source’s node'}`, ...at(from) },
      last,
    ]);
  if (from === '' || (to === '' && target.kind !== 'address')) return route('unknown', [first, last]);
  if (to === '')
    return route('outside', [first, nodeHop(from), { kind: 'wire', label: 'the way out of the cluster' }, last], {
      masquerade,
    });
  if (from === to) {
    if (onHostNetwork(source) || onHostNetwork(target))
      return route(onHostNetwork(source) ? 'from-node' : 'to-node', [first, last]);
    return route('same-node', [first, nodeHop(from), last]);
  }
  const wire: Hop = { kind: 'wire', label: 'the nodes’ network' };
  if (onHostNetwork(target) || target.kind === 'address')
    return route('to-node', [first, ...(onHostNetwork(source) ? [] : [nodeHop(from)]), wire, last], {
      masquerade: onHostNetwork(source) ? undefined : masquerade,
    });
  const encapsulation = datapath?.encapsulation?.toLowerCase();
  const overlay = encapsulation === undefined ? undefined : TITLES[encapsulation];
  const requires = datapath?.requires ?? [];
  const ends = [onHostNetwork(source) ? [] : [nodeHop(from)], [nodeHop(to)]] as const;
  if (overlay !== undefined) {
    const ports = requires.map(traffic).join(', ');
    const tunnel: Hop = {
      kind: 'wire',
      label: `${overlay} over the nodes’ network${ports === '' ? '' : `, ${ports}`}`,
    };
    return route('overlay', [first, ...ends[0], tunnel, ...ends[1], last], { requires });
  }
  if (encapsulation !== undefined && ROUTED.has(encapsulation)) {
    const routed: Hop = {
      kind: 'wire',
      label: `routes on the nodes to the pod range of ${to}, over the nodes’ network`,
    };
    return route('routed', [first, ...ends[0], routed, ...ends[1], last], { requires });
  }
  return route('across-nodes', [first, ...ends[0], wire, ...ends[1], last], { requires });
}

const at = (node: string): { node?: string } => (node === '' ? {} : { node });
const nodeHop = (node: string): Hop => ({ kind: 'node', label: `node ${node}`, node });

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a.kind === 'pod' && b.kind === 'pod') return a.namespace === b.namespace && a.name === b.name;
  return a.kind === 'node' && b.kind === 'node' && a.name === b.name;
}

/** Whether an address lies in a range that pods get addresses from, as far as the claims tell. */
export function isPodAddress(text: string, network: ClusterNetwork): boolean {
  const address = parseAddress(text);
  if (!address.ok) return false;
  return network.claims.some(
    (claim) => claim.role.startsWith('pod-') && claim.used !== false && containsAddress(claim.range, address.value),
  );
}

/** Whether an address is, or may become, one under which a Service is reached. */
export function isServiceAddress(text: string, network: ClusterNetwork): boolean {
  const address = parseAddress(text);
  if (!address.ok) return false;
  const canonical = formatAddress(address.value);
  return (
    network.claims.some(
      (claim) => claim.role === 'service' && claim.used !== false && containsAddress(claim.range, address.value),
    ) ||
    network.facts.services.some(({ clusterIPs, externalIPs, loadBalancerIPs }) =>
      [clusterIPs, externalIPs, loadBalancerIPs].flat().some((one) => canonicalOf(one.text) === canonical),
    )
  );
}

function canonicalOf(text: string): string | undefined {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : undefined;
}
