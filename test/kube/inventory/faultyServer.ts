/** A simulated server that misbehaves, the inventory that reads it, and the moment in which both hold the same. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import type { Timing } from '../../../src/kube/timing.js';
import type { UserSpec } from '../../apiserver/access.js';
import type { FaultKind, FaultMatch } from '../../apiserver/faults.js';
import type { KubeObject } from '../../apiserver/json.js';
import { Random } from '../../apiserver/random.js';
import { ApiServer, type ClusterSpec } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { differences, simulatedAccess } from '../simulated.js';
import { type Watching, watchHost } from '../watching.js';
import { Churn } from './churn.js';
import { EXPECTED, type Question } from './expectedFaults.js';

/** The product's own times, a hundred times shorter: a fault that costs minutes there costs a second here. */
export const SHORT: Partial<Timing> = {
  backoffFirstMs: 10,
  backoffMaxMs: 200,
  silenceMs: 600,
  watchSilenceMs: 500,
  quietWatchSilenceMs: 1_000,
  settleMs: 50,
  pollMs: 150,
  watchMs: 3_000,
  forbiddenRetryMs: 150,
  absentRetryMs: 150,
  modelEveryMs: 50,
  modelFirstMs: 100,
};
const LIMIT_SECONDS = 1.5;

export interface FaultyServer {
  readonly server: ApiServer;
  readonly watching: Watching;
  readonly churn: Churn;
}

/**
 * Reads everything but MetalLB's pools, which the server does not have: it says "forbidden" of them, and so is asked again
 * and again what it has.
 */
const READER: UserSpec = {
  name: 'reader',
  groups: [],
  rules: [
    {
      apiGroups: ['', 'apps', 'discovery.k8s.io', 'networking.k8s.io', 'cilium.io'],
      resources: ['*'],
      verbs: ['get', 'list', 'watch'],
    },
  ],
};

/** Cilium that hangs itself behind flannel: recognised beside it, with resources and a ConfigMap of its own. */
const CHAINED_CILIUM: readonly KubeObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'cilium' } },
      template: {
        metadata: { labels: { 'k8s-app': 'cilium' } },
        spec: { containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.18.3' }] },
      },
    },
    status: { desiredNumberScheduled: 4, numberReady: 4 },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: { 'cni-chaining-mode': 'flannel', ipam: 'cluster-pool' },
  },
];

/** A cluster in which everything that the churn changes is read. */
export function clusterOf(size: { readonly seed: number; readonly nodes: number; readonly pods: number }): ClusterSpec {
  const cluster = generated.build({ now: new Date(), ...size });
  return { ...cluster, objects: [...cluster.objects, ...CHAINED_CILIUM] };
}

/** Starts a server with a small cluster, and reads it to the end. */
export async function startFaultyServer(seed: number): Promise<FaultyServer> {
  const cluster = clusterOf({ seed, nodes: 4, pods: 100 });
  const server = await ApiServer.start({ cluster, seed, bookmarkSeconds: 0.2, users: [READER] });
  const watching = watchHost(await simulatedAccess(server, READER.name), {
    timing: SHORT,
    options: { requestTimeoutSeconds: LIMIT_SECONDS },
  });
  await watching.complete();
  return { server, watching, churn: new Churn(server, new Random(seed)) };
}

/** A fault, and which requests it is to hit. */
export interface Provoked {
  readonly kind: FaultKind;
  readonly question: Question;
  readonly match: FaultMatch;
}

/** Has the server make faults in peace, and waits until they are over and the log tells of each. */
export async function provoke(faulty: FaultyServer, ...provoked: readonly Provoked[]): Promise<void> {
  const { server, watching, churn } = faulty;
  const logged = watching.lines.length;
  const { onBite } = server.faults;
  const missing = new Set(provoked);
  server.faults.onBite = (fault) => {
    const alike = [...missing].filter(({ kind }) => kind === fault.kind);
    const bitten = alike.find(({ question }) => question === fault.verb) ?? alike[0];
    if (bitten !== undefined) missing.delete(bitten);
    onBite(fault);
  };
  try {
    for (let round = 0; missing.size > 0; round++) {
      assert.ok(round < 1_000, `did not come to pass: ${[...missing].map(({ kind }) => kind).join()}`);
      if (round % 50 === 0) {
        // A watch may end before it has told as much as its fault waits for.
        server.faults.stop();
        for (const { kind, match } of missing) server.faults.inject(kind, match);
        const questions = new Set([...missing].map(({ question }) => question));
        // Something must ask: watches end, and where lists are hit, the history is forgotten. A kind whose watch has told it
        // the newest version already goes on from there, and is asked to list another time.
        if (questions.has('list')) server.compact();
        if (questions.has('version')) watching.host.retry();
        server.endWatches();
      }
      churn.some(3);
      await wait(20);
    }
    for (let round = 0; round < 5; round++) {
      churn.some(5);
      await wait(10);
    }
  } finally {
    server.faults.stop();
    server.faults.onBite = onBite;
  }
  await settles(faulty);
  for (const { kind, question } of provoked) {
    const log = EXPECTED[kind][question];
    if (log instanceof RegExp)
      await watching.until(`the log tells of ${kind}`, 30_000, () =>
        watching.lines.slice(logged).some((line) => log.test(line)),
      );
  }
}

/** Waits until the inventory has no gap and holds what the server holds, object by object; fails with what differs in the end. */
export async function settles({ server, watching }: Omit<FaultyServer, 'churn'>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const facts = watching.host.network?.facts;
    const differing =
      facts === undefined
        ? ['nothing was read']
        : [...facts.gaps.map(({ resource, detail }) => `gap: ${resource}: ${detail}`), ...differences(facts, server)];
    if (differing.length === 0) return;
    if (Date.now() > deadline) assert.deepEqual(differing, [], watching.lines.slice(-60).join('\n'));
    await wait(40);
  }
}
