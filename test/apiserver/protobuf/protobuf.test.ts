/** The protobuf of the simulated server against the bytes of a real one, and there and back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../../fixtures.js';
import { scenarios } from '../../scenarios/index.js';
import type { JsonObject, KubeObject } from '../json.js';
import { splitApiVersion } from '../resources.js';
import { decodeMessage, decodeObject, splitList, unwrap, watchFrames } from './decode.js';
import { encodeMessage, envelope, listParts, unknownFields, watchFrame } from './encode.js';
import { messageOf, messages, type Message } from './schema.js';

interface Recorded {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: JsonObject;
  readonly protobuf: string;
}

const recorded = fixture('lab-protobuf.json') as readonly Recorded[];

function messageFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Message {
  const message = messageOf(splitApiVersion(apiVersion).group, kind);
  assert.ok(message !== undefined, `${apiVersion} ${kind} has a message`);
  return message;
}

describe('objects of a real server', () => {
  for (const entry of recorded) {
    const { name } = entry.object['metadata'] as { readonly name: string };
    const bytes = Buffer.from(entry.protobuf, 'base64');
    test(`${entry.kind} ${name} is written byte for byte as the real server wrote it`, () => {
      const message = messageFor(entry);
      assert.deepEqual(unknownFields(message, entry.object), []);
      assert.ok(encodeMessage(message, entry.object).equals(bytes));
    });
    test(`${entry.kind} ${name} says the same in both encodings`, () => {
      const message = messageFor(entry);
      const decoded = decodeMessage(message, bytes);
      // Zero values stand in protobuf or in JSON by different rules; written again they are equal.
      assert.ok(encodeMessage(message, decoded).equals(bytes));
      assert.deepEqual(withoutZeros(decoded), withoutZeros(entry.object));
    });
  }
});

/** A value without what means nothing: empty texts, zeros, false, null, empty objects and lists. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutZeros(item) ?? null);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .map(([key, item]) => [key, withoutZeros(item)] as const)
      .filter(([, item]) => item !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return value === '' || value === 0 || value === false || value === null ? undefined : value;
}

describe('envelopes', () => {
  const pod = recorded.find(({ kind }) => kind === 'Pod');
  assert.ok(pod !== undefined);
  const bytes = Buffer.from(pod.protobuf, 'base64');

  test('an object, a list and an event come out as they went in', () => {
    const object = envelope('v1', 'Pod', [bytes]);
    assert.deepEqual({ ...unwrap(object), raw: undefined }, { apiVersion: 'v1', kind: 'Pod', raw: undefined });
    assert.ok(unwrap(object).raw.equals(bytes));
    assert.equal(decodeObject(object)['kind'], 'Pod');

    const list = splitList(
      envelope(
        'v1',
        'PodList',
        listParts({ resourceVersion: '7', continue: 'x', remainingItemCount: 3 }, [bytes, bytes]),
      ),
    );
    assert.deepEqual(list.metadata, { resourceVersion: '7', continue: 'x', remainingItemCount: 3 });
    assert.equal(list.items.length, 2);
    assert.ok(list.items.every((item) => item.equals(bytes)));

    const stream = Buffer.concat([watchFrame('ADDED', object), watchFrame('DELETED', object)]);
    const { events, used } = watchFrames(stream);
    assert.equal(used, stream.length);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'DELETED'],
    );
    assert.ok(events.every((event) => event.object.equals(object)));
    assert.equal(watchFrames(stream.subarray(0, stream.length - 1)).events.length, 1);
  });

  test('bytes that are something else are refused', () => {
    assert.throws(() => unwrap(Buffer.from('{"kind":"Pod"}')), /do not start with k8s/);
    assert.throws(() => decodeObject(envelope('v1', 'Unheard', [])), /no schema/);
    assert.throws(() => decodeMessage(messageFor({ apiVersion: 'v1', kind: 'Pod' }), bytes.subarray(0, 90)), /cut off/);
  });
});

test('numbers of every size, negative ones too', () => {
  const message = messages.get('Toleration');
  assert.ok(message !== undefined);
  for (const tolerationSeconds of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 45 + 5, -1, -300]) {
    const decoded = decodeMessage(message, encodeMessage(message, { tolerationSeconds }));
    assert.deepEqual(decoded, { tolerationSeconds });
  }
});

test('messages that outgrow the writer', () => {
  const data = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`key-${index}`, `wert ${index} ✓`.repeat(20)]),
  );
  const message = messageFor({ apiVersion: 'v1', kind: 'ConfigMap' });
  assert.deepEqual(decodeMessage(message, encodeMessage(message, { data }))['data'], data);
});

test('no scenario uses a field that protobuf would lose', () => {
  for (const scenario of scenarios) {
    const spec = scenario.build({ now: new Date('2026-11-24T06:00:00Z'), seed: 3, nodes: 3, pods: 30 });
    const lazy = (spec.lazy ?? []).flatMap(({ objects }) => objects.map((source) => source.build()));
    const all: readonly KubeObject[] = [...spec.objects, ...lazy];
    for (const object of all) {
      const message = messageOf(splitApiVersion(object.apiVersion).group, object.kind);
      if (message !== undefined) {
        assert.deepEqual(
          unknownFields(message, object),
          [],
          `${scenario.name}: ${object.kind} ${object.metadata.name}`,
        );
      }
    }
  }
});
