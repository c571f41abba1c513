/**
 * Probes of one pair on a real cluster, with the workload of the lab (namespace shop: `web` with tools, `api` without any).
 * Nothing is created: a probe runs in the source's own container.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { at, listOf } from '../../src/core/network/json.js';
import type { ProbeReport } from '../../src/core/reach/report.js';
import { kubeconfigOf, kubectl, lab, needsCluster, needsLab, settled, watchCluster } from './lab.js';

const network = process.env['CLUSTER_LAB_NETWORK'];
const onlyOn = (...names: readonly string[]): string | false =>
  needsLab || (names.includes(network ?? '') ? false : `needs a lab with ${names.join(' or ')}`);
const LIMIT_MS = 90_000;

/** The pod of that app on a node. */
async function podOf(app: string, node: string): Promise<{ namespace: string; name: string }> {
  const pods: unknown = JSON.parse(await kubectl('-n', 'shop', 'get', 'pods', '-l', `app=${app}`, '-o', 'json'));
  const found = listOf(at(pods, 'items')).find((pod) => at(pod, 'spec', 'nodeName') === node);
  return { namespace: 'shop', name: String(at(found, 'metadata', 'name')) };
}

async function probe(
  source: string,
  target: string,
  options: { readonly kubeconfig?: string } = {},
): Promise<ProbeReport> {
  const from = await podOf(source, 'node1');
  const to = await podOf(target, 'node2');
  const cluster = await watchCluster(options.kubeconfig);
  try {
    await cluster.until('everything is read', LIMIT_MS, () => {
      const { state } = cluster.host;
      return state.phase === 'connected' && state.complete;
    });
    return await cluster.host.request(
      'probe',
      { source: from, target: { kind: 'pod', ...to }, port: 8080, protocol: 'tcp' },
      AbortSignal.timeout(LIMIT_MS),
      () => undefined,
    );
  } finally {
    cluster.end();
  }
}

const verdicts = (report: ProbeReport): string[] =>
  report.promises.map(({ promise, verdict }) => `${promise} ${verdict}`);

describe('a probe across nodes', () => {
  before(async () => {
    if (needsCluster === false) await settled();
  });

  const healthy = ['flannel-vxlan', 'flannel-host-gw', 'routed-bridge', 'cilium'];

  test('is answered on a healthy network, without address translation', { skip: onlyOn(...healthy) }, async () => {
    const report = await probe('web', 'web');
    assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report.promises));
    assert.ok(!verdicts(report).includes('withoutNat violated'), JSON.stringify(report.promises));
  });

  test('is never a success where pods share addresses', { skip: onlyOn('uncoordinated') }, async () => {
    const pods: unknown = JSON.parse(await kubectl('-n', 'shop', 'get', 'pods', '-o', 'json'));
    const target = await podOf('web', 'node2');
    const addressOf = (pod: unknown): unknown => at(pod, 'status', 'podIP');
    const wanted = addressOf(listOf(at(pods, 'items')).find((pod) => at(pod, 'metadata', 'name') === target.name));
    const twin = listOf(at(pods, 'items')).find(
      (pod) => at(pod, 'spec', 'nodeName') === 'node1' && addressOf(pod) === wanted,
    );
    const report = await probe('web', 'web');
    // From the pod that has the very address, a connection need not leave it; from another one, its neighbour answers.
    const twinIsSource = String(at(twin, 'metadata', 'labels', 'app')) === 'web';
    const expected = twinIsSource ? 'podToPod inconclusive' : 'podToPod violated';
    assert.ok(verdicts(report).includes(expected), JSON.stringify(report.promises));
    assert.ok(verdicts(report).includes('withoutNat notRun'), JSON.stringify(report.promises));
    assert.ok(verdicts(report).includes('uniqueAddress violated'), JSON.stringify(report.promises));
  });

  test(
    'times out where the overlay is filtered, and says what was tried',
    { skip: onlyOn('flannel-vxlan', 'cilium') },
    async () => {
      await lab('fault', 'overlay-blocked', 'node2');
      try {
        const report = await probe('web', 'web');
        assert.ok(verdicts(report).includes('podToPod violated'), JSON.stringify(report.promises));
        assert.ok(
          report.probes.some(({ tries }) => tries.some(({ kind }) => kind === 'timedOut')),
          JSON.stringify(report.probes),
        );
      } finally {
        await lab('heal', 'overlay-blocked', 'node2');
      }
    },
  );

  test('from an image without any tool says so', { skip: onlyOn(...healthy) }, async () => {
    const report = await probe('api', 'web');
    assert.equal(report.notRun?.kind, 'noTool', JSON.stringify(report.notRun));
  });

  test('names the right that is missing', { skip: needsCluster || onlyOn(...healthy) }, async () => {
    const report = await probe('web', 'web', { kubeconfig: kubeconfigOf('viewer') });
    assert.equal(report.notRun?.kind, 'notPermitted', JSON.stringify(report.notRun));
    assert.match(JSON.stringify(report.notRun), /pods\/exec/);
  });
});
