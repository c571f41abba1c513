/**
 * What a reflector needs to know of a representation: one page of a list, and the messages of a watch.
 *
 * This file holds the contract and the JSON representation; `protobuf/` holds the other.
 */
import { at, isObject, type JsonObject, textOf } from '../../core/network/json.js';
import { errorOfStatus, KubeError } from '../errors.js';
import { statusOfObject } from '../status.js';
import type { Answer } from '../answer.js';
import type { StreamAnswer } from '../transport.js';

export interface Page<T> {
  /** Empty on the last page. */
  readonly continue: string;
  readonly resourceVersion: string;
  /**
   * Decodes the items, one after the other: asked for once the next page is on its way, and none of them is held longer than
   * it is used. Throws a `KubeError` of kind `protocol` at one that cannot be read.
   */
  readonly items: () => Iterable<T>;
}

export type WatchMessage<T> =
  | { readonly type: 'put' | 'remove'; readonly item: T; readonly resourceVersion: string }
  /** A change that is of no use to us; the version moves on with it all the same. */
  | { readonly type: 'skip'; readonly resourceVersion: string }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  | { readonly type: 'error'; readonly error: KubeError };

export interface Codec<T> {
  readonly accept: string;
  readonly acceptWatch: string;
  /** Throws a `KubeError` of kind `protocol` when the answer is not a list. */
  readonly page: (answer: Answer) => Page<T>;
  /** Throws a `KubeError` of kind `protocol` at the first message that cannot be read: what follows would be guessed. */
  readonly messages: (stream: StreamAnswer) => AsyncIterable<readonly WatchMessage<T>[]>;
}

/** The longest message of a watch. etcd takes objects of 1.5 MB by default, and JSON may be several times as long. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const protocol = (what: string, cause?: unknown): KubeError => new KubeError('protocol', what, { cause });

/** The representation as JSON. `decode` never throws; undefined means that the object is of no use. */
export function jsonCodec<T>(decode: (object: JsonObject) => T | undefined): Codec<T> {
  return {
    accept: 'application/json',
    acceptWatch: 'application/json',
    page: (answer) => jsonPage(answer, decode),
    messages: (stream) => jsonMessages(stream, decode),
  };
}

function jsonPage<T>(answer: Answer, decode: (object: JsonObject) => T | undefined): Page<T> {
  if (!answer.contentType.startsWith('application/json')) throw protocol(`a list answered with ${answer.contentType}`);
  const list = parse(answer.text);
  const items = at(list, 'items');
  const kind = textOf(at(list, 'kind'));
  // `items` is null, not an empty list, where a server has none of a custom resource.
  if (!kind.endsWith('List') || (items !== null && !Array.isArray(items))) throw protocol('the answer is not a list');
  const apiVersion = textOf(at(list, 'apiVersion'));
  return {
    continue: textOf(at(list, 'metadata', 'continue'), 65_536),
    resourceVersion: textOf(at(list, 'metadata', 'resourceVersion')),
    items: function* () {
      for (const item of (items ?? []) as readonly unknown[]) {
        if (!isObject(item)) throw protocol('an item of the list is not an object');
        // Items of typed lists carry neither of the two.
        const object = 'kind' in item ? item : { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
        const decoded = decode(object);
        if (decoded !== undefined) yield decoded;
      }
    },
  };
}

async function* jsonMessages<T>(
  stream: StreamAnswer,
  decode: (object: JsonObject) => T | undefined,
): AsyncGenerator<readonly WatchMessage<T>[], void, undefined> {
  if (!stream.contentType.startsWith('application/json')) throw protocol(`a watch answered with ${stream.contentType}`);
  for await (const lines of linesOf(stream.body)) {
    yield lines.map((line) => jsonMessage(parse(line), decode));
  }
}

function jsonMessage<T>(message: unknown, decode: (object: JsonObject) => T | undefined): WatchMessage<T> {
  const type = at(message, 'type');
  const object = at(message, 'object');
  if (!isObject(object)) throw protocol('a message of the watch has no object');
  if (type === 'ERROR') {
    const status = statusOfObject(object) ?? { message: 'the watch failed', reason: '', code: 0, retryAfterSeconds: 0 };
    return { type: 'error', error: errorOfStatus(status, undefined) };
  }
  const resourceVersion = textOf(at(object, 'metadata', 'resourceVersion'));
  if (resourceVersion === '') throw protocol('an object of the watch has no resourceVersion');
  if (type === 'BOOKMARK') return { type: 'bookmark', resourceVersion };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') throw protocol('a message of an unknown type');
  const item = decode(object);
  if (item === undefined) return { type: 'skip', resourceVersion };
  return { type: type === 'DELETED' ? 'remove' : 'put', item, resourceVersion };
}

/** The whole lines of each piece that arrives. A line that is not ended when the stream ends was cut off, and is dropped. */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<readonly string[], void, undefined> {
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const piece of body) {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      const last = piece.subarray(start, end);
      const line = restLength === 0 ? last : Buffer.concat([...rest, last]);
      rest = [];
      restLength = 0;
      start = end + 1;
      if (line.length > 0) lines.push(line.toString('utf8'));
    }
    if (start < piece.length) {
      rest.push(piece.subarray(start));
      restLength += piece.length - start;
      if (restLength > MAX_MESSAGE_BYTES) throw protocol('a message of the watch has no end');
    }
    if (lines.length > 0) yield lines;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw protocol('what the server sent is not JSON', error);
  }
}
