/** A simulated server that misbehaves, the inventory that reads it, and the moment in which both hold the same. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import type { Timing } from '../../../src/kube/timing.js';
import { Random } from '../../apiserver/random.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { differences, simulatedAccess } from '../simulated.js';
import { type Watching, watchHost } from '../watching.js';
import { Churn } from './churn.js';

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

/** Starts a server with a small cluster, and reads it to the end. */
export async function startFaultyServer(seed: number): Promise<FaultyServer> {
  const cluster = generated.build({ now: new Date(), seed, nodes: 4, pods: 100 });
  const server = await ApiServer.start({ cluster, seed, bookmarkSeconds: 0.2 });
  const watching = watchHost(await simulatedAccess(server), {
    timing: SHORT,
    options: { requestTimeoutSeconds: LIMIT_SECONDS },
  });
  await watching.complete();
  return { server, watching, churn: new Churn(server, new Random(seed)) };
}

/** Waits until the inventory has no gap and holds what the server holds, object by object; fails with what differs in the end. */
export async function settles({ server, watching }: Omit<FaultyServer, 'churn'>): Promise<void> {
  const deadline = Date.now() + 30_000;
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
