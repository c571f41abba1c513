/**
 * One kubeconfig file: its text to entries, or the first thing that is wrong with it and where. Takes what kubectl's decoder
 * takes and refuses what it refuses: unknown fields are passed over, a number where a text belongs is an error, names must
 * be unique within a file.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/api/v1/types.go and conversion.go
 */
import type { LineCounter } from 'yaml';
import type {
  ClusterEntry,
  ContextEntry,
  ExecEntry,
  Json,
  KubeconfigFile,
  KubeconfigProblem,
  Origin,
  UserEntry,
} from './model.js';
import { readYaml, toJson, type Tree } from './yamlTree.js';

export type DecodeResult =
  { readonly ok: true; readonly file: KubeconfigFile } | { readonly ok: false; readonly problem: KubeconfigProblem };

/** Makes paths of a file absolute; see `load.ts`. */
export interface PathRules {
  /** A file that the kubeconfig names. */
  file(path: string): string;
  /** A program that the kubeconfig names, which may be a bare name. */
  program(command: string): string;
}

/** The name of a cluster's extension that is handed to credential programs. */
const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

/** Versions of the credential protocol in which a program may be silent about standard input. */
const INTERACTIVE_BY_DEFAULT = new Set([
  'client.authentication.k8s.io/v1beta1',
  'client.authentication.k8s.io/v1alpha1',
]);

class DecodeError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const describe = (tree: Tree): string => (tree.kind === 'text' ? 'text' : `a ${tree.kind}`);
const absent = (tree: Tree | undefined): tree is undefined | (Tree & { kind: 'null' }) =>
  tree === undefined || tree.kind === 'null';

/** A value with the way to it, for messages such as `users[2].user.token: text expected, this is a number`. */
class Field {
  readonly tree: Tree | undefined;
  readonly path: string;

  constructor(tree: Tree | undefined, path: string) {
    this.tree = tree;
    this.path = path;
  }

  get isAbsent(): boolean {
    return absent(this.tree);
  }

  #refuse(tree: Tree, expected: string): never {
    throw new DecodeError(
      tree.at,
      `${this.path === '' ? 'the document' : this.path}: ${expected} expected, this is ${describe(tree)}`,
    );
  }

  text(): string {
    if (absent(this.tree)) return '';
    return this.tree.kind === 'text' ? this.tree.text : this.#refuse(this.tree, 'text');
  }

  flag(): boolean {
    if (absent(this.tree)) return false;
    return this.tree.kind === 'boolean' ? this.tree.value : this.#refuse(this.tree, 'true or false');
  }

  list(): Field[] {
    if (absent(this.tree)) return [];
    if (this.tree.kind !== 'list') this.#refuse(this.tree, 'a list');
    return this.tree.items.map((item, index) => new Field(item, `${this.path}[${index}]`));
  }

  get(name: string): Field {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    if (absent(this.tree)) return new Field(undefined, path);
    if (this.tree.kind !== 'map') this.#refuse(this.tree, 'a map');
    return new Field(this.tree.fields.get(name), path);
  }

  record<T>(read: (field: Field) => T): Record<string, T> {
    if (absent(this.tree)) return {};
    if (this.tree.kind !== 'map') this.#refuse(this.tree, 'a map');
    return Object.fromEntries(
      [...this.tree.fields].map(([name, value]) => [name, read(new Field(value, `${this.path}.${name}`))]),
    );
  }

  texts(): string[] {
    return this.list().map((item) => item.text());
  }

  /** Standard base64 with its padding; line breaks within it are allowed, as Go's decoder allows them. */
  base64(): string {
    const text = this.text().replaceAll(/[\r\n]/g, '');
    if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return text;
    throw new DecodeError(this.tree?.at ?? 0, `${this.path}: this is not base64`);
  }

  json(): Json {
    return this.tree === undefined ? null : toJson(this.tree);
  }
}

class Decoder {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #paths: PathRules;

  constructor(file: string, lines: LineCounter, paths: PathRules) {
    this.#file = file;
    this.#lines = lines;
    this.#paths = paths;
  }

  decode(root: Field): KubeconfigFile {
    const apiVersion = root.get('apiVersion').text();
    const kind = root.get('kind').text();
    if ((apiVersion !== '' && apiVersion !== 'v1') || (kind !== '' && kind !== 'Config'))
      throw new DecodeError(
        (apiVersion === '' || apiVersion === 'v1' ? root.get('kind') : root.get('apiVersion')).tree?.at ?? 0,
        `this is not a kubeconfig: apiVersion v1 and kind Config expected, these are ${(apiVersion || 'v1').slice(0, 80)} and ${(kind || 'Config').slice(0, 80)}`,
      );
    root.get('preferences').get('colors').flag();
    return {
      clusters: this.#entries(root.get('clusters'), (entry, origin) => this.#cluster(entry, origin)),
      users: this.#entries(root.get('users'), (entry, origin) => this.#user(entry, origin)),
      contexts: this.#entries(root.get('contexts'), context),
      currentContext: root.get('current-context').text(),
    };
  }

  #entries<T extends { readonly name: string }>(list: Field, read: (entry: Field, origin: Origin) => T): T[] {
    const seen = new Set<string>();
    return list.list().map((entry) => {
      const at = entry.tree?.at ?? 0;
      const decoded = read(entry, { file: this.#file, line: this.#lines.linePos(at).line });
      if (seen.has(decoded.name))
        throw new DecodeError(at, `${list.path}: the name "${decoded.name}" stands twice in this file`);
      seen.add(decoded.name);
      return decoded;
    });
  }

  #path(field: Field): string {
    const text = field.text();
    return text === '' ? '' : this.#paths.file(text);
  }

  #cluster(entry: Field, origin: Origin): ClusterEntry {
    const cluster = entry.get('cluster');
    const extension = cluster
      .get('extensions')
      .list()
      .find((candidate) => candidate.get('name').text() === EXEC_EXTENSION);
    return {
      name: entry.get('name').text(),
      origin,
      server: cluster.get('server').text(),
      tlsServerName: cluster.get('tls-server-name').text(),
      insecureSkipTlsVerify: cluster.get('insecure-skip-tls-verify').flag(),
      certificateAuthority: this.#path(cluster.get('certificate-authority')),
      certificateAuthorityData: cluster.get('certificate-authority-data').base64(),
      proxyUrl: cluster.get('proxy-url').text(),
      disableCompression: cluster.get('disable-compression').flag(),
      execConfig: extension?.get('extension').json() ?? null,
    };
  }

  #user(entry: Field, origin: Origin): UserEntry {
    const user = entry.get('user');
    const provider = user.get('auth-provider');
    return {
      name: entry.get('name').text(),
      origin,
      clientCertificate: this.#path(user.get('client-certificate')),
      clientCertificateData: user.get('client-certificate-data').base64(),
      clientKey: this.#path(user.get('client-key')),
      clientKeyData: user.get('client-key-data').base64(),
      token: user.get('token').text(),
      tokenFile: this.#path(user.get('tokenFile')),
      username: user.get('username').text(),
      password: user.get('password').text(),
      impersonate: user.get('as').text(),
      impersonateUid: user.get('as-uid').text(),
      impersonateGroups: user.get('as-groups').texts(),
      impersonateExtra: user.get('as-user-extra').record((values) => values.texts()),
      authProvider: provider.isAbsent
        ? undefined
        : { name: provider.get('name').text(), config: provider.get('config').record((value) => value.text()) },
      exec: user.get('exec').isAbsent ? undefined : this.#exec(user.get('exec')),
    };
  }

  #exec(exec: Field): ExecEntry {
    const command = exec.get('command').text();
    const apiVersion = exec.get('apiVersion').text();
    const interactiveMode = exec.get('interactiveMode').text();
    return {
      command: command === '' ? '' : this.#paths.program(command),
      args: exec.get('args').texts(),
      env: exec
        .get('env')
        .list()
        .map((variable) => ({ name: variable.get('name').text(), value: variable.get('value').text() })),
      apiVersion,
      installHint: exec.get('installHint').text(),
      provideClusterInfo: exec.get('provideClusterInfo').flag(),
      interactiveMode:
        interactiveMode === '' && INTERACTIVE_BY_DEFAULT.has(apiVersion) ? 'IfAvailable' : interactiveMode,
    };
  }
}

function context(entry: Field, origin: Origin): ContextEntry {
  const body = entry.get('context');
  return {
    name: entry.get('name').text(),
    origin,
    cluster: body.get('cluster').text(),
    user: body.get('user').text(),
    namespace: body.get('namespace').text(),
  };
}

/** Decodes a file's bytes. `file` is how problems and entries name it. Never throws. */
export function decodeKubeconfig(bytes: Uint8Array, file: string, paths: PathRules): DecodeResult {
  const text = decodeText(bytes);
  if (text === undefined)
    return { ok: false, problem: { file, line: 0, column: 0, message: 'this is neither UTF-8 nor UTF-16 text' } };
  const yaml = readYaml(text);
  const refuse = (at: number, message: string): DecodeResult => {
    const { line, col } = yaml.lines.linePos(at);
    return { ok: false, problem: { file, line, column: col, message } };
  };
  if (!yaml.ok) return refuse(yaml.problem.at, yaml.problem.message);
  try {
    return { ok: true, file: new Decoder(file, yaml.lines, paths).decode(new Field(yaml.tree, '')) };
  } catch (error) {
    if (error instanceof DecodeError) return refuse(error.at, error.message);
    throw error;
  }
}

/** UTF-8, or UTF-16 with its mark, as Windows PowerShell's `>` writes it; kubectl reads both. */
function decodeText(bytes: Uint8Array): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
