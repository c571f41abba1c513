// Runs the unit tests (node:test, TypeScript through tsx). Arguments narrow it: `npm run test:unit -- core/ip`;
// `--without=PART` leaves those files out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
/** Suites that run elsewhere: in a real VS Code, through its UI, on a real cluster, as a benchmark. */
const ELSEWHERE = ['editor', 'ui', 'cluster', 'bench', 'host'];
const WITHOUT = '--without=';
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith(WITHOUT));
const unwanted = process.argv
  .filter((argument) => argument.startsWith(WITHOUT))
  .map((argument) => argument.slice(WITHOUT.length));

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
  .filter((file) => !unwanted.some((part) => file.includes(path.normalize(part))))
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
/** Pure tests share one process: starting one for each file takes longer than they do. The others get one each. */
const isPure = (file) => file.startsWith(path.join('test', 'core') + path.sep);
const runs = [
  { files: files.filter(isPure), args: ['scripts/together.mjs'] },
  { files: files.filter((file) => !isPure(file)), args: ['--test'] },
].filter((run) => run.files.length > 0);

const total = { passed: 0, failed: 0, skipped: 0 };
const outcomes = mkdtempSync(path.join(os.tmpdir(), 'unit-'));
let status = 0;
for (const [index, run] of runs.entries()) {
  const OUTCOME_FILE = path.join(outcomes, `${index}.json`);
  const tests = spawnSync(process.execPath, ['--import', 'tsx', ...reporters, ...run.args, ...run.files], {
    cwd: root,
    env: { ...process.env, OUTCOME_FILE },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  status ||= tests.status ?? 1;
  if (!existsSync(OUTCOME_FILE)) continue;
  const outcome = JSON.parse(readFileSync(OUTCOME_FILE, 'utf8'));
  for (const key of Object.keys(total)) total[key] += outcome[key];
}
rmSync(outcomes, { recursive: true });
if (process.env.OUTCOME_FILE !== undefined) writeFileSync(process.env.OUTCOME_FILE, JSON.stringify(total));
if (runs.length > 1) console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(status);
