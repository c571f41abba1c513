/**
 * Cilium.
 *
 * Where pod addresses come from is decided by `ipam` in the ConfigMap `cilium-config`: by default each node has ranges of its
 * own, in its CiliumNode object, and `spec.podCIDR` stands there unused.
 * https://docs.cilium.io/en/stable/network/concepts/ipam/, https://docs.cilium.io/en/stable/cmdref/cilium-agent/
 */
import { isPrefixLength } from '../ip/blocks.js';
import { parseAddress } from '../ip/address.js';
import { parseCidr, parseRange } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import { type ClusterFacts, type ConfigMapFacts, type CustomObject, isKnown } from '../network/facts.js';
import { at, isObject, listOf, shown, textOf } from '../network/json.js';
import { type FieldPath, objectPlace } from '../network/place.js';
import type { AddressSource, Datapath, HostAddress, RequiredTraffic } from '../network/reading.js';
import { podCIDRWitnesses } from './podCIDRWitnesses.js';
import { agentOf, configMapNamed, findAgent, imageVersion, mainContainer, seen } from './recognise.js';
import type { ResourceNeed, Solution } from './solution.js';

/** `anetd` is GKE's Dataplane V2. */
const MARKS = { names: ['cilium', 'anetd'], labels: [['k8s-app', 'cilium']] } as const;
const CONFIG_MAP = 'cilium-config';
const NODES = 'ciliumnodes.cilium.io';
const POD_POOLS = 'ciliumpodippools.cilium.io';
const LB_POOLS = 'ciliumloadbalancerippools.cilium.io';

const need = (plural: string, ...versions: readonly string[]): ResourceNeed => ({
  name: `${plural}.cilium.io`,
  group: 'cilium.io',
  versions,
  plural,
});

const objects = (facts: ClusterFacts, resource: string): readonly CustomObject[] => facts.custom.get(resource) ?? [];

/** Other plugins that Cilium hangs itself behind; then they give pods their addresses. `portmap` does not. */
const CHAINED = new Set(['aws-cni', 'flannel', 'generic-veth']);
const isChained = (config: ConfigMapFacts | undefined): boolean => CHAINED.has(config?.data['cni-chaining-mode'] ?? '');

/** What each mode of address management means for `spec.podCIDR`. */
const SOURCES: Readonly<Record<string, AddressSource>> = {
  'cluster-pool': 'solution-per-node',
  'cluster-pool-v2beta': 'solution-per-node',
  'multi-pool': 'solution-per-node',
  kubernetes: 'node-pod-cidr',
  'hostscope-legacy': 'node-pod-cidr',
  crd: 'pools',
  eni: 'pools',
  azure: 'pools',
  alibabacloud: 'pools',
  'delegated-plugin': 'pools',
};

/** Modes in which pods get addresses of the cloud's subnets, where the nodes stand too. */
const CLOUD_MODES = new Set(['eni', 'azure', 'alibabacloud', 'delegated-plugin']);
/** Modes in which the operator cuts a range for each node from the pools, in order. */
const CLUSTER_POOL_MODES = new Set(['cluster-pool', 'cluster-pool-v2beta']);

/** The mode; Cilium's own default where the configuration is silent. Undefined when there is no configuration to read. */
const ipamOf = (config: ConfigMapFacts | undefined): string | undefined =>
  config === undefined ? undefined : config.data['ipam'] || 'cluster-pool';

function addressSource(facts: ClusterFacts, config: ConfigMapFacts | undefined): AddressSource {
  const ipam = ipamOf(config);
  if (ipam !== undefined) return Object.hasOwn(SOURCES, ipam) ? (SOURCES[ipam] ?? 'unknown') : 'unknown';
  // Without the configuration the CiliumNodes tell: ranges that are not the nodes' own are Cilium's.
  const podCIDRs = new Set(facts.nodes.flatMap((node) => node.podCIDRs.map(({ text }) => `${node.name} ${text}`)));
  const ranges = objects(facts, NODES).flatMap((object) =>
    nodeRanges(object).map(({ text }) => `${object.ref.name} ${text}`),
  );
  if (ranges.length > 0) return ranges.every((range) => podCIDRs.has(range)) ? 'node-pod-cidr' : 'solution-per-node';
  return podCIDRWitnesses(facts).against > 0 ? 'solution-per-node' : 'unknown';
}

/** The ranges that a CiliumNode has, each with its field. */
function nodeRanges({ content }: CustomObject): { readonly text: string; readonly path: FieldPath }[] {
  const own = listOf(at(content, 'spec', 'ipam', 'podCIDRs')).map((entry, index) => ({
    text: shown(entry),
    path: ['spec', 'ipam', 'podCIDRs', index],
  }));
  const ofPools = listOf(at(content, 'spec', 'ipam', 'pools', 'allocated')).flatMap((pool, poolIndex) =>
    listOf(at(pool, 'cidrs')).map((entry, index) => ({
      text: shown(entry),
      path: ['spec', 'ipam', 'pools', 'allocated', poolIndex, 'cidrs', index],
    })),
  );
  return [...own, ...ofPools];
}

function nodeClaims(facts: ClusterFacts, source: AddressSource): Claim[] {
  if (source !== 'solution-per-node' && source !== 'node-pod-cidr') return [];
  const names = new Set(facts.nodes.map(({ name }) => name));
  const allNodes = isKnown(facts, 'nodes');
  return objects(facts, NODES).flatMap((object) => {
    const { name } = object.ref;
    // The object of a node that is gone: nobody hands out addresses from its ranges any more.
    const gone = allNodes && !names.has(name);
    return nodeRanges(object).flatMap(({ text, path }): Claim[] => {
      const cidr = parseCidr(text);
      if (!cidr.ok) return [];
      return [
        {
          range: cidr.value,
          text,
          role: 'pod-node',
          owner: name,
          place: objectPlace(object.ref, ...path),
          provenance: 'assigned',
          used: !gone,
          // In Kubernetes mode Cilium copies the node's podCIDRs.
          ...(source === 'node-pod-cidr' ? { repeats: true } : {}),
          node: name,
        },
      ];
    });
  });
}

function prefixLength(text: unknown, family: 4 | 6): number | undefined {
  const value = /^\d{1,3}$/.test(shown(text)) ? Number(shown(text)) : Number.NaN;
  return isPrefixLength(family, value) ? value : undefined;
}

/** The pools of cluster-pool mode: lists of CIDRs, separated by blanks or commas. */
function clusterPoolClaims(config: ConfigMapFacts | undefined): Claim[] {
  const ipam = ipamOf(config);
  if (config === undefined || (ipam !== 'cluster-pool' && ipam !== 'cluster-pool-v2beta')) return [];
  return ([4, 6] as const).flatMap((family) => {
    const key = `cluster-pool-ipv${family}-cidr`;
    const mask = prefixLength(config.data[`cluster-pool-ipv${family}-mask-size`], family) ?? (family === 4 ? 24 : 120);
    return (config.data[key] ?? '').split(/[\s,]+/, 64).flatMap((text): Claim[] => {
      const cidr = parseCidr(text);
      return cidr.ok && cidr.value.family === family && config.data[`enable-ipv${family}`] !== 'false'
        ? [
            {
              range: cidr.value,
              text,
              role: 'pod-pool',
              owner: 'Cilium cluster pool',
              place: objectPlace(config.ref, 'data', key),
              provenance: 'declared',
              used: true,
              blockPrefixLength: mask,
            },
          ]
        : [];
    });
  });
}

/** The pools of multi-pool mode. */
const podPoolClaims = (facts: ClusterFacts): Claim[] =>
  objects(facts, POD_POOLS).flatMap(({ ref, content }) =>
    ([4, 6] as const).flatMap((family) => {
      const path = ['spec', `ipv${family}`];
      const mask = prefixLength(at(content, ...path, 'maskSize'), family);
      return listOf(at(content, ...path, 'cidrs')).flatMap((entry, index): Claim[] => {
        const text = isObject(entry) ? textOf(at(entry, 'cidr')) : shown(entry);
        const cidr = parseCidr(text);
        return cidr.ok
          ? [
              {
                range: cidr.value,
                text,
                role: 'pod-pool',
                owner: `pool ${ref.name}`,
                place: objectPlace(ref, ...path, 'cidrs', index),
                provenance: 'declared',
                used: true,
                blockPrefixLength: mask,
              },
            ]
          : [];
      });
    }),
  );

/** Pools that Services of type LoadBalancer get addresses from. */
const loadBalancerClaims = (facts: ClusterFacts): Claim[] =>
  objects(facts, LB_POOLS).flatMap(({ ref, content }) =>
    ['blocks', 'cidrs'].flatMap((key) =>
      listOf(at(content, 'spec', key)).flatMap((entry, index): Claim[] => {
        const cidr = textOf(at(entry, 'cidr'));
        const start = textOf(at(entry, 'start'));
        const text = cidr !== '' ? cidr : `${start}-${textOf(at(entry, 'stop')) || start}`;
        const range = parseRange(text);
        return range.ok
          ? [
              {
                range: range.value,
                text,
                role: 'load-balancer',
                owner: `pool ${ref.name}`,
                place: objectPlace(ref, 'spec', key, index),
                provenance: 'declared',
                used: at(content, 'spec', 'disabled') !== true,
              },
            ]
          : [];
      }),
    ),
  );

/** Addresses of the node in the pod range: the router (`cilium_host`) and the health endpoint. */
const hostAddresses = (facts: ClusterFacts): HostAddress[] =>
  objects(facts, NODES).flatMap(({ ref, content }) => {
    const found: HostAddress[] = [];
    const add = (text: unknown, device: string, path: FieldPath): void => {
      const address = parseAddress(textOf(text));
      if (address.ok) found.push({ node: ref.name, address: address.value, device, place: objectPlace(ref, ...path) });
    };
    listOf(at(content, 'spec', 'addresses')).forEach((entry, index) => {
      if (at(entry, 'type') === 'CiliumInternalIP')
        add(at(entry, 'ip'), 'cilium_host', ['spec', 'addresses', index, 'ip']);
    });
    for (const family of ['ipv4', 'ipv6'])
      add(at(content, 'spec', 'health', family), 'the health endpoint', ['spec', 'health', family]);
    return found;
  });

const isOn = (config: ConfigMapFacts, key: string): boolean => config.data[key] === 'true';

/** The tunnel's protocol, or empty for native routing. Before 1.14 one key, `tunnel`, said both. */
function tunnelOf({ data }: ConfigMapFacts): string {
  const old = data['tunnel'];
  if (old !== undefined && data['routing-mode'] === undefined) return old === 'disabled' ? '' : old;
  return data['routing-mode'] === 'native' ? '' : data['tunnel-protocol'] || 'vxlan';
}

/** https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules */
function requiredTraffic(config: ConfigMapFacts, tunnel: string): RequiredTraffic[] {
  const requires: RequiredTraffic[] = [];
  if (tunnel !== '') {
    const port = Number(config.data['tunnel-port'] || (tunnel === 'geneve' ? 6081 : 8472));
    requires.push({
      protocol: 'udp',
      port: Number.isInteger(port) ? port : undefined,
      purpose: `${tunnel === 'geneve' ? 'Geneve' : 'VXLAN'} between nodes`,
    });
  }
  if (isOn(config, 'enable-wireguard'))
    requires.push({ protocol: 'udp', port: 51871, purpose: 'WireGuard between nodes' });
  if (isOn(config, 'enable-ipsec')) requires.push({ protocol: 'ip', port: 50, purpose: 'IPsec ESP between nodes' });
  requires.push({ protocol: 'tcp', port: 4240, purpose: "Cilium's health checks between nodes" });
  requires.push({ protocol: 'icmp', port: undefined, purpose: "Cilium's health checks between nodes" });
  return requires;
}

/** Bytes around a packet: https://github.com/cilium/cilium/blob/main/pkg/mtu/mtu.go */
function overhead(config: ConfigMapFacts, tunnel: string): number {
  return (
    (tunnel === '' ? 0 : 50) + (isOn(config, 'enable-wireguard') ? 80 : 0) + (isOn(config, 'enable-ipsec') ? 77 : 0)
  );
}

function datapathOf(config: ConfigMapFacts | undefined): Datapath {
  if (config === undefined)
    return {
      encapsulation: undefined,
      overheadBytes: undefined,
      mtu: undefined,
      requires: [],
      masqueradesEgress: undefined,
      enforcesPolicies: true,
    };
  const tunnel = tunnelOf(config);
  const mtu = Number(config.data['mtu'] || 0);
  return {
    encapsulation: tunnel === '' ? 'native' : tunnel,
    overheadBytes: overhead(config, tunnel),
    // 0 means: found out from the node's interface.
    mtu: Number.isInteger(mtu) && mtu > 0 ? mtu : undefined,
    requires: requiredTraffic(config, tunnel),
    masqueradesEgress: config.data['enable-ipv4-masquerade'] !== 'false',
    enforcesPolicies: config.data['enable-policy'] !== 'never' && config.data['enable-k8s-networkpolicy'] !== 'false',
  };
}

/** Keys of `cilium-config` that checks compare and people ask for. */
const DETAILS = [
  'ipam',
  'routing-mode',
  'tunnel',
  'tunnel-protocol',
  'tunnel-port',
  'auto-direct-node-routes',
  'ipv4-native-routing-cidr',
  'ipv6-native-routing-cidr',
  'enable-endpoint-routes',
  'enable-bgp-control-plane',
  'kube-proxy-replacement',
  'enable-ipv4',
  'enable-ipv6',
  'enable-ipv4-masquerade',
  'enable-policy',
  'cluster-pool-ipv4-cidr',
  'cluster-pool-ipv4-mask-size',
  'cluster-pool-ipv6-cidr',
  'cluster-pool-ipv6-mask-size',
  'cni-exclusive',
  'cni-chaining-mode',
  'mtu',
] as const;

export const cilium: Solution = {
  id: 'cilium',
  title: 'Cilium',
  resources: [
    need('ciliumnodes', 'v2'),
    need('ciliumpodippools', 'v2', 'v2alpha1'),
    need('ciliumloadbalancerippools', 'v2', 'v2alpha1'),
  ],
  configMaps: [
    { namespace: 'kube-system', name: CONFIG_MAP },
    { namespace: 'cilium', name: CONFIG_MAP },
  ],

  recognise(facts) {
    const agent = findAgent(facts, MARKS);
    if (agent === undefined) return undefined;
    const chained = isChained(configMapNamed(facts, [CONFIG_MAP], agent.ref.namespace));
    return {
      confidence: 'certain',
      evidence: [seen(agent), ...(chained ? [{ fact: 'Cilium is chained behind another plugin' }] : [])],
      primary: !chained,
    };
  },

  read(facts, { confidence, evidence }) {
    const agent = findAgent(facts, MARKS);
    const config = configMapNamed(facts, [CONFIG_MAP], agent?.ref.namespace);
    const source = addressSource(facts, config);
    const missing = [NODES, POD_POOLS].filter((resource) =>
      resource === POD_POOLS && ipamOf(config) !== 'multi-pool' ? false : !facts.custom.has(resource),
    );
    return {
      solution: 'cilium',
      title: 'Cilium',
      version: imageVersion(agent === undefined ? undefined : mainContainer(agent, 'cilium-agent')?.image),
      confidence,
      evidence,
      addressSource: source,
      podsShareNodeSubnets: CLOUD_MODES.has(ipamOf(config) ?? ''),
      nodeRangesBindPods: CLUSTER_POOL_MODES.has(ipamOf(config) ?? ''),
      handsOutInOrder: CLUSTER_POOL_MODES.has(ipamOf(config) ?? '') || ipamOf(config) === 'multi-pool',
      claims: [
        ...clusterPoolClaims(config),
        ...(ipamOf(config) === 'multi-pool' ? podPoolClaims(facts) : []),
        ...nodeClaims(facts, source),
        ...loadBalancerClaims(facts),
      ],
      datapath: datapathOf(config),
      agent: agent === undefined ? undefined : agentOf(agent),
      hostAddresses: hostAddresses(facts),
      details: Object.fromEntries(
        DETAILS.flatMap((key) => {
          const text = config?.data[key] ?? '';
          return text === '' ? [] : [[key, shown(text)]];
        }),
      ),
      missing: config === undefined ? ['configmaps', ...missing] : missing,
    };
  },
};
