/**
 * The texts that a client and a credential program exchange: the question in `KUBERNETES_EXEC_INFO`, the answer on standard
 * output. No part of an answer ever stands in a problem: it holds tokens and keys.
 *
 * Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ and .v1beta1, and
 * https://github.com/kubernetes/client-go/blob/master/plugin/pkg/client/auth/exec/exec.go
 */
import type { ClusterEntry, Json } from './model.js';
import type { ClientCertificate } from './tlsFiles.js';

export interface ExecAnswer {
  /** `''`: none. */
  readonly token: string;
  readonly certificate: ClientCertificate | undefined;
  /** Milliseconds since the epoch; undefined: until the server refuses it. */
  readonly expiresAt: number | undefined;
}

export type ParsedAnswer =
  { readonly ok: true; readonly answer: ExecAnswer } | { readonly ok: false; readonly problem: string };

/** What the program gets to know of the cluster where `provideClusterInfo` asks for it. */
export interface ClusterInfo {
  readonly cluster: ClusterEntry;
  /** PEM; undefined: none. */
  readonly authority: string | undefined;
}

/** Standard input is never handed on, so `interactive` is always false. */
export function execQuestion(apiVersion: string, info: ClusterInfo | undefined): string {
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion,
    spec: { ...(info === undefined ? {} : { cluster: clusterOf(info) }), interactive: false },
  });
}

function clusterOf({ cluster, authority }: ClusterInfo): Record<string, Json> {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName === '' ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(cluster.proxyUrl === '' ? {} : { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.disableCompression ? { 'disable-compression': true } : {}),
    config: cluster.execConfig,
  };
}

export function parseExecAnswer(stdout: string, apiVersion: string): ParsedAnswer {
  const refuse = (problem: string): ParsedAnswer => ({ ok: false, problem });
  const json = parseJson(stdout);
  if (!isRecord(json)) return refuse(`its output (${stdout.length} characters) is not a JSON object`);
  if (json['kind'] !== 'ExecCredential') return refuse('its output is not of kind ExecCredential');
  if (json['apiVersion'] !== apiVersion)
    return refuse(`the kubeconfig asks for ${apiVersion}, and it answered in another apiVersion`);
  const status = json['status'];
  if (!isRecord(status)) return refuse('its output has no status');

  const texts = ['token', 'clientCertificateData', 'clientKeyData', 'expirationTimestamp'].map((name) => {
    const value = status[name] ?? '';
    return typeof value === 'string' ? value : undefined;
  });
  const [token, certificate, key, expiration] = texts;
  if (token === undefined || certificate === undefined || key === undefined || expiration === undefined)
    return refuse('a field of its status is not text');
  if (token === '' && certificate === '' && key === '')
    return refuse('its status holds neither a token nor a certificate with its key');
  if ((certificate === '') !== (key === '')) return refuse('its status holds a certificate or a key, but not both');
  const expiresAt = expiration === '' ? undefined : parseRfc3339(expiration);
  if (Number.isNaN(expiresAt)) return refuse('its expirationTimestamp is not a time in the form of RFC 3339');
  return {
    ok: true,
    answer: { token, certificate: certificate === '' ? undefined : { certificate, key }, expiresAt },
  };
}

/** Milliseconds since the epoch, NaN where it is no such time. */
function parseRfc3339(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Its message would quote the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
