/** Nothing visible: watches stop, nothing is asked, and what changed meanwhile is there once something is visible again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Random } from '../../apiserver/random.js';
import { ApiServer } from '../../apiserver/server.js';
import { differences, simulatedAccess } from '../simulated.js';
import { watchHost } from '../watching.js';
import { Churn } from './churn.js';
import { clusterOf, settles, SHORT } from './faultyServer.js';

const LIMIT_MS = 30_000;

for (const forgets of [false, true])
  test(
    `what changes while nothing is visible is seen afterwards${forgets ? ', also when the server has forgotten how it came about' : ''}`,
    { timeout: 60_000 },
    async (t) => {
      const cluster = clusterOf({ seed: 3, nodes: 4, pods: 100 });
      const server = await ApiServer.start({ cluster, bookmarkSeconds: 0.2 });
      t.after(() => server.close());
      const churn = new Churn(server, new Random(3));
      const watching = watchHost(await simulatedAccess(server), { timing: { ...SHORT, pauseAfterMs: 20 } });
      t.after(() => watching.end());
      // Another one who goes on: what it asked meanwhile tells how much the first would have asked.
      const other = watchHost(await simulatedAccess(server, 'token'), { timing: SHORT });
      t.after(() => other.end());
      await Promise.all([watching.complete(), other.complete()]);
      await settles({ server, watching });
      const askedBy = (user: string): number => server.requests.filter((request) => request.user === user).length;
      const otherAsks = async (times: number): Promise<void> => {
        const before = askedBy('token');
        await other.until(`it asks ${times} times`, LIMIT_MS, () => {
          // Its watches end, so that it asks again; and those that the first one might have opened would end, and count.
          server.endWatches();
          return askedBy('token') >= before + times;
        });
      };

      watching.host.setVisible(false);
      await watching.until('watches stop', LIMIT_MS, () =>
        watching.lines.some((line) => line.includes('nothing visible: watches stopped')),
      );
      churn.some(20);
      await settles({ server, watching: other });
      const isMissed = (): boolean => {
        const facts = watching.host.network?.facts;
        return facts !== undefined && differences(facts, server).length > 0;
      };
      assert.ok(isMissed(), 'it is told to the other one, and not here');
      // What was under way in that moment is answered by then.
      await otherAsks(20);
      const asked = askedBy('admin');
      churn.some(100);
      if (forgets) server.compact();
      await otherAsks(60);
      await settles({ server, watching: other });
      assert.equal(askedBy('admin'), asked, 'nothing was asked');
      assert.ok(isMissed(), 'nothing was read');
      assert.equal(watching.host.state.phase, 'connected');

      watching.host.setVisible(true);
      await settles({ server, watching });
      assert.ok(askedBy('admin') > asked);
    },
  );

test('who is visible again in time goes on without a break', { timeout: 60_000 }, async (t) => {
  const cluster = clusterOf({ seed: 3, nodes: 2, pods: 20 });
  const server = await ApiServer.start({ cluster, bookmarkSeconds: 0.2 });
  t.after(() => server.close());
  const watching = watchHost(await simulatedAccess(server), { timing: { ...SHORT, pauseAfterMs: 60_000 } });
  t.after(() => watching.end());
  await watching.complete();
  watching.host.setVisible(false);
  new Churn(server, new Random(3)).some(20);
  await settles({ server, watching });
  watching.host.setVisible(true);
  assert.ok(!watching.lines.some((line) => line.includes('watches stopped')));
});
