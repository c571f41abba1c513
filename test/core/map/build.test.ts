import assert from 'node:assert/strict';
import test from 'node:test';
import type { Finding } from '../../../src/core/checks/check.js';
import { parseCidr } from '../../../src/core/ip/range.js';
import { buildMapModel } from '../../../src/core/map/build.js';
import type { Claim } from '../../../src/core/network/claim.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { nodeRef, objectPlace, podRef } from '../../../src/core/network/place.js';
import { unknownReading } from '../../../src/core/network/reading.js';
import { facts, node, pod } from '../facts.js';

const identity = { context: 'test', simulated: true };

function podNodeClaim(name: string, text: string, used = true): Claim {
  const cidr = parseCidr(text);
  assert.ok(cidr.ok);
  return {
    range: cidr.value,
    text,
    role: 'pod-node',
    owner: name,
    node: name,
    place: objectPlace(nodeRef(name), 'spec', 'podCIDRs', 0),
    provenance: 'assigned',
    used,
  };
}

const duplicate: Finding = {
  id: 'CN201 10.244.0.2',
  code: 'CN201',
  severity: 'error',
  message: 'two pods have 10.244.0.2',
  subjects: [
    {
      place: objectPlace(podRef('shop', 'web-1'), 'status', 'podIP'),
      label: 'pod shop/web-1',
      text: '10.244.0.2',
      node: 'node-1',
    },
    {
      place: objectPlace(podRef('shop', 'web-2'), 'status', 'podIP'),
      label: 'pod shop/web-2',
      text: '10.244.0.2',
      node: 'node-2',
    },
  ],
  evidence: ['both are Running'],
  moreSubjects: 0,
  fixes: [],
};
const rangeConflict: Finding = {
  ...duplicate,
  id: 'CN101 10.244.0.0/24',
  code: 'CN101',
  message: 'two nodes hand out 10.244.0.0/24',
  subjects: ['node-1', 'node-2'].map((name) => ({
    place: objectPlace(nodeRef(name), 'spec', 'podCIDRs', 0),
    label: name,
    text: '10.244.0.0/24',
    node: name,
  })),
};

function lecture(): ClusterNetwork {
  return {
    facts: facts({
      nodes: [
        node('node-1', { ip: '192.168.1.2', podCIDR: '10.244.0.0/24' }),
        node('node-2', { ip: '192.168.1.3', podCIDR: '10.244.0.0/24' }),
      ],
      pods: [
        pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' }),
        pod('shop/web-2', { node: 'node-2', ip: '10.244.0.2' }),
        pod('shop/stray', { node: 'node-2', ip: '10.99.0.4' }),
        pod('shop/agent', { node: 'node-2', ip: '192.168.1.3', hostNetwork: true }),
        pod('shop/done', { node: 'node-2', ip: '10.244.0.9', phase: 'Succeeded' }),
      ],
    }),
    reading: unknownReading,
    claims: [podNodeClaim('node-1', '10.244.0.0/24'), podNodeClaim('node-2', '10.244.0.0/24')],
  };
}

test('pods stand at their address, conflicts mark pods and ranges of both nodes', () => {
  const model = buildMapModel(lecture(), [duplicate, rangeConflict], identity);
  const [first, second] = model.nodes;
  assert.deepEqual(
    model.conflicts.map((conflict) => conflict.code),
    ['CN201', 'CN101'],
  );
  assert.equal(first?.ranges[0]?.pods[0]?.offset, 2);
  assert.deepEqual(first?.ranges[0]?.pods[0]?.conflicts, [0]);
  assert.deepEqual(first?.ranges[0]?.conflicts, [1]);
  assert.deepEqual(second?.ranges[0]?.conflicts, [1]);
  assert.deepEqual(
    second?.outside.map((shown) => shown.name),
    ['stray'],
  );
  assert.deepEqual(
    second?.hostNetwork.map((shown) => shown.name),
    ['agent'],
  );
  assert.equal(second?.withoutAddress, 1, 'a Succeeded pod has no address of its own any more');
  assert.deepEqual(first?.conflicts, [], 'the node itself is not in conflict, its range is');
});

test('a range that is assigned but not used holds no pods', () => {
  const network = { ...lecture(), claims: [podNodeClaim('node-1', '10.244.0.0/24', false)] };
  const [first] = buildMapModel(network, [], identity).nodes;
  assert.equal(first?.ranges[0]?.used, false);
  assert.deepEqual(first?.ranges[0]?.pods, []);
  assert.deepEqual(
    first?.outside.map((shown) => shown.name),
    ['web-1'],
  );
});

test('too many nodes: those with problems are drawn first, the rest is counted', () => {
  const names = Array.from({ length: 9 }, (_, index) => `node-${index + 1}`);
  const network: ClusterNetwork = {
    facts: facts({ nodes: names.map((name) => node(name)) }),
    reading: unknownReading,
    claims: [],
  };
  const trouble: Finding = {
    ...rangeConflict,
    subjects: rangeConflict.subjects.map((subject) => ({ ...subject, node: 'node-9' })),
  };
  const model = buildMapModel(network, [trouble], identity, 3);
  assert.deepEqual(
    model.nodes.map((shown) => shown.name),
    ['node-1', 'node-2', 'node-9'],
  );
  assert.equal(model.hiddenNodes, 6);
});

test('a node name that looks like the end of another is not confused with it', () => {
  const network: ClusterNetwork = {
    facts: facts({ nodes: [node('a', { podCIDR: '10.1.0.0/24' }), node('aa', { podCIDR: '10.1.0.0/24' })] }),
    reading: unknownReading,
    claims: [podNodeClaim('a', '10.1.0.0/24'), podNodeClaim('aa', '10.1.0.0/24')],
  };
  const onlyA: Finding = {
    ...rangeConflict,
    subjects: [{ place: objectPlace(nodeRef('a'), 'spec', 'podCIDR'), label: 'a', text: '10.1.0.0/24', node: 'a' }],
  };
  const model = buildMapModel(network, [onlyA], identity);
  assert.deepEqual(
    model.nodes.map((shown) => shown.ranges[0]?.conflicts),
    [[0], []],
  );
});
