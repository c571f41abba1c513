import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { readCni, readNetwork } from '../../../src/core/cni/index.js';
import { formatAddress } from '../../../src/core/ip/address.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { fixture } from '../../fixtures.js';
import { configMap, daemonSet, facts, node, pod } from '../facts.js';

const agent = daemonSet('kube-flannel/kube-flannel-ds', {
  labels: { 'k8s-app': 'flannel' },
  image: 'ghcr.io/flannel-io/flannel:v0.28.10',
  args: ['--ip-masq', '--kube-subnet-mgr'],
});
const conf = (text: string) => configMap('kube-flannel/kube-flannel-cfg', { 'net-conf.json': text });
const annotated = (name: string, backend: string, more: Parameters<typeof node>[1] = {}) =>
  node(name, {
    ...more,
    annotations: {
      'flannel.alpha.coreos.com/backend-type': backend,
      'flannel.alpha.coreos.com/backend-data': '{"VNI":7}',
      'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
      ...more.annotations,
    },
  });

test('a real cluster', () => {
  const { reading, claims } = readNetwork(factsFromObjects([fixture('lab-flannel-vxlan.json')], ''));
  assert.equal(reading.solution, 'flannel');
  assert.equal(reading.version, 'v0.28.10');
  assert.equal(reading.confidence, 'certain');
  assert.equal(reading.addressSource, 'node-pod-cidr');
  assert.deepEqual(reading.datapath, {
    encapsulation: 'vxlan',
    overheadBytes: 50,
    mtu: undefined,
    requires: [{ protocol: 'udp', port: 8472, purpose: 'VXLAN between nodes' }],
    masqueradesEgress: true,
    enforcesPolicies: false,
  });
  assert.deepEqual(reading.agent, {
    daemonSet: 'kube-flannel-ds',
    namespace: 'kube-flannel',
    podLabels: { app: 'flannel', tier: 'node' },
  });
  assert.deepEqual(
    reading.hostAddresses?.map((host) => [host.node, host.device, formatAddress(host.address)]),
    [
      ['node1', 'flannel.1', '10.244.0.0'],
      ['node1', 'cni0', '10.244.0.1'],
      ['node2', 'flannel.1', '10.244.1.0'],
      ['node2', 'cni0', '10.244.1.1'],
    ],
  );
  assert.deepEqual(reading.others, []);
  assert.deepEqual(reading.missing, []);
  assert.deepEqual(
    claims.filter((claim) => claim.role === 'pod-node').map((claim) => [claim.text, claim.node, claim.used]),
    [
      ['10.244.0.0/24', 'node1', true],
      ['10.244.1.0/24', 'node2', true],
    ],
  );
});

describe('net-conf.json', () => {
  const network = (text: string) =>
    readCni(facts({ workloads: [agent], configMaps: [conf(text)] })).claims.map((claim) => claim.text);

  test('its keys have any case, as Go reads them', () => {
    assert.deepEqual(network('{"network": "10.244.0.0/16"}'), ['10.244.0.0/16']);
    assert.deepEqual(network('{"netWORK": "10.244.0.0/16", "ENABLEipv4": true}'), ['10.244.0.0/16']);
  });
  test('host bits stay in the text, and are masked', () => {
    const [claim] = readCni(facts({ workloads: [agent], configMaps: [conf('{"Network": "10.244.3.7/16"}')] })).claims;
    assert.equal(claim?.text, '10.244.3.7/16');
    assert.equal(claim.range.first, 0x0af40000n);
  });
  test('only the families that are switched on count', () => {
    const both = '"Network": "10.244.0.0/16", "IPv6Network": "fd00:10:244::/56"';
    assert.deepEqual(network(`{${both}}`), ['10.244.0.0/16']);
    assert.deepEqual(network(`{${both}, "EnableIPv6": true}`), ['10.244.0.0/16', 'fd00:10:244::/56']);
    assert.deepEqual(network(`{${both}, "EnableIPv4": false, "EnableIPv6": true}`), ['fd00:10:244::/56']);
  });
  test('broken JSON claims nothing', () => {
    for (const text of ['', '{', 'null', '[]', '"x"', '{"Network": 7}']) assert.deepEqual(network(text), []);
  });
  test('the place is the field in the text of the ConfigMap', () => {
    const [claim] = readCni(facts({ workloads: [agent], configMaps: [conf('{"Network": "10.0.0.0/8"}')] })).claims;
    assert.deepEqual(claim?.place, {
      kind: 'object',
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-flannel', name: 'kube-flannel-cfg' },
      path: ['data', 'net-conf.json', 'Network'],
    });
  });
});

describe('the datapath', () => {
  const datapath = (text: string, ...nodes: readonly ReturnType<typeof node>[]) =>
    readCni(facts({ nodes, workloads: [agent], configMaps: [conf(text)] })).datapath;

  test('without a backend it is udp, whatever the documentation says', () => {
    assert.equal(datapath('{"Network": "10.0.0.0/8"}').encapsulation, 'udp');
  });
  test('what nodes say they run counts more than what is configured', () => {
    assert.equal(datapath('{"Backend": {"Type": "vxlan"}}', annotated('n1', 'host-gw')).encapsulation, 'host-gw');
    assert.equal(datapath('{"Backend": {"Type": "vxlan"}}', annotated('n1', 'host-gw')).overheadBytes, 0);
  });
  test('nodes that differ have no one backend, and the evidence says so', () => {
    const reading = readCni(
      facts({ nodes: [annotated('n1', 'vxlan'), annotated('n2', 'host-gw')], workloads: [agent] }),
    );
    assert.equal(reading.datapath.encapsulation, undefined);
    assert.ok(reading.evidence.some(({ fact }) => fact.includes('different backends: vxlan, host-gw')));
    assert.equal(reading.details['backends of the nodes'], 'vxlan on 1, host-gw on 1');
  });
  test('ports and MTU that were set', () => {
    const { requires, mtu } = datapath('{"Backend": {"type": "vxlan", "Port": 4789, "MTU": 1400}}');
    assert.deepEqual([requires.map(({ port }) => port), mtu], [[4789], 1400]);
    const wireguard = datapath('{"Backend": {"Type": "wireguard"}}');
    assert.deepEqual([wireguard.overheadBytes, wireguard.requires.map(({ port }) => port)], [80, [51820, 51821]]);
  });
  test('Windows nodes speak VXLAN on another port', () => {
    const { requires } = datapath('{"Backend": {"Type": "vxlan"}}', node('w', { os: 'windows' }));
    assert.deepEqual(
      requires.map(({ port }) => port),
      [8472, 4789],
    );
  });
});

describe('other shapes of flannel', () => {
  test('with its etcd manager, podCIDRs mean nothing', () => {
    const etcd = daemonSet('kube-system/kube-flannel-ds', { args: ['--ip-masq'] });
    assert.equal(readCni(facts({ workloads: [etcd] })).addressSource, 'unknown');
  });

  test('inside of k3s there is neither DaemonSet nor ConfigMap', () => {
    const k3s = (words: readonly string[]) =>
      readCni(
        facts({
          nodes: [
            annotated('n1', 'vxlan', {
              podCIDR: '10.42.0.0/24',
              kubeletVersion: 'v1.34.1+k3s1',
              annotations: { 'k3s.io/node-args': JSON.stringify(words) },
            }),
          ],
        }),
      );
    const reading = k3s(['server']);
    assert.equal(reading.title, 'Flannel (built into k3s)');
    assert.equal(reading.confidence, 'certain');
    assert.equal(reading.addressSource, 'node-pod-cidr');
    assert.equal(reading.datapath.encapsulation, 'vxlan');
    assert.equal(reading.datapath.enforcesPolicies, true, 'k3s brings a policy controller');
    assert.equal(k3s(['server', '--disable-network-policy', 'true']).datapath.enforcesPolicies, false);
    assert.equal(k3s(['agent']).datapath.enforcesPolicies, undefined);
    assert.equal(reading.hostAddresses?.[0]?.device, 'flannel.7');
  });

  test('annotations alone are a sign, unless the pods contradict them', () => {
    const nodes = [annotated('n1', 'vxlan', { podCIDR: '10.244.0.0/24' })];
    const agreeing = readCni(facts({ nodes, pods: [pod('a/p', { node: 'n1', ip: '10.244.0.5' })] }));
    assert.deepEqual(
      [agreeing.solution, agreeing.confidence, agreeing.addressSource],
      ['flannel', 'probable', 'node-pod-cidr'],
    );
    const leftover = readCni(facts({ nodes, pods: [pod('a/p', { node: 'n1', ip: '10.0.3.5' })] }));
    assert.deepEqual([leftover.solution, leftover.addressSource], ['unknown', 'unknown']);
    assert.deepEqual(
      leftover.others.map(({ solution, primary }) => [solution, primary]),
      [['flannel', false]],
    );
  });

  test('Canal enforces policies, and its bridge is none', () => {
    const reading = readCni(
      facts({
        nodes: [annotated('n1', 'vxlan', { podCIDR: '10.244.0.0/24' })],
        workloads: [
          daemonSet('kube-system/canal', {
            labels: { 'k8s-app': 'canal' },
            containers: [
              { name: 'calico-node', image: 'quay.io/calico/node:v3.30.0' },
              { name: 'kube-flannel', command: ['/opt/bin/flanneld', '--ip-masq', '--kube-subnet-mgr'] },
            ],
          }),
        ],
        configMaps: [
          configMap('kube-system/canal-config', {
            'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}',
            masquerade: 'true',
          }),
        ],
      }),
    );
    assert.deepEqual([reading.solution, reading.addressSource, reading.version], ['canal', 'node-pod-cidr', 'v3.30.0']);
    assert.equal(reading.datapath.enforcesPolicies, true);
    assert.equal(reading.datapath.masqueradesEgress, true);
    assert.deepEqual(
      reading.hostAddresses?.map(({ device }) => device),
      ['flannel.7'],
    );
    assert.deepEqual(reading.others, [], "flannel's annotations are Canal's own");
  });

  test('flannel with Calico for policies only is one solution, and policies are enforced', () => {
    const calico = daemonSet('kube-system/calico-node', {
      image: 'quay.io/calico/node:v3.30.0',
      env: { CALICO_NETWORKING_BACKEND: 'none' },
    });
    const reading = readCni(facts({ workloads: [agent, calico] }));
    assert.equal(reading.solution, 'flannel');
    assert.equal(reading.datapath.enforcesPolicies, true);
    assert.deepEqual(
      reading.others.map(({ solution, primary }) => [solution, primary]),
      [['calico', false]],
    );
  });
});
