import assert from 'node:assert/strict';
import test from 'node:test';
import { TokenFile } from '../../../src/kube/kubeconfig/tokenFile.js';
import { memoryFiles, surroundings, type MemoryFile } from './surroundings.js';

const signal = new AbortController().signal;
const KEEP_MS = 50_000;

function tokenFile(fallback = '') {
  const files = new Map<string, MemoryFile>([['/token', { content: 'one\n' }]]);
  let now = 0;
  const logged: string[] = [];
  const file = new TokenFile(
    '/token',
    fallback,
    surroundings({}, { files: memoryFiles(files), now: () => now }),
    (_level, sentence) => logged.push(sentence),
  );
  return { files, file, logged, later: (ms: number) => (now += ms), current: () => file.current(signal) };
}

test('is read again after fifty seconds, and at once after it was refused', async () => {
  const { files, file, later, current } = tokenFile();
  assert.equal(await current(), 'one');
  files.set('/token', { content: 'two' });
  later(KEEP_MS - 1);
  assert.equal(await current(), 'one');
  later(1);
  assert.equal(await current(), 'two');
  files.set('/token', { content: 'three' });
  assert.equal(await current(), 'two');
  file.forget();
  assert.equal(await current(), 'three');
});

test('the last token serves on while the file cannot be read, and the log says so', async () => {
  const { files, later, current, logged } = tokenFile();
  assert.equal(await current(), 'one');
  files.delete('/token');
  later(KEEP_MS);
  assert.equal(await current(), 'one');
  assert.equal(logged.length, 1);
  files.set('/token', { content: 'two' });
  later(KEEP_MS);
  assert.equal(await current(), 'two');
});

test('the token of the kubeconfig serves while the file was never there', async () => {
  const { files, later, current } = tokenFile('fixed');
  files.delete('/token');
  assert.equal(await current(), 'fixed');
  files.set('/token', { content: 'one' });
  later(KEEP_MS);
  assert.equal(await current(), 'one');
});

test('an abort is no reason for the last token', async () => {
  const { file } = tokenFile('fixed');
  await assert.rejects(file.current(AbortSignal.abort(new Error('gone'))), { message: 'gone' });
});
