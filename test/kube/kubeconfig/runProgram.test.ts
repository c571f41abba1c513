import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { runProgram, type ProgramRun } from '../../../src/kube/kubeconfig/runProgram.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-run-'));
after(() => rmSync(directory, { recursive: true }));
const signal = new AbortController().signal;

function node(script: string, more: Partial<ProgramRun> = {}): ProgramRun {
  return {
    path: process.execPath,
    args: ['-e', script],
    environment: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] },
    directory,
    timeLimitMs: 60_000,
    maxOutputBytes: 100_000,
    ...more,
  };
}

/** Whether the process still exists. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setImmediate(resolve));
}

async function content(file: string): Promise<string> {
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve));
  return readFileSync(file, 'utf8');
}

suite('running a program', { timeout: 60_000 }, () => {
  test('its output, its exit code, its directory and its environment', async () => {
    const end = await runProgram(
      node('process.stdout.write(process.cwd() + " " + process.env.X); console.error("said"); process.exitCode = 3', {
        environment: { X: 'x y' },
      }),
      signal,
    );
    assert.deepEqual(end, { ended: 'exit', code: 3, stdout: `${directory} x y`, stderr: 'said\n' });
  });

  test('arguments arrive as they are: no shell looks at them', async () => {
    const args = ['$HOME', '`id`', '; exit 1', '%PATH%', 'a b', '"', "'", '*'];
    const run = node('process.stdout.write(JSON.stringify(process.argv.slice(1)))');
    const end = await runProgram({ ...run, args: [...run.args, '--', ...args] }, signal);
    assert.equal(end.ended, 'exit');
    assert.deepEqual(end.ended === 'exit' ? JSON.parse(end.stdout) : [], args);
  });

  test('there is nothing to read on standard input', async () => {
    const end = await runProgram(node('process.stdin.on("end", () => console.log("end")).resume()'), signal);
    assert.equal(end.ended === 'exit' ? end.stdout : '', 'end\n');
  });

  test('a program that does not exist, or with impossible arguments, is not started', async () => {
    const missing = await runProgram(node('', { path: path.join(directory, 'nowhere') }), signal);
    assert.equal(missing.ended, 'notStarted');
    const impossible = await runProgram({ ...node(''), args: ['a\0b'] }, signal);
    assert.equal(impossible.ended, 'notStarted');
  });

  test(
    'the time limit ends it, and what it started, even if it does not want to end',
    { skip: process.platform === 'win32' && 'no process groups' },
    async () => {
      const pids = path.join(directory, 'pids');
      const stubborn = `process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000);`;
      const end = await runProgram(
        node(
          `const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" });
         require("node:fs").writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid);
         ${stubborn}`,
          { timeLimitMs: 1_500 },
        ),
        signal,
      );
      assert.equal(end.ended, 'timeLimit');
      for (const pid of readFileSync(pids, 'utf8').split(' ')) await gone(Number(pid));
    },
  );

  test(
    'what it started ends also where the program itself goes at once and nothing of it is heard any more',
    { skip: process.platform === 'win32' && 'no process groups' },
    async () => {
      const pids = path.join(directory, 'quietPids');
      const stubborn = `process.on("SIGTERM", () => undefined); require("node:fs").writeFileSync(process.argv[1], "x"); setInterval(() => undefined, 1000);`;
      const abort = new AbortController();
      const running = runProgram(
        node(
          `const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}, ${JSON.stringify(`${pids}.ready`)}], { stdio: "ignore" });
         require("node:fs").writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid);
         setInterval(() => undefined, 1000);`,
        ),
        abort.signal,
      );
      await content(`${pids}.ready`);
      abort.abort(new Error('enough'));
      await assert.rejects(running, { message: 'enough' });
      for (const pid of readFileSync(pids, 'utf8').split(' ')) await gone(Number(pid));
    },
  );

  test('an abort ends it and rejects with the reason', async () => {
    const pid = path.join(directory, 'pid');
    const abort = new AbortController();
    const running = runProgram(
      node(
        `require("node:fs").writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => undefined, 1000)`,
      ),
      abort.signal,
    );
    const started = Number(await content(pid));
    abort.abort(new Error('enough'));
    await assert.rejects(running, { message: 'enough' });
    await gone(started);
    await assert.rejects(runProgram(node(''), abort.signal), { message: 'enough' });
  });

  test('too much output ends it; of too many words on standard error the last ones stay', async () => {
    const flood = await runProgram(node('const f = () => process.stdout.write("x".repeat(65536), f); f()'), signal);
    assert.equal(flood.ended, 'tooMuchOutput');
    const words = await runProgram(node('process.stderr.write("x".repeat(100000) + "last")'), signal);
    assert.equal(words.stderr.length, 8192);
    assert.match(words.stderr, /xlast$/);
  });

  test('output that something left behind holds open is not waited for', async () => {
    const pid = path.join(directory, 'left');
    const end = await runProgram(
      node(
        `const left = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "inherit", detached: true });
         left.unref();
         require("node:fs").writeFileSync(${JSON.stringify(pid)}, String(left.pid));
         process.stdout.write("done");`,
      ),
      signal,
    );
    assert.equal(end.ended === 'exit' ? end.stdout : '', 'done');
    process.kill(Number(readFileSync(pid, 'utf8')));
  });
});
