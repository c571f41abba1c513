/**
 * How long a change of the cluster takes until it is seen in the tree of a real VS Code, and how long the tree takes to be
 * there: a window in a browser, the packaged extension, and the simulated API server in a process of its own.
 *
 *     --nodes N --pods N   the size; 5,000 and 150,000 unless told otherwise
 *     --small              1,000 nodes and 30,000 pods
 *
 * The times hold everything: the server, the worker, the model, the tree, the browser. A row counts once it is drawn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { NPM_VSCODE } from '../host/paths.js';
import { withWorkbench } from '../host/workbench.js';
import { Child } from './child.js';
import { epochMs, percentile } from './measure.js';
import type { ServerOptions, ServerReady } from './server.js';

const ROUNDS = 20;
const LONGEST_MS = 300_000;

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { nodes: { type: 'string' }, pods: { type: 'string' }, small: { type: 'boolean', default: false } },
  });
  if (!NPM_VSCODE) {
    console.log('the tree is left out: VS Code out of npm packages exists for Linux x64 only');
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-tree-'));
  const size = {
    nodes: Number(values.nodes ?? (values.small ? 1000 : 5000)),
    pods: Number(values.pods ?? (values.small ? 30_000 : 150_000)),
  };
  const options: ServerOptions = { folder, seed: 1, ...size };
  const program = path.join(import.meta.dirname, 'server.ts');
  const server = new Child('server', process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {});
  try {
    const { kubeconfig } = (await server.next()) as ServerReady;
    await withWorkbench({}, async (w) => {
      w.page.setDefaultTimeout(LONGEST_MS);
      await w.openView();
      const began = performance.now();
      w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
      const node = w.treeItem(/^node node-1,/);
      await node.waitFor();
      const first = performance.now() - began;
      await w.expand(node);
      const row = w.treeItem(/^pod bench\/marker-/, 'Network');
      // The list of all pods is of before it: it comes with the watch that follows.
      await server.ask('add');
      await row.waitFor();
      const listed = performance.now() - began;
      await server.ask('remove');
      await row.waitFor({ state: 'detached' });
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const adds = round % 2 === 0;
        const at = (await server.ask(adds ? 'add' : 'remove')) as number;
        await row.waitFor({ state: adds ? 'visible' : 'detached' });
        times.push(epochMs() - at);
      }
      times.sort((a, b) => a - b);
      console.log(
        `the tree, ${size.nodes} nodes and ${size.pods} pods, load ${(os.loadavg()[0] ?? NaN).toFixed(1)}: first rows after ${seconds(first)} s, all pods read and watched after ${seconds(listed)} s; one change is drawn after ${Math.round(percentile(times, 0.5))} ms (median), ${Math.round(percentile(times, 0.95))} ms (95 %)`,
      );
    });
    await server.end();
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
