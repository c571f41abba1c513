/**
 * `npm test [-- --electron]`: everything that can be tested without a real cluster. Needs Node 20 or newer and npm, and
 * installs the rest. Two lanes run side by side, and after them what needs the machine for itself; each step prints its heading, its time and, when it is over, its output.
 * The last line adds up the tests of all suites. A step that fails, a suite without a passed test, and a run without any
 * test fail the whole.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NPM_VSCODE, install } from './install.mjs';
import { run } from './run.mjs';

const root = path.resolve(import.meta.dirname, '..');
const outcomes = mkdtempSync(path.join(os.tmpdir(), 'outcomes-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failedSteps = [];
const started = Date.now();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Longest time of one step. A step's own limits are tighter; this one is for what hangs in spite of them. */
const LIMIT_MS = 10 * 60_000;

async function step(title, command, { counts = false, judge = () => undefined } = {}) {
  const since = Date.now();
  console.log(`▸ ${title} ...`);
  const file = path.join(outcomes, `${title}.json`);
  const { code, output } = await run(command, { cwd: root, env: { OUTCOME_FILE: file }, limitMs: LIMIT_MS });
  let complaint = code === 0 ? judge(output) : `exit code ${code}`;
  if (counts) {
    const outcome = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    for (const key of Object.keys(total)) total[key] += outcome?.[key] ?? 0;
    if (outcome === undefined) complaint ??= 'it says nothing of the tests that it ran';
  }
  console.log(`\n=== ${title}: ${complaint === undefined ? 'ok' : `FAILED (${complaint})`}, ${seconds(since)}`);
  if (output.trim() !== '') console.log(output.trimEnd());
  console.log('');
  if (complaint !== undefined) failedSteps.push(title);
  return complaint === undefined;
}
const skip = (title, reason) => console.log(`\n=== ${title}: SKIPPED (${reason})\n`);

/** Suites in which a server misbehaves by the clock: starved of processor time, they meet other faults than those they make. */
const ALONE = 'kube/inventory';

async function sources() {
  await step('types', 'npm run --silent typecheck');
  await step('unit tests', [process.execPath, 'scripts/unit.mjs', `--without=${ALONE}`], { counts: true });
  await step('lint and format', 'npm run --silent lint');
}

async function packaged() {
  const warning = (output) => (/\bWARN/i.test(output) ? 'the packager warns' : undefined);
  const built = await step('build and package', 'npm run --silent package', { judge: warning });
  if (!built) {
    for (const title of ['package content and size', 'editor suites', 'UI suites', 'npm start'])
      skip(title, 'there is no package');
    return;
  }
  await step('package content and size', [process.execPath, 'scripts/check-package.mjs']);
  const electron = process.argv.includes('--electron') ? ' -- --electron' : '';
  await step('editor suites', `npm run --silent test:editor${electron}`, { counts: true });
  if (NPM_VSCODE) {
    await step('UI suites', 'npm run --silent test:ui', { counts: true });
    await step('npm start', [process.execPath, 'scripts/start.mjs', '--check']);
  } else {
    const reason = 'VS Code out of npm packages exists for Linux x64 only';
    for (const title of ['UI suites', 'npm start']) skip(title, reason);
  }
}

console.log('▸ installing what is missing ...');
try {
  await install();
  console.log(`=== installed: ${seconds(started)}\n`);
  await Promise.all([sources(), packaged()]);
  await step('inventory suites', [process.execPath, 'scripts/unit.mjs', ALONE], { counts: true });
} catch (error) {
  console.error(error.message);
  failedSteps.push('install');
} finally {
  rmSync(outcomes, { recursive: true, force: true });
}
if (total.passed === 0) failedSteps.push('no test passed');
console.log(
  `${failedSteps.length === 0 ? 'All steps passed' : `FAILED: ${failedSteps.join(', ')}`}, ${seconds(started)}`,
);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(failedSteps.length === 0 && total.failed === 0 ? 0 : 1);
