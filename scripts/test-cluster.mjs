/**
 * `npm run test:cluster [-- part of a file name …]`: the suites of test/cluster against the real cluster of KUBECONFIG.
 *
 * They only read, unless a suite says otherwise: probes and faults need rights that the suites skip without. The environment
 * tells them what the cluster is: `CLUSTER_LAB_COMMAND`, the program that breaks and mends it (`fault NAME`, `heal NAME`), and
 * `CLUSTER_LAB_NETWORK`, the network that it was started with. Without these, as on kind, what needs them is skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

const root = path.resolve(import.meta.dirname, '..');
const fail = (message) => {
  console.error(message);
  process.exit(2);
};

const kubeconfig = process.env.KUBECONFIG ?? '';
if (kubeconfig === '')
  fail('KUBECONFIG is not set: it names the cluster to test against (one of your own, not a production one).');
for (const file of kubeconfig.split(path.delimiter)) {
  if (file !== '' && !existsSync(file)) fail(`KUBECONFIG names ${file}, which does not exist.`);
}
const folder = path.join(root, 'test', 'cluster');
const wanted = process.argv.slice(2);
const files = (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => path.join('test', 'cluster', file));
if (files.length === 0) fail(`no file in test/cluster matches ${wanted.join(' ')}`);

const built = await run([process.execPath, 'esbuild.mjs'], { cwd: root, limitMs: 120_000 });
if (built.code !== 0) fail(built.output);
const reporters = ['spec', './scripts/outcome.mjs'].flatMap((reporter) => [
  `--test-reporter=${reporter}`,
  '--test-reporter-destination=stdout',
]);
// One file at a time: there is one cluster, and some suites break it.
const tests = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-concurrency=1', ...reporters, ...files],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
process.exit(tests.status ?? 1);
