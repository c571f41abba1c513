/**
 * The simulated server as kubectl sees it. kubectl is taken from the environment variable KUBECTL or from PATH; where there
 * is none, these tests say so and are skipped.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cilium } from '../scenarios/cilium.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { ApiServer } from './server.js';

const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';
const found = spawnSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' }).status === 0;
const skip = found ? false : `no kubectl: neither in KUBECTL nor in PATH`;

describe('kubectl', { skip }, () => {
  const build = { now: new Date(Date.now() - 3000), seed: 1, nodes: 2, pods: 0 };
  let server: ApiServer;
  let folder = '';

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'simulated-apiserver-'));
    server = await ApiServer.start({ cluster: lectureFixed.build(build), timeScale: 0, seed: 3 });
    for (const user of ['admin', 'viewer', 'nobody', 'token']) {
      writeFileSync(path.join(folder, user), server.kubeconfig({ user }));
    }
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(user: string, args: readonly string[]) {
    return spawn(
      KUBECTL,
      ['--kubeconfig', path.join(folder, user), '--cache-dir', path.join(folder, 'cache'), ...args],
      { stdio: ['pipe', 'pipe', 'pipe'], timeout: 30_000 },
    );
  }

  async function kubectl(user: string, args: readonly string[], input = '') {
    const child = start(user, args);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  /** The cells of a table, without the columns that age. */
  function rows(text: string): string[][] {
    return text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.trim().split(/\s{2,}/));
  }

  test('says that the server is simulated', async () => {
    const { stdout } = await kubectl('admin', ['version']);
    assert.match(stdout, /Server Version: v1\.34\.4\+simulated/);
    const { stdout: nodes } = await kubectl('admin', [
      'get',
      'nodes',
      '-l',
      'cluster-network-inspector/simulated=true',
      '-o',
      'name',
    ]);
    assert.equal(nodes, 'node/node1\nnode/node2\n');
  });

  test('gets nodes, wide', async () => {
    const { stdout } = await kubectl('admin', ['get', 'nodes', '-o', 'wide']);
    assert.deepEqual(rows(stdout), [
      [
        'NAME',
        'STATUS',
        'ROLES',
        'AGE',
        'VERSION',
        'INTERNAL-IP',
        'EXTERNAL-IP',
        'OS-IMAGE',
        'KERNEL-VERSION',
        'CONTAINER-RUNTIME',
      ],
      ...['1', '2'].map((number) => [
        `node${number}`,
        'Ready',
        number === '1' ? 'control-plane' : '<none>',
        '26h',
        'v1.34.4',
        `192.168.1.${number === '1' ? 2 : 3}`,
        '<none>',
        'Debian GNU/Linux 12 (bookworm)',
        '6.1.0-simulated',
        'containerd://1.7.27',
      ]),
    ]);
  });

  test('gets nodes and pods of all namespaces at once', async () => {
    const { stdout, code } = await kubectl('token', ['get', 'nodes,pods', '-A', '-o', 'wide']);
    assert.equal(code, 0);
    assert.match(stdout, /^node\/node1 +Ready/m);
    const web = rows(stdout).filter(([, name]) => name?.startsWith('pod/web-'));
    assert.deepEqual(
      web.map(([namespace, , ready, status, restarts, age, ip, node]) => [
        namespace,
        ready,
        status,
        restarts,
        age,
        ip,
        node,
      ]),
      [
        ['shop', '1/1', 'Running', '0', '26h', '10.244.1.2', 'node2'],
        ['shop', '1/1', 'Running', '0', '26h', '10.244.0.2', 'node1'],
      ],
    );
  });

  test('gets JSON in chunks', async () => {
    const { stdout } = await kubectl('admin', ['get', 'pods', '-A', '-o', 'json', '--chunk-size=3']);
    const list = JSON.parse(stdout) as { items: { kind: string; metadata: { name: string } }[] };
    assert.deepEqual(
      list.items.map((item) => item.metadata.name),
      server.objects('pods').map((pod) => pod.metadata.name),
    );
    const pages = server.requests.filter(({ url }) => url.startsWith('/api/v1/pods?') && url.includes('limit=3'));
    assert.equal(pages.length, Math.ceil(list.items.length / 3));
  });

  test('watches', async () => {
    const child = start('admin', ['get', 'configmaps', '-n', 'default', '-w', '--no-headers']);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'watched' } };
    server.apply({ ...object, data: {} });
    while (!/^watched +0/m.test(stdout)) await once(child.stdout, 'data');
    server.apply({ ...object, data: { a: 'b' } });
    while (!/^watched +1/m.test(stdout)) await once(child.stdout, 'data');
    server.remove({ ...object, namespace: 'default', name: 'watched' });
    child.kill();
    await once(child, 'close');
  });

  test('runs commands in containers', async () => {
    const pod = server.objects('pods').find(({ metadata }) => metadata.labels?.['app'] === 'web')?.metadata.name ?? '';
    const exec = (...command: string[]) => kubectl('admin', ['exec', '-n', 'shop', pod, '--', ...command]);
    assert.deepEqual(await exec('/agnhost', 'connect', '--timeout=1s', '10.244.0.2:8080'), {
      code: 0,
      stdout: '',
      stderr: '',
    });
    assert.deepEqual(await exec('/agnhost', 'connect', '--timeout=1s', '10.244.9.9:8080'), {
      code: 1,
      stdout: '',
      stderr: 'TIMEOUT\ncommand terminated with exit code 1\n',
    });
    const missing = await exec('nix');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /exec: "nix": executable file not found in \$PATH: unknown/);
    const echoed = await kubectl('admin', ['exec', '-i', '-n', 'shop', pod, '--', 'cat'], 'typed');
    assert.equal(echoed.stdout, 'typed');
    const forbidden = await kubectl('viewer', ['exec', '-n', 'shop', pod, '--', 'true']);
    assert.match(
      forbidden.stderr,
      /User "viewer" cannot create resource "pods\/exec" in API group "" in the namespace "shop"/,
    );
  });

  test('asks what it may do', async () => {
    const may = async (user: string, ...args: string[]) =>
      (await kubectl(user, ['auth', 'can-i', ...args])).stdout.trim();
    assert.equal(await may('admin', 'create', 'pods/exec', '-n', 'shop'), 'yes');
    assert.equal(await may('viewer', 'create', 'pods/exec', '-n', 'shop'), 'no');
    assert.equal(await may('viewer', 'list', 'nodes'), 'yes');
    assert.equal(await may('nobody', 'list', 'pods', '-n', 'default'), 'yes');
    assert.equal(await may('nobody', 'list', 'pods', '-A'), 'no');
  });

  test('creates, changes and deletes', async () => {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'made', namespace: 'default' },
      data: { a: 'b' },
    });
    const done = async (args: readonly string[], input = '') => {
      const { code, stdout, stderr } = await kubectl('admin', args, input);
      assert.equal(code, 0, stderr);
      return stdout.trim();
    };
    assert.equal(await done(['create', '-f', '-'], manifest), 'configmap/made created');
    assert.equal(await done(['label', 'configmap', 'made', 'x=y']), 'configmap/made labeled');
    assert.equal(await done(['apply', '-f', '-'], manifest.replace('"b"', '"c"')), 'configmap/made configured');
    assert.equal(await done(['get', 'configmap', 'made', '-o', 'jsonpath={.data.a} {.metadata.labels.x}']), 'c y');
    assert.match(await done(['delete', 'configmap', 'made']), /^configmap "made" deleted/);
    assert.equal(await done(['create', 'configmap', 'typed', '--from-literal=q=r']), 'configmap/typed created');
    assert.match(
      (await kubectl('admin', ['create', 'configmap', 'typed'])).stderr,
      /configmaps "typed" already exists/,
    );
    assert.match((await kubectl('viewer', ['delete', 'configmap', 'typed'])).stderr, /User "viewer" cannot delete/);
  });

  test('runs a pod, which gets a node and an address', async () => {
    const made = await kubectl('admin', ['run', 'probe', '-n', 'shop', '--image=agnhost']);
    assert.equal(made.stdout, 'pod/probe created\n');
    const waited = await kubectl('admin', [
      'wait',
      '-n',
      'shop',
      '--for=condition=Ready',
      'pod/probe',
      '--timeout=10s',
    ]);
    assert.equal(waited.stdout, 'pod/probe condition met\n');
    const { stdout } = await kubectl('admin', [
      'get',
      'pod',
      'probe',
      '-n',
      'shop',
      '-o',
      'jsonpath={.spec.nodeName} {.status.podIP}',
    ]);
    assert.equal(stdout, 'node2 10.244.1.5');
  });

  test('shows custom resources with the columns of their definition', async () => {
    const other = await ApiServer.start({ cluster: cilium.build(build) });
    try {
      writeFileSync(path.join(folder, 'cilium'), other.kubeconfig());
      const { stdout } = await kubectl('cilium', ['get', 'cn', '--cache-dir', path.join(folder, 'cilium-cache')]);
      assert.deepEqual(rows(stdout), [
        ['NAME', 'CILIUMINTERNALIP', 'INTERNALIP', 'AGE'],
        ['node1', '10.0.0.11', '192.168.1.2', '26h'],
        ['node2', '10.0.1.238', '192.168.1.3', '26h'],
      ]);
    } finally {
      await other.close();
    }
  });
});
