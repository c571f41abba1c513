/** Connects to a cluster as the session does, waits until everything is read, works with it, and lets go. */
import { createInterface } from 'node:readline/promises';
import type { CheckSettings } from '../core/checks/index.js';
import type { ClusterAccess } from '../kube/access.js';
import { ClusterHost } from '../kube/clusterHost.js';
import { printable } from '../kube/errors.js';
import { accessTo } from '../kube/kubeconfig/access.js';
import { commandLine } from '../kube/kubeconfig/consents.js';
import { loadKubeconfig } from '../kube/kubeconfig/load.js';
import { selectContext } from '../kube/kubeconfig/selectContext.js';
import { thisMachine } from '../kube/kubeconfig/surroundings.js';
import { logTo } from '../kube/log.js';
import { isSettled } from '../kube/model.js';
import type { ConnectionState, CredentialCommand, Overview } from '../kube/session.js';
import { type Output, UsageError } from './command.js';

export interface ConnectOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly namespaces: readonly string[];
  /** How long connecting and reading may take. */
  readonly timeoutSeconds: number;
  readonly allowCredentialProgram: boolean;
  readonly settings: CheckSettings;
}

/** A cluster that has been read. */
export interface ReadCluster {
  readonly host: ClusterHost;
  readonly access: ClusterAccess;
  readonly overview: Omit<Overview, 'state'> & { readonly state: Connected };
}

/** What `--timeout` says, in seconds; 60 where it is absent. Throws a `UsageError`. */
export function timeoutOf(text: string | undefined): number {
  const seconds = Number(text ?? DEFAULT_TIMEOUT_SECONDS);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new UsageError('--timeout must be a number of seconds above zero.');
  return seconds;
}
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** Limit of one request; the whole has `timeoutSeconds`. */
const REQUEST_TIMEOUT_SECONDS = 30;

/** Connects, reads everything once, and works with it while the connection lasts. Rejects in words for people. */
export async function withCluster<T>(
  options: ConnectOptions,
  output: Output,
  signal: AbortSignal,
  work: (cluster: ReadCluster) => Promise<T>,
): Promise<T> {
  const surroundings = thisMachine();
  const selection = selectContext(await loadKubeconfig(options.kubeconfig, surroundings, signal), options.context);
  if (!selection.ok) throw new Error(selection.message);
  const { selected } = selection;
  // Asked once: it is always the same command, which runs again when its answer expires.
  let agreed: Promise<boolean> | undefined;
  const access = accessTo(
    selected,
    (command, over) => (agreed ??= mayRun(command, options, output, AbortSignal.any([over, signal]))),
  );
  const changed = new Changes();
  const host = new ClusterHost({
    access,
    options: {
      namespaces: options.namespaces,
      severities: options.settings,
      workstation: true,
      requestTimeoutSeconds: Math.min(REQUEST_TIMEOUT_SECONDS, options.timeoutSeconds),
    },
    log: logTo(() => undefined),
    onState: () => changed.tell(),
    onChange: () => changed.tell(),
  });
  const limit = AbortSignal.timeout(options.timeoutSeconds * 1000);
  try {
    host.start();
    let overview: ReadCluster['overview'];
    try {
      overview = await settled(host, changed, AbortSignal.any([limit, signal]));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (limit.aborted) throw new Error(tooLate(host.state, options.timeoutSeconds), { cause: error });
      throw error;
    }
    return await work({ host, access, overview });
  } finally {
    host.dispose();
  }
}

type Connected = Extract<ConnectionState, { phase: 'connected' }>;

/** Waits until all kinds are read and the model knows them. Rejects when that cannot be, or the signal aborts. */
async function settled(
  host: ClusterHost,
  changed: Changes,
  signal: AbortSignal,
): Promise<Omit<Overview, 'state'> & { readonly state: Connected }> {
  for (;;) {
    const { state } = host;
    switch (state.phase) {
      case 'connected': {
        if (!state.complete) break;
        const overview = await host.request('overview', {}, signal);
        if (isSettled(overview.kinds) && Object.keys(overview.kinds).length > 0) return { ...overview, state };
        break;
      }
      case 'unreachable':
      case 'unauthenticated':
      case 'forbidden':
      case 'declined':
        throw new Error(`${state.server}: ${state.message}`);
      case 'idle':
      case 'connecting':
        break;
    }
    await changed.next(signal);
  }
}

function tooLate(state: ConnectionState, seconds: number): string {
  const where = 'server' in state ? state.server : 'the API server';
  return state.phase === 'connected'
    ? `${where} answers, but not everything was read within ${seconds} s; --timeout allows more.`
    : `${where} did not answer within ${seconds} s.`;
}

/** Something changed: waits for the next time, without losing one that came in between. */
class Changes {
  #pending = false;
  #wake: (() => void) | undefined;

  tell(): void {
    this.#pending = true;
    this.#wake?.();
  }

  /** Resolves after the next change, at once when one came since the last call. Rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#pending) {
      await new Promise<void>((resolve, reject) => {
        const aborted = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', aborted, { once: true });
        this.#wake = () => {
          signal.removeEventListener('abort', aborted);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#pending = false;
  }
}

/**
 * Whether the kubeconfig's credential program may run: a kubeconfig is code. On a terminal the user is shown the very
 * command and asked; elsewhere only the option allows it.
 */
async function mayRun(
  program: CredentialCommand,
  { allowCredentialProgram }: ConnectOptions,
  output: Output,
  signal: AbortSignal,
): Promise<boolean> {
  if (allowCredentialProgram) return true;
  output.err(`${printable(program.source)} names a program for credentials:\n  ${commandLine(program)}\n`);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    output.err('It was not run: there is no terminal to ask on. --allow-credential-program allows it.\n');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Run it? [y/N] ', { signal })).trim());
  } finally {
    terminal.close();
  }
}
