import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { execQuestion, parseExecAnswer } from '../../../src/kube/kubeconfig/execCredential.js';

const V1 = 'client.authentication.k8s.io/v1';
const answer = (status: unknown, more: object = {}): string =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion: V1, status, ...more });

test('a token, a certificate with its key, and until when', () => {
  assert.deepEqual(parseExecAnswer(answer({ token: 't' }), V1), {
    ok: true,
    answer: { token: 't', certificate: undefined, expiresAt: undefined },
  });
  assert.deepEqual(
    parseExecAnswer(
      answer({ clientCertificateData: 'c', clientKeyData: 'k', expirationTimestamp: '2026-01-01T00:00:00+01:00' }),
      V1,
    ),
    {
      ok: true,
      answer: {
        token: '',
        certificate: { certificate: 'c', key: 'k' },
        expiresAt: Date.UTC(2025, 11, 31, 23),
      },
    },
  );
  assert.ok(parseExecAnswer(answer({ token: 't', expirationTimestamp: null, extra: 1 }), V1).ok);
});

test('what is no answer is refused without a word of it', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /0 characters.*not a JSON object/],
    ['secret', /not a JSON object/],
    ['["secret"]', /not a JSON object/],
    [answer({ token: 'secret' }).slice(0, -1), /not a JSON object/],
    [answer({ token: 'secret' }, { kind: 'secret' }), /kind ExecCredential/],
    [answer({ token: 'secret' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' }), /another apiVersion/],
    [answer(undefined), /no status/],
    [answer({}), /neither a token nor a certificate/],
    [answer({ token: 5 }), /not text/],
    [answer({ clientKeyData: 'secret' }), /but not both/],
    [answer({ token: 'secret', clientCertificateData: 'secret' }), /but not both/],
    [answer({ token: 'secret', expirationTimestamp: 'secret' }), /RFC 3339/],
    [answer({ token: 'secret', expirationTimestamp: '2026-01-01' }), /RFC 3339/],
    [answer({ token: 'secret', expirationTimestamp: '2026-13-01T00:00:00Z' }), /RFC 3339/],
  ];
  for (const [text, words] of refused) {
    const parsed = parseExecAnswer(text, V1);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.problem, words);
    assert.doesNotMatch(parsed.problem, /secret/);
  }
});

test('any text is an answer or a problem, never an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => answer(JSON.parse(json))),
      ),
      (text) => {
        parseExecAnswer(text, V1);
      },
    ),
  );
});

test('the question says the version, and that nobody answers questions', () => {
  assert.deepEqual(JSON.parse(execQuestion(V1, undefined)), {
    kind: 'ExecCredential',
    apiVersion: V1,
    spec: { interactive: false },
  });
});
