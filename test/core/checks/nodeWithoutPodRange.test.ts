import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeWithoutPodRange as check } from '../../../src/core/checks/nodeWithoutPodRange.js';
import { formatPlace, nodeRef } from '../../../src/core/network/place.js';
import { event, node, pod } from '../facts.js';
import { claim, honoursPodCidr, network, ownRanges, reading, run, told } from './network.js';

const ranged = node('node-1', { podCIDR: '10.244.0.0/24' });
const bare = [node('node-2'), node('node-3')];

test('an error where the solution needs the range', () => {
  const found = run(check, network({ nodes: [ranged, ...bare] }, honoursPodCidr));
  assert.deepEqual(told(found), [
    'error: node-2 and node-3 have no pod range (spec.podCIDR is empty), and Flannel takes pod addresses from it: no pod there gets a network; kube-controller-manager assigns none (--allocate-node-cidrs, --cluster-cidr), or has none left',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['Node node-2 · spec', 'Node node-3 · spec'],
  );
});

test('the event that says that no range is left names the cause', () => {
  const events = [event(nodeRef('node-2'), 'CIDRNotAvailable', 'Node node-2 status is now: CIDRNotAvailable')];
  const found = run(check, network({ nodes: [ranged, ...bare], events }, honoursPodCidr));
  assert.match(found[0]?.message ?? '', /has none left to assign \(CIDRNotAvailable\)/);
  assert.match(found[0]?.evidence.at(-1) ?? '', /^node-2: event CIDRNotAvailable, 1 time/);
});

test('without a recognised solution: said, not guessed', () => {
  assert.deepEqual(told(run(check, network({ nodes: bare }))), [
    'information: No node has a pod range (spec.podCIDR is empty on node-2 and node-3), and no networking solution was recognised: which node hands out which addresses cannot be told',
  ]);
  assert.equal(run(check, network({ nodes: [ranged, ...bare] }))[0]?.severity, 'warning');
});

test('pods that share an address make it a warning: nothing coordinates the nodes', () => {
  const pods = [pod('a', { node: 'node-2', ip: '10.244.0.2' }), pod('b', { node: 'node-3', ip: '10.244.0.2' })];
  const found = run(check, network({ nodes: bare, pods }));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /1 address is in use twice \(CN201\)/);
});

test('nothing where ranges are elsewhere, or the node is new or virtual', () => {
  const created = { metadata: { name: 'node-2', creationTimestamp: '2025-12-31T23:59:45Z' } };
  assert.deepEqual(run(check, network({ nodes: [ranged, ...bare] }, ownRanges)), []);
  for (const addressSource of ['pools', 'per-namespace'] as const)
    assert.deepEqual(run(check, network({ nodes: bare }, reading({ addressSource }))), []);
  assert.deepEqual(run(check, network({ nodes: [ranged, { ...node('node-2'), ...created }] }, honoursPodCidr)), []);
  assert.deepEqual(
    run(check, network({ nodes: [ranged, node('virtual', { labels: { type: 'virtual-kubelet' } })] }, honoursPodCidr)),
    [],
  );
  // kube-router takes the range from an annotation instead.
  const annotated = claim('pod-node', '10.244.7.0/24', { node: 'node-2', used: true });
  assert.deepEqual(run(check, network({ nodes: [ranged, node('node-2')] }, honoursPodCidr, [annotated])), []);
  // A range that is no CIDR is another fault.
  assert.deepEqual(run(check, network({ nodes: [node('node-2', { podCIDR: 'nonsense' })] }, honoursPodCidr)), []);
  assert.deepEqual(run(check, network({})), []);
});
