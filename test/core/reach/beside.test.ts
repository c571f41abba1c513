/** What a probe pod beside the target adds to the verdict on the target. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { sizeNotes, withBeside } from '../../../src/core/reach/beside.js';
import type { PodEndpoint } from '../../../src/core/reach/endpoint.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import type { Probe } from '../../../src/core/reach/probe.js';
import type { PairVerdict } from '../../../src/core/reach/verdict.js';

const peer: PodEndpoint = {
  kind: 'pod',
  namespace: 'shop',
  name: 'peer',
  node: 'node-2',
  addresses: ['10.244.1.9'],
  hostNetwork: false,
};
const probe = (outcome: Outcome, bytes?: number): Probe => ({
  channel: 'udp',
  address: '10.244.1.9',
  port: 18481,
  ...(bytes === undefined ? {} : { bytes }),
  tool: 'the probe script',
  command: [],
  tries: [outcome, outcome],
});
const ANSWERED: Outcome = { kind: 'answered', rttMs: 1, seenSource: undefined, answerer: undefined };
const TIMED_OUT: Outcome = { kind: 'timedOut', limitMs: 3000 };
const reach = (verdict: 'holds' | 'violated', evidence: string): PairVerdict['promises'][number] => ({
  promise: 'podToPod',
  verdict,
  evidence: [evidence],
});

test('a failure that the neighbour shares is of the way, and one that it does not is the target’s', () => {
  const own = { promises: [reach('violated', 'no answer')], notes: [], failed: true };
  const said = (outcome: Outcome): string =>
    withBeside(own, { target: peer, probes: [probe(outcome)], size: undefined }, { promises: [], notes: [] })
      .promises.flatMap(({ evidence }) => evidence)
      .join('\n');
  // Without a verdict on the neighbour nothing is added.
  assert.equal(said(TIMED_OUT), 'no answer');
  const judged = (outcome: Outcome, verdict: 'holds' | 'violated'): string =>
    withBeside(
      own,
      { target: peer, probes: [probe(outcome)], size: undefined },
      { promises: [reach(verdict, '')], notes: [] },
    )
      .promises.flatMap(({ evidence }) => evidence)
      .join('\n');
  assert.match(judged(TIMED_OUT, 'violated'), /a probe pod on the same node, does not answer either/);
  // A probe server listens there: what refuses is not the pod.
  assert.match(judged({ kind: 'refused' }, 'holds'), /cannot be reached either: .* refused.*, rejects$/);
  assert.match(judged(ANSWERED, 'holds'), /does answer: .*; what does not pass is the target’s own/);
});

test('packets that do not pass to the neighbour break the promise for a target that answers small ones', () => {
  const own = { promises: [reach('holds', 'answered')], notes: [], failed: false };
  const beside = { target: peer, probes: [probe(ANSWERED), probe(TIMED_OUT, 1450)], size: undefined };
  const { promises } = withBeside(own, beside, {
    promises: [reach('violated', 'full-sized ones are lost')],
    notes: [],
  });
  assert.deepEqual(
    [promises[0]?.verdict, promises[0]?.evidence],
    ['violated', ['full-sized ones are lost', 'answered']],
  );
});

test('where the target does not say which source it saw, its neighbour does', () => {
  const notRun = { promise: 'withoutNat', verdict: 'notRun', evidence: ['it does not say'] } as const;
  const masqueraded = { promise: 'withoutNat', verdict: 'violated', evidence: ['as 192.168.1.2'] } as const;
  const own = { promises: [reach('holds', 'answered'), notRun], notes: ['a', 'b'], failed: false };
  const beside = { target: peer, probes: [probe(ANSWERED)], size: undefined };
  const { promises, notes } = withBeside(own, beside, { promises: [reach('holds', ''), masqueraded], notes: ['b'] });
  assert.deepEqual([promises[1], notes], [masqueraded, ['a', 'b']]);
});

test('a size is told only where less passes than the interface takes', () => {
  assert.deepEqual(sizeNotes(peer, { bytes: 1447, interfaceMtu: 1450 }), []);
  assert.deepEqual(sizeNotes(peer, { bytes: 1300, interfaceMtu: undefined }), []);
  assert.match(sizeNotes(peer, { bytes: 1300, interfaceMtu: 1450 })[0] ?? '', /has 1300 bytes, and .* takes 1450/);
});
