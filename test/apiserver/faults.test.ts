/** Every way in which the simulated server misbehaves, as a client meets it; and that the truth is there for who asks again. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { generated } from '../scenarios/generated.js';
import { faultKinds, Faults, type FaultKind, type FaultMatch } from './faults.js';
import { isObject, listAt, numberAt, parseJson, textAt, type JsonObject } from './json.js';
import { ask, askJson, closed, jsonOf, linesOf, open, type Reply } from './plainClient.js';
import { ApiServer } from './server.js';

const PODS = '/api/v1/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const played = new Set<FaultKind>();
let server: ApiServer;

beforeEach(async () => {
  const cluster = generated.build({ now: new Date('2026-11-24T06:00:00Z'), seed: 1, nodes: 2, pods: 40 });
  server = await ApiServer.start({ cluster, seed: 11, bookmarkSeconds: 3600 });
});
afterEach(() => server.close());

function inject(kind: FaultKind, match: FaultMatch = {}): void {
  played.add(kind);
  server.faults.inject(kind, match);
}

function change(name: string, data: Record<string, string> = {}): void {
  server.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name }, data });
}

/** The fault bit exactly once, and the next request is answered. */
async function assertOver(kind: FaultKind): Promise<void> {
  assert.deepEqual(
    server.faults.log.map((record) => record.kind),
    [kind],
  );
  assert.equal((await ask(server, PODS)).status, 200);
}

describe('instead of an answer', () => {
  const cases: readonly (readonly [FaultKind, number, (reply: Reply) => void])[] = [
    ['too-many-requests', 429, (reply) => assert.equal(reply.headers['retry-after'], '1')],
    ['internal-error', 500, (reply) => assert.equal(jsonOf(reply)['reason'], 'InternalError')],
    ['bad-gateway', 502, (reply) => assert.equal(reply.headers['content-type'], 'text/html')],
    ['unavailable', 503, (reply) => assert.equal(jsonOf(reply)['reason'], 'ServiceUnavailable')],
    ['gateway-timeout', 504, (reply) => assert.equal(jsonOf(reply)['reason'], 'Timeout')],
    ['unauthorized', 401, (reply) => assert.equal(jsonOf(reply)['message'], 'Unauthorized')],
    ['forbidden', 403, (reply) => assert.match(textAt(jsonOf(reply), 'message') ?? '', /cannot list resource "pods"/)],
    ['kind-vanishes', 404, (reply) => assert.equal(jsonOf(reply)['reason'], 'NotFound')],
    ['wrong-content-type', 200, (reply) => assert.equal(reply.headers['content-type'], 'text/html')],
  ];
  for (const [kind, status, check] of cases) {
    test(kind, async () => {
      inject(kind);
      const reply = await ask(server, PODS);
      assert.equal(reply.status, status);
      check(reply);
      await assertOver(kind);
    });
  }

  test('connection-reset', async () => {
    inject('connection-reset');
    await assert.rejects(ask(server, PODS), { code: 'ECONNRESET' });
    await assertOver('connection-reset');
  });

  test('half-open', async () => {
    inject('half-open');
    const silent = assert.rejects(ask(server, PODS), { code: 'ECONNRESET' });
    while (server.faults.log.length === 0) await nextTurn();
    // Others are answered meanwhile; the silence ends with the connection only.
    await assertOver('half-open');
    server.restart();
    await silent;
  });
});

describe('lists', () => {
  test('list-expired', async () => {
    const first = await askJson(server, `${PODS}?limit=10`);
    inject('list-expired');
    const reply = await ask(server, `${PODS}?limit=10&continue=${textAt(first, 'metadata', 'continue') ?? ''}`);
    assert.equal(reply.status, 410);
    await assertOver('list-expired');
  });

  test('stale-list', async () => {
    const revision = server.revision;
    for (let index = 0; index < 30; index++) change('busy', { index: String(index) });
    inject('stale-list');
    const stale = Number(textAt(await askJson(server, MAPS), 'metadata', 'resourceVersion'));
    assert.ok(stale >= revision && stale < server.revision);
    // A watch from there tells what the list did not.
    const { bytes } = await ask(server, `${MAPS}?watch=1&resourceVersion=${stale}&timeoutSeconds=1`);
    assert.equal(linesOf(bytes).length, server.revision - stale);
    await assertOver('stale-list');
  });

  test('huge-page', async () => {
    inject('huge-page');
    assert.equal(listAt(await askJson(server, `${PODS}?limit=10`), 'items').length, 40);
    await assertOver('huge-page');
  });

  test('empty-page', async () => {
    inject('empty-page', { after: 1 });
    const first = await askJson(server, `${PODS}?limit=10`);
    const empty = await askJson(server, `${PODS}?limit=10&continue=${textAt(first, 'metadata', 'continue') ?? ''}`);
    assert.deepEqual(listAt(empty, 'items'), []);
    const next = textAt(empty, 'metadata', 'continue') ?? '';
    const rest = await askJson(server, `${PODS}?continue=${next}`);
    assert.equal(listAt(first, 'items').length + listAt(rest, 'items').length, 40);
    await assertOver('empty-page');
  });

  test('reset-mid-body', async () => {
    inject('reset-mid-body');
    const reply = await ask(server, PODS);
    assert.ok(!reply.complete && reply.bytes.length < Number(reply.headers['content-length']));
    await assertOver('reset-mid-body');
  });

  test('stall-mid-body', async () => {
    inject('stall-mid-body');
    const response = await open(server, PODS);
    let size = 0;
    response.on('data', (chunk: Buffer) => (size += chunk.length));
    await assertOver('stall-mid-body');
    response.destroy();
    assert.ok(size < Number(response.headers['content-length']));
  });

  test('truncated-body', async () => {
    inject('truncated-body');
    const reply = await ask(server, PODS);
    assert.ok(reply.complete);
    assert.ok('error' in parseJson(reply.bytes.toString('utf8')));
    await assertOver('truncated-body');
  });

  test('truncated-gzip', async () => {
    inject('truncated-gzip');
    // It waits for somebody who takes gzip.
    assert.equal((await ask(server, MAPS)).status, 200);
    assert.deepEqual(server.faults.log, []);
    const reply = await ask(server, MAPS, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(reply.headers['content-encoding'], 'gzip');
    assert.throws(() => gunzipSync(reply.bytes), /unexpected end of file/);
    await assertOver('truncated-gzip');
  });

  test('trickle', async () => {
    const whole = await ask(server, PODS);
    inject('trickle');
    const response = await open(server, PODS);
    let chunks = 0;
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      chunks++;
      size += chunk.length;
    });
    await closed(response);
    assert.equal(size, whole.bytes.length);
    assert.ok(chunks > 10);
    await assertOver('trickle');
  });
});

describe('watches', () => {
  /** What arrives of a watch while three changes happen and until it or the server ends it. */
  async function watched(): Promise<{ readonly bytes: Buffer; readonly complete: boolean; readonly chunks: number }> {
    const response = await open(server, `${MAPS}?watch=1&allowWatchBookmarks=true&resourceVersion=${server.revision}`);
    const parts: Buffer[] = [];
    response.on('data', (chunk: Buffer) => parts.push(chunk));
    const over = closed(response);
    for (const name of ['a', 'b', 'c']) change(name, { text: 'x'.repeat(500) });
    server.bookmark();
    server.endWatches();
    await over;
    return { bytes: Buffer.concat(parts), complete: response.complete, chunks: parts.length };
  }

  function namesOf(events: readonly JsonObject[]): string[] {
    return events.map((event) => textAt(event, 'object', 'metadata', 'name') ?? textAt(event, 'type') ?? '');
  }

  test('watch-closed-at-once', async () => {
    inject('watch-closed-at-once');
    const { bytes, complete } = await watched();
    assert.equal(bytes.length, 0);
    assert.ok(complete);
    await assertOver('watch-closed-at-once');
  });

  test('watch-expired', async () => {
    inject('watch-expired');
    const events = linesOf((await watched()).bytes);
    assert.deepEqual(
      events.map((event) => [textAt(event, 'type'), numberAt(event, 'object', 'code')]),
      [['ERROR', 410]],
    );
    await assertOver('watch-expired');
  });

  test('watch-refused', async () => {
    inject('watch-refused');
    const reply = await ask(server, `${MAPS}?watch=1&resourceVersion=${server.revision}`);
    assert.equal(reply.status, 410);
    assert.equal(jsonOf(reply)['reason'], 'Expired');
    await assertOver('watch-refused');
  });

  test('watch-ends-early', async () => {
    inject('watch-ends-early', { afterEvents: 1 });
    const { bytes, complete } = await watched();
    assert.deepEqual(namesOf(linesOf(bytes)), ['a']);
    assert.ok(complete);
    await assertOver('watch-ends-early');
  });

  test('watch-reset', async () => {
    inject('watch-reset', { afterEvents: 1 });
    const { bytes, complete } = await watched();
    const [first = '', half = ''] = bytes.toString('utf8').split('\n');
    assert.ok('value' in parseJson(first));
    assert.ok(half !== '' && 'error' in parseJson(half));
    assert.ok(!complete);
    await assertOver('watch-reset');
  });

  test('watch-error-event', async () => {
    inject('watch-error-event', { afterEvents: 1 });
    const events = linesOf((await watched()).bytes);
    assert.deepEqual(namesOf(events), ['a', 'ERROR']);
    assert.equal(numberAt(events[1], 'object', 'code'), 500);
    await assertOver('watch-error-event');
  });

  test('watch-duplicate-events', async () => {
    inject('watch-duplicate-events', { afterEvents: 1 });
    assert.deepEqual(namesOf(linesOf((await watched()).bytes)), ['a', 'b', 'b', 'c', 'c', 'BOOKMARK']);
    await assertOver('watch-duplicate-events');
  });

  test('watch-malformed-event', async () => {
    inject('watch-malformed-event', { afterEvents: 1 });
    const lines = (await watched()).bytes.toString('utf8').trim().split('\n');
    assert.deepEqual(
      lines.map((line) => 'value' in parseJson(line)),
      [true, false],
    );
    await assertOver('watch-malformed-event');
  });

  test('watch-goes-silent', async () => {
    inject('watch-goes-silent', { afterEvents: 2 });
    assert.deepEqual(namesOf(linesOf((await watched()).bytes)), ['a', 'b']);
    await assertOver('watch-goes-silent');
  });

  test('watch-split-events', async () => {
    inject('watch-split-events');
    const { bytes, chunks } = await watched();
    assert.deepEqual(namesOf(linesOf(bytes)), ['a', 'b', 'c', 'BOOKMARK']);
    assert.ok(chunks > 8, `${chunks} chunks`);
    await assertOver('watch-split-events');
  });
});

describe('questions about the server itself', () => {
  for (const [verb, path, other] of [
    ['version', '/version', '/apis/apps/v1'],
    ['discovery', '/apis/apps/v1', '/version'],
  ] as const) {
    test(verb, async () => {
      const bites: string[] = [];
      server.faults.onBite = ({ kind, subject }) => bites.push(`${kind} ${subject}`);
      inject('too-many-requests', { verb });
      assert.equal((await ask(server, other)).status, 200);
      assert.equal((await ask(server, path)).status, 429);
      assert.equal((await ask(server, path)).status, 200);
      assert.deepEqual(bites, [`too-many-requests ${path}`]);
      await assertOver('too-many-requests');
    });
  }
});

test('a fault of a watch bites with the event that it waits for, and not before', async () => {
  const bites: string[] = [];
  server.faults.onBite = ({ subject }) => bites.push(subject);
  inject('watch-ends-early', { afterEvents: 1 });
  const response = await open(server, `${MAPS}?watch=1&resourceVersion=${server.revision}`);
  response.resume();
  change('a');
  assert.deepEqual(bites, []);
  change('b');
  assert.deepEqual(bites, ['configmaps default']);
  await closed(response);
});

describe('the server itself', () => {
  test('compaction', async () => {
    const revision = server.revision;
    change('a');
    inject('compaction');
    const reply = await ask(server, `${MAPS}?watch=1&resourceVersion=${revision}`);
    assert.equal(numberAt(linesOf(reply.bytes)[0], 'object', 'code'), 410);
    await assertOver('compaction');
  });

  test('clock-jump', async () => {
    const before = Date.parse((await ask(server, PODS)).headers.date ?? '');
    inject('clock-jump');
    await ask(server, PODS);
    const after = Date.parse((await ask(server, PODS)).headers.date ?? '');
    assert.ok(Math.abs(after - before) > 5000, `${after - before} ms`);
    await assertOver('clock-jump');
  });

  for (const kind of ['restart', 'new-etcd'] as const) {
    test(kind, async () => {
      const watch = await open(server, `${MAPS}?watch=1&resourceVersion=${server.revision}`);
      watch.resume();
      const ended = closed(watch);
      const { revision } = server;
      const before = server.objects('pods').map(({ metadata }) => metadata.uid);
      inject(kind);
      await assert.rejects(ask(server, PODS), { code: 'ECONNRESET' });
      await ended;
      assert.equal(server.revision < revision, kind === 'new-etcd');
      assert.deepEqual(
        server.objects('pods').map(({ metadata }) => metadata.uid),
        before,
      );
      await assertOver(kind);
    });
  }

  test('port-closed', async () => {
    inject('port-closed');
    await assert.rejects(ask(server, PODS));
    await assert.rejects(ask(server, PODS), { code: 'ECONNREFUSED' });
    for (;;) {
      try {
        await assertOver('port-closed');
        return;
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED');
      }
    }
  });
});

test('every kind of fault is tried here', () => {
  assert.ok(faultKinds.length >= 20);
  assert.deepEqual([...played].sort(), [...faultKinds].sort());
});

describe('a schedule', () => {
  const request = {
    verb: 'list',
    plural: 'pods',
    namespace: '',
    subject: 'pods',
    continued: false,
    acceptsGzip: true,
  } as const;

  test('is the same for the same seed, and another for another', () => {
    const draw = (seed: number): (FaultKind | undefined)[] => {
      const faults = new Faults();
      faults.schedule(seed, { rate: 0.5 });
      return Array.from({ length: 200 }, () => faults.next(request)?.kind);
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    const hit = draw(1).filter((kind) => kind !== undefined).length;
    assert.ok(hit > 60 && hit < 180, `${hit} of 200`);
  });

  test('draws only what is asked for, as often as allowed, and logs it', () => {
    const faults = new Faults();
    faults.schedule(3, { rate: 1, kinds: ['trickle', 'watch-reset'], total: 5 });
    const drawn = Array.from({ length: 20 }, () => faults.next(request)?.kind);
    assert.deepEqual(drawn, [...Array<string>(5).fill('trickle'), ...Array<undefined>(15).fill(undefined)]);
    assert.equal(faults.log.length, 5);
    assert.equal(faults.log[0]?.origin, 'scheduled');
  });

  test('never hides the truth from a client that asks again', async () => {
    // Half-open and stalled answers need a client with patience of its own; they are tried above.
    const kinds = faultKinds.filter((kind) => !['half-open', 'stall-mid-body', 'port-closed'].includes(kind));
    server.faults.schedule(42, { rate: 0.5, kinds });
    for (let round = 0; round < 15; round++) {
      change(`round-${round}`);
      let items: JsonObject[] | undefined;
      while (items === undefined) items = await wholeList();
      assert.ok(items.length > 0);
    }
    server.faults.stop();
    assert.deepEqual(await wholeList(), withoutTypes(server.objects('pods')));
    assert.ok(server.faults.log.length > 15);
  });

  /** All pods in pages; undefined when anything went wrong on the way. */
  async function wholeList(): Promise<JsonObject[] | undefined> {
    const items: JsonObject[] = [];
    let next = '';
    do {
      let reply: Reply;
      try {
        reply = await ask(server, `${PODS}?limit=15&continue=${next}`);
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'ECONNRESET');
        return undefined;
      }
      const parsed = parseJson(reply.bytes.toString('utf8'));
      if (reply.status !== 200 || !('value' in parsed)) return undefined;
      items.push(...listAt(parsed.value, 'items').filter(isObject));
      next = textAt(parsed.value, 'metadata', 'continue') ?? '';
    } while (next !== '');
    return items;
  }

  function withoutTypes(objects: readonly JsonObject[]): JsonObject[] {
    return objects.map((object) =>
      Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'kind' && name !== 'apiVersion')),
    );
  }
});
