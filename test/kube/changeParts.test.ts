/** A change in parts: applied one after the other they make the same as the whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type MirrorChange, SessionMirror } from '../../src/editor/mirror.js';
import { partsOf } from '../../src/kube/changeParts.js';
import type { ClaimSummary, NodeSummary, SessionChange } from '../../src/kube/session.js';
import type { Finding } from '../../src/core/checks/check.js';

const named = (count: number, first = 0): string[] => Array.from({ length: count }, (_, index) => `n${first + index}`);
const node = (name: string, podCount = 1): NodeSummary => ({
  name,
  uid: `uid-${name}`,
  internalIPs: ['192.0.2.1'],
  ready: 'Ready',
  readyMessage: '',
  ranges: [],
  podCount,
  kubeletVersion: 'v1.34.4',
  os: 'linux',
  unschedulable: false,
});
// What of claims and findings counts here is their identity.
const claim = (id: string): ClaimSummary => ({ id }) as ClaimSummary;
const finding = (id: string): Finding => ({ id }) as Finding;

const FIRST: SessionChange = {
  reset: true,
  nodes: { upserted: named(501).map((name) => node(name)), removed: [] },
  claims: { upserted: named(1000).map(claim), removed: [] },
  findings: { upserted: named(3).map(finding), removed: [] },
  podsOfNodes: named(501),
  podCount: 7,
  kinds: { pods: { state: 'ok', items: 7 } },
};
const SECOND: SessionChange = {
  nodes: { upserted: named(300, 400).map((name) => node(name, 2)), removed: named(250) },
  claims: { upserted: [], removed: named(999) },
  podCount: 8,
};

function seen(mirror: SessionMirror): unknown {
  return {
    nodes: mirror.nodeNames.map((name) => mirror.node(name)),
    claims: [...mirror.claims],
    findings: [...mirror.findings],
    podCount: mirror.podCount,
    kinds: mirror.kinds,
  };
}

test('the parts make what the whole makes', () => {
  const whole = new SessionMirror();
  const parts = new SessionMirror();
  whole.apply({ ...FIRST, nodes: { upserted: [node('of before')], removed: [] } });
  parts.apply({ ...FIRST, nodes: { upserted: [node('of before')], removed: [] } });
  const told: Record<'whole' | 'parts', MirrorChange[]> = { whole: [], parts: [] };
  whole.onChange((change) => told.whole.push(change));
  parts.onChange((change) => told.parts.push(change));
  for (const change of [FIRST, SECOND]) {
    whole.apply(change);
    for (const part of partsOf(change)) parts.apply(part);
    assert.deepEqual(seen(parts), seen(whole));
  }
  // Who shows it is told once for each change, and the same.
  assert.equal(told.parts.length, 2);
  assert.deepEqual(told.parts[1], told.whole[1]);
  assert.deepEqual({ ...told.parts[0], nodes: [] }, { ...told.whole[0], nodes: [] });
});

test('only the first part makes void what was known, and the last one says how far the reading is', () => {
  const parts = [...partsOf(FIRST)];
  assert.ok(parts.length > 15);
  assert.ok(parts.every(({ partial }, index) => (partial === true) === index < parts.length - 1));
  assert.deepEqual(
    parts.flatMap((part, index) => (part.reset === true ? [index] : [])),
    [0],
  );
  for (const key of ['kinds', 'podCount'] as const)
    assert.deepEqual(
      parts.flatMap((part, index) => (key in part ? [index] : [])),
      [parts.length - 1],
    );
  for (const { nodes, claims, podsOfNodes } of parts) {
    assert.ok([nodes, claims].every((of) => (of?.upserted.length ?? 0) + (of?.removed.length ?? 0) <= 100));
    assert.ok((podsOfNodes?.length ?? 0) <= 100);
  }
});

test('a small change is one part, and an empty one is told too', () => {
  assert.deepEqual([...partsOf({ podCount: 1 })], [{ podCount: 1 }]);
  assert.deepEqual([...partsOf({ reset: true })], [{ reset: true }]);
  assert.deepEqual(
    [...partsOf({ nodes: { upserted: [], removed: ['a'] }, podCount: 1 })],
    [{ nodes: { upserted: [], removed: ['a'] }, podCount: 1 }],
  );
});
