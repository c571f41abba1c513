/**
 * Whether the API server is there: connecting, asking again with backoff, noticing that it fell silent.
 *
 * Everything that lists and watches waits here while the server is away, so that one question at a time tells when it is
 * back, instead of every kind asking by itself. The server's version is the question: any authenticated user may ask it
 * (`system:public-info-viewer`, https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles).
 */
import { AccessError } from './access.js';
import type { Api } from './api.js';
import { cancelled, errorOfSocket, KubeError } from './errors.js';
import type { Log } from './log.js';
import { Alarm, backoffMs, type Timing } from './timing.js';

export type LinkState =
  | { readonly link: 'connecting' }
  /** `version` is empty when the server does not tell it to this user. */
  | { readonly link: 'up'; readonly version: string }
  | {
      readonly link: 'down';
      readonly message: string;
      readonly attempt: number;
      /** Milliseconds since the epoch. */
      readonly retryAt: number;
      readonly wasConnected: boolean;
    }
  /** Not asked again by itself, or not for ever: a credential program may open a browser each time. */
  | {
      readonly link: 'refused';
      readonly kind: 'unauthenticated' | 'declined';
      readonly message: string;
      /** The server did not take the credentials; else there were none to be had. */
      readonly rejected: boolean;
      /** Milliseconds since the epoch; Infinity: when asked to. */
      readonly retryAt: number;
    };

/**
 * Times that credentials refused by the server are tried before a person has to say so. Those that it took before are most
 * likely good: a server that has just started refuses all of them until its authenticators are ready.
 */
const REFUSED_ATTEMPTS = { never: 3, before: 12 } as const;
/**
 * Times in a row that a credential program which failed by itself is started again: what it asks may be away for a moment, as
 * after a computer has slept.
 */
const PROGRAM_REPETITIONS = 3;
/** Times in a row that a server which answers, but badly, is asked once more before it counts as gone: one replica of several may be ill. */
const BAD_ANSWERS = 2;

export class Connection {
  readonly #api: Api;
  readonly #log: Log;
  readonly #timing: Timing;
  readonly #listener: (state: LinkState) => void;
  readonly #alarm = new Alarm();
  readonly #waiters = new Set<() => void>();
  #state: LinkState = { link: 'connecting' };
  #active = true;
  #wasConnected = false;
  #doubted = false;
  /** Aborted when what is under way on the present connection is to end. */
  #epoch = new AbortController();

  constructor(api: Api, log: Log, timing: Timing, listener: (state: LinkState) => void) {
    this.#api = api;
    this.#log = log;
    this.#timing = timing;
    this.#listener = listener;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Keeps the connection until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => this.#epoch.abort(cancelled(signal));
    signal.addEventListener('abort', end, { once: true });
    let attempt = 0;
    let refusals = 0;
    let programFailures = 0;
    let badAnswers = 0;
    this.#set({ link: 'connecting' });
    for (;;) {
      let askedAt = Date.now();
      try {
        // Asking may start a credential program: not while nobody looks.
        while (!this.#active) await this.#alarm.wait(Infinity, signal);
        askedAt = Date.now();
        const version = await this.#ask(signal);
        attempt = 0;
        refusals = 0;
        programFailures = 0;
        badAnswers = 0;
        this.#wasConnected = true;
        if (this.#state.link !== 'up') {
          this.#log('info', 'connected', { version });
          this.#set({ link: 'up', version });
        }
        await this.#untilDoubtful(signal);
      } catch (error) {
        if (signal.aborted) return;
        const failure = errorOfSocket(error);
        if (failure.kind === 'timeout' && this.#state.link === 'up' && this.#api.transport.lastByteAt > askedAt) {
          // It has too much to do for this question, and goes on talking to us elsewhere: all else but going away.
          this.#log('warn', 'the server is slow', { reason: failure.message });
          await this.#untilDoubtful(signal);
          continue;
        }
        const isBadAnswer = failure.kind === 'server' || failure.kind === 'tooManyRequests';
        if (isBadAnswer && this.#state.link === 'up' && badAnswers < BAD_ANSWERS) {
          const waitMs = Math.max(failure.retryAfterMs ?? 0, backoffMs(this.#timing, badAnswers++));
          this.#log('warn', 'the server answers badly, asking once more', { reason: failure.message, waitMs });
          await this.#alarm.wait(waitMs, signal);
          continue;
        }
        attempt++;
        if (failure.httpCode === 401) refusals++;
        else if (isRefusal(failure)) programFailures++;
        await this.#failed(failure, attempt, { refusals, programFailures }, signal);
      }
    }
  }

  /** Asks at once instead of waiting for the next attempt. */
  retry(): void {
    this.#doubted = true;
    this.#alarm.wake();
  }

  /** Something went wrong that may mean that the server is gone, or that it does not know us any more: look now. */
  doubt(error: KubeError): void {
    if (!['unreachable', 'timeout', 'tls', 'unauthenticated', 'declined'].includes(error.kind)) return;
    this.#doubted = true;
    if (this.#state.link === 'up') this.#alarm.wake();
  }

  /** Inactive: what waits here goes on waiting, and what runs is ended. */
  setActive(active: boolean): void {
    if (this.#active === active) return;
    this.#active = active;
    this.#log('info', active ? 'visible again: watching' : 'nothing visible: watches stopped');
    // That somebody looks is not that somebody asks for what waits for a person.
    const waits = this.#state.link === 'refused' && !Number.isFinite(this.#state.retryAt);
    if (active && !waits) this.retry();
    if (!active) this.#endEpoch(new KubeError('cancelled', 'nothing is visible'));
    this.#admit();
  }

  /**
   * Waits until the server is there. Answers with a signal that is aborted when that is over, or when `signal` is.
   */
  async up(signal: AbortSignal): Promise<AbortSignal> {
    while (this.#state.link !== 'up' || !this.#active) {
      if (signal.aborted) throw cancelled(signal);
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', go);
          this.#waiters.delete(go);
          resolve();
        };
        this.#waiters.add(go);
        signal.addEventListener('abort', go, { once: true });
      });
    }
    return this.#epoch.signal;
  }

  async #ask(signal: AbortSignal): Promise<string> {
    try {
      return await this.#api.version(signal);
    } catch (error) {
      // It knows us and keeps its version to itself: there all the same.
      if (error instanceof KubeError && error.kind === 'forbidden') return '';
      throw error;
    }
  }

  /** Returns when the server has been silent for long, or somebody doubts. */
  async #untilDoubtful(signal: AbortSignal): Promise<void> {
    while (!this.#doubted) {
      const silent = Date.now() - this.#api.transport.lastByteAt;
      if (this.#active && silent >= this.#timing.silenceMs) return;
      await this.#alarm.wait(this.#active ? this.#timing.silenceMs - silent : Infinity, signal);
    }
    this.#doubted = false;
  }

  async #failed(
    error: KubeError,
    attempt: number,
    { refusals, programFailures }: { readonly refusals: number; readonly programFailures: number },
    signal: AbortSignal,
  ): Promise<void> {
    const refused = isRefusal(error);
    // Answered by the server (401): worth some more attempts by itself; of credentials that could not be had, those only that
    // could be had before, and whose next attempt disturbs nobody.
    const isAnswered = error.httpCode === 401;
    const patience = this.#wasConnected ? REFUSED_ATTEMPTS.before : REFUSED_ATTEMPTS.never;
    const mayPass = error.cause instanceof AccessError && error.cause.mayPass;
    const again =
      !refused ||
      (isAnswered ? refusals < patience : mayPass && this.#wasConnected && programFailures <= PROGRAM_REPETITIONS);
    const failures = isAnswered ? refusals : programFailures;
    const waitMs = again ? backoffMs(this.#timing, refused ? failures + 3 : attempt) : Infinity;
    const retryAt = Date.now() + waitMs;
    this.#log('warn', refused ? 'not accepted' : 'the server does not answer', {
      reason: error.message,
      kind: error.kind,
      attempt,
      waitMs: again ? waitMs : 'until asked',
    });
    if (error.kind === 'unauthenticated' || error.kind === 'declined')
      this.#set({ link: 'refused', kind: error.kind, message: error.message, rejected: isAnswered, retryAt });
    else
      this.#set({
        link: 'down',
        message: error.message,
        attempt,
        retryAt,
        wasConnected: this.#wasConnected,
      });
    this.#endEpoch(error);
    this.#doubted = false;
    await this.#alarm.wait(waitMs, signal);
    this.#doubted = false;
    if (!this.#wasConnected || refused) this.#set({ link: 'connecting' });
  }

  #endEpoch(why: KubeError): void {
    const epoch = this.#epoch;
    this.#epoch = new AbortController();
    epoch.abort(why);
    // Kept connections may be as dead as the one that failed; each would cost a time limit.
    this.#api.transport.dropConnections();
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#listener(state);
    this.#admit();
  }

  #admit(): void {
    if (this.#state.link !== 'up' || !this.#active) return;
    for (const go of [...this.#waiters]) go();
  }
}

const isRefusal = ({ kind }: KubeError): boolean => kind === 'unauthenticated' || kind === 'declined';
