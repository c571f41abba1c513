import assert from 'node:assert/strict';
import test from 'node:test';
import { runChecks } from '../../../src/core/checks/index.js';
import { needsOf, readNetwork } from '../../../src/core/cni/index.js';
import { daemonSet, facts, type FactsOptions, node, object, pod, serviceCIDR } from '../facts.js';

const agent = daemonSet('kube-system/calico-node', { labels: { 'k8s-app': 'calico-node' }, desired: 2 });
const agentPods = [1, 2].map((i) =>
  pod(`kube-system/calico-node-${i}`, {
    node: `node-${i}`,
    ip: `192.168.1.${i}`,
    hostNetwork: true,
    owner: 'DaemonSet/calico-node',
    labels: { 'k8s-app': 'calico-node' },
  }),
);
const nodes = [1, 2].map((i) => node(`node-${i}`, { ip: `192.168.1.${i}`, podCIDR: `10.244.${i}.0/24` }));
const pool = (name: string, cidr: string, spec: Readonly<Record<string, unknown>> = {}) =>
  object('crd.projectcalico.org/v1', 'IPPool', name, {
    spec: { cidr, blockSize: 26, ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true, ...spec },
  });
const read = (options: FactsOptions) =>
  readNetwork(
    facts({
      nodes,
      pods: agentPods,
      workloads: [agent],
      ...options,
      objects: [...(options.objects ?? []), serviceCIDR(['10.96.0.0/12'])],
    }),
  );
const codes = (options: FactsOptions): string[] =>
  runChecks(read(options)).map(({ severity, code }) => `${severity} ${code}`);

test('pools are read, and spec.podCIDR is not in force', () => {
  const network = read({ objects: [pool('default', '10.10.0.0/16'), pool('old', '10.11.0.0/16', { disabled: true })] });
  assert.deepEqual(
    network.claims.filter(({ role }) => role.startsWith('pod-')).map(({ role, text, used }) => [role, text, used]),
    [
      ['pod-pool', '10.10.0.0/16', true],
      ['pod-pool', '10.11.0.0/16', false],
      ['pod-node', '10.244.1.0/24', false],
      ['pod-node', '10.244.2.0/24', false],
    ],
  );
  assert.equal(network.reading.datapath.encapsulation, 'ipip');
  assert.equal(network.reading.datapath.masqueradesEgress, true);
  assert.ok(needsOf(network.facts).resources.some(({ name }) => name === 'ippools.crd.projectcalico.org'));
});

test('a pool around the nodes, in the service range, and two that overlap are found', () => {
  assert.deepEqual(codes({ objects: [pool('default', '10.10.0.0/16')] }), []);
  assert.deepEqual(codes({ objects: [pool('default', '192.168.0.0/16')] }), ['error CN103']);
  assert.deepEqual(codes({ objects: [pool('default', '10.96.0.0/16')] }), ['error CN102']);
  assert.deepEqual(codes({ objects: [pool('a', '10.10.0.0/16'), pool('b', '10.10.128.0/17')] }), ['error CN105']);
});

test('a pool that hands out nothing to pods collides with nothing', () => {
  for (const spec of [{ disabled: true }, { allowedUses: ['LoadBalancer'] }, { nodeSelector: '!all()' }])
    assert.deepEqual(codes({ objects: [pool('default', '10.10.0.0/16'), pool('other', '192.168.0.0/16', spec)] }), []);
});

test('a pod of a disabled pool is at home, one of no pool is not', () => {
  const objects = [pool('default', '10.10.0.0/16'), pool('old', '10.11.0.0/16', { disabled: true })];
  const at = (ip: string) => [...agentPods, pod('shop/web', { node: 'node-1', ip })];
  assert.deepEqual(codes({ objects, pods: at('10.11.0.5') }), []);
  assert.deepEqual(codes({ objects, pods: at('10.12.0.5') }), ['warning CN203']);
  assert.deepEqual(codes({ pods: at('10.12.0.5') }), []);
});

test('pools for load balancers have no encapsulation and need no routes between nodes', () => {
  const vxlan = daemonSet('kube-system/calico-node', {
    labels: { 'k8s-app': 'calico-node' },
    desired: 2,
    env: { CALICO_NETWORKING_BACKEND: 'vxlan' },
  });
  const objects = [
    pool('default', '10.10.0.0/16', { ipipMode: 'Never', vxlanMode: 'Always' }),
    pool('balancers', '10.20.0.0/24', { ipipMode: 'Never', allowedUses: ['LoadBalancer'] }),
  ];
  assert.deepEqual(codes({ workloads: [vxlan], objects }), []);
});

test('with the host-local plugin addresses come from spec.podCIDR', () => {
  const hostLocal = daemonSet('kube-system/calico-node', {
    labels: { 'k8s-app': 'calico-node' },
    desired: 2,
    env: { USE_POD_CIDR: 'true' },
  });
  const network = read({ workloads: [hostLocal], objects: [pool('default', '10.244.0.0/16')] });
  assert.equal(network.reading.addressSource, 'node-pod-cidr');
  assert.deepEqual(
    network.claims.filter(({ used, role }) => used === true && role.startsWith('pod-')).map(({ text }) => text),
    ['10.244.1.0/24', '10.244.2.0/24'],
  );
});
