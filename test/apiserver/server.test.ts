/** The simulated API server as the official client meets it. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { CoreV1Api, Exec, KubeConfig, Watch, type V1Pod, type V1Status } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { ApiServer } from './server.js';

let server: ApiServer;
const build = { now: new Date('2026-11-24T06:00:00Z'), seed: 1, nodes: 2, pods: 10 };

function clientOf(user: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(server.kubeconfig({ user }));
  return config;
}

before(async () => {
  server = await ApiServer.start({ cluster: lectureFixed.build(build), timeScale: 0, seed: 7 });
});
after(() => server.close());

describe('the official client', () => {
  test('lists pods whole and in pages of one state', async () => {
    const api = clientOf('admin').makeApiClient(CoreV1Api);
    const whole = await api.listPodForAllNamespaces();
    assert.equal(whole.items.length, 16);
    const names: string[] = [];
    let next: string | undefined;
    do {
      const page = await api.listPodForAllNamespaces({ limit: 5, ...(next === undefined ? {} : { _continue: next }) });
      names.push(...page.items.map((pod) => pod.metadata?.name ?? ''));
      next = page.metadata?._continue;
      server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'kube-scheduler-node1' });
    } while (next !== undefined);
    assert.deepEqual(
      names,
      whole.items.map((pod) => pod.metadata?.name),
    );
    assert.equal((await api.listPodForAllNamespaces()).items.length, 15);
  });

  test('is refused in the real words', async () => {
    const api = clientOf('nobody').makeApiClient(CoreV1Api);
    await assert.rejects(api.listNode(), (error: { code: number; body: string }) => {
      assert.equal(error.code, 403);
      assert.match(
        error.body,
        /nodes is forbidden: User \\"nobody\\" cannot list resource \\"nodes\\" in API group \\"\\" at the cluster scope/,
      );
      return true;
    });
    assert.equal((await api.listNamespacedPod({ namespace: 'default' })).items.length, 0);
  });

  test('watches what happens after a revision', async () => {
    const revision = String(server.revision);
    const seen: string[] = [];
    const watch = new Watch(clientOf('token'));
    const third = new EventEmitter();
    const done = once(third, 'seen');
    const abort = await watch.watch(
      '/api/v1/namespaces/shop/pods',
      { resourceVersion: revision, labelSelector: 'app=new' },
      (type, pod: V1Pod) => {
        seen.push(`${type} ${pod.metadata?.name ?? ''}`);
        if (seen.length === 3) third.emit('seen');
      },
      () => undefined,
    );
    const pod = (labels: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'late', labels },
      spec: { containers: [] },
    });
    server.apply(pod({ app: 'new' }));
    server.apply(pod({ app: 'new', changed: 'yes' }));
    server.apply(pod({ app: 'other' }));
    await done;
    abort.abort();
    assert.deepEqual(seen, ['ADDED late', 'MODIFIED late', 'DELETED late']);
    server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'late' });
  });

  test('runs a command in a container', async () => {
    const config = clientOf('admin');
    const [pod] = (
      await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'shop', labelSelector: 'app=web' })
    ).items;
    const run = async (...command: string[]): Promise<{ out: string; status: V1Status }> => {
      const stdout = new PassThrough();
      let out = '';
      stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString('utf8');
      });
      const status = await new Promise<V1Status>((resolve, reject) => {
        new Exec(config)
          .exec('shop', pod?.metadata?.name ?? '', 'web', command, stdout, stdout, null, false, resolve)
          .catch(reject);
      });
      return { out, status };
    };
    assert.equal((await run('/agnhost', 'connect', '--timeout=2s', '10.244.0.2:8080')).status.status, 'Success');
    const refused = await run('/agnhost', 'connect', '--timeout=2s', '10.244.0.2:9999');
    assert.equal(refused.out, 'REFUSED\n');
    assert.equal(refused.status.details?.causes?.[0]?.message, '1');
    const missing = await run('curl', 'http://10.244.0.2:8080');
    assert.match(missing.status.message ?? '', /exec: "curl": executable file not found in \$PATH/);
  });
});

describe('exec over WebSocket', () => {
  /** Opens an exec with the given protocols; answers with what was agreed, and all messages until the end. */
  async function exec(protocols: readonly string[], command: readonly string[], typed?: string) {
    const pod = server.objects('pods').find(({ metadata }) => metadata.labels?.['app'] === 'web')?.metadata.name ?? '';
    const query = new URLSearchParams({ stdin: 'true' });
    for (const word of command) query.append('command', word);
    const socket = new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/shop/pods/${pod}/exec?${query.toString()}`,
      [...protocols],
      { ca: server.authorityCertificate, headers: { authorization: 'Bearer simulated-bearer-token' } },
    );
    const messages: [channel: number, text: string][] = [];
    socket.on('message', (data: Buffer) => messages.push([data[0] ?? -1, data.subarray(1).toString('utf8')]));
    // Waited for together: an error of the socket ends both, and whoever asked must hear of it once.
    const closed = once(socket, 'close') as Promise<[number]>;
    const opened = once(socket, 'open').then(() => {
      if (typed === undefined) return;
      socket.send(Buffer.concat([Buffer.of(0), Buffer.from(typed)]));
      socket.send(Buffer.of(255, 0));
    });
    const [[code]] = await Promise.all([closed, opened]);
    return { protocol: socket.protocol, messages, code };
  }

  test('speaks v5 and v4, and prefers v5', async () => {
    for (const [offered, agreed] of [
      [['v4.channel.k8s.io'], 'v4.channel.k8s.io'],
      [['v5.channel.k8s.io'], 'v5.channel.k8s.io'],
      [['v4.channel.k8s.io', 'v5.channel.k8s.io'], 'v5.channel.k8s.io'],
    ] as const) {
      const { protocol, messages, code } = await exec(offered, ['sh', '-c', 'echo out; echo err >&2; exit 3']);
      assert.equal(protocol, agreed);
      assert.equal(code, 1000);
      assert.deepEqual(messages.slice(0, 3), [
        [1, ''],
        [1, 'out\n'],
        [2, 'err\n'],
      ]);
      const [channel, status = ''] = messages[3] ?? [];
      assert.equal(channel, 3);
      assert.deepEqual(JSON.parse(status), {
        metadata: {},
        status: 'Failure',
        message: 'command terminated with non-zero exit code: command terminated with exit code 3',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
    }
  });

  test('ends standard input when the client says so', async () => {
    const { messages } = await exec(['v5.channel.k8s.io'], ['cat'], 'typed');
    assert.deepEqual(messages, [
      [1, ''],
      [1, 'typed'],
      [3, '{"metadata":{},"status":"Success"}'],
    ]);
  });

  test('refuses other protocols', async () => {
    await assert.rejects(exec(['channel.k8s.io'], ['true']), /Server sent no subprotocol|Unexpected server response/);
  });
});
