/**
 * One kind of the inventory: which of its versions the server has, and how much of it we may read.
 *
 * First the whole cluster. Where that is forbidden, each namespace that may be read, and the whole cluster again now and
 * then. What could not be read becomes a gap, in the server's own words.
 */
import type { Gap } from '../../core/network/facts.js';
import { type Api, apiVersionOf, nameOfResource, type Resource, type Scope } from '../api.js';
import type { Connection } from '../connection.js';
import { errorOfSocket, type KubeError } from '../errors.js';
import type { Log } from '../log.js';
import type { KindState } from '../session.js';
import type { Slots } from '../slots.js';
import { Alarm, backoffMs, spread, type Timing } from '../timing.js';
import type { Codec } from './codec.js';
import { Reflector, type ReflectorState, type Sink } from './reflector.js';

export interface WatchedEnvironment {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  /** Namespaces to try where the whole cluster may not be read. */
  readonly namespaces: () => readonly string[];
  /** Shared by all kinds: so many namespaces are asked at the same time for what they have not answered before. */
  readonly asking: Slots;
  readonly onState: () => void;
}

export interface WatchedKind<T> {
  /** What it is called where a part of a resource is read beside the whole: `systempods`. */
  readonly name?: string;
  readonly resource: Omit<Resource, 'version'>;
  /** The preferred one first. */
  readonly versions: readonly string[];
  readonly scope: Scope;
  /** False: as long as there is none, it is only looked for now and then. */
  readonly watchesEmpty: boolean;
  /** True: what is not served may exist all the same, in another version or elsewhere. */
  readonly existsUnserved?: boolean;
  readonly codec: Codec<T>;
  /**
   * Where the list of the whole cluster goes (or of the scope's namespace), or that of one namespace. All hold the same
   * objects: what a namespace's list brought is replaced by the list of the whole cluster, and cleared with it.
   */
  readonly sink: (namespace: string | undefined) => Sink<T>;
}

/** Namespaces that are read one by one at the most; each costs a connection. Those that may not be read do not count. */
const MAX_NAMESPACES = 50;

/**
 * A server that has just started says "forbidden" to everybody but its administrators until it has read its own rules, which
 * may take half a minute (https://github.com/kubernetes/kubernetes/issues/121635): so much is waited before it is believed.
 */
const MAX_PATIENCE = 4;

/** One reflector with what it last said. */
interface Part<T> {
  readonly sink: Sink<T>;
  readonly stop: AbortController;
  readonly alarm: Alarm;
  state: ReflectorState;
  /** Times that a "forbidden" of what was read before is asked about again; 0 while nothing was read. */
  patience: number;
  deniedSince: string | undefined;
}

const newPart = <T>(sink: Sink<T>): Part<T> => ({
  sink,
  stop: new AbortController(),
  alarm: new Alarm(),
  state: { state: 'waiting' },
  patience: 0,
  deniedSince: undefined,
});

export class Watched<T> {
  readonly #environment: WatchedEnvironment;
  readonly #kind: WatchedKind<T>;
  readonly #alarm = new Alarm();
  readonly #whole: Part<T>;
  /** By namespace, while the whole cluster may not be read. */
  readonly #parts = new Map<string, Part<T>>();
  /** Namespaces that may not be read, the one that was asked longest ago first. */
  readonly #refused = new Set<string>();
  /** Namespaces that could not be read once: that they are asked again is no news. */
  readonly #knownRefused = new Set<string>();
  /** Set when the whole cluster may not be read: the server's words. */
  #forbidden: string | undefined;
  #absent = false;
  /** Reads the namespaces that are new; does nothing while the whole cluster is read. */
  #noticed: () => void = () => undefined;
  /** As the kind was given, until the server says it. */
  #namespaced: boolean;

  constructor(environment: WatchedEnvironment, kind: WatchedKind<T>) {
    this.#environment = environment;
    this.#kind = kind;
    this.#namespaced = kind.resource.namespaced;
    this.#whole = newPart(kind.sink(kind.scope.namespace));
  }

  /** `pods`, `ciliumnodes.cilium.io`. */
  get name(): string {
    return this.#kind.name ?? nameOfResource(this.#kind.resource);
  }

  /** Asks again at once for what was absent or forbidden. */
  poke(): void {
    this.#alarm.wake();
    for (const part of [this.#whole, ...this.#parts.values()]) part.alarm.wake();
  }

  /** There are other namespaces than before. Those that are new are asked; those that refused are asked when it is time. */
  noticeNamespaces(): void {
    this.#noticed();
  }

  /** Keeps the kind until the signal is aborted, then throws `cancelled`. */
  async run(signal: AbortSignal): Promise<never> {
    const { versions } = this.#kind;
    const { timing, log } = this.#environment;
    for (let index = 0; ;) {
      const version = versions[index] ?? '';
      const error = await this.#reflect(this.#whole, version, this.#kind.scope, signal);
      if (error.kind === 'forbidden' && this.#whole.patience > 0) {
        await this.#waitForRights(this.#whole, error, signal);
        continue;
      }
      this.#whole.sink.clear();
      this.#whole.state = { state: 'waiting' };
      this.#whole.deniedSince = undefined;
      if (error.kind === 'notFound' || !(await this.#isServed(version, signal))) {
        index = (index + 1) % versions.length;
        if (index > 0) continue;
        if (!this.#absent) log('info', `${this.name}: not served`, { versions: versions.join(',') });
        this.#absent = true;
        this.#environment.onState();
        await this.#alarm.wait(spread(timing.absentRetryMs), signal);
      } else {
        this.#absent = false;
        this.#forbidden = error.message;
        log('info', `${this.name}: may not be read`, { reason: error.message });
        await this.#byNamespace(version, signal);
      }
    }
  }

  get state(): KindState {
    if (this.#absent) return { state: 'absent' };
    if (this.#forbidden === undefined) return stateOf(this.#whole.state, this.#whole.sink.size);
    const parts = [...this.#parts]
      .filter(([namespace, { state }]) => state.state === 'ok' || !this.#knownRefused.has(namespace))
      .map(([, part]) => part);
    const items = parts.reduce((sum, part) => sum + part.sink.size, 0);
    const failing = parts.find((part) => part.state.state === 'failing');
    if (failing !== undefined) return stateOf(failing.state, items);
    if (parts.some((part) => part.state.state === 'waiting' || part.state.state === 'listing'))
      return { state: 'listing', items };
    if (parts.some((part) => part.state.state === 'ok')) return { state: 'ok', items };
    return { state: 'forbidden', message: this.#forbidden };
  }

  get gap(): Gap | undefined {
    const resource = nameOfResource(this.#kind.resource);
    const state = this.state;
    switch (state.state) {
      case 'absent':
        // Of a kind that is not served there are none, as a rule: that is knowledge, not a gap.
        return this.#kind.existsUnserved === true
          ? { resource, reason: 'absent', detail: 'The server does not serve it.' }
          : undefined;
      case 'forbidden':
        return { resource, reason: 'forbidden', detail: state.message };
      case 'failing':
        return { resource, reason: 'failing', detail: state.message };
      case 'waiting':
      case 'listing':
        return { resource, reason: 'not-read', detail: 'Not read yet.' };
      case 'ok': {
        if (this.#forbidden === undefined) return undefined;
        const readable = [...this.#parts].filter(([, part]) => part.state.state === 'ok').map(([name]) => name);
        return {
          resource,
          reason: 'limited',
          detail: `Read in ${readable.sort().join(', ')} only: ${this.#forbidden}`,
        };
      }
    }
  }

  /** What was read stays, and is said to be of before. */
  async #waitForRights(part: Part<T>, error: KubeError, signal: AbortSignal): Promise<void> {
    const { timing, log, onState } = this.#environment;
    const waitMs = backoffMs(timing, MAX_PATIENCE - part.patience-- + 3);
    log('warn', `${this.name}: may not be read any more, asking again`, { reason: error.message, waitMs });
    part.deniedSince ??= new Date().toISOString();
    part.state = { state: 'failing', message: error.message, since: part.deniedSince };
    onState();
    await part.alarm.wait(waitMs, signal);
  }

  /**
   * Runs one reflector until it may not go on; answers with `forbidden` or `notFound`. Throws when the signal is aborted.
   *
   * @param onAnswer called when it was read for the first time, and when that keeps failing.
   */
  async #reflect(
    part: Part<T>,
    version: string,
    scope: Scope,
    signal: AbortSignal,
    onAnswer: () => void = () => undefined,
  ): Promise<KubeError> {
    const { api, connection, log, timing, onState } = this.#environment;
    const reflector = new Reflector({
      api,
      connection,
      log,
      timing,
      resource: { ...this.#kind.resource, version },
      scope,
      watchesEmpty: this.#kind.watchesEmpty,
      codec: this.#kind.codec,
      sink: part.sink,
      onState: (state) => {
        // What was read before stands while it is listed once more: it goes on being what it was called.
        if (part.deniedSince !== undefined && (state.state === 'waiting' || state.state === 'listing')) return;
        part.state = state;
        if (state.state === 'ok' || state.state === 'failing') onAnswer();
        if (state.state === 'ok') {
          part.patience = MAX_PATIENCE;
          part.deniedSince = undefined;
          if (part === this.#whole) this.#readable();
          else this.#knownRefused.delete(scope.namespace ?? '');
        }
        onState();
      },
    });
    try {
      return await reflector.run(signal);
    } catch (thrown) {
      const error = errorOfSocket(thrown);
      if (signal.aborted) throw error;
      return error;
    }
  }

  /**
   * Whether the server has the kind at all: to whoever has no rights on it, it says "forbidden" also of what there is not.
   * Notes whether its objects have namespaces: of a kind that a solution needs nobody knew it before.
   * Every authenticated user may ask (`system:discovery`); where the answer is something else, the server's word stands.
   */
  async #isServed(version: string, signal: AbortSignal): Promise<boolean> {
    const { api, connection, log } = this.#environment;
    const { resource } = this.#kind;
    // The core group is what makes it a Kubernetes API server.
    if (resource.group === '') return true;
    await connection.up(signal);
    try {
      const served = await api.resourcesOf(apiVersionOf({ group: resource.group, version }), signal);
      const found = [...served.values()].find(({ plural }) => plural === resource.plural);
      if (found !== undefined) this.#namespaced = found.namespaced;
      return found !== undefined;
    } catch (thrown) {
      const error = errorOfSocket(thrown);
      if (signal.aborted) throw error;
      if (error.kind === 'notFound') return false;
      log('debug', `${this.name}: could not ask whether it is served`, { reason: error.message });
      return true;
    }
  }

  /** The whole cluster answers: what stood in for it is over. */
  #readable(): void {
    this.#absent = false;
    this.#forbidden = undefined;
  }

  /** Reads what namespaces may be read, until the whole cluster may, or the kind is gone. */
  async #byNamespace(version: string, signal: AbortSignal): Promise<void> {
    const { api, connection, timing, log } = this.#environment;
    const { scope, codec } = this.#kind;
    const resource = { ...this.#kind.resource, version };
    this.#noticed = () => {
      this.#follow(version, signal);
      this.#environment.onState();
    };
    try {
      for (;;) {
        // Rights may have been granted. Of many namespaces some are asked again each time: as many as there is room for, so
        // that none of them takes the place of one that was not asked yet or longer ago.
        const room = MAX_NAMESPACES - this.#parts.size;
        for (const namespace of [...this.#refused].slice(0, room)) this.#refused.delete(namespace);
        this.#noticed();
        await this.#alarm.wait(spread(timing.forbiddenRetryMs), signal);
        await connection.up(signal);
        try {
          // Not everything that answers is an API server: what is no list allows nothing.
          codec.page(await api.page(resource, { ...scope, limit: 1 }, codec.accept, signal));
          log('info', `${this.name}: may be read in the whole cluster now`);
          this.#forbidden = undefined;
          return;
        } catch (thrown) {
          const error = errorOfSocket(thrown);
          if (signal.aborted) throw error;
          if (error.kind === 'notFound') return;
          if (error.kind === 'forbidden') {
            if (!(await this.#isServed(version, signal))) return;
            this.#forbidden = error.message;
          } else log('debug', `${this.name}: could not ask for the whole cluster`, { reason: error.message });
        }
      }
    } finally {
      this.#noticed = () => undefined;
      // What was read stands until the list of the whole cluster takes its place, or cannot be had after all.
      for (const part of this.#parts.values()) part.stop.abort();
      this.#parts.clear();
      this.#refused.clear();
      this.#knownRefused.clear();
    }
  }

  /** Starts reading the namespaces that are new, as many as may be, and ends those that are no candidates any more. */
  #follow(version: string, signal: AbortSignal): void {
    const splits = this.#namespaced && this.#kind.scope.namespace === undefined;
    const candidates = new Set(splits ? this.#environment.namespaces() : []);
    for (const [namespace, part] of this.#parts) {
      if (candidates.has(namespace)) continue;
      this.#end(part);
      this.#parts.delete(namespace);
    }
    for (const refused of [this.#refused, this.#knownRefused])
      for (const namespace of refused) if (!candidates.has(namespace)) refused.delete(namespace);
    for (const namespace of candidates) {
      if (this.#parts.size >= MAX_NAMESPACES) break;
      if (!this.#parts.has(namespace) && !this.#refused.has(namespace)) this.#start(namespace, version, signal);
    }
  }

  /** Reads one namespace, when it is its turn to be asked; if that is not allowed, another one takes its place. */
  #start(namespace: string, version: string, signal: AbortSignal): void {
    const { log, onState } = this.#environment;
    const part = newPart(this.#kind.sink(namespace));
    this.#parts.set(namespace, part);
    const stop = AbortSignal.any([signal, part.stop.signal]);
    this.#reflectInTurn(part, version, namespace, stop).then(
      (error) => {
        if (stop.aborted) return;
        log('debug', `${this.name} ${namespace}: may not be read`, { reason: error.message });
        part.sink.clear();
        this.#parts.delete(namespace);
        this.#refused.add(namespace);
        this.#knownRefused.add(namespace);
        this.#follow(version, signal);
        onState();
      },
      (error: unknown) => {
        if (!stop.aborted) log('error', `${this.name} ${namespace}: ended`, { reason: String(error) });
      },
    );
  }

  /** Answers when the namespace may not be read, or not any more: what was read before is asked for again some times. */
  async #reflectInTurn(part: Part<T>, version: string, namespace: string, signal: AbortSignal): Promise<KubeError> {
    for (;;) {
      const leave = await this.#environment.asking.take(signal);
      let error: KubeError;
      try {
        error = await this.#reflect(part, version, { ...this.#kind.scope, namespace }, signal, leave);
      } finally {
        leave();
      }
      if (error.kind !== 'forbidden' || part.patience === 0) return error;
      await this.#waitForRights(part, error, signal);
    }
  }

  #end(part: Part<T>): void {
    part.stop.abort();
    part.sink.clear();
  }
}

function stateOf(state: Part<unknown>['state'], items: number): KindState {
  switch (state.state) {
    case 'waiting':
      return { state: 'waiting' };
    case 'listing':
    case 'ok':
      return { state: state.state, items };
    case 'failing':
      return state;
  }
}
