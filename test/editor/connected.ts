/** For suites in the extension host: the parts of the extension put together on a simulated cluster, without the views. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Connection } from '../../src/editor/connection.js';
import { EXTENSION_ID } from '../../src/editor/contributions.js';
import { HiddenFindings } from '../../src/editor/hiddenFindings.js';
import { ShownFindings } from '../../src/editor/shownFindings.js';
import { Verifications } from '../../src/editor/verify/verifications.js';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';
import { watchFiles } from '../../src/kube/kubeconfig/watch.js';
import { WorkerSession } from '../../src/kube/workerSession.js';
import { withCluster, type TestCluster } from '../apiserver/withCluster.js';
import type { Scenario } from '../scenarios/cluster.js';

/** Remembers for the time of one test. */
export class Memory implements vscode.Memento {
  readonly #values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
  get<T>(key: string, otherwise?: T): T {
    // A memento gives back what was put in; who asks says what that was.
    return (this.#values.get(key) ?? otherwise) as T;
  }
  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, structuredClone(value));
    return Promise.resolve();
  }
}

export interface Connected extends TestCluster {
  readonly connection: Connection;
  readonly findings: ShownFindings;
  readonly hidden: HiddenFindings;
  readonly state: Memory;
}

/** The worker of the packaged extension: the same file that users get. */
function workerFile(): string {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  assert.ok(extension);
  return vscode.Uri.joinPath(extension.extensionUri, 'dist', 'worker.js').fsPath;
}

/** Connects to the scenario's cluster, calls `body` once everything was read, and puts all away. */
export async function connected(scenario: Scenario, body: (parts: Connected) => Promise<void>): Promise<void> {
  await withCluster(scenario, async (cluster) => {
    const log = vscode.window.createOutputChannel('test', { log: true });
    const state = new Memory();
    const worker = workerFile();
    const connection = new Connection({
      workspaceState: state,
      log,
      kubeconfig: {
        files: () => Promise.resolve([cluster.kubeconfig]),
        load: (_file, signal) => loadKubeconfig(cluster.kubeconfig, thisMachine(), signal),
        watch: (files, changed) =>
          watchFiles(files, changed, (words) => {
            log.warn(words);
          }),
      },
      openSession: (selected, options) =>
        new WorkerSession(worker, selected, options, {
          log: ({ level, text }) => {
            log[level](text);
          },
          mayRun: () => Promise.resolve(false),
        }),
    });
    const hidden = new HiddenFindings(state);
    const verifications = new Verifications();
    const findings = new ShownFindings(connection, hidden, verifications);
    try {
      await connection.start();
      await until('everything was read', () => {
        const shown = connection.cluster?.state;
        return shown?.phase === 'connected' && shown.complete;
      });
      await body({ ...cluster, connection, findings, hidden, state });
    } finally {
      findings.dispose();
      hidden.dispose();
      verifications.dispose();
      connection.dispose();
      log.dispose();
    }
  });
}

/** Waits until something is so. */
export async function until(what: string, test: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await test())) {
    if (Date.now() > deadline) throw new Error(`not so within ${String(limitMs)} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
