/**
 * `npm run test:ui -- [part of a file name …]`: the UI suites (test/ui/*.test.ts) through the workbench in a browser.
 * How to write one: test/host/workbench.ts. `--share=1/2` runs every second test, from the first on: two such runs side by side
 * take less time than one. `--themes` takes the pictures in every theme. All files run in this process, one after the other, and share servers and browser.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.js';
import { endOnSignals } from './server.js';
import { registered, takeAllThemes, takeShare } from './workbench.js';

const share = /^--share=(\d+)\/(\d+)$/;
const parts = process.argv.slice(2).filter((argument) => !share.test(argument) && argument !== '--themes');
if (process.argv.includes('--themes')) takeAllThemes();
for (const argument of process.argv) {
  const [, part, of] = share.exec(argument) ?? [];
  if (part !== undefined && of !== undefined) takeShare(Number(part), Number(of));
}
const folder = path.join(ROOT, 'test', 'ui');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort();

async function load(): Promise<void> {
  if (files.length === 0) throw new Error(`no file in test/ui matches ${parts.join(' ')}`);
  for (const file of files) {
    const before = registered();
    await import(pathToFileURL(path.join(folder, file)).href);
    if (registered() === before) throw new Error(`test/ui/${file} holds no uiTest`);
  }
}
endOnSignals();
load().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
