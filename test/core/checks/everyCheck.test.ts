/**
 * That nothing is left out: every check finds a fault that was put into a whole cluster, as the product reads it, and a
 * healthy cluster of every recognised solution has nothing above information.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECKS, runChecks } from '../../../src/core/checks/index.js';
import { SOLUTIONS } from '../../../src/core/cni/index.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { podRef } from '../../../src/core/network/place.js';
import {
  configMap,
  daemonSet,
  event,
  type FactsOptions,
  type Json,
  node,
  object,
  pod,
  service,
  serviceCIDR,
  staticPod,
} from '../facts.js';
import { cilium, flannel, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { claim, readAll } from './network.js';

const CALICO = 'crd.projectcalico.org/v1';
const calicoPool = (name: string, spec: Json): Json =>
  object(CALICO, 'IPPool', name, { spec: { cidr: '10.1.0.0/16', vxlanMode: 'Always', ...spec } });
const affinity = (nodeName: string, cidr: string): Json =>
  object(CALICO, 'BlockAffinity', `${nodeName}-${cidr.replaceAll(/[./]/g, '-')}`, {
    spec: { node: nodeName, cidr, state: 'confirmed', deleted: 'false' },
  });
const calicoNode = (name: string, address: string): Json =>
  node(name, { ip: address.replace(/\/.*/, ''), annotations: { 'projectcalico.org/IPv4Address': address } });
/** An agent on both nodes: its DaemonSet, and a ready pod of it on each. */
const agent = (namespace: string, name: string, labels: Readonly<Record<string, string>>): FactsOptions => ({
  workloads: [daemonSet(`${namespace}/${name}`, { labels, desired: 2 })],
  pods: ['node-1', 'node-2'].map((on) =>
    pod(`${namespace}/${name}-${on}`, { node: on, hostNetwork: true, owner: `DaemonSet/${name}`, labels }),
  ),
});
const calico = (backend: string, pools: readonly Json[]): FactsOptions =>
  together(agent('kube-system', 'calico-node', { 'k8s-app': 'calico-node' }), {
    nodes: [calicoNode('node-1', '192.168.1.2/24'), calicoNode('node-2', '192.168.1.3/24')],
    configMaps: [configMap('kube-system/calico-config', { calico_backend: backend, veth_mtu: '0' })],
    objects: [
      ...pools,
      affinity('node-1', '10.1.0.0/26'),
      affinity('node-2', '10.1.0.64/26'),
      serviceCIDR(['10.96.0.0/12']),
    ],
    pods: [
      pod('shop/web-1', { node: 'node-1', ip: '10.1.0.2' }),
      pod('shop/web-2', { node: 'node-2', ip: '10.1.0.66' }),
    ],
    empty: [`bgppeers.crd.projectcalico.org`, 'felixconfigurations.crd.projectcalico.org'],
  });
const healthyCalico: FactsOptions = calico('vxlan', [calicoPool('default', {})]);

const beside = (extra: FactsOptions): FactsOptions => together(healthyFlannel, extra);
const stray = (ip: string): FactsOptions => ({ pods: [pod('shop/stray', { node: 'node-2', ip })] });
const notReady = (message: string): FactsOptions => ({
  nodes: [node('node-3', { podCIDR: '10.244.3.0/24', conditions: { Ready: { status: 'False', message } } })],
});
const annotated = (name: string, ip: string, podCIDR: string, texts: Readonly<Record<string, string>>): Json =>
  node(name, {
    ip,
    podCIDR,
    annotations: Object.fromEntries(
      Object.entries(texts).map(([key, value]) => [`flannel.alpha.coreos.com/${key}`, value]),
    ),
  });
const onFlannel = (nodes: readonly Json[]): FactsOptions =>
  together({ nodes }, flannel('10.244.0.0/16', ['node-1', 'node-2']));

/** One fault for each check, each in a cluster that is healthy otherwise. */
const SEEDED: Readonly<Record<string, FactsOptions | ClusterNetwork>> = {
  CN101: beside({ nodes: [node('node-3', { podCIDR: '10.244.1.0/24' })] }),
  CN102: beside({ objects: [serviceCIDR(['10.244.1.0/24'], 'more')] }),
  CN103: beside({ nodes: [node('node-3', { ip: '10.244.1.9', podCIDR: '10.244.3.0/24' })] }),
  CN104: beside({ nodes: [node('node-3', { ip: '10.96.3.9', podCIDR: '10.244.3.0/24' })] }),
  CN105: calico('vxlan', [calicoPool('default', {}), calicoPool('second', { cidr: '10.1.128.0/17' })]),
  CN106: beside({ objects: [serviceCIDR(['172.17.8.0/24'], 'more')] }),
  CN107: { ...healthyFlannel, workstation: [{ name: 'tun0', cidr: '10.244.7.9/20' }] },
  CN108: beside({ objects: [serviceCIDR(['169.254.20.0/24'], 'more')] }),
  CN109: beside({ objects: [serviceCIDR(['8.8.8.0/24'], 'more')] }),
  CN110: withClaim(beside({}), claim('join', '10.96.0.0/16', { owner: 'join', used: true })),
  CN111: beside({
    objects: [object('metallb.io/v1beta1', 'IPAddressPool', 'lb/first', { spec: { addresses: ['10.96.0.0/28'] } })],
  }),
  CN201: beside(stray('10.244.1.2')),
  CN202: beside(stray('10.244.0.9')),
  CN203: together(healthyCalico, { pods: [pod('shop/stray', { node: 'node-2', ip: '10.77.0.9' })] }),
  CN204: beside({ nodes: [node('node-3', { ip: '192.168.1.2', podCIDR: '10.244.3.0/24' })] }),
  CN205: beside(stray('192.168.1.2')),
  CN301: beside({ nodes: [node('node-3', { podCIDR: '10.244.3.0/28' })] }),
  CN302: together(
    twoNodes('10.244.0.0/24', '10.244.1.0/24'),
    { nodes: [node('node-3')] },
    kubeadm('10.244.0.0/23', '10.96.0.0/12'),
    flannel('10.244.0.0/23', ['node-1', 'node-2']),
  ),
  CN303: together(
    { nodes: [node('a'), node('b'), node('c')] },
    cilium({ a: '10.0.0.0/24', b: '10.0.1.0/24' }, '10.0.0.0/23'),
  ),
  CN304: {
    services: Array.from({ length: 14 }, (_, i) => service(`s${i}`, { clusterIP: `10.96.0.${i + 1}` })),
    objects: [serviceCIDR(['10.96.0.0/28'])],
  },
  CN305: beside({
    pods: Array.from({ length: 120 }, (_, i) => pod(`many/p${i}`, { node: 'node-1', ip: `10.244.0.${i + 10}` })),
  }),
  CN401: beside({
    nodes: [node('node-3', { podCIDR: '10.244.3.0/24' })],
    pods: [
      pod('kube-flannel/kube-flannel-ds-node-3', {
        node: 'node-3',
        hostNetwork: true,
        ready: false,
        owner: 'DaemonSet/kube-flannel-ds',
        labels: { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' },
        waiting: 'CrashLoopBackOff',
      }),
    ],
  }),
  CN402: beside(notReady('container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady')),
  CN403: beside({
    nodes: [
      node('node-3', {
        podCIDR: '10.244.3.0/24',
        conditions: { NetworkUnavailable: { status: 'True', reason: 'NoRouteCreated' } },
      }),
    ],
  }),
  CN404: beside({ nodes: [node('node-3')] }),
  CN405: beside({ nodes: [node('node-3', { podCIDR: '10.244.3.0/24', ready: 'Unknown' })] }),
  CN406: beside({ nodes: [node('node-3', { podCIDR: '10.55.3.0/24' })] }),
  CN407: onFlannel([
    annotated('node-1', '192.168.1.2', '10.244.0.0/24', { 'backend-type': 'vxlan' }),
    annotated('node-2', '192.168.1.3', '10.244.1.0/24', { 'backend-type': 'host-gw' }),
  ]),
  CN408: onFlannel([
    annotated('node-1', '192.168.1.2', '10.244.0.0/24', { 'backend-type': 'vxlan', 'public-ip': '10.0.2.15' }),
    annotated('node-2', '192.168.1.3', '10.244.1.0/24', { 'backend-type': 'vxlan', 'public-ip': '10.0.2.15' }),
  ]),
  CN409: calico('vxlan', [calicoPool('default', { vxlanMode: 'Never', ipipMode: 'Always' })]),
  CN410: together(healthyCalico, { nodes: [node('node-3', { ip: '192.168.1.4' })] }),
  CN411: together(healthyCilium, {
    configMaps: cilium({}, '10.0.0.0/8', { 'routing-mode': 'native' }).configMaps,
  }),
  CN412: together(healthyCilium, { nodes: [node('node-3')] }),
  CN413: together(twoNodes(), cilium({ 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' }), {
    configMaps: kubeadm('10.244.0.0/16', '10.96.0.0/12').configMaps.slice(0, 1),
  }),
  CN414: {
    ...beside({ pods: [pod('shop/late', { node: 'node-2', phase: 'Pending' })] }),
    events: [event(podRef('shop', 'late'), 'FailedCreatePodSandBox', 'no IP addresses available in range set')],
  },
  CN501: together(healthyFlannel, cilium({ 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' })),
  CN502: twoNodes('10.244.0.0/24', '10.244.1.0/24'),
  CN503: {
    workloads: [
      daemonSet('kube-system/aws-node', {
        labels: { 'k8s-app': 'aws-node' },
        env: { POD_MTU: '9001', AWS_VPC_ENI_MTU: '1500' },
      }),
    ],
  },
  CN504: together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), flannel('10.10.0.0/16', ['node-1', 'node-2']), {
    configMaps: kubeadm('10.244.0.0/16', '10.96.0.0/12').configMaps.slice(1),
  }),
  CN505: together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), flannel('10.10.0.0/16', ['node-1', 'node-2']), {
    ...kubeadm('10.244.0.0/16', '10.96.0.0/12'),
    pods: [
      staticPod('kube-controller-manager', 'control', [
        'kube-controller-manager',
        '--allocate-node-cidrs=true',
        '--cluster-cidr=10.10.0.0/16',
      ]),
    ],
  }),
  CN506: beside({ services: [service('shop/old', { clusterIP: '10.200.0.7' })] }),
  CN507: beside({ nodes: [node('node-3', { podCIDRs: ['10.244.3.0/24', 'fd00:3::/64'] })] }),
  CN508: together(healthyCilium, { objects: [object('cilium.io/v2', 'CiliumNode', 'gone')] }),
};

function withClaim(options: FactsOptions, extra: ReturnType<typeof claim>): ClusterNetwork {
  const read = readAll(options);
  return { ...read, claims: [...read.claims, extra] };
}

const networkOf = (seeded: FactsOptions | ClusterNetwork): ClusterNetwork =>
  'facts' in seeded ? seeded : readAll(seeded);
const pods = (first: string, second: string): FactsOptions => ({
  pods: [pod('shop/web-1', { node: 'node-1', ip: first }), pod('shop/web-2', { node: 'node-2', ip: second })],
});
/** A cluster whose solution keeps its ranges where the API does not show them: pods have addresses of that network. */
const elsewhere = (namespace: string, name: string, labels = {}): FactsOptions =>
  together(
    twoNodes('10.244.0.0/24', '10.244.1.0/24'),
    kubeadm('10.244.0.0/16', '10.96.0.0/12'),
    agent(namespace, name, labels),
    pods('10.32.0.2', '10.40.0.2'),
    { objects: [serviceCIDR(['10.96.0.0/12'])] },
  );
/** A cluster whose solution takes pod addresses from `spec.podCIDR`. */
const byPodCIDR = (namespace: string, name: string, labels = {}): FactsOptions =>
  together(
    twoNodes('10.244.0.0/24', '10.244.1.0/24'),
    kubeadm('10.244.0.0/16', '10.96.0.0/12'),
    agent(namespace, name, labels),
    pods('10.244.0.2', '10.244.1.2'),
    { objects: [serviceCIDR(['10.96.0.0/12'])] },
  );

/** A healthy cluster for each solution that is recognised. */
const HEALTHY: Readonly<Record<string, FactsOptions>> = {
  flannel: healthyFlannel,
  canal: together(byPodCIDR('kube-system', 'canal', { 'k8s-app': 'canal' }), {
    configMaps: [
      configMap('kube-system/canal-config', {
        'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}',
      }),
    ],
  }),
  cilium: healthyCilium,
  kindnet: byPodCIDR('kube-system', 'kindnet', { app: 'kindnet', 'k8s-app': 'kindnet' }),
  calico: healthyCalico,
  weave: elsewhere('kube-system', 'weave-net', { name: 'weave-net' }),
  antrea: byPodCIDR('kube-system', 'antrea-agent', { component: 'antrea-agent' }),
  'kube-router': byPodCIDR('kube-system', 'kube-router', { 'k8s-app': 'kube-router' }),
  'kube-ovn': elsewhere('kube-system', 'kube-ovn-cni'),
  'ovn-kubernetes': elsewhere('ovn-kubernetes', 'ovnkube-node'),
  'aws-vpc-cni': together(
    twoNodes(),
    agent('kube-system', 'aws-node', { 'k8s-app': 'aws-node' }),
    pods('192.168.1.77', '192.168.1.78'),
  ),
  'azure-cni': together(twoNodes(), agent('kube-system', 'azure-cns', {}), pods('192.168.1.77', '192.168.1.78')),
  'nsx-ncp': elsewhere('nsx-system', 'nsx-node-agent'),
  aci: elsewhere('aci-containers-system', 'aci-containers-host'),
  // Multus calls another plugin, which the bridge's addresses show.
  multus: byPodCIDR('kube-system', 'kube-multus-ds'),
};

describe('every check finds its fault', () => {
  test('there is a fault for every check, and none for a check that is gone', () => {
    assert.deepEqual(Object.keys(SEEDED).sort(), CHECKS.map(({ code }) => code).sort());
  });
  for (const { code, title } of CHECKS)
    test(`${code}: ${title}`, () => {
      const seeded = SEEDED[code];
      assert.ok(seeded !== undefined);
      const codes = runChecks(networkOf(seeded)).map((found) => found.code);
      assert.ok(codes.includes(code), `found: ${codes.join(', ')}`);
    });
});

describe('nothing above information on a healthy cluster of every solution', () => {
  test('there is one for every solution', () => {
    assert.deepEqual(Object.keys(HEALTHY).sort(), SOLUTIONS.map(({ id }) => id).sort());
  });
  for (const { id, title } of SOLUTIONS)
    test(title, () => {
      const read = readAll(HEALTHY[id] ?? {});
      const known = [read.reading.solution, ...read.reading.others.map(({ solution }) => solution)];
      assert.ok(known.includes(id), `recognised: ${known.join(', ')}`);
      assert.deepEqual(
        runChecks(read)
          .filter(({ severity }) => severity === 'error' || severity === 'warning')
          .map(({ code, message }) => `${code}: ${message}`),
        [],
      );
    });
});
