/**
 * One connected cluster: connection, inventory, model and answers, put together. Runs in the worker thread of the editor's
 * session, and in the command line's own.
 */
import { setMaxListeners } from 'node:events';

import { needsOf, readNetwork } from '../core/cni/index.js';
import type { ClusterNetwork } from '../core/network/clusterNetwork.js';
import type { ProbePlan, ProbeProgress, ProbeReport } from '../core/reach/report.js';
import type { VerifyPlan, VerifyProgress, VerifyReport } from '../core/reach/verification.js';
import type { ClusterAccess } from './access.js';
import { Api, limitsOf } from './api.js';
import { Connection, type LinkState } from './connection.js';
import { KubeError } from './errors.js';
import { Inventory } from './inventory/inventory.js';
import type { Log } from './log.js';
import { LiveObjects } from './liveObjects.js';
import { isRead, isSettled, Model } from './model.js';
import { PlannedRuns, Turn } from './probe/plannedRuns.js';
import { ToolCache } from './probe/toolCache.js';
import { HANDLERS, type RequestContext } from './requests.js';
import type {
  ConnectionState,
  KindState,
  Listener,
  ProgressOf,
  SessionChange,
  SessionOptions,
  SessionRequests,
} from './session.js';
import { TIMING, type Timing } from './timing.js';
import { Transport } from './transport.js';
import { Workstation } from './workstation.js';

export interface ClusterHostParts {
  readonly access: ClusterAccess;
  readonly options: SessionOptions;
  readonly log: Log;
  readonly onState: (state: ConnectionState) => void;
  readonly onChange: (change: SessionChange) => void;
  readonly timing?: Timing;
}

export class ClusterHost {
  readonly #parts: ClusterHostParts;
  readonly #timing: Timing;
  readonly #api: Api;
  readonly #connection: Connection;
  readonly #inventory: Inventory;
  readonly #objects: LiveObjects;
  readonly #workstation: Workstation;
  readonly #model = new Model();
  readonly #tools = new ToolCache();
  readonly #turn = new Turn();
  readonly #probes = new PlannedRuns<ProbePlan, ProbeReport, ProbeProgress>(this.#turn);
  readonly #verifications = new PlannedRuns<VerifyPlan, VerifyReport, VerifyProgress>(this.#turn);
  readonly #end = new AbortController();
  #state: ConnectionState = { phase: 'idle' };
  #timer: NodeJS.Timeout | undefined;
  /** Something changed and was not told yet. */
  #isNews = false;
  /** A model is due, and what can be told without it was told already. */
  #isAdvanced = false;
  /** The states of all kinds when the last model was made. */
  #states = '';
  /** How long the last model took, in milliseconds. */
  #modelTook = 0;
  /**
   * Before these moments (of `performance.now`) nothing is told, no new model is made, and none because of a kind's state.
   */
  #tellNotBefore = 0;
  #modelNotBefore = 0;
  #turnNotBefore = 0;
  #pauseTimer: NodeJS.Timeout | undefined;

  constructor(parts: ClusterHostParts) {
    const { access, options, log, timing = TIMING } = parts;
    this.#parts = parts;
    this.#timing = timing;
    this.#api = new Api(new Transport(access, log), limitsOf(options.requestTimeoutSeconds));
    this.#connection = new Connection(this.#api, log, timing, () => this.#stateChanged());
    this.#inventory = new Inventory({
      api: this.#api,
      connection: this.#connection,
      log,
      timing,
      namespaces: options.namespaces,
      ownNamespace: access.namespace,
      onChange: () => this.#changed(),
    });
    this.#workstation = new Workstation({ signal: this.#end.signal, log, onChange: () => this.#changed() });
    this.#objects = new LiveObjects({
      api: this.#api,
      connection: this.#connection,
      log,
      timing,
      onChange: (object) => parts.onChange({ objects: [object] }),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The cluster as it was read last; its pods are the living table. Undefined before anything was read. */
  get network(): ClusterNetwork | undefined {
    return this.#model.network;
  }

  /** Connects and keeps everything up to date until `dispose`. */
  start(): void {
    const { signal } = this.#end;
    // Every kind listens to it: many by design, not a leak.
    setMaxListeners(0, signal);
    this.#connection.run(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.log('error', 'the connection ended', { reason: String(error) });
    });
    this.#inventory.start(signal);
  }

  /** Answers a request. Throws a `KubeError`. */
  async request<K extends keyof SessionRequests>(
    kind: K,
    params: SessionRequests[K]['params'],
    signal: AbortSignal,
    onProgress: Listener<ProgressOf<K>> = () => undefined,
  ): Promise<SessionRequests[K]['result']> {
    const context: RequestContext = {
      api: this.#api,
      pods: this.#inventory.pods.table,
      model: this.#model,
      state: () => this.#state,
      observe: (refs) => this.#objects.observe(refs, this.#end.signal),
      probing: {
        access: this.#parts.access,
        api: this.#api,
        network: () => this.#model.network,
        tools: this.#tools,
        log: this.#parts.log,
      },
      turn: this.#turn,
      probes: this.#probes,
      verifications: this.#verifications,
    };
    const stop = AbortSignal.any([signal, this.#end.signal]);
    // One request of the other side may be many requests to the server at the same time: no leak, and no warning.
    setMaxListeners(0, stop);
    return await HANDLERS[kind](context, params, stop, onProgress);
  }

  retry(): void {
    this.#connection.retry();
    this.#inventory.poke();
  }

  setVisible(visible: boolean): void {
    clearTimeout(this.#pauseTimer);
    if (visible) this.#connection.setActive(true);
    else this.#pauseTimer = setTimeout(() => this.#connection.setActive(false), this.#timing.pauseAfterMs);
  }

  dispose(): void {
    clearTimeout(this.#pauseTimer);
    clearTimeout(this.#timer);
    this.#end.abort(new KubeError('cancelled', 'the session has ended'));
    // What a run created is taken away over the same connections.
    void this.#turn.idle().then(() => this.#parts.access.dispose());
  }

  /** Facts or states of kinds changed: told at once when it has been quiet, else after what is left of the pause. */
  #changed(): void {
    if (this.#isNews || this.#end.signal.aborted) return;
    this.#isNews = true;
    this.#tellAt(this.#tellNotBefore);
  }

  #tellAt(moment: number): void {
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) return;
    // A timer may fire up to a millisecond before its time.
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, Math.ceil(moment - performance.now()) + 1));
  }

  /**
   * In a large cluster a model takes time, and events have to be read meanwhile. So what can be told without one is told
   * first, and while the first lists arrive there is a model whenever a kind was read to its end, and few besides.
   */
  #tell(): void {
    const now = performance.now();
    const { modelEveryMs, modelFirstMs, modelAnewMs } = this.#timing;
    const isTurn = statesOf(this.#inventory.kinds) !== this.#states;
    const isDue = now >= (isTurn ? this.#turnNotBefore : this.#modelNotBefore);
    if (isDue && (isTurn || this.#modelTook < modelFirstMs || !this.#isNews || this.#isAdvanced)) {
      this.#isNews = false;
      this.#isAdvanced = false;
      // Before the model: what its reading needs no more is taken out of the facts meanwhile, which is news again.
      this.#tellAt(now + modelAnewMs);
      this.#remodel();
      this.#states = statesOf(this.#model.kinds);
      const took = performance.now() - now;
      if (took > 1000)
        this.#parts.log('debug', 'the model took long', {
          ms: Math.round(took),
          pods: this.#inventory.pods.table.size,
        });
      this.#modelTook = took;
      // However many changes there are, three quarters of the time are left for reading them.
      this.#turnNotBefore = now + took * 4;
      this.#modelNotBefore =
        now + (isSettled(this.#model.kinds) ? Math.max(modelEveryMs, took * 4) : Math.max(modelFirstMs, took * 16));
      this.#tellNotBefore = took < modelFirstMs ? this.#modelNotBefore : now + took * 2;
      return;
    }
    if (isTurn) {
      // What a kind's state means for the rest is told with it.
      this.#tellAt(this.#turnNotBefore);
      return;
    }
    if (this.#isNews) this.#advance();
    this.#isNews = false;
    // Of what comes without a pause a model is made all the same, and not put off by each change.
    this.#isAdvanced = isDue;
    this.#tellNotBefore = now + modelFirstMs;
    this.#tellAt(this.#modelNotBefore);
  }

  /** Tells what is known without a model: how many pods there are, on which nodes they changed, how far the reading is. */
  #advance(): void {
    const { kinds, pods } = this.#inventory;
    const change = this.#model.advance(kinds, pods.table, pods.takeChangedNodes());
    if (change !== undefined) this.#parts.onChange(change);
    this.#stateChanged();
  }

  #remodel(): void {
    const { options, onChange } = this.#parts;
    const facts = this.#inventory.facts(
      new Date().toISOString(),
      options.workstation ? this.#workstation.networks : [],
    );
    const network = readNetwork(facts);
    // What a solution needs is known once it is recognised. It is asked for before anything is found, so that nothing is
    // found missing that was only not read yet.
    const { resources, configMaps } = needsOf(facts);
    this.#inventory.follow(resources, configMaps, network.reading.agent);
    const { kinds, pods } = this.#inventory;
    const change = this.#model.update(network, kinds, pods.takeChangedNodes(), options.severities);
    if (change !== undefined) onChange(change);
    this.#stateChanged();
  }

  #stateChanged(): void {
    const { access } = this.#parts;
    const state = stateOf(this.#connection.state, serverText(access.server), access.insecure, this.#inventory.kinds);
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#parts.onState(state);
  }
}

/** What is known of each kind, without the numbers, and without how far those are that are being read. */
const statesOf = (kinds: Readonly<Record<string, KindState>>): string =>
  Object.entries(kinds)
    .map(([name, kind]) => `${name} ${isRead(kind) ? kind.state : ''}`)
    .join();

/** The address as it may be shown: without a user name or password that somebody put into it. */
function serverText(server: URL): string {
  return `${server.protocol}//${server.host}${server.pathname === '/' ? '' : server.pathname}`;
}

function stateOf(
  link: LinkState,
  server: string,
  insecure: boolean,
  kinds: Readonly<Record<string, KindState>>,
): ConnectionState {
  switch (link.link) {
    case 'connecting':
      return { phase: 'connecting', server };
    case 'down': {
      const { message, attempt, retryAt, wasConnected } = link;
      return { phase: 'unreachable', server, message, attempt, retryAt, wasConnected };
    }
    case 'refused': {
      const { message, rejected, retryAt } = link;
      return link.kind === 'declined'
        ? { phase: 'declined', server, message }
        : { phase: 'unauthenticated', server, message, rejected, retryAt };
    }
    case 'up': {
      const states = Object.values(kinds);
      const readable = states.some((kind) => kind.state !== 'forbidden' && kind.state !== 'absent');
      const forbidden = states.find((kind) => kind.state === 'forbidden');
      if (!readable && forbidden !== undefined) return { phase: 'forbidden', server, message: forbidden.message };
      return { phase: 'connected', server, version: link.version, complete: isSettled(kinds), insecure };
    }
  }
}
