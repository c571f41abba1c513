import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeKubeconfig } from '../../../src/kube/kubeconfig/decode.js';
import { problemText } from '../../../src/kube/kubeconfig/model.js';

const asTheyAre = { file: (path: string) => path, program: (command: string) => command };

function problemOf(text: string): string {
  const result = decodeKubeconfig(Buffer.from(text), 'f', asTheyAre);
  assert.ok(!result.ok, 'a problem is expected');
  return problemText(result.problem);
}

test('a problem names the line, the column, the field and what is there', () => {
  assert.equal(
    problemOf('users:\n- name: a\n- name: u\n  user:\n    token: 12\n'),
    'f:5:12: users[1].user.token: text expected, this is a number',
  );
  assert.equal(problemOf('clusters: {}\n'), 'f:1:11: clusters: a list expected, this is a map');
  assert.equal(
    problemOf('clusters:\n- name: a\n- name: b\n- name: a\n'),
    'f:4:3: clusters: the name "a" stands twice in this file',
  );
  assert.equal(
    problemOf('clusters:\n- name: a\n  cluster:\n    certificate-authority-data: "*"\n'),
    'f:4:33: clusters[0].cluster.certificate-authority-data: this is not base64',
  );
  assert.equal(
    problemOf('kind: Pod\n'),
    'f:1:7: this is not a kubeconfig: apiVersion v1 and kind Config expected, these are v1 and Pod',
  );
  assert.match(problemOf('a: b\nc: d: e\n'), /^f:2:4: /);
});

test('no secret of the file stands in a problem', () => {
  for (const text of [
    'users: [{name: u, user: {token: {secret: x}}}]',
    'users: [{name: u, user: {client-key-data: "secret"}}]',
    'users: [{name: u, user: {token: "secret}}]',
    'users:\n- user:\n    token: secret\n   password: x\n',
  ])
    assert.doesNotMatch(problemOf(text), /secret/);
});

test('aliases that multiply end in a problem, not in a full memory', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++)
    bomb.push(
      `${'abcdefghijklm'[level]}: &${'abcdefghijklm'[level]} [${`*${'abcdefghijklm'[level - 1]}, `.repeat(10)}]`,
    );
  assert.match(problemOf(bomb.join('\n')), /too many or too deeply nested/);
  assert.match(problemOf('a: &a [*a]\n'), /too many or too deeply nested/);
});

test('any bytes give entries or a problem, never an exception', () => {
  const words = fc.constantFrom(
    'users:',
    '- ',
    'name: ',
    'user:',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '<<: ',
    '\n',
    '  ',
    '"',
    '!!str ',
    '? ',
    ': ',
    '|\n',
    '%YAML 1.1\n---\n',
    '\t',
    '#',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words).map((list) => Buffer.from(list.join(''))),
        fc.uint8Array({ maxLength: 200 }),
      ),
      (bytes) => {
        const result = decodeKubeconfig(bytes, 'f', asTheyAre);
        if (!result.ok) assert.ok(result.problem.message !== '');
      },
    ),
    { numRuns: 2000 },
  );
});
