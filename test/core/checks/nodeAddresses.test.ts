/** CN204 and CN205: addresses of nodes that somebody else has, too. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeAddressShared } from '../../../src/core/checks/nodeAddressShared.js';
import { podHasNodeAddress } from '../../../src/core/checks/podHasNodeAddress.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, pod } from '../facts.js';
import { honoursPodCidr, network, run, told } from './network.js';

test('CN204: nodes with one address, as virtual machines behind NAT have', () => {
  const nodes = ['a', 'b', 'c'].map((name) => node(name, { ips: ['10.0.2.15', `192.168.56.1${name}`] }));
  const found = run(nodeAddressShared, network({ nodes }));
  assert.deepEqual(told(found), [
    'error: 3 nodes (a, b and c) report the address 10.0.2.15: tunnels, routes and connections to kubelets reach only one of them',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['a', 'b', 'c'].map((name) => `Node ${name} · status.addresses[0].address`),
  );
});

test('CN204: IPv6 texts are compared by what they mean', () => {
  const nodes = [node('a', { ip: 'fd00::1' }), node('b', { ip: 'fd00:0:0:0:0:0:0:1' })];
  assert.equal(run(nodeAddressShared, network({ nodes })).length, 1);
});

test('CN204: a warning where only one of them still reports', () => {
  const nodes = [node('old', { ip: '10.0.0.5', ready: 'Unknown' }), node('new', { ip: '10.0.0.5' })];
  assert.deepEqual(told(run(nodeAddressShared, network({ nodes }))), [
    'warning: new and old have the address 10.0.0.5, and old no longer reports: a Node object may be left over, and its pod range with it',
  ]);
});

test('CN204: nothing on different addresses, one node twice, and virtual nodes', () => {
  const virtual = { labels: { type: 'virtual-kubelet' }, ip: '10.0.0.9' };
  const nodes = [
    node('a', { ip: '10.0.0.1' }),
    node('b', { ips: ['10.0.0.2', '10.0.0.2'] }),
    node('v-1', virtual),
    node('v-2', virtual),
    node('odd', { ip: 'not-an-address' }),
    node('odd-2', { ip: 'not-an-address' }),
  ];
  assert.deepEqual(run(nodeAddressShared, network({ nodes })), []);
});

const nodes = [node('node-1', { ip: '10.0.0.5' }), node('node-2', { ips: ['10.0.0.6', 'fd00::6'] })];

test('CN205: a pod that was given the address of a node', () => {
  const pods = [
    pod('shop/web', { node: 'node-2', ip: '10.0.0.5' }),
    pod('shop/six', { node: 'node-1', ip: 'fd00::6' }),
  ];
  const found = run(podHasNodeAddress, network({ nodes, pods }, honoursPodCidr));
  assert.deepEqual(told(found), [
    'error: pod shop/six has fd00::6 of node-2 and pod shop/web has 10.0.0.5 of node-1: a connection to the address reaches either the node or the pod, depending on where it comes from',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    [
      'Pod shop/six · status.podIPs[0].ip',
      'Pod shop/web · status.podIPs[0].ip',
      'Node node-2 · status.addresses[1].address',
      'Node node-1 · status.addresses[0].address',
    ],
  );
});

test('CN205: nothing on pods of the host network, finished and foreign ones', () => {
  const virtual = node('virtual', { ip: '10.0.0.9', labels: { type: 'virtual-kubelet' } });
  const pods = [
    pod('a', { node: 'node-1', ip: '10.0.0.5', hostNetwork: true }),
    pod('b', { node: 'node-1', ip: '10.0.0.5', phase: 'Failed' }),
    pod('c', { node: 'node-1', ip: '10.0.0.5', terminating: true }),
    pod('d', { node: 'node-1', ip: '10.0.0.5', annotations: { 'ovn.kubernetes.io/vpc': 'vpc-1' } }),
    pod('e', { node: 'virtual', ip: '10.0.0.5' }),
    pod('vk', { node: 'node-1', ip: '10.0.0.9' }),
    pod('f', { node: 'node-1', ip: '10.0.0.7' }),
  ];
  assert.deepEqual(run(podHasNodeAddress, network({ nodes: [...nodes, virtual], pods })), []);
});

test('CN205: a warning where the node no longer reports, so that its address may have been given out again', () => {
  const found = run(
    podHasNodeAddress,
    network({
      nodes: [node('node-1', { ip: '10.0.1.4' }), node('node-2', { ip: '10.0.1.77', ready: 'Unknown' })],
      pods: [pod('shop/web', { node: 'node-1', ip: '10.0.1.77' })],
    }),
  );
  assert.deepEqual(told(found), [
    'warning: pod shop/web has 10.0.1.77 of node-2: node-2 no longer reports and may be gone; if not, a connection to the address reaches either the node or the pod, depending on where it comes from',
  ]);
});
