/**
 * The inventory while everything changes and a third of all requests go wrong, in every way and order that a seed comes to:
 * in the end it holds what the server holds, object by object, and the log tells of every fault.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { type FaultKind, faultKinds, isClusterFault } from '../../apiserver/faults.js';
import type { Question } from './expectedFaults.js';
import { type Provoked, provoke, settles, startFaultyServer } from './faultyServer.js';
import { hear } from './hearing.js';

/** Kinds that are asked for all the time, none of them twice at once. */
const PLURALS = ['pods', 'nodes', 'services', 'namespaces', 'daemonsets', 'networkpolicies'];

/** Faults that take their time, each on a kind of its own; those that may end the connection come one by one. */
function inPeace(faults: readonly (readonly [FaultKind, Question])[]) {
  const provoked = faults.map(([kind, question], index): Provoked => {
    const plural = PLURALS[index % PLURALS.length] ?? '';
    const isOfKind = question === 'list' || question === 'watch';
    // Where the history is forgotten for the sake of lists, a watch must have begun well before it fails for its own reason.
    return {
      kind,
      question,
      match: { verb: question, ...(isOfKind ? { plural, namespace: '', afterEvents: 1 } : {}) },
    };
  });
  const isAlone = ({ kind, question }: Provoked): boolean => question === 'version' || isClusterFault(kind);
  return { together: provoked.filter((one) => !isAlone(one)), alone: provoked.filter(isAlone) };
}

describe('all faults at random, while everything changes', { concurrency: true }, () => {
  for (const seed of [1, 2, 3]) {
    test(`seed ${seed}`, { timeout: 120_000 }, async () => {
      const faulty = await startFaultyServer(seed);
      const { server, watching, churn } = faulty;
      try {
        // A new store's versions start over. A second one so soon would have versions like those that we know, and then no
        // client can tell: one is enough, when ours are far ahead.
        const kinds = faultKinds.filter((kind) => kind !== 'new-etcd');
        const hearing = hear(server.faults, watching);
        server.faults.schedule(seed, { rate: 0.35, kinds });
        const kindsSeen = (): ReadonlySet<FaultKind> => new Set(server.faults.log.map(({ kind }) => kind));
        for (let round = 0; round < 160 || kindsSeen().size < 20; round++) {
          assert.ok(round < 1_000, `only ${kindsSeen().size} kinds of fault: ${[...kindsSeen()].join(', ')}`);
          churn.some(10);
          await wait(20);
          if (round % 20 === 19) server.endWatches();
          if (round % 50 === 49) server.compact();
          if (round === 120) server.faults.inject('new-etcd', { verb: 'watch' });
        }
        server.faults.stop();
        await settles(faulty);
        assert.ok(churn.count >= 1_600, `${churn.count} changes`);
        // After all of it, it still follows.
        churn.some(50);
        await settles(faulty);
        // What the connection ended before anybody heard it is heard in peace.
        const { together, alone } = inPeace(hearing.unheard());
        await provoke(faulty, ...together);
        for (const one of alone) await provoke(faulty, one);
        assert.deepEqual(hearing.untold(), [], 'faults that the log does not tell of');
      } finally {
        watching.end();
        await server.close();
      }
    });
  }
});
