/** Lists and watches of the simulated server, byte by byte, as the API prescribes them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { generated } from '../scenarios/generated.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { at, listAt, numberAt, textAt, type JsonObject } from './json.js';
import { ask, askJson, jsonOf, linesOf, open, watchJson } from './plainClient.js';
import { decodeObject, splitList, watchFrames } from './protobuf/decode.js';
import { ApiServer } from './server.js';

const build = { now: new Date('2026-11-24T06:00:00Z'), seed: 1, nodes: 5, pods: 100 };
const PROTOBUF = { accept: 'application/vnd.kubernetes.protobuf' };

function configMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name, labels }, data };
}

function namesOf(list: JsonObject): string[] {
  return listAt(list, 'items').map((item) => textAt(item, 'metadata', 'name') ?? '');
}

function eventsOf(events: readonly JsonObject[]): string[] {
  return events.map((event) => `${textAt(event, 'type') ?? ''} ${textAt(event, 'object', 'metadata', 'name') ?? ''}`);
}

describe('lists', () => {
  let server: ApiServer;
  before(async () => {
    server = await ApiServer.start({ cluster: generated.build(build), seed: 7 });
  });
  after(() => server.close());

  test('are ordered by namespace and name, and their items carry no kind', async () => {
    const list = await askJson(server, '/api/v1/pods');
    const keys = listAt(list, 'items').map(
      (item) => `${textAt(item, 'metadata', 'namespace') ?? ''}/${textAt(item, 'metadata', 'name') ?? ''}`,
    );
    assert.equal(keys.length, 100);
    assert.deepEqual(keys, [...keys].sort());
    assert.equal(list['kind'], 'PodList');
    assert.equal(at(listAt(list, 'items')[0], 'kind'), undefined);
    assert.equal(textAt(list, 'metadata', 'resourceVersion'), String(server.revision));
  });

  test('in pages show one state, whatever happens meanwhile', async () => {
    for (let index = 0; index < 9; index++) server.apply(configMap(`paged-${index}`));
    const path = '/api/v1/namespaces/default/configmaps';
    const before = namesOf(await askJson(server, path));
    const seen: string[] = [];
    let next = '';
    let revision: string | undefined;
    for (let page = 0; ; page++) {
      const list = await askJson(server, `${path}?limit=2&continue=${next}`);
      seen.push(...namesOf(list));
      revision ??= textAt(list, 'metadata', 'resourceVersion');
      assert.equal(textAt(list, 'metadata', 'resourceVersion'), revision);
      assert.equal(numberAt(list, 'metadata', 'remainingItemCount') ?? 0, before.length - seen.length);
      server.apply(configMap(`zz-${page}`));
      server.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: before.at(-1 - page) ?? '' });
      next = textAt(list, 'metadata', 'continue') ?? '';
      if (next === '') break;
    }
    assert.deepEqual(seen, before);
  });

  test('go on inconsistently after a compaction, with the token of the refusal', async () => {
    const first = await askJson(server, '/api/v1/pods?limit=60');
    server.apply(configMap('after-the-first-page'));
    server.compact();
    const expired = await ask(server, `/api/v1/pods?limit=60&continue=${textAt(first, 'metadata', 'continue') ?? ''}`);
    assert.equal(expired.status, 410);
    const failure = jsonOf(expired);
    assert.equal(failure['reason'], 'Expired');
    const rest = await askJson(server, `/api/v1/pods?continue=${textAt(failure, 'metadata', 'continue') ?? ''}`);
    const whole = await askJson(server, '/api/v1/pods');
    assert.deepEqual([...namesOf(first), ...namesOf(rest)], namesOf(whole));
  });

  test('of one namespace are the same as those of all, cut', async () => {
    const whole = await askJson(server, '/api/v1/pods');
    for (const namespace of ['kube-system', 'shop-0', 'nowhere']) {
      const list = await askJson(server, `/api/v1/namespaces/${namespace}/pods`);
      const expected = listAt(whole, 'items').filter((item) => textAt(item, 'metadata', 'namespace') === namespace);
      assert.deepEqual(listAt(list, 'items'), expected);
    }
  });

  test('obey selectors, and pages of them', async () => {
    const query = 'fieldSelector=spec.nodeName%3Dnode-2';
    const list = await askJson(server, `/api/v1/pods?${query}`);
    assert.equal(namesOf(list).length, 20);
    const page = await askJson(server, `/api/v1/pods?${query}&limit=15`);
    assert.equal(namesOf(page).length, 15);
    assert.equal(numberAt(page, 'metadata', 'remainingItemCount'), undefined);
    const rest = await askJson(server, `/api/v1/pods?${query}&continue=${textAt(page, 'metadata', 'continue') ?? ''}`);
    assert.deepEqual([...namesOf(page), ...namesOf(rest)], namesOf(list));
  });

  test('read old revisions exactly, and none of the future', async () => {
    const revision = server.revision;
    const old = await askJson(server, '/api/v1/configmaps');
    server.apply(configMap('later'));
    server.apply(configMap('later', { changed: 'yes' }));
    const exact = await askJson(server, `/api/v1/configmaps?resourceVersion=${revision}&resourceVersionMatch=Exact`);
    assert.deepEqual(namesOf(exact), namesOf(old));
    assert.equal(textAt(exact, 'metadata', 'resourceVersion'), String(revision));
    const newer = await askJson(server, `/api/v1/configmaps?resourceVersion=${revision}`);
    assert.ok(namesOf(newer).includes('later'));
    const future = await ask(server, '/api/v1/configmaps?resourceVersion=99999999');
    assert.equal(future.status, 504);
    assert.equal(future.headers['retry-after'], '1');
    assert.equal((await ask(server, '/api/v1/configmaps?resourceVersion=abc')).status, 400);
    assert.equal((await ask(server, '/api/v1/configmaps?limit=x')).status, 400);
    assert.equal((await ask(server, '/api/v1/configmaps?continue=nonsense')).status, 400);
  });

  test('of resourceVersion 0 know no pages, as the watch cache', async () => {
    assert.equal(namesOf(await askJson(server, '/api/v1/pods?limit=1&resourceVersion=0')).length, 100);
  });

  test('in protobuf say the same as in JSON', async () => {
    for (const path of ['/api/v1/pods?limit=40', '/api/v1/nodes', '/apis/discovery.k8s.io/v1/endpointslices']) {
      const json = await askJson(server, path);
      const reply = await ask(server, path, { headers: PROTOBUF });
      assert.equal(reply.headers['content-type'], 'application/vnd.kubernetes.protobuf');
      const list = splitList(reply.bytes);
      assert.equal(list.metadata['resourceVersion'], textAt(json, 'metadata', 'resourceVersion'));
      assert.equal(list.metadata['continue'], textAt(json, 'metadata', 'continue'));
      assert.equal(list.items.length, listAt(json, 'items').length);
    }
  });

  test('are compressed when they are big and the client takes it', async () => {
    const gzip = { headers: { 'accept-encoding': 'gzip' } };
    const big = await ask(server, '/api/v1/pods', gzip);
    assert.equal(big.headers['content-encoding'], 'gzip');
    assert.ok(gunzipSync(big.bytes).equals((await ask(server, '/api/v1/pods')).bytes));
    assert.ok((await ask(server, '/api/v1/pods', gzip)).bytes.equals(big.bytes));
    assert.equal((await ask(server, '/api/v1/namespaces', gzip)).headers['content-encoding'], undefined);
  });

  test('show metadata alone when that is asked for', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const list = await askJson(server, '/api/v1/nodes', { headers: { accept } });
    assert.equal(list['kind'], 'PartialObjectMetadataList');
    assert.deepEqual(Object.keys(listAt(list, 'items')[0] ?? {}).sort(), ['apiVersion', 'kind', 'metadata']);
  });

  test('in no form that the client takes are refused', async () => {
    assert.equal((await ask(server, '/api/v1/pods', { headers: { accept: 'text/html' } })).status, 406);
  });
});

describe('watches', () => {
  let server: ApiServer;
  before(async () => {
    server = await ApiServer.start({ cluster: lectureFixed.build(build), seed: 7, bookmarkSeconds: 3600 });
  });
  after(() => server.close());
  const path = '/api/v1/namespaces/default/configmaps?watch=1';

  test('tell everything after a revision, in order', async () => {
    const revision = server.revision;
    server.apply(configMap('a'));
    server.apply(configMap('a', { x: '1' }));
    server.apply(configMap('b'));
    server.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' });
    const events = await watchJson(server, `${path}&resourceVersion=${revision}&timeoutSeconds=1`);
    assert.deepEqual(eventsOf(events), ['ADDED a', 'MODIFIED a', 'ADDED b', 'DELETED a']);
    const revisions = events.map((event) => Number(textAt(event, 'object', 'metadata', 'resourceVersion')));
    assert.deepEqual(
      revisions,
      [1, 2, 3, 4].map((step) => revision + step),
    );
    assert.equal(at(events[0], 'object', 'kind'), 'ConfigMap');
    assert.equal(textAt(events[3], 'object', 'data', 'x'), '1');
  });

  test('begin with the present when they name no revision', async () => {
    for (const query of ['', '&resourceVersion=0']) {
      assert.deepEqual(eventsOf(await watchJson(server, `${path}${query}&timeoutSeconds=1`)), ['ADDED b']);
    }
  });

  test('with sendInitialEvents mark the end of the present', async () => {
    const events = await watchJson(
      server,
      `${path}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1`,
    );
    assert.deepEqual(eventsOf(events), ['ADDED b', 'BOOKMARK ']);
    assert.deepEqual(at(events[1], 'object', 'metadata', 'annotations'), { 'k8s.io/initial-events-end': 'true' });
    assert.equal(textAt(events[1], 'object', 'metadata', 'resourceVersion'), String(server.revision));
  });

  test('get bookmarks only when they ask for them', async () => {
    const asking = await open(server, `${path}&resourceVersion=${server.revision}&allowWatchBookmarks=true`);
    const silent = await open(server, `${path}&resourceVersion=${server.revision}`);
    server.bookmark();
    server.endWatches();
    const read = async (response: typeof asking): Promise<string[]> => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(response, 'end');
      return eventsOf(linesOf(Buffer.concat(chunks)));
    };
    assert.deepEqual(await Promise.all([read(asking), read(silent)]), [['BOOKMARK '], []]);
  });

  test('see objects enter and leave their selection', async () => {
    const revision = server.revision;
    server.apply(configMap('c', {}, { app: 'x' }));
    server.apply(configMap('c', { step: '2' }, { app: 'x' }));
    server.apply(configMap('c', { step: '3' }, { app: 'y' }));
    server.apply(configMap('c', { step: '4' }, { app: 'x' }));
    const events = await watchJson(
      server,
      `${path}&resourceVersion=${revision}&labelSelector=app%3Dx&timeoutSeconds=1`,
    );
    assert.deepEqual(eventsOf(events), ['ADDED c', 'MODIFIED c', 'DELETED c', 'ADDED c']);
  });

  test('too old end with 410 in an event', async () => {
    const revision = server.revision;
    server.apply(configMap('d'));
    server.compact();
    const [event, ...more] = await watchJson(server, `${path}&resourceVersion=${revision}`);
    assert.equal(event?.['type'], 'ERROR');
    assert.equal(numberAt(event, 'object', 'code'), 410);
    assert.equal(textAt(event, 'object', 'reason'), 'Expired');
    assert.deepEqual(more, []);
  });

  test('from the future wait in silence until it is there, as the real server', async () => {
    const response = await open(server, `${path}&resourceVersion=${server.revision + 2}&allowWatchBookmarks=true`);
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    server.bookmark();
    server.apply(configMap('e'));
    server.apply(configMap('e', { step: '2' }));
    server.apply(configMap('e', { step: '3' }));
    server.endWatches();
    await once(response, 'end');
    assert.deepEqual(eventsOf(linesOf(Buffer.concat(chunks))), ['MODIFIED e']);
  });

  test('in protobuf come in frames', async () => {
    const revision = server.revision;
    server.apply(configMap('f', { key: 'value' }));
    const { bytes, headers } = await ask(
      server,
      `${path}&resourceVersion=${revision}&timeoutSeconds=1&allowWatchBookmarks=true&sendInitialEvents=false`,
      { headers: PROTOBUF },
    );
    assert.equal(headers['content-type'], 'application/vnd.kubernetes.protobuf;stream=watch');
    const { events, used } = watchFrames(bytes);
    assert.equal(used, bytes.length);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED'],
    );
    assert.deepEqual(decodeObject(events[0]?.object ?? Buffer.alloc(0))['data'], { key: 'value' });
  });

  test('as tables tell their columns once', async () => {
    const { bytes } = await ask(server, `${path}&timeoutSeconds=1`, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    const events = linesOf(bytes);
    assert.ok(events.length > 1);
    assert.deepEqual(
      events.map((event) => at(event, 'object', 'columnDefinitions') !== null),
      events.map((_, index) => index === 0),
    );
  });
});
