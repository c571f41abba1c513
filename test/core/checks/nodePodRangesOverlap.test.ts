import assert from 'node:assert/strict';
import test from 'node:test';
import { nodePodRangesOverlap as check } from '../../../src/core/checks/nodePodRangesOverlap.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, pod } from '../facts.js';
import { claim, honoursPodCidr, network, ownRanges, run, told } from './network.js';

test('two nodes with one range, as in the lecture', () => {
  const found = run(
    check,
    network({
      nodes: [
        node('node-1', { ip: '192.168.1.2', podCIDR: '10.244.0.0/24' }),
        node('node-2', { ip: '192.168.1.3', podCIDR: '10.244.0.0/24' }),
      ],
      pods: [
        pod('default/a', { node: 'node-1', ip: '10.244.0.2' }),
        pod('default/b', { node: 'node-2', ip: '10.244.0.2' }),
      ],
    }),
  );
  assert.deepEqual(told(found), [
    'error: node-1 and node-2 both hand out 10.244.0.0/24: pods on them get the same addresses, and traffic for one reaches the other',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => [formatPlace(subject.place), subject.text, subject.node]),
    [
      ['Node node-1 · spec.podCIDRs[0]', '10.244.0.0/24', 'node-1'],
      ['Node node-2 · spec.podCIDRs[0]', '10.244.0.0/24', 'node-2'],
    ],
  );
});

test('a range inside another one is told as such, whichever node comes first', () => {
  const nodes = [node('node-1', { podCIDR: '10.244.1.0/24' }), node('node-2', { podCIDR: '10.244.0.0/16' })];
  for (const order of [nodes, [...nodes].reverse()]) {
    assert.deepEqual(told(run(check, network({ nodes: order }, honoursPodCidr))), [
      'error: node-2 hands out 10.244.0.0/16, which contains 10.244.1.0/24 of node-1: pods on them can get the same addresses, and traffic for one then reaches the other',
    ]);
  }
});

test('the second family is compared too, and families are not mixed up', () => {
  const found = run(
    check,
    network(
      {
        nodes: [
          node('node-1', { podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] }),
          node('node-2', { podCIDRs: ['10.244.1.0/24', 'fd00:1::/80'] }),
        ],
      },
      honoursPodCidr,
    ),
  );
  assert.equal(found.length, 1);
  assert.match(found[0]?.message ?? '', /fd00:1::\/64, which contains fd00:1::\/80/);
  assert.equal(found[0]?.subjects[1]?.place.kind === 'object' && found[0].subjects[1].place.path[2], 1);
});

test('many nodes with one range are one finding that counts what it does not list', () => {
  const nodes = Array.from({ length: 500 }, (_, i) => node(`node-${i + 1}`, { podCIDR: '10.244.0.0/24' }));
  const found = run(check, network({ nodes }, honoursPodCidr));
  assert.deepEqual(told(found), [
    'error: 500 nodes (node-1, node-2, node-3 and 497 more) all hand out 10.244.0.0/24: pods on them get the same addresses, and traffic for one reaches the other',
  ]);
  assert.equal(found[0]?.subjects.length, 20);
  assert.equal(found[0].moreSubjects, 480);
});

test('two separate conflicts are two findings', () => {
  const found = run(
    check,
    network(
      {
        nodes: [
          node('a', { podCIDR: '10.1.0.0/24' }),
          node('b', { podCIDR: '10.1.0.0/24' }),
          node('c', { podCIDR: '10.1.1.0/24' }),
          node('d', { podCIDR: '10.2.0.0/24' }),
          node('e', { podCIDR: '10.2.0.0/24' }),
        ],
      },
      honoursPodCidr,
    ),
  );
  assert.equal(found.length, 2);
});

test('the identity stays when the pods change', () => {
  const nodes = [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.0.0/24' })];
  const before = run(check, network({ nodes }));
  const after = run(check, network({ nodes, pods: [pod('a', { node: 'node-1', ip: '10.244.0.9' })] }));
  assert.deepEqual(
    before.map(({ id }) => id),
    after.map(({ id }) => id),
  );
});

test('ranges that the solution keeps itself are compared', () => {
  const found = run(
    check,
    network({ nodes: [node('node-1'), node('node-2')] }, ownRanges, [
      claim('pod-node', '10.0.0.0/24', { node: 'node-1', used: true }),
      claim('pod-node', '10.0.0.128/25', { node: 'node-2', used: true }),
    ]),
  );
  assert.equal(found[0]?.severity, 'error');
});

test('only probably wrong where no solution is known and the pods have other addresses', () => {
  const nodes = [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.0.0/24' })];
  const pods = [pod('a', { node: 'node-1', ip: '10.9.0.1' }), pod('b', { node: 'node-2', ip: '10.9.0.2' })];
  const found = run(check, network({ nodes, pods }));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].evidence.at(-1) ?? '', /may be unused/);
  assert.equal(run(check, network({ nodes, pods }, honoursPodCidr))[0]?.severity, 'error');
});

test('nothing on ranges that stand apart, are unused, belong to one node, or to different networks', () => {
  const apart = [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.1.0/24' })];
  const same = [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.0.0/24' })];
  assert.deepEqual(run(check, network({ nodes: apart }, honoursPodCidr)), []);
  assert.deepEqual(run(check, network({ nodes: same }, ownRanges)), []);
  assert.deepEqual(
    run(
      check,
      network({ nodes: apart }, honoursPodCidr, [claim('pod-node', '10.244.0.0/24', { node: 'node-1', used: true })]),
    ),
    [],
  );
  assert.deepEqual(
    run(
      check,
      network({}, ownRanges, [
        claim('pod-node', '10.0.0.0/24', { node: 'node-1', used: true, network: 'vpc-a' }),
        claim('pod-node', '10.0.0.0/24', { node: 'node-2', used: true, network: 'vpc-b' }),
      ]),
    ),
    [],
  );
  assert.deepEqual(run(check, network({ nodes: [node('node-1'), node('node-2')] })), []);
});
