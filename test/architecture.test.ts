/** The import rule of docs/architecture.md, held against the real imports: who may import whom, and that nobody imports in a circle. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const root = path.resolve(import.meta.dirname, '..');

/** Folder → folders it may import. The longest matching folder decides. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/core/ip': ['src/core/ip'],
  'src/core/network': ['src/core/ip', 'src/core/network'],
  'src/core/cni': ['src/core/ip', 'src/core/network', 'src/core/cni'],
  'src/core/policy': ['src/core/ip', 'src/core/network', 'src/core/policy'],
  'src/core/checks': ['src/core/ip', 'src/core/network', 'src/core/cni', 'src/core/policy', 'src/core/checks'],
  'src/core/reach': [
    'src/core/ip',
    'src/core/network',
    'src/core/cni',
    'src/core/policy',
    'src/core/reach',
    'src/core/checks',
  ],
  'src/core/manifests': ['src/core/ip', 'src/core/network', 'src/core/cni', 'src/core/checks', 'src/core/manifests'],
  'src/core/map': ['src/core/ip', 'src/core/network', 'src/core/checks', 'src/core/map'],
  'src/protocol.ts': ['src/core'],
  'src/kube': ['src/core', 'src/kube', 'src/protocol.ts'],
  'src/cli': ['src/core', 'src/kube', 'src/cli', 'src/protocol.ts'],
  webview: ['src/core', 'src/protocol.ts', 'webview'],
  'src/editor': ['src/core', 'src/kube', 'src/editor', 'src/protocol.ts'],
  'src/extension.ts': ['src/core', 'src/kube', 'src/editor', 'src/protocol.ts'],
};
/** Packages that only these may import. `vscode` is the editor's alone; core may use pure libraries only. */
const PACKAGES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^vscode$/, ['src/editor', 'src/extension.ts']],
  [/^(node:|@kubernetes\/|ws$|protobufjs)/, ['src/kube', 'src/cli', 'src/editor']],
  [/^@kubernetes\//, ['src/kube']],
  [/^@vscode\/webview-ui-toolkit/, ['webview/toolkit.ts']],
];

const inside = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

function sources(folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`);
}

/** The modules a file imports: repository paths, or package names. Type-only imports count: a layer is a layer. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
    ),
  ];
  return found
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .map((name) =>
      name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts') : name,
    );
}

const files = [...sources('src'), ...sources('webview')];

test('every import goes where the import rule allows', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const folder = Object.keys(ALLOWED)
      .filter((candidate) => inside(file, candidate))
      .sort((a, b) => b.length - a.length)[0];
    assert.ok(folder, `${file} stands in no folder of the import rule`);
    for (const target of importsOf(file)) {
      if (target.startsWith('src/') || target.startsWith('webview/')) {
        if (!(ALLOWED[folder] ?? []).some((allowed) => inside(target, allowed)))
          wrong.push(`${file} imports ${target}`);
      } else {
        for (const [pattern, allowed] of PACKAGES) {
          if (pattern.test(target) && !allowed.some((place) => inside(file, place)))
            wrong.push(`${file} imports ${target}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('no two files import each other, directly or through others', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).filter((target) => files.includes(target))]));
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      circles.push([...trail.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  assert.deepEqual(circles, []);
});
