import assert from 'node:assert/strict';
import test from 'node:test';
import { podServiceOverlap as check } from '../../../src/core/checks/podServiceOverlap.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, pod, service, serviceCIDR } from '../facts.js';
import { cilium, flannel, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { claim, honoursPodCidr, network, reading, readAll, run, told } from './network.js';

test('a node range inside of the service range is an error, on both fields', () => {
  const found = run(
    check,
    readAll(
      together(twoNodes('10.244.0.0/24', '10.96.5.0/24'), flannel('10.0.0.0/8', ['node-1', 'node-2']), {
        objects: [serviceCIDR(['10.96.0.0/12'])],
      }),
    ),
  );
  assert.deepEqual(told(found), [
    'error: node-2 hands out 10.96.5.0/24, which overlaps the service range 10.96.0.0/12: pods there get addresses that are, or will be, those of Services',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['ServiceCIDR kubernetes · spec.cidrs[0]', 'Node node-2 · spec.podCIDRs[0]'],
  );
});

test('a further ServiceCIDR inside of a node range, in either family', () => {
  const nodes = [
    node('node-1', { podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] }),
    node('node-2', { podCIDRs: ['10.244.1.0/24', 'fd00:2::/64'] }),
  ];
  const objects = [
    serviceCIDR(['10.96.0.0/12', 'fd00:96::/108']),
    serviceCIDR(['10.244.1.128/25', 'fd00:2::/112'], 'more'),
  ];
  const found = run(check, network({ nodes, objects }, honoursPodCidr));
  assert.deepEqual(
    found.map(({ severity, subjects }) => [severity, ...subjects.map(({ text }) => text)]),
    [
      ['error', '10.244.1.128/25', '10.244.1.0/24'],
      ['error', 'fd00:2::/112', 'fd00:2::/64'],
    ],
  );
});

test('a pod with an address of the service range is an error, whoever gave it out', () => {
  const found = run(
    check,
    network({
      nodes: [node('node-1')],
      objects: [serviceCIDR(['10.96.0.0/12'])],
      pods: [
        pod('shop/web', { node: 'node-1', ip: '10.96.7.7' }),
        pod('shop/host', { ip: '10.96.7.8', hostNetwork: true }),
      ],
    }),
  );
  assert.deepEqual(told(found), [
    "error: 1 pod has an address of the service range 10.96.0.0/12 (shop/web 10.96.7.7): a Service that is given such an address takes the pod's traffic",
  ]);
  assert.equal(found[0]?.subjects[0]?.label, 'pod shop/web');
});

test('kube-controller-manager keeps clear of the range that it knows: information', () => {
  const nodes = twoNodes('10.0.0.0/24', '10.0.1.0/24');
  const found = run(
    check,
    readAll(
      together(nodes, kubeadm('10.0.0.0/8', '10.96.0.0/12'), flannel('10.0.0.0/8', ['node-1', 'node-2']), {
        objects: [serviceCIDR(['10.96.0.0/12'])],
      }),
    ),
  );
  assert.equal(found[0]?.severity, 'information');
  assert.match(found[0].message, /knows the service range and gives no node a part of it/);
});

test('a service range added later is not among what it knows: a warning', () => {
  const found = run(
    check,
    readAll(
      together(healthyFlannel, { objects: [serviceCIDR(['10.96.0.0/12']), serviceCIDR(['10.244.200.0/24'], 'more')] }),
    ),
  );
  assert.deepEqual(
    found.map(({ severity, subjects }) => [severity, subjects[0]?.label, subjects[0]?.text]),
    [['warning', 'services', '10.244.200.0/24']],
  );
});

test('a service range that swallows the pod range is an error', () => {
  const found = run(
    check,
    network({ configMaps: kubeadm('10.100.0.0/16', '10.96.0.0/12').configMaps }, honoursPodCidr),
  );
  assert.match(told(found)[0] ?? '', /^error: The service range 10.96.0.0\/12 swallows the pod range 10.100.0.0\/16/);
});

test("Cilium's pool over the services: information far off, a warning near by, an error when handed out", () => {
  const severity = (ranges: Record<string, string>, services: string): string[] =>
    run(check, readAll(together(twoNodes(), cilium(ranges), { objects: [serviceCIDR([services])] }))).map(
      (found) => found.severity,
    );
  const usual = { 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' };
  assert.deepEqual(severity(usual, '10.96.0.0/12'), ['information']);
  assert.deepEqual(severity(usual, '10.0.16.0/20'), ['warning']);
  assert.deepEqual(severity({ 'node-1': '10.0.0.0/24', 'node-2': '10.0.17.0/24' }, '10.0.16.0/20'), ['error']);
  assert.match(run(check, readAll(healthyCilium))[0]?.message ?? '', /24,574 more nodes get one before any overlaps/);
});

test('a pool of which any block may come next is an error at once', () => {
  const calico = reading({
    solution: 'calico',
    title: 'Calico',
    confidence: 'certain',
    addressSource: 'solution-per-node',
  });
  const pool = claim('pod-pool', '10.0.0.0/8', { owner: 'pool default', used: true, blockPrefixLength: 26 });
  const found = run(check, network({ objects: [serviceCIDR(['10.96.0.0/12'])] }, calico, [pool]));
  assert.deepEqual(told(found), [
    'error: pool default (10.0.0.0/8) covers the service range 10.96.0.0/12: pods get addresses that are, or will be, those of Services',
  ]);
});

test('a service range that is only inferred counts one degree less', () => {
  const services = [service('a', { clusterIP: '10.244.1.10' }), service('b', { clusterIP: '10.244.1.200' })];
  const found = run(check, network({ ...twoNodes('10.244.0.0/24', '10.244.1.0/24'), services }, honoursPodCidr));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /inferred from ClusterIPs/);
});

test('nothing on ranges that stand apart, are unused, or merely enclose', () => {
  assert.deepEqual(run(check, readAll(healthyFlannel)), []);
  // spec.podCIDR lies in the service range, but Cilium does not use it.
  const unused = together(
    twoNodes('10.96.1.0/24', '10.96.2.0/24'),
    cilium({ 'node-1': '10.0.0.0/24' }, '10.0.0.0/16'),
    {
      objects: [serviceCIDR(['10.96.0.0/12'])],
    },
  );
  assert.deepEqual(run(check, readAll(unused)), []);
  // As kOps does it: flannel's Network holds the services too, while pods get the other half.
  const kops = together(
    twoNodes('100.96.0.0/24', '100.96.1.0/24'),
    kubeadm('100.96.0.0/11', '100.64.0.0/13'),
    flannel('100.64.0.0/10', ['node-1', 'node-2']),
    {
      objects: [serviceCIDR(['100.64.0.0/13'])],
    },
  );
  assert.deepEqual(run(check, readAll(kops)), []);
  // Service ranges may overlap each other.
  const two = together(healthyFlannel, { objects: [serviceCIDR(['10.97.0.0/16'], 'more')] });
  assert.deepEqual(run(check, readAll(two)), []);
});
