/** A credential program for tests: a script that answers with what its first argument names, and notes how it was run. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * `answer FILE` writes the file out, in whose name and text `{n}` is replaced by how often it ran; `fail TEXT CODE` writes
 * to standard error and ends with the code; `hang` never ends by itself; `flood` never ends its answer.
 */
const SCRIPT = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const [how, what, code] = process.argv.slice(2);
const log = __filename + '.log';
const run = {
  question: process.env.KUBERNETES_EXEC_INFO,
  directory: process.cwd(),
  arguments: process.argv.slice(2),
  editor: Object.keys(process.env).filter((name) => /^(ELECTRON_|VSCODE_)/.test(name)),
  added: process.env.ADDED,
  pid: process.pid,
};
appendFileSync(log, JSON.stringify(run) + '\\n');
const count = readFileSync(log, 'utf8').split('\\n').length - 1;
if (how === 'fail') {
  process.stderr.write(what);
  process.exitCode = Number(code);
} else if (how === 'hang') {
  setInterval(() => undefined, 1000);
} else if (how === 'flood') {
  const line = 'x'.repeat(65536);
  const write = () => process.stdout.write(line, write);
  write();
} else process.stdout.write(readFileSync(what.replace('{n}', count), 'utf8').replaceAll('{n}', String(count)));
`;

export interface Run {
  readonly question: unknown;
  readonly directory: string;
  readonly arguments: readonly string[];
  readonly editor: readonly string[];
  readonly added: string | undefined;
  readonly pid: number;
}

/** How a kubeconfig names the script: as a program of its own, or on Windows, which knows no such scripts, as Node's argument. */
export function pluginCommand(file: string): { readonly command: string; readonly args: readonly string[] } {
  return process.platform === 'win32' ? { command: process.execPath, args: [file] } : { command: file, args: [] };
}

/** Writes the script to `file`, executable, and gives its runs. */
export function writePlugin(file: string): { readonly file: string; runs(): readonly Run[]; forget(): void } {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, SCRIPT);
  chmodSync(file, 0o755);
  const log = `${file}.log`;
  return {
    file,
    runs: () =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const run = JSON.parse(line) as Run & { question: string };
          return { ...run, question: JSON.parse(run.question) as unknown };
        }),
    forget: () => writeFileSync(log, ''),
  };
}

export interface Status {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

export function execCredential(status: Status, version = 'v1'): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: `client.authentication.k8s.io/${version}`, status });
}
