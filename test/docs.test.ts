/** Documents that are made of the code are up to date, and lead where they say. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { format, resolveConfig } from 'prettier';
import { checksDocument } from '../scripts/checksDocument.js';
import { documentationOf } from '../src/cli/documentation.js';
import { CHECKS } from '../src/core/checks/index.js';
import { EXPLAINED_PROBE_FINDINGS } from '../src/core/reach/findings.js';

const DOCUMENTED = [...CHECKS, ...EXPLAINED_PROBE_FINDINGS];
const file = path.resolve(import.meta.dirname, '../docs/checks.md');

test('docs/checks.md is what "npm run docs" writes', async () => {
  const options = await resolveConfig(file);
  const expected = await format(checksDocument(DOCUMENTED), { ...options, filepath: file });
  assert.equal(readFileSync(file, 'utf8'), expected, 'run "npm run docs"');
});

test('every code has a heading of its own, to which its link leads', () => {
  const text = readFileSync(file, 'utf8');
  for (const { code } of DOCUMENTED) {
    assert.equal(text.match(new RegExp(`^### ${code}$`, 'gm'))?.length, 1);
    assert.ok(documentationOf(code).endsWith(`/docs/checks.md#${code.toLowerCase()}`));
  }
});

test('links between the documents lead to files that are there', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const documents = [root, path.join(root, 'docs')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.join(folder, name)),
  );
  assert.ok(documents.length > 5);
  for (const document of documents) {
    for (const [, target] of readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      const leadsTo = path.resolve(path.dirname(document), target ?? '');
      assert.ok(existsSync(leadsTo), `${path.basename(document)} links to ${target ?? ''}`);
    }
  }
});
