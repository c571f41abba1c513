/** What the worker answers about live objects, asked of a whole host on the simulated server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { ObjectRef } from '../../src/core/network/place.js';
import { MAX_LIVE } from '../../src/kube/liveObjects.js';
import type { LiveObject } from '../../src/kube/session.js';
import type { KubeObject } from '../apiserver/json.js';
import { ApiServer } from '../apiserver/server.js';
import { generated } from '../scenarios/generated.js';
import { SHORT } from './inventory/faultyServer.js';
import { simulatedAccess } from './simulated.js';
import { type Watching, watchHost } from './watching.js';

const { signal } = new AbortController();

const configMap = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', managedFields: [{ manager: 'somebody' }] },
  data,
});
const refTo = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name });

describe('live objects', { timeout: 120_000 }, () => {
  let server: ApiServer;
  let watching: Watching;
  before(async () => {
    const cluster = generated.build({ now: new Date(), seed: 1, nodes: 2, pods: 10 });
    server = await ApiServer.start({ cluster, bookmarkSeconds: 0.2 });
    watching = watchHost(await simulatedAccess(server), { timing: SHORT });
    await watching.complete();
  });
  after(async () => {
    watching.end();
    await server.close();
  });

  const told = (since = 0): readonly LiveObject[] =>
    watching.changes.slice(since).flatMap(({ objects = [] }) => objects);
  const observe = (...refs: readonly ObjectRef[]) => watching.host.request('observe', { refs }, signal);

  test('locate: spans in the very text that is shown, also inside of JSON in a value', async () => {
    server.apply(configMap('net', { 'conf.json': '{\n  "Network": "10.1.0.0/16"\n}\n', plain: 'x' }));
    const ref = refTo('net');
    const { text } = await watching.host.request('objectText', { ref }, signal);
    assert.ok(!text.includes('managedFields'), text);
    const paths = [
      ['metadata', 'name'],
      ['data', 'plain'],
      ['data', 'conf.json', 'Network'],
      ['data', 'nowhere', 'at', 'all'],
      ['nowhere'],
    ];
    const { spans } = await watching.host.request('locate', { ref, paths }, signal);
    const lines = text.split('\n');
    assert.deepEqual(
      spans.map(({ line, start, end }) => lines[line]?.slice(start, end)),
      ['net', 'x', '"10.1.0.0/16"', 'data', 'net'],
    );
  });

  test('locate: what is not there, and Secrets, are errors', async () => {
    const locate = (ref: ObjectRef) => watching.host.request('locate', { ref, paths: [['metadata']] }, signal);
    await assert.rejects(locate(refTo('nowhere')), { name: 'KubeError', kind: 'notFound' });
    await assert.rejects(locate({ ...refTo('net'), kind: 'Nothing' }), { name: 'KubeError', kind: 'notFound' });
    const asked = server.requests.length;
    await assert.rejects(locate({ ...refTo('net'), kind: 'Secret' }), { name: 'KubeError', kind: 'forbidden' });
    assert.ok(!server.requests.slice(asked).some(({ url }) => url.includes('secrets')), 'it is not even asked for');
  });

  test('observe: at once, after each change, when it is gone and when it is back', async () => {
    const since = watching.changes.length;
    server.apply(configMap('live', { value: 'one' }));
    const ref = refTo('live');
    assert.deepEqual(await observe(ref), {});
    const says = (what: string): boolean => told(since).at(-1)?.text?.includes(what) === true;
    await watching.until('it is told', 20_000, () => says('value: one'));
    server.apply(configMap('live', { value: 'two' }));
    await watching.until('the change is told', 20_000, () => says('value: two'));
    // The same object again is no news.
    server.endWatches();
    server.compact();
    server.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'live' });
    await watching.until('that it is gone is told', 20_000, () => told(since).at(-1)?.text === undefined);
    server.apply(configMap('live', { value: 'three' }));
    await watching.until('that it is back is told', 20_000, () => says('value: three'));
    const texts = told(since).map(({ text }) => /value: (\w+)/.exec(text ?? '')?.[1]);
    assert.deepEqual(texts, ['one', 'two', undefined, 'three']);
    assert.ok(told(since).every((object) => JSON.stringify(object.ref) === JSON.stringify(ref)));
  });

  test('observe: what is not named any more is not followed, and what is still named is not asked for again', async () => {
    server.apply(configMap('first', { value: 'one' }));
    server.apply(configMap('second', { value: 'one' }));
    await observe(refTo('first'), refTo('second'));
    const of = (name: string): readonly LiveObject[] => told().filter(({ ref }) => ref.name === name);
    await watching.until('both are told', 20_000, () => of('first').length === 1 && of('second').length === 1);
    await observe(refTo('second'));
    server.apply(configMap('first', { value: 'two' }));
    server.apply(configMap('second', { value: 'two' }));
    await watching.until('the one that is left is followed', 20_000, () => of('second').length === 2);
    assert.equal(of('first').length, 1);
    const lists = server.requests.filter(({ url }) => url.includes('metadata.name%3Dsecond') && url.includes('limit='));
    assert.equal(lists.length, 1);
    await observe();
  });

  test('observe: neither Secrets nor more than anybody looks at', async () => {
    server.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'secret', namespace: 'default' }, data: {} });
    const names = Array.from({ length: MAX_LIVE + 5 }, (_, index) => `many-${index}`);
    for (const name of names) server.apply(configMap(name, { value: name }));
    await observe({ ...refTo('secret'), kind: 'Secret' }, ...names.map(refTo));
    const manyTold = (): ReadonlySet<string> => new Set(told().map(({ ref }) => ref.name));
    await watching.until('the first ones are told', 20_000, () => manyTold().has(`many-${MAX_LIVE - 2}`));
    // One more that is named now is the proof that those before were passed over, not late.
    await observe(refTo('net'));
    await watching.until('another one is told', 20_000, () => manyTold().has('net'));
    assert.ok(!manyTold().has(`many-${MAX_LIVE}`) && !manyTold().has('secret'));
    assert.ok(!server.requests.some(({ url }) => url.includes('/secrets')));
  });
});
