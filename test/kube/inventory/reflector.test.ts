/** How little is asked again after something went wrong, what is seen meanwhile, and what is said of it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import type { Timing } from '../../../src/kube/timing.js';
import type { FaultMatch } from '../../apiserver/faults.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { simulatedAccess } from '../simulated.js';
import { type Watching, watchHost } from '../watching.js';
import { settles, SHORT } from './faultyServer.js';

const LIMIT_MS = 30_000;
const PAGED: FaultMatch = { verb: 'list', plural: 'pods', namespace: '' };

interface Read {
  readonly server: ApiServer;
  readonly watching: Watching;
  /** Lists of all pods that were begun so far; a question for the server's present version is none. */
  readonly lists: () => number;
  /** The state of the pods as it is said now. */
  readonly state: () => Promise<string | undefined>;
}

/** A host that reads a cluster of 1,200 pods in three pages. `prepare` is called before anything is asked. */
async function read(
  t: TestContext,
  prepare: (server: ApiServer) => void = () => undefined,
  user = 'admin',
  timing: Partial<Timing> = {},
): Promise<Read> {
  const cluster = generated.build({ now: new Date(), seed: 1, nodes: 8, pods: 1_200 });
  // Bookmarks come when a test sends them.
  const server = await ApiServer.start({ cluster, bookmarkSeconds: 1_000 });
  t.after(() => server.close());
  prepare(server);
  const { signal } = new AbortController();
  const watching = watchHost(await simulatedAccess(server, user), {
    timing: {
      ...SHORT,
      silenceMs: 60_000,
      watchSilenceMs: 60_000,
      quietWatchSilenceMs: 60_000,
      watchMs: 60_000,
      ...timing,
    },
  });
  t.after(() => watching.end());
  return {
    server,
    watching,
    lists: () => server.requests.filter(({ url }) => /^\/api\/v1\/pods\?limit=(?!1$)\d+$/.test(url)).length,
    state: async () => (await watching.host.request('overview', {}, signal)).kinds['pods']?.state,
  };
}

const podOf = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } });
const table = ({ watching }: Read) => {
  const pods = watching.host.network?.facts.pods;
  assert.ok(pods);
  return pods;
};
const isListed = (line: string): boolean => / debug pods: listed /.test(line);

/** Waits until the watch is open. */
async function watched(of: Read): Promise<void> {
  of.server.apply(podOf('before'));
  await of.watching.until('it is watched', LIMIT_MS, () => has(of, 'before'));
}
const has = (of: Read, name: string): boolean => table(of).rowOf('default', name) >= 0;

test('a page that fails is asked for again by itself, not the whole list', { timeout: 60_000 }, async (t) => {
  const of = await read(t, (server) => server.faults.inject('internal-error', { ...PAGED, after: 1 }));
  await of.watching.complete();
  assert.deepEqual([of.lists(), of.server.faults.log.length], [1, 1]);
  assert.equal(table(of).size, of.server.objects('pods').length);
});

test('a watch that breaks goes on where it was; nothing is listed again', { timeout: 60_000 }, async (t) => {
  const of = await read(t);
  await of.watching.complete();
  for (const kind of ['watch-reset', 'watch-error-event', 'watch-malformed-event'] as const) {
    of.server.faults.inject(kind, { verb: 'watch', plural: 'pods', namespace: '', afterEvents: 1 });
    of.server.endWatches();
    await of.watching.until(`${kind} bites`, LIMIT_MS, () => of.server.faults.log.at(-1)?.kind === kind);
    of.server.apply(podOf(`${kind}-one`));
    await of.watching.until('it is seen', LIMIT_MS, () => has(of, `${kind}-one`));
    // What was seen is forgotten: who asked for it again would have to list again.
    of.server.compact();
    for (const name of ['two', 'three']) of.server.apply(podOf(`${kind}-${name}`));
    await settles(of);
    assert.ok(has(of, `${kind}-three`));
  }
  assert.equal(of.lists(), 1);
});

test(
  'a bookmark moves the version on: what was forgotten before it need not be listed again',
  { timeout: 60_000 },
  async (t) => {
    const of = await read(t);
    await of.watching.complete();
    await watched(of);
    // Other kinds change, and pods do not.
    for (let index = 0; index < 5; index++)
      of.server.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `later-${index}` } });
    of.server.bookmark();
    of.server.endWatches();
    of.server.compact();
    of.server.apply(podOf('after'));
    await settles(of);
    assert.ok(has(of, 'after'));
    assert.equal(of.lists(), 1);
  },
);

test(
  'a version that is too old: the new list takes the place of the old one in one step',
  { timeout: 60_000 },
  async (t) => {
    const of = await read(t);
    await of.watching.complete();
    await watched(of);
    const { size } = table(of);
    // The first page of the new list is empty, and the second one takes a while.
    of.server.faults.inject('empty-page', { ...PAGED, after: 1 });
    of.server.faults.inject('unavailable', { ...PAGED, after: 1, times: 3 });
    // One comes and another one goes while nobody watches, and then that is forgotten.
    of.server.endWatches();
    of.server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'before' });
    of.server.apply(podOf('after'));
    of.server.compact();
    const shown = new Set<string>();
    const look = (): void => {
      const names = ['before', 'after'].filter((name) => has(of, name));
      shown.add(`${table(of).size} with ${names.join()}`);
    };
    await of.watching.until('it was listed again', LIMIT_MS, () => {
      look();
      return of.server.faults.log.length === 4 && of.watching.lines.filter(isListed).length === 2;
    });
    await settles(of);
    look();
    assert.deepEqual([...shown], [`${size} with before`, `${size} with after`], 'nothing in between was shown');
    assert.notEqual(await of.state(), 'listing');
  },
);

test('a version that is too old again and again is not asked for in a circle', { timeout: 60_000 }, async (t) => {
  // None of the watches stays open for so long that it counts as one that works.
  const of = await read(t, undefined, undefined, { settleMs: 600_000 });
  await of.watching.complete();
  await watched(of);
  // Each of them tells a change first, as if it worked, and ends with the next one.
  of.server.faults.inject('watch-expired', { verb: 'watch', plural: 'pods', namespace: '', afterEvents: 2, times: 6 });
  of.server.endWatches();
  const lines = (part: string): number => of.watching.lines.filter((line) => line.includes(part)).length;
  let count = 0;
  await of.watching.until('it was so six times', LIMIT_MS, () => {
    if (count === 0 || has(of, `more-${count}`)) of.server.apply(podOf(`more-${++count}`));
    return lines('pods: the version is too old') === 6;
  });
  await settles(of);
  assert.equal(lines('warn pods: failed'), 5, 'all but the first are followed by a pause');
});

test('the server says when to ask again', { timeout: 60_000 }, async (t) => {
  const of = await read(t, (server) => server.faults.inject('too-many-requests', PAGED));
  await of.watching.complete();
  const said = of.watching.lines.filter((line) => line.includes('warn pods: failed'));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /kind=tooManyRequests code=429 attempt=1 waitMs=1000$/);
  assert.ok(!of.watching.changes.some(({ kinds }) => kinds?.['pods']?.state === 'failing'), 'once is not told');
});

test('one failure is not told; what fails again is, and that it works again, too', { timeout: 60_000 }, async (t) => {
  const of = await read(t, (server) => server.faults.inject('internal-error', { ...PAGED, times: 6 }));
  await of.watching.until('it is said that it fails', LIMIT_MS, () =>
    of.watching.changes.some(({ kinds }) => kinds?.['pods']?.state === 'failing'),
  );
  const gap = of.watching.changes.flatMap(({ gaps = [] }) => gaps).find(({ resource }) => resource === 'pods');
  assert.ok(gap);
  await of.watching.until('it is said that it works', LIMIT_MS, () =>
    of.watching.changes.some(({ kinds }) => kinds?.['pods']?.state === 'ok'),
  );
  assert.ok(!of.watching.host.network?.facts.gaps.some(({ resource }) => resource === 'pods'));

  await watched(of);
  const since = of.watching.changes.length;
  of.server.faults.inject('watch-reset', { verb: 'watch', plural: 'pods', namespace: '' });
  of.server.endWatches();
  await of.watching.until('it bites', LIMIT_MS, () => of.server.faults.log.at(-1)?.kind === 'watch-reset');
  of.server.apply(podOf('after'));
  await of.watching.until('it is read', LIMIT_MS, () => has(of, 'after'));
  assert.ok(!of.watching.changes.slice(since).some(({ kinds }) => kinds?.['pods']?.state === 'failing'));
});

test('a passing "forbidden" takes nothing away, and one that stays does', { timeout: 60_000 }, async (t) => {
  const of = await read(t);
  await of.watching.complete();
  await watched(of);
  const { size } = table(of);
  const since = of.watching.changes.length;
  const told = () => of.watching.changes.slice(since);
  const states = () => told().flatMap(({ kinds }) => kinds?.['pods']?.state ?? []);
  // As a server does that has just started, and has not read its own rules yet.
  of.server.faults.inject('forbidden', { ...PAGED, times: 3 });
  of.server.endWatches();
  const doubts = (): number =>
    of.watching.lines.filter((line) => line.includes('pods: may not be read any more')).length;
  await of.watching.until('it is asked again each time', LIMIT_MS, () => doubts() === 3);
  of.server.apply(podOf('again'));
  await of.watching.until('it is over', LIMIT_MS, () => has(of, 'again'));
  // What was listed is not watched yet, and only a watch can end.
  of.server.apply(podOf('and-again'));
  await of.watching.until('it is watched again', LIMIT_MS, () => has(of, 'and-again'));
  assert.ok(!states().includes('forbidden'));
  assert.ok(told().every(({ podCount = size }) => podCount >= size));
  assert.equal(table(of).size, size + 2);
  const believed = (): boolean => of.watching.lines.some((line) => line.includes('info pods: may not be read reason='));
  assert.ok(!believed());
  of.server.faults.inject('forbidden', { ...PAGED, times: 1_000 });
  of.server.endWatches();
  await of.watching.until('it is believed', LIMIT_MS, believed);
});

test('what may be listed and not watched is listed now and then', { timeout: 60_000 }, async (t) => {
  const of = await read(
    t,
    (server) => {
      const user = server.access.user('viewer');
      assert.ok(user);
      server.access.setUser({ ...user, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
    },
    'viewer',
  );
  await of.watching.until(
    'the pods are read',
    LIMIT_MS,
    () => (of.watching.host.network?.facts.pods.size ?? 0) >= 1_200,
  );
  of.server.apply(podOf('later'));
  await of.watching.until('a change is read', LIMIT_MS, () => has(of, 'later'));
  assert.ok(of.lists() > 1);
  assert.ok(of.watching.lines.some((line) => line.includes('pods: may be listed and not watched')));
});
