/**
 * Writes Kubernetes objects (as JSON values) in the API server's protobuf, byte for byte as the real server does: fields in
 * the order of their numbers, maps in the order of their keys, Go values written even when empty.
 *
 * Envelopes: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl
 */
import { isArray, isObject, type Json, type JsonObject } from '../json.js';
import { messages, type Field, type Message } from './schema.js';

const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** `k8s` and a zero byte, before every message that is not part of a stream. */
export const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/**
 * A buffer that is filled from its end, so that the length of a message is known when its header is written (as gogo's
 * generated code does). It grows at the front.
 */
class BackwardWriter {
  #buffer = Buffer.allocUnsafe(16 * 1024);
  #start = this.#buffer.length;

  /** How many bytes are written. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#start));
  }

  reset(): void {
    this.#start = this.#buffer.length;
  }

  #room(bytes: number): void {
    if (this.#start >= bytes) return;
    const written = this.length;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, written + bytes));
    this.#buffer.copy(grown, grown.length - written, this.#start);
    this.#start = grown.length - written;
    this.#buffer = grown;
  }

  varint(value: number): void {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#room(size);
    this.#start -= size;
    let rest = value;
    for (let index = 0; index < size - 1; index++) {
      this.#buffer[this.#start + index] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#start + size - 1] = rest;
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.bytes(Buffer.from(bytes));
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#start -= value.length;
    this.#buffer.set(value, this.#start);
  }

  text(value: string): void {
    const size = Buffer.byteLength(value, 'utf8');
    this.#room(size);
    this.#start -= size;
    this.#buffer.write(value, this.#start, 'utf8');
  }

  tag(field: number, wire: number): void {
    this.varint(field * 8 + wire);
  }

  /** The header of what was written since `mark` (a former `length`). */
  header(field: number, mark: number): void {
    this.varint(this.length - mark);
    this.tag(field, LENGTH_DELIMITED);
  }

  string(field: number, value: string): void {
    const mark = this.length;
    this.text(value);
    this.header(field, mark);
  }
}

const writer = new BackwardWriter();

/** The bytes of one message. Fields of `value` that the schema does not know are left out; `unknownFields` names them. */
export function encodeMessage(message: Message, value: JsonObject): Buffer {
  writer.reset();
  writeFields(message, value);
  return writer.take();
}

/** An object in the envelope of a single answer: magic, then runtime.Unknown with the object's bytes. */
export function envelope(apiVersion: string, kind: string, raw: readonly Buffer[]): Buffer {
  const size = raw.reduce((sum, part) => sum + part.length, 0);
  // Written backwards: contentType, contentEncoding, the header of raw, then typeMeta; raw itself stands between.
  writer.reset();
  writer.string(4, '');
  writer.string(3, '');
  const tail = writer.take();
  writer.reset();
  writer.varint(size);
  writer.tag(2, LENGTH_DELIMITED);
  const mark = writer.length;
  writer.string(2, kind);
  writer.string(1, apiVersion);
  writer.header(1, mark);
  return Buffer.concat([MAGIC, writer.take(), ...raw, tail]);
}

/** The parts of a list message: its metadata, then every item (already encoded). */
export function listParts(metadata: JsonObject, items: readonly Buffer[]): Buffer[] {
  const meta = messages.get('ListMeta');
  if (meta === undefined) throw new Error('the schema has no ListMeta');
  writer.reset();
  writeFields(meta, metadata);
  writer.header(1, 0);
  const parts = [writer.take()];
  for (const item of items) {
    writer.reset();
    writer.varint(item.length);
    writer.tag(2, LENGTH_DELIMITED);
    parts.push(writer.take(), item);
  }
  return parts;
}

/** One frame of a watch: four bytes of length, then metav1.WatchEvent with the object in its envelope. */
export function watchFrame(type: string, object: Buffer): Buffer {
  writer.reset();
  writer.bytes(object);
  writer.header(1, 0); // RawExtension.raw
  writer.header(2, 0); // WatchEvent.object
  writer.string(1, type);
  const event = writer.take();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

function writeFields(message: Message, value: JsonObject): void {
  for (let index = message.fields.length - 1; index >= 0; index--) {
    const field = message.fields[index];
    if (field === undefined) continue;
    const item = field.name === undefined ? value : value[field.name];
    if (item === undefined || item === null) {
      if (field.always) writeOne(field, undefined);
    } else if (field.shape === 'repeated') {
      if (isArray(item)) for (let last = item.length - 1; last >= 0; last--) writeOne(field, item[last]);
    } else if (field.shape === 'map') {
      if (isObject(item)) writeMap(field, item);
    } else {
      writeOne(field, item);
    }
  }
}

function writeMap(field: Field, value: JsonObject): void {
  const keys = Object.keys(value).sort().reverse();
  for (const key of keys) {
    const mark = writer.length;
    writeOne({ ...field, number: 2, shape: 'one' }, value[key]);
    writer.string(1, key);
    writer.header(field.number, mark);
  }
}

function writeOne(field: Field, value: Json | undefined): void {
  const { number, type } = field;
  switch (type) {
    case 'string':
      writer.string(number, typeof value === 'string' ? value : '');
      return;
    case 'bool':
      writer.varint(value === true ? 1 : 0);
      writer.tag(number, VARINT);
      return;
    case 'int32':
    case 'int64':
      writer.varint(typeof value === 'number' ? value : 0);
      writer.tag(number, VARINT);
      return;
  }
  const mark = writer.length;
  switch (type) {
    case 'bytes':
      writer.bytes(Buffer.from(typeof value === 'string' ? value : '', 'base64'));
      break;
    case 'Time':
    case 'MicroTime':
      if (typeof value === 'string') writeTime(value);
      break;
    case 'Quantity':
      writer.string(1, typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '');
      break;
    case 'IntOrString': {
      writer.string(3, typeof value === 'string' ? value : '');
      writer.varint(typeof value === 'number' ? value : 0);
      writer.tag(2, VARINT);
      writer.varint(typeof value === 'string' ? 1 : 0);
      writer.tag(1, VARINT);
      break;
    }
    case 'FieldsV1':
      writer.string(1, JSON.stringify(value ?? {}));
      break;
    default: {
      const message = messages.get(type);
      if (message === undefined) throw new Error(`the schema has no message ${type}`);
      writeFields(message, isObject(value) ? value : {});
    }
  }
  writer.header(number, mark);
}

/** `2026-11-24T05:55:09Z`, with or without a fraction: whole seconds and nanoseconds. */
function writeTime(text: string): void {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const seconds = Date.parse(match === null ? text : `${match[1] ?? ''}${match[3] ?? ''}`) / 1000;
  if (Number.isNaN(seconds)) return;
  writer.varint(Number((match?.[2] ?? '').padEnd(9, '0').slice(0, 9)));
  writer.tag(2, VARINT);
  writer.varint(seconds);
  writer.tag(1, VARINT);
}

/** Paths of fields in `value` that the schema has no place for. */
export function unknownFields(message: Message, value: JsonObject, path = ''): string[] {
  const unknown: string[] = [];
  const known = new Map<string, Field>();
  const collect = (of: Message): void => {
    for (const field of of.fields) {
      if (field.name !== undefined) known.set(field.name, field);
      else collect(messages.get(field.type) ?? of);
    }
  };
  collect(message);
  for (const [name, item] of Object.entries(value)) {
    const here = `${path}.${name}`;
    const field = known.get(name);
    if (field === undefined) {
      if (!(path === '' && (name === 'kind' || name === 'apiVersion'))) unknown.push(here);
      continue;
    }
    const nested = messages.get(field.type);
    if (nested === undefined || field.shape === 'map') continue;
    const items = field.shape === 'repeated' && isArray(item) ? item : [item];
    for (const one of items) if (isObject(one)) unknown.push(...unknownFields(nested, one, here));
  }
  return unknown;
}
