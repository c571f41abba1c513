/**
 * Messages of another thread, taken a few at a time.
 *
 * Node hands over up to a thousand waiting messages in one turn of the event loop, and unpacking them takes as long as it
 * takes: a large cluster's summaries would hold up everything else on this thread. So they wait in a port that is read by
 * hand, and after each slice of time everything else has its turn. Their order stays.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** After so long on messages, in milliseconds, everything else has its turn: a quarter of a frame at 60 frames a second. */
const SLICE_MS = 4;

export class PacedPort<T> {
  readonly #port: MessagePort;
  readonly #received: (message: T) => void;
  /** The other end, for the thread that posts. */
  readonly sender: MessagePort;
  #isDue = false;

  /** `received` must not throw: what waits would wait until there is more. */
  constructor(received: (message: T) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.sender = port2;
    this.#received = received;
  }

  /** Messages were posted: takes them, a slice of time now and the rest in turns to come. */
  wake(): void {
    if (!this.#isDue) this.#take(SLICE_MS);
  }

  /** Takes nothing any more. */
  close(): void {
    this.#isDue = false;
    this.#port.close();
  }

  /** Takes everything that is there, at once: nothing more will come. */
  drain(): void {
    this.#take(Infinity);
    this.close();
  }

  #take(sliceMs: number): void {
    this.#isDue = false;
    const until = performance.now() + sliceMs;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#received(next.message);
      if (performance.now() < until) continue;
      this.#isDue = true;
      setImmediate(() => {
        if (this.#isDue) this.#take(SLICE_MS);
      });
      return;
    }
  }

  #next(): { readonly message: T } | undefined {
    return receiveMessageOnPort(this.#port);
  }
}
