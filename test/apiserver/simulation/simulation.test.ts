/** Commands in containers of simulated clusters: what they say and how they end follows from the scenario's network. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dualStack } from '../../scenarios/dualStack.js';
import { lecture } from '../../scenarios/lecture.js';
import { lectureFixed } from '../../scenarios/lectureFixed.js';
import type { Scenario } from '../../scenarios/cluster.js';
import { listAt, numberAt, textAt, type KubeObject } from '../json.js';
import { ask } from '../plainClient.js';
import { ApiServer } from '../server.js';
import { addressesOf } from './network.js';

let server: ApiServer;
afterEach(() => server.close());

async function start(scenario: Scenario): Promise<void> {
  const cluster = scenario.build({ now: new Date('2026-11-24T06:00:00Z'), seed: 1, nodes: 2, pods: 0 });
  server = await ApiServer.start({ cluster, timeScale: 0, seed: 2 });
}

function pod(app: string, node: string): KubeObject {
  const found = server
    .objects('pods')
    .find((object) => object.metadata.labels?.['app'] === app && textAt(object, 'spec', 'nodeName') === node);
  assert.ok(found !== undefined, `${app} on ${node}`);
  return found;
}

interface Ran {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** Runs a command; the code is the exit code, or why it did not start. */
async function run(source: KubeObject, command: readonly string[], typed: readonly string[] = []): Promise<Ran> {
  let out = '';
  let err = '';
  const end = await server.execHandler({
    pod: source,
    container: textAt(listAt(source, 'spec', 'containers')[0], 'name') ?? '',
    command,
    stdin: (async function* () {
      for (const text of typed) yield await Promise.resolve(Buffer.from(text));
    })(),
    signal: new AbortController().signal,
    stdout: (text) => (out += text.toString()),
    stderr: (text) => (err += text.toString()),
  });
  return { code: 'exitCode' in end ? end.exitCode : end.notStarted, out, err };
}

describe('in a coordinated network', () => {
  type Case = readonly [command: string, code: number, out: RegExp | string, err: RegExp | string];
  const cases: readonly Case[] = [
    ['/agnhost connect --timeout=2s 10.244.1.2:8080', 0, '', ''],
    ['/agnhost connect --timeout 2s 10.244.1.2:8080', 0, '', ''],
    ['/agnhost connect --timeout=2s 10.244.1.2:9999', 1, '', 'REFUSED\n'],
    ['/agnhost connect --timeout=2s 10.244.77.1:8080', 1, '', 'TIMEOUT\n'],
    ['/agnhost connect --timeout=2s 10.244.0.77:8080', 1, '', 'TIMEOUT\n'],
    [
      '/agnhost connect --timeout=5s 10.244.0.77:8080',
      1,
      '',
      /^OTHER: dial tcp 10\.244\.0\.77:8080: connect: no route to host\n$/,
    ],
    ['/agnhost connect --timeout=2s --protocol=udp 10.244.1.2:8081', 0, '', ''],
    ['/agnhost connect --timeout=2s --protocol=udp 10.244.1.2:8080', 1, '', /^REFUSED: read udp 10\.244\.0\.2:/],
    ['/agnhost connect --timeout=2s [fd00::1]:80', 1, '', /network is unreachable\n$/],
    ['/agnhost connect --timeout=2s bla', 1, '', 'UNKNOWN: address bla: missing port in address\n'],
    ['/agnhost connect --timeout=2s nowhere.shop:80', 1, '', /^DNS: lookup nowhere\.shop/],
    ['/agnhost connect --timeout=2s web:80', 0, '', ''],
    ['/agnhost connect --timeout=2s web.shop.svc.cluster.local:80', 0, '', ''],
    ['/agnhost connect --timeout=2s 10.110.9.215:80', 0, '', ''],
    ['/agnhost connect --timeout=2s 10.110.9.215:81', 1, '', 'TIMEOUT\n'],
    ['/agnhost connect --timeout=2s 10.96.0.1:443', 0, '', ''],
    ['/agnhost connect --timeout=2s 192.168.1.3:9080', 0, '', ''],
    ['/agnhost connect --timeout=2s 192.168.1.3:10250', 0, '', ''],
    ['/agnhost connect --timeout=2s 192.168.1.3:1', 1, '', 'REFUSED\n'],
    ['wget -q -O - http://10.244.1.2:8080/hostname', 0, /^web-/, ''],
    ['wget -q -O - http://10.244.1.2:8080/clientip', 0, /^10\.244\.0\.2:\d+$/, ''],
    [
      'wget -q -O - http://10.244.1.2:9999/',
      1,
      '',
      "wget: can't connect to remote host (10.244.1.2): Connection refused\n",
    ],
    ['wget -q -T 2 -O - http://10.244.1.2:8080/', 139, '', ''],
    ['nc -w 2 10.244.1.2 8080', 0, '', ''],
    ['nc -w 2 10.244.1.2 9999', 1, '', "nc: can't connect to remote host (10.244.1.2): Connection refused\n"],
    ['nc -w 1 10.244.77.1 80', 1, '', 'nc: timed out\n'],
    ['nc -z -w 1 10.244.1.2 8080', 1, '', /^nc: invalid option -- 'z'\nBusyBox/],
    ['ping -c 1 -W 1 10.244.1.2', 0, /1 packets received, 0% packet loss/, ''],
    ['ping -c 1 -W 1 10.244.77.1', 1, /0 packets received, 100% packet loss/, ''],
    ['timeout 5 nc -w 2 10.244.1.2 8080', 0, '', ''],
    ['cat /etc/resolv.conf', 0, /^search shop\.svc\.cluster\.local/, ''],
    ['true', 0, '', ''],
    ['false', 1, '', ''],
  ];
  for (const [command, code, out, err] of cases) {
    test(command, async () => {
      await start(lectureFixed);
      const ran = await run(pod('web', 'node1'), command.split(' '));
      assert.equal(ran.code, code);
      for (const [actual, expected] of [
        [ran.out, out],
        [ran.err, err],
      ] as const) {
        if (typeof expected === 'string') assert.equal(actual, expected);
        else assert.match(actual, expected);
      }
    });
  }

  const scripts: readonly (readonly [script: string, code: number, out: string])[] = [
    ['echo a; echo b', 0, 'a\nb\n'],
    ['false || echo c', 0, 'c\n'],
    ['false && echo c', 1, ''],
    ['true && echo "a; b"', 0, 'a; b\n'],
    ['echo x; exit 3; echo y', 3, 'x\n'],
    ['command -v nc || command -v bash', 0, '/bin/nc\n'],
    ['command -v curl || echo none', 0, 'none\n'],
    ['nix', 127, ''],
    ['wget -q -O - http://10.244.1.2:9999/ 2>/dev/null || echo no', 0, 'no\n'],
    ['echo e >/dev/null', 0, ''],
    ['echo e >&2; echo o', 0, 'o\n'],
    [
      'wget -q -O - http://10.244.1.2:9999/ 2>&1',
      1,
      "wget: can't connect to remote host (10.244.1.2): Connection refused\n",
    ],
  ];
  for (const [script, code, out] of scripts) {
    test(`sh -c ${JSON.stringify(script)}`, async () => {
      await start(lectureFixed);
      const ran = await run(pod('web', 'node1'), ['sh', '-c', script]);
      assert.deepEqual([ran.code, ran.out], [code, out]);
      assert.equal(ran.err.includes('not found'), script === 'nix');
    });
  }

  test('standard input reaches a command', async () => {
    await start(lectureFixed);
    assert.equal((await run(pod('web', 'node1'), ['cat'], ['one ', 'two'])).out, 'one two');
    assert.equal((await run(pod('web', 'node1'), ['sh'], ['echo typed'])).out, 'typed\n');
  });

  test('a container without tools starts nothing', async () => {
    await start(lectureFixed);
    for (const [command, why] of [
      ['sh', 'executable file not found in $PATH'],
      ['/agnhost', 'stat /agnhost: no such file or directory'],
    ] as const) {
      const ran = await run(pod('api', 'node1'), [command]);
      assert.ok(String(ran.code).includes(`exec: "${command}": ${why}`), String(ran.code));
    }
  });

  test('bash and curl are where an image has them', async () => {
    await start(lectureFixed);
    const web = pod('web', 'node1');
    const like = (image: string): KubeObject => ({
      ...web,
      spec: { nodeName: 'node1', containers: [{ name: 'c', image }] },
    });
    assert.equal((await run(like('nginx:1.29'), ['bash', '-c', '</dev/tcp/10.244.1.2/8080'])).code, 0);
    const refused = await run(like('nginx:1.29'), ['bash', '-c', 'echo > /dev/tcp/10.244.1.2/9999']);
    assert.deepEqual([refused.code, refused.err.includes('Connection refused')], [1, true]);
    const curl = like('curlimages/curl:8.16.0');
    assert.match((await run(curl, ['curl', '-s', 'http://10.244.1.2:8080/hostname'])).out, /^web-/);
    const code = await run(curl, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://10.244.1.2:8080/']);
    assert.equal(code.out, '200');
    assert.equal((await run(curl, ['curl', '-sS', '-m', '1', 'http://10.244.77.1/'])).code, 28);
    assert.equal((await run(curl, ['curl', '-sS', 'http://10.244.1.2:9999/'])).code, 7);
    assert.equal((await run(curl, ['curl', '-sS', 'http://nowhere/'])).code, 6);
  });

  test('can be broken and healed', async () => {
    await start(lectureFixed);
    const connect = async () =>
      (await run(pod('web', 'node1'), ['/agnhost', 'connect', '--timeout=1s', '10.244.1.2:8080'])).err;
    const heal = server.network.block(({ sourceNode, targetNode, target }) =>
      sourceNode !== targetNode && target !== undefined ? 'timeout' : undefined,
    );
    assert.equal(await connect(), 'TIMEOUT\n');
    heal();
    assert.equal(await connect(), '');
  });

  test('counts what the cluster holds now', async () => {
    await start(lectureFixed);
    const { metadata } = pod('web', 'node2');
    server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: metadata.name });
    const ran = await run(pod('web', 'node1'), ['/agnhost', 'connect', '--timeout=1s', '10.244.1.2:8080']);
    assert.equal(ran.err, 'TIMEOUT\n');
  });
});

test('in the lecture a shared address reaches oneself, and the other node is out of reach', async () => {
  await start(lecture);
  for (const node of ['node1', 'node2']) {
    const web = pod('web', node);
    const { out } = await run(web, ['wget', '-q', '-O', '-', 'http://10.244.0.2:8080/hostname']);
    assert.equal(out, web.metadata.name);
    const agent = await run(web, ['wget', '-q', '-O', '-', 'http://10.244.0.3:8080/hostname']);
    assert.equal(agent.out, pod('api', node).metadata.name);
  }
});

test('both families work where a pod has both', async () => {
  await start(dualStack);
  const web = pod('web', 'node1');
  for (const target of ['10.244.1.2:8080', '[fd00:10:244:1::2]:8080', '[fd00:192:168:1::3]:9080']) {
    assert.equal((await run(web, ['/agnhost', 'connect', '--timeout=1s', target])).code, 0, target);
  }
});

describe('objects that clients create', () => {
  const create = (path: string, object: unknown) =>
    ask(server, path, {
      method: 'POST',
      body: JSON.stringify(object),
      headers: { 'content-type': 'application/json' },
    });

  async function eventually(isSo: () => boolean): Promise<void> {
    while (!isSo()) await nextTurn();
  }

  function named(name: string): KubeObject | undefined {
    return server.objects('pods').find(({ metadata }) => metadata.name === name);
  }

  function probe(spec: Record<string, unknown> = {}) {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', labels: { app: 'probe' } },
      spec: { containers: [{ name: 'c', image: 'agnhost', ports: [{ containerPort: 8080 }] }], ...spec },
    };
  }

  test('run on a node that takes them, with the next free address', async () => {
    await start(lectureFixed);
    assert.equal((await create('/api/v1/namespaces/shop/pods', probe())).status, 201);
    assert.equal(textAt(named('probe'), 'status', 'phase'), 'Pending');
    await eventually(() => textAt(named('probe'), 'status', 'phase') === 'Running');
    assert.equal(textAt(named('probe'), 'spec', 'nodeName'), 'node2');
    assert.equal(textAt(named('probe'), 'status', 'podIP'), '10.244.1.5');
    const reached = await run(pod('web', 'node1'), ['/agnhost', 'connect', '--timeout=1s', '10.244.1.5:8080']);
    assert.equal(reached.code, 0);
  });

  test('stay pending where no node takes them', async () => {
    await start(lectureFixed);
    await create('/api/v1/namespaces/shop/pods', probe({ nodeSelector: { disk: 'fast' } }));
    await eventually(() => listAt(named('probe'), 'status', 'conditions').length > 0);
    assert.equal(textAt(listAt(named('probe'), 'status', 'conditions')[0], 'reason'), 'Unschedulable');
    assert.equal(textAt(named('probe'), 'status', 'phase'), 'Pending');
  });

  test('take the addresses of their node when they are on its network', async () => {
    await start(dualStack);
    await create('/api/v1/namespaces/shop/pods', probe({ hostNetwork: true, nodeName: 'node1' }));
    await eventually(() => textAt(named('probe'), 'status', 'phase') === 'Running');
    assert.deepEqual(addressesOf(named('probe') ?? pod('web', 'node1')), ['192.168.1.2', 'fd00:192:168:1::2']);
  });

  test('get the same addresses on both nodes of the lecture', async () => {
    await start(lecture);
    for (const node of ['node1', 'node2']) {
      const object = { ...probe({ nodeName: node }), metadata: { name: `probe-${node}` } };
      await create('/api/v1/namespaces/shop/pods', object);
      await eventually(() => textAt(named(`probe-${node}`), 'status', 'phase') === 'Running');
      assert.equal(textAt(named(`probe-${node}`), 'status', 'podIP'), '10.244.0.4');
    }
  });

  test('of a DaemonSet run on every node that they tolerate, and go with it', async () => {
    await start(lectureFixed);
    const daemonSet = (tolerations: readonly unknown[]) => ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'probe' },
      spec: {
        selector: { matchLabels: { app: 'probe' } },
        template: { metadata: { labels: { app: 'probe' } }, spec: { ...probe({ tolerations }).spec } },
      },
    });
    const path = '/apis/apps/v1/namespaces/shop/daemonsets';
    const ready = () =>
      server.objects('daemonsets.apps').find(({ metadata }) => metadata.name === 'probe')?.['status'] ?? {};
    const probes = () => server.objects('pods').filter(({ metadata }) => metadata.labels?.['app'] === 'probe');
    for (const [tolerations, expected] of [
      [[{ operator: 'Exists' }], 2],
      [[], 1],
    ] as const) {
      assert.equal((await create(path, daemonSet(tolerations))).status, 201);
      await eventually(() => numberAt(ready(), 'numberReady') === expected);
      assert.equal(probes().length, expected);
      await ask(server, `${path}/probe`, { method: 'DELETE' });
      assert.deepEqual(probes(), []);
    }
  });
});
