/**
 * What flannel is told, and what it tells: `net-conf.json` in a ConfigMap, and annotations on nodes. Flannel, Canal and
 * k3s have these in common. https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md
 */
import { parseCidr, type Range } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import type { ClusterFacts, ConfigMapFacts, NodeFacts } from '../network/facts.js';
import { at, isObject, type JsonObject, parseJson, shown } from '../network/json.js';
import { nodeRef, objectPlace } from '../network/place.js';
import type { Datapath, HostAddress, RequiredTraffic } from '../network/reading.js';

export const NET_CONF = 'net-conf.json';
const ANNOTATIONS = 'flannel.alpha.coreos.com/';

/** The value of a key whose case does not matter: Go's decoder takes `network` for `Network`. */
export function atAnyCase(value: unknown, key: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, key)) return value[key];
  const lower = key.toLowerCase();
  const found = Object.keys(value).find((candidate) => candidate.toLowerCase() === lower);
  return found === undefined ? undefined : at(value, found);
}

/** `net-conf.json`, or undefined when there is none or it is no JSON object. */
export function netConf(map: ConfigMapFacts | undefined): JsonObject | undefined {
  const value = parseJson(map?.data[NET_CONF] ?? '');
  return isObject(value) ? value : undefined;
}

/**
 * flannel's idea of the pod range. Nodes' ranges must lie in it, and nothing is cut from it: who writes the nodes' podCIDRs
 * decides. kOps writes a range there that holds the services too.
 */
export function networkClaims(map: ConfigMapFacts | undefined): Claim[] {
  const config = netConf(map);
  if (map === undefined || config === undefined) return [];
  const enabled = [
    ['Network', atAnyCase(config, 'EnableIPv4') !== false],
    ['IPv6Network', atAnyCase(config, 'EnableIPv6') === true],
  ] as const;
  return enabled.flatMap(([key, on]) => {
    const text = shown(atAnyCase(config, key));
    const cidr = parseCidr(text);
    return on && cidr.ok
      ? [
          {
            range: cidr.value,
            text,
            role: 'pod-cluster',
            owner: 'cluster',
            place: objectPlace(map.ref, 'data', NET_CONF, key),
            provenance: 'declared',
            used: true,
            repeats: true,
          },
        ]
      : [];
  });
}

/** A value that flannel wrote on a node, such as `backend-type`. */
export const nodeAnnotation = (node: NodeFacts, key: string): string => node.annotations[`${ANNOTATIONS}${key}`] ?? '';

/** Nodes on which flannel has written its annotations. */
export const annotatedNodes = (facts: ClusterFacts): readonly NodeFacts[] =>
  facts.nodes.filter((node) => nodeAnnotation(node, 'backend-type') !== '');

/** How many nodes have each backend: `vxlan` → 3. In order of first appearance. */
export function backends(nodes: readonly NodeFacts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const backend = nodeAnnotation(node, 'backend-type');
    if (backend !== '') counts.set(backend, (counts.get(backend) ?? 0) + 1);
  }
  return counts;
}

/**
 * Bytes that a backend puts around a packet.
 * https://github.com/flannel-io/flannel/tree/master/pkg/backend (each backend's own constant)
 */
const OVERHEAD: Readonly<Record<string, number>> = {
  vxlan: 50,
  ipip: 20,
  udp: 28,
  wireguard: 80,
  ipsec: 77,
  'host-gw': 0,
  alloc: 0,
};

function numberAt(config: unknown, key: string): number | undefined {
  const value = Number(shown(atAnyCase(config, key)) || Number.NaN);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}

function requiredTraffic(facts: ClusterFacts, backend: string, config: unknown): RequiredTraffic[] {
  const hasWindows = facts.nodes.some(({ os }) => os === 'windows');
  switch (backend) {
    case 'vxlan': {
      const port = numberAt(config, 'Port') ?? 8472;
      const ports = hasWindows && port !== 4789 ? [port, 4789] : [port];
      return ports.map((number) => ({ protocol: 'udp', port: number, purpose: 'VXLAN between nodes' }));
    }
    case 'wireguard':
      return [
        { protocol: 'udp', port: numberAt(config, 'ListenPort') ?? 51820, purpose: 'WireGuard between nodes (IPv4)' },
        { protocol: 'udp', port: numberAt(config, 'ListenPortV6') ?? 51821, purpose: 'WireGuard between nodes (IPv6)' },
      ];
    case 'udp':
      return [{ protocol: 'udp', port: numberAt(config, 'Port') ?? 8285, purpose: 'packets between nodes' }];
    case 'ipip':
      return [{ protocol: 'ip', port: 4, purpose: 'IP-in-IP between nodes' }];
    case 'ipsec':
      return [
        { protocol: 'ip', port: 50, purpose: 'IPsec ESP between nodes' },
        { protocol: 'udp', port: 500, purpose: 'IPsec key exchange' },
        { protocol: 'udp', port: 4500, purpose: 'IPsec through NAT' },
      ];
    default:
      return [];
  }
}

/** The datapath of flannel's backend: the one that the nodes say they run, else the configured one. */
export function flannelDatapath(
  facts: ClusterFacts,
  map: ConfigMapFacts | undefined,
): Omit<Datapath, 'masqueradesEgress' | 'enforcesPolicies'> {
  const config = netConf(map);
  const backendConfig = atAnyCase(config, 'Backend');
  const running = [...backends(facts.nodes)].sort((a, b) => b[1] - a[1]);
  // Without a backend object flannel falls back to its oldest one, udp, whatever its documentation says of vxlan.
  const configured = config === undefined ? '' : shown(atAnyCase(backendConfig, 'Type')).toLowerCase() || 'udp';
  const backend = running[0]?.[0] ?? configured;
  return {
    encapsulation: running.length > 1 ? undefined : backend === '' ? undefined : backend,
    overheadBytes: running.length > 1 || !Object.hasOwn(OVERHEAD, backend) ? undefined : OVERHEAD[backend],
    mtu: numberAt(backendConfig, 'MTU'),
    requires: requiredTraffic(facts, backend, backendConfig),
  };
}

/** What the checks of flannel compare, in texts. */
export function flannelDetails(facts: ClusterFacts, map: ConfigMapFacts | undefined): Record<string, string> {
  const config = netConf(map);
  const backend = atAnyCase(config, 'Backend');
  const details: Record<string, string> = {};
  const note = (key: string, value: unknown): void => {
    const text = shown(value);
    if (text !== '') details[key] = text;
  };
  note('Network', atAnyCase(config, 'Network'));
  note('IPv6Network', atAnyCase(config, 'IPv6Network'));
  note('EnableIPv4', atAnyCase(config, 'EnableIPv4'));
  note('EnableIPv6', atAnyCase(config, 'EnableIPv6'));
  for (const key of ['Type', 'VNI', 'Port', 'MTU', 'DirectRouting']) note(`Backend.${key}`, atAnyCase(backend, key));
  const running = [...backends(facts.nodes)].map(([type, count]) => `${type} on ${count}`);
  if (running.length > 0) details['backends of the nodes'] = running.join(', ');
  return details;
}

/** The device of a backend that holds the first address of a node's range. */
function tunnelDevice(node: NodeFacts): string | undefined {
  switch (nodeAnnotation(node, 'backend-type')) {
    case 'vxlan':
      return `flannel.${shown(at(parseJson(nodeAnnotation(node, 'backend-data')), 'VNI')) || '1'}`;
    case 'wireguard':
      return 'flannel-wg';
    case 'ipip':
      return 'flannel.ipip';
    default:
      return undefined;
  }
}

/** The first address of a node's range is its tunnel device's, the second its bridge's. */
export function flannelHostAddresses(nodes: readonly NodeFacts[]): HostAddress[] {
  return nodes.flatMap((node) => {
    if (node.os !== 'linux') return [];
    const tunnel = tunnelDevice(node);
    return node.podCIDRs.flatMap(({ cidr, path }) => {
      if (!cidr.ok) return [];
      const { family, first }: Range = cidr.value;
      const place = objectPlace(nodeRef(node.name), ...path);
      const bridge: HostAddress = { node: node.name, address: { family, value: first + 1n }, device: 'cni0', place };
      return tunnel === undefined
        ? [bridge]
        : [{ node: node.name, address: { family, value: first }, device: tunnel, place }, bridge];
    });
  });
}
