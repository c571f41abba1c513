/**
 * The inventory against each way in which a server misbehaves: in the end it holds what the server holds, object by object,
 * and what went wrong is in the log.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { faultKinds } from '../../apiserver/faults.js';
import { Random } from '../../apiserver/random.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { simulatedAccess } from '../simulated.js';
import { watchHost } from '../watching.js';
import { Churn } from './churn.js';
import { EXPECTED, LIST } from './expectedFaults.js';
import { type FaultyServer, settles, SHORT, startFaultyServer } from './faultyServer.js';

describe('each fault by itself', () => {
  let faulty: FaultyServer;

  before(async () => {
    faulty = await startFaultyServer(7);
  });
  after(async () => {
    faulty.watching.end();
    await faulty.server.close();
  });

  for (const kind of faultKinds) {
    // It needs a list of several pages.
    if (kind === 'list-expired') continue;
    test(kind, { timeout: 60_000 }, async () => {
      const { server, watching, churn } = faulty;
      const { match, log } = EXPECTED[kind];
      const seen = server.faults.log.length;
      const logged = watching.lines.length;
      server.faults.inject(kind, match);
      // Something must ask: watches end, and where lists are hit, the history is forgotten.
      if (match.verb === 'list') server.compact();
      server.endWatches();
      for (let round = 0; server.faults.log.length === seen; round++) {
        assert.ok(round < 600, `${kind} did not bite`);
        churn.some(3);
        await wait(20);
      }
      for (let round = 0; round < 5; round++) {
        churn.some(5);
        await wait(10);
      }
      server.faults.stop();
      await settles(faulty);
      if (typeof log === 'string') return;
      await watching.until(`the log tells of ${kind}`, 30_000, () =>
        watching.lines.slice(logged).some((line) => log.test(line)),
      );
    });
  }
});

test('list-expired: the pages of a list outlive its version', { timeout: 60_000 }, async () => {
  const cluster = generated.build({ now: new Date(), seed: 1, nodes: 8, pods: 1200 });
  const server = await ApiServer.start({ cluster });
  const churn = new Churn(server, new Random(1));
  server.faults.inject('list-expired', LIST);
  const watching = watchHost(await simulatedAccess(server), { timing: SHORT });
  // Between one page and the next something changes, or the old version would be the present one.
  const changes = setInterval(() => churn.some(5), 5);
  try {
    await watching.until('the list expired', 30_000, () => server.faults.log.length > 0);
    clearInterval(changes);
    await watching.complete();
    await settles({ server, watching });
    const { log } = EXPECTED['list-expired'];
    assert.ok(typeof log !== 'string' && watching.lines.some((line) => log.test(line)), watching.lines.join('\n'));
  } finally {
    clearInterval(changes);
    watching.end();
    await server.close();
  }
});
