/** This side of the worker thread, with threads that die: what is said then, and that asking again starts another one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';

import type { SelectedContext } from '../../src/kube/kubeconfig/selectContext.js';
import type { ConnectionState } from '../../src/kube/session.js';
import { WorkerSession } from '../../src/kube/workerSession.js';
import { OPTIONS } from './watching.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'worker-session-'));
after(() => rmSync(directory, { recursive: true }));

const ORIGIN = { file: '/kubeconfig', line: 1 };
const SELECTED: SelectedContext = {
  context: { name: 'c', origin: ORIGIN, cluster: 'k', user: 'u', namespace: '' },
  cluster: {
    name: 'k',
    origin: ORIGIN,
    server: 'https://host',
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    certificateAuthority: '',
    certificateAuthorityData: '',
    proxyUrl: '',
    disableCompression: false,
    execConfig: null,
  },
  user: undefined,
};

/** How a thread posts a message (`worker.ts`). */
const PREAMBLE = `const { parentPort, workerData } = require('node:worker_threads');
const post = (message) => {
  workerData.postMessage(message);
  parentPort.postMessage(undefined);
};`;

/** A session on a thread that runs this script. `next` waits for the next state of a phase. */
function session(t: TestContext, script: string) {
  const file = path.join(directory, `${t.name.replaceAll(/\W+/g, '-')}.cjs`);
  writeFileSync(file, `${PREAMBLE}\n${script}`);
  const log: string[] = [];
  const worker = new WorkerSession(file, SELECTED, OPTIONS, {
    log: ({ text }) => log.push(text),
    mayRun: () => Promise.resolve(false),
  });
  t.after(() => worker.dispose());
  const next = <P extends ConnectionState['phase']>(phase: P): Promise<Extract<ConnectionState, { phase: P }>> =>
    new Promise((resolve) => {
      const listening = worker.onState((state) => {
        if (state.phase !== phase) return;
        listening.dispose();
        resolve(state as Extract<ConnectionState, { phase: P }>);
      });
    });
  return { worker, log, next };
}

const CONNECTING = `post({ type: 'state', state: { phase: 'connecting', server: 'https://host' } });`;

describe('a thread that dies', { timeout: 60_000 }, () => {
  test('is not tried again by itself, and says why', async (t) => {
    const { worker, log, next } = session(
      t,
      `parentPort.on('message', ({ type }) => { if (type === 'connect') { ${CONNECTING} process.exit(3); } });`,
    );
    assert.deepEqual(await next('unreachable'), {
      phase: 'unreachable',
      server: 'https://host',
      message: "the connection's worker thread ended: exit code 3",
      attempt: 1,
      retryAt: Infinity,
      wasConnected: true,
    });
    assert.deepEqual(log, ["the connection's worker thread ended: exit code 3"]);
    await assert.rejects(worker.request('overview', {}), { name: 'KubeError', kind: 'cancelled' });
    // Whoever asks for it gets another one, which dies likewise here.
    const connecting = next('connecting');
    const again = next('unreachable');
    worker.retry();
    await connecting;
    await again;
    assert.equal(log.length, 2);
  });

  test('leaves no request unanswered, and one that fails says what failed', async (t) => {
    const { worker, next } = session(
      t,
      `parentPort.on('message', ({ type }) => { if (type === 'request') throw new Error('out of order'); });`,
    );
    const died = next('unreachable');
    await assert.rejects(worker.request('overview', {}), {
      name: 'KubeError',
      kind: 'cancelled',
      message: "the connection's worker thread ended: out of order",
    });
    assert.equal((await died).server, '', 'no state was told before');
  });

  test('is no news after the session was ended', async (t) => {
    const { worker, log } = session(
      t,
      `parentPort.on('message', ({ type }) => { if (type === 'end') process.exit(1); });`,
    );
    const states: ConnectionState[] = [];
    worker.onState((state) => states.push(state));
    const pending = worker.request('overview', {});
    worker.dispose();
    await assert.rejects(pending, { kind: 'cancelled', message: 'the session has ended' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual([states, log], [[], []]);
  });

  test('is said although somebody who listens fails, and it can be started again', async (t) => {
    const { worker, log, next } = session(
      t,
      `${CONNECTING}
       parentPort.on('message', ({ type }) => {
         if (type !== 'connect') return;
         for (let count = 1; count <= 5; count++) post({ type: 'change', change: { podCount: count } });
         setTimeout(() => process.exit(3), 20);
       });`,
    );
    const seen: (number | undefined)[] = [];
    worker.onChange(({ podCount }) => {
      seen.push(podCount);
      if (podCount === 2) throw new Error('cannot show two');
    });
    const { message } = await next('unreachable');
    assert.match(message, /exit code 3/);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.ok(log.some((line) => line.includes('cannot show two')));
    worker.retry();
    await next('connecting');
  });
});
