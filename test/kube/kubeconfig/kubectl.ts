/** The real kubectl that tests compare with: the one in `KUBECTL`, else the one in PATH. */
import { execFile, execFileSync } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = process.env['KUBECTL'] ?? 'kubectl';

function version(): string | undefined {
  try {
    const answer: unknown = JSON.parse(
      execFileSync(program, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }),
    );
    return JSON.stringify(answer).match(/"gitVersion":"([^"]+)"/)?.[1];
  } catch {
    // Not there, or not a kubectl: the tests that need it say so and are skipped.
    return undefined;
  }
}

const found = version();
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
