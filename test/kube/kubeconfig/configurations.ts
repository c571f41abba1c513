/** Kubeconfigs, well-formed and not, that kubectl and our loader must take alike. */

export interface Configuration {
  readonly name: string;
  /** Relative path → content. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Relative paths for `KUBECONFIG`, or one for `--kubeconfig`; neither: `~/.kube/config`, `home` being the home directory. */
  readonly list?: readonly string[];
  readonly explicit?: string;
  readonly context?: string;
  /** Compare what `kubectl config view --minify --flatten` reads from the named files, so that relative paths are compared. */
  readonly flatten?: boolean;
  /** The configuration is accepted, and a request fails before it is sent: a named file is missing or holds no certificate, a program is not installed. */
  readonly wrongLater?: boolean;
  /** The user has no credentials: kubectl asks for a name and a password, we and other clients send the request anonymously. */
  readonly anonymous?: boolean;
  /** Why we differ on purpose from what kubectl does when it sends a request. */
  readonly differs?: string;
}

/** Nobody listens there: a kubectl that accepts its configuration says that the connection was refused. */
export const SERVER = 'https://127.0.0.1:1';

interface Parts {
  readonly current?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
}

/** A complete kubeconfig with one cluster `k`, one user `u` and one context `c`; the parts are flow mappings. */
function simple({
  current = 'c',
  cluster = '',
  user = 'token: t',
  context = 'cluster: k, user: u',
}: Parts = {}): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
clusters:
- name: k
  cluster: {server: "${SERVER}", ${cluster}}
users:
- name: u
  user: {${user}}
contexts:
- name: c
  context: {${context}}
`;
}

const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le');
const PEM = Buffer.from('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n').toString('base64');
const one = (text: string | Uint8Array): Pick<Configuration, 'files' | 'explicit'> => ({
  files: { config: text },
  explicit: 'config',
});
const exec = (fields: string): string =>
  `exec: {command: program, apiVersion: client.authentication.k8s.io/v1, ${fields}}`;

export const CONFIGURATIONS: readonly Configuration[] = [
  // Which files.
  { name: 'home', files: { 'home/.kube/config': simple() } },
  { name: 'no file at all', files: {}, differs: 'kubectl goes to localhost:8080' },
  { name: 'explicit', ...one(simple()) },
  { name: 'explicit and missing', files: { 'home/.kube/config': simple() }, explicit: 'nowhere' },
  {
    name: 'explicit beats KUBECONFIG',
    files: { a: simple(), b: simple({ user: 'token: b' }) },
    list: ['a'],
    explicit: 'b',
  },
  {
    name: 'KUBECONFIG beats home',
    files: { a: simple({ user: 'token: a' }), 'home/.kube/config': simple() },
    list: ['a'],
  },
  { name: 'a missing file in the list', files: { a: simple() }, list: ['nowhere', 'a', ''] },
  { name: 'all files of the list missing', files: {}, list: ['x', 'y'], differs: 'kubectl goes to localhost:8080' },
  { name: 'the same file twice', files: { a: simple() }, list: ['a', 'a'] },
  { name: 'a directory in the list', files: { 'd/x': '', a: simple() }, list: ['a', 'd'] },
  // Merging.
  {
    name: 'first file wins for entries and for the current context',
    files: {
      a: simple({ user: 'token: first', cluster: 'tls-server-name: first' }),
      b: simple({ current: 'd', user: 'token: second, as: x', cluster: 'tls-server-name: second' }),
    },
    list: ['a', 'b'],
  },
  {
    name: 'the current context of a later file when the first has none',
    files: { a: simple({ current: '""', user: 'token: a' }), b: simple({ user: 'token: b' }) },
    list: ['a', 'b'],
  },
  {
    name: 'cluster, user and context from three files',
    files: {
      a: `clusters: [{name: k, cluster: {server: "${SERVER}"}}]`,
      b: 'users: [{name: u, user: {token: t}}]',
      c: 'contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]\ncurrent-context: c',
    },
    list: ['a', 'b', 'c'],
  },
  { name: 'a broken file beside a good one', files: { a: simple(), b: 'clusters: [' }, list: ['a', 'b'] },
  {
    name: 'relative paths, each relative to its own file',
    files: {
      'one/a': `clusters: [{name: k, cluster: {server: "${SERVER}", certificate-authority: pki/ca}}]`,
      'one/pki/ca': 'CA of one',
      'pki/ca': 'CA of the current directory',
      'two/b': 'users: [{name: u, user: {client-certificate: ../pki/crt, client-key: ./key}}]',
      'two/key': 'key of two',
      'pki/crt': 'certificate',
      c: 'contexts: [{name: c, context: {cluster: k, user: u}}]\ncurrent-context: c',
    },
    list: ['one/a', 'two/b', 'c'],
    flatten: true,
    wrongLater: true,
  },
  // Contexts.
  {
    name: 'another context by name',
    ...one(`${simple()}- name: d\n  context: {cluster: k, user: u, namespace: other}\n`),
    context: 'd',
  },
  { name: 'a context that does not exist', ...one(simple()), context: 'nowhere' },
  { name: 'a current context that does not exist', ...one(simple({ current: 'nowhere' })) },
  { name: 'no current context', ...one(simple({ current: '""' })), differs: 'kubectl goes to localhost:8080' },
  {
    name: 'a context without a cluster',
    ...one(simple({ context: 'user: u' })),
    differs: 'kubectl goes to localhost:8080',
  },
  {
    name: 'a context whose cluster does not exist',
    ...one(simple({ context: 'cluster: x, user: u' })),
    differs: 'kubectl goes to localhost:8080',
  },
  { name: 'a context without a user is anonymous', ...one(simple({ context: 'cluster: k' })), anonymous: true },
  {
    name: 'a context whose user does not exist is anonymous',
    ...one(simple({ context: 'cluster: k, user: x' })),
    anonymous: true,
  },
  { name: 'a namespace', ...one(simple({ context: 'cluster: k, user: u, namespace: "kube-system"' })) },
  // Every field.
  {
    name: 'every field of a cluster',
    ...one(
      simple({
        cluster: `tls-server-name: name.example, certificate-authority-data: ${PEM}, proxy-url: "socks5://p:1", disable-compression: true`,
      }),
    ),
    wrongLater: true,
  },
  { name: 'insecure', ...one(simple({ cluster: 'insecure-skip-tls-verify: true' })) },
  {
    name: 'insecure with a certificate authority',
    ...one(simple({ cluster: `insecure-skip-tls-verify: true, certificate-authority-data: ${PEM}` })),
  },
  {
    name: 'impersonation',
    ...one(simple({ user: 'token: t, as: a, as-uid: "7", as-groups: [g, h], as-user-extra: {k: [v, w]}' })),
  },
  { name: 'impersonation without a user', ...one(simple({ user: 'token: t, as-groups: [g]' })) },
  { name: 'basic authentication', ...one(simple({ user: 'username: u, password: p' })) },
  { name: 'token and basic authentication', ...one(simple({ user: 'token: t, username: u, password: p' })) },
  {
    name: 'token file',
    files: { config: simple({ user: 'tokenFile: t' }), t: 'abc' },
    explicit: 'config',
    flatten: true,
  },
  {
    name: 'token file and user name',
    files: { config: simple({ user: 'tokenFile: t, username: u' }), t: 'abc' },
    explicit: 'config',
    flatten: true,
  },
  { name: 'token file that is missing', ...one(simple({ user: 'tokenFile: /nowhere' })), wrongLater: true },
  {
    name: 'certificate authority that is missing',
    ...one(simple({ cluster: 'certificate-authority: /nowhere' })),
    wrongLater: true,
  },
  {
    name: 'certificate authority as file and as data',
    ...one(simple({ cluster: `certificate-authority: /nowhere, certificate-authority-data: ${PEM}` })),
  },
  { name: 'client certificate without a key', ...one(simple({ user: `client-certificate-data: ${PEM}` })) },
  {
    name: 'client certificate as file and as data',
    ...one(simple({ user: `client-certificate: /x, client-certificate-data: ${PEM}, client-key: /y` })),
  },
  {
    name: 'client key as file and as data',
    ...one(simple({ user: `client-certificate-data: ${PEM}, client-key: /y, client-key-data: ${PEM}` })),
  },
  { name: 'a proxy of an unknown scheme', ...one(simple({ cluster: 'proxy-url: "ftp://p"' })) },
  { name: 'a server without a scheme', ...one(simple().replace(SERVER, '127.0.0.1:1')) },
  { name: 'a server with a path and a slash', ...one(simple().replace(SERVER, `${SERVER}/k8s/clusters/c-1/`)) },
  {
    name: 'an empty server',
    ...one(simple({ cluster: 'tls-server-name: x' }).replace(SERVER, '')),
    differs: 'kubectl goes to localhost:8080',
  },
  // Programs and providers.
  {
    name: 'exec v1',
    ...one(
      simple({
        user: exec(
          'interactiveMode: Never, args: [a, "b c"], env: [{name: NAME, value: V}], provideClusterInfo: true, installHint: install it',
        ),
      }),
    ),
    wrongLater: true,
  },
  { name: 'exec v1 without interactiveMode', ...one(simple({ user: exec('') })) },
  { name: 'exec with an unknown interactiveMode', ...one(simple({ user: exec('interactiveMode: Sometimes') })) },
  {
    name: 'exec v1beta1 is interactive if that is possible',
    ...one(simple({ user: exec('').replace('/v1,', '/v1beta1,') })),
    wrongLater: true,
  },
  { name: 'exec v1alpha1', ...one(simple({ user: exec('').replace('/v1,', '/v1alpha1,') })) },
  { name: 'exec without apiVersion', ...one(simple({ user: 'exec: {command: x, interactiveMode: Never}' })) },
  {
    name: 'exec without a command',
    ...one(simple({ user: exec('interactiveMode: Never').replace('command: program, ', '') })),
  },
  {
    name: 'exec with a nameless variable',
    ...one(simple({ user: exec('interactiveMode: Never, env: [{value: x}]') })),
  },
  {
    name: 'exec and auth-provider',
    ...one(simple({ user: `${exec('interactiveMode: Never')}, auth-provider: {name: oidc, config: {}}` })),
  },
  {
    name: 'auth-provider',
    ...one(simple({ user: 'auth-provider: {name: gcp, config: {expiry: 2020-01-01}}' })),
    wrongLater: true,
  },
  {
    name: 'what the cluster says to programs',
    ...one(
      simple({
        cluster:
          'extensions: [{name: client.authentication.k8s.io/exec, extension: {n: 1_0, o: 017, h: 0x1f, f: 1.50, b: yes, d: 2001-01-01, t: {3: x}}}]',
      }),
    ),
  },
  // YAML as kubectl reads it.
  { name: 'empty file', ...one(''), differs: 'kubectl goes to localhost:8080' },
  { name: 'only a comment', ...one('# nothing\n'), differs: 'kubectl goes to localhost:8080' },
  {
    name: 'JSON',
    ...one(
      JSON.stringify({
        'current-context': 'c',
        clusters: [{ name: 'k', cluster: { server: SERVER } }],
        users: [{ name: 'u', user: { token: 't' } }],
        contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      }),
    ),
  },
  { name: 'a byte order mark', ...one(`\uFEFF${simple()}`) },
  { name: 'UTF-16 as PowerShell writes it', ...one(utf16(simple())) },
  { name: 'Windows line ends', ...one(simple().replaceAll('\n', '\r\n')) },
  { name: 'not UTF-8', ...one(Buffer.concat([Buffer.from(simple()), Buffer.from([0x23, 0xff, 0x0a])])) },
  { name: 'unknown fields', ...one(`${simple()}colour: {blue: 1}\n`) },
  { name: 'field names in capitals are unknown', ...one(simple({ cluster: 'Tls-Server-Name: x' })) },
  {
    name: 'aliases and merged maps',
    ...one(
      simple()
        .replace('user: {token: t}', 'user: &a {token: t}\n- name: v\n  user: {token: x, as: y, <<: *a, as-uid: z}')
        .replace('user: u}', 'user: v}'),
    ),
  },
  { name: 'the same key twice', ...one(`${simple()}current-context: c\n`) },
  {
    name: 'the same name twice in one file',
    ...one(simple().replace('- name: u\n', '- name: u\n  user: {}\n- name: u\n')),
  },
  { name: 'a second document', ...one(`${simple()}---\n- [\n`) },
  { name: 'yes is a boolean', ...one(simple({ cluster: 'insecure-skip-tls-verify: yes' })) },
  { name: 'a quoted boolean is text', ...one(simple({ cluster: 'insecure-skip-tls-verify: "true"' })) },
  ...['12345', '0x1f', '0o7', '1_000', '1e3', '.5', '+1', '0b1', 'on', 'N', '[a]', '{a: b}'].map((token) => ({
    name: `a token that is not text: ${token}`,
    ...one(simple({ user: `token: ${token}` })),
  })),
  ...[
    '12:30:45',
    '2001-01-01',
    '-0b2',
    '_1',
    '1e',
    '1.5.2',
    '0xg',
    '=',
    '"1"',
    '!!str 1',
    '0x123456789abcdef01',
    '0xffffffffffffffff',
  ].map((token) => ({
    name: `a token that is text: ${token}`,
    ...one(simple({ user: `token: ${token}` })),
  })),
  ...['null', '~', ''].map((token) => ({
    name: `no token: ${token}`,
    ...one(simple({ user: `token: ${token}` })),
    anonymous: true,
  })),
  { name: 'arguments that are numbers', ...one(simple({ user: exec('interactiveMode: Never, args: [1]') })) },
  { name: 'a list where a map belongs', ...one('users: {}\n') },
  { name: 'a document that is text', ...one('hello\n') },
  { name: 'another kind', ...one('apiVersion: v1\nkind: Pod\n') },
  { name: 'another version', ...one('apiVersion: v2\nkind: Config\n') },
  { name: 'a tab', ...one('clusters:\n\t- name: a\n') },
  { name: 'a colon too many', ...one('clusters:\n- name: a\n  cluster: server: x\n') },
  { name: 'wrong indentation', ...one('clusters:\n- name: a\n cluster: x\n') },
  { name: 'an unclosed quote', ...one('current-context: "c\n') },
  { name: 'an unknown anchor', ...one('users: *nowhere\n') },
  { name: 'YAML 1.2', ...one(`%YAML 1.2\n---\n${simple()}`) },
  {
    name: 'base64 in lines',
    ...one(simple({ cluster: 'certificate-authority-data: "TUFB\\nTUFB"' })),
    wrongLater: true,
  },
  { name: 'not base64', ...one(simple({ cluster: 'certificate-authority-data: "***"' })) },
  { name: 'base64 without padding', ...one(simple({ cluster: 'certificate-authority-data: "YWJjZA"' })) },
  { name: 'base64 of URLs', ...one(simple({ cluster: 'certificate-authority-data: "YWJ_"' })) },
];
