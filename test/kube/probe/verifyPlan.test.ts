/** Plans of verifications on simulated clusters: what 5,000 nodes cost, what is said of it, and that nothing is created. */
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { runCommandLine } from '../../../src/cli/commandLine.js';
import { planText } from '../../../src/cli/verifyText.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { unknownReading } from '../../../src/core/network/reading.js';
import { Api, limitsOf } from '../../../src/kube/api.js';
import { accessTo } from '../../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../../src/kube/kubeconfig/surroundings.js';
import { logTo } from '../../../src/kube/log.js';
import type { ProbeContext } from '../../../src/kube/probe/context.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import type { EarlierPath } from '../../../src/core/reach/verification.js';
import { planAround, planEarlier } from '../../../src/kube/probe/earlier.js';
import { ToolCache } from '../../../src/kube/probe/toolCache.js';
import { prepareVerification } from '../../../src/kube/probe/verify.js';
import { lifetimeSeconds, startLimitMs } from '../../../src/kube/probe/verifyPlan.js';
import { Transport } from '../../../src/kube/transport.js';
import { withCluster } from '../../apiserver/withCluster.js';
import { facts, node } from '../../core/facts.js';
import { lecture } from '../../scenarios/lecture.js';

/** What a verification works with, for a network that no server had to be read for. */
async function contextOf(kubeconfig: string, network: ClusterNetwork, signal: AbortSignal): Promise<ProbeContext> {
  const selection = selectContext(await loadKubeconfig(kubeconfig, thisMachine(), signal));
  if (!selection.ok) throw new Error(selection.message);
  const access = accessTo(selection.selected, () => Promise.resolve(false));
  const api = new Api(new Transport(access, () => undefined), limitsOf(30));
  return { access, api, network: () => network, tools: new ToolCache(), log: logTo(() => undefined) };
}

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await runCommandLine(
    ['verify', ...args],
    { out: (text) => void (written.out += text), err: (text) => void (written.err += text) },
    AbortSignal.timeout(60_000),
  );
  return { code, ...written };
}

describe('a plan', () => {
  test('for 5,000 nodes: sessions, bytes and coverage are stated, and nothing is created', async () => {
    const nodes = Array.from({ length: 5000 }, (_, index) =>
      node(`node-${index}`, { ip: `172.16.${index >> 8}.${index & 255}` }),
    );
    const network: ClusterNetwork = { facts: facts({ nodes }), reading: unknownReading, claims: [] };
    await withCluster(lecture, async ({ server, kubeconfig }) => {
      const signal = AbortSignal.timeout(60_000);
      setMaxListeners(0, signal);
      const context = await contextOf(kubeconfig, network, signal);
      try {
        const { plan } = await prepareVerification(context, {}, signal);
        assert.deepEqual([plan.coverage.sessions, plan.coverage.perNode, plan.coverage.pairs], [5000, 12, 60_000]);
        // One pod a node: a second one would cost more than it tells.
        assert.equal(plan.pods, 5000);
        assert.equal(plan.bytes, 108_000_000);
        assert.deepEqual(
          plan.objects.map((one) => one.kind),
          ['Job', 'DaemonSet'],
        );
        assert.ok(plan.seconds < plan.lifetimeSeconds, 'the server would take everything away before the end');
        assert.match(
          planText(plan),
          /60,000 paths between nodes \(0\.24 % of them: each node as source and as target 12 times/,
        );
        assert.match(planText(plan), /in 5,000 sessions of about 108000 kB in all/);
        const written = server.requests.filter(
          ({ method, url }) => method !== 'GET' && !url.includes('dryRun=All') && !url.includes('/selfsubject'),
        );
        assert.deepEqual(written, []);
      } finally {
        context.access.dispose();
      }
    });
  });

  test('is printed without --yes, and the exit code says that nothing ran', async () => {
    await withCluster(lecture, async ({ kubeconfig }) => {
      const { code, out, err } = await run('--kubeconfig', kubeconfig);
      assert.equal(code, 2);
      assert.match(out, /DaemonSet cluster-network-probe-[0-9a-f]{8}-probe/);
      assert.match(out, /the server would do it \d+ s after the start/);
      assert.match(err, /Nothing was created\. --yes creates these objects/);
    });
  });

  test('names the rights that are missing', async () => {
    await withCluster(lecture, async ({ server, kubeconfig }) => {
      const viewer = path.join(path.dirname(kubeconfig), 'viewer');
      writeFileSync(viewer, server.kubeconfig({ user: 'viewer' }));
      const { code, out } = await run('--plan', '--kubeconfig', viewer);
      assert.equal(code, 2);
      assert.match(out, /Rights that are missing:\n.*create jobs\.batch in namespace default/);
      assert.match(out, /create pods\/exec in namespace default, for running the probes in the pods/);
      const refused = await run('--yes', '--kubeconfig', viewer);
      assert.equal(refused.code, 2);
      assert.match(refused.out, /Stopped: rights are missing: .*create jobs\.batch/);
    });
  });
});

test('the server’s deadline lies beyond starting and two rounds at any size', () => {
  for (const nodes of [1, 2, 64, 65, 500, 5000]) {
    assert.ok(Number.isInteger(startLimitMs(nodes)) && Number.isInteger(lifetimeSeconds(nodes)));
    assert.ok(lifetimeSeconds(nodes) * 1000 > startLimitMs(nodes) + nodes * 100);
  }
});

test('earlier paths lead round all nodes that have pods to try with', () => {
  const pod = (name: string, node: number) => ({ namespace: 'shop', name, node, nodeName: `node${node}` });
  const plans = planEarlier([pod('a', 0), pod('b', 0), pod('c', 2), pod('d', 5)]);
  assert.deepEqual(
    plans.map(({ sources, target }) => [sources.map((one) => one.name).join(), target.name]),
    [
      ['a,b', 'c'],
      ['c', 'd'],
      ['d', 'a'],
    ],
  );
  assert.deepEqual(planEarlier([pod('a', 0), pod('b', 0)]), []);
});

const PASSING: Outcome = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };

test('around an earlier path that failed the way back is tried, and both of its nodes with others', () => {
  const chosen = [0, 1, 2, 3].map((node) => ({
    namespace: 'shop',
    name: `web-${node}`,
    node,
    nodeName: `node${node}`,
  }));
  const cell = (from: number, to: number, fails: boolean): EarlierPath => ({
    source: '',
    target: '',
    cells: [
      {
        from,
        to,
        source: 'pod',
        role: 'pod',
        family: 4,
        measure: 'tcp',
        address: '10.0.0.1',
        port: 80,
        tries: [fails ? { kind: 'timedOut', limitMs: 3000 } : PASSING],
        arrived: undefined,
        seenSource: '',
        name: '',
      },
    ],
  });
  const ring = [cell(0, 1, true), cell(1, 2, true), cell(2, 3, false), cell(3, 0, false)];
  const pairs = planAround(chosen, ring).map(({ sources, target }) => `${sources[0]?.node ?? ''} ${target.node}`);
  assert.deepEqual(pairs.toSorted(), ['0 3', '1 0', '1 3', '2 1', '3 1', '3 2']);
  assert.deepEqual(planAround(chosen, ring.slice(2)), []);
});
