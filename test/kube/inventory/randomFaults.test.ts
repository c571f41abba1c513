/**
 * The inventory while everything changes and a third of all requests go wrong, in every way and order that a seed comes to:
 * in the end it holds what the server holds, object by object.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { type FaultKind, faultKinds } from '../../apiserver/faults.js';
import { EXPECTED } from './expectedFaults.js';
import { settles, startFaultyServer } from './faultyServer.js';

/**
 * Faults of which the answer itself tells: those that take time may be overtaken by the end of the connection, and then are
 * heard by nobody; so may a single one of these.
 */
const AT_ONCE: readonly FaultKind[] = [
  'too-many-requests',
  'internal-error',
  'bad-gateway',
  'unavailable',
  'gateway-timeout',
  'unauthorized',
  'truncated-body',
  'watch-closed-at-once',
];

describe('all faults at random, while everything changes', { concurrency: true }, () => {
  for (const seed of [1, 2, 3]) {
    test(`seed ${seed}`, { timeout: 120_000 }, async () => {
      const faulty = await startFaultyServer(seed);
      const { server, watching, churn } = faulty;
      try {
        // A new store's versions start over. A second one so soon would have versions like those that we know, and then no
        // client can tell: one is enough, when ours are far ahead.
        const kinds = faultKinds.filter((kind) => kind !== 'new-etcd');
        server.faults.schedule(seed, { rate: 0.35, kinds });
        const kindsSeen = (): ReadonlySet<FaultKind> => new Set(server.faults.log.map(({ kind }) => kind));
        for (let round = 0; round < 160 || kindsSeen().size < 20; round++) {
          assert.ok(round < 1_000, `only ${kindsSeen().size} kinds of fault: ${[...kindsSeen()].join(', ')}`);
          churn.some(10);
          await wait(20);
          if (round % 20 === 19) server.endWatches();
          if (round % 50 === 49) server.compact();
          if (round === 120) server.restart({ newEtcd: true });
        }
        server.faults.stop();
        await settles(faulty);
        assert.ok(churn.count >= 1_600, `${churn.count} changes`);
        // After all of it, it still follows.
        churn.some(50);
        await settles(faulty);
        const unheard = AT_ONCE.filter((kind) => {
          const { log } = EXPECTED[kind];
          const hits = server.faults.log.filter((fault) => fault.kind === kind).length;
          return hits > 2 && log instanceof RegExp && !watching.lines.some((line) => log.test(line));
        });
        assert.deepEqual(unheard, [], 'faults that the log does not tell of');
      } finally {
        watching.end();
        await server.close();
      }
    });
  }
});
