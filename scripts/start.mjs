/**
 * `npm start [-- --kubeconfig FILE] [-- --scenario NAME] [-- --check]`: installs what is missing, then hands over to
 * test/host/start.ts, which says what the options do.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { install } from './install.mjs';

const root = path.resolve(import.meta.dirname, '..');
try {
  await install();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// Ctrl+C reaches the whole process group by itself; this process only waits for the other to put everything away.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
const child = spawn(
  process.execPath,
  ['--import', 'tsx', path.join('test', 'host', 'start.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
child.on('exit', (code) => process.exit(code ?? 1));
