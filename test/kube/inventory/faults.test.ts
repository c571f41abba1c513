/**
 * The inventory against each way in which a server misbehaves: in the end it holds what the server holds, object by object,
 * and what went wrong is in the log.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { faultKinds } from '../../apiserver/faults.js';
import { Random } from '../../apiserver/random.js';
import { ApiServer } from '../../apiserver/server.js';
import { simulatedAccess } from '../simulated.js';
import { watchHost } from '../watching.js';
import { Churn } from './churn.js';
import { EXPECTED, LIST, QUESTIONS, TRIED } from './expectedFaults.js';
import { clusterOf, type FaultyServer, provoke, settles, SHORT, startFaultyServer } from './faultyServer.js';

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
    for (const question of QUESTIONS) {
      if (EXPECTED[kind][question] === undefined) continue;
      test(`${kind}: ${question}`, { timeout: 60_000 }, () =>
        provoke(faulty, { kind, question, match: TRIED[question] }),
      );
    }
  }
});

test('list-expired: the pages of a list outlive its version', { timeout: 60_000 }, async () => {
  const server = await ApiServer.start({ cluster: clusterOf({ seed: 1, nodes: 8, pods: 1200 }) });
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
    const log = EXPECTED['list-expired'].list;
    assert.ok(log instanceof RegExp && watching.lines.some((line) => log.test(line)), watching.lines.join('\n'));
  } finally {
    clearInterval(changes);
    watching.end();
    await server.close();
  }
});
