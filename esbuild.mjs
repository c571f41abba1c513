// Builds the bundles: extension host, worker, command line (CommonJS for Node 20), and the webview (browser).
// `--production` minifies and leaves source maps out; `--sizes` prints what each bundle is made of.
import { build, analyzeMetafile } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';

const production = process.argv.includes('--production');
const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};
const entries = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js' },
  { ...node, entryPoints: ['src/kube/worker.ts'], outfile: 'dist/worker.js' },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js' },
  {
    ...node,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    external: [],
    entryPoints: ['webview/map.ts'],
    outfile: 'dist/webview/map.js',
  },
  { ...node, external: [], entryPoints: ['webview/map.css'], outfile: 'dist/webview/map.css' },
];

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
for (const options of entries) {
  if (!existsSync(options.entryPoints[0])) continue;
  const result = await build(options);
  if (process.argv.includes('--sizes')) console.log(await analyzeMetafile(result.metafile));
  writeFileSync(`${options.outfile}.meta.json`, JSON.stringify(result.metafile));
}
