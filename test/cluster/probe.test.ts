/**
 * Probes of one pair on a real cluster, with the workload of the lab (namespace shop: `web` with tools, `api` without any).
 * Probes from the source's own container create nothing; the others take away what they created.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { at, listOf } from '../../src/core/network/json.js';
import type { Means, ProbeReport, ProbeRequest, ProbeSource } from '../../src/core/reach/report.js';
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

/** The probe image of the lab, whose nodes reach no registry. */
const IMAGE = 'registry.lab/agnhost:1';

/** Plans and runs a probe of port 8080 of the `web` pod on a node by the means; answers with the report. */
async function probeBy(means: Means, source: ProbeSource, node: string): Promise<ProbeReport> {
  const target = { kind: 'pod' as const, ...(await podOf('web', node)) };
  const request: ProbeRequest = { source, target, port: 8080, protocol: 'tcp' };
  const cluster = await watchCluster(undefined);
  try {
    await cluster.until('everything is read', LIMIT_MS, () => {
      const { state } = cluster.host;
      return state.phase === 'connected' && state.complete;
    });
    const signal = AbortSignal.timeout(LIMIT_MS);
    const plan = await cluster.host.request('probePlan', { request, options: { means, image: IMAGE } }, signal);
    assert.equal(plan.means, means, JSON.stringify(plan.considered));
    return await cluster.host.request('probeRun', { run: plan.run }, signal, () => undefined);
  } finally {
    cluster.end();
  }
}

describe('a probe from elsewhere than the source’s own container', () => {
  before(async () => {
    if (needsCluster === false) await settled();
  });
  const skip = onlyOn('flannel-vxlan', 'flannel-host-gw', 'routed-bridge', 'cilium');

  test('an ephemeral container speaks as the distroless pod does, and has ended afterwards', { skip }, async () => {
    const source = await podOf('api', 'node1');
    const report = await probeBy('ephemeral', source, 'node2');
    assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report));
    assert.ok(verdicts(report).includes('withoutNat holds'), JSON.stringify(report.promises));
    const pod: unknown = JSON.parse(await kubectl('-n', 'shop', 'get', 'pod', source.name, '-o', 'json'));
    const added = String(at(listOf(at(pod, 'spec', 'ephemeralContainers')).at(-1), 'name'));
    const ended = `{.status.ephemeralContainerStatuses[?(@.name=="${added}")].state.terminated.reason}=Completed`;
    // Long before its own limit of five minutes; the kubelet reports it a second or two later.
    await kubectl('-n', 'shop', 'wait', `--for=jsonpath=${ended}`, `pod/${source.name}`, '--timeout=30s');
  });

  test('probe pods beside a pod show where a source is masqueraded', { skip: onlyOn('flannel-vxlan') }, async () => {
    await lab('fault', 'masquerade', 'node1');
    try {
      const report = await probeBy('pods', await podOf('api', 'node1'), 'node2');
      assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report));
      assert.ok(verdicts(report).includes('withoutNat violated'), JSON.stringify(report.promises));
      assert.match(JSON.stringify(report.promises), /node1[^"]*: masqueraded at the source/);
    } finally {
      await lab('heal', 'masquerade', 'node1');
    }
  });

  test('a node reaches a pod elsewhere by a probe pod on its own network', { skip }, async () => {
    const report = await probeBy('pods', { kind: 'node', name: 'node1' }, 'node2');
    assert.ok(verdicts(report).includes('nodeToRemotePod notPromised'), JSON.stringify(report));
    assert.ok(report.probes.some(({ tries }) => tries.some(({ kind }) => kind === 'answered')));
  });

  test('a namespace that is restricted lets probe pods in', { skip }, async () => {
    const level = 'pod-security.kubernetes.io/enforce';
    await kubectl('label', 'namespace', 'shop', `${level}=restricted`);
    try {
      const report = await probeBy('pods', await podOf('api', 'node1'), 'node2');
      assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report));
    } finally {
      await kubectl('label', 'namespace', 'shop', `${level}-`);
    }
  });

  test('nothing of ours is left', { skip: needsCluster }, async () => {
    const kinds = 'pods,jobs,daemonsets,configmaps,serviceaccounts,services,namespaces';
    const left = await kubectl(
      'get',
      kinds,
      '-A',
      '-l',
      'app.kubernetes.io/managed-by=cluster-network-inspector',
      '-o',
      'name',
    );
    assert.equal(left, '');
    assert.doesNotMatch(
      await kubectl('get', 'all,daemonsets,configmaps,serviceaccounts,namespaces', '-A'),
      /cluster-network-probe/,
    );
  });
});
