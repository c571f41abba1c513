/** Credential programs from the first question to the 401, with a real program, the real transport and the simulated API server. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { AccessError, type ClusterAccess } from '../../../src/kube/access.js';
import { accessTo } from '../../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import type { MayRun } from '../../../src/kube/kubeconfig/program.js';
import { selectContext, type SelectedContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { thisMachine, type Surroundings } from '../../../src/kube/kubeconfig/surroundings.js';
import type { CredentialCommand } from '../../../src/kube/session.js';
import { Transport } from '../../../src/kube/transport.js';
import { ApiServer } from '../../apiserver/server.js';
import { execCredential, pluginCommand, writePlugin } from './plugin.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-program-'));
after(() => rmSync(root, { recursive: true }));
const signal = new AbortController().signal;
const yes: MayRun = () => Promise.resolve(true);

interface Program {
  readonly directory: string;
  readonly plugin: ReturnType<typeof writePlugin>;
  readonly selected: SelectedContext;
  readonly surroundings: Surroundings;
  /** Moves the clock. */
  readonly later: (ms: number) => void;
}

/** A kubeconfig with a program; what the program answers stands in the file that `ANSWER` in its arguments becomes. */
async function program(
  args: readonly string[],
  { fields = '', server = 'https://127.0.0.1:1', authority = '', answer = execCredential({ token: 't{n}' }) } = {},
): Promise<Program> {
  const directory = mkdtempSync(path.join(root, 'case-'));
  const plugin = writePlugin(path.join(directory, 'plugin'));
  const file = path.join(directory, 'config');
  const { command, args: before } = pluginCommand(plugin.file);
  writeFileSync(path.join(directory, 'answer'), answer);
  writeFileSync(
    file,
    `current-context: c
clusters: [{name: k, cluster: {server: "${server}", certificate-authority-data: "${Buffer.from(authority).toString('base64')}"}}]
contexts: [{name: c, context: {cluster: k, user: u}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      interactiveMode: Never
      command: ${JSON.stringify(command)}
      args: ${JSON.stringify([...before, ...args.map((arg) => arg.replace('ANSWER', path.join(directory, 'answer')))])}
${fields}
`,
  );
  let now = Date.now();
  const surroundings = { ...thisMachine(), home: directory, now: () => now };
  const selection = selectContext(await loadKubeconfig(file, surroundings, signal));
  assert.ok(selection.ok, selection.ok ? '' : selection.message);
  return { directory, plugin, selected: selection.selected, surroundings, later: (ms) => (now += ms) };
}

const authorization = async (access: ClusterAccess): Promise<unknown> =>
  (await access.credentials(signal)).headers['Authorization'];

function failsWith(words: RegExp, kind: AccessError['kind'] = 'unauthenticated') {
  return (error: unknown): boolean => {
    assert.ok(error instanceof AccessError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, words);
    return true;
  };
}

suite('consent', () => {
  test('is asked for before each start, with the very command: what was answered can be taken back', async () => {
    const { plugin, selected, surroundings } = await program(['answer', 'ANSWER'], {
      fields: '      env: [{name: ADDED, value: v}]\n      installHint: "install\\u001b[31m it"',
    });
    const asked: CredentialCommand[] = [];
    const access = accessTo(
      selected,
      (command) => {
        assert.equal(plugin.runs().length, asked.length, 'nothing was started yet');
        asked.push(command);
        return Promise.resolve(asked.length < 3);
      },
      { surroundings },
    );
    await access.credentials(signal);
    access.invalidate(await access.credentials(signal));
    await access.credentials(signal);
    assert.equal(plugin.runs().length, 2);
    const command = {
      path: pluginCommand(plugin.file).command,
      command: pluginCommand(plugin.file).command,
      args: [...pluginCommand(plugin.file).args, 'answer', path.join(path.dirname(plugin.file), 'answer')],
      env: { ADDED: 'v' },
      source: path.join(path.dirname(plugin.file), 'config'),
      installHint: 'install [31m it',
    };
    assert.deepEqual(asked, [command, command]);
    access.invalidate(await access.credentials(signal));
    await assert.rejects(access.credentials(signal), failsWith(/was not allowed to run/, 'declined'));
    assert.equal(plugin.runs().length, 2, 'taken back: not started again');
  });

  test('refused: nothing is started, and the next attempt asks again', async () => {
    const { plugin, selected, surroundings } = await program(['answer', 'ANSWER']);
    let asked = 0;
    const access = accessTo(selected, () => Promise.resolve(++asked > 1), { surroundings });
    await assert.rejects(access.credentials(signal), failsWith(/was not allowed to run/, 'declined'));
    assert.deepEqual(plugin.runs(), []);
    await access.credentials(signal);
    assert.equal(plugin.runs().length, 1);
  });

  test('the question is taken back when nobody waits for it any more', async () => {
    const { plugin, selected, surroundings } = await program(['answer', 'ANSWER']);
    const abort = new AbortController();
    const logged: string[] = [];
    const access = accessTo(
      selected,
      (_command, questionSignal) =>
        new Promise((resolve) => {
          questionSignal.addEventListener('abort', () => resolve(true));
          abort.abort(new Error('gone'));
        }),
      { surroundings, log: (_level, sentence) => logged.push(sentence) },
    );
    await assert.rejects(access.credentials(abort.signal), { message: 'gone' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([logged, plugin.runs()], [[], []], 'a yes that comes too late starts nothing');
  });
});

suite('the answer', () => {
  test('serves until it expires, and one run serves everybody', async () => {
    const expirationTimestamp = new Date(Date.now() + 60_000).toISOString();
    const { plugin, selected, surroundings, later } = await program(['answer', 'ANSWER'], {
      answer: execCredential({ token: 't{n}', expirationTimestamp }),
    });
    const access = accessTo(selected, yes, { surroundings });
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => authorization(access))), Array(3).fill('Bearer t1'));
    later(59_000);
    assert.equal(await authorization(access), 'Bearer t1');
    later(2_000);
    assert.equal(await authorization(access), 'Bearer t2');
    assert.equal(plugin.runs().length, 2);
  });

  test('is forgotten only by who was refused with it, not by who comes late', async () => {
    const { plugin, selected, surroundings } = await program(['answer', 'ANSWER']);
    const access = accessTo(selected, yes, { surroundings });
    const first = await access.credentials(signal);
    assert.equal(access.invalidate(first), true);
    const second = await access.credentials(signal);
    assert.equal(access.invalidate(first), true, 'there are newer ones already');
    assert.equal(await access.credentials(signal), second);
    assert.equal(plugin.runs().length, 2);
  });

  test('is asked for anew after a 401, and the request is sent again', async (t) => {
    const server = await startServer(t, 't2');
    const { plugin, selected, surroundings } = await program(['answer', 'ANSWER'], {
      server: server.url,
      authority: server.authorityCertificate,
    });
    const access = accessTo(selected, yes, { surroundings });
    t.after(() => access.dispose());
    const transport = new Transport(access, () => undefined);
    const limits = { connectMs: 60_000, firstByteMs: 60_000, idleMs: 60_000, totalMs: 0 };
    const ask = () => transport.request({ method: 'GET', path: '/api/v1/nodes', signal, limits });
    await ask();
    assert.equal(plugin.runs().length, 2, 't1 was refused, t2 was not');
    server.access.expireToken('t2');
    server.access.setUser({ name: 'program', groups: ['system:masters'], token: 't3', rules: [] });
    await Promise.all([ask(), ask(), ask()]);
    assert.equal(plugin.runs().length, 3, 'three refused requests, one run');
    server.access.expireToken('t3');
    await assert.rejects(ask(), { kind: 'unauthenticated' });
    assert.equal(plugin.runs().length, 4, 'a new token that is refused too is not asked for again at once');
  });

  test('of a program that is found in PATH', { skip: process.platform === 'win32' }, async () => {
    const { directory, plugin, selected, surroundings } = await program(['answer', 'ANSWER']);
    const user = selected.user;
    assert.ok(user?.exec);
    const bare: SelectedContext = { ...selected, user: { ...user, exec: { ...user.exec, command: 'plugin' } } };
    const within = (PATH: string): ClusterAccess =>
      accessTo(bare, yes, { surroundings: { ...surroundings, environment: { PATH } } });
    assert.equal(await authorization(within(`/nowhere:${directory}`)), 'Bearer t1');
    assert.equal(plugin.runs().length, 1);
    process.chdir(directory);
    await assert.rejects(within('.:').credentials(signal), failsWith(/cannot be started: it is not in PATH/));
  });
});

suite('failures say what happened, in the program’s own words', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp, { fields?: string; answer?: string }?])[] = [
    ['exit code', ['fail', 'login first', '7'], /the user "u" ended with exit code 7\. login first$/],
    ['control characters', ['fail', 'a\u001b[31mb\u202ec\n', '1'], /exit code 1\. a \[31mb c$/],
    ['a long speech', ['fail', 'x'.repeat(5000), '1'], /exit code 1\. x{600}$/],
    ['nonsense', ['answer', 'ANSWER'], /gave no credentials: .*not a JSON object/, { answer: 'secret' }],
    ['too much', ['flood'], /wrote more than 1 MiB/],
  ];
  for (const [name, args, words, more] of cases) {
    test(name, async () => {
      const { selected, surroundings } = await program(args, more);
      const access = accessTo(selected, yes, { surroundings });
      await assert.rejects(access.credentials(signal), failsWith(words));
      await assert.rejects(access.credentials(signal), (error) => !/secret/.test(String(error)));
    });
  }

  test('whether it may be started again by itself: not after it may have waited for somebody', async () => {
    for (const [args, ranMs, mayPass] of [
      [['fail', 'no network', '1'], 100, true],
      [['fail', 'nobody logged in', '1'], 60_000, false],
      [['answer', 'ANSWER'], 100, true],
      [['answer', 'ANSWER'], 60_000, false],
      [['flood'], 100, false],
    ] as const) {
      const { selected, surroundings, later } = await program(args, { answer: 'nonsense' });
      const access = accessTo(selected, yes, { surroundings, log: () => later(ranMs) });
      await assert.rejects(access.credentials(signal), (error) => {
        assert.ok(error instanceof AccessError);
        assert.equal(error.mayPass, mayPass, `${args.join(' ')} after ${ranMs} ms`);
        return true;
      });
    }
  });

  test('a program that is not installed: how to install it', async () => {
    const { directory, selected, surroundings } = await program(['answer', 'ANSWER']);
    const user = selected.user;
    assert.ok(user?.exec);
    const exec = { ...user.exec, command: path.join(directory, 'nowhere'), installHint: 'brew install it' };
    const missing: SelectedContext = { ...selected, user: { ...user, exec } };
    const access = accessTo(missing, () => assert.fail('nothing to ask'), { surroundings });
    await assert.rejects(access.credentials(signal), failsWith(/cannot be started: .* brew install it$/));
  });

  test('a program that must be talked to is not started', async () => {
    const { selected, surroundings, plugin } = await program(['answer', 'ANSWER']);
    const user = selected.user;
    assert.ok(user?.exec);
    const always: SelectedContext = {
      ...selected,
      user: { ...user, exec: { ...user.exec, interactiveMode: 'Always' } },
    };
    const access = accessTo(always, () => assert.fail('nothing to ask'), { surroundings });
    await assert.rejects(access.credentials(signal), failsWith(/interactiveMode: Always/));
    assert.deepEqual(plugin.runs(), []);
  });
});

test('a program that hangs ends when the last one who waits for it leaves', { timeout: 60_000 }, async () => {
  const { plugin, selected, surroundings } = await program(['hang']);
  const access = accessTo(selected, yes, { surroundings });
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [access.credentials(first.signal), access.credentials(second.signal)];
  while (plugin.runs().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const pid = plugin.runs()[0]?.pid ?? 0;
  const isRunning = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      // ESRCH: there is no such process.
      return false;
    }
  };
  first.abort(new Error('first'));
  await assert.rejects(waiting[0] ?? Promise.resolve(), { message: 'first' });
  assert.ok(isRunning(), 'somebody still waits');
  second.abort(new Error('second'));
  await assert.rejects(waiting[1] ?? Promise.resolve(), { message: 'second' });
  while (isRunning()) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('all of it works in a worker thread', { timeout: 60_000 }, async (t) => {
  const server = await startServer(t, 't1');
  const { directory, selected } = await program(['answer', 'ANSWER'], {
    server: server.url,
    authority: server.authorityCertificate,
  });
  const file = path.join(directory, 'worker.mjs');
  const from = (module: string): string =>
    JSON.stringify(path.resolve(import.meta.dirname, '../../../src/kube', module));
  await build({
    stdin: {
      contents: `
        import { parentPort, workerData } from 'node:worker_threads';
        import { accessTo } from ${from('kubeconfig/access.ts')};
        import { Transport } from ${from('transport.ts')};
        const access = accessTo(workerData, async () => true);
        const limits = { connectMs: 60000, firstByteMs: 60000, idleMs: 60000, totalMs: 0 };
        const { text } = await new Transport(access, () => undefined).request({ method: 'GET', path: '/api/v1/nodes', signal: new AbortController().signal, limits });
        access.dispose();
        parentPort.postMessage(JSON.parse(text).kind);`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: file,
    logLevel: 'warning',
  });
  const worker = new Worker(file, { workerData: selected, execArgv: [] });
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal(answer, 'NodeList');
});

async function startServer(t: TestContext, token: string): Promise<ApiServer> {
  const server = await ApiServer.start({
    cluster: { context: 'simulated-program', version: 'v1.34.4', objects: [] },
    users: [{ name: 'program', groups: ['system:masters'], token, rules: [] }],
  });
  t.after(() => server.close());
  return server;
}
