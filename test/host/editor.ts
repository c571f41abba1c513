/**
 * `npm run test:editor -- [part of a file name …] [--electron]`: Mocha suites inside VS Code's extension host.
 *
 * How to write one: `test/editor/NAME.test.ts` with Mocha's `describe`/`it`, importing `vscode` and anything of `src` or
 * `test` (it is bundled; a test API server started in it runs in the extension host). The extension under test is the
 * *packaged* one, installed like a user's: reach it through commands, settings, documents and diagnostics, not by import.
 * There is no kubeconfig and no home until the suite sets `clusterNetwork.kubeconfig`. All suites share one window, so leave
 * it as you found it. `NAME.untrusted.test.ts` runs in a window in Restricted Mode. No modal dialog is ever shown.
 *
 * Where they run: in VS Code out of npm with a headless Chromium on Linux x64, else (or with `--electron`) in the VS Code
 * that @vscode/test-electron downloads. The window's folder is a copy of test/editor/workspace.
 *
 * VS Code reports success when its extension host dies in mid-run. So what counts is the file of results that the suite's own
 * entry writes: incomplete, missing or empty of passed tests means failed.
 */
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { launchBrowser } from './browser.js';
import { runInElectron } from './electron.js';
import { report } from './outcome.js';
import { DIST, NPM_VSCODE, ROOT } from './paths.js';
import { endOnSignals, startServer } from './server.js';
import { packagedExtension } from './vsix.js';

/** What the entry in the extension host tells: kept up to date while it runs. */
export interface SuiteResult {
  complete: boolean;
  /** The full title of the test that started last. */
  running: string;
  passed: number;
  failed: number;
  skipped: number;
}

/** One window of VS Code and the suites to run in it. */
export interface EditorRun {
  readonly vsix: string;
  readonly trusted: boolean;
  /** An empty extension: VS Code runs tests only beside an extension under development. */
  readonly shim: string;
  readonly folder: string;
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Longest time for all suites of one window; a suite that hangs ends the run as failed. */
const LIMIT_MS = Number(process.env['EDITOR_LIMIT_SECONDS'] ?? 180) * 1000;
const OUT = path.join(DIST, 'test', 'editor');

async function bundle(files: readonly string[]): Promise<string[]> {
  rmSync(OUT, { recursive: true, force: true });
  await build({
    entryPoints: [
      { in: path.join(import.meta.dirname, 'mocha.ts'), out: 'index' },
      ...files.map((file) => ({ in: path.join(ROOT, 'test', 'editor', file), out: file.slice(0, -'.ts'.length) })),
    ],
    outdir: OUT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['vscode', 'mocha', 'bufferutil', 'utf-8-validate'],
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
  });
  return files.map((file) => path.join(OUT, file.replace(/\.ts$/, '.js')));
}

/** Runs in VS Code's server and gives why it ended early, or undefined when the suites' entry came to its end. */
async function runInServer(run: EditorRun): Promise<string | undefined> {
  const server = await startServer({ vsix: run.vsix, trusted: run.trusted, testDriver: true, env: run.env });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const ended = new Promise<string | undefined>((resolve) => {
        page.on('crash', () => resolve('the page crashed'));
        page.on('close', () => resolve('the page closed'));
        setTimeout(() => resolve(`no end after ${String(LIMIT_MS / 1000)} seconds`), LIMIT_MS).unref();
        void page.exposeFunction('codeAutomationExit', () => resolve(undefined));
      });
      await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
        const line = format(...args);
        if (line.startsWith('@@')) console.log(line.slice(2));
        else if (type === 'error' && process.env['VERBOSE'] !== undefined) console.error(`[vscode] ${line}`);
      });
      const remote = (file: string): string => `vscode-remote://${server.authority}${file}`;
      const payload = [
        ['extensionDevelopmentPath', remote(run.shim)],
        ['extensionTestsPath', remote(run.entry)],
      ];
      const query = new URLSearchParams({ folder: run.folder, payload: JSON.stringify(payload) });
      await page.goto(`${server.base}/?${query.toString()}`);
      const reason = await ended;
      if (reason !== undefined) console.error(server.logs());
      return reason;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

function readResult(file: string): SuiteResult | undefined {
  // Written by test/host/mocha.ts in this very run.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteResult) : undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const electron = args.includes('--electron') || !NPM_VSCODE;
  const parts = args.filter((arg) => !arg.startsWith('--'));
  const all = readdirSync(path.join(ROOT, 'test', 'editor'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const bundles = await bundle(all);
  const vsix = packagedExtension();
  for (const trusted of [true, false]) {
    const suites = bundles.filter((file) => file.endsWith('.untrusted.test.js') !== trusted);
    if (suites.length === 0) continue;
    const where = electron ? 'VS Code of @vscode/test-electron' : 'VS Code out of npm';
    console.log(
      `${where}${trusted ? '' : ', Restricted Mode'}: ${suites.map((file) => path.basename(file)).join(', ')}`,
    );
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'vst-'));
    try {
      const folder = path.join(temporary, 'workspace');
      mkdirSync(folder);
      const template = path.join(ROOT, 'test', 'editor', 'workspace');
      if (existsSync(template)) cpSync(template, folder, { recursive: true });
      const shim = path.join(temporary, 'shim');
      mkdirSync(shim);
      const manifest = { name: 'shim', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } };
      writeFileSync(path.join(shim, 'package.json'), JSON.stringify(manifest));
      const results = path.join(temporary, 'results.json');
      const env = { SUITES: suites.join(path.delimiter), SUITE_RESULTS: results };
      const run = { vsix, trusted, shim, folder, entry: path.join(OUT, 'index.js'), env };
      const reason = await (electron ? runInElectron(run, LIMIT_MS) : runInServer(run));
      const result = readResult(results);
      total.passed += result?.passed ?? 0;
      total.failed += result?.failed ?? 0;
      total.skipped += result?.skipped ?? 0;
      if (result?.complete === true && result.passed + result.failed + result.skipped > 0) continue;
      total.failed += 1;
      if (result?.complete === true) console.error('FAILED: the suites hold no test');
      else {
        const during = result === undefined ? 'before the first test' : `during "${result.running}"`;
        console.error(
          `FAILED: VS Code or its extension host went away ${during}${reason === undefined ? '' : `: ${reason}`}`,
        );
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  return report(total);
}

endOnSignals();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
