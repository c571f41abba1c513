/**
 * The kubeconfig as data: what its files say, merged, each entry with the place it came from. Plain values only, so that it
 * can be handed to another thread. It holds tokens and keys: never log it, never show it whole.
 *
 * Absent texts are `''`, as in client-go, whose rules (`len(…) == 0`) the rest follows.
 * Fields: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */

/** Where an entry stands; `line` counts from 1, and is 0 where no file has it (in-cluster access). */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface ClusterEntry {
  readonly name: string;
  readonly origin: Origin;
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecureSkipTlsVerify: boolean;
  /** Absolute path. */
  readonly certificateAuthority: string;
  /** Base64 of PEM. */
  readonly certificateAuthorityData: string;
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  /** The extension `client.authentication.k8s.io/exec`, which credential programs get to see. */
  readonly execConfig: Json;
}

/** A program that gives credentials. `command` is an absolute path unless it is to be looked up in PATH. */
export interface ExecEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface UserEntry {
  readonly name: string;
  readonly origin: Origin;
  /** Absolute paths. */
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly tokenFile: string;
  /** Base64 of PEM. */
  readonly clientCertificateData: string;
  readonly clientKeyData: string;
  readonly token: string;
  readonly username: string;
  readonly password: string;
  readonly impersonate: string;
  readonly impersonateUid: string;
  readonly impersonateGroups: readonly string[];
  readonly impersonateExtra: Readonly<Record<string, readonly string[]>>;
  readonly authProvider: { readonly name: string; readonly config: Readonly<Record<string, string>> } | undefined;
  readonly exec: ExecEntry | undefined;
}

export interface ContextEntry {
  readonly name: string;
  readonly origin: Origin;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

/** What one file says. */
export interface KubeconfigFile {
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
  readonly currentContext: string;
}

/** What is wrong with a file, and where. `line` and `column` count from 1; 0 where the whole file is meant. */
export interface KubeconfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `FILE:LINE:COLUMN: MESSAGE`, which terminals and editors turn into a link. */
export function problemText({ file, line, column, message }: KubeconfigProblem): string {
  if (line === 0) return `${file}: ${message}`;
  return column === 0 ? `${file}:${line}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

export interface MergedKubeconfig extends KubeconfigFile {
  /** Every file that was looked for, in the order of precedence. These are the files to watch. */
  readonly files: readonly { readonly path: string; readonly state: 'read' | 'missing' | 'broken' }[];
  /**
   * What made files unreadable. kubectl refuses to work as long as one file of the list is broken, because a name in it
   * might win over the same name in a later file; so does `selectContext`. The entries of the other files are still here.
   */
  readonly problems: readonly KubeconfigProblem[];
}
