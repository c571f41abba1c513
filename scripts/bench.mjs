// Runs the benchmark of the checks: `npm run bench`. Milliseconds mean little on a busy machine; the ratios to the naive
// baseline of the same run do.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const main = path.join(import.meta.dirname, '..', 'test', 'bench', 'checks.ts');
const run = spawnSync(process.execPath, ['--import', 'tsx', main], { stdio: 'inherit' });
process.exit(run.status ?? 1);
