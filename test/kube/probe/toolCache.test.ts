/** What is remembered of an image's programs, and what is not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ToolRun } from '../../../src/core/reach/tools/tool.js';
import { type Run, ToolCache } from '../../../src/kube/probe/toolCache.js';

const REF = { namespace: 'shop', pod: 'web-1', container: 'web' };

async function callsFor(exit: ToolRun['exit']): Promise<number> {
  let calls = 0;
  const run: Run = () => {
    calls += 1;
    return Promise.resolve({ kind: 'ran', run: { stdout: '', stderr: '', exit } });
  };
  const cache = new ToolCache();
  const { signal } = new AbortController();
  await cache.find(run, REF, 'sha256:1', signal);
  await cache.find(run, REF, 'sha256:1', signal);
  return calls;
}

test('the programs of an image are looked for once, and anew where it was cut short', async () => {
  assert.equal(await callsFor({ kind: 'code', code: 0 }), 1);
  assert.equal(await callsFor({ kind: 'timeLimit', limitMs: 8000 }), 2);
  assert.equal(await callsFor({ kind: 'outputLimit' }), 2);
});
