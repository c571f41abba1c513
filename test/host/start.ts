/**
 * `npm start`, once everything is installed: the simulated cluster of the lecture or, with `--kubeconfig FILE`, a real one;
 * the report of the command line; and VS Code with the packaged extension on it, in the browser, until Ctrl+C.
 *
 * `--check` opens that address in a headless browser instead, waits until the tree shows the nodes of the report, takes a picture
 * (test-results/start.png), and stops.
 * Where VS Code out of npm does not run, the simulated cluster stays up for a VS Code that the user starts.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { launchBrowser, openPage } from './browser.js';
import { DIST, NPM_VSCODE, ROOT, TEST_RESULTS } from './paths.js';
import { startServer } from './server.js';
import { packagedExtension } from './vsix.js';

/** Starts the simulated API server and waits for its kubeconfig; it ends with its standard input, so with this process. */
async function simulate(scenario: string, kubeconfig: string): Promise<ChildProcess> {
  const main = path.join(ROOT, 'test', 'apiserver', 'main.ts');
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', main, '--scenario', scenario, '--kubeconfig-out', kubeconfig],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', () => resolve());
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`The simulated API server ended with ${String(code)}.`)));
  });
  return server;
}

/** Prints the report, as `node dist/cli.js report` does. Exit code 1 tells of findings, 2 that there is no report. */
function report(kubeconfig: string): void {
  const run = spawnSync(process.execPath, [path.join(DIST, 'cli.js'), 'report', '--kubeconfig', kubeconfig], {
    stdio: 'inherit',
    timeout: 60_000,
  });
  if (run.status !== 0 && run.status !== 1)
    throw new Error('There is no report of this cluster; its reason stands above.');
}

/** The names of the nodes, from the report in JSON. */
function nodesOf(kubeconfig: string): string[] {
  const args = [path.join(DIST, 'cli.js'), 'report', '--json', '--kubeconfig', kubeconfig];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
  const { nodes } = JSON.parse(run.stdout) as { nodes: readonly { name: string }[] };
  return nodes.map(({ name }) => name);
}

/** Opens the address as a user would, and waits for the nodes in the tree. */
async function check(address: string, nodes: readonly string[]): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await openPage(browser, address);
    await page.locator('.activitybar').getByRole('tab', { name: 'Cluster Network' }).click();
    for (const node of nodes.slice(0, 5)) {
      await page.locator('.sidebar').getByRole('treeitem', { name: node }).first().waitFor();
      console.log(`The tree shows ${node}.`);
    }
    await page.screenshot({ path: path.join(TEST_RESULTS, 'start.png') });
  } finally {
    await browser.close();
  }
}

/** The first signal asks for an orderly end; a second one ends at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      scenario: { type: 'string', default: 'lecture' },
      check: { type: 'boolean', default: false },
    },
  });
  if (values.kubeconfig !== undefined && !existsSync(values.kubeconfig)) {
    throw new Error(`There is no file ${values.kubeconfig}.`);
  }
  const stop = interrupted();
  const vsix = packagedExtension();
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'start-'));
  let simulated: ChildProcess | undefined;
  try {
    const kubeconfig = path.resolve(values.kubeconfig ?? path.join(temporary, 'kubeconfig'));
    if (values.kubeconfig === undefined) {
      simulated = await simulate(values.scenario, kubeconfig);
      console.log(`A simulated cluster, "${values.scenario}": no machine runs it. Its kubeconfig is ${kubeconfig}\n`);
    }
    report(kubeconfig);
    if (!NPM_VSCODE) {
      console.log(`\nVS Code in the browser runs on Linux x64 only. Here, until Ctrl+C:`);
      console.log(`  code --install-extension ${vsix}\n  and set "clusterNetwork.kubeconfig" to ${kubeconfig}`);
      if (!values.check) await stop;
      return;
    }
    const folder = path.join(temporary, 'manifests');
    cpSync(path.join(import.meta.dirname, 'demo'), folder, { recursive: true });
    const token = randomBytes(16).toString('hex');
    // A real kubeconfig may name programs and files of the user's own home; the extension asks before it runs any.
    const home = values.kubeconfig === undefined ? {} : { HOME: os.homedir() };
    const server = await startServer({ vsix, token, env: { KUBECONFIG: kubeconfig, ...home } });
    try {
      const address = `${server.base}/?${new URLSearchParams({ tkn: token, folder }).toString()}`;
      console.log(`\nVS Code with the extension on this cluster:\n\n  ${address}\n`);
      if (values.check) await check(address, nodesOf(kubeconfig));
      else {
        console.log('Ctrl+C stops everything.');
        await stop;
      }
    } finally {
      await server.stop();
    }
  } finally {
    simulated?.kill();
    rmSync(temporary, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
