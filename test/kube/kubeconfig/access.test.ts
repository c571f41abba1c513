/** Who a server sees when we ask it, compared with who it sees when kubectl asks with the same kubeconfig. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { AccessError, type ClusterAccess } from '../../../src/kube/access.js';
import { accessTo, type AccessParts } from '../../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../../src/kube/kubeconfig/surroundings.js';
import type { MayRun } from '../../../src/kube/kubeconfig/program.js';
import { Transport } from '../../../src/kube/transport.js';
import { kubectl, skip } from './kubectl.js';
import { authority, clientIdentity, startMirror, type Mirror, type Seen } from './mirrorServer.js';
import { execCredential, pluginCommand, writePlugin } from './plugin.js';
import { startConnectProxy, startSocksProxy } from './proxies.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-access-'));
const signal = new AbortController().signal;
const ada = clientIdentity('ada');
const grace = clientIdentity('grace');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const AUTHORITY = `certificate-authority-data: ${base64(authority.certificate)}`;

let mirror: Mirror;
let named: Mirror;
let plain: Mirror;
before(async () => {
  mirror = await startMirror(['127.0.0.1']);
  named = await startMirror(['api.example']);
  plain = await startMirror(undefined);
});
after(async () => {
  await Promise.all([mirror, named, plain].map((server) => server.close()));
  rmSync(root, { recursive: true });
});

interface Setup {
  readonly server?: () => string;
  readonly cluster?: string | (() => string);
  readonly user?: string;
  readonly namespace?: string;
  /** Relative path → content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Writes a kubeconfig in `kube/config` of a new directory. */
function write({
  server = () => mirror.url,
  cluster = AUTHORITY,
  user = '',
  namespace = '',
  files = {},
}: Setup): string {
  const directory = mkdtempSync(path.join(root, 'case-'));
  const config = `current-context: c
clusters: [{name: k, cluster: {server: "${server()}", ${typeof cluster === 'string' ? cluster : cluster()}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: c, context: {cluster: k, user: u, namespace: "${namespace}"}}]
`;
  for (const [name, content] of Object.entries({ 'kube/config': config, ...files })) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

const yes: MayRun = () => Promise.resolve(true);

async function access(directory: string, mayRun: MayRun = yes, parts: AccessParts = {}): Promise<ClusterAccess> {
  const surroundings = { ...(parts.surroundings ?? thisMachine()), currentDirectory: directory };
  const selection = selectContext(await loadKubeconfig('kube/config', surroundings, signal));
  assert.ok(selection.ok, selection.ok ? '' : selection.message);
  return accessTo(selection.selected, mayRun, { ...parts, surroundings });
}

const LIMITS = { connectMs: 60_000, firstByteMs: 60_000, idleMs: 60_000, totalMs: 0 };

async function ask(of: ClusterAccess, at = '/seen'): Promise<Seen> {
  const transport = new Transport(of, () => undefined);
  const { text } = await transport.request({ method: 'GET', path: at, signal, limits: LIMITS });
  return JSON.parse(text) as Seen;
}

const FILES = {
  'kube/pki/ca.crt': authority.certificate,
  'kube/pki/ada.crt': ada.certificate,
  'kube/pki/ada.key': ada.key,
  'kube/token': 'from-file\n',
  'kube/answer': execCredential({ token: 'from-program' }),
  'kube/answer-certificate': execCredential({ clientCertificateData: grace.certificate, clientKeyData: grace.key }),
  'kube/answer-both': execCredential({
    token: 'both',
    clientCertificateData: grace.certificate,
    clientKeyData: grace.key,
  }),
  'kube/answer-v1beta1': execCredential({ token: 'beta' }, 'v1beta1'),
};
const plugin = pluginCommand('./bin/plugin');
const exec = (answer: string, more = ''): string => {
  // Programs run in the directory above `kube`; a script that is Node's argument is found from there.
  const args = [...plugin.args.map(() => 'kube/bin/plugin'), 'answer', answer];
  return `exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ${JSON.stringify(plugin.command)}, args: ${JSON.stringify(args)}${more}}`;
};

/** What client-go does, and what the mirror must see. Where kubectl is here, it is asked the same and must be seen alike. */
const TABLE: Readonly<Record<string, Setup & { readonly expected: Partial<Seen> }>> = {
  'a token': { user: 'token: t', expected: { authorization: 'Bearer t', certificate: '' } },
  'a token file, relative to the kubeconfig': {
    user: 'tokenFile: token',
    expected: { authorization: 'Bearer from-file' },
  },
  'a token file over a token': {
    user: 'token: t, tokenFile: token',
    expected: { authorization: 'Bearer from-file' },
  },
  'a token where the token file is missing': {
    user: 'token: t, tokenFile: nowhere',
    expected: { authorization: 'Bearer t' },
  },
  'basic authentication': {
    user: 'username: ada, password: "l:ve"',
    expected: { authorization: `Basic ${base64('ada:l:ve')}` },
  },
  'a client certificate as data': {
    user: `client-certificate-data: ${base64(ada.certificate)}, client-key-data: ${base64(ada.key)}`,
    expected: { certificate: 'ada', authorization: '' },
  },
  'a client certificate and an authority in files': {
    cluster: 'certificate-authority: pki/ca.crt',
    user: 'client-certificate: pki/ada.crt, client-key: ./pki/ada.key',
    expected: { certificate: 'ada' },
  },
  'a client certificate and a token': {
    user: 'client-certificate: pki/ada.crt, client-key: pki/ada.key, token: t',
    expected: { certificate: 'ada', authorization: 'Bearer t' },
  },
  impersonation: {
    user: 'token: t, as: "grace hopper", as-uid: "7", as-groups: [one, two], as-user-extra: {"Sco/pes%": [a, b], empty: []}',
    expected: {
      impersonation: [
        'impersonate-extra-sco%2fpes%25: a',
        'impersonate-extra-sco%2fpes%25: b',
        'impersonate-group: one',
        'impersonate-group: two',
        'impersonate-uid: 7',
        'impersonate-user: grace hopper',
      ],
    },
  },
  'user and password in the address': {
    server: () => mirror.url.replace('//', '//ada:l%3Ave@'),
    user: 'client-certificate: pki/ada.crt, client-key: pki/ada.key',
    expected: { authorization: `Basic ${base64('ada:l:ve')}` },
  },
  'a path in front': {
    server: () => `${mirror.url}/k8s/clusters/c-1/`,
    user: 'token: t',
    expected: { path: '/k8s/clusters/c-1/seen' },
  },
  insecure: {
    cluster: 'insecure-skip-tls-verify: true',
    user: 'token: t',
    expected: { authorization: 'Bearer t' },
  },
  "an authority that is nothing but the server's own certificate": {
    cluster: () => `certificate-authority-data: ${base64(mirror.certificate)}`,
    user: 'token: t',
    expected: { authorization: 'Bearer t' },
  },
  'a server name': {
    server: () => named.url,
    cluster: `${AUTHORITY}, tls-server-name: api.example`,
    user: 'token: t',
    expected: { serverName: 'api.example', authorization: 'Bearer t' },
  },
  'plain HTTP carries no credentials': {
    server: () => plain.url,
    cluster: '',
    user: 'token: t, as: grace',
    expected: { authorization: '', impersonation: ['impersonate-user: grace'] },
  },
  'host and port mean plain HTTP': {
    server: () => plain.url.replace('http://', ''),
    user: 'token: t',
    expected: { authorization: '' },
  },
  'a program that gives a token': { user: exec('kube/answer'), expected: { authorization: 'Bearer from-program' } },
  'a program that gives a certificate': {
    user: exec('kube/answer-certificate'),
    expected: { authorization: '', certificate: 'grace' },
  },
  'a program that gives both': {
    user: exec('kube/answer-both'),
    expected: { authorization: 'Bearer both', certificate: 'grace' },
  },
  'a program of v1beta1': {
    user: exec('kube/answer-v1beta1').replace('/v1,', '/v1beta1,'),
    expected: { authorization: 'Bearer beta' },
  },
  'a token over a program': { user: `token: t, ${exec('kube/answer')}`, expected: { authorization: 'Bearer t' } },
  'a client certificate over a program': {
    user: `client-certificate: pki/ada.crt, client-key: pki/ada.key, ${exec('kube/answer-both')}`,
    expected: { authorization: '', certificate: 'ada' },
  },
  'basic authentication over an auth-provider': {
    user: 'username: a, password: b, auth-provider: {name: oidc, config: {idp-issuer-url: x, client-id: z}}',
    expected: { authorization: `Basic ${base64('a:b')}` },
  },
};

suite('who the server sees', { concurrency: 2 }, () => {
  for (const [name, setup] of Object.entries(TABLE)) {
    test(name, async (t) => {
      const directory = write({ ...setup, files: FILES });
      const program = writePlugin(path.join(directory, 'kube/bin/plugin'));
      // Programs run in the home directory here, and where it was started by kubectl.
      const surroundings = { ...thisMachine(), home: directory };
      const of = await access(directory, yes, { surroundings });
      t.after(() => of.dispose());
      const ours = await ask(of);
      for (const [field, value] of Object.entries(setup.expected))
        assert.deepEqual(Reflect.get(ours, field), value, field);

      if (skip !== false) return;
      const runs = program.runs();
      program.forget();
      const { stdout, stderr } = await kubectl(['get', '--raw', '/seen', '--kubeconfig', 'kube/config'], {}, directory);
      assert.notEqual(stdout, '', stderr);
      // `--raw` of kubectl 1.33 and older leaves out the path in front; other requests of theirs do not.
      assert.deepEqual({ ...ours, path: '' }, { ...(JSON.parse(stdout) as Seen), path: '' }, 'as kubectl');
      assert.deepEqual(
        runs.map((run) => ({ ...run, pid: 0 })),
        program.runs().map((run) => ({ ...run, pid: 0 })),
        'programs run alike',
      );
    });
  }
});

test('what a program gets to know of the cluster, compared with kubectl', async (t) => {
  const files = { ...FILES };
  const directory = write({
    cluster: `${AUTHORITY}, tls-server-name: "127.0.0.1", disable-compression: true, extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x, size: 1}}]`,
    user: exec('kube/answer', ', provideClusterInfo: true, env: [{name: ADDED, value: v}]'),
    files,
  });
  const program = writePlugin(path.join(directory, 'kube/bin/plugin'));
  const surroundings = {
    ...thisMachine(),
    home: directory,
    environment: { ...process.env, ELECTRON_RUN_AS_NODE: '1', VSCODE_PID: '1' },
  };
  const of = await access(directory, yes, { surroundings });
  t.after(() => of.dispose());
  await ask(of);
  const [run] = program.runs();
  assert.ok(run);
  assert.deepEqual(run.editor, [], 'what the editor sets for itself is not handed on');
  assert.equal(run.added, 'v');
  assert.equal(run.directory, directory);
  assert.deepEqual(run.question, {
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1',
    spec: {
      cluster: {
        server: mirror.url,
        'tls-server-name': '127.0.0.1',
        'certificate-authority-data': base64(authority.certificate),
        'disable-compression': true,
        config: { audience: 'x', size: 1 },
      },
      interactive: false,
    },
  });
  if (skip !== false) return;
  await kubectl(['get', '--raw', '/seen', '--kubeconfig', 'kube/config'], {}, directory);
  assert.deepEqual(program.runs()[1]?.question, run.question);
});

suite('what is refused, with words that say why', () => {
  const refused: Readonly<Record<string, Setup & { readonly words: RegExp; readonly kind?: string }>> = {
    'an authority that is missing': {
      cluster: 'certificate-authority: nowhere.crt',
      words: /certificate authority \S+nowhere.crt cannot be read: no such file/,
    },
    'an authority that is no certificate': {
      cluster: `certificate-authority-data: ${base64('hello')}`,
      words: /holds no PEM certificate/,
    },
    'an authority that is broken': {
      cluster: `certificate-authority-data: ${base64(authority.certificate.replace(/M/g, 'N'))}`,
      words: /certificate authority of the kubeconfig cannot be read/,
    },
    'a key of another certificate': {
      user: `client-certificate-data: ${base64(ada.certificate)}, client-key-data: ${base64(grace.key)}`,
      words: /client certificate cannot be used: .*key values mismatch/,
    },
    'a token file that is missing': { user: 'tokenFile: nowhere', words: /token file \S+nowhere cannot be read/ },
    'a token file that is empty': { user: 'tokenFile: pki/empty', words: /token file \S+ is empty/ },
    'a token with a line break': { user: 'token: "secret\\nx"', words: /The token holds characters/ },
    'the gcp provider': { user: 'auth-provider: {name: gcp, config: {}}', words: /gke-gcloud-auth-plugin/ },
    'the azure provider': { user: 'auth-provider: {name: azure, config: {}}', words: /kubelogin/ },
    'an unknown provider': { user: 'auth-provider: {name: x, config: {}}', words: /auth-provider "x"/ },
    'oidc without an id-token': { user: 'auth-provider: {name: oidc, config: {}}', words: /no id-token/ },
    'oidc with an id-token that expired': {
      user: `auth-provider: {name: oidc, config: {id-token: h.${Buffer.from('{"exp":1000000000}').toString('base64url')}.s}}`,
      words: /expired at 2001-09-09T01:46:40.000Z/,
    },
  };
  for (const [name, { words, ...setup }] of Object.entries(refused)) {
    test(name, async () => {
      const of = await access(write({ ...setup, files: { 'kube/pki/empty': ' \n' } }));
      await assert.rejects(of.credentials(signal), (error) => {
        assert.ok(error instanceof AccessError);
        assert.equal(error.kind, 'unauthenticated');
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    });
  }

  test('a server whose name is another one', async () => {
    const of = await access(write({ server: () => named.url, user: 'token: t' }));
    await assert.rejects(ask(of), { name: 'KubeError', kind: 'tls' });
    const wrong = await access(
      write({ server: () => named.url, cluster: `${AUTHORITY}, tls-server-name: other.example`, user: 'token: t' }),
    );
    await assert.rejects(ask(wrong), { name: 'KubeError', kind: 'tls' });
  });

  test('a server of an authority that is not trusted, with or without another one', async () => {
    const unknown = await access(write({ cluster: '', user: 'token: t' }));
    await assert.rejects(ask(unknown), { name: 'KubeError', kind: 'tls' });
  });
});

test('oidc: the id-token of the file, as long as it is valid', async (t) => {
  const token = `h.${Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 3600 })).toString('base64url')}.s`;
  const of = await access(write({ user: `auth-provider: {name: oidc, config: {id-token: ${token}}}` }));
  t.after(() => of.dispose());
  assert.equal((await ask(of)).authorization, `Bearer ${token}`);
  assert.equal(of.invalidate(await of.credentials(signal)), false);
});

test('disable-compression: answers are asked for as they are', async () => {
  assert.equal((await ask(await access(write({ user: 'token: t' })))).encoding, 'gzip');
  const of = await access(write({ cluster: `${AUTHORITY}, disable-compression: true`, user: 'token: t' }));
  assert.equal((await ask(of)).encoding, 'identity');
});

test('facts: context, namespace, server, insecurity', async () => {
  const facts = async (setup: Setup) => {
    const { context, namespace, server, insecure } = await access(write(setup));
    return { context, namespace, server: server.href, insecure };
  };
  assert.deepEqual(await facts({}), { context: 'c', namespace: 'default', server: `${mirror.url}/`, insecure: false });
  assert.deepEqual(
    await facts({
      server: () => 'https://ada:secret@host/a/b/?q#f',
      namespace: 'shop',
      cluster: 'insecure-skip-tls-verify: true',
    }),
    { context: 'c', namespace: 'shop', server: 'https://host/a/b', insecure: true },
  );
  assert.equal((await facts({ server: () => 'http://host', cluster: '' })).insecure, true);
});

suite('connections', { timeout: 60_000 }, () => {
  test('are kept and used again, also after credentials were asked for anew', async (t) => {
    const own = await startMirror(['127.0.0.1']);
    t.after(() => own.close());
    const of = await access(write({ server: () => own.url, user: 'token: t' }));
    t.after(() => of.dispose());
    for (let index = 0; index < 3; index++) await ask(of);
    assert.equal(own.connections(), 1);
    assert.equal(await of.credentials(signal), await of.credentials(signal), 'one object for one identity');
    assert.equal(of.invalidate(await of.credentials(signal)), false, 'a fixed token has no successor');
  });

  test('take up a client certificate that was replaced; what runs on the former one ends first', async (t) => {
    const own = await startMirror(['127.0.0.1']);
    t.after(() => own.close());
    const directory = write({
      server: () => own.url,
      user: 'client-certificate: pki/ada.crt, client-key: pki/ada.key',
      files: FILES,
    });
    let now = Date.now();
    const of = await access(directory, yes, { surroundings: { ...thisMachine(), now: () => now } });
    t.after(() => of.dispose());
    assert.equal((await ask(of)).certificate, 'ada');
    const held = ask(of, '/held');
    while (own.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));

    writeFileSync(path.join(directory, 'kube/pki/ada.crt'), grace.certificate);
    writeFileSync(path.join(directory, 'kube/pki/ada.key'), grace.key);
    const before = await of.credentials(signal);
    assert.equal((await ask(of)).certificate, 'ada', 'files are looked at once a second');
    now += 2_000;
    assert.equal((await ask(of)).certificate, 'grace');
    assert.equal(of.invalidate(before), true, 'those were replaced already');
    own.release();
    assert.equal((await held).certificate, 'ada');
    while (own.open() > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await ask(of)).certificate, 'grace', 'the connection that is left is the new one');
  });
});

suite('through a proxy', () => {
  for (const scheme of ['http', 'https'] as const) {
    test(`CONNECT over ${scheme}`, async (t) => {
      const proxy = await startConnectProxy(scheme, named.port);
      t.after(() => proxy.close());
      const of = await access(
        write({
          server: () => 'https://api.example:6443',
          cluster: `${AUTHORITY}, proxy-url: "${proxy.url.replace('//', '//ada:l%3Ave@')}"`,
          user: `client-certificate-data: ${base64(ada.certificate)}, client-key-data: ${base64(ada.key)}`,
        }),
      );
      t.after(() => of.dispose());
      const seen = await ask(of);
      await ask(of);
      assert.deepEqual(proxy.asked, ['api.example:6443'], 'one tunnel, used twice');
      assert.deepEqual(proxy.credentials, [`Basic ${base64('ada:l:ve')}`]);
      assert.equal(seen.serverName, 'api.example');
      assert.equal(seen.certificate, 'ada', 'TLS is spoken with the server, not with the proxy');
    });
  }

  test('SOCKS5 with user name and password; the proxy resolves the name', async (t) => {
    const proxy = await startSocksProxy(named.port);
    t.after(() => proxy.close());
    const of = await access(
      write({
        server: () => 'https://api.example',
        cluster: `${AUTHORITY}, proxy-url: "${proxy.url.replace('//', '//ada:secret@')}"`,
        user: 'token: t',
      }),
    );
    t.after(() => of.dispose());
    assert.equal((await ask(of)).authorization, 'Bearer t');
    assert.deepEqual(proxy.asked, ['api.example:443']);
    assert.deepEqual(proxy.credentials, ['ada:secret']);
  });

  test('SOCKS5 to addresses of both families, and to a plain server', async (t) => {
    const proxy = await startSocksProxy(plain.port);
    t.after(() => proxy.close());
    for (const host of ['10.1.2.3:80', '[fd00::1:2]:8080']) {
      const of = await access(write({ server: () => `http://${host}`, cluster: `proxy-url: "${proxy.url}"` }));
      t.after(() => of.dispose());
      await ask(of);
    }
    assert.deepEqual(proxy.asked, ['10.1.2.3:80', 'fd000000000000000000000000010002:8080']);
  });

  test('kubectl takes the same way', { skip }, async (t) => {
    const proxy = await startSocksProxy(named.port);
    t.after(() => proxy.close());
    const connect = await startConnectProxy('http', named.port);
    t.after(() => connect.close());
    for (const url of [proxy.url, connect.url]) {
      const directory = write({
        server: () => 'https://api.example:6443',
        cluster: `${AUTHORITY}, proxy-url: "${url}"`,
        user: 'token: t',
      });
      const { stdout } = await kubectl(['get', '--raw', '/seen', '--kubeconfig', 'kube/config'], {}, directory);
      const of = await access(directory);
      t.after(() => of.dispose());
      assert.deepEqual(await ask(of), JSON.parse(stdout));
    }
    assert.deepEqual([...new Set([...proxy.asked, ...connect.asked])], ['api.example:6443']);
  });

  test('HTTPS_PROXY and NO_PROXY of the environment', async (t) => {
    const proxy = await startConnectProxy('http', named.port);
    t.after(() => proxy.close());
    const directory = write({ server: () => 'https://api.example', user: 'token: t' });
    const within = async (environment: Record<string, string>) => {
      const of = await access(directory, yes, { surroundings: { ...thisMachine(), environment } });
      t.after(() => of.dispose());
      return ask(of);
    };
    assert.equal((await within({ https_proxy: proxy.url })).authorization, 'Bearer t');
    await assert.rejects(within({ HTTPS_PROXY: proxy.url, NO_PROXY: 'example' }), { kind: 'unreachable' });
    assert.deepEqual(proxy.asked, ['api.example:443']);
  });

  test('a proxy that refuses, or is not there, is named', async (t) => {
    const refusing = await startConnectProxy('http', undefined);
    t.after(() => refusing.close());
    const socks = await startSocksProxy(1, 5);
    t.after(() => socks.close());
    const through = async (url: string) =>
      ask(
        await access(
          write({
            server: () => 'https://api.example',
            cluster: `${AUTHORITY}, proxy-url: "${url}"`,
            user: 'token: t',
          }),
        ),
      );
    await assert.rejects(through(refusing.url), {
      kind: 'unreachable',
      message: `The proxy ${refusing.url} does not lead to api.example:443: it answered 407 Proxy Authentication Required`,
    });
    await assert.rejects(through(socks.url), /it answered: connection refused/);
    await assert.rejects(
      through('http://127.0.0.1:1'),
      /The proxy http:\/\/127.0.0.1:1 does not lead to .*ECONNREFUSED/,
    );
    await assert.rejects(through('socks5://ada:secret@127.0.0.1:1'), (error) => !/secret/.test(String(error)));
  });
});
