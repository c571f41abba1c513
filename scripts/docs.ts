/** Writes the documents that are made of the code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { CHECKS } from '../src/core/checks/index.js';
import { EXPLAINED_PROBE_FINDINGS } from '../src/core/reach/findings.js';
import { checksDocument } from './checksDocument.js';

async function main(): Promise<void> {
  const file = path.resolve(import.meta.dirname, '../docs/checks.md');
  const options = await resolveConfig(file);
  writeFileSync(
    file,
    await format(checksDocument([...CHECKS, ...EXPLAINED_PROBE_FINDINGS]), { ...options, filepath: file }),
  );
}

void main();
