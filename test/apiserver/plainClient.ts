/** HTTPS requests to the simulated server without any Kubernetes client, so that tests see bytes, headers and broken connections. */
import { once } from 'node:events';
import { request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isObject, parseJson, type JsonObject } from './json.js';
import type { ApiServer } from './server.js';

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Instead of the administrator's; empty for none. */
  readonly token?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Whether the body came whole. */
  readonly complete: boolean;
}

/** Sends a request and waits for the head of the answer. Rejects when the connection breaks before. */
export async function open(server: ApiServer, path: string, ask: Ask = {}): Promise<IncomingMessage> {
  const token = ask.token ?? 'simulated-bearer-token';
  const options: RequestOptions = {
    method: ask.method ?? 'GET',
    ca: server.authorityCertificate,
    headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...ask.headers },
    agent: false,
  };
  const sent = request(`${server.url}${path}`, options);
  sent.end(ask.body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  // The connection may break while nobody reads; whoever reads sees it.
  for (const emitter of [sent, response]) emitter.on('error', () => undefined);
  return response;
}

/** Waits until an answer is over, in whatever order. */
export function closed(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve());
  });
}

/** Sends a request and reads the whole answer, however it ends. */
export async function ask(server: ApiServer, path: string, options: Ask = {}): Promise<Reply> {
  const response = await open(server, path, options);
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await closed(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes: Buffer.concat(chunks),
    complete: response.complete,
  };
}

/** The answer as a JSON object. Throws when it is none. */
export function jsonOf(reply: Reply): JsonObject {
  const parsed = parseJson(reply.bytes.toString('utf8'));
  if (!('value' in parsed) || !isObject(parsed.value))
    throw new Error(`no JSON object: ${reply.bytes.toString('utf8')}`);
  return parsed.value;
}

export async function askJson(server: ApiServer, path: string, options: Ask = {}): Promise<JsonObject> {
  return jsonOf(await ask(server, path, options));
}

/** The JSON events of a whole watch; the watch has to end by itself. */
export async function watchJson(server: ApiServer, path: string): Promise<JsonObject[]> {
  const { bytes } = await ask(server, path);
  return linesOf(bytes);
}

export function linesOf(bytes: Buffer): JsonObject[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = parseJson(line);
      if (!('value' in parsed) || !isObject(parsed.value)) throw new Error(`no event: ${line}`);
      return parsed.value;
    });
}
