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

import type { Finding } from '../../src/core/checks/check.js';
import type { ClusterAccess } from '../../src/kube/access.js';
import { Api, limitsOf } from '../../src/kube/api.js';
import { ClusterHost } from '../../src/kube/clusterHost.js';
import { accessTo } from '../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';
import { logTo } from '../../src/kube/log.js';
import type { ConnectionState } from '../../src/kube/session.js';
import { TIMING, type Timing } from '../../src/kube/timing.js';
import { Transport } from '../../src/kube/transport.js';

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

/** A connected host with what it said. `until` waits for something to become true, by what the host says and by asking now and then. */
export interface Watcher {
  readonly host: ClusterHost;
  readonly log: readonly string[];
  readonly states: readonly ConnectionState[];
  /** What is found at this moment, by identity. */
  readonly findings: ReadonlyMap<string, Finding>;
  until(what: string, limitMs: number, holds: () => boolean): Promise<void>;
  end(): void;
}

/** The API server that a kubeconfig names; without one, that of `KUBECONFIG`. */
export async function connect(file: string | undefined): Promise<{ access: ClusterAccess; api: Api }> {
  const config = await loadKubeconfig(file, thisMachine(), new AbortController().signal);
  const selection = selectContext(config);
  if (!selection.ok) throw new Error(selection.message);
  const access = accessTo(selection.selected, () => Promise.resolve(false));
  return { access, api: new Api(new Transport(access, () => undefined), limitsOf(10)) };
}

export async function watchCluster(file: string | undefined, timing: Partial<Timing> = {}): Promise<Watcher> {
  const { access } = await connect(file);
  const lines: string[] = [];
  const states: ConnectionState[] = [];
  const findings = new Map<string, Finding>();
  const listeners = new Set<() => void>();
  const started = Date.now();
  const look = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const note = (text: string): void => {
    lines.push(`${((Date.now() - started) / 1000).toFixed(1)} ${text}`);
    look();
  };
  const host = new ClusterHost({
    access,
    options: { namespaces: [], severities: {}, workstation: false, requestTimeoutSeconds: 10 },
    log: logTo(({ level, text }) => note(`${level} ${text}`)),
    onState: (state) => {
      states.push(state);
      note(`state ${JSON.stringify(state)}`);
    },
    onChange: ({ findings: change }) => {
      for (const id of change?.removed ?? []) findings.delete(id);
      for (const finding of change?.upserted ?? []) findings.set(finding.id, finding);
      look();
    },
    timing: { ...TIMING, ...timing },
  });
  host.start();
  return {
    host,
    log: lines,
    states,
    findings,
    until: (what, limitMs, holds) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(limit);
          listeners.delete(check);
        };
        const check = (): void => {
          if (!holds()) return;
          settle();
          resolve();
        };
        const limit = setTimeout(() => {
          settle();
          reject(new Error(`not within ${limitMs / 1000} s: ${what}\n${lines.slice(-60).join('\n')}`));
        }, limitMs);
        listeners.add(check);
        check();
      }),
    end: () => {
      host.dispose();
    },
  };
}
