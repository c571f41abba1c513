/**
 * When changes are told and when a model is made of them, in a cluster whose models take long. That they do is made so by a
 * time after which every one counts as long.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import { isObject, type JsonObject, type KubeObject } from '../../apiserver/json.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { simulatedAccess } from '../simulated.js';
import { type Watching, watchHost } from '../watching.js';

const LIMIT_MS = 30_000;
const pod = (name: string, nodeName: string, podIP = '') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName },
  status: { phase: 'Running', podIP },
});

async function read(
  t: TestContext,
  modelEveryMs: number,
  modelFirstMs = 0,
): Promise<{ server: ApiServer; watching: Watching }> {
  const server = await ApiServer.start({ cluster: generated.build({ now: new Date(), seed: 1, nodes: 4, pods: 40 }) });
  t.after(() => server.close());
  const watching = watchHost(await simulatedAccess(server), {
    timing: { modelFirstMs, modelEveryMs, modelAnewMs: 600_000 },
  });
  t.after(() => watching.end());
  await watching.complete();
  return { server, watching };
}

test('how many pods there are, and on which node, is told before the model', { timeout: 60_000 }, async (t) => {
  const { server, watching } = await read(t, 200);
  const [node] = server.objects('nodes');
  const name = node?.metadata.name ?? '';
  const before = (await watching.host.request('overview', {}, new AbortController().signal)).nodes.find(
    (summary) => summary.name === name,
  );
  assert.ok(before);
  const since = watching.changes.length;
  server.apply(pod('one-more', name));
  const told = (): readonly (typeof watching.changes)[number][] => watching.changes.slice(since);
  await watching.until('the pod is told', LIMIT_MS, () => told().some(({ podCount }) => podCount === 41));
  assert.deepEqual(told()[0]?.podsOfNodes, [name]);
  assert.deepEqual(
    told()[0]?.nodes?.upserted.map((summary) => [summary.name, summary.podCount]),
    [[name, before.podCount + 1]],
  );
  assert.deepEqual(told()[0]?.nodes?.upserted, [{ ...before, podCount: before.podCount + 1 }]);
});

test('what a model finds is found although changes never pause', { timeout: 60_000 }, async (t) => {
  const { server, watching } = await read(t, 100);
  const [first, second] = server.objects('nodes');
  assert.ok(first && second);
  let count = 0;
  const changing = setInterval(() => {
    server.apply(pod(`more-${++count}`, first.metadata.name));
  }, 1);
  t.after(() => clearInterval(changing));
  server.apply({ ...second, spec: { ...specOf(second), podCIDRs: specOf(first)['podCIDRs'] } });
  await watching.until('two nodes of one range are found', LIMIT_MS, () =>
    [...watching.findings.values()].some(({ code }) => code === 'CN101'),
  );
  assert.ok(count > 0);
});

test('where models are quick, nothing is told twice', { timeout: 60_000 }, async (t) => {
  // Every one counts as quick.
  const { server, watching } = await read(t, 20, 2_000);
  const [node] = server.objects('nodes');
  assert.ok(node);
  const since = watching.changes.length;
  for (let count = 1; count <= 6; count++) {
    server.apply(pod(`more-${count}`, node.metadata.name, `10.0.0.${50 + count}`));
    await watching.until('the pod is told', LIMIT_MS, () =>
      watching.changes.slice(since).some(({ podCount }) => podCount === 40 + count),
    );
  }
  // A model tells the range's use with the pods; what is told without one does not.
  const told = watching.changes.slice(since).filter(({ podCount }) => podCount !== undefined);
  assert.equal(told.length, 6);
  for (const change of told)
    assert.ok(change.nodes !== undefined && change.claims !== undefined, Object.keys(change).join());
});

test("changes are told on after the solution's agent was switched off", { timeout: 60_000 }, async (t) => {
  const { server, watching } = await read(t, 20, 2_000);
  const agent = watching.host.network?.reading.agent;
  assert.ok(agent);
  const daemonSet = server.objects('daemonsets.apps').find(({ metadata }) => metadata.name === agent.daemonSet);
  assert.ok(daemonSet);
  // Its pods stay for now.
  server.apply({ ...daemonSet, status: { desiredNumberScheduled: 0 } });
  await watching.until('it is off', LIMIT_MS, () => watching.host.network?.reading.agent === undefined);
  const [node] = server.objects('nodes');
  server.apply(pod('one-more', node?.metadata.name ?? ''));
  const { length } = server.objects('pods');
  await watching.until('a pod is told', LIMIT_MS, () => watching.changes.some(({ podCount }) => podCount === length));
  assert.deepEqual(watching.host.network?.facts.systemPods, []);
});

const specOf = ({ spec }: KubeObject): JsonObject => (isObject(spec) ? spec : {});
