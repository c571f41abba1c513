/** Synthetic matrices: a fault is put into a model of a network, every path is tried, and the fault must be named again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Family } from '../../../src/core/ip/address.js';
import { pairsAround, planCoverage, targetsOf } from '../../../src/core/reach/coverage.js';
import { type Culprit, findCulprits } from '../../../src/core/reach/culprits.js';
import { describeCulprit } from '../../../src/core/reach/culpritWords.js';
import { type Cell, type Measure, MEASURES } from '../../../src/core/reach/matrix.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';

const OK: Outcome = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };
const LOST: Outcome = { kind: 'timedOut', limitMs: 3000 };
/** Whether a packet gets through one way. */
type Passes = (from: number, to: number, measure: Measure, family: Family) => boolean;

interface World {
  readonly nodes: number;
  readonly passes: Passes;
  readonly families?: readonly Family[];
  readonly measures?: readonly Measure[];
  /** Whether targets' records of arrived datagrams were read. */
  readonly records?: boolean;
  readonly pairs?: (node: number) => readonly number[];
}

function matrix({ nodes, passes, families = [4], measures = MEASURES, records = true, pairs }: World): Cell[] {
  const cells: Cell[] = [];
  for (let from = 0; from < nodes; from++) {
    for (const to of pairs?.(from) ?? Array.from({ length: nodes }, (_, node) => node)) {
      if (from === to) continue;
      for (const family of families) {
        for (const measure of measures) {
          // As the script does: what fails small is not tried large.
          const small = measure === 'tcp-large' ? 'tcp' : measure === 'udp-large' ? 'udp' : undefined;
          // The large TCP request has a small answer.
          const round = (one: Measure) =>
            passes(from, to, one, family) && (one === 'tcp-large' || passes(to, from, one, family));
          if (small !== undefined && !round(small)) continue;
          const datagram = measure === 'udp' || measure === 'udp-large';
          cells.push({
            from,
            to,
            source: 'pod',
            role: 'pod',
            family,
            measure,
            address: '10.0.0.1',
            port: 80,
            tries: [round(measure) ? OK : LOST],
            arrived: records && datagram && !round(measure) ? passes(from, to, measure, family) : undefined,
            seenSource: '',
            name: '',
          });
        }
      }
    }
  }
  return cells;
}

const said = (world: World): string[] =>
  findCulprits(matrix(world), () => undefined).map((culprit: Culprit) =>
    describeCulprit(culprit, (node) => `node-${node}`, undefined, world.families ?? [4]),
  );
const seen = (world: World) => findCulprits(matrix(world), () => undefined).map((one) => one.directionSeen);

test('nothing broken, nobody accused', () => {
  assert.deepEqual(said({ nodes: 4, passes: () => true }), []);
});

test('all into one node, all from one node, and both', () => {
  assert.deepEqual(said({ nodes: 4, passes: (_, to) => to !== 3 }), ['everything into node-3 does not pass']);
  assert.deepEqual(said({ nodes: 4, passes: (from) => from !== 3 }), ['everything from node-3 does not pass']);
  assert.deepEqual(said({ nodes: 4, passes: (from, to) => from !== 3 && to !== 3 }), [
    'everything into and from node-3 does not pass',
  ]);
});

test('without the targets’ records a one-way fault looks like both ways, and does not claim to have been seen', () => {
  const world: World = { nodes: 4, passes: (from) => from !== 3, records: false };
  assert.deepEqual(said(world), ['everything between node-3 and the others does not pass']);
  assert.deepEqual(seen(world), [false]);
  assert.deepEqual(seen({ ...world, records: true }), [true]);
});

test('a pair only, both ways and one way', () => {
  const pair = (a: number, b: number) => (from: number, to: number) =>
    !((from === a && to === b) || (from === b && to === a));
  assert.deepEqual(said({ nodes: 4, passes: pair(1, 2) }), ['everything between node-1 and node-2 does not pass']);
  assert.deepEqual(said({ nodes: 4, passes: (from, to) => !(from === 2 && to === 1) }), [
    'everything from node-2 to node-1 does not pass',
  ]);
});

test('two nodes: a pair is all that can be said', () => {
  assert.deepEqual(said({ nodes: 2, passes: () => false }), ['everything between node-0 and node-1 does not pass']);
  assert.deepEqual(said({ nodes: 2, passes: (from) => from !== 1 }), [
    'everything from node-1 to node-0 does not pass',
  ]);
});

test('nothing passes anywhere', () => {
  assert.deepEqual(said({ nodes: 5, passes: () => false }), ['everything between all nodes does not pass']);
});

test('one protocol, one family, one size', () => {
  const udp = (measure: Measure) => measure === 'udp' || measure === 'udp-large';
  assert.deepEqual(said({ nodes: 4, passes: (_, to, measure) => !(to === 2 && udp(measure)) }), [
    'only UDP into node-2 does not pass',
  ]);
  assert.deepEqual(said({ nodes: 4, families: [4, 6], passes: (_, to, __, family) => !(to === 2 && family === 6) }), [
    'only IPv6 into node-2 does not pass',
  ]);
  assert.deepEqual(said({ nodes: 4, passes: (_, to, measure) => !(to === 2 && measure.endsWith('large')) }), [
    'only full-sized packets into node-2 do not pass',
  ]);
  assert.deepEqual(said({ nodes: 4, passes: (_, to, measure) => !(to === 2 && measure === 'icmp') }), [
    'only ICMP echo between node-2 and the others does not pass',
  ]);
});

test('two faults at once are two culprits', () => {
  const passes: Passes = (from, to) => to !== 5 && !(from === 0 && to === 1) && !(from === 1 && to === 0);
  assert.deepEqual(said({ nodes: 7, passes }).sort(), [
    'everything between node-0 and node-1 does not pass',
    'everything into node-5 does not pass',
  ]);
});

test('a node with a stray good path is still named, with the count', () => {
  const passes: Passes = (from, to) => to !== 5 || from === 0;
  assert.deepEqual(said({ nodes: 8, passes, measures: ['udp'] }), [
    'everything into node-5 does not pass (6 of 7 paths that were tried)',
  ]);
});

test('requests that arrive while connections the other way work are not blamed on the way back', () => {
  // Node 1 answers what others open with a filter's drop, and opens connections itself without trouble.
  const cells = matrix({ nodes: 4, passes: () => true, measures: ['udp'] }).map((cell) =>
    cell.to === 1 ? { ...cell, tries: [LOST], arrived: true } : cell,
  );
  const [culprit] = findCulprits(cells, () => undefined);
  assert.deepEqual(culprit?.place, { kind: 'node', node: 1, direction: 'into' });
  assert.equal(culprit.directionSeen, false);
});

test('loss, translation and misdirection are troubles of their own', () => {
  const cells = matrix({ nodes: 4, passes: () => true, measures: ['tcp'] });
  const lossy = cells.map((cell) => (cell.to === 2 ? { ...cell, tries: [OK, LOST] } : cell));
  assert.deepEqual(
    findCulprits(lossy, () => undefined).map((one) => [one.trouble, one.place]),
    [['loss', { kind: 'node', node: 2, direction: 'into' }]],
  );
  assert.deepEqual(
    findCulprits(cells, (cell) => cell.from !== 2).map((one) => [one.trouble, one.place, one.directionSeen]),
    [['translated', { kind: 'node', node: 2, direction: 'from' }, true]],
  );
  const wrong: Outcome = { kind: 'wrongAnswerer', expected: 'a', answerer: 'b' };
  const misdirected = cells.map((cell) => (cell.from === 1 && cell.to === 2 ? { ...cell, tries: [wrong] } : cell));
  assert.deepEqual(
    findCulprits(misdirected, () => undefined).map((one) => [one.trouble, one.place]),
    [['misdirected', { kind: 'pair', a: 1, b: 2, direction: 'forward' }]],
  );
});

test('loss: requests and answers are counted, so that its direction is seen, and what failed by chance is loss too', () => {
  // Half of what leaves node 1 is lost.
  const cells = matrix({ nodes: 4, passes: () => true, measures: ['tcp', 'udp', 'udp-large'] }).map((cell): Cell => {
    const half: Outcome[] = [OK, LOST, OK, LOST];
    if (cell.measure === 'udp' && cell.from === 1) return { ...cell, tries: half, arrived: true, arrivals: 2 };
    if (cell.measure === 'udp' && cell.to === 1) return { ...cell, tries: half, arrived: true, arrivals: 4 };
    if (cell.measure === 'tcp' && cell.from === 1 && cell.to === 0) return { ...cell, tries: [LOST] };
    if (cell.measure === 'udp-large' && cell.from === 3 && cell.to === 1)
      return { ...cell, tries: [LOST], arrived: true };
    return cell;
  });
  const found = findCulprits(cells, () => undefined);
  assert.deepEqual(
    found.map((one) => [one.trouble, one.place, one.directionSeen]),
    [['loss', { kind: 'node', node: 1, direction: 'from' }, true]],
  );
  assert.deepEqual(
    found.map((one) => describeCulprit(one, (node) => `node-${node}`, undefined, [4])),
    ['packets from node-1 are lost at times'],
  );
});

test('a refusal by a probe server’s port is a failure: something else sent the reset', () => {
  const cells = matrix({ nodes: 3, passes: () => true, measures: ['tcp'] }).map((cell) =>
    cell.to === 0 ? { ...cell, tries: [{ kind: 'refused' } as const] } : cell,
  );
  assert.deepEqual(findCulprits(cells, () => undefined)[0]?.place, { kind: 'node', node: 0, direction: 'into' });
});

test('a single faulty node is found at any size, from sampled paths too', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 200 }),
      fc.nat(),
      fc.constantFrom('into', 'from', 'both'),
      (nodes, at, direction) => {
        const faulty = at % nodes;
        const coverage = planCoverage(nodes);
        const passes: Passes = (from, to) =>
          !((direction !== 'from' && to === faulty) || (direction !== 'into' && from === faulty));
        const cells = matrix({ nodes, passes, measures: ['tcp', 'udp'], pairs: (node) => targetsOf(coverage, node) });
        const found = findCulprits(cells, () => undefined);
        assert.equal(found.length, 1);
        assert.deepEqual(found[0]?.place, { kind: 'node', node: faulty, direction });
      },
    ),
    { numRuns: 60 },
  );
});

test('coverage: every node in both roles equally often, full up to 64 nodes', () => {
  for (const nodes of [1, 2, 3, 64, 65, 500, 5000]) {
    const coverage = planCoverage(nodes);
    const asTarget = new Array<number>(nodes).fill(0);
    let pairs = 0;
    for (let node = 0; node < nodes; node++) {
      const targets = targetsOf(coverage, node);
      assert.equal(new Set(targets).size, targets.length);
      assert.ok(!targets.includes(node));
      pairs += targets.length;
      for (const target of targets) asTarget[target] = (asTarget[target] ?? 0) + 1;
    }
    assert.equal(pairs, coverage.pairs);
    assert.ok(asTarget.every((count) => count === coverage.perNode));
  }
  assert.equal(planCoverage(64).share, 1);
  assert.deepEqual(
    [planCoverage(5000).sessions, planCoverage(5000).perNode, planCoverage(5000).pairs],
    [5000, 12, 60_000],
  );
});

test('further pairs lie around the suspects, were not tried, and are bounded', () => {
  const coverage = planCoverage(500);
  const tried = (from: number, to: number) => targetsOf(coverage, from).includes(to);
  const pairs = pairsAround(coverage, [[3, 4]], tried, 100);
  assert.ok(pairs.length > 0 && pairs.length <= 100);
  for (const [from, to] of pairs) {
    assert.ok(!tried(from, to) && from !== to);
    assert.ok([3, 4].includes(from) !== [3, 4].includes(to));
  }
  assert.equal(pairsAround(coverage, [[3, 4]], () => false, 5).length, 5);
});
