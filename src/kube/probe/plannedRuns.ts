/**
 * Runs that were planned and wait for a yes, and the one that goes on. At most one runs at a time in a cluster, and a
 * connection that ends waits until what it created is taken away.
 */
import { setMaxListeners } from 'node:events';
import { KubeError } from '../errors.js';

/** Something planned that can be run once. */
export interface Planned<Plan, Report, Progress> {
  readonly plan: Plan;
  /** It need not wait for its turn: it neither creates anything nor is disturbed by what others create. */
  readonly createsNothing?: true;
  /** Creates, measures and cleans up. Resolves after the cleanup, whatever happened. */
  run(onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Report>;
}

/** Whose turn it is: shared by every kind of run of one cluster. */
export class Turn {
  #running: { readonly run: string; readonly stop: AbortController; readonly done: Promise<unknown> } | undefined;

  readonly #beside = new Map<string, AbortController>();

  /** Does the work when nothing else runs. Throws a `KubeError` when something does. */
  async take<T>(run: string, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running !== undefined)
      throw new KubeError('conflict', 'probe pods are at work in this cluster already: wait for them, or cancel them');
    const stop = new AbortController();
    const done = work(stop.signal);
    this.#running = { run, stop, done };
    try {
      return await done;
    } finally {
      this.#running = undefined;
    }
  }

  /** Does work that needs no turn, whatever else runs. */
  async beside<T>(run: string, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    this.#beside.set(run, stop);
    try {
      return await work(stop.signal);
    } finally {
      this.#beside.delete(run);
    }
  }

  /** Stops the run of that name; it then answers with what it has. */
  cancel(run: string): void {
    this.#beside.get(run)?.abort();
    if (this.#running?.run === run) this.#running.stop.abort();
  }

  /** Resolves when nothing runs any more. Stops nothing by itself. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.#running?.done]);
  }
}

/** Plans kept that were neither run nor forgotten. */
const MAX_PLANS = 8;

/** The plans of one kind of run, by their names. */
export class PlannedRuns<Plan extends { readonly run: string }, Report, Progress> {
  readonly #turn: Turn;
  readonly #plans = new Map<string, Planned<Plan, Report, Progress>>();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  /** Keeps what is planned until it is run. */
  keep(planned: Planned<Plan, Report, Progress>): Plan {
    const oldest = this.#plans.keys().next();
    if (this.#plans.size >= MAX_PLANS && oldest.done !== true) this.#plans.delete(oldest.value);
    this.#plans.set(planned.plan.run, planned);
    return planned.plan;
  }

  /**
   * Runs a plan, once. Aborting the signal, or `Turn.cancel`, stops it; the report comes after everything was taken away.
   * Throws a `KubeError` when there is no such plan, or another run goes on.
   */
  async run(run: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
    const planned = this.#plans.get(run);
    if (planned === undefined) throw new KubeError('notFound', 'there is no such plan, or it was run already');
    const start = (stop: AbortSignal): Promise<Report> => {
      this.#plans.delete(run);
      const either = AbortSignal.any([signal, stop]);
      // Many streams at the same time wait for it: no leak, and no warning.
      setMaxListeners(0, either);
      return planned.run(onProgress, either);
    };
    return planned.createsNothing === true ? await this.#turn.beside(run, start) : await this.#turn.take(run, start);
  }
}
