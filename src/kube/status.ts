/** `Status`, the API server's way to say no, in an answer of any of the types it answers in. */
import { at, numberOf, parseJson, textOf } from '../core/network/json.js';
import type { StatusFields } from './errors.js';
import { isProtobuf, open, statusOfMessage } from './protobuf/envelope.js';

/** The fields of a Status object of parsed JSON; undefined when the value is none. */
export function statusOfObject(value: unknown): StatusFields | undefined {
  if (at(value, 'kind') !== 'Status') return undefined;
  return {
    message: textOf(at(value, 'message')),
    reason: textOf(at(value, 'reason')),
    code: numberOf(at(value, 'code')) ?? 0,
    retryAfterSeconds: numberOf(at(value, 'details', 'retryAfterSeconds')) ?? 0,
  };
}

/** The Status object in a body; undefined when there is none, as in an answer of a proxy in front of the server. */
export function statusOf(contentType: string, body: Buffer): StatusFields | undefined {
  if (contentType.startsWith('application/json')) return statusOfObject(parseJson(body.toString('utf8')));
  if (!isProtobuf(contentType)) return undefined;
  try {
    const { kind, raw } = open(body);
    return kind === 'Status' ? statusOfMessage(raw) : undefined;
  } catch {
    // An error's body that cannot be read leaves the code of the answer, which says enough.
    return undefined;
  }
}
