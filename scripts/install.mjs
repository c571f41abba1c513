/**
 * Installs what is missing: the project's packages (`npm ci`), and beside them the VS Code that the suites and `npm start`
 * use (test/host/install.mjs). Both do nothing when what is there is what the lock files say. Runs on Node alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

const root = path.resolve(import.meta.dirname, '..');
/** VS Code out of npm packages exists for this platform only. */
export const NPM_VSCODE = process.platform === 'linux' && process.arch === 'x64';

/** Whether node_modules holds exactly the versions of package-lock.json, by npm's own account of what it installed. */
function installed() {
  const account = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(account)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packagesOf(account);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    // Optional packages of other platforms are in the lock file and not on the disk.
    ([where, wanted]) => where === '' || wanted.optional === true || there[where]?.version === wanted.version,
  );
}

/** Throws with npm's words when something cannot be installed. */
export async function install() {
  const steps = [];
  if (!installed()) {
    console.log('Installing packages (npm ci) ...');
    steps.push(run('npm ci --ignore-scripts --no-audit --no-fund', { cwd: root, limitMs: 600_000 }));
  }
  if (NPM_VSCODE) {
    const program = path.join(root, 'test', 'host', 'install.mjs');
    steps.push(run([process.execPath, program], { cwd: root, limitMs: 600_000 }));
  }
  for (const { code, output } of await Promise.all(steps)) {
    if (output !== '') process.stdout.write(output);
    if (code !== 0) throw new Error('What is missing could not be installed; npm says why above.');
  }
}

if (process.argv[1] === import.meta.filename) await install();
