/**
 * Checks the packaged extension: that it holds what it needs and nothing else, that no bundle outgrows its budget, and that
 * each bundle is made of what belongs in it. Prints every bundle's size. Run after `npm run package`, whose bundles are minified.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const dist = path.resolve(import.meta.dirname, '..', 'dist');

/** All that the package may hold; what is not a picture, it must hold. */
const REQUIRED = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/dist/extension.js',
  'extension/dist/worker.js',
  'extension/dist/webview/map.js',
  'extension/dist/webview/map.css',
  'extension/dist/webview/result.js',
  'extension/dist/webview/result.css',
  'extension/media/icon.png',
];
const PICTURE = /^extension\/media\/[\w-]+\.(svg|png)$/;

/** Thousands of bytes: somewhat above what they are today, so that growth is decided and not found. */
const BUDGET_KB = {
  'extension.js': 500,
  'worker.js': 700,
  'cli.js': 740,
  'map.js': 200,
  'map.css': 20,
  'result.js': 40,
  'result.css': 20,
};
const PACKAGE_BUDGET_KB = 700;
/** Whose code must not be in a bundle: the Kubernetes client is loaded with the first connection, by the worker. */
const FOREIGN = {
  'extension.js': /node_modules\/(@kubernetes|protobufjs|ws|@vscode\/webview-ui-toolkit|d3-[a-z]+)\//,
  'map.js': /node_modules\/(@kubernetes|protobufjs|ws|yaml)\//,
  'result.js': /node_modules\//,
};

/** The names in a zip file, from its central directory (APPNOTE.TXT 4.3.12 and 4.3.16, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). */
function namesIn(file) {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error(`${file} is not a zip file`);
  const names = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    names.push(bytes.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}

const complaints = [];
const vsix = path.join(dist, 'cluster-network-inspector.vsix');
const names = namesIn(vsix);
for (const name of REQUIRED) if (!names.includes(name)) complaints.push(`the package lacks ${name}`);
for (const name of names) {
  if (!REQUIRED.includes(name) && !PICTURE.test(name)) complaints.push(`the package holds ${name}, which nobody needs`);
}

const kilobytes = (bytes) => Number((bytes / 1000).toFixed(1));
const row = (name, size, budget) => {
  console.log(`${name.padEnd(14)} ${String(size).padStart(8)} kB of ${budget} kB`);
  if (size > budget) complaints.push(`${name} has outgrown its budget`);
};
for (const report of readdirSync(path.join(dist, 'meta')).sort()) {
  const { outputs } = JSON.parse(readFileSync(path.join(dist, 'meta', report), 'utf8'));
  const name = path.basename(report, '.json');
  const [output] = Object.entries(outputs).find(([file]) => path.basename(file) === name) ?? [];
  if (output === undefined || BUDGET_KB[name] === undefined) complaints.push(`${name} has no budget`);
  else {
    row(name, kilobytes(outputs[output].bytes), BUDGET_KB[name]);
    const strangers = Object.keys(outputs[output].inputs).filter((input) => FOREIGN[name]?.test(input));
    if (strangers.length > 0) complaints.push(`${name} holds ${strangers.slice(0, 3).join(', ')}`);
  }
}
row('package', kilobytes(statSync(vsix).size), PACKAGE_BUDGET_KB);
for (const complaint of complaints) console.error(`✗ ${complaint}`);
process.exit(complaints.length === 0 ? 0 : 1);
