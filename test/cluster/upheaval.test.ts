/**
 * The inventory against a real cluster: what it holds equals what kubectl reads, while pods come and go, and after everything
 * that an API server and its nodes do to their clients. It makes pods in a namespace of its own, and removes it.
 *
 * Its name sorts behind those of the other suites: after a power cut the node's pods have other addresses.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { at, listOf, textOf } from '../../src/core/network/json.js';
import { namespaceCodec, nodeCodec, podCodec, serviceCodec, systemPodCodec } from '../../src/kube/protobuf/codec.js';
import type { ClusterFacts } from '../../src/core/network/facts.js';
import { apply, connect, kubeconfigOf, kubectl, lab, needsCluster, needsLab, needsUser, watchCluster } from './lab.js';
import type { Watching } from '../kube/watching.js';

const NAMESPACE = 'inventory-test';
/** An image that is on every node already: the lab's, or the one that a sandbox of a node of kubeadm or kind runs. */
const IMAGE = process.env['CLUSTER_LAB_COMMAND'] === undefined ? 'registry.k8s.io/pause:3.10' : 'registry.lab/pause:1';
const KINDS = [
  'pods',
  'nodes',
  'services',
  'namespaces',
  'daemonsets.apps',
  'networkpolicies',
  'servicecidrs',
  'ipaddresses',
];

/** Minutes of outages, which are the same on every network of the lab: not on the one whose addresses are the point. */
const needsUpheaval =
  needsLab ||
  (process.env['CLUSTER_LAB_NETWORK'] === 'uncoordinated'
    ? 'outages are tried on the networks that are not broken'
    : false);

const texts = (value: unknown): string[] => listOf(value).map(String);
const nameOf = (object: unknown): string =>
  `${textOf(at(object, 'metadata', 'namespace'))}/${textOf(at(object, 'metadata', 'name'))}`;

/** One line an object, from kubectl's JSON: read here by hand, not by the code that is tested. */
function truthOf(objects: readonly unknown[]): string[] {
  return objects
    .map((object) => {
      const kind = textOf(at(object, 'kind'));
      const status = at(object, 'status');
      const spec = at(object, 'spec');
      switch (kind) {
        case 'Pod':
          return [
            kind,
            nameOf(object),
            at(object, 'metadata', 'uid'),
            at(spec, 'nodeName') ?? '',
            at(status, 'phase'),
            listOf(at(status, 'podIPs')).map((entry) => at(entry, 'ip')),
            at(spec, 'hostNetwork') === true,
            at(object, 'metadata', 'deletionTimestamp') !== undefined,
            listOf(at(status, 'conditions')).some((c) => at(c, 'type') === 'Ready' && at(c, 'status') === 'True'),
          ];
        case 'Node':
          return [
            kind,
            nameOf(object),
            at(object, 'metadata', 'uid'),
            texts(at(spec, 'podCIDRs')),
            listOf(at(status, 'addresses'))
              .filter((a) => at(a, 'type') === 'InternalIP')
              .map((a) => at(a, 'address')),
            // Those that say something about a network.
            listOf(at(status, 'conditions'))
              .map((c) => [at(c, 'type'), at(c, 'status')])
              .filter(([type]) => type === 'Ready' || type === 'NetworkUnavailable'),
          ];
        case 'Service':
          return [kind, nameOf(object), texts(at(spec, 'clusterIPs')).filter((ip) => ip !== 'None')];
        case 'DaemonSet':
          return [kind, nameOf(object), at(status, 'desiredNumberScheduled'), at(status, 'numberReady')];
        default:
          return [kind, nameOf(object)];
      }
    })
    .map((line) => JSON.stringify(line))
    .sort();
}

function linesOf(facts: ClusterFacts): string[] {
  const { pods } = facts;
  const custom = [...facts.custom.values()].flat();
  const name = (ref: { namespace?: string; name: string }): string => `${ref.namespace ?? ''}/${ref.name}`;
  return [
    ...[...pods.rows()].map((row) => {
      const pod = pods.facts(row);
      const { node, phase, ips, hostNetwork, terminating, ready } = pod;
      return ['Pod', name(pod), pod.uid, node, phase, ips, hostNetwork, terminating, ready];
    }),
    ...facts.nodes.map((node) => [
      'Node',
      `/${node.name}`,
      node.uid,
      node.podCIDRs.map(({ text }) => text),
      node.internalIPs.map(({ text }) => text),
      node.conditions.map(({ type, status }) => [type, status]),
    ]),
    ...facts.services.map((service) => ['Service', name(service), service.clusterIPs.map(({ text }) => text)]),
    ...facts.namespaces.map((namespace) => ['Namespace', `/${namespace.name}`]),
    ...facts.workloads.map(({ ref, desired, ready }) => ['DaemonSet', name(ref), desired, ready]),
    ...facts.policies.map(({ ref }) => ['NetworkPolicy', name(ref)]),
    ...custom
      .filter(({ ref }) => ref.kind === 'ServiceCIDR' || ref.kind === 'IPAddress')
      .map(({ ref }) => [ref.kind, name(ref)]),
  ]
    .map((line) => JSON.stringify(line))
    .sort();
}

async function truth(): Promise<string[]> {
  const json: unknown = JSON.parse(await kubectl('get', KINDS.join(','), '-A', '-o', 'json'));
  const items = at(json, 'items');
  assert.ok(Array.isArray(items));
  return truthOf(items);
}

/** Both sides change all the time; they agree when one reading of kubectl's equals ours at some moment after it. */
async function agree(watcher: Watching, limitMs = 30_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const expected = await truth();
    await wait(400);
    const { network } = watcher.host;
    const actual = network === undefined ? [] : linesOf(network.facts);
    if (JSON.stringify(actual) === JSON.stringify(expected)) return;
    if (Date.now() > deadline) {
      assert.deepEqual(actual, expected, watcher.lines.slice(-40).join('\n'));
      return;
    }
  }
}

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
      await agree(watcher, 60_000);
    });

    test('while the API server dies and comes back', async () => {
      await lab('api', 'kill');
      try {
        await watcher.until('it is noticed', 20_000, () => watcher.host.state.phase === 'unreachable');
      } finally {
        await lab('api', 'start');
      }
      await watcher.until('connected again', 45_000, () => watcher.host.state.phase === 'connected');
      await apply(deployment('churn', 2));
      await agree(watcher, 60_000);
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
      await agree(watcher, 60_000);
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
      await agree(watcher, 90_000);
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
    await agree(watcher);
  } finally {
    watcher.end();
  }
});
