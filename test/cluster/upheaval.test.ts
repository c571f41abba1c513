/**
 * The inventory against a real cluster: what it holds equals what kubectl reads, while pods come and go, and after everything
 * that an API server and its nodes do to their clients. It makes pods in a namespace of its own, and removes it.
 *
 * Its name sorts behind those of the other suites: after a power cut the node's pods have other addresses.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { at, listOf } from '../../src/core/network/json.js';
import { namespaceCodec, nodeCodec, podCodec, serviceCodec, systemPodCodec } from '../../src/kube/protobuf/codec.js';
import { agree } from './equality.js';
import { apply, connect, kubeconfigOf, kubectl, lab, needsCluster, needsLab, needsUser, watchCluster } from './lab.js';
import type { Watching } from '../kube/watching.js';

const NAMESPACE = 'inventory-test';
/** An image that is on every node already: the lab's, or the one that a sandbox of a node of kubeadm or kind runs. */
const IMAGE = process.env['CLUSTER_LAB_COMMAND'] === undefined ? 'registry.k8s.io/pause:3.10' : 'registry.lab/pause:1';
/** Minutes of outages, which are the same on every network of the lab: not on the one whose addresses are the point. */
const needsUpheaval =
  needsLab ||
  (process.env['CLUSTER_LAB_NETWORK'] === 'uncoordinated'
    ? 'outages are tried on the networks that are not broken'
    : false);

/** What the lab's viewer may not read. */
const UNREAD = ['events', 'ciliumnodes.cilium.io', 'ciliumloadbalancerippools.cilium.io', 'ciliumpodippools.cilium.io'];

/** An event of interest. */
const event = (count: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'churn.1', namespace: NAMESPACE },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: 'churn' },
    reason: 'FailedCreatePodSandBox',
    message: 'Failed to create pod sandbox: no addresses are left',
    type: 'Warning',
    count,
  });

const deployment = (name: string, replicas: number): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'pause',
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
            },
          ],
        },
      },
    },
  });

describe('the inventory equals the cluster', { skip: needsCluster }, () => {
  let watcher: Watching;

  before(async () => {
    watcher = await watchCluster(undefined);
    await watcher.until('everything is read', 60_000, () => {
      const { state } = watcher.host;
      return state.phase === 'connected' && state.complete;
    });
  });
  after(async () => {
    watcher.end();
    await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
  });

  test('once everything is read', async () => {
    await agree(watcher);
  });

  test("the server's protobuf says what its JSON says", async () => {
    const { signal } = new AbortController();
    const { api } = await connect(undefined);
    const codecs = [
      ['nodes', nodeCodec],
      ['pods', podCodec],
      ['pods', systemPodCodec],
      ['services', serviceCodec],
      ['namespaces', namespaceCodec],
    ] as const;
    for (const [plural, codec] of codecs) {
      const resource = { group: '', version: 'v1', plural, kind: '', namespaced: false };
      // Until nothing changed between the two.
      for (;;) {
        const json = codec.page(await api.page(resource, { limit: 500 }, 'application/json', signal));
        const answer = await api.page(resource, { limit: 500 }, 'application/vnd.kubernetes.protobuf', signal);
        assert.equal(answer.contentType, 'application/vnd.kubernetes.protobuf');
        const protobuf = codec.page(answer);
        if (json.resourceVersion !== protobuf.resourceVersion) continue;
        assert.deepEqual([...protobuf.items()], [...json.items()]);
        break;
      }
    }
  });

  test('while pods come and go', async () => {
    await kubectl('create', 'namespace', NAMESPACE);
    for (const replicas of [12, 3, 20, 0]) {
      await apply(deployment('churn', replicas));
      await agree(watcher);
    }
    await kubectl('rollout', 'status', '-n', NAMESPACE, 'deployment/churn', '--timeout=60s');
    await agree(watcher);
    for (const count of [1, 2]) {
      await apply(event(count));
      const lines = await agree(watcher);
      assert.ok(lines.some((line) => line.startsWith('["Event","Pod"') && line.endsWith(`left",${count}]`)));
    }
    await kubectl('delete', 'event', '-n', NAMESPACE, 'churn.1');
    await agree(watcher);
    const overview = await watcher.host.request('overview', {}, new AbortController().signal);
    const pods: unknown = JSON.parse(await kubectl('get', 'pods', '-A', '-o', 'json'));
    assert.equal(overview.podCount, listOf(at(pods, 'items')).length);
  });

  test('an object is read live, without managedFields; Secrets never are', async () => {
    const { signal } = new AbortController();
    const [node] = watcher.host.network?.facts.nodes ?? [];
    assert.ok(node);
    const { json } = await watcher.host.request(
      'object',
      { ref: { apiVersion: 'v1', kind: 'Node', name: node.name } },
      signal,
    );
    const object: unknown = JSON.parse(json);
    assert.equal(at(object, 'metadata', 'uid'), node.uid);
    assert.equal(at(object, 'metadata', 'managedFields'), undefined);
    await assert.rejects(
      watcher.host.request(
        'object',
        { ref: { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'x' } },
        signal,
      ),
      { kind: 'forbidden' },
    );
    await assert.rejects(
      watcher.host.request('object', { ref: { apiVersion: 'v1', kind: 'Node', name: 'no-such-node' } }, signal),
      { kind: 'notFound', httpCode: 404, reason: 'NotFound' },
    );
  });

  test('after a pause in which nothing was visible', async () => {
    const paused = await watchCluster(undefined, { pauseAfterMs: 500 });
    try {
      await paused.until('read', 60_000, () => paused.host.state.phase === 'connected' && paused.host.state.complete);
      paused.host.setVisible(false);
      await paused.until('watches stopped', 10_000, () =>
        paused.lines.some((line) => line.includes('watches stopped')),
      );
      await apply(deployment('churn', 4));
      await kubectl('rollout', 'status', '-n', NAMESPACE, 'deployment/churn', '--timeout=60s');
      paused.host.setVisible(true);
      await agree(paused);
    } finally {
      paused.end();
    }
  });

  describe('in the lab', { skip: needsUpheaval }, () => {
    test('while the API server hangs for a minute and goes on', async () => {
      await lab('api', 'freeze');
      const frozen = Date.now();
      try {
        await watcher.until('it is noticed', 60_000, () => watcher.host.state.phase === 'unreachable');
        await wait(Math.max(0, 60_000 - (Date.now() - frozen)));
      } finally {
        await lab('api', 'thaw');
      }
      await watcher.until('connected again', 45_000, () => watcher.host.state.phase === 'connected');
      await apply(deployment('churn', 6));
      await agree(watcher, { limitMs: 60_000 });
    });

    test('while the API server dies and comes back, for whoever may read what', async () => {
      // A server that has just started says "forbidden" for a while to everybody but its administrators.
      const viewer = needsUser('viewer') === false ? await watchCluster(kubeconfigOf('viewer')) : undefined;
      try {
        await viewer?.complete();
        const before = viewer?.lines.length;
        const watchers = viewer === undefined ? [watcher] : [watcher, viewer];
        const all = (what: string, limitMs: number, phase: 'connected' | 'unreachable'): Promise<unknown> =>
          Promise.all(watchers.map((each) => each.until(what, limitMs, () => each.host.state.phase === phase)));
        await lab('api', 'kill');
        try {
          await all('it is noticed', 20_000, 'unreachable');
        } finally {
          await lab('api', 'start');
        }
        await all('connected again', 45_000, 'connected');
        await apply(deployment('churn', 2));
        await agree(watcher, { limitMs: 60_000 });
        if (viewer === undefined) return;
        await agree(viewer, { limitMs: 90_000, without: UNREAD });
        const givenUp = viewer.lines
          .slice(before)
          .filter((line) => line.includes(': may not be read reason=') && !UNREAD.some((name) => line.includes(name)));
        assert.deepEqual(givenUp, [], 'what was read is kept until the server knows its own rules again');
      } finally {
        viewer?.end();
      }
    });

    test('after the history was forgotten while nobody watched', async () => {
      // The API server keeps a history of its own; with it gone too, the versions that we know are too old.
      const before = watcher.lines.length;
      await apply(deployment('churn', 9));
      await agree(watcher);
      await lab('api', 'kill');
      try {
        await watcher.until('it is noticed', 20_000, () => watcher.host.state.phase === 'unreachable');
        await lab('api', 'compact');
      } finally {
        await lab('api', 'start');
      }
      await watcher.until('connected again', 45_000, () => watcher.host.state.phase === 'connected');
      await apply(deployment('churn', 5));
      await agree(watcher, { limitMs: 60_000 });
      assert.ok(
        watcher.lines.slice(before).some((line) => line.includes('too old, listing again')),
        watcher.lines.slice(before).join('\n'),
      );
    });

    test("while a node's power is cut and given back", async () => {
      await lab('power', 'node2', 'off');
      try {
        await watcher.until(
          'node2 is not ready',
          90_000,
          () =>
            watcher.host.network?.facts.nodes.some(
              (node) => node.name === 'node2' && node.conditions.some((c) => c.type === 'Ready' && c.status !== 'True'),
            ) === true,
        );
        await agree(watcher);
      } finally {
        await lab('power', 'node2', 'on');
      }
      await watcher.until(
        'node2 is ready',
        300_000,
        () =>
          watcher.host.network?.facts.nodes.every((node) =>
            node.conditions.some((c) => c.type === 'Ready' && c.status === 'True'),
          ) === true,
      );
      await agree(watcher, { limitMs: 90_000 });
    });
  });
});

test('a user who may read only one namespace sees that', { skip: needsUser('nobody') }, async () => {
  const watcher = await watchCluster(kubeconfigOf('nobody'));
  try {
    await watcher.until(
      'settled',
      60_000,
      () => watcher.host.state.phase === 'connected' && watcher.host.state.complete,
    );
    const overview = await watcher.host.request('overview', {}, new AbortController().signal);
    assert.equal(overview.kinds['nodes']?.state, 'forbidden');
    assert.equal(overview.kinds['pods']?.state, 'ok');
    assert.equal(overview.kinds['services']?.state, 'ok');
    const gap = overview.gaps.find(({ resource }) => resource === 'pods');
    assert.equal(gap?.reason, 'limited');
    assert.match(gap?.detail ?? '', /^Read in default only: .*"nobody" cannot list resource "pods"/);
    const services = watcher.host.network?.facts.services.map(({ namespace, name }) => `${namespace}/${name}`);
    assert.deepEqual(services, ['default/kubernetes']);
  } finally {
    watcher.end();
  }
});

test('a user who may read what an inspector needs has the whole picture', { skip: needsUser('viewer') }, async () => {
  const watcher = await watchCluster(kubeconfigOf('viewer'));
  try {
    await watcher.until(
      'settled',
      60_000,
      () => watcher.host.state.phase === 'connected' && watcher.host.state.complete,
    );
    await agree(watcher, { without: UNREAD });
  } finally {
    watcher.end();
  }
});
