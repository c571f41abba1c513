// Runs the unit tests (node:test, TypeScript through tsx). Arguments narrow it: `npm run test:unit -- core/ip`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
/** Suites that run elsewhere: in a real VS Code, through its UI, on a real cluster, as a benchmark. */
const ELSEWHERE = ['editor', 'ui', 'cluster', 'bench', 'host'];
const wanted = process.argv.slice(2);

const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => !ELSEWHERE.includes(file.split(path.sep)[0]))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => path.join('test', file));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    '--test-reporter=dot',
    '--test-reporter-destination=stderr',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'ignore'] },
);
process.exit(run.status ?? 1);
