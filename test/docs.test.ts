/** Documents that are made of the code are up to date, and lead where they say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { format, resolveConfig } from 'prettier';
import { checksDocument } from '../scripts/checksDocument.js';
import { documentationOf } from '../src/cli/documentation.js';
import { CHECKS } from '../src/core/checks/index.js';

const file = path.resolve(import.meta.dirname, '../docs/checks.md');

test('docs/checks.md is what "npm run docs" writes', async () => {
  const options = await resolveConfig(file);
  const expected = await format(checksDocument(CHECKS), { ...options, filepath: file });
  assert.equal(readFileSync(file, 'utf8'), expected, 'run "npm run docs"');
});

test('every code has a heading of its own, to which its link leads', () => {
  const text = readFileSync(file, 'utf8');
  for (const { code } of CHECKS) {
    assert.equal(text.match(new RegExp(`^### ${code}$`, 'gm'))?.length, 1);
    assert.ok(documentationOf(code).endsWith(`/docs/checks.md#${code.toLowerCase()}`));
  }
});
