import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine, consentKey, Consents, type ConsentMemory } from '../../../src/kube/kubeconfig/consents.js';
import type { CredentialCommand } from '../../../src/kube/session.js';

const command: CredentialCommand = {
  path: '/usr/bin/aws',
  command: 'aws',
  args: ['eks', 'get-token', '--cluster-name', 'a b'],
  env: { AWS_PROFILE: 'dev' },
  source: '/home/me/.kube/config',
  installHint: '',
};

function memory(content?: unknown): ConsentMemory & { content: unknown } {
  const kept = {
    content,
    get: () => kept.content,
    update: (_key: string, value: unknown) => {
      kept.content = structuredClone(value);
      return Promise.resolve();
    },
  };
  return kept;
}

test('a decision holds for the very command: path, name, arguments and variables', async () => {
  const consents = new Consents(memory());
  assert.equal(consents.decisionOn(command), undefined);
  await consents.remember(command, true);
  assert.equal(consents.decisionOn(command), true);
  assert.equal(consents.decisionOn({ ...command, source: '/elsewhere', installHint: 'x' }), true);
  for (const other of [
    { path: '/tmp/aws' },
    { command: './aws' },
    { args: ['eks', 'get-token', '--cluster-name', 'a', 'b'] },
    { args: ['eks get-token', '--cluster-name', 'a b'] },
    { env: {} },
    { env: { AWS_PROFILE: 'dev', NODE_OPTIONS: '-r evil' } },
  ])
    assert.equal(consents.decisionOn({ ...command, ...other }), undefined, JSON.stringify(other));
});

test('the order of variables does not matter', () => {
  assert.equal(
    consentKey({ ...command, env: { a: '1', b: '2' } }),
    consentKey({ ...command, env: { b: '2', a: '1' } }),
  );
});

test('decisions survive a restart, can be changed, listed and revoked', async () => {
  const kept = memory();
  const other = { ...command, path: '/usr/bin/other' };
  const now = () => new Date(Date.UTC(2026, 0, 2));
  await new Consents(kept, now).remember(command, true);
  await new Consents(kept, now).remember(other, false);
  await new Consents(kept, now).remember(command, false);
  const consents = new Consents(kept, now);
  assert.deepEqual(consents.list(), [
    {
      key: consentKey(other),
      path: '/usr/bin/other',
      commandLine: 'AWS_PROFILE=dev /usr/bin/other eks get-token --cluster-name "a b"',
      source: '/home/me/.kube/config',
      allowed: false,
      decidedAt: '2026-01-02T00:00:00.000Z',
    },
    {
      key: consentKey(command),
      path: '/usr/bin/aws',
      commandLine: 'AWS_PROFILE=dev /usr/bin/aws eks get-token --cluster-name "a b"',
      source: '/home/me/.kube/config',
      allowed: false,
      decidedAt: '2026-01-02T00:00:00.000Z',
    },
  ]);
  await consents.revoke([consentKey(command)]);
  assert.equal(consents.decisionOn(command), undefined);
  assert.equal(consents.decisionOn(other), false);
});

test('secrets are neither shown nor stored', async () => {
  const secret: CredentialCommand = {
    ...command,
    args: [
      '--client-secret=hidden',
      '--password',
      'hidden',
      '-token',
      'hidden',
      '--token-cache-dir',
      '/shown',
      'get-token',
    ],
    env: { API_TOKEN: 'hidden', AWS_SECRET_ACCESS_KEY: 'hidden', REGION: 'shown' },
  };
  const line = commandLine(secret);
  assert.doesNotMatch(line, /hidden/);
  assert.equal((line.match(/shown/g) ?? []).length, 2);
  const kept = memory();
  await new Consents(kept).remember(secret, true);
  assert.doesNotMatch(JSON.stringify(kept.content), /hidden/);
});

test('a command line cannot disguise itself', () => {
  assert.equal(
    commandLine({ ...command, env: {}, args: ['a\u202eb\u001b[31m\n', ''] }),
    '/usr/bin/aws "a b\\u001b[31m\\n" ""',
  );
});

test('a memory that holds something else holds no decision', () => {
  for (const content of [null, 5, 'x', {}, [null, 1, {}, { key: consentKey(command), allowed: 'yes' }]])
    assert.deepEqual(new Consents(memory(content)).list(), []);
});
