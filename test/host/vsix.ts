/** The packaged extension: built when a source is newer, and unpacked the way VS Code installs it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DIST, ROOT, VSCODE, VSCODE_NODE, VSIX } from './paths.js';

/** What the package is made of. */
const SOURCES = [
  'src',
  'webview',
  'media',
  'package.json',
  'package.nls.json',
  'README.md',
  'esbuild.mjs',
  '.vscodeignore',
];

function newest(file: string): number {
  if (!existsSync(file)) return 0;
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time counts too: it changes when a file in it is deleted.
  return Math.max(stat.mtimeMs, ...readdirSync(file).map((entry) => newest(path.join(file, entry))));
}

/** Packages the extension unless the package at hand is newer than every source. Throws when it cannot be packaged. */
export function packagedExtension(): string {
  const sources = Math.max(...SOURCES.map((source) => newest(path.join(ROOT, source))));
  if (existsSync(VSIX) && statSync(VSIX).mtimeMs > sources) return VSIX;
  console.log('Packaging the extension ...');
  // A command line for the shell, because npm and npx are shell scripts on Windows; nothing in it comes from outside.
  const run = spawnSync('npm run --silent package', { cwd: ROOT, shell: true, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`The extension could not be packaged:\n${run.stdout}${run.stderr}`);
  return VSIX;
}

/**
 * A copy of what VS Code's own installer makes of the package, for the extensions folder of a server that has not started.
 * The installer (a second) runs once for one package; its result is kept under dist/test.
 */
export function installInto(extensions: string, vsix: string): void {
  const hash = createHash('sha256').update(readFileSync(vsix)).digest('hex').slice(0, 16);
  const kept = path.join(DIST, 'test', 'installed', hash);
  if (!existsSync(kept)) {
    const parent = path.dirname(kept);
    mkdirSync(parent, { recursive: true });
    const data = mkdtempSync(path.join(parent, 'installing-'));
    execFileSync(
      VSCODE_NODE,
      [
        path.join(VSCODE, 'out', 'server-main.js'),
        '--accept-server-license-terms',
        '--server-data-dir',
        data,
        '--install-extension',
        vsix,
      ],
      { env: { ...process.env, EXTENSIONS_GALLERY: '{}' }, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 },
    );
    if (!existsSync(kept)) renameSync(path.join(data, 'extensions'), kept);
    rmSync(data, { recursive: true, force: true });
  }
  cpSync(kept, extensions, { recursive: true });
}

/** Adds an unpacked extension to an extensions folder, as the installer would: its files, and its entry in the folder's list. */
export function addExtension(extensions: string, folder: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly publisher: string;
    readonly name: string;
    readonly version: string;
  };
  const relativeLocation = `${publisher}.${name}-${version}`;
  const target = path.join(extensions, relativeLocation);
  cpSync(folder, target, { recursive: true });
  const list = path.join(extensions, 'extensions.json');
  const known = JSON.parse(readFileSync(list, 'utf8')) as unknown[];
  const location = { $mid: 1, path: target, scheme: 'file' };
  const entry = { identifier: { id: `${publisher}.${name}` }, version, location, relativeLocation, metadata: {} };
  writeFileSync(list, JSON.stringify([...known, entry]));
}
