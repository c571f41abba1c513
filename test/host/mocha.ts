/**
 * The entry that VS Code's extension host runs: hands the suites to Mocha and writes what became of them to a file.
 *
 * Bundled to dist/test/editor/index.js by test/host/editor.ts, which says what to run in the environment:
 * `SUITES` (files, separated by the path delimiter) and `SUITE_RESULTS` (the file to write).
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import type { SuiteResult } from './editor.js';

/** Lines with this mark are Mocha's; the rest of what arrives at the runner is VS Code's own log. */
const MARK = '@@';

export function run(): Promise<void> {
  const results = process.env['SUITE_RESULTS'];
  if (results === undefined) return Promise.reject(new Error('SUITE_RESULTS is not set'));
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split('\n')) console.log(MARK + line);
  };
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 20_000, reporter: 'spec', forbidOnly: true });
  for (const file of (process.env['SUITES'] ?? '').split(path.delimiter)) mocha.addFile(file);
  const done: SuiteResult = { complete: false, running: '', passed: 0, failed: 0, skipped: 0 };
  const save = (): void => writeFileSync(results, JSON.stringify(done));
  return new Promise((resolve, reject) => {
    mocha
      .run((failures) => {
        done.complete = true;
        save();
        if (failures === 0) resolve();
        else reject(new Error(`${String(failures)} failed`));
      })
      .on('test', (test) => {
        done.running = test.fullTitle();
        save(); // A crash leaves the name of the test that was running.
      })
      .on('pass', () => void (done.passed += 1))
      .on('fail', () => void (done.failed += 1))
      .on('pending', () => void (done.skipped += 1));
  });
}
