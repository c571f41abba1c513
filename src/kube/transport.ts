/**
 * HTTP to one API server: every request with time limits, a signal and one family of errors.
 *
 * Answers for: credentials on each request and one more attempt after a 401, compressed bodies, bounded concurrency of
 * short requests, sizes that a hostile server cannot exceed, and when a byte was last heard. Not answered here: what is
 * asked (`api.ts`), and whether to try again (`connection.ts`, `inventory/`).
 */
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import tls from 'node:tls';

import { version } from '../../package.json';
import type { ClusterAccess, RequestCredentials } from './access.js';
import { Answer } from './answer.js';
import { cancelled, errorOfSocket, errorOfStatus, KubeError, printable } from './errors.js';
import { gunzip } from './gunzip.js';
import type { Log } from './log.js';
import { Slots } from './slots.js';
import { statusOf } from './status.js';

export const USER_AGENT = `cluster-network-inspector/${version}`;

/** How long a request may take, in milliseconds. */
export interface Limits {
  /** Name resolution, connection and TLS handshake. */
  readonly connectMs: number;
  /** From the start until the answer's header is there. */
  readonly firstByteMs: number;
  /** Between two pieces of the answer. Of a stream: silence longer than this ends it. */
  readonly idleMs: number;
  /** The whole request; 0 for streams, which have no end. */
  readonly totalMs: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path below the server's base, encoded: `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal: AbortSignal;
  readonly limits: Limits;
}

export interface StreamAnswer {
  readonly contentType: string;
  /** Pieces of the body as they come. Throws a `KubeError` when the stream breaks; ends when the server ends it. */
  readonly body: AsyncIterable<Buffer>;
}

/** The most that one answer may hold, decompressed. A page of 10,000 pods of 8 KB is 80 MB. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;
/** An error's body is a Status object or a page of some proxy; more than this is neither. */
const MAX_ERROR_BYTES = 256 * 1024;
/** Short requests at the same time; watches and other streams are not counted. */
const MAX_CONCURRENT = 8;

export class Transport {
  readonly #access: ClusterAccess;
  readonly #log: Log;
  readonly #slots = new Slots(MAX_CONCURRENT);
  #agent: http.Agent | undefined;
  #lastByteAt = Date.now();

  constructor(access: ClusterAccess, log: Log) {
    this.#access = access;
    this.#log = log;
  }

  /** When something was last received from this server, in milliseconds since the epoch. */
  get lastByteAt(): number {
    return this.#lastByteAt;
  }

  /** Closes every connection, those in use too: what runs on them ends as `unreachable`. New requests open new ones. */
  dropConnections(): void {
    this.#agent?.destroy();
  }

  /** One request with its whole answer. Throws a `KubeError` for everything that is not a success. */
  async request(request: Request): Promise<Answer> {
    const leave = await this.#slots.take(request.signal);
    try {
      const exchange = await this.#answered(request, this.#access.disableCompression === true ? 'identity' : 'gzip');
      return await answerOf(exchange, request.limits.idleMs, MAX_BODY_BYTES, this.#heard);
    } finally {
      leave();
    }
  }

  /** A request whose answer is read as it comes, such as a watch or the log of a pod. Its signal, or leaving the loop, stops it. */
  async stream(request: Request): Promise<StreamAnswer> {
    const exchange = await this.#answered(request, 'identity');
    return {
      contentType: exchange.response.headers['content-type'] ?? '',
      body: pieces(exchange, request.limits.idleMs, this.#heard),
    };
  }

  readonly #heard = (): void => {
    this.#lastByteAt = Date.now();
  };

  /** Asks with credentials; once more with new ones when the server does not accept those and others may be had. */
  async #answered(request: Request, encoding: Encoding): Promise<Exchange> {
    for (let attempt = 1; ; attempt++) {
      const credentials = await this.#credentials(request.signal);
      try {
        return await this.#succeeded(request, credentials, encoding);
      } catch (error) {
        const failure = errorOfSocket(error);
        if (failure.kind !== 'unauthenticated' || attempt > 1 || !this.#access.invalidate(credentials)) throw failure;
        this.#log('info', 'credentials were not accepted, asking for new ones', { reason: failure.message });
      }
    }
  }

  async #credentials(signal: AbortSignal): Promise<RequestCredentials> {
    try {
      const credentials = await this.#access.credentials(signal);
      this.#agent = credentials.agent;
      return credentials;
    } catch (error) {
      throw signal.aborted ? cancelled(signal) : errorOfSocket(error);
    }
  }

  /** The exchange, once the answer's header says success. */
  async #succeeded(request: Request, credentials: RequestCredentials, encoding: Encoding): Promise<Exchange> {
    for (let attempt = 1; ; attempt++) {
      const sent = send(this.#access.server, request, credentials, encoding);
      try {
        const exchange = await sent.answer;
        this.#heard();
        const code = exchange.response.statusCode ?? 0;
        if (code < 200 || code > 299) throw await failureOf(exchange, request.limits.idleMs, this.#heard);
        return exchange;
      } catch (error) {
        // The server may have closed a kept connection just when it was taken: then the request never arrived.
        if (!sent.wasStale() || request.method !== 'GET' || attempt > 1) throw error;
        this.#log('debug', 'the server had closed a kept connection, asking again', { path: request.path });
      }
    }
  }
}

type Encoding = 'gzip' | 'identity';

/** An answer whose header is there and whose body is not read yet. */
interface Exchange {
  readonly response: http.IncomingMessage;
  /** Ends it; the reader of the body sees this error. */
  readonly stop: (why: KubeError) => void;
  /** Why we ended it, if we did. */
  readonly why: () => KubeError | undefined;
}

interface Sent {
  readonly answer: Promise<Exchange>;
  /** Whether a connection that had been used before broke before anything was heard on it. */
  readonly wasStale: () => boolean;
}

const tooLong = (what: string, limitMs: number): KubeError =>
  new KubeError('timeout', `no answer in time: ${what} took longer than ${limitMs / 1000} s`);

/** Sends a request. Its limits and its signal hold until the connection is done with it. */
function send(server: URL, request: Request, credentials: RequestCredentials, encoding: Encoding): Sent {
  const { signal, limits } = request;
  const url = urlOf(server, request);
  const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
  const sender = (url.protocol === 'http:' ? http : https).request(url, {
    method: request.method,
    agent: credentials.agent,
    headers: {
      ...credentials.headers,
      'user-agent': USER_AGENT,
      accept: request.accept ?? 'application/json',
      'accept-encoding': encoding,
      ...(body === undefined
        ? {}
        : { 'content-type': request.contentType ?? 'application/json', 'content-length': body.length }),
    },
  });
  let why: KubeError | undefined;
  let broke = false;
  const stop = (reason: KubeError): void => {
    why ??= reason;
    sender.destroy(reason);
  };
  const limit = (what: string, ms: number): NodeJS.Timeout => setTimeout(() => stop(tooLong(what, ms)), ms);

  const answer = new Promise<Exchange>((resolve, reject) => {
    const connecting = limit('connecting', limits.connectMs);
    const firstByte = limit('the first byte of the answer', limits.firstByteMs);
    const total = limits.totalMs > 0 ? limit('the whole answer', limits.totalMs) : undefined;
    const abort = (): void => stop(cancelled(signal));
    signal.addEventListener('abort', abort, { once: true });

    sender.once('socket', (socket) => whenConnected(socket, () => clearTimeout(connecting)));
    sender.once('response', (response) => {
      clearTimeout(connecting);
      clearTimeout(firstByte);
      resolve({ response, stop, why: () => why });
    });
    sender.on('error', (error) => {
      broke = true;
      reject(why ?? error);
    });
    sender.once('close', () => {
      for (const timer of [connecting, firstByte, total]) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(why ?? new KubeError('unreachable', 'the connection was closed before an answer came'));
    });
    if (signal.aborted) abort();
    else sender.end(body);
  });
  return { answer, wasStale: () => broke && why === undefined && sender.reusedSocket };
}

/** Calls back once the connection, and the TLS handshake where there is one, are done. */
function whenConnected(socket: net.Socket, done: () => void): void {
  if (socket instanceof tls.TLSSocket && ['unknown', null].includes(socket.getProtocol()))
    socket.once('secureConnect', done);
  else if (socket.connecting) socket.once('connect', done);
  else done();
}

/** The address of a request. The server's own path is kept in front: some proxies serve each cluster below one. */
export function urlOf(server: URL, request: Pick<Request, 'path' | 'query'>): URL {
  const url = new URL(server.href);
  url.pathname = `${server.pathname.replace(/\/+$/, '')}${request.path}`;
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The pieces of a body as they come; an error of the family when the connection breaks or is silent for too long. */
async function* pieces(
  { response, stop, why }: Exchange,
  idleMs: number,
  heard: () => void,
): AsyncGenerator<Buffer, void, undefined> {
  const silence = setTimeout(() => stop(tooLong('the next byte of the answer', idleMs)), idleMs);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      silence.refresh();
      heard();
      yield piece;
    }
  } catch (error) {
    throw why() ?? errorOfSocket(error);
  } finally {
    clearTimeout(silence);
    response.destroy();
  }
}

/** The whole answer, decompressed. */
async function answerOf(exchange: Exchange, idleMs: number, maxBytes: number, heard: () => void): Promise<Answer> {
  const encoded: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces(exchange, idleMs, heard)) {
    length += piece.length;
    if (length > maxBytes) throw new KubeError('protocol', `the answer is larger than ${maxBytes} bytes`);
    encoded.push(piece);
  }
  const { headers } = exchange.response;
  const encoding = headers['content-encoding'] ?? 'identity';
  return new Answer(headers['content-type'] ?? '', await decoded(encoding, encoded, maxBytes), length);
}

async function decoded(encoding: string, body: readonly Buffer[], maxBytes: number): Promise<readonly Buffer[]> {
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new KubeError('protocol', `unknown content encoding ${encoding}`);
  try {
    return await gunzip(Buffer.concat(body), maxBytes);
  } catch (error) {
    throw new KubeError('protocol', 'the answer could not be decompressed', { cause: error });
  }
}

/** What an answer that is no success says. */
async function failureOf(exchange: Exchange, idleMs: number, heard: () => void): Promise<KubeError> {
  const { response } = exchange;
  const code = response.statusCode ?? 0;
  const answer = await answerOf(exchange, idleMs, MAX_ERROR_BYTES, heard);
  const body = Buffer.concat(answer.pieces);
  const type = answer.contentType;
  const status = statusOf(type, body);
  // A page of a proxy in front of the server: its first words say more than its code alone.
  const message = type.startsWith('text/') ? printable(body.toString('utf8', 0, 300)) : '';
  const words = `${code} ${response.statusMessage ?? ''}${message === '' ? '' : `: ${message}`}`.trim();
  return errorOfStatus(
    status ?? { message: words, reason: '', code: 0, retryAfterSeconds: 0 },
    code,
    retryAfterMs(response.headers['retry-after']),
  );
}

/** `Retry-After` in milliseconds: seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
