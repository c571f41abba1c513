/** The simulated server as a process: ready line, kubeconfig, end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

let folder = '';
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'simulated-apiserver-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: readonly string[]) {
  return spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

for (const end of ['SIGTERM', 'the end of its input'] as const) {
  test(`serves a generated cluster until ${end}`, { timeout: 60_000 }, async () => {
    const kubeconfig = path.join(folder, `kubeconfig-${end.length}`);
    const server = start('--scenario', 'generated', '--nodes', '3', '--pods', '50', '--kubeconfig-out', kubeconfig);
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const ready = JSON.parse(line) as { ready: boolean; context: string; url: string };
    assert.ok(ready.ready);
    assert.equal(ready.context, 'simulated-generated');
    if (process.platform !== 'win32') assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    assert.equal(config.getCurrentContext(), 'simulated-generated');
    const api = config.makeApiClient(CoreV1Api);
    assert.equal((await api.listNode()).items.length, 3);
    assert.equal((await api.listPodForAllNamespaces()).items.length, 50);
    const exited = once(server, 'exit');
    if (end === 'SIGTERM') server.kill('SIGTERM');
    else server.stdin.end();
    assert.deepEqual(await exited, [0, null]);
  });
}

test('an unknown scenario is refused, with the names of those there are', async () => {
  const server = start('--scenario', 'nix');
  let words = '';
  server.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
  assert.deepEqual(await once(server, 'close'), [2, null]);
  assert.match(words, /^no scenario nix; there are: lecture, lecture-fixed, /);
});
