/**
 * Access to one cluster: where its API server is, and who we are to it.
 *
 * `kubeconfig/` builds it from a context; the transport and the probes' streams use it. Nothing in here is a secret that
 * may be logged or sent to the other thread: what `credentials` returns stays with whoever opens the connection.
 */
import type { Agent } from 'node:http';

export interface RequestCredentials {
  /** `Authorization`, `Impersonate-*`: as they go on the wire. A list is one header line for each of its texts. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /**
   * Opens the connections: keeps them alive, carries the TLS material (CA, client certificate, server name, verification)
   * and goes through the proxy of the kubeconfig. The same object as long as the TLS identity is the same, so that
   * connections are used again; an `http.Agent` for an `http:` server, else an `https.Agent` or one that behaves so.
   */
  readonly agent: Agent;
}

export interface ClusterAccess {
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** Base of every request, with the path prefix that some servers have (`https://rancher.example/k8s/clusters/c-1`). */
  readonly server: URL;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  /** `insecure-skip-tls-verify`, or plain HTTP: shown to the user as a warning. */
  readonly insecure: boolean;
  /** `disable-compression`: answers are asked for as they are, for a server that is near or cannot afford it. */
  readonly disableCompression?: boolean;
  /**
   * Credentials for the next request. Reads token files again where they changed, runs the credential program where its
   * answer has expired (after the user's consent), else answers at once from memory. Calls at the same time share one run.
   * Throws an `AccessError`, or the signal's reason.
   *
   * A program has a time limit of its own, for some wait until the user has logged in with a browser: hand over the signal
   * of the work, not that of a single request. A program stops when nobody waits for its answer any more.
   */
  credentials(signal: AbortSignal): Promise<RequestCredentials>;
  /**
   * The server answered 401 to these credentials. Forgets what was cached of them, and says whether asking again may help:
   * true when a program, a token file or an identity provider can give new ones; false when they are fixed texts.
   * Does not run anything itself; the next `credentials` does.
   */
  invalidate(rejected: RequestCredentials): boolean;
  /** Closes idle connections and lets go of files. Nothing is asked of it afterwards. */
  dispose(): void;
}

export type AccessErrorKind =
  /** The user said no to the credential program; nothing was started. */
  | 'declined'
  /** Credentials could not be had: the program failed or is missing, the token file cannot be read, a certificate is broken. */
  | 'unauthenticated';

/** Why there are no credentials, in words that can be shown: never with a token or key in them. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly kind: AccessErrorKind;
  /** It may work the next time, and trying disturbs nobody: it may be tried again without being asked for. */
  readonly mayPass: boolean;
  constructor(kind: AccessErrorKind, message: string, cause?: unknown, mayPass = false) {
    super(message, { cause });
    this.kind = kind;
    this.mayPass = mayPass;
  }
}

/**
 * How every agent is made. No limit on sockets here: each watch and each exec stream holds one for as long as it runs, and a
 * request that queues behind them would wait for ever. The transport bounds how many short requests run at a time.
 */
export const AGENT_OPTIONS = {
  keepAlive: true,
  keepAliveMsecs: 15_000,
  maxFreeSockets: 8,
  scheduling: 'lifo',
} as const;
