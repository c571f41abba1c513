/**
 * The connection: which kubeconfig and which context, and the one cluster that follows from them.
 *
 * Answers for: nothing at all in Restricted Mode; starting only when something of ours is looked at; following the settings
 * and the kubeconfig's files; and never writing a kubeconfig – the choice of a context is kept in the workspace's state.
 */
import * as vscode from 'vscode';
import { isDeepStrictEqual } from 'node:util';
import type { MergedKubeconfig } from '../kube/kubeconfig/model.js';
import { type SelectedContext, selectContext, type Selection } from '../kube/kubeconfig/selectContext.js';
import { parseServer } from '../kube/kubeconfig/server.js';
import type { ClusterSession, Disposable, SessionOptions } from '../kube/session.js';
import { Cluster, type ClusterIdentity } from './cluster.js';
import { Setting } from './contributions.js';
import { phaseOf, type Situation } from './situation.js';

/** Where kubeconfigs come from. `file` is the setting's, '' for the usual places. */
export interface KubeconfigSource {
  files(file: string): Promise<readonly string[]>;
  load(file: string, signal: AbortSignal): Promise<MergedKubeconfig>;
  /** Calls back when one of the files was written, replaced, created or removed after the promise was kept. */
  watch(files: readonly string[], changed: () => void): Promise<Disposable>;
}

/** What the connection stands on; tests put their own in. */
export interface ConnectionParts {
  readonly workspaceState: vscode.Memento;
  readonly kubeconfig: KubeconfigSource;
  readonly openSession: (selected: SelectedContext, options: SessionOptions) => ClusterSession;
  readonly log: vscode.LogOutputChannel;
}

const CHOICE_KEY = 'context';
/** Reading local files takes milliseconds; a file on a share that hangs must not hang the view. */
const LOAD_TIMEOUT_MS = 10_000;

export class Connection implements vscode.Disposable {
  readonly #parts: ConnectionParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly #visible = new Set<string>();
  readonly onDidChange = this.#changed.event;
  #situation: Situation;
  #kubeconfig: MergedKubeconfig | undefined;
  #selected: SelectedContext | undefined;
  #options: SessionOptions | undefined;
  #watch: Disposable | undefined;
  #watched: readonly string[] = [];
  #loading = new AbortController();
  /** Sessions that were left and have not ended yet. */
  readonly #endings = new Set<Promise<void>>();
  #started = false;
  /** Works that were begun, to tell them apart. */
  #works = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#situation = { kind: vscode.workspace.isTrusted ? 'idle' : 'restricted' };
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#set({ kind: 'idle' });
        if (this.#started) void this.#load();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const concerns = [
          Setting.kubeconfig,
          Setting.context,
          Setting.namespaces,
          Setting.requestTimeout,
          Setting.workstation,
        ];
        if (this.#started && concerns.some((name) => event.affectsConfiguration(name))) void this.#load();
      }),
    );
  }

  get log(): vscode.LogOutputChannel {
    return this.#parts.log;
  }
  get situation(): Situation {
    return this.#situation;
  }
  get cluster(): Cluster | undefined {
    return this.#situation.kind === 'cluster' ? this.#situation.cluster : undefined;
  }
  /** What was read last; undefined before, and in Restricted Mode. */
  get kubeconfig(): MergedKubeconfig | undefined {
    return this.#kubeconfig;
  }
  /** The context that the user picked in this workspace. */
  get choice(): string | undefined {
    return this.#parts.workspaceState.get<string>(CHOICE_KEY);
  }

  /** Reads the kubeconfig and connects, unless that was done before or the workspace is not trusted. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    await this.#load();
  }

  /** Tries again at once: reads the kubeconfig where that was the trouble, else asks the server. Ends with the outcome. */
  async retry(): Promise<void> {
    this.#started = true;
    const { cluster } = this;
    if (cluster === undefined) {
      await this.#load();
      return;
    }
    const { phase: before } = cluster.session.state;
    if (before === 'connected' || before === 'forbidden') {
      // The connection stands: kinds are asked for again, and what comes of it shows as it comes.
      cluster.session.retry();
      return;
    }
    const outcome = new Promise<void>((resolve) => {
      const listening = cluster.session.onState(({ phase }) => {
        if (phase === 'connecting') return;
        listening.dispose();
        resolve();
      });
      cluster.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    cluster.session.retry();
    await outcome;
  }

  /** Leaves the cluster and reads everything anew. */
  async refresh(): Promise<void> {
    this.#started = true;
    this.#leave();
    await this.#load();
  }

  /** Chooses a context for this workspace; undefined follows the settings and the kubeconfig's current context again. */
  async choose(context: string | undefined): Promise<void> {
    await this.#parts.workspaceState.update(CHOICE_KEY, context);
    this.#started = true;
    await this.#load();
  }

  /** Tells whether a surface of ours is looked at; the first one that is starts the connection. */
  setVisible(surface: string, visible: boolean): void {
    const before = this.#visible.size > 0;
    if (visible) this.#visible.add(surface);
    else this.#visible.delete(surface);
    const now = this.#visible.size > 0;
    // Said once: the time until watches stop runs from the moment in which the last of ours was hidden.
    if (now !== before) this.cluster?.session.setVisible(now);
    if (visible) void this.start();
  }

  /**
   * Does something that needs the cluster for a while. As long as it goes on the connection counts as looked at, so that it is
   * not paused under a run because the side bar was hidden.
   */
  async during<T>(work: () => PromiseLike<T>): Promise<T> {
    this.#works += 1;
    const surface = `work ${this.#works}`;
    this.setVisible(surface, true);
    try {
      return await work();
    } finally {
      this.setVisible(surface, false);
    }
  }

  /** Resolves when it is clear how it stands: connected, in some trouble, or without a cluster; also when this is disposed. */
  async settled(): Promise<void> {
    while (phaseOf(this.#situation) === 'connecting') {
      await new Promise<void>((resolve) => {
        const listening = this.onDidChange(() => {
          listening.dispose();
          resolve();
        });
      });
    }
  }

  dispose(): void {
    this.#loading.abort();
    this.#watch?.dispose();
    this.#leave();
    if (this.#situation.kind === 'loading') this.#set({ kind: 'idle' });
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Leaves the cluster; resolves when every session has ended, and what it created in its cluster is taken away. */
  async end(): Promise<void> {
    this.#leave();
    await Promise.all(this.#endings);
  }

  async #load(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      this.#set({ kind: 'restricted' });
      return;
    }
    this.#loading.abort();
    const loading = new AbortController();
    this.#loading = loading;
    if (this.cluster === undefined) this.#set({ kind: 'loading' });
    const settings = vscode.workspace.getConfiguration();
    const file = settings.get<string>(Setting.kubeconfig, '');
    let kubeconfig: MergedKubeconfig;
    try {
      // In this order, so that no change in between is missed.
      await this.#watchFiles(await this.#parts.kubeconfig.files(file), loading.signal);
      kubeconfig = await this.#parts.kubeconfig.load(
        file,
        AbortSignal.any([loading.signal, AbortSignal.timeout(LOAD_TIMEOUT_MS)]),
      );
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#leave();
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ kind: 'badKubeconfig', message, problem: undefined });
      return;
    }
    // A later load, or the end, has overtaken this one.
    if (loading.signal.aborted) return;
    this.#kubeconfig = kubeconfig;
    const wanted = this.choice ?? (settings.get<string>(Setting.context, '') || undefined);
    const selection = selectContext(kubeconfig, wanted);
    if (!selection.ok) {
      this.#parts.log.info(selection.message);
      this.#leave();
      this.#set(unselected(selection, kubeconfig, wanted));
      return;
    }
    this.#connect(selection.selected, sessionOptions(settings));
  }

  /** Goes on with the cluster where nothing that matters to it has changed. */
  #connect(selected: SelectedContext, options: SessionOptions): void {
    if (
      this.cluster !== undefined &&
      isDeepStrictEqual(withoutOrigin(selected), withoutOrigin(this.#selected)) &&
      isDeepStrictEqual(options, this.#options)
    )
      return;
    this.#leave();
    this.#selected = selected;
    this.#options = options;
    const identity = identityOf(selected);
    this.#parts.log.info(`Context ${identity.context}: connecting to ${identity.server}`);
    const cluster = new Cluster(identity, this.#parts.openSession(selected, options));
    cluster.session.setVisible(this.#visible.size > 0);
    cluster.session.onState(() => {
      if (this.cluster === cluster) this.#changed.fire();
    });
    this.#set({ kind: 'cluster', cluster });
  }

  #leave(): void {
    const { cluster } = this;
    this.#selected = undefined;
    if (cluster === undefined) return;
    this.#set({ kind: 'idle' });
    cluster.dispose();
    const ending = cluster.session.ended.finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  async #watchFiles(files: readonly string[], signal: AbortSignal): Promise<void> {
    if (this.#watch !== undefined && isDeepStrictEqual(files, this.#watched)) return;
    const watch = await this.#parts.kubeconfig.watch(files, () => void this.#load());
    if (signal.aborted) {
      watch.dispose();
      return;
    }
    this.#watch?.dispose();
    this.#watch = watch;
    this.#watched = files;
  }

  #set(situation: Situation): void {
    this.#situation = situation;
    this.#changed.fire();
  }
}

function unselected(
  { reason, message }: Extract<Selection, { ok: false }>,
  kubeconfig: MergedKubeconfig,
  wanted: string | undefined,
): Situation {
  switch (reason) {
    case 'noKubeconfig':
      return { kind: reason, message };
    case 'badKubeconfig':
      return { kind: reason, message, problem: kubeconfig.problems[0] };
    case 'noContext':
      return { kind: reason, message, named: wanted !== undefined || kubeconfig.currentContext !== '' };
  }
}

function sessionOptions(settings: vscode.WorkspaceConfiguration): SessionOptions {
  return {
    namespaces: settings.get<readonly string[]>(Setting.namespaces, []).filter((name) => typeof name === 'string'),
    // Severities are applied where findings are shown, so that a changed setting takes effect without connecting again.
    severities: {},
    workstation: settings.get<boolean>(Setting.workstation, true),
    requestTimeoutSeconds: settings.get<number>(Setting.requestTimeout, 30),
  };
}

function identityOf({ context, cluster }: SelectedContext): ClusterIdentity {
  const server = parseServer(cluster.server);
  return { context: context.name, server: server.ok ? server.url.href.replace(/\/$/, '') : cluster.name };
}

/** Lines move when a file is edited elsewhere; that is no reason to connect again. */
function withoutOrigin(selected: SelectedContext | undefined): unknown {
  if (selected === undefined) return undefined;
  const { context, cluster, user } = selected;
  return [context, cluster, user].map((entry) => (entry === undefined ? undefined : { ...entry, origin: undefined }));
}
