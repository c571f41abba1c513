/** What the page of a verification shows: states of paths, the headline, and that large clusters stay small on it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compareRuns } from '../../../src/core/reach/compareRuns.js';
import { planCoverage, targetsOf } from '../../../src/core/reach/coverage.js';
import type { Cell, Measure } from '../../../src/core/reach/matrix.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import { planMarkdown, planObstacles } from '../../../src/core/reach/planMarkdown.js';
import type { PromiseId, Verdict } from '../../../src/core/reach/promise.js';
import { headlineOf, overallVerdict, pathDetails, resultView, stateAt } from '../../../src/core/reach/resultView.js';
import type { CountedVerdict, NamedCulprit, VerifyPlan, VerifyReport } from '../../../src/core/reach/verification.js';
import { readFromResult, readToResult } from '../../../src/protocol.js';

const OK: Outcome = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };
const LOST: Outcome = { kind: 'timedOut', limitMs: 3000 };

const podIp = (node: number): string => `10.${node >> 8}.${node & 255}.2`;

function cell(from: number, to: number, measure: Measure, tries: readonly Outcome[], more: Partial<Cell> = {}): Cell {
  return {
    ...{ from, to, source: 'pod', role: from === to ? 'peer' : 'pod', family: 4, measure, address: podIp(to), port: 1 },
    ...{ tries, arrived: undefined, seenSource: '', name: '' },
    ...more,
  };
}

const verdict = (promise: PromiseId, found: Verdict, scope = ''): CountedVerdict => ({
  ...{ promise, scope, verdict: found, evidence: ['seen'], kept: 1200, broken: 1, blocked: 0, unknown: 0 },
});

const plan = (nodes: number): VerifyPlan => ({
  ...{
    run: 'r1',
    image: 'agnhost',
    namespace: 'default',
    rejected: '',
    leftOut: [],
    pods: nodes,
    bytes: 1,
    seconds: 9,
  },
  objects: [
    { kind: 'Job', namespace: 'default', name: 'job', purpose: 'it *owns* the others', manifest: '{"a": "```"}' },
  ],
  rights: [
    {
      ...{ verb: 'create', resource: 'jobs.batch', namespace: 'default', purpose: 'the Job' },
      ...{ optional: false, allowed: true },
    },
    {
      ...{ verb: 'list', resource: 'events', namespace: 'default', purpose: 'saying why' },
      ...{ optional: true, allowed: false },
    },
  ],
  coverage: planCoverage(nodes),
  lifetimeSeconds: 480,
  existingPods: 0,
  sources: 0,
});

function report(nodes: number, cells: readonly Cell[], parts: Partial<VerifyReport> = {}): VerifyReport {
  return {
    plan: plan(nodes),
    nodes: Array.from({ length: nodes }, (_, index) => ({
      ...{ name: `node${index}`, internalIPs: [], podAddresses: [podIp(index)], pod: `probe-${index}`, notProbed: '' },
      ...{ ready: true, kubelet: { state: 'reached', words: '' }, mtu: 1450 },
    })),
    cells,
    ...{ promises: [], culprits: [], findings: [], notes: [], stopped: '', phases: [], sessions: nodes, left: [] },
    ...{ startedAt: '2026-11-24T10:00:00.000Z', durationMs: 1234 },
    ...parts,
  };
}

test('a path on which some traffic passes is partly broken; of one kind alone it is broken', () => {
  const { matrix } = resultView(
    report(2, [
      cell(0, 1, 'tcp', [OK]),
      cell(0, 1, 'udp', [LOST, LOST]),
      cell(1, 0, 'tcp', [OK, LOST]),
      cell(0, 0, 'tcp', [OK]),
      cell(0, 1, 'icmp', [LOST]),
    ]),
  );
  assert.ok(matrix);
  const [all, ...others] = matrix.layers;
  assert.ok(all);
  assert.deepEqual(
    others.map(({ title }) => title),
    ['Pod to pod: TCP', 'Pod to pod: UDP', 'Pod to pod: ICMP echo'],
  );
  assert.equal(stateAt(matrix, all, 0, 1), 'partly', 'echoes do not count');
  assert.equal(stateAt(matrix, all, 1, 0), 'lossy');
  assert.equal(stateAt(matrix, all, 0, 0), 'ok');
  assert.equal(stateAt(matrix, all, 1, 1), 'untried');
  assert.equal(others[1] && stateAt(matrix, others[1], 0, 1), 'broken');
  assert.deepEqual(all.counts, { partly: 1, lossy: 1, ok: 1 });
});

test('translation is pointed out where it breaks a promise, and only there', () => {
  const cells = [
    cell(0, 1, 'tcp', [OK], { seenSource: '192.168.1.2' }),
    cell(1, 0, 'tcp', [OK], { seenSource: podIp(1) }),
  ];
  const broken = resultView(report(2, cells, { promises: [verdict('withoutNat', 'violated')] }));
  assert.deepEqual(
    broken.failures.map(({ from, to, state, words }) => [from, to, state, /come from 192\.168\.1\.2/.test(words)]),
    [['node0', 'node1', 'translated', true]],
  );
  assert.equal(resultView(report(2, cells, { promises: [verdict('withoutNat', 'inconclusive')] })).failures.length, 0);
});

test('the headline is the worst verdict; what nobody promised does not count', () => {
  const head = (...verdicts: Verdict[]) =>
    headlineOf({ promises: verdicts.map((one) => verdict('podToPod', one)), stopped: '' });
  assert.match(head('holds', 'notPromised'), /Every promise.*holds/);
  assert.match(head('holds', 'violated', 'violated', 'inconclusive'), /2 promises .*are violated/);
  assert.match(head('holds', 'notRun'), /1 promise could not be told/);
  assert.match(head('blockedByPolicy', 'holds'), /NetworkPolicies block/);
  assert.equal(head(), 'Nothing was measured');
  assert.equal(overallVerdict({ promises: [verdict('podToPod', 'holds')], stopped: 'cancelled' }), 'inconclusive');
});

test('of 5,000 nodes the failing ones are shown, and never all pairs', () => {
  const nodes = 5000;
  const coverage = planCoverage(nodes);
  const cells = Array.from({ length: nodes }, (_, from) =>
    targetsOf(coverage, from).map((to) =>
      cell(from, to, 'tcp', [to === 77 || (from % 3 === 0 && to === from + 1) ? LOST : OK]),
    ),
  ).flat();
  const view = resultView(report(nodes, cells));
  assert.ok(view.matrix);
  assert.equal(view.matrix.nodes.length, 64);
  assert.ok(
    view.matrix.nodes.some(({ name }) => name === 'node77'),
    'the node that fails most is among them',
  );
  assert.equal(view.matrix.leftOut, nodes - 64);
  assert.equal(view.failures.length + view.moreFailures, cells.filter(({ tries }) => tries[0] === LOST).length);
  assert.ok(JSON.stringify(view).length < 200_000, String(JSON.stringify(view).length));
  const none = resultView(
    report(
      nodes,
      cells.map((one) => ({ ...one, tries: [OK] })),
    ),
  );
  assert.equal(none.matrix?.nodes.length, 0);
});

test('a path in sentences does not name its ends again', () => {
  const sentences = pathDetails(
    report(2, [cell(0, 1, 'tcp', [LOST]), cell(0, 1, 'tcp', [OK], { role: 'node' }), cell(1, 0, 'tcp', [OK])]),
    'node0',
    'node1',
  );
  assert.deepEqual(sentences, [
    'TCP: 10.0.1.2:1 did not answer within 3 s',
    'to the node itself, TCP: 10.0.1.2:1 answered',
  ]);
});

test('two runs are compared by verdicts and culprits', () => {
  const named = (words: string): NamedCulprit => ({
    words,
    evidence: [],
    culprit: {
      ...{ trouble: 'unreachable', place: { kind: 'everywhere' }, modes: [], everything: true },
      ...{ broken: 1, tried: 1, directionSeen: false },
    },
  });
  const before = report(2, [], {
    promises: [verdict('podToPod', 'violated', 'across nodes')],
    culprits: [named('a'), named('b')],
  });
  const now = report(2, [], {
    promises: [verdict('podToPod', 'holds', 'across nodes')],
    culprits: [named('b'), named('c')],
  });
  assert.deepEqual(compareRuns(before, now), {
    verdicts: ['All pods reach all other pods, across nodes: holds, before: violated'],
    appeared: ['c'],
    gone: ['a'],
  });
});

test('a plan says what is missing, and shows hostile texts as text', () => {
  const text = planMarkdown(plan(2), 'kind_<b>');
  assert.match(text, /verify the network model of kind\\_\\<b\\>/);
  assert.match(text, /it \\\*owns\\\* the others/);
  assert.match(text, /````json\n\{"a": "```"\}\n````/);
  assert.deepEqual(planObstacles(plan(2)), []);
  assert.deepEqual(
    planObstacles({ rejected: 'quota', rights: plan(2).rights.map((right) => ({ ...right, allowed: false })) }),
    ['the right to create jobs.batch in namespace default is missing', 'the server does not let probe pods in: quota'],
  );
});

test('messages of the page that are none are nothing', () => {
  assert.deepEqual(readFromResult({ type: 'path', run: 'r', from: 'a', to: 'b', more: 1 }), {
    ...{ type: 'path', run: 'r', from: 'a', to: 'b' },
  });
  for (const odd of [
    null,
    1,
    {},
    { type: 'path', run: 'r' },
    { type: 'save' },
    { type: 'eval', run: 'r' },
    { type: 'node', node: 'x'.repeat(2000) },
  ])
    assert.equal(readFromResult(odd), undefined);
  for (const odd of [undefined, { type: 'result' }, { type: 'path' }]) assert.equal(readToResult(odd), undefined);
});
