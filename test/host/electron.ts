/**
 * The same suites in the desktop's VS Code, downloaded by @vscode/test-electron: where VS Code out of npm does not run.
 * `VSCODE_VERSION` names another one than today's.
 */
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { EditorRun } from './editor.js';
import { QUIET } from './server.js';

/** Prints Mocha's lines, which bear a mark, out of VS Code's own log. */
function printMocha(editor: ChildProcess): void {
  if (editor.stdout === null) return;
  createInterface({ input: editor.stdout }).on('line', (line) => {
    const mark = line.indexOf('@@');
    if (mark >= 0) console.log(line.slice(mark + 2));
    else if (process.env['VERBOSE'] !== undefined) console.error(`[vscode] ${line}`);
  });
}

/** Waits for the end, or ends VS Code with all its processes when the time is up. */
function ending(editor: ChildProcess, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const pid = String(editor.pid);
      if (process.platform === 'win32') spawnSync('taskkill', ['/pid', pid, '/T', '/F']);
      else if (editor.pid !== undefined) process.kill(-editor.pid, 'SIGKILL');
      resolve(`no end after ${String(limitMs / 1000)} seconds`);
    }, limitMs);
    editor.on('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    editor.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `VS Code ended with ${String(code ?? signal)}`);
    });
  });
}

/** Runs the suites; gives why they ended early, or undefined when VS Code came to its end by itself. */
export async function runInElectron(run: EditorRun, limitMs: number): Promise<string | undefined> {
  const vscodeExecutablePath = await downloadAndUnzipVSCode(process.env['VSCODE_VERSION'] ?? 'stable');
  const data = mkdtempSync(path.join(os.tmpdir(), 'vse-'));
  try {
    const user = path.join(data, 'user', 'User');
    const home = path.join(data, 'home');
    for (const folder of [user, home]) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(user, 'settings.json'), JSON.stringify(QUIET));
    const folders = [`--user-data-dir=${path.join(data, 'user')}`, `--extensions-dir=${path.join(data, 'extensions')}`];
    const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath, { reuseMachineInstall: true });
    if (cli === undefined) throw new Error('VS Code has no command line.');
    const install = spawnSync(cli, [...args, ...folders, '--install-extension', run.vsix], {
      encoding: 'utf8',
      // code.cmd on Windows is a shell script; the arguments are paths that this harness made.
      shell: process.platform === 'win32',
    });
    if (install.status !== 0)
      throw new Error(`The package could not be installed:\n${install.stdout}${install.stderr}`);
    // Started here and not by runTests(), which always trusts the workspace and cannot be ended.
    const editor = spawn(
      vscodeExecutablePath,
      [
        run.folder,
        ...folders,
        `--extensionDevelopmentPath=${run.shim}`,
        `--extensionTestsPath=${run.entry}`,
        '--no-sandbox',
        '--disable-gpu',
        '--disable-updates',
        '--skip-welcome',
        '--skip-release-notes',
        ...(run.trusted ? ['--disable-workspace-trust'] : []),
      ],
      {
        env: { ...process.env, KUBECONFIG: undefined, HOME: home, USERPROFILE: home, ...run.env },
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: process.platform !== 'win32',
      },
    );
    printMocha(editor);
    return await ending(editor, limitMs);
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
