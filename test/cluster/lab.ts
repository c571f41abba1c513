/**
 * The cluster that the cluster suite runs on, and the lab around it, where there is one.
 *
 * `KUBECONFIG` names the cluster. `CLUSTER_LAB_COMMAND` is a program that can do to it what a test cluster must suffer (cut a
 * node's power, freeze the API server); without it the tests that need that are skipped.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import type { ClusterAccess } from '../../src/kube/access.js';
import { Api, limitsOf } from '../../src/kube/api.js';
import { accessTo } from '../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';
import type { Timing } from '../../src/kube/timing.js';
import { Transport } from '../../src/kube/transport.js';
import { type Watching, watchHost } from '../kube/watching.js';

const run = promisify(execFile);
const kubeconfig = process.env['KUBECONFIG'];
const labCommand = process.env['CLUSTER_LAB_COMMAND'];

/** Why tests cannot run here; false when they can. */
export const needsCluster = kubeconfig === undefined ? 'KUBECONFIG names no cluster' : false;
export const needsLab = needsCluster || (labCommand === undefined ? 'CLUSTER_LAB_COMMAND names no lab' : false);

/** The kubeconfig of another user of the lab (`viewer`, `nobody`), beside the administrator's. */
export function kubeconfigOf(user: string): string {
  return path.join(path.dirname(kubeconfig ?? ''), `${user}.kubeconfig`);
}
export const needsUser = (user: string): string | false =>
  needsCluster || (existsSync(kubeconfigOf(user)) ? false : `there is no kubeconfig of the user ${user}`);

export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.env['KUBECTL'] ?? 'kubectl', args, { maxBuffer: 1 << 30, timeout: 120_000 });
  return stdout;
}

/** Applies a manifest of JSON. */
export async function apply(manifest: string): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cluster-test-'));
  try {
    const file = path.join(directory, 'manifest.json');
    await writeFile(file, manifest);
    await kubectl('apply', '-f', file);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Waits until every node is Ready and every DaemonSet runs everywhere: a suite before may have cut a node's power. */
export async function settled(): Promise<void> {
  await kubectl('wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=110s');
  const names = await kubectl(
    'get',
    'daemonsets',
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}',
  );
  for (const name of names.split(' ').filter((each) => each !== '')) {
    const [namespace = '', daemonSet = ''] = name.split('/');
    await kubectl('-n', namespace, 'rollout', 'status', `daemonset/${daemonSet}`, '--timeout=110s');
  }
}

export async function lab(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(labCommand ?? '', args, { maxBuffer: 1 << 28, timeout: 180_000 });
  return stdout;
}

/** The API server that a kubeconfig names; without one, that of `KUBECONFIG`. */
export async function connect(file: string | undefined): Promise<{ access: ClusterAccess; api: Api }> {
  const config = await loadKubeconfig(file, thisMachine(), new AbortController().signal);
  const selection = selectContext(config);
  if (!selection.ok) throw new Error(selection.message);
  const access = accessTo(selection.selected, () => Promise.resolve(false));
  return { access, api: new Api(new Transport(access, () => undefined), limitsOf(10)) };
}

/** A connected host with what it said. */
export async function watchCluster(file: string | undefined, timing: Partial<Timing> = {}): Promise<Watching> {
  return watchHost((await connect(file)).access, { timing });
}
