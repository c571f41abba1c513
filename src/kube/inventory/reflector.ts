/**
 * The reflector: keeps a copy of one list of one API server, and keeps it equal.
 *
 * Lists in pages, watches from the list's version, and after anything that went wrong goes on from the last version that
 * it saw, or lists again where that is too old. What the copy is made of is the sink's business. Protocol:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { type Api, nameOfResource, type Resource, type Scope } from '../api.js';
import type { Connection } from '../connection.js';
import { cancelled, errorOfSocket, KubeError } from '../errors.js';
import type { Log } from '../log.js';
import { backoffMs, spread, type Timing, wait } from '../timing.js';
import type { Codec, Page, WatchMessage } from './codec.js';

/** Where a list goes. Calls between `begin` and `end` belong to one consistent list: what is not among them is gone. */
export interface Sink<T> {
  begin(): void;
  add(items: Iterable<T>): void;
  end(): void;
  put(item: T): void;
  remove(item: T): void;
  /** Forgets everything: it may not be read any more, or its kind is gone. */
  clear(): void;
  readonly size: number;
}

export type ReflectorState =
  | { readonly state: 'waiting' }
  | { readonly state: 'listing' }
  | { readonly state: 'ok' }
  /** `since` in RFC 3339. What is in the sink is what was so before. */
  | { readonly state: 'failing'; readonly message: string; readonly since: string };

export interface ReflectorParts<T> {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  readonly resource: Resource;
  readonly scope: Scope;
  /** False: an empty list is not watched but asked for again now and then, which holds no connection. */
  readonly watchesEmpty: boolean;
  readonly codec: Codec<T>;
  readonly sink: Sink<T>;
  readonly onState: (state: ReflectorState) => void;
}

const FIRST_PAGE = 500;
const SMALLEST_PAGE = 100;
const LARGEST_PAGE = 5_000;
/** A page that took longer than this is followed by a smaller one; one that took a quarter of it, by a larger one. */
const PAGE_MS = 1_600;
/** Pages of this size, decompressed, do not grow. */
const LARGE_PAGE_BYTES = 24 * 1024 * 1024;
/** Times that a page is asked for again before the whole list is given up. */
const PAGE_ATTEMPTS = 4;
/** Watches in a row that may fail without anything heard before the list is asked for again: the version may be the trouble. */
const WATCH_ATTEMPTS = 4;

const isTransient = (error: KubeError): boolean =>
  ['unreachable', 'timeout', 'tls', 'server', 'tooManyRequests', 'protocol'].includes(error.kind);

export class Reflector<T> {
  readonly #parts: ReflectorParts<T>;
  readonly #name: string;
  #pageSize = FIRST_PAGE;
  /** Failures since a watch last held. */
  #failures = 0;
  /** Times that the version was too old since a watch last stayed open. */
  #expiries = 0;
  #failingSince: string | undefined;
  #listed = false;
  #sawBookmark = false;
  #watchSilenceMs: number;

  constructor(parts: ReflectorParts<T>) {
    this.#parts = parts;
    this.#watchSilenceMs = parts.timing.watchSilenceMs;
    const { namespace, fieldSelector, labelSelector } = parts.scope;
    this.#name = [
      nameOfResource(parts.resource),
      ...[namespace, fieldSelector, labelSelector].filter((text) => text !== undefined),
    ].join(' ');
  }

  /**
   * Lists and watches until the signal is aborted (then it throws `cancelled`). Throws `forbidden` and `notFound`: whether
   * something else may be asked instead is for the caller to say.
   */
  async run(signal: AbortSignal): Promise<never> {
    const { connection, log, timing } = this.#parts;
    let version: string | undefined;
    for (;;) {
      const epoch = await connection.up(signal);
      const present = AbortSignal.any([signal, epoch]);
      try {
        if (version !== undefined && (await this.#isAhead(version, present))) version = undefined;
        version ??= await this.#list(present);
        if (!this.#parts.watchesEmpty && this.#parts.sink.size === 0) {
          version = undefined;
          await this.#rest(timing.pollMs, present, signal);
          continue;
        }
        version = await this.#watch(version, present);
      } catch (thrown) {
        const error = thrown instanceof WatchEnded ? thrown.why : errorOfSocket(thrown);
        if (thrown instanceof WatchEnded) version = thrown.version;
        if (signal.aborted) throw cancelled(signal);
        if (epoch.aborted) {
          log('debug', `${this.#name}: interrupted`, { reason: error.message });
        } else if (error.kind === 'gone') {
          log('warn', `${this.#name}: the version is too old, listing again`, { reason: error.message });
          version = undefined;
          // Once is normal; a server that says so again and again is not asked in a circle, also when a watch told something
          // before it said so.
          this.#failures = Math.max(this.#failures + 1, ++this.#expiries);
          if (this.#failures > 1) await this.#pause(error, present, signal);
        } else if (thrown instanceof WatchEnded && (error.kind === 'forbidden' || error.httpCode === 405)) {
          log('warn', `${this.#name}: may be listed and not watched, listing now and then`, { reason: error.message });
          version = undefined;
          await this.#rest(timing.pollMs, present, signal);
        } else if (error.kind === 'forbidden' || error.kind === 'notFound') {
          throw error;
        } else {
          connection.doubt(error);
          this.#failures++;
          // A server that is gone or has too much to do gets no list of everything on top.
          const isAnswered = error.kind === 'server' || error.kind === 'protocol';
          if (version !== undefined && isAnswered && this.#failures % WATCH_ATTEMPTS === 0) {
            log('warn', `${this.#name}: the watch keeps failing, listing again`, { reason: error.message });
            version = undefined;
          }
          await this.#pause(error, present, signal);
        }
      }
    }
  }

  /** Waits after a failure, as long as the server asks for or with backoff. */
  async #pause(error: KubeError, present: AbortSignal, signal: AbortSignal): Promise<void> {
    const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(this.#parts.timing, this.#failures - 1));
    this.#parts.log('warn', `${this.#name}: failed`, {
      reason: error.message,
      kind: error.kind,
      code: error.httpCode,
      attempt: this.#failures,
      waitMs,
    });
    // A first failure is mostly over with the next attempt; a state for it would only flicker.
    if (this.#failures > 1) {
      this.#failingSince ??= new Date().toISOString();
      this.#parts.onState({ state: 'failing', message: error.message, since: this.#failingSince });
    }
    await this.#rest(waitMs, present, signal);
  }

  async #rest(waitMs: number, present: AbortSignal, signal: AbortSignal): Promise<void> {
    try {
      await wait(waitMs, present);
    } catch (interrupted) {
      if (signal.aborted) throw interrupted;
      // The connection ended meanwhile: `run` waits for the next one instead.
    }
  }

  #working(): void {
    this.#listed = true;
    this.#failingSince = undefined;
    this.#parts.onState({ state: 'ok' });
  }

  /** One consistent list; answers with its version. */
  async #list(signal: AbortSignal): Promise<string> {
    const { sink, log, onState } = this.#parts;
    const started = performance.now();
    // A list that replaces one that is known is no news.
    const tell = (): void => {
      if (!this.#listed && this.#failingSince === undefined) onState({ state: 'listing' });
    };
    tell();
    for (let restarts = 0; ; restarts++) {
      let version: string | undefined;
      let wireBytes = 0;
      let pages = 0;
      sink.begin();
      try {
        let next = this.#page(undefined, signal);
        for (;;) {
          const { page, wireBytes: bytes } = await next;
          // What was asked for by a reading that is over must not reach the sink any more.
          if (signal.aborted) throw cancelled(signal);
          wireBytes += bytes;
          pages++;
          // All pages show the state at the first one's version. Where a server breaks that, starting from the first
          // repeats changes, which does no harm; starting from a later one would lose some.
          version ??= page.resourceVersion;
          const more = page.continue !== '';
          if (more) {
            next = this.#page(page.continue, signal);
            // It is awaited in the next turn; should this turn fail, its failure must not count as unhandled.
            next.catch(() => undefined);
          }
          sink.add(page.items());
          tell();
          if (!more) break;
        }
        if (version === '') throw new KubeError('protocol', 'the list has no resourceVersion');
        sink.end();
        log('debug', `${this.#name}: listed`, {
          items: sink.size,
          pages,
          version,
          wireBytes,
          ms: Math.round(performance.now() - started),
        });
        this.#working();
        return version;
      } catch (thrown) {
        const error = errorOfSocket(thrown);
        if (error.kind !== 'gone' || pages === 0) throw error;
        if (restarts === 2) throw error;
        // The list took longer than the server keeps its version: larger pages take less time in all.
        this.#pageSize = LARGEST_PAGE;
        log('warn', `${this.#name}: the list took too long for the server, starting again with larger pages`, {
          reason: error.message,
          pages,
        });
      }
    }
  }

  /**
   * Whether our version is one that the server has not reached yet: it was restored from a backup, or got a new store. A
   * watch from such a version is accepted and says nothing until the server has caught up. Versions are numbers that may be
   * compared: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
   */
  async #isAhead(version: string, signal: AbortSignal): Promise<boolean> {
    const { api, resource, scope, codec, log } = this.#parts;
    const now = codec.page(await api.page(resource, { ...scope, limit: 1 }, codec.accept, signal)).resourceVersion;
    const isAhead = /^\d+$/.test(version) && /^\d+$/.test(now) && BigInt(now) < BigInt(version);
    if (isAhead) log('warn', `${this.#name}: the server's history began anew, listing again`, { version, now });
    return isAhead;
  }

  /** One page, asked for again when something passing went wrong. Learns how large pages may be. */
  async #page(
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly page: Page<T>; readonly wireBytes: number }> {
    const { api, resource, scope, codec, timing, log } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const limit = this.#pageSize;
      const started = performance.now();
      try {
        const answer = await api.page(resource, { ...scope, limit, continue: token }, codec.accept, signal);
        const page = codec.page(answer);
        const took = performance.now() - started;
        if (took > PAGE_MS) this.#pageSize = Math.max(SMALLEST_PAGE, limit >> 1);
        else if (took < PAGE_MS / 4 && answer.length < LARGE_PAGE_BYTES && this.#pageSize === limit)
          this.#pageSize = Math.min(LARGEST_PAGE, limit * 2);
        return { page, wireBytes: answer.wireBytes };
      } catch (thrown) {
        const error = errorOfSocket(thrown);
        // The first page has nothing to lose: `run` begins anew, and shows that it fails.
        if (token === undefined || !isTransient(error) || attempt === PAGE_ATTEMPTS || signal.aborted) throw error;
        this.#parts.connection.doubt(error);
        const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(timing, attempt - 1));
        log('warn', `${this.#name}: a page failed, asking for it again`, { reason: error.message, attempt, waitMs });
        await wait(waitMs, signal);
      }
    }
  }

  /** Applies changes until the watch ends; answers with the last version seen. Throws `WatchEnded` when it breaks. */
  async #watch(from: string, signal: AbortSignal): Promise<string> {
    const { api, resource, scope, codec, timing, log } = this.#parts;
    let version = from;
    let open = false;
    const life = { held: false };
    const hold = (): void => {
      if (life.held) return;
      life.held = true;
      if (this.#failures > 0) log('info', `${this.#name}: the watch holds again`, { version });
      this.#failures = 0;
      this.#working();
    };
    let settled: NodeJS.Timeout | undefined;
    const timeoutSeconds = Math.max(1, Math.round(spread(timing.watchMs) / 1000));
    try {
      const stream = await api.watch(
        resource,
        { ...scope, resourceVersion: version, timeoutSeconds },
        codec.acceptWatch,
        this.#watchSilenceMs,
        signal,
      );
      open = true;
      // A watch of a quiet kind says nothing; one that would fail at once has done so by then.
      settled = setTimeout(() => {
        this.#expiries = 0;
        hold();
      }, timing.settleMs);
      for await (const messages of codec.messages(stream)) {
        if (signal.aborted) throw cancelled(signal);
        for (const message of messages) {
          if (message.type === 'error') throw message.error;
          this.#apply(message);
          version = message.resourceVersion;
        }
        hold();
      }
    } catch (thrown) {
      const error = errorOfSocket(thrown);
      if (!open || error.kind !== 'timeout') throw new WatchEnded(error, version);
      // Half open, or nothing happened: both look the same, and both are mended by asking anew. Where a server sends no
      // bookmarks, patience grows, but not without limit.
      log('info', `${this.#name}: the watch is silent, opening it anew`, { version, silenceMs: this.#watchSilenceMs });
      if (!this.#sawBookmark) this.#watchSilenceMs = Math.min(timing.quietWatchSilenceMs, this.#watchSilenceMs * 2);
      this.#parts.connection.doubt(error);
      return version;
    } finally {
      clearTimeout(settled);
    }
    if (!life.held) throw new WatchEnded(new KubeError('protocol', 'the watch ended as soon as it began'), version);
    log('debug', `${this.#name}: the server ended the watch`, { version });
    return version;
  }

  #apply(message: Exclude<WatchMessage<T>, { type: 'error' }>): void {
    switch (message.type) {
      case 'put':
        this.#parts.sink.put(message.item);
        break;
      case 'remove':
        this.#parts.sink.remove(message.item);
        break;
      case 'skip':
        break;
      case 'bookmark':
        this.#sawBookmark = true;
        this.#watchSilenceMs = this.#parts.timing.watchSilenceMs;
        break;
    }
  }
}

/** A watch that broke, with the last version that was seen before. */
class WatchEnded extends Error {
  readonly why: KubeError;
  readonly version: string;
  constructor(why: KubeError, version: string) {
    super(why.message);
    this.why = why;
    this.version = version;
  }
}
