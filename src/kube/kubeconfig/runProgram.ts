/**
 * Runs a program to its end: no shell, no standard input, a time limit, an end on request, and no more of its output than
 * is sensible. Whatever it started in turn is stopped with it where the system can do so.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ProgramRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly timeLimitMs: number;
  /** More output than this ends the program. */
  readonly maxOutputBytes: number;
}

/** `stderr` is its end, if it was long. */
export type ProgramEnd = { readonly stderr: string } & (
  | { readonly ended: 'exit'; readonly code: number; readonly stdout: string }
  | { readonly ended: 'signal'; readonly signal: string }
  | { readonly ended: 'timeLimit' }
  | { readonly ended: 'tooMuchOutput' }
  | { readonly ended: 'notStarted'; readonly error: Error }
);

const MAX_STDERR_BYTES = 8 * 1024;
/** How long a program that was asked to end may take before it is made to. */
const GRACE_MS = 2_000;

/** Rejects only with the signal's reason. */
export async function runProgram(run: ProgramRun, signal: AbortSignal): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const child = start(run);
  if (child instanceof Error) return { ended: 'notStarted', error: child, stderr: '' };
  let why: 'timeLimit' | 'tooMuchOutput' | 'aborted' | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (reason: NonNullable<typeof why>): void => {
    if (why !== undefined) return;
    why = reason;
    killTimer = setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS);
    kill(child, 'SIGTERM');
  };
  const abort = (): void => stop('aborted');
  signal.addEventListener('abort', abort, { once: true });
  const limit = setTimeout(() => stop('timeLimit'), run.timeLimitMs);

  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes > run.maxOutputBytes) stop('tooMuchOutput');
    else stdout.push(chunk);
  });
  let stderr = Buffer.alloc(0);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-MAX_STDERR_BYTES);
  });

  try {
    const end = await ended(child);
    if (why === 'aborted') signal.throwIfAborted();
    const said = stderr.toString('utf8');
    if (why === 'timeLimit' || why === 'tooMuchOutput') return { ended: why, stderr: said };
    if (end instanceof Error) return { ended: 'notStarted', error: end, stderr: said };
    return end.code === null
      ? { ended: 'signal', signal: end.signal ?? '', stderr: said }
      : { ended: 'exit', code: end.code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: said };
  } finally {
    clearTimeout(limit);
    // Of what was stopped something may have outlived the program itself: then the timer ends that, too.
    if (why === undefined || !groupRuns(child)) clearTimeout(killTimer);
    signal.removeEventListener('abort', abort);
  }
}

/** Text with a zero byte in arguments or variables is refused at once; other failures come as an event. */
function start(run: ProgramRun): ChildProcessByStdio<null, Readable, Readable> | Error {
  try {
    return spawn(run.path, run.args, {
      env: { ...run.environment },
      cwd: run.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
      // Its own process group, to stop all of it; and no terminal that it could ask questions on.
      detached: process.platform !== 'win32',
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Waits until it has exited and its output is complete. What it left behind may hold its output open: it is not waited for. */
function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null } | Error> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, GRACE_MS).unref();
    });
  });
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') child.kill(signal);
  else signalGroup(child, signal);
}

/** Whether something of the program's process group is still there; on Windows there are no such groups. */
function groupRuns(child: ChildProcess): boolean {
  return process.platform !== 'win32' && signalGroup(child, 0);
}

/** Signal 0 only looks. False: it has ended, and everything that it started. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // EPERM: of another user, whom we cannot end; and macOS says it of a group that only unreaped processes are left of.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
