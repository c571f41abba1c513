import assert from 'node:assert/strict';
import test from 'node:test';
import { single } from '../../../src/core/ip/range.js';
import { type Claim, isInForce, relationOf, type Role, ROLES } from '../../../src/core/network/claim.js';
import { nodeRef, objectPlace } from '../../../src/core/network/place.js';

const claim = (role: Role, owner = 'a', more: Partial<Claim> = {}): Claim => ({
  range: single({ family: 4, value: 1n }),
  text: '0.0.0.1',
  role,
  owner,
  place: objectPlace(nodeRef('n')),
  provenance: 'declared',
  ...more,
});

test('what is a conflict, and what is only the plan', () => {
  const relation = (a: Role, b: Role) => relationOf(claim(a, 'a'), claim(b, 'b'));
  assert.equal(relation('pod-node', 'pod-node'), 'rival');
  assert.equal(relation('pod-pool', 'pod-pool'), 'rival');
  assert.equal(relation('pod-cluster', 'pod-cluster'), 'same');
  assert.equal(relation('service', 'service'), 'same');
  assert.equal(relation('pod-cluster', 'pod-node'), 'part');
  assert.equal(relation('pod-pool', 'pod-node'), 'part');
  assert.equal(relation('pod-node', 'service'), 'rival');
  assert.equal(relation('pod-cluster', 'node'), 'rival');
  assert.equal(relation('service', 'node'), 'rival');
  assert.equal(relation('node', 'node'), 'part');
  assert.equal(relation('load-balancer', 'node'), 'part');
  assert.equal(relation('workstation', 'node'), 'part');
  assert.equal(relation('workstation', 'pod-cluster'), 'rival');
  assert.equal(relation('docker', 'pod-node'), 'rival');
  assert.equal(relation('docker', 'workstation'), 'part');
  assert.equal(relation('join', 'service'), 'rival');
  assert.equal(relation('reserved', 'pod-pool'), 'part');
});

test('one owner never collides with itself, and the relation is symmetric', () => {
  for (const a of ROLES) {
    assert.equal(relationOf(claim(a), claim(a)), 'same');
    for (const b of ROLES)
      assert.equal(relationOf(claim(a, 'x'), claim(b, 'y')), relationOf(claim(b, 'y'), claim(a, 'x')));
  }
  assert.equal(
    relationOf(claim('pod-node', 'CiliumNode n', { node: 'n' }), claim('pod-node', 'n', { node: 'n' })),
    'same',
  );
});

test('networks of their own may use one range twice', () => {
  assert.equal(relationOf(claim('pod-namespace', 'a', { network: 'red' }), claim('pod-namespace', 'b')), 'apart');
  assert.equal(
    relationOf(claim('pod-namespace', 'a', { network: 'red' }), claim('pod-namespace', 'b', { network: 'red' })),
    'rival',
  );
});

test('what nobody uses and what only repeats is not in force', () => {
  assert.ok(isInForce(claim('pod-node')));
  assert.ok(isInForce(claim('pod-node', 'a', { used: true })));
  assert.ok(!isInForce(claim('pod-node', 'a', { used: false })));
  assert.ok(!isInForce(claim('pod-cluster', 'a', { repeats: true, used: true })));
});
