/** How long things take at the most, and how long is waited: one place, so that tests can make time short. Milliseconds. */
import { setTimeout as delay } from 'node:timers/promises';

import { cancelled } from './errors.js';

export interface Timing {
  /** First wait after a failure; doubles up to `backoffMaxMs`. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** With nothing heard from the server for so long, it is asked whether it is there. */
  readonly silenceMs: number;
  /**
   * A watch silent for so long is opened anew. The server sends a bookmark about every minute:
   * `defaultBookmarkFrequency` in https://github.com/kubernetes/apiserver/blob/master/pkg/storage/cacher/cacher.go
   */
  readonly watchSilenceMs: number;
  /** The same for kinds of which no bookmark was ever seen: a server may send none while nothing of the kind changes. */
  readonly quietWatchSilenceMs: number;
  /** A watch that has been open for so long, or said something, works. */
  readonly settleMs: number;
  /** Between two lists of what may be listed and not watched. */
  readonly pollMs: number;
  /** A watch is asked to end after a time between this and twice this. */
  readonly watchMs: number;
  /** After "forbidden": rights may have been granted. */
  readonly forbiddenRetryMs: number;
  /** After "not found": the kind may have been installed. */
  readonly absentRetryMs: number;
  /** The least time between two models while changes keep coming. */
  readonly modelEveryMs: number;
  /** The same while the first lists arrive: one model shows what must be read for the next. */
  readonly modelFirstMs: number;
  /** After so long without a change, a model is made all the same: some findings depend on how long something has been so. */
  readonly modelAnewMs: number;
  /** Watches stop after nothing has been visible for so long. */
  readonly pauseAfterMs: number;
}

export const TIMING: Timing = {
  backoffFirstMs: 500,
  backoffMaxMs: 30_000,
  silenceMs: 25_000,
  watchSilenceMs: 90_000,
  quietWatchSilenceMs: 600_000,
  settleMs: 3_000,
  pollMs: 60_000,
  watchMs: 300_000,
  forbiddenRetryMs: 120_000,
  absentRetryMs: 300_000,
  modelEveryMs: 250,
  modelFirstMs: 50,
  modelAnewMs: 30_000,
  pauseAfterMs: 300_000,
};

/** The wait before attempt `attempt` (0 is the first repetition): exponential, with jitter so that clients do not march in step. */
export function backoffMs(timing: Timing, attempt: number): number {
  const full = Math.min(timing.backoffMaxMs, timing.backoffFirstMs * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + Math.random() / 2));
}

/** A value between `ms` and twice that. */
export const spread = (ms: number): number => Math.round(ms * (1 + Math.random()));

/** Waits; throws `cancelled` when the signal is aborted. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    // The only way in which this timer fails is its signal.
    throw cancelled(signal);
  }
}

/** Waits for one of: the time is over, or `wake` was called. */
export class Alarm {
  #wake: () => void = () => undefined;

  /** Ends the present wait, if there is one. */
  wake(): void {
    this.#wake();
  }

  /** Waits at the most `ms` (`Infinity`: until woken); throws `cancelled` when the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelled(signal);
    await new Promise<void>((resolve, reject) => {
      const timer = Number.isFinite(ms) ? setTimeout(() => done(), ms) : undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#wake = () => undefined;
        resolve();
      };
      const abort = (): void => {
        clearTimeout(timer);
        reject(cancelled(signal));
      };
      this.#wake = done;
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
