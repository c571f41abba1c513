/** Bodies in and out: what a client sends, read and parsed, and what it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentType, failureBytes, negotiate, plainBytes, type Format } from './formats.js';
import { at, parseJson, type Json, type JsonObject } from './json.js';
import { decodeObject } from './protobuf/decode.js';
import type { Verb } from './requests.js';
import { badRequest, unsupportedMediaType, type Failure } from './status.js';

export interface Body {
  readonly bytes: Buffer;
  readonly type: string;
  readonly gzipped?: boolean;
}

export function bodyHeaders(body: Body): Record<string, string> {
  return {
    'Content-Type': body.type,
    ...(body.gzipped === true ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : {}),
  };
}

export function send(response: ServerResponse, code: number, body: Body): void {
  response.writeHead(code, { ...bodyHeaders(body), 'Content-Length': String(body.bytes.length) });
  response.end(body.bytes);
}

/** Answers why not, in the form that the client takes. */
export function sendFailure(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
  const retryAfter = at(failure.details, 'retryAfterSeconds');
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  const format = statusFormat(request);
  send(response, failure.code, { bytes: failureBytes(failure, format), type: contentType(format, false) });
}

/** Answers that something was done. */
export function sendSuccess(request: IncomingMessage, response: ServerResponse, details: JsonObject): void {
  const format = statusFormat(request);
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  send(response, 200, { bytes: plainBytes(status, format), type: contentType(format, false) });
}

/** A Status has no table. */
function statusFormat(request: IncomingMessage): Format {
  const format = negotiate(request.headers.accept, true, null);
  return format?.form === 'protobuf' ? format : { form: 'json' };
}

export function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '');
}

/** The real server takes no larger requests. */
const LIMIT_BYTES = 3 * 1024 * 1024;
const PATCH_TYPES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

export type ParsedBody = { readonly value: Json } | { readonly failure: Failure };

/** The body of a request as a value; an empty one is an empty object. */
export async function readBody(request: IncomingMessage, verb: Verb): Promise<ParsedBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) {
      return {
        failure: {
          code: 413,
          reason: 'RequestEntityTooLarge',
          message: `Request entity too large: limit is ${LIMIT_BYTES}`,
          details: {},
        },
      };
    }
    chunks.push(chunk);
  }
  return size === 0 ? { value: {} } : parseBody(request, Buffer.concat(chunks), verb);
}

function parseBody(request: IncomingMessage, body: Buffer, verb: Verb): ParsedBody {
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
  if (verb === 'patch') {
    if (!PATCH_TYPES.includes(type)) return { failure: unsupportedMediaType };
  } else if (type === 'application/vnd.kubernetes.protobuf') {
    try {
      return { value: decodeObject(body) };
    } catch (error) {
      return { failure: badRequest(error instanceof Error ? error.message : String(error)) };
    }
  } else if (type !== 'application/json') {
    return { failure: unsupportedMediaType };
  }
  const parsed = parseJson(body.toString('utf8'));
  return 'error' in parsed
    ? {
        failure: badRequest(
          `the object provided is unrecognized: couldn't get version/kind; json parse error: ${parsed.error}`,
        ),
      }
    : parsed;
}
