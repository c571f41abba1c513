import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { readCni, readNetwork } from '../../../src/core/cni/index.js';
import { formatAddress } from '../../../src/core/ip/address.js';
import type { Claim } from '../../../src/core/network/claim.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { configMap, daemonSet, facts, type FactsOptions, node, object, pod } from '../facts.js';

const agent = daemonSet('kube-system/cilium', {
  labels: { 'k8s-app': 'cilium' },
  image: 'quay.io/cilium/cilium:v1.18.3@sha256:5649db451c88d928ea585514746d50d91e6210801b300c897283ea319d68de15',
});
const config = (data: Readonly<Record<string, string>>) => configMap('kube-system/cilium-config', data);
const clusterPool = config({
  ipam: 'cluster-pool',
  'cluster-pool-ipv4-cidr': '10.0.0.0/8',
  'cluster-pool-ipv4-mask-size': '24',
});
const ciliumNode = (name: string, ...podCIDRs: string[]) =>
  object('cilium.io/v2', 'CiliumNode', name, { spec: { ipam: { podCIDRs } } });
const read = (options: FactsOptions) => readCni(facts({ workloads: [agent], ...options }));
const line = (claim: Claim): string =>
  [
    claim.role,
    claim.owner,
    claim.text,
    formatPlace(claim.place),
    claim.used === true ? 'used' : claim.used === false ? 'unused' : '?',
    ...(claim.repeats === true ? ['repeats'] : []),
    ...(claim.blockPrefixLength === undefined ? [] : [`/${claim.blockPrefixLength}`]),
  ].join(' | ');

test('cluster-pool: ranges stand in CiliumNodes, and podCIDRs are unused', () => {
  const { reading, claims } = readNetwork(
    facts({
      nodes: [node('n1', { podCIDR: '10.244.0.0/24' }), node('n2', { podCIDR: '10.244.1.0/24' })],
      workloads: [agent],
      configMaps: [clusterPool],
      objects: [ciliumNode('n1', '10.0.0.0/24'), ciliumNode('n2', '10.0.1.0/24')],
    }),
  );
  assert.deepEqual([reading.addressSource, reading.version], ['solution-per-node', 'v1.18.3']);
  assert.deepEqual(claims.filter((claim) => claim.role.startsWith('pod')).map(line), [
    'pod-pool | Cilium cluster pool | 10.0.0.0/8 | ConfigMap kube-system/cilium-config · data.cluster-pool-ipv4-cidr | used | /24',
    'pod-node | n1 | 10.0.0.0/24 | CiliumNode n1 · spec.ipam.podCIDRs[0] | used',
    'pod-node | n2 | 10.0.1.0/24 | CiliumNode n2 · spec.ipam.podCIDRs[0] | used',
    'pod-node | n1 | 10.244.0.0/24 | Node n1 · spec.podCIDRs[0] | unused',
    'pod-node | n2 | 10.244.1.0/24 | Node n2 · spec.podCIDRs[0] | unused',
  ]);
});

test('Kubernetes mode: podCIDRs are used, and CiliumNodes repeat them', () => {
  const { reading, claims } = readNetwork(
    facts({
      nodes: [node('n1', { podCIDR: '10.244.0.0/24' })],
      workloads: [agent],
      configMaps: [config({ ipam: 'kubernetes', 'cluster-pool-ipv4-cidr': '10.0.0.0/8' })],
      objects: [ciliumNode('n1', '10.244.0.0/24')],
    }),
  );
  assert.equal(reading.addressSource, 'node-pod-cidr');
  assert.deepEqual(claims.filter((claim) => claim.role.startsWith('pod')).map(line), [
    'pod-node | n1 | 10.244.0.0/24 | CiliumNode n1 · spec.ipam.podCIDRs[0] | used | repeats',
    'pod-node | n1 | 10.244.0.0/24 | Node n1 · spec.podCIDRs[0] | used',
  ]);
});

test('multi-pool: pools and what each node has of them', () => {
  const { claims } = read({
    nodes: [node('n1')],
    configMaps: [config({ ipam: 'multi-pool' })],
    objects: [
      object('cilium.io/v2alpha1', 'CiliumPodIPPool', 'blue', {
        spec: { ipv4: { cidrs: ['10.10.0.0/16', { cidr: '10.11.0.0/16' }], maskSize: 27 } },
      }),
      object('cilium.io/v2', 'CiliumNode', 'n1', {
        spec: { ipam: { pools: { allocated: [{ pool: 'blue', cidrs: ['10.10.0.0/27'] }] } } },
      }),
    ],
  });
  assert.deepEqual(claims.map(line), [
    'pod-pool | pool blue | 10.10.0.0/16 | CiliumPodIPPool blue · spec.ipv4.cidrs[0] | used | /27',
    'pod-pool | pool blue | 10.11.0.0/16 | CiliumPodIPPool blue · spec.ipv4.cidrs[1] | used | /27',
    'pod-node | n1 | 10.10.0.0/27 | CiliumNode n1 · spec.ipam.pools.allocated[0].cidrs[0] | used',
  ]);
});

test('several pools of both families, and a mask that was not set', () => {
  const { claims } = read({
    configMaps: [
      config({
        ipam: 'cluster-pool',
        'enable-ipv6': 'true',
        'cluster-pool-ipv4-cidr': '10.0.0.0/12 10.32.0.0/12',
        'cluster-pool-ipv6-cidr': 'fd00::/104',
      }),
    ],
  });
  assert.deepEqual(
    claims.map((claim) => [claim.text, claim.blockPrefixLength]),
    [
      ['10.0.0.0/12', 24],
      ['10.32.0.0/12', 24],
      ['fd00::/104', 120],
    ],
  );
});

test('the object of a node that is gone hands out nothing any more', () => {
  const used = (gaps: FactsOptions['gaps']) =>
    read({
      nodes: [node('n1')],
      configMaps: [clusterPool],
      objects: [ciliumNode('n1', '10.0.0.0/24'), ciliumNode('old', '10.0.0.0/24')],
      gaps: gaps ?? [],
    }).claims.flatMap((claim) => (claim.role === 'pod-node' ? [claim.used] : []));
  assert.deepEqual(used([]), [true, false]);
  assert.deepEqual(used([{ resource: 'nodes', reason: 'forbidden', detail: '' }]), [true, true]);
});

describe('where the configuration cannot be read', () => {
  const nodes = [node('n1', { podCIDR: '10.244.0.0/24' })];
  test('CiliumNodes tell', () => {
    assert.equal(read({ nodes, objects: [ciliumNode('n1', '10.0.0.0/24')] }).addressSource, 'solution-per-node');
    assert.equal(read({ nodes, objects: [ciliumNode('n1', '10.244.0.0/24')] }).addressSource, 'node-pod-cidr');
  });
  test('else the pods, else nobody', () => {
    assert.equal(
      read({ nodes, pods: [pod('a/b', { node: 'n1', ip: '10.0.0.7' })] }).addressSource,
      'solution-per-node',
    );
    assert.equal(read({ nodes }).addressSource, 'unknown');
    assert.deepEqual(read({ nodes }).missing, ['configmaps', 'ciliumnodes.cilium.io']);
    assert.equal(read({ nodes }).datapath.encapsulation, undefined);
  });
});

describe('the datapath', () => {
  const datapath = (data: Readonly<Record<string, string>>) => read({ configMaps: [config(data)] }).datapath;
  const ports = (data: Readonly<Record<string, string>>) =>
    datapath(data).requires.map(({ protocol, port }) => `${protocol} ${port ?? ''}`.trim());

  test('a tunnel unless routing is native', () => {
    assert.deepEqual([datapath({}).encapsulation, datapath({}).overheadBytes], ['vxlan', 50]);
    assert.deepEqual(ports({}), ['udp 8472', 'tcp 4240', 'icmp']);
    assert.deepEqual(ports({ 'tunnel-protocol': 'geneve' }), ['udp 6081', 'tcp 4240', 'icmp']);
    assert.deepEqual(ports({ 'tunnel-port': '8473' }), ['udp 8473', 'tcp 4240', 'icmp']);
    const native = datapath({ 'routing-mode': 'native' });
    assert.deepEqual([native.encapsulation, native.overheadBytes], ['native', 0]);
  });
  test('the key of old versions', () => {
    assert.equal(datapath({ tunnel: 'geneve' }).encapsulation, 'geneve');
    assert.equal(datapath({ tunnel: 'disabled' }).encapsulation, 'native');
  });
  test('encryption adds to it', () => {
    const { overheadBytes, requires } = datapath({ 'enable-wireguard': 'true' });
    assert.equal(overheadBytes, 130);
    assert.ok(requires.some(({ port }) => port === 51871));
  });
  test('policies are enforced unless they are switched off', () => {
    assert.equal(datapath({}).enforcesPolicies, true);
    assert.equal(datapath({ 'enable-policy': 'never' }).enforcesPolicies, false);
    assert.equal(datapath({ 'enable-k8s-networkpolicy': 'false' }).enforcesPolicies, false);
  });
  test('an MTU of 0 means that Cilium finds out', () => {
    assert.equal(datapath({ mtu: '0' }).mtu, undefined);
    assert.equal(datapath({ mtu: '1400' }).mtu, 1400);
  });
});

test('addresses that nodes have inside of the pod range, and pools of load balancers', () => {
  const reading = read({
    configMaps: [clusterPool],
    objects: [
      object('cilium.io/v2', 'CiliumNode', 'n1', {
        spec: {
          addresses: [
            { type: 'InternalIP', ip: '192.168.1.2' },
            { type: 'CiliumInternalIP', ip: '10.0.0.176' },
          ],
          health: { ipv4: '10.0.0.94' },
        },
      }),
      object('cilium.io/v2alpha1', 'CiliumLoadBalancerIPPool', 'lb', {
        spec: { blocks: [{ cidr: '192.168.9.0/28' }, { start: '192.168.9.32', stop: '192.168.9.40' }] },
      }),
    ],
  });
  assert.deepEqual(
    reading.hostAddresses?.map((host) => [host.node, host.device, formatAddress(host.address)]),
    [
      ['n1', 'cilium_host', '10.0.0.176'],
      ['n1', 'the health endpoint', '10.0.0.94'],
    ],
  );
  assert.deepEqual(
    reading.claims.filter((claim) => claim.role === 'load-balancer').map((claim) => claim.text),
    ['192.168.9.0/28', '192.168.9.32-192.168.9.40'],
  );
});
