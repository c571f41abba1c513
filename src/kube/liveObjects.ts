/**
 * Live objects: the few that somebody looks at, each watched by its name, so that what is shown follows the cluster
 * whatever kind it is and whatever else is read of it.
 */
import { objectText } from '../core/manifests/objectText.js';
import { customObject } from '../core/network/fromObjects.js';
import type { JsonObject } from '../core/network/json.js';
import { type ObjectRef, objectPlace, placeKey } from '../core/network/place.js';
import type { Api } from './api.js';
import type { Connection } from './connection.js';
import { KubeError } from './errors.js';
import { jsonCodec } from './inventory/codec.js';
import { Reflector, type Sink } from './inventory/reflector.js';
import type { Log } from './log.js';
import { resourceOf } from './resources.js';
import type { LiveObject } from './session.js';
import type { Timing } from './timing.js';

/** More than anybody looks at; the rest is not watched. */
export const MAX_LIVE = 20;

export interface LiveObjectsParts {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  readonly onChange: (object: LiveObject) => void;
}

export class LiveObjects {
  readonly #parts: LiveObjectsParts;
  readonly #watched = new Map<string, AbortController>();

  constructor(parts: LiveObjectsParts) {
    this.#parts = parts;
  }

  /** Watches these and no others, until `signal` is aborted. */
  observe(refs: readonly ObjectRef[], signal: AbortSignal): void {
    const wanted = new Map(refs.slice(0, MAX_LIVE).map((ref) => [placeKey(objectPlace(ref)), ref]));
    for (const [key, end] of this.#watched) {
      if (wanted.has(key)) continue;
      this.#watched.delete(key);
      end.abort();
    }
    for (const [key, ref] of wanted) {
      if (this.#watched.has(key) || ref.kind === 'Secret') continue;
      const end = new AbortController();
      this.#watched.set(key, end);
      void this.#watch(ref, AbortSignal.any([signal, end.signal]));
    }
  }

  /** What may not be watched is shown as it was when it was asked for. */
  async #watch(ref: ObjectRef, signal: AbortSignal): Promise<void> {
    const { api, connection, log, timing, onChange } = this.#parts;
    try {
      const resource = await resourceOf(api, ref, signal);
      const reflector = new Reflector({
        api,
        connection,
        log,
        timing,
        resource,
        scope: {
          fieldSelector: `metadata.name=${ref.name}`,
          ...(resource.namespaced && ref.namespace !== undefined ? { namespace: ref.namespace } : {}),
        },
        // One that is gone may come back, and is looked at.
        watchesEmpty: true,
        codec: jsonCodec(liveText),
        sink: new LiveSink((text) => onChange({ ref, text })),
        onState: () => undefined,
      });
      await reflector.run(signal);
    } catch (error) {
      if (!signal.aborted)
        log('info', `${ref.kind} ${ref.name} is shown and cannot be watched`, {
          reason: error instanceof KubeError ? error.message : String(error),
        });
    }
  }
}

/** The object as text. */
export const liveText = (object: JsonObject): string => objectText(JSON.stringify(customObject(object).content));

/** Keeps one object, and tells when it is another one or gone (undefined). */
class LiveSink implements Sink<string> {
  readonly #tell: (text: string | undefined) => void;
  #text: string | undefined;
  #listed: string | undefined;

  constructor(tell: (text: string | undefined) => void) {
    this.#tell = tell;
  }

  get size(): number {
    return this.#text === undefined ? 0 : 1;
  }
  begin(): void {
    this.#listed = undefined;
  }
  add([text]: readonly string[]): void {
    this.#listed = text;
  }
  end(): void {
    this.#set(this.#listed);
  }
  put(text: string): void {
    this.#set(text);
  }
  remove(): void {
    this.#set(undefined);
  }
  /** It may not be read any more, which says nothing about whether it is there. */
  clear(): void {
    this.#text = undefined;
  }

  #set(text: string | undefined): void {
    if (text === this.#text && text !== undefined) return;
    this.#text = text;
    this.#tell(text);
  }
}
