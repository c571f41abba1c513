/**
 * Verifications of the network model on a real cluster, by the command line: healthy, with faults of the lab, cancelled,
 * killed, without rights. After each of them nothing of ours is left in the cluster.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commandLine.js';
import type { PromiseId, Verdict } from '../../src/core/reach/promise.js';
import { begin, findOurs } from '../../src/kube/probe/lifecycle.js';
import { daemonSet, type Run } from '../../src/kube/probe/manifests.js';
import { DAEMON_SETS } from '../../src/kube/probe/resources.js';
import { connect, kubeconfigOf, kubectl, lab, needsCluster, needsLab, needsUser, settled } from './lab.js';

const network = process.env['CLUSTER_LAB_NETWORK'];
const onlyOn = (...names: readonly string[]): string | false =>
  needsLab || (names.includes(network ?? '') ? false : `needs a lab with ${names.join(' or ')}`);
const HEALTHY = ['flannel-vxlan', 'flannel-host-gw', 'routed-bridge', 'cilium'];
const FLANNEL = ['flannel-vxlan', 'flannel-host-gw'];
const IMAGE = process.env['CLUSTER_LAB_COMMAND'] === undefined ? [] : ['--image', 'registry.lab/agnhost:1'];
const LIMIT_MS = 120_000;

interface Report {
  readonly promises: readonly {
    readonly promise?: PromiseId;
    readonly title: string;
    readonly scope: string;
    readonly verdict: Verdict;
    readonly evidence: readonly string[];
  }[];
  readonly culprits: readonly { readonly words: string; readonly evidence: readonly string[] }[];
  readonly notes: readonly string[];
  readonly stopped: string;
  readonly left: readonly string[];
}

async function verify(
  args: readonly string[],
  signal: AbortSignal = AbortSignal.timeout(LIMIT_MS),
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const output = {
    out: (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
  };
  const code = await runCommandLine(['verify', ...IMAGE, ...args], output, signal);
  return { code, ...written };
}

async function reported(...args: readonly string[]): Promise<{ code: number; report: Report; text: string }> {
  const { code, out, err } = await verify(['--yes', '--json', ...args]);
  assert.notEqual(out, '', err);
  return { code, report: JSON.parse(out) as Report, text: out };
}

const verdictOn = (report: Report, promise: PromiseId, scope = ''): Verdict | undefined =>
  report.promises.find((one) => one.promise === promise && one.scope === scope)?.verdict;

async function withFault(name: string, work: () => Promise<void>): Promise<void> {
  await lab('fault', name, 'node2');
  try {
    await work();
  } finally {
    await lab('heal', name, 'node2');
  }
}

/** What kubectl finds of ours, in any namespace. */
async function leftovers(): Promise<string[]> {
  const all = await kubectl('get', 'all,daemonsets,jobs,configmaps,serviceaccounts,namespaces', '-A', '-o', 'name');
  return all.split('\n').filter((name) => /cluster-network-(?:probe|inspector)/.test(name));
}

describe('a verification of the network model', () => {
  before(async () => {
    if (needsCluster === false) await settled();
  });
  afterEach(async () => {
    if (needsLab === false) assert.deepEqual(await leftovers(), []);
  });

  test('holds on a healthy network', { skip: onlyOn(...HEALTHY) }, async () => {
    const { code, report, text } = await reported();
    assert.equal(code, 0, text);
    for (const { verdict, title, scope } of report.promises)
      assert.ok(verdict === 'holds' || verdict === 'notPromised', `${title} ${scope} ${verdict}`);
    assert.deepEqual(report.culprits, []);
  });

  test('names the overlay that is blocked', { skip: onlyOn('flannel-vxlan', 'cilium') }, async () => {
    await withFault('overlay-blocked', async () => {
      const { code, report, text } = await reported('--no-existing-pods');
      assert.equal(code, 1, text);
      assert.equal(verdictOn(report, 'podToPod', 'across nodes'), 'violated', text);
      assert.equal(verdictOn(report, 'podToPod', 'on one node'), 'holds', text);
      assert.equal(verdictOn(report, 'withoutNat'), 'inconclusive', text);
      const [culprit] = report.culprits;
      assert.match(culprit?.words ?? '', /^everything .*node2.* does not pass/);
      assert.match(culprit?.evidence.join('\n') ?? '', /the overlay \(VXLAN .*UDP 8472/);
    });
  });

  test(
    'sees masquerading though every connection is answered',
    { skip: onlyOn(...FLANNEL, 'routed-bridge') },
    async () => {
      await withFault('masquerade', async () => {
        const { code, report, text } = await reported('--no-existing-pods');
        assert.equal(code, 1, text);
        assert.equal(verdictOn(report, 'podToPod', 'across nodes'), 'holds', text);
        assert.equal(verdictOn(report, 'withoutNat'), 'violated', text);
        const [culprit] = report.culprits;
        assert.match(culprit?.words ?? '', /from node2.* gets another source address/);
        assert.match(
          culprit?.evidence.join('\n') ?? '',
          /\(10\.\d+\.\d+\.\d+ on node2\) was seen by .* as (?:10|192)\.\d+\.\d+\.\d+, .*masqueraded at the source/,
        );
      });
    },
  );

  test(
    'sees forwarding that making a pod switches on again',
    { skip: onlyOn(...FLANNEL, 'routed-bridge') },
    async () => {
      await withFault('forwarding-off', async () => {
        const { code, report, text } = await reported();
        assert.equal(code, 1, text);
        assert.equal(verdictOn(report, 'podToPod', 'before probe pods were made'), 'violated', text);
        assert.match(report.culprits[0]?.evidence.join('\n') ?? '', /node2 passing nothing on for its pods/);
      });
    },
  );

  test('tells a policy that is enforced from one that is not', { skip: onlyOn(...HEALTHY) }, async () => {
    await withFault('policy-deny', async () => {
      const { code, report, text } = await reported();
      assert.equal(code, 0, text);
      const existing = report.promises.find((one) => one.scope === 'pods that were there already');
      if (network === 'cilium') {
        assert.equal(existing?.verdict, 'blockedByPolicy', text);
        assert.match(existing.evidence.join('\n'), /NetworkPolicy shop\/deny-ingress/);
      } else {
        assert.equal(existing?.verdict, 'holds', text);
        assert.match(report.notes.join('\n'), /NetworkPolicy shop\/deny-ingress is not enforced/);
      }
    });
  });

  test('proves nothing where pods share addresses', { skip: onlyOn('uncoordinated') }, async () => {
    const { code, report, text } = await reported();
    assert.equal(code, 1, text);
    assert.equal(verdictOn(report, 'uniqueAddress'), 'violated', text);
    // Each node gives out the next address of its own: the probe pods get the same one, unless more pods were started on one
    // node than on the other. Then the one looks for the other's address on its own node, and nobody answers.
    const shared = /the probe pod of node\d and the probe pod of node\d both have/.test(text);
    assert.equal(verdictOn(report, 'podToPod', 'across nodes'), shared ? 'inconclusive' : 'violated', text);
    assert.equal(verdictOn(report, 'podToPod', 'pods that were there already'), 'inconclusive', text);
    assert.notEqual(verdictOn(report, 'withoutNat'), 'holds', text);
  });

  test('cancelled, takes away what it created', { skip: needsLab }, async () => {
    const stop = new AbortController();
    const written: string[] = [];
    const output = {
      out: () => undefined,
      err: (text: string) => {
        written.push(text);
        if (text.startsWith('starting probe pods')) stop.abort(new Error('enough'));
      },
    };
    const args = ['verify', ...IMAGE, '--yes', '--no-existing-pods'];
    assert.equal(await runCommandLine(args, output, stop.signal), 2);
    assert.ok(stop.signal.aborted, written.join(''));
    assert.match(written.join(''), /deleting what was created/);
  });

  test('killed, is taken away by the server at its deadline', { skip: needsLab }, async () => {
    const { api } = await connect(process.env['KUBECONFIG']);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const run: Run = {
      id: randomBytes(4).toString('hex'),
      namespace: 'default',
      image: 'registry.lab/agnhost:1',
      pullSecrets: [],
      lifetimeSeconds: 5,
    };
    const owner = await begin(api, run, signal);
    await api.create(DAEMON_SETS, run.namespace, daemonSet(run, 'probe', owner), signal);
    assert.notDeepEqual(await findOurs(api, { namespace: run.namespace, run: run.id }, signal), []);
    // Nobody deletes anything here.
    await kubectl('-n', run.namespace, 'wait', '--for=delete', `job/${owner.name}`, '--timeout=60s');
    await kubectl('-n', run.namespace, 'wait', '--for=delete', `daemonset/${owner.name}-probe`, '--timeout=60s');
    const pods = ['pods', '-l', `cluster-network-inspector/run=${run.id}`];
    if ((await kubectl('-n', run.namespace, 'get', ...pods, '-o', 'name')) !== '')
      await kubectl('-n', run.namespace, 'wait', '--for=delete', ...pods, '--timeout=60s');
  });

  test('without rights, says which are missing and creates nothing', { skip: needsUser('viewer') }, async () => {
    const { code, out } = await verify(['--yes', '--kubeconfig', kubeconfigOf('viewer')]);
    assert.equal(code, 2);
    assert.match(out, /Stopped: rights are missing: .*create daemonsets\.apps in namespace default/);
  });
});
