// Generates the decoder of the API server's protobuf (src/kube/protobuf/generated.js and .d.ts) from reduced.proto. Both are
// kept in the repository, so that a build needs no generator; a test holds them against this script's output.
// `--out DIRECTORY` writes elsewhere, `--code-only` leaves the types, which take long.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { transformSync } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'src/kube/protobuf/reduced.proto');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'src/kube/protobuf') },
    'code-only': { type: 'boolean', default: false },
  },
});
const cli = path.dirname(createRequire(import.meta.url).resolve('protobufjs-cli/package.json'));

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [path.join(cli, 'bin', program), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const HEADER = '// Generated from reduced.proto by scripts/generate-protobuf.mjs. Do not edit.\n';
const work = mkdtempSync(path.join(tmpdir(), 'generate-protobuf-'));
try {
  const code = path.join(work, 'generated.js');
  const types = path.join(work, 'generated.d.ts');
  const left = ['create', 'encode', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map(
    (part) => `--no-${part}`,
  );
  run(
    'pbjs',
    '-t',
    'static-module',
    '-w',
    'es6',
    ...left,
    '--force-number',
    '--dependency',
    'protobufjs/minimal.js',
    '-o',
    code,
    source,
  );
  // The comments serve the types only.
  writeFileSync(path.join(values.out, 'generated.js'), HEADER + transformSync(readFileSync(code, 'utf8')).code);
  if (!values['code-only']) {
    run('pbts', '-o', types, code);
    const declarations = readFileSync(types, 'utf8')
      .replace(/^import Long = require\("long"\);\n/m, '')
      .replace(/^ *\/\*\*[^]*?\*\/\n/gm, '')
      .replace(/\n{2,}/g, '\n');
    writeFileSync(path.join(values.out, 'generated.d.ts'), HEADER + declarations);
  }
} finally {
  rmSync(work, { recursive: true });
}
