/** The session as the editor holds it: this side of the worker thread. */
import { Worker } from 'node:worker_threads';

import { KubeError } from './errors.js';
import type { SelectedContext } from './kubeconfig/selectContext.js';
import { PacedPort } from './pacedPort.js';
import type {
  ClusterSession,
  ConnectionState,
  CredentialCommand,
  Disposable,
  Listener,
  ProgressOf,
  SessionChange,
  SessionHost,
  SessionOptions,
  SessionRequests,
} from './session.js';
import type { FromWorker, ToWorker } from './workerProtocol.js';

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: KubeError) => void;
  readonly progress: ((progress: never) => void) | undefined;
}

/** How long the worker may take to end by itself: what a run created is taken away before, which may take half a minute. */
const END_MS = 40_000;

class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();
  add(listener: Listener<T>): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }
  tell(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}

export class WorkerSession implements ClusterSession {
  readonly #file: string;
  readonly #selected: SelectedContext;
  readonly #options: SessionOptions;
  readonly #host: SessionHost;
  readonly #states = new Listeners<ConnectionState>();
  readonly #changes = new Listeners<SessionChange>();
  readonly #pending = new Map<number, Pending>();
  readonly #questions = new Map<number, AbortController>();
  #worker: Worker | undefined;
  #nextId = 1;
  #state: ConnectionState = { phase: 'idle' };
  #visible = true;
  #ended = false;
  readonly ended: Promise<void>;
  #setEnded: () => void = () => undefined;

  /**
   * Starts the worker and connects.
   *
   * @param file path of the worker's bundle
   */
  constructor(file: string, selected: SelectedContext, options: SessionOptions, host: SessionHost) {
    this.#file = file;
    this.#selected = selected;
    this.#options = options;
    this.#host = host;
    this.ended = new Promise((resolve) => {
      this.#setEnded = resolve;
    });
    this.#start();
  }

  get state(): ConnectionState {
    return this.#state;
  }
  onState(listener: Listener<ConnectionState>): Disposable {
    return this.#states.add(listener);
  }
  onChange(listener: Listener<SessionChange>): Disposable {
    return this.#changes.add(listener);
  }

  async request<K extends keyof SessionRequests>(
    kind: K,
    params: SessionRequests[K]['params'],
    signal?: AbortSignal,
    onProgress?: Listener<ProgressOf<K>>,
  ): Promise<SessionRequests[K]['result']> {
    if (this.#worker === undefined) throw new KubeError('cancelled', 'the session has ended');
    if (signal?.aborted === true) throw new KubeError('cancelled', 'cancelled');
    const id = this.#nextId++;
    const cancel = (): void => {
      this.#post({ type: 'cancel', id });
      this.#settle(id)?.reject(new KubeError('cancelled', 'cancelled'));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<SessionRequests[K]['result']>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, progress: onProgress });
        this.#post({ type: 'request', id, kind, params } as ToWorker);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  retry(): void {
    if (this.#worker === undefined) this.#start();
    else this.#post({ type: 'retry' });
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#post({ type: 'visible', visible });
  }

  dispose(): void {
    this.#ended = true;
    const worker = this.#worker;
    this.#post({ type: 'end' });
    this.#over(new KubeError('cancelled', 'the session has ended'));
    if (worker === undefined) {
      this.#setEnded();
      return;
    }
    const kill = setTimeout(() => void worker.terminate(), END_MS);
    kill.unref();
    worker.once('exit', () => {
      clearTimeout(kill);
      this.#setEnded();
    });
  }

  #start(): void {
    if (this.#ended) return;
    const inbox = new PacedPort<FromWorker>((message) => {
      if (worker === this.#worker) this.#safelyReceived(message);
    });
    const worker = new Worker(this.#file, {
      name: 'cluster network',
      workerData: inbox.sender,
      transferList: [inbox.sender],
    });
    this.#worker = worker;
    worker.on('message', () => inbox.wake());
    const died = (why: string): void => {
      // What was left needs nothing of it; of one that ended by itself the last words count.
      if (worker === this.#worker) inbox.drain();
      else inbox.close();
      this.#died(worker, why);
    };
    worker.on('error', (error) => died(error.message));
    worker.on('exit', (code) => died(`exit code ${code}`));
    this.#post({ type: 'connect', selected: this.#selected, options: this.#options });
    if (!this.#visible) this.#post({ type: 'visible', visible: false });
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Takes the request with that number out of the waiting ones. */
  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** A listener that fails must not keep the rest of the messages from the others. */
  #safelyReceived(message: FromWorker): void {
    try {
      this.#received(message);
    } catch (error) {
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#host.log({ level: 'error', text: `what was read could not be shown: ${words}` });
    }
  }

  #received(message: FromWorker): void {
    switch (message.type) {
      case 'state':
        this.#setState(message.state);
        break;
      case 'change':
        this.#changes.tell(message.change);
        break;
      case 'log':
        this.#host.log(message.line);
        break;
      case 'result':
        // The worker's table of answers gives each kind of request its own kind of result (`requests.ts`).
        this.#settle(message.id)?.resolve(message.result as never);
        break;
      case 'progress':
        // As with results: each kind of request tells its own kind of progress.
        this.#pending.get(message.id)?.progress?.(message.progress as never);
        break;
      case 'error': {
        const { kind, message: words, httpCode, reason } = message.error;
        this.#settle(message.id)?.reject(new KubeError(kind, words, { httpCode, reason }));
        break;
      }
      case 'mayRun':
        void this.#ask(message.id, message.command);
        break;
      case 'mayRunOver':
        this.#questions.get(message.id)?.abort();
        break;
    }
  }

  async #ask(id: number, command: CredentialCommand): Promise<void> {
    const over = new AbortController();
    this.#questions.set(id, over);
    let allowed = false;
    try {
      allowed = await this.#host.mayRun(command, over.signal);
    } catch (error) {
      this.#host.log({
        level: 'error',
        text: `the question whether ${command.command} may run failed: ${String(error)}`,
      });
    }
    this.#questions.delete(id);
    this.#post({ type: 'consent', id, allowed });
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#states.tell(state);
  }

  /** The thread ended and nobody asked for it: a fault of ours, or out of memory. `retry` starts another one. */
  #died(worker: Worker, why: string): void {
    if (worker !== this.#worker || this.#ended) return;
    const message = `the connection's worker thread ended: ${why}`;
    const server = 'server' in this.#state ? this.#state.server : '';
    this.#host.log({ level: 'error', text: message });
    this.#over(new KubeError('cancelled', message));
    this.#setState({ phase: 'unreachable', server, message, attempt: 1, retryAt: Infinity, wasConnected: true });
  }

  #over(why: KubeError): void {
    this.#worker = undefined;
    for (const question of this.#questions.values()) question.abort();
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(why);
  }
}
