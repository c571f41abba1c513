/** The command line's report, from files and from a simulated API server, as a program that reads its output sees it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commandLine.js';
import { ApiServer } from '../apiserver/server.js';
import { daemonSet, node, pod, serviceCIDR } from '../core/facts.js';
import { lecture } from '../scenarios/lecture.js';
import { schemaProblems } from './schema.js';

const root = path.resolve(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(path.join(root, 'docs/report.schema.json'), 'utf8')) as unknown;
const recorded = path.join(root, 'test/fixtures/lab-flannel-vxlan.json');

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await runCommandLine(
    args,
    { out: (text) => void (written.out += text), err: (text) => void (written.err += text) },
    AbortSignal.timeout(30_000),
  );
  return { code, ...written };
}

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'report-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
}

const faulty = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    node('node-1', { ip: '192.168.1.2', podCIDR: '10.244.0.0/24' }),
    node('node-2', { ip: '192.168.1.3', podCIDR: '10.244.0.0/24' }),
    pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' }),
    pod('shop/web-2', { node: 'node-2', ip: '10.244.0.2' }),
    serviceCIDR(['10.96.0.0/12']),
  ],
};

describe('files of objects', () => {
  test('a healthy cluster is clean, and what the file lacks is named', async () => {
    const { code, out, err } = await run('report', '--objects', recorded);
    assert.equal(err, '');
    assert.equal(code, 0);
    assert.match(out, /^Objects {3}.*lab-flannel-vxlan.json$/m);
    assert.match(out, /^Solution {2}Flannel v0.28.10 \(certain\)/m);
    assert.match(out, /^ {2}node1 {2}Ready {2}192.168.1.2 {2}10.244.0.0\/24 {2}4$/m);
    assert.match(
      out,
      /10.96.0.0\/12 {2}services {2}assigned {2}1,048,576 addresses, 2 in use {11}ServiceCIDR kubernetes · spec.cidrs\[0\]/,
    );
    assert.match(out, /Not read\n {2}endpointslices.discovery.k8s.io .*\n {2}deployments.apps/);
    assert.match(out, /No findings in what was read.\n$/);
    assert.doesNotMatch(out, /SIMULATED/);
  });

  test('faults end in exit code 1, each with places, evidence and a link', async () => {
    const { code, out } = await run('report', '--objects', file('faulty.json', JSON.stringify(faulty)));
    assert.equal(code, 1);
    assert.match(out, /error CN101: node-1 and node-2 both hand out 10.244.0.0\/24/);
    assert.match(out, / {4}at Node node-2 · spec.podCIDRs\[0\]: 10.244.0.0\/24/);
    assert.match(out, / {4}seen: node-1: 10.244.0.0\/24/);
    assert.match(out, /docs\/checks.md#cn101/);
    assert.match(out, /2 errors.\n$/);
  });

  test('JSON has the documented shape, whatever was found', async () => {
    for (const name of [recorded, file('faulty.json', JSON.stringify(faulty))]) {
      const { out } = await run('report', '--json', '--objects', name);
      assert.deepEqual(schemaProblems(schema, JSON.parse(out)), []);
    }
    assert.notDeepEqual(schemaProblems(schema, { format: 2 }), []);
  });

  test('several files are one cluster; YAML is read too', async () => {
    const yaml = file(
      'more.yaml',
      'apiVersion: v1\nkind: Node\nmetadata: {name: node-3}\nspec: {podCIDR: 10.244.0.0/24, podCIDRs: [10.244.0.0/24]}\n---\n# nothing\n',
    );
    const { code, out } = await run(
      'report',
      '--objects',
      file('faulty.json', JSON.stringify(faulty)),
      '--objects',
      yaml,
    );
    assert.equal(code, 1);
    assert.match(out, /3 nodes \(node-1, node-2 and node-3\) all hand out 10.244.0.0\/24/);
  });

  test('severities can be set, and checks switched off', async () => {
    const name = file('faulty.json', JSON.stringify(faulty));
    const { code, out } = await run('report', '--objects', name, '--severity', 'CN101=off', '--severity', 'CN201=hint');
    assert.equal(code, 0);
    assert.doesNotMatch(out, /CN101:/);
    assert.match(out, /hint CN201/);
  });

  test('texts of the cluster cannot write to the terminal', async () => {
    const name = file('hostile.json', JSON.stringify([node('node\u001b[2J-1'), daemonSet('x/\u0007\u202e')]));
    const { out } = await run('report', '--objects', name);
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });

  test('what cannot be read ends in exit code 2, with the reason', async () => {
    for (const [args, reason] of [
      [['--objects', path.join(folder, 'nowhere.json')], /nowhere.json cannot be read/],
      [['--objects', file('broken.json', '{"kind": ')], /broken.json is not JSON/],
      [['--objects', file('broken.yaml', 'a: [b\n')], /broken.yaml is not YAML/],
      [['--objects', file('empty.json', '{}')], /no nodes, pods or services/],
      [['--kubeconfig', path.join(folder, 'nowhere')], /no such file/],
    ] as const) {
      const { code, out, err } = await run('report', ...args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, reason);
    }
  });
});

describe('arguments', () => {
  test('help goes to standard output, wrong arguments with help to standard error', async () => {
    assert.match((await run('--help')).out, /report +nodes, ranges, findings/);
    assert.match((await run('report', '--help')).out, /--objects FILE/);
    for (const [args, reason] of [
      [[], /Usage/],
      [['nonsense'], /no command "nonsense"/],
      [['report', '--nonsense'], /--nonsense/],
      [['report', 'extra'], /extra/],
      [['report', '--severity', 'CN999=off'], /no check CN999/],
      [['report', '--severity', 'CN101=loud'], /must be one of/],
      [['report', '--timeout', '0'], /above zero/],
      [['report', '--objects', 'x.json', '--context', 'y'], /--context has no meaning/],
    ] as const) {
      const { code, out, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(out, '');
      assert.match(err, reason);
      assert.match(err, /Usage: /);
    }
  });
});

describe('a simulated API server', () => {
  let server: ApiServer;
  before(async () => {
    server = await ApiServer.start({
      cluster: lecture.build({ now: new Date(), seed: 1, nodes: 2, pods: 10 }),
      seed: 1,
    });
  });
  after(() => server.close());

  const kubeconfig = (user: string): string => file(`kubeconfig-${user}`, server.kubeconfig({ user }));

  test('the lecture: both faults found, and it says that it is simulated', async () => {
    const { code, out, err } = await run('report', '--kubeconfig', kubeconfig('admin'));
    assert.equal(err, '');
    assert.equal(code, 1);
    assert.match(out, /^SIMULATED CLUSTER: no machine runs it.\n/);
    assert.match(out, /Context {3}simulated-lecture/);
    assert.match(out, /error CN101: node1 and node2 both hand out 10.244.0.0\/24/);
    assert.match(out, /error CN201: 10.244.0.2 is the address of 2 pods/);
    const json = JSON.parse((await run('report', '--json', '--kubeconfig', kubeconfig('admin'))).out) as object;
    assert.deepEqual(schemaProblems(schema, json), []);
    assert.equal('simulated' in json && json.simulated, true);
  });

  test('rights that are missing stand in the report, in the words of the server', async () => {
    const { out } = await run('report', '--kubeconfig', kubeconfig('nobody'));
    assert.match(out, /nodes +forbidden +nodes is forbidden: User "nobody" cannot list resource "nodes"/);
    assert.match(out, /No findings in what was read.\n$/);
  });

  test('a context that is not there, and a server that is not there, are exit code 2', async () => {
    const missing = await run('report', '--kubeconfig', kubeconfig('admin'), '--context', 'nowhere');
    assert.equal(missing.code, 2);
    assert.match(missing.err, /"nowhere" is not in the kubeconfig/);
    const dead = file(
      'dead',
      JSON.stringify({
        'current-context': 'dead',
        clusters: [{ name: 'dead', cluster: { server: 'https://127.0.0.1:1' } }],
        contexts: [{ name: 'dead', context: { cluster: 'dead', user: '' } }],
      }),
    );
    const { code, err } = await run('report', '--kubeconfig', dead);
    assert.equal(code, 2);
    assert.match(err, /^https:\/\/127.0.0.1:1: .*ECONNREFUSED/);
  });

  test('a credential program is not run without consent', async () => {
    const marker = path.join(folder, 'ran');
    const config = {
      'current-context': 'exec',
      clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:1` } }],
      users: [
        {
          name: 'u',
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: process.execPath,
              args: ['-e', `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`],
              interactiveMode: 'Never',
            },
          },
        },
      ],
      contexts: [{ name: 'exec', context: { cluster: 'c', user: 'u' } }],
    };
    const { code, err } = await run('report', '--kubeconfig', file('exec', JSON.stringify(config)));
    assert.equal(code, 2);
    assert.match(err, /names a program for credentials/);
    assert.match(err, /--allow-credential-program allows it/);
    assert.throws(() => readFileSync(marker));
  });
});
