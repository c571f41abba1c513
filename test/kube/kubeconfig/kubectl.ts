/** The real kubectl that tests compare with: the one in `KUBECTL`, else the one in PATH. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function versionOf(file: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(execFileSync(file, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }));
    return JSON.stringify(answer).match(/"gitVersion":"([^"]+)"/)?.[1];
  } catch {
    // Not there, or not a kubectl: the tests that need it say so and are skipped.
    return undefined;
  }
}

/**
 * Google Cloud's `kubectl` is a dispatcher: it asks every server for its version first, and then runs one of the kubectls
 * that lie beside it. Such a question is not kubectl's, so the newest of those is compared with instead.
 */
function behind(dispatcher: string): string {
  const file = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.resolve(folder, dispatcher))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return dispatcher;
  const folder = path.dirname(realpathSync(file));
  const newest = readdirSync(folder)
    .filter((name) => /^kubectl\.\d+\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  return newest === undefined ? dispatcher : path.join(folder, newest);
}

const named = process.env['KUBECTL'] ?? 'kubectl';
const program = versionOf(named)?.includes('dispatcher') === true ? behind(named) : named;
const found = versionOf(program);
export const skip: string | false =
  found === undefined ? `no kubectl: neither KUBECTL nor PATH leads to one (${program})` : false;
if (skip !== false) console.log(`skipped: ${skip}`);

/** Runs kubectl with nothing of our environment but what is given. */
export function kubectl(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  currentDirectory: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd: currentDirectory, env: { PATH: process.env['PATH'], ...environment }, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
    child.stdin?.end();
  });
}
