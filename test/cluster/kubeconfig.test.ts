/**
 * Who a real API server says we are, by every kind of credentials that can be had from the kubeconfig at hand. Nothing is
 * created in the cluster: a service account's token is an answer, not an object.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import type { ClusterAccess } from '../../src/kube/access.js';
import { KubeError } from '../../src/kube/errors.js';
import { accessTo } from '../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import type { ClusterEntry, UserEntry } from '../../src/kube/kubeconfig/model.js';
import { selectContext, type SelectedContext } from '../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';
import { Transport } from '../../src/kube/transport.js';
import { kubectl, skip } from '../kube/kubeconfig/kubectl.js';
import { execCredential, writePlugin } from '../kube/kubeconfig/plugin.js';
import { startConnectProxy, startSocksProxy } from '../kube/kubeconfig/proxies.js';

const signal = new AbortController().signal;
const LIMITS = { connectMs: 30_000, firstByteMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const directory = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-cluster-'));
after(() => rmSync(directory, { recursive: true }));

let selected: SelectedContext;
/** A token of the service account `default` of the namespace `default`, and who that is. */
let token = '';
/** Why there is none. */
let noToken = '';
const SERVICE_ACCOUNT = 'system:serviceaccount:default:default';
let port = 443;

function accessWith({
  cluster = {},
  user = {},
}: {
  cluster?: Partial<ClusterEntry>;
  user?: Partial<UserEntry> | 'asItIs';
}): ClusterAccess {
  const nobody: UserEntry = {
    name: 'u',
    origin: { file: path.join(directory, 'config'), line: 1 },
    clientCertificate: '',
    clientCertificateData: '',
    clientKey: '',
    clientKeyData: '',
    token: '',
    tokenFile: '',
    username: '',
    password: '',
    impersonate: '',
    impersonateUid: '',
    impersonateGroups: [],
    impersonateExtra: {},
    authProvider: undefined,
    exec: undefined,
  };
  return accessTo(
    {
      ...selected,
      cluster: { ...selected.cluster, ...cluster },
      user: user === 'asItIs' ? selected.user : { ...nobody, ...user },
    },
    () => Promise.resolve(true),
  );
}

async function post(access: ClusterAccess, at: string, body: object): Promise<unknown> {
  const transport = new Transport(access, () => undefined);
  const answer = await transport.request({ method: 'POST', path: at, body, signal, limits: LIMITS });
  return JSON.parse(answer.text);
}

function field(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/ */
async function whoAmI(access: ClusterAccess): Promise<unknown> {
  try {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return field(
      await post(access, '/apis/authentication.k8s.io/v1/selfsubjectreviews', review),
      'status',
      'userInfo',
      'username',
    );
  } finally {
    access.dispose();
  }
}

before(async () => {
  const selection = selectContext(await loadKubeconfig(undefined, thisMachine(), signal));
  assert.ok(selection.ok, selection.ok ? '' : selection.message);
  ({ selected } = selection);
  port = Number(new URL(selected.cluster.server).port || 443);
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const access = accessWith({ user: 'asItIs' });
  try {
    const answer = await post(access, '/api/v1/namespaces/default/serviceaccounts/default/token', request);
    const text = field(answer, 'status', 'token');
    assert.ok(typeof text === 'string' && text !== '');
    token = text;
  } catch (error) {
    if (!(error instanceof KubeError && error.kind === 'forbidden')) throw error;
    noToken = error.message;
  } finally {
    access.dispose();
  }
});

/** A test that needs a token; skipped where we may not have one. */
function testWithToken(name: string, run: (t: TestContext) => Promise<void>): void {
  test(name, async (t) => {
    if (noToken === '') await run(t);
    else t.skip(noToken);
  });
}

suite('the API server knows us', () => {
  test('by the kubeconfig as it is, as it knows kubectl', async () => {
    const name = await whoAmI(accessWith({ user: 'asItIs' }));
    assert.ok(typeof name === 'string' && name !== '');
    if (skip !== false) return;
    const environment = { KUBECONFIG: process.env['KUBECONFIG'] ?? '', HOME: directory };
    const { stdout, stderr } = await kubectl(
      ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
      environment,
      directory,
    );
    assert.equal(name, stdout, stderr);
  });

  testWithToken('by a token, and by a token in a file', async () => {
    assert.equal(await whoAmI(accessWith({ user: { token } })), SERVICE_ACCOUNT);
    const tokenFile = path.join(directory, 'token');
    writeFileSync(tokenFile, `${token}\n`);
    assert.equal(await whoAmI(accessWith({ user: { token: 'wrong', tokenFile } })), SERVICE_ACCOUNT);
  });

  test('not by a wrong token', async () => {
    await assert.rejects(whoAmI(accessWith({ user: { token: 'wrong' } })), { kind: 'unauthenticated', httpCode: 401 });
  });

  testWithToken('by a program’s token, which is asked for again after a 401', async () => {
    const plugin = writePlugin(path.join(directory, 'plugin'));
    const answers = [execCredential({ token: 'wrong' }), execCredential({ token })];
    for (const [index, answer] of answers.entries()) writeFileSync(path.join(directory, `answer-${index + 1}`), answer);
    const exec = {
      command: plugin.file,
      args: ['answer', path.join(directory, 'answer-{n}')],
      env: [],
      apiVersion: 'client.authentication.k8s.io/v1',
      installHint: '',
      provideClusterInfo: true,
      interactiveMode: 'Never',
    };
    assert.equal(await whoAmI(accessWith({ user: { exec } })), SERVICE_ACCOUNT);
    assert.equal(plugin.runs().length, answers.length);
  });

  test('as somebody else, if we may', async (t) => {
    const user = { ...selected.user, impersonate: 'ada', impersonateGroups: ['system:authenticated', 'engines'] };
    try {
      assert.equal(await whoAmI(accessWith({ user })), 'ada');
    } catch (error) {
      if (!(error instanceof KubeError && error.kind === 'forbidden')) throw error;
      t.skip(error.message);
    }
  });
});

suite('the way to the API server', () => {
  testWithToken('through CONNECT and SOCKS5', async (t) => {
    const proxies = [await startConnectProxy('http', port), await startSocksProxy(port)];
    for (const proxy of proxies) {
      t.after(() => proxy.close());
      assert.equal(await whoAmI(accessWith({ cluster: { proxyUrl: proxy.url }, user: { token } })), SERVICE_ACCOUNT);
      assert.deepEqual(proxy.asked, [new URL(selected.cluster.server).host]);
    }
  });

  testWithToken('by one of the names that its certificate has, and by no other', async () => {
    const named = (tlsServerName: string) => accessWith({ cluster: { tlsServerName }, user: { token } });
    assert.equal(await whoAmI(named('kubernetes.default.svc')), SERVICE_ACCOUNT);
    await assert.rejects(whoAmI(named('kubernetes.example')), { kind: 'tls' });
  });

  testWithToken('only with its authority, or without looking', async () => {
    const none = { certificateAuthority: '', certificateAuthorityData: '' };
    await assert.rejects(whoAmI(accessWith({ cluster: none, user: { token } })), { kind: 'tls' });
    const insecure = accessWith({ cluster: { ...none, insecureSkipTlsVerify: true }, user: { token } });
    assert.equal(insecure.insecure, true);
    assert.equal(await whoAmI(insecure), SERVICE_ACCOUNT);
  });
});
