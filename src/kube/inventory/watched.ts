/**
 * One kind of the inventory: which of its versions the server has, and how much of it we may read.
 *
 * First the whole cluster. Where that is forbidden, each namespace that may be read, and the whole cluster again now and
 * then. What could not be read becomes a gap, in the server's own words.
 */
import type { Gap } from '../../core/network/facts.js';
import { type Api, nameOfResource, type Resource, type Scope } from '../api.js';
import type { Connection } from '../connection.js';
import { errorOfSocket, type KubeError } from '../errors.js';
import type { Log } from '../log.js';
import type { KindState } from '../session.js';
import { Alarm, spread, type Timing } from '../timing.js';
import type { Codec } from './codec.js';
import { Reflector, type ReflectorState, type Sink } from './reflector.js';

export interface WatchedEnvironment {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  /** Namespaces to try where the whole cluster may not be read. */
  readonly namespaces: () => readonly string[];
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
  readonly codec: Codec<T>;
  /** Where the list of the whole cluster goes (or of the scope's namespace), or that of one namespace. */
  readonly sink: (namespace: string | undefined) => Sink<T>;
}

/** Namespaces that are read one by one at the most; each costs a connection. */
const MAX_NAMESPACES = 50;

/** One reflector with what it last said. */
interface Part<T> {
  readonly sink: Sink<T>;
  readonly stop: AbortController;
  state: ReflectorState | { readonly state: 'forbidden'; readonly message: string };
}

export class Watched<T> {
  readonly #environment: WatchedEnvironment;
  readonly #kind: WatchedKind<T>;
  readonly #alarm = new Alarm();
  readonly #whole: Part<T>;
  /** By namespace, while the whole cluster may not be read. */
  readonly #parts = new Map<string, Part<T>>();
  /** Set when the whole cluster may not be read: the server's words. */
  #forbidden: string | undefined;
  #absent = false;

  constructor(environment: WatchedEnvironment, kind: WatchedKind<T>) {
    this.#environment = environment;
    this.#kind = kind;
    this.#whole = { sink: kind.sink(kind.scope.namespace), stop: new AbortController(), state: { state: 'waiting' } };
  }

  /** `pods`, `ciliumnodes.cilium.io`. */
  get name(): string {
    return this.#kind.name ?? nameOfResource(this.#kind.resource);
  }

  /** Asks again at once for what was absent or forbidden, and takes notice of other namespaces. */
  poke(): void {
    this.#alarm.wake();
  }

  /** Keeps the kind until the signal is aborted, then throws `cancelled`. */
  async run(signal: AbortSignal): Promise<never> {
    const { versions } = this.#kind;
    const { timing, log } = this.#environment;
    for (let index = 0; ;) {
      const version = versions[index] ?? '';
      const error = await this.#reflect(this.#whole, version, this.#kind.scope, signal);
      this.#whole.sink.clear();
      if (error.kind === 'notFound') {
        index = (index + 1) % versions.length;
        if (index > 0) continue;
        if (!this.#absent) log('info', `${this.name}: not served`, { versions: versions.join(',') });
        this.#absent = true;
        this.#environment.onState();
        await this.#alarm.wait(spread(timing.absentRetryMs), signal);
      } else {
        this.#forbidden = error.message;
        log('info', `${this.name}: may not be read`, { reason: error.message });
        await this.#byNamespace(version, signal);
      }
    }
  }

  get state(): KindState {
    if (this.#absent) return { state: 'absent' };
    if (this.#forbidden === undefined) return stateOf(this.#whole.state, this.#whole.sink.size);
    const parts = [...this.#parts.values()];
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
        // Of a kind that is not served there are none: that is knowledge, not a gap.
        return undefined;
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

  /** Runs one reflector until it may not go on; answers with `forbidden` or `notFound`. Throws when the signal is aborted. */
  async #reflect(part: Part<T>, version: string, scope: Scope, signal: AbortSignal): Promise<KubeError> {
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
        part.state = state;
        if (part === this.#whole && state.state !== 'failing') this.#readable();
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

  /** The whole cluster answers: what stood in for it is over. */
  #readable(): void {
    if (this.#whole.state.state !== 'ok') return;
    this.#absent = false;
    this.#forbidden = undefined;
  }

  /** Reads what namespaces may be read, until the whole cluster may. */
  async #byNamespace(version: string, signal: AbortSignal): Promise<void> {
    const { api, connection, timing, log } = this.#environment;
    const { scope, codec } = this.#kind;
    const resource = { ...this.#kind.resource, version };
    try {
      for (;;) {
        this.#follow(version, signal);
        this.#environment.onState();
        await this.#alarm.wait(spread(timing.forbiddenRetryMs), signal);
        await connection.up(signal);
        try {
          await api.page(resource, { ...scope, limit: 1 }, codec.accept, signal);
          log('info', `${this.name}: may be read in the whole cluster now`);
          this.#forbidden = undefined;
          return;
        } catch (thrown) {
          const error = errorOfSocket(thrown);
          if (signal.aborted) throw error;
          if (error.kind === 'forbidden') this.#forbidden = error.message;
          else log('debug', `${this.name}: could not ask for the whole cluster`, { reason: error.message });
        }
      }
    } finally {
      for (const part of this.#parts.values()) this.#end(part);
      this.#parts.clear();
    }
  }

  /** Starts reading the namespaces that are new or were forbidden, and ends those that are no candidates any more. */
  #follow(version: string, signal: AbortSignal): void {
    const { resource, scope } = this.#kind;
    const splits = resource.namespaced && scope.namespace === undefined;
    const candidates = new Set(splits ? this.#environment.namespaces().slice(0, MAX_NAMESPACES) : []);
    for (const [namespace, part] of this.#parts) {
      if (candidates.has(namespace) && part.state.state !== 'forbidden') candidates.delete(namespace);
      else {
        this.#end(part);
        this.#parts.delete(namespace);
      }
    }
    for (const namespace of candidates) {
      const part: Part<T> = {
        sink: this.#kind.sink(namespace),
        stop: new AbortController(),
        state: { state: 'waiting' },
      };
      this.#parts.set(namespace, part);
      const stop = AbortSignal.any([signal, part.stop.signal]);
      this.#reflect(part, version, { ...scope, namespace }, stop).then(
        (error) => {
          part.sink.clear();
          part.state = { state: 'forbidden', message: error.message };
          this.#environment.onState();
        },
        (error: unknown) => {
          if (!stop.aborted)
            this.#environment.log('error', `${this.name} ${namespace}: ended`, { reason: String(error) });
        },
      );
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
    case 'forbidden':
    case 'failing':
      return state;
  }
}
