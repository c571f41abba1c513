/**
 * `kubectl exec` over WebSocket: the subprotocols v4.channel.k8s.io and v5.channel.k8s.io, one byte of channel before every
 * message, and a Status on channel 3 at the end
 * (https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go).
 * What the commands do is not decided here.
 */
import { setMaxListeners } from 'node:events';
import type { WebSocket } from 'ws';
import { without, type JsonObject, type KubeObject } from './json.js';
import { internalError, statusObject } from './status.js';

export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;

export interface ExecRequest {
  readonly pod: KubeObject;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: AsyncIterable<Buffer>;
  /** Aborted when the client goes. */
  readonly signal: AbortSignal;
  readonly stdout: (text: string | Buffer) => void;
  readonly stderr: (text: string | Buffer) => void;
}

export type ExecEnd =
  | { readonly exitCode: number }
  /** The command could not be started, in the container runtime's words. */
  | { readonly notStarted: string };

export type ExecHandler = (request: ExecRequest) => Promise<ExecEnd>;

/** Runs a command behind a WebSocket that is open. */
export async function serveExec(
  socket: WebSocket,
  call: Pick<ExecRequest, 'pod' | 'container' | 'command'>,
  handler: ExecHandler,
): Promise<void> {
  const gone = new AbortController();
  // A script waits for many programs at once.
  setMaxListeners(0, gone.signal);
  const stdin = new Stdin();
  socket.on('close', () => {
    gone.abort();
    stdin.end();
  });
  socket.on('message', (data: Buffer | string) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (bytes[0] === STDIN) stdin.push(bytes.subarray(1));
    if (bytes[0] === CLOSE && bytes[1] === STDIN) stdin.end();
  });
  const send = (channel: number, payload: string | Buffer): void => {
    if (socket.readyState === socket.OPEN) {
      socket.send(Buffer.concat([Buffer.of(channel), typeof payload === 'string' ? Buffer.from(payload) : payload]));
    }
  };
  // The real server opens its streams with an empty message.
  send(STDOUT, '');
  const end = await handler({
    ...call,
    stdin,
    signal: gone.signal,
    stdout: (text) => send(STDOUT, text),
    stderr: (text) => send(STDERR, text),
  });
  send(STATUS, JSON.stringify(statusOf(end)));
  socket.close(1000);
}

function statusOf(end: ExecEnd): JsonObject {
  if ('notStarted' in end) {
    return without(statusObject(internalError(end.notStarted)), 'kind', 'apiVersion');
  }
  if (end.exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${end.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.exitCode) }] },
  };
}

/** What the client types, as it comes. */
class Stdin implements AsyncIterable<Buffer> {
  readonly #waiting: Buffer[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
