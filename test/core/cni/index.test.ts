import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { needsOf, readCni, readNetwork, SOLUTIONS } from '../../../src/core/cni/index.js';
import { configMap, daemonSet, facts, type Json, node, object, pod } from '../facts.js';

const flannel = daemonSet('kube-flannel/kube-flannel-ds', { args: ['--kube-subnet-mgr'] });
const cilium = daemonSet('kube-system/cilium', { labels: { 'k8s-app': 'cilium' } });
const calico = daemonSet('calico-system/calico-node', { labels: { 'k8s-app': 'calico-node' } });

/** Which solution was chosen, and which stand beside it (`!`: as a second one that hands out addresses). */
function verdict(workloads: readonly Json[], more: Parameters<typeof facts>[0] = {}): string[] {
  const { solution, others } = readCni(facts({ workloads, ...more }));
  return [solution, ...others.map((other) => (other.primary ? `!${other.solution}` : other.solution))];
}

test('ids are unique', () => {
  assert.equal(new Set(SOLUTIONS.map(({ id }) => id)).size, SOLUTIONS.length);
});

describe('two solutions', () => {
  test('that both hand out addresses are told', () => {
    assert.deepEqual(verdict([flannel, calico]), ['flannel', '!calico']);
    assert.deepEqual(verdict([cilium, flannel]), ['flannel', '!cilium']);
  });

  test('that stand together by design are one', () => {
    const policyOnly = daemonSet('kube-system/calico-node', { env: { CALICO_NETWORKING_BACKEND: 'none' } });
    const chaining = (mode: string) => configMap('kube-system/cilium-config', { 'cni-chaining-mode': mode });
    const installation = object('operator.tigera.io/v1', 'Installation', 'default', {
      spec: { cni: { type: 'AmazonVPC' } },
    });
    const aws = daemonSet('kube-system/aws-node');
    const azure = daemonSet('kube-system/azure-cns');
    const antrea = daemonSet('kube-system/antrea-agent');
    const policyAntrea = configMap('kube-system/antrea-config', {
      'antrea-agent.conf': 'trafficEncapMode: networkPolicyOnly\n',
    });
    const router = daemonSet('kube-system/kube-router', { args: ['--run-router=false', '--run-firewall=true'] });
    const multus = daemonSet('kube-system/kube-multus-ds');

    assert.deepEqual(verdict([flannel, policyOnly]), ['flannel', 'calico']);
    assert.deepEqual(verdict([aws, calico], { objects: [installation] }), ['aws-vpc-cni', 'calico']);
    assert.deepEqual(verdict([aws, cilium], { configMaps: [chaining('aws-cni')] }), ['aws-vpc-cni', 'cilium']);
    assert.deepEqual(verdict([flannel, cilium], { configMaps: [chaining('flannel')] }), ['flannel', 'cilium']);
    assert.deepEqual(verdict([cilium], { configMaps: [chaining('portmap')] }), ['cilium']);
    assert.deepEqual(
      verdict([cilium, azure], { configMaps: [configMap('kube-system/cilium-config', { ipam: 'delegated-plugin' })] }),
      ['cilium', 'azure-cni'],
    );
    assert.deepEqual(verdict([aws, antrea], { configMaps: [policyAntrea] }), ['aws-vpc-cni', 'antrea']);
    assert.deepEqual(verdict([flannel, router]), ['flannel', 'kube-router']);
    assert.deepEqual(verdict([flannel, multus]), ['flannel', 'multus']);
  });

  test('of which one is switched off are one', () => {
    const off = daemonSet('kube-system/aws-node', {
      desired: 0,
      nodeSelector: { 'io.cilium/aws-node-enabled': 'true' },
    });
    assert.deepEqual(verdict([cilium, off]), ['cilium']);
  });

  test('of which one left its annotations behind are one', () => {
    const leftover = node('n1', { annotations: { 'flannel.alpha.coreos.com/backend-type': 'vxlan' } });
    assert.deepEqual(verdict([cilium], { nodes: [leftover] }), ['cilium', 'flannel']);
  });
});

test('a policy engine beside a solution that has none is told', () => {
  const engine = daemonSet('kube-system/kube-network-policies', {
    image: 'registry.k8s.io/networking/kube-network-policies:v1.0.0',
  });
  const reading = readCni(facts({ workloads: [flannel, engine] }));
  assert.equal(reading.datapath.enforcesPolicies, true);
  assert.ok(reading.evidence.some(({ fact }) => fact.includes('kube-network-policies')));
  assert.equal(readCni(facts({ workloads: [flannel] })).datapath.enforcesPolicies, false);
});

test('kindnet uses podCIDRs and knows the pod range', () => {
  const agent = daemonSet('kube-system/kindnet', {
    labels: { 'k8s-app': 'kindnet' },
    image: 'docker.io/kindest/kindnetd:v20250214-acbabc1a',
    env: { POD_SUBNET: '10.244.0.0/16' },
  });
  const { reading, claims } = readNetwork(
    facts({ nodes: [node('n', { podCIDR: '10.244.0.0/24' })], workloads: [agent] }),
  );
  assert.deepEqual(
    [reading.solution, reading.addressSource, reading.version],
    ['kindnet', 'node-pod-cidr', 'v20250214-acbabc1a'],
  );
  assert.deepEqual(
    claims
      .filter((claim) => claim.role.startsWith('pod'))
      .map((claim) => [claim.role, claim.text, claim.repeats, claim.used]),
    [
      ['pod-cluster', '10.244.0.0/16', true, true],
      ['pod-node', '10.244.0.0/24', undefined, true],
    ],
  );
});

test('where a solution is known by name only, the reading says that its ranges are not read', () => {
  const reading = readCni(facts({ workloads: [daemonSet('kube-system/weave-net')] }));
  assert.deepEqual([reading.addressSource, reading.claims], ['pools', []]);
  assert.match(reading.details['note'] ?? '', /not read/);
});

test('what a solution needs is asked for once it is recognised', () => {
  const plain = needsOf(facts());
  assert.ok(!plain.resources.some(({ name }) => name === 'ciliumnodes.cilium.io'));
  const needs = needsOf(facts({ workloads: [cilium] }));
  assert.ok(needs.resources.some(({ name }) => name === 'ciliumnodes.cilium.io'));
  assert.ok(needs.configMaps.some(({ name }) => name === 'cilium-config'));
});

describe('no solution is recognised', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e'].map((name, index) => node(name, { podCIDR: `10.244.${index}.0/24` }));
  const onOwn = ['a', 'b', 'c', 'd', 'e'].map((name, index) =>
    pod(`x/${name}`, { node: name, ip: `10.244.${index}.9` }),
  );
  const source = (pods: readonly Json[], of = nodes) => {
    const { addressSource, confidence } = readCni(facts({ nodes: of, pods }));
    return [addressSource, confidence];
  };

  test('pods on two nodes with addresses of their nodes show that podCIDRs are used', () => {
    assert.deepEqual(source(onOwn.slice(0, 2)), ['node-pod-cidr', 'probable']);
  });
  test('pods with other addresses show that they are not', () => {
    const foreign = ['a', 'b'].map((name) => pod(`x/${name}`, { node: name, ip: '10.0.0.9' }));
    assert.deepEqual(source(foreign), ['unknown', 'none']);
  });
  test('one node of five with foreign addresses is the exception', () => {
    assert.deepEqual(source([...onOwn.slice(0, 4), pod('x/e', { node: 'e', ip: '10.99.0.2' })]), [
      'node-pod-cidr',
      'probable',
    ]);
    assert.deepEqual(source([...onOwn.slice(0, 3), pod('x/e', { node: 'e', ip: '10.99.0.2' })]), ['unknown', 'none']);
  });
  test('one node alone shows nothing: minikube hands out the whole cluster range on it', () => {
    const minikube = [node('minikube', { podCIDR: '10.244.0.0/24' })];
    assert.deepEqual(source([pod('x/a', { node: 'minikube', ip: '10.244.0.3' })], minikube), ['unknown', 'none']);
    assert.deepEqual(source([pod('x/a', { node: 'minikube', ip: '10.244.3.3' })], minikube), ['unknown', 'none']);
  });
  test('pods on the host network, done pods and pods of other networks are no witnesses', () => {
    const others = [
      pod('x/host', { node: 'a', ip: '192.168.1.2', hostNetwork: true }),
      pod('x/done', { node: 'a', ip: '10.99.0.1', phase: 'Succeeded' }),
      pod('x/vpc', { node: 'b', ip: '10.99.0.1', annotations: { 'ovn.kubernetes.io/vpc': 'red' } }),
    ];
    assert.deepEqual(source([...onOwn.slice(0, 2), ...others]), ['node-pod-cidr', 'probable']);
  });
  test('no pods, no evidence', () => {
    assert.deepEqual(readCni(facts({ nodes })).evidence, []);
  });
});
