/** CN202 and CN203: pods with addresses of no range that could have given them out. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { podOutsideAllRanges } from '../../../src/core/checks/podOutsideAllRanges.js';
import { podOutsideNodeRange } from '../../../src/core/checks/podOutsideNodeRange.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, pod } from '../facts.js';
import { claim, honoursPodCidr, network, ownRanges, reading, run, told } from './network.js';

const nodes = [
  node('node-1', { ip: '192.168.1.2', podCIDR: '10.244.0.0/24' }),
  node('node-2', { ip: '192.168.1.3', podCIDR: '10.244.1.0/24' }),
];
const cluster = claim('pod-cluster', '10.244.0.0/16', { owner: 'flannel' });
const good = [
  pod('shop/a', { node: 'node-1', ip: '10.244.0.2' }),
  pod('shop/b', { node: 'node-1', ip: '10.244.0.3' }),
  pod('shop/c', { node: 'node-2', ip: '10.244.1.2' }),
];

test('CN202: a pod of a range that nobody routes', () => {
  const found = run(
    podOutsideNodeRange,
    network({ nodes, pods: [...good, pod('shop/web', { node: 'node-2', ip: '10.99.0.2' })] }, honoursPodCidr, [
      cluster,
    ]),
  );
  assert.deepEqual(told(found), [
    'warning: 1 pod on node-2 has an address outside of its range 10.244.1.0/24 (shop/web 10.99.0.2): the other nodes have no route to it, so only that node may reach it; a second or left-over CNI configuration may give it out',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['Pod shop/web · status.podIPs[0].ip', 'Node node-2 · spec.podCIDRs[0]'],
  );
});

test("CN202: an error where the address is of another node's range", () => {
  const found = run(
    podOutsideNodeRange,
    network({ nodes, pods: [...good, pod('shop/web', { node: 'node-2', ip: '10.244.0.9' })] }, honoursPodCidr),
  );
  assert.equal(found[0]?.severity, 'error');
  assert.match(found[0].message, /the other nodes send traffic for it to node-1/);
});

test('CN202: the second family alone', () => {
  const dual = [
    node('node-1', { podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] }),
    node('node-2', { podCIDRs: ['10.244.1.0/24', 'fd00:2::/64'] }),
  ];
  const pods = [pod('a', { node: 'node-2', ips: ['10.244.1.2', 'fd00:1::2'] })];
  const found = run(podOutsideNodeRange, network({ nodes: dual, pods }, honoursPodCidr));
  assert.equal(found[0]?.subjects[0]?.text, 'fd00:1::2');
  assert.equal(formatPlace(found[0].subjects[0].place), 'Pod default/a · status.podIPs[1].ip');
  assert.equal(found[0].severity, 'error');
});

test('CN202: without a recognised solution the other pods are witnesses, for a warning', () => {
  const stray = pod('shop/web', { node: 'node-2', ip: '10.244.0.9' });
  const found = run(podOutsideNodeRange, network({ nodes, pods: [...good, stray] }));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /no solution was recognised/);
  // As many outside as inside, and none inside.
  const foreign = ['a', 'b', 'c'].map((name, i) => pod(name, { node: 'node-1', ip: `10.32.0.${i + 2}` }));
  assert.deepEqual(run(podOutsideNodeRange, network({ nodes, pods: foreign })), []);
  // A single node may hand out from the whole cluster range.
  const single = [node('minikube', { podCIDR: '10.244.0.0/24' })];
  const spread = ['10.244.0.2', '10.244.0.3', '10.244.1.4'].map((ip) => pod(ip, { node: 'minikube', ip }));
  assert.deepEqual(run(podOutsideNodeRange, network({ nodes: single, pods: spread })), []);
});

test('CN202: hundreds of nodes end in a finding for the rest', () => {
  const many = Array.from({ length: 30 }, (_, i) => i);
  const found = run(
    podOutsideNodeRange,
    network(
      {
        nodes: many.map((i) => node(`node-${i}`, { podCIDR: `10.244.${i}.0/24` })),
        pods: many.map((i) => pod(`pod-${i}`, { node: `node-${i}`, ip: `10.99.0.${i}` })),
      },
      honoursPodCidr,
    ),
  );
  assert.equal(found.length, 20);
  assert.match(found.at(-1)?.message ?? '', /^11 pods on node-19, node-20, node-21 and 8 more/);
});

const harmless = (ip: string) => [
  pod('x', { node: 'node-2', ip, hostNetwork: true }),
  pod('x', { node: 'node-2', ip, phase: 'Succeeded' }),
  pod('x', { node: 'node-2', ip, terminating: true }),
  pod('x', { node: 'node-2', ip, annotations: { 'ovn.kubernetes.io/vpc': 'vpc-1' } }),
  pod('x', { node: 'windows', ip }),
  pod('x', { node: 'virtual', ip }),
];
const allNodes = [
  ...nodes,
  node('windows', { os: 'windows', podCIDR: '10.244.2.0/24' }),
  node('virtual', { labels: { type: 'virtual-kubelet' }, podCIDR: '10.244.3.0/24' }),
];

test('CN202: nothing on pods that do not own their address, and on solutions with other ranges', () => {
  for (const one of harmless('10.99.0.2'))
    assert.deepEqual(run(podOutsideNodeRange, network({ nodes: allNodes, pods: [...good, one] }, honoursPodCidr)), []);
  const stray = pod('shop/web', { node: 'node-2', ip: '10.0.3.9' });
  for (const addressSource of ['solution-per-node', 'pools', 'per-namespace'] as const)
    assert.deepEqual(run(podOutsideNodeRange, network({ nodes, pods: [stray] }, reading({ addressSource }))), []);
  assert.deepEqual(run(podOutsideNodeRange, network({ nodes, pods: good }, honoursPodCidr)), []);
});

const cilium = [
  claim('pod-pool', '10.0.0.0/8', { owner: 'cluster-pool', used: true }),
  claim('pod-node', '10.0.0.0/24', { node: 'node-1', used: true }),
  claim('pod-node', '10.0.1.0/24', { node: 'node-2', used: true }),
];

test('CN203: a left-over pod of another range on Cilium', () => {
  const pods = [pod('a', { node: 'node-1', ip: '10.0.0.9' }), pod('b', { node: 'node-2', ip: '172.20.0.2' })];
  assert.deepEqual(told(run(podOutsideAllRanges, network({ nodes, pods }, ownRanges, cilium))), [
    'warning: 1 pod on node-2 has an address outside of every pod range of Cilium (default/b 172.20.0.2): nothing routes it between nodes; a second or left-over CNI configuration may give it out',
  ]);
});

test('CN203: on a node that has no range of its own, the cluster range judges', () => {
  const pods = [pod('a', { node: 'node-3', ip: '10.244.9.2' }), pod('b', { node: 'node-3', ip: '10.99.0.2' })];
  const found = run(
    podOutsideAllRanges,
    network({ nodes: [...nodes, node('node-3')], pods }, honoursPodCidr, [cluster]),
  );
  assert.deepEqual(
    found.map(({ subjects }) => subjects.map(({ label }) => label)),
    [['pod default/b']],
  );
});

test('CN203: nothing where nothing can be said', () => {
  const stray = pod('b', { node: 'node-2', ip: '172.20.0.2' });
  const silent = [
    // Nothing recognised, no ranges known, or not all of them.
    network({ nodes, pods: [stray] }),
    network({ nodes, pods: [stray] }, reading({ ...ownRanges })),
    network({ nodes, pods: [stray] }, reading({ ...ownRanges, missing: ['ciliumnodes.cilium.io'] }), cilium),
    network({ nodes, pods: [stray] }, reading({ ...ownRanges, podsShareNodeSubnets: true }), cilium),
    // CN202 judges these, and says more.
    network({ nodes, pods: [...good, stray] }, honoursPodCidr, [cluster]),
    // A pool that hands out nothing more still has its pods; the other family is not known.
    network({ nodes, pods: [stray] }, ownRanges, [...cilium, claim('pod-pool', '172.20.0.0/16', { used: false })]),
    network({ nodes, pods: [pod('c', { node: 'node-1', ip: 'fd00::1' })] }, ownRanges, cilium),
    ...harmless('172.20.0.2').map((one) => network({ nodes: allNodes, pods: [one] }, ownRanges, cilium)),
  ];
  silent.forEach((on, index) => assert.deepEqual(told(run(podOutsideAllRanges, on)), [], `case ${index}`));
});
