/**
 * The one family of errors of everything that asks an API server.
 *
 * `message` holds the server's own words (`Status.message`) or the operating system's, with control characters removed and
 * capped, never a header, a token or a key. Status codes: https://kubernetes.io/docs/reference/using-api/api-concepts/ and
 * `StatusReason` of https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go.
 */
import { AccessError } from './access.js';

export const KUBE_ERROR_KINDS = [
  /** Nobody answered: no such host, refused, reset, no route. */
  'unreachable',
  /** No connection, no first byte or no next byte in the time allowed. */
  'timeout',
  /** The TLS handshake failed, or the certificate was not accepted by one of the sides. */
  'tls',
  /** 401, or credentials could not be had. */
  'unauthenticated',
  /** The user said no to the credential program. */
  'declined',
  'forbidden',
  'notFound',
  /** 410: the resourceVersion or the continue token is too old. */
  'gone',
  'conflict',
  'tooManyRequests',
  /** 400, 422 and the like: the server understood and refused what was asked. */
  'invalid',
  /** 5xx. */
  'server',
  /** What came is not what a Kubernetes API server sends. */
  'protocol',
  /** The caller's signal. */
  'cancelled',
] as const;
export type KubeErrorKind = (typeof KUBE_ERROR_KINDS)[number];

export interface KubeErrorDetails {
  readonly httpCode?: number | undefined;
  /** How long the server asks us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** `Status.reason`, such as `AlreadyExists`; empty when there is none. */
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly kind: KubeErrorKind;
  readonly httpCode: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reason: string;
  constructor(kind: KubeErrorKind, message: string, details: KubeErrorDetails = {}) {
    super(printable(message), { cause: details.cause });
    this.kind = kind;
    this.httpCode = details.httpCode;
    this.retryAfterMs = details.retryAfterMs;
    this.reason = printable(details.reason ?? '');
  }
}

const MAX_MESSAGE = 1_000;

/** Control characters and bidirectional overrides out, length capped: texts of a server end in trees, logs and terminals. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g, ' ').trim();
  return clean.length > MAX_MESSAGE ? `${clean.slice(0, MAX_MESSAGE)}…` : clean;
}

/** `Status` as the server sends it, of which only these fields are read. */
export interface StatusFields {
  readonly message: string;
  readonly reason: string;
  /** 0 when the server does not say. */
  readonly code: number;
  /** `details.retryAfterSeconds`; 0 when the server does not say. */
  readonly retryAfterSeconds: number;
}

/** The kind of an HTTP status code of 300 or more, or of `Status.code`. */
export function kindOfCode(code: number): KubeErrorKind {
  if (code === 401) return 'unauthenticated';
  if (code === 403) return 'forbidden';
  if (code === 404) return 'notFound';
  if (code === 409) return 'conflict';
  if (code === 410) return 'gone';
  if (code === 429) return 'tooManyRequests';
  if (code === 408) return 'timeout';
  if (code >= 500) return 'server';
  return code >= 400 ? 'invalid' : 'protocol';
}

/** The error that a `Status` tells of. `header` is the answer's `Retry-After` in milliseconds. */
export function errorOfStatus(status: StatusFields, httpCode: number | undefined, header?: number): KubeError {
  const code = status.code === 0 ? (httpCode ?? 0) : status.code;
  // The reason decides where the code does not: an expired continue token may come as 410 Expired or ResourceExpired.
  const kind = status.reason === 'Expired' || status.reason === 'Gone' ? 'gone' : kindOfCode(code);
  const words = status.message === '' ? status.reason : status.message;
  return new KubeError(kind, words === '' ? `the server answered with status ${code}` : words, {
    httpCode: code === 0 ? undefined : code,
    retryAfterMs: boundedWait(status.retryAfterSeconds > 0 ? status.retryAfterSeconds * 1000 : header),
    reason: status.reason,
  });
}

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);
const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
};
const isTls = (code: string): boolean =>
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE|EPROTO)/.test(
    code,
  );

/** What was thrown while a connection was made or used, as one of the family. */
export function errorOfSocket(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  if (error instanceof AccessError) return new KubeError(error.kind, error.message, { cause: error });
  // Node tries several addresses of one name and reports all failures at once; the first tells the story.
  if (error instanceof AggregateError && error.errors.length > 0) return errorOfSocket(error.errors[0]);
  const code = codeOf(error);
  const words = error instanceof Error && error.message !== '' ? error.message : code === '' ? String(error) : code;
  const kind = TIMEOUT_CODES.has(code)
    ? 'timeout'
    : isTls(code)
      ? 'tls'
      : code.startsWith('HPE_')
        ? 'protocol'
        : 'unreachable';
  return new KubeError(kind, words, { cause: error, reason: code });
}

/** The error of a request whose signal was aborted. */
export const cancelled = (signal: AbortSignal): KubeError =>
  signal.reason instanceof KubeError
    ? signal.reason
    : new KubeError('cancelled', 'cancelled', { cause: signal.reason });

/** The longest wait that a server may ask for; more would look like being gone, and timers have a limit. */
const LONGEST_WAIT_MS = 300_000;
const boundedWait = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.min(ms, LONGEST_WAIT_MS);
