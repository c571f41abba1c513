/**
 * A reporter for node:test that only counts: prints `N passed, N failed, N skipped`, and writes the counts to OUTCOME_FILE
 * where `npm test` asks for them. A run without a passed test fails, and so does a file that holds no test.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export default async function* outcome(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const complaints = [];
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else if (type === 'test:fail') counts.failed += 1;
    // A file without tests is reported as one passed test that bears the file's name.
    else if (data.nesting === 0 && data.file !== undefined && path.resolve(data.name) === data.file) {
      counts.failed += 1;
      complaints.push(`${data.name} holds no test.\n`);
    } else counts.passed += 1;
  }
  yield* complaints;
  if (counts.passed === 0 && counts.failed === 0) {
    yield 'No test passed: this run proves nothing and counts as failed.\n';
  }
  if (counts.passed === 0 || counts.failed > 0) process.exitCode = 1;
  if (process.env.OUTCOME_FILE !== undefined) writeFileSync(process.env.OUTCOME_FILE, JSON.stringify(counts));
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}
