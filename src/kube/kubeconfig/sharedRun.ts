/** One run for everybody who asks for it meanwhile; it is stopped when the last of them has left. */

interface Run<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

export class SharedRun<T> {
  #run: Run<T> | undefined;

  /** Joins the run under way, or starts one. Rejects with the signal's reason as soon as the signal is aborted. */
  async join(start: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const run = (this.#run ??= this.#begin(start));
    run.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(reasonOf(signal));
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([run.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      run.waiting -= 1;
      if (run.waiting === 0) {
        this.#over(run);
        run.stop.abort();
      }
    }
  }

  #begin(start: (signal: AbortSignal) => Promise<T>): Run<T> {
    const stop = new AbortController();
    const run: Run<T> = { result: start(stop.signal), stop, waiting: 0 };
    const over = (): void => this.#over(run);
    run.result.then(over, over);
    return run;
  }

  #over(run: Run<T>): void {
    if (this.#run === run) this.#run = undefined;
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError');
}
