/** So many at a time: who comes when all slots are taken waits, in the order of coming. */
import { cancelled } from './errors.js';

export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a slot. Answers with what gives it back, of which only the first call counts; throws `cancelled` when the signal
   * is aborted before.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw cancelled(signal);
    if (this.#free > 0) this.#free--;
    else
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(go), 1);
          reject(cancelled(signal));
        };
        this.#waiting.push(go);
        signal.addEventListener('abort', leave, { once: true });
      });
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      // Handed on rather than freed: who comes in between does not overtake who waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  }
}
