/**
 * How a run ended: how many tests passed, failed and were skipped. A run in which nothing passed has failed.
 *
 * Every runner prints its outcome; `npm test` adds the outcomes up, so it hands each runner a file (`OUTCOME_FILE`) to write
 * its own to. A runner that dies leaves no file, which counts as a failure.
 */
import { writeFileSync } from 'node:fs';

export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reports the outcome of a whole run and gives the exit code: 0 only where something passed and nothing failed. */
export function report(outcome: Outcome): 0 | 1 {
  const { passed, failed, skipped } = outcome;
  console.log(`${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`);
  const file = process.env['OUTCOME_FILE'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(outcome));
  if (passed === 0 && failed === 0) console.error('No test passed: this run proves nothing and counts as failed.');
  return passed > 0 && failed === 0 ? 0 : 1;
}
