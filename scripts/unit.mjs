// Runs the unit tests (node:test, TypeScript through tsx). Arguments narrow it: `npm run test:unit -- core/ip`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
/** Suites that run elsewhere: in a real VS Code, through its UI, on a real cluster, as a benchmark. */
const ELSEWHERE = ['editor', 'ui', 'cluster', 'bench', 'host'];
const wanted = process.argv.slice(2);

/** Not `recursive: true` over test/ as a whole: the VS Code under test/host holds links that lead round in circles. */
const files = readdirSync(path.join(root, 'test'), { withFileTypes: true, encoding: 'utf8' })
  .filter((entry) => !ELSEWHERE.includes(entry.name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(path.join(root, 'test', entry.name), { recursive: true, encoding: 'utf8' }).map((file) =>
          path.join(entry.name, file),
        )
      : [entry.name],
  )
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(path.normalize(part))))
  .sort()
  .map((file) => path.join('test', file));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}
const reporters = ['spec', './scripts/outcome.mjs'].flatMap((reporter) => [
  `--test-reporter=${reporter}`,
  '--test-reporter-destination=stdout',
]);
const tests = spawnSync(process.execPath, ['--import', 'tsx', '--test', ...reporters, ...files], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exit(tests.status ?? 1);
