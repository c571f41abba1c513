/** Reads the API server's protobuf back into JSON values: requests of kubectl's typed clients, and the real server's answers in tests. */
import { isArray, isObject, type Json, type JsonObject } from '../json.js';
import { MAGIC } from './encode.js';
import { messageOf, messages, type Field, type Message } from './schema.js';

class Reader {
  #offset = 0;
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.#offset >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#offset++];
      if (byte === undefined) throw new Error('protobuf: a varint is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('protobuf: a varint is too long');
  }

  block(): Buffer {
    const length = Number(this.varint());
    const end = this.#offset + length;
    if (end > this.bytes.length) throw new Error('protobuf: a field is cut off');
    const block = this.bytes.subarray(this.#offset, end);
    this.#offset = end;
    return block;
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.#offset += 8;
    else if (wire === 2) this.block();
    else if (wire === 5) this.#offset += 4;
    else throw new Error(`protobuf: wire type ${wire} is not known`);
  }
}

/** Every field number of a message with what stands there, in the order of the bytes. */
function* fieldsOf(bytes: Buffer): Generator<{ number: number; value: bigint | Buffer }> {
  const reader = new Reader(bytes);
  while (!reader.done) {
    const tag = Number(reader.varint());
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (wire === 0) yield { number, value: reader.varint() };
    else if (wire === 2) yield { number, value: reader.block() };
    else reader.skip(wire);
  }
}

export interface Unwrapped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Buffer;
}

/** Takes the envelope off: magic and runtime.Unknown. Throws on anything else. */
export function unwrap(bytes: Buffer): Unwrapped {
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw new Error('protobuf: the bytes do not start with k8s');
  let apiVersion = '';
  let kind = '';
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, value } of fieldsOf(bytes.subarray(4))) {
    if (typeof value === 'bigint') continue;
    if (number === 2) raw = value;
    if (number !== 1) continue;
    for (const meta of fieldsOf(value)) {
      if (typeof meta.value === 'bigint') continue;
      if (meta.number === 1) apiVersion = meta.value.toString('utf8');
      if (meta.number === 2) kind = meta.value.toString('utf8');
    }
  }
  return { apiVersion, kind, raw };
}

/** An object in its envelope as a JSON value with apiVersion and kind; zero values are left out. Throws when the kind has no schema. */
export function decodeObject(bytes: Buffer): JsonObject {
  const { apiVersion, kind, raw } = unwrap(bytes);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const message = messageOf(group, kind);
  if (message === undefined) throw new Error(`protobuf: no schema for ${apiVersion} ${kind}`);
  return { apiVersion, kind, ...decodeMessage(message, raw) };
}

/** A list in its envelope: the raw bytes of its metadata and of its items. */
export function splitList(
  bytes: Buffer,
): Unwrapped & { readonly metadata: JsonObject; readonly items: readonly Buffer[] } {
  const unwrapped = unwrap(bytes);
  const items: Buffer[] = [];
  let metadata: JsonObject = {};
  for (const { number, value } of fieldsOf(unwrapped.raw)) {
    if (typeof value === 'bigint') continue;
    if (number === 2) items.push(value);
    if (number === 1) metadata = decodeMessage(messageNamed('ListMeta'), value);
  }
  return { ...unwrapped, metadata, items };
}

/** The frames of a watch that are complete: type and object (in its envelope) of each, and how many bytes they took. */
export function watchFrames(bytes: Buffer): {
  readonly events: readonly { type: string; object: Buffer }[];
  readonly used: number;
} {
  const events: { type: string; object: Buffer }[] = [];
  let used = 0;
  while (bytes.length - used >= 4) {
    const end = used + 4 + bytes.readUInt32BE(used);
    if (end > bytes.length) break;
    let type = '';
    let object: Buffer = Buffer.alloc(0);
    for (const { number, value } of fieldsOf(bytes.subarray(used + 4, end))) {
      if (typeof value === 'bigint') continue;
      if (number === 1) type = value.toString('utf8');
      if (number !== 2) continue;
      for (const extension of fieldsOf(value)) {
        if (typeof extension.value !== 'bigint' && extension.number === 1) object = extension.value;
      }
    }
    events.push({ type, object });
    used = end;
  }
  return { events, used };
}

function messageNamed(name: string): Message {
  const message = messages.get(name);
  if (message === undefined) throw new Error(`the schema has no message ${name}`);
  return message;
}

export function decodeMessage(message: Message, bytes: Buffer): JsonObject {
  const result: Record<string, Json> = {};
  const byNumber = new Map(message.fields.map((field) => [field.number, field]));
  for (const { number, value } of fieldsOf(bytes)) {
    const field = byNumber.get(number);
    if (field === undefined) continue;
    if (field.name === undefined) {
      if (typeof value !== 'bigint') Object.assign(result, decodeMessage(messageNamed(field.type), value));
      continue;
    }
    if (field.shape === 'map') {
      if (typeof value === 'bigint') continue;
      const entry = decodeEntry(field, value);
      const map = result[field.name];
      result[field.name] = { ...(isObject(map) ? map : {}), [entry.key]: entry.value };
      continue;
    }
    const one = decodeOne(field.type, value);
    if (field.shape === 'repeated') {
      const list = result[field.name];
      result[field.name] = [...(isArray(list) ? list : []), one ?? ''];
    } else if (one !== undefined && !(field.always && (one === '' || one === 0 || one === false))) {
      result[field.name] = one;
    }
  }
  return result;
}

function decodeEntry(field: Field, bytes: Buffer): { key: string; value: Json } {
  let key = '';
  let value: Json = '';
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1 && typeof part.value !== 'bigint') key = part.value.toString('utf8');
    if (part.number === 2) value = decodeOne(field.type, part.value) ?? '';
  }
  return { key, value };
}

function decodeOne(type: string, value: bigint | Buffer): Json | undefined {
  if (typeof value === 'bigint') {
    return type === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  }
  switch (type) {
    case 'string':
      return value.toString('utf8');
    case 'bytes':
      return value.toString('base64');
    case 'Time':
    case 'MicroTime': {
      const [seconds, nanos] = numbersOf(value);
      if (seconds === undefined) return undefined;
      const whole = new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, '');
      return type === 'Time' ? `${whole}Z` : `${whole}.${String(Math.floor((nanos ?? 0) / 1000)).padStart(6, '0')}Z`;
    }
    case 'Quantity':
    case 'FieldsV1': {
      let text = '';
      for (const part of fieldsOf(value)) if (typeof part.value !== 'bigint') text = part.value.toString('utf8');
      return type === 'Quantity' ? text : (JSON.parse(text) as Json);
    }
    case 'IntOrString': {
      const [kind, number] = numbersOf(value);
      for (const part of fieldsOf(value)) {
        if (kind === 1 && part.number === 3 && typeof part.value !== 'bigint') return part.value.toString('utf8');
      }
      return number ?? 0;
    }
    default:
      return decodeMessage(messageNamed(type), value);
  }
}

/** The varints at field numbers 1 and 2. */
function numbersOf(bytes: Buffer): readonly [number | undefined, number | undefined] {
  let first: number | undefined;
  let second: number | undefined;
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value !== 'bigint') continue;
    if (number === 1) first = Number(BigInt.asIntN(64, value));
    if (number === 2) second = Number(BigInt.asIntN(64, value));
  }
  return [first, second];
}
