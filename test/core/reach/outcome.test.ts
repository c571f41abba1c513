import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { describeEndpoint, type Endpoint, formatEndpoint, sharedAddresses } from '../../../src/core/reach/endpoint.js';
import {
  describeOutcome,
  formatMs,
  isMeasured,
  type Outcome,
  reachOf,
  words,
} from '../../../src/core/reach/outcome.js';

const EVERY: readonly Outcome[] = [
  { kind: 'answered', rttMs: 0.412, seenSource: '10.244.0.2', answerer: 'web-1' },
  { kind: 'refused' },
  { kind: 'stalled', limitMs: 3000 },
  { kind: 'broken', words: 'Connection reset by peer' },
  { kind: 'wrongAnswerer', expected: 'web-1', answerer: 'web-0' },
  { kind: 'timedOut', limitMs: 3000 },
  { kind: 'noRoute' },
  { kind: 'hostUnreachable' },
  { kind: 'prohibited' },
  { kind: 'tooBig' },
  { kind: 'silence', limitMs: 3000 },
  { kind: 'nameError', words: 'no such host' },
  { kind: 'toolFailed', tool: 'wget', cause: { kind: 'signal', number: 11 } },
  { kind: 'notPermitted', right: 'create pods/exec in namespace shop', words: '' },
  { kind: 'noTool', looked: ['nc', 'curl'] },
  { kind: 'notRunning', what: 'pod shop/web-1', words: 'CrashLoopBackOff' },
  { kind: 'podGone', pod: 'pod shop/web-1' },
  { kind: 'nodeGone', words: 'no route to host' },
  { kind: 'apiGone', words: 'socket hang up' },
  { kind: 'cancelled' },
];

test('every outcome is said in its own words', () => {
  const said = EVERY.map(describeOutcome);
  assert.equal(new Set(said).size, EVERY.length);
  assert.equal(said[0], 'answered in 0.41 ms, as web-1, and saw the request come from 10.244.0.2');
  assert.equal(
    said[12],
    'was not measured: wget was ended by signal 11 (segmentation fault): that says nothing about the network',
  );
  assert.match(said[13] ?? '', /the right to create pods\/exec in namespace shop is missing/);
});

test('a refusal is reached, and what could not be measured is neither reached nor unreached', () => {
  const by = (reach: string) => EVERY.filter((outcome) => reachOf(outcome) === reach).map((outcome) => outcome.kind);
  assert.deepEqual(by('reached'), ['answered', 'refused', 'stalled', 'broken']);
  assert.deepEqual(by('misdirected'), ['wrongAnswerer']);
  assert.deepEqual(by('unreached'), ['timedOut', 'noRoute', 'hostUnreachable', 'prohibited', 'tooBig']);
  assert.deepEqual(
    by('unmeasured'),
    EVERY.filter((outcome) => !isMeasured(outcome)).map((outcome) => outcome.kind),
  );
  assert.equal(by('unmeasured').length, 10);
});

test('words make any text one printable line of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      const line = words(text);
      assert.ok(line.length <= 301);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
  assert.equal(words('a\u001b[31m\r\n  b\u202e'), 'a [31m b');
});

test('milliseconds are written with the digits that matter', () => {
  assert.deepEqual([0.412, 4.123, 12.6, 999, 3000, 3049].map(formatMs), [
    '0.41 ms',
    '4.12 ms',
    '13 ms',
    '999 ms',
    '3 s',
    '3 s',
  ]);
});

test('endpoints are named, and shared addresses found', () => {
  const pod = (name: string, addresses: string[]): Endpoint => ({
    kind: 'pod',
    namespace: 'shop',
    name,
    node: 'node-2',
    addresses,
    hostNetwork: false,
  });
  assert.equal(
    describeEndpoint(pod('web-1', ['10.244.1.7', 'fd00::7'])),
    'pod shop/web-1 (10.244.1.7, fd00::7 on node-2)',
  );
  assert.equal(describeEndpoint(pod('web-1', [])), 'pod shop/web-1 (no address on node-2)');
  assert.equal(formatEndpoint({ kind: 'address', addresses: ['192.0.2.7'] }), '192.0.2.7');
  assert.deepEqual(sharedAddresses(pod('a', ['10.244.0.2']), pod('b', ['10.244.0.2', 'fd00::2'])), ['10.244.0.2']);
  assert.deepEqual(sharedAddresses(pod('a', []), pod('b', [])), []);
});
