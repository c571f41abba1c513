/**
 * Builds the bundles: extension host, worker and command line (CommonJS for Node 20 and newer), and the webview (browser).
 * The Kubernetes client is in the worker's and the command line's bundle only. Types are checked elsewhere (`npm run typecheck`).
 *
 * `--production` minifies and leaves source maps out; `--sizes` prints what each bundle is made of.
 * What each bundle is made of also stands in dist/meta, for the size budget (scripts/budget.mjs).
 */
import { analyzeMetafile, build } from 'esbuild';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');
const production = process.argv.includes('--production');
const node = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Some packages' CommonJS form loads its parts in a way that no bundler can follow; their ES modules it can.
  mainFields: ['module', 'main'],
  // Native accelerators of the WebSocket library, which it does without.
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};
const browser = { ...node, platform: 'browser', format: 'iife', target: 'es2022', external: [] };
const bundles = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js' },
  { ...node, entryPoints: ['src/kube/worker.ts'], outfile: 'dist/worker.js' },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js' },
  { ...browser, entryPoints: ['webview/map.ts'], outfile: 'dist/webview/map.js' },
  { ...browser, entryPoints: ['webview/map.css'], outfile: 'dist/webview/map.css' },
  { ...browser, entryPoints: ['webview/result.ts'], outfile: 'dist/webview/result.js' },
  { ...browser, entryPoints: ['webview/result.css'], outfile: 'dist/webview/result.css' },
].filter(({ entryPoints: [entry] }) => existsSync(path.join(root, entry)));

for (const old of ['extension.js', 'worker.js', 'cli.js', 'webview', 'meta']) {
  rmSync(path.join(dist, old), { recursive: true, force: true });
  rmSync(path.join(dist, `${old}.map`), { force: true });
}
mkdirSync(path.join(dist, 'meta'), { recursive: true });
await Promise.all(
  bundles.map(async (options) => {
    const { metafile } = await build(options);
    if (process.argv.includes('--sizes')) console.log(await analyzeMetafile(metafile));
    writeFileSync(path.join(dist, 'meta', `${path.basename(options.outfile)}.json`), JSON.stringify(metafile));
  }),
);
