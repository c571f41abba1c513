// Runs the benchmarks: `npm run bench`, or one of them with its options: `npm run bench -- inventory --small`. Milliseconds
// mean little on a busy machine; the ratios to the others of the same run do.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const BENCHMARKS = ['checks', 'inventory', 'tree'];
const [first, ...rest] = process.argv.slice(2);
const chosen = BENCHMARKS.filter((name) => first === undefined || first === name);
if (chosen.length === 0) {
  console.error(`no benchmark ${first}; there are: ${BENCHMARKS.join(', ')}`);
  process.exit(2);
}

let code = 0;
for (const name of chosen) {
  const main = path.join(import.meta.dirname, '..', 'test', 'bench', `${name}.ts`);
  const run = spawnSync(process.execPath, ['--import', 'tsx', main, ...rest], { stdio: 'inherit' });
  code ||= run.status ?? 1;
}
process.exit(code);
