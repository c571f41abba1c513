/** A simulated cluster for the time of one test, and a kubeconfig file that leads to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Scenario } from '../scenarios/cluster.js';
import { ApiServer } from './server.js';

export interface TestCluster {
  readonly server: ApiServer;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
}

/** Starts the scenario's cluster, calls `body`, and takes everything away again, whatever happened. */
export async function withCluster(scenario: Scenario, body: (cluster: TestCluster) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
  const server = await ApiServer.start({ cluster: scenario.build({ now: new Date(), seed: 1, nodes: 0, pods: 0 }) });
  try {
    const kubeconfig = path.join(folder, 'config');
    writeFileSync(kubeconfig, server.kubeconfig());
    await body({ server, kubeconfig });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}
