/**
 * What a real cluster's network is said to be: the report against kubectl, healthy networks without a finding above
 * information, and the lecture's mistake found in words.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { at, listOf } from '../../src/core/network/json.js';
import { kubeconfigOf, kubectl, needsCluster, needsUser, settled } from './lab.js';

const root = path.resolve(import.meta.dirname, '../..');
const network = process.env['CLUSTER_LAB_NETWORK'];
const onlyOn = (...names: readonly string[]): string | false =>
  needsCluster || (names.includes(network ?? '') ? false : `needs a lab with ${names.join(' or ')}`);

interface ReportRun {
  readonly exitCode: number;
  readonly report: unknown;
  readonly stderr: string;
}

/** `node dist/cli.js report --json`, as a user runs it. */
function report(...args: readonly string[]): Promise<ReportRun> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [path.join(root, 'dist', 'cli.js'), 'report', '--json', ...args],
      { maxBuffer: 1 << 28, timeout: 120_000 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode !== 'number') reject(error ?? new Error('no exit code'));
        else resolve({ exitCode, report: stdout === '' ? undefined : JSON.parse(stdout), stderr });
      },
    );
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const findings = ({ report: whole }: ReportRun) =>
  listOf(at(whole, 'findings')).map((found) => ({
    code: text(at(found, 'code')),
    severity: text(at(found, 'severity')),
    message: text(at(found, 'message')),
  }));
const alarms = (run: ReportRun) =>
  findings(run).filter(({ severity }) => severity === 'error' || severity === 'warning');

/** A report during which no pod came or went, and how many pods kubectl saw before and after it. */
async function reportOfAStillMoment(): Promise<{ run: ReportRun; pods: number }> {
  const names = async (): Promise<string> => kubectl('get', 'pods', '-A', '-o', 'name');
  for (let attempt = 1; ; attempt++) {
    const before = await names();
    const run = await report();
    const after = await names();
    if (before === after) return { run, pods: after.split('\n').filter((line) => line !== '').length };
    assert.ok(attempt < 10, 'pods come and go all the time: there is no moment to compare');
  }
}

describe('the report of a real cluster', () => {
  before(async () => {
    if (needsCluster === false) await settled();
  });

  test('has the nodes, their addresses and podCIDRs, and the pods of kubectl', { skip: needsCluster }, async () => {
    const { run, pods } = await reportOfAStillMoment();
    const nodes: unknown = JSON.parse(await kubectl('get', 'nodes', '-o', 'json'));
    const expected = listOf(at(nodes, 'items')).map((node) => ({
      name: at(node, 'metadata', 'name'),
      ips: listOf(at(node, 'status', 'addresses'))
        .filter((address) => at(address, 'type') === 'InternalIP')
        .map((address) => at(address, 'address')),
      podCIDRs: listOf(at(node, 'spec', 'podCIDRs')),
    }));
    const reported = listOf(at(run.report, 'nodes')).map((node) => ({
      name: at(node, 'name'),
      ips: listOf(at(node, 'internalIPs')),
      podCIDRs: listOf(at(node, 'podRanges'))
        .filter((range) => text(at(range, 'place', 'text')).includes('spec.podCIDR'))
        .map((range) => at(range, 'text')),
    }));
    assert.deepEqual(reported, expected);
    assert.equal(at(run.report, 'pods', 'total'), pods);
  });

  test(
    'a healthy network has nothing above information',
    { skip: onlyOn('flannel-vxlan', 'flannel-host-gw', 'routed-bridge', 'cilium') },
    async () => {
      const run = await report();
      assert.deepEqual(alarms(run), []);
      assert.equal(run.exitCode, 0);
    },
  );

  test(
    'Cilium’s ranges are those of its CiliumNodes, and podCIDRs are not in use',
    { skip: onlyOn('cilium') },
    async () => {
      const run = await report();
      for (const node of listOf(at(run.report, 'nodes'))) {
        const ranges = listOf(at(node, 'podRanges')).map((range) => ({
          place: text(at(range, 'place', 'text')),
          used: at(range, 'used'),
          cidr: text(at(range, 'text')),
        }));
        assert.ok(
          ranges.some(
            ({ place, used, cidr }) => place.startsWith('CiliumNode') && used === true && cidr.startsWith('10.0.'),
          ),
          JSON.stringify(ranges),
        );
        assert.ok(
          ranges.every(({ place, used }) => !place.includes('spec.podCIDR') || used === false),
          JSON.stringify(ranges),
        );
      }
    },
  );

  test(
    'pods that share an address are an error, and no range is guessed',
    { skip: onlyOn('uncoordinated') },
    async () => {
      const run = await report();
      assert.equal(run.exitCode, 1);
      const shared = findings(run).filter(({ code, severity }) => code === 'CN201' && severity === 'error');
      assert.ok(
        shared.some(({ message }) => message.includes('10.244.0.2')),
        JSON.stringify(findings(run)),
      );
      for (const node of listOf(at(run.report, 'nodes'))) assert.deepEqual(listOf(at(node, 'podRanges')), []);
    },
  );

  test('who may read little is told what was not read, and gets the rest', { skip: needsUser('nobody') }, async () => {
    const run = await report('--kubeconfig', kubeconfigOf('nobody'));
    assert.ok(run.exitCode === 0 || run.exitCode === 2, `exit code ${run.exitCode}: ${run.stderr}`);
    const gaps = listOf(at(run.report, 'gaps')).map((gap) => `${text(at(gap, 'resource'))} ${text(at(gap, 'reason'))}`);
    assert.ok(gaps.includes('nodes forbidden'), gaps.join(', '));
  });
});
