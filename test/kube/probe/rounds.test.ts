/** Two rounds as one matrix: what failed once does not count, and pods that went away accuse nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Coverage } from '../../../src/core/reach/coverage.js';
import { planCoverage } from '../../../src/core/reach/coverage.js';
import { type Cell, stateOf } from '../../../src/core/reach/matrix.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import type { ProbePod } from '../../../src/kube/probe/probePods.js';
import {
  firstRound,
  merge,
  type Placed,
  secondRound,
  unconfirmed,
  withoutPods,
} from '../../../src/kube/probe/rounds.js';

const OK: Outcome = { kind: 'answered', rttMs: 1, seenSource: undefined, answerer: undefined };
const LOST: Outcome = { kind: 'timedOut', limitMs: 3000 };
const UNMEASURED: Outcome = { kind: 'noTool', looked: ['sh'] };

const cell = (more: Partial<Cell>): Cell => ({
  ...{ from: 0, to: 1, source: 'pod', role: 'pod', family: 4, measure: 'tcp', address: '10.244.1.9', port: 18480 },
  ...{ tries: [OK], arrived: undefined, seenSource: '', name: '' },
  ...more,
});

const pod = (node: number, role: 'probe' | 'peer'): ProbePod => ({
  ...{ name: `${role}-${node}`, uid: `${role}-${node}`, role, node: `node${node}`, state: 'ready', words: '' },
  addresses: [`10.244.${node}.${role === 'probe' ? 9 : 10}`],
});
const placedOf = (count: number): Placed[] =>
  Array.from({ length: count }, (_, node) => ({
    ...{ name: `node${node}`, internalIPs: [`192.168.1.${node + 2}`], host: undefined },
    ...{ probe: pod(node, 'probe'), peer: pod(node, 'peer') },
  }));

test('what failed in one round only is a note', () => {
  const failed = cell({ tries: [LOST] });
  const { cells, recovered } = merge([failed], [cell({})]);
  assert.deepEqual(cells.map(stateOf), ['ok']);
  assert.deepEqual(recovered, [failed]);
});

test('what failed and could not be tried again is not known', () => {
  const udp = cell({ measure: 'udp', tries: [LOST, LOST, LOST] });
  const fine = cell({ measure: 'tcp-large' });
  const first = [cell({ tries: [LOST] }), udp, fine];
  // A session that is lost answers for its targets with one cell.
  const { cells } = merge(first, [cell({ tries: [UNMEASURED] })]);
  assert.deepEqual(cells.map(stateOf), ['unknown', 'unknown', 'ok']);
  assert.deepEqual(first.map(unconfirmed).map(stateOf), ['unknown', 'unknown', 'ok']);
});

test('a pod that went away accuses nobody', () => {
  const cells = [
    cell({ tries: [LOST] }),
    cell({}),
    cell({ from: 1, to: 0, tries: [LOST] }),
    cell({ to: 2, tries: [LOST] }),
  ];
  const left = withoutPods(cells, placedOf(3), (name) => name === 'probe-1');
  assert.deepEqual(left.map(stateOf), ['unknown', 'ok', 'unknown', 'broken']);
});

test('paths between probe pods are tried again before those that nobody promises', () => {
  const placed = placedOf(20);
  const coverage: Coverage = planCoverage(placed.length);
  const tried = firstRound(placed, coverage, []);
  const bad = tried
    .filter((want) => want.role === 'node' || (want.from === 19 && want.to === 3 && want.role === 'pod'))
    .map((want) =>
      cell({
        ...{ from: want.from, to: want.to, role: want.role, port: want.port, tries: [LOST] },
        address: want.role === 'node' ? `192.168.1.${want.to + 2}` : `10.244.${want.to}.9`,
      }),
    );
  assert.ok(bad.length > 300);
  const again = secondRound(bad, tried, placed, coverage);
  assert.deepEqual([again[0]?.role, again[0]?.from, again[0]?.to], ['pod', 19, 3]);
  assert.ok(again.filter((want) => want.role === 'node').length < 200);
});
