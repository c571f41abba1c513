/** The reduced protobuf decoder: it makes the same facts as the JSON of the same objects, and nothing malformed gets through. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';

import {
  namespaceFacts,
  nodeFacts,
  podFacts,
  serviceFacts,
  systemPodFacts,
} from '../../../src/core/network/fromObjects.js';
import { endpointSliceFacts } from '../../../src/core/network/endpointSlice.js';
import { at, listOf, textOf } from '../../../src/core/network/json.js';
import { Answer } from '../../../src/kube/answer.js';
import { KubeError } from '../../../src/kube/errors.js';
import type { Codec, WatchMessage } from '../../../src/kube/inventory/codec.js';
import {
  endpointSliceCodec,
  framesOf,
  namespaceCodec,
  nodeCodec,
  podCodec,
  serviceCodec,
  systemPodCodec,
} from '../../../src/kube/protobuf/codec.js';
import { statusOf } from '../../../src/kube/status.js';
import { isObject, type Json, type JsonObject } from '../../apiserver/json.js';
import { encodeMessage, envelope, listParts, watchFrame } from '../../apiserver/protobuf/encode.js';
import { messages } from '../../apiserver/protobuf/schema.js';
import { scenarios } from '../../scenarios/index.js';
import { fixture } from '../../fixtures.js';

const TYPE = 'application/vnd.kubernetes.protobuf';

const KINDS = {
  Pod: { codec: podCodec, facts: podFacts },
  Node: { codec: nodeCodec, facts: (object: unknown) => entry(object, nodeFacts) },
  Service: { codec: serviceCodec, facts: (object: unknown) => entry(object, serviceFacts) },
  EndpointSlice: { codec: endpointSliceCodec, facts: (object: unknown) => entry(object, endpointSliceFacts) },
  Namespace: { codec: namespaceCodec, facts: (object: unknown) => entry(object, namespaceFacts) },
} as const;
type Kind = keyof typeof KINDS;
const isKind = (kind: unknown): kind is Kind => typeof kind === 'string' && Object.hasOwn(KINDS, kind);

const entry = (object: unknown, facts: (object: unknown) => unknown): object => ({
  namespace: at(object, 'metadata', 'namespace') ?? '',
  name: at(object, 'metadata', 'name'),
  value: facts(object),
});

/** Real objects, and those of every scenario, with everything that a client could meet. */
function* objects(): Generator<JsonObject> {
  for (const name of ['lab-flannel-vxlan.json', 'lab-uncoordinated.json'])
    for (const item of listOf(at(fixture(name), 'items'))) if (isObject(item as Json)) yield item as JsonObject;
  for (const scenario of scenarios) {
    const { objects: some } = scenario.build({ now: new Date('2026-01-02T03:04:05Z'), seed: 1, nodes: 3, pods: 40 });
    yield* some;
  }
}

function encoded(object: JsonObject): Buffer {
  const message = messages.get(textOf(object['kind']));
  assert.ok(message, `the simulated server has no protobuf of ${textOf(object['kind'])}`);
  return encodeMessage(message, object);
}
const listOfBytes = (kind: string, items: readonly Buffer[], metadata: JsonObject): Buffer =>
  envelope('v1', `${kind}List`, listParts(metadata, items));

/** In pieces of that many bytes: an answer comes in several, cut anywhere. */
function answer(body: Buffer, pieceLength = body.length): Answer {
  const pieces: Buffer[] = [];
  for (let start = 0; start < body.length; start += pieceLength) pieces.push(body.subarray(start, start + pieceLength));
  return new Answer(TYPE, pieces, body.length);
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (let index = 0; start < bytes.length; index++) {
    const end = start + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
    await Promise.resolve();
  }
}

async function messagesOf<T>(codec: Codec<T>, body: AsyncIterable<Buffer>): Promise<WatchMessage<T>[]> {
  const found: WatchMessage<T>[] = [];
  for await (const some of codec.messages({ contentType: `${TYPE};stream=watch`, body })) found.push(...some);
  return found;
}

test('facts from protobuf are those from JSON, of every object of the fixtures and scenarios', () => {
  const seen = new Map<string, number>();
  for (const object of objects()) {
    const kind = object['kind'];
    if (!isKind(kind)) continue;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const { codec, facts } = KINDS[kind];
    const page = codec.page(answer(listOfBytes(kind, [encoded(object)], { resourceVersion: '7', continue: 'next' })));
    assert.equal(page.resourceVersion, '7');
    assert.equal(page.continue, 'next');
    assert.deepEqual([...page.items()], [facts(object)]);
  }
  for (const kind of Object.keys(KINDS)) assert.ok((seen.get(kind) ?? 0) > 2, `no ${kind} was tried`);
});

test('of a real server, too', () => {
  const recorded = fixture('lab-protobuf.json') as readonly { kind: string; object: JsonObject; protobuf: string }[];
  const seen = new Set<string>();
  for (const { kind, object, protobuf } of recorded) {
    if (!isKind(kind)) continue;
    seen.add(kind);
    const { codec, facts } = KINDS[kind];
    const bytes = listOfBytes(kind, [Buffer.from(protobuf, 'base64')], { resourceVersion: '7' });
    assert.deepEqual([...codec.page(answer(bytes)).items()], [facts(object)]);
  }
  assert.deepEqual([...seen].sort(), Object.keys(KINDS).sort());
});

test('so are those of pods that are read in detail; what many of them have is one object', () => {
  const pods = [...objects()].filter(({ kind }) => kind === 'Pod');
  const bytes = listOfBytes('Pod', pods.map(encoded), { resourceVersion: '7' });
  const read = [...systemPodCodec.page(answer(bytes)).items()];
  assert.deepEqual(
    read,
    pods.map((pod) => entry(pod, systemPodFacts)),
  );
  const distinct = new Set(read.map(({ value }) => value.containers));
  assert.ok(distinct.size < read.length / 2, `${distinct.size} of ${read.length}`);
  assert.equal(distinct.size, new Set(read.map(({ value }) => JSON.stringify(value.containers))).size);
});

test('a list says the same in whatever pieces it came', () => {
  const pods = [...objects()].filter(({ kind }) => kind === 'Pod').slice(0, 12);
  const bytes = listOfBytes('Pod', pods.map(encoded), { resourceVersion: '7', continue: 'next' });
  const whole = [...podCodec.page(answer(bytes)).items()];
  assert.equal(whole.length, pods.length);
  const lengths = [1, 2, 3, 5, 7, 64, 1000, 4096, bytes.length - 5];
  for (const length of lengths) {
    const page = podCodec.page(answer(bytes, length));
    assert.deepEqual([page.resourceVersion, page.continue], ['7', 'next'], `pieces of ${length}`);
    assert.deepEqual([...page.items()], whole, `pieces of ${length}`);
    assert.deepEqual([...page.items()], whole, `pieces of ${length}, read once more`);
    // A beginning of it is an error, and no shorter list. (The envelope's last two fields are four bytes, and empty.)
    const cut = answer(bytes.subarray(0, bytes.length - 4 - length), length);
    assert.throws(() => podCodec.page(cut), { name: 'KubeError', kind: 'protocol' });
  }
});

test('a text that is cut off is an error, not a shorter text', () => {
  const whole = encoded({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop' } });
  for (let length = 1; length < whole.length; length++) {
    // The list is whole, the item in it is not: what it says it holds goes on behind its end.
    const list = listOfBytes('Pod', [whole.subarray(0, length)], { resourceVersion: '7' });
    const names = (): unknown => [...podCodec.page(answer(list)).items()].map(({ name }) => name);
    let read: unknown;
    try {
      read = names();
    } catch (error) {
      assert.ok(error instanceof KubeError && error.kind === 'protocol', String(error));
      continue;
    }
    // Cut between two fields it is a pod that says less.
    assert.ok(isDeepStrictEqual(read, []) || isDeepStrictEqual(read, ['web-1']), `${length}: ${JSON.stringify(read)}`);
  }
});

test('an item that reaches into the next one is an error, however the list is cut', () => {
  const status = (length: number): Buffer => Buffer.from([0x1a, length, 0x0a, 0x07, ...Buffer.from('Running')]);
  const name = Buffer.from([0x0a, 0x05, 0x0a, 0x03, ...Buffer.from('web')]);
  const list = (length: number): Buffer => {
    const items = [Buffer.concat([name, status(length)]), Buffer.concat([name, status(9)])];
    return listOfBytes('Pod', items, { resourceVersion: '7' });
  };
  assert.equal([...podCodec.page(answer(list(9))).items()].length, 2);
  for (const length of [1, 8, 10, 12, 20, 127]) {
    for (const pieceLength of [list(length).length, 7, 1])
      assert.throws(() => [...podCodec.page(answer(list(length), pieceLength)).items()], {
        name: 'KubeError',
        kind: 'protocol',
      });
  }
});

test('groups, which Kubernetes never writes, do not make a list be read again for each of its items', () => {
  const list = listOfBytes('Pod', Array<Buffer>(100_000).fill(Buffer.from([0x0b])), { resourceVersion: '7' });
  assert.throws(() => [...podCodec.page(answer(list)).items()], { name: 'KubeError', kind: 'protocol' });
});

test('texts that are remembered are not taken for texts of other bytes', () => {
  const namespaceOf = (bytes: Buffer): string | undefined => {
    const metadata = Buffer.concat([Buffer.from([0x0a, 0x01, 0x61, 0x1a, bytes.length]), bytes]);
    const item = Buffer.concat([Buffer.from([0x0a, metadata.length]), metadata]);
    return [...podCodec.page(answer(listOfBytes('Pod', [item], { resourceVersion: '7' }))).items()][0]?.namespace;
  };
  // The second one's characters are the first one's bytes: one text of the cache could stand for both.
  const texts = ['é', 'Ã©', 'shop', 'shöp', 'sh\u{1f600}p', 'shop'];
  for (const text of [...texts, ...texts, ...texts.reverse()]) assert.equal(namespaceOf(Buffer.from(text)), text);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), (text) => {
      const bytes = Buffer.from(text);
      // Half of a pair is no UTF-8.
      const whole = bytes.toString('utf8');
      assert.equal(namespaceOf(bytes), whole);
      assert.equal(namespaceOf(Buffer.from(bytes.toString('latin1'))), bytes.toString('latin1'));
    }),
  );
});

test('what a pod may have and most have not', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      uid: '01234567-89ab-cdef-0123-456789abcdef',
      resourceVersion: '9',
      deletionTimestamp: '2026-01-02T03:04:05Z',
      annotations: { 'ovn.kubernetes.io/vpc': 'vpc-1' },
    },
    spec: { nodeName: 'node-1', hostNetwork: true },
    status: { phase: 'Failed', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: '2001:db8::1' }] },
  };
  const [pod] = [...podCodec.page(answer(listOfBytes('Pod', [encoded(object)], { resourceVersion: '9' }))).items()];
  assert.deepEqual(pod, podFacts(object));
  assert.deepEqual(pod, {
    namespace: 'shop',
    name: 'web-1',
    uid: '01234567-89ab-cdef-0123-456789abcdef',
    node: 'node-1',
    phase: 'Failed',
    hostNetwork: true,
    ips: ['10.0.0.1', '2001:db8::1'],
    ready: false,
    terminating: true,
    network: 'vpc-1',
  });
});

const watched = (): { frames: Buffer; expected: string[] } => {
  const frames: Buffer[] = [];
  const expected: string[] = [];
  let version = 100;
  for (const object of objects()) {
    if (object['kind'] !== 'Pod') continue;
    version++;
    const metadata = isObject(object['metadata']) ? object['metadata'] : {};
    const bytes = encoded({ ...object, metadata: { ...metadata, resourceVersion: String(version) } });
    const type = (['ADDED', 'MODIFIED', 'DELETED'] as const)[version % 3] ?? 'ADDED';
    frames.push(watchFrame(type, envelope('v1', 'Pod', [bytes])));
    expected.push(`${type === 'DELETED' ? 'remove' : 'put'} ${textOf(metadata['name'])} ${version}`);
    if (version === 140) break;
  }
  const bookmark = encoded({ kind: 'Pod', metadata: { resourceVersion: '999' } });
  frames.push(watchFrame('BOOKMARK', envelope('v1', 'Pod', [bookmark])));
  expected.push('bookmark 999');
  return { frames: Buffer.concat(frames), expected };
};
const told = (message: WatchMessage<{ readonly name: string }>): string => {
  switch (message.type) {
    case 'put':
    case 'remove':
      return `${message.type} ${message.item.name} ${message.resourceVersion}`;
    case 'error':
      return `error ${message.error.kind}`;
    case 'skip':
    case 'bookmark':
      return `${message.type} ${message.resourceVersion}`;
  }
};

test('a watch says the same in whatever pieces it arrives', async () => {
  const { frames, expected } = watched();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      const messages = await messagesOf(podCodec, inPieces(frames, sizes));
      assert.deepEqual(messages.map(told), expected);
    }),
    { numRuns: 40 },
  );
});

test('what is not whole when a watch ends is dropped', async () => {
  const { frames, expected } = watched();
  const messages = await messagesOf(podCodec, inPieces(frames.subarray(0, frames.length - 1), [500]));
  assert.deepEqual(messages.map(told), expected.slice(0, -1));
});

test('an error in a watch is the error that it tells of', async () => {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    code: 410,
    reason: 'Expired',
    message: 'too old resource version: 1 (2)',
  };
  const frame = watchFrame('ERROR', envelope('v1', 'Status', [encoded(status)]));
  const [message] = await messagesOf(podCodec, inPieces(frame, [10]));
  assert.equal(message?.type, 'error');
  assert.equal(message.error.kind, 'gone');
  assert.equal(message.error.message, status.message);
});

test('a Status is read in an answer', () => {
  const status = { code: 429, reason: 'TooManyRequests', message: 'slow down', details: { retryAfterSeconds: 3 } };
  const body = envelope('v1', 'Status', [encoded({ kind: 'Status', ...status })]);
  assert.deepEqual(statusOf(TYPE, body), {
    code: 429,
    reason: 'TooManyRequests',
    message: 'slow down',
    retryAfterSeconds: 3,
  });
  assert.equal(statusOf(TYPE, body.subarray(0, 9)), undefined);
});

const isProtocol = (error: unknown): boolean => error instanceof KubeError && error.kind === 'protocol';

test('whatever bytes come, either they are read or a protocol error tells', async () => {
  const [pod] = [...objects()].filter((object) => object['kind'] === 'Pod');
  assert.ok(pod);
  const good = listOfBytes('Pod', [encoded(pod)], { resourceVersion: '1' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(good.length),
      async (changes, length) => {
        const bytes = Buffer.from(good.subarray(0, length));
        for (const [at_, value] of changes) if (at_ < bytes.length) bytes[at_] = value;
        try {
          Array.from<unknown>(podCodec.page(answer(bytes)).items());
        } catch (error) {
          assert.ok(isProtocol(error), String(error));
        }
        try {
          await messagesOf(podCodec, inPieces(bytes, [7]));
        } catch (error) {
          assert.ok(isProtocol(error), String(error));
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a list of another kind, a message without an end and a wrong beginning are protocol errors', async () => {
  const page = (bytes: Buffer) => () => podCodec.page(answer(bytes));
  assert.throws(page(listOfBytes('Node', [], {})), isProtocol);
  assert.throws(page(Buffer.from('{"kind":"PodList"}')), isProtocol);
  const endless = Buffer.alloc(8);
  endless.writeUInt32BE(0xffffffff);
  await assert.rejects(async () => {
    for await (const frames of framesOf(inPieces(endless, [8]))) assert.fail(String(frames.length));
  }, isProtocol);
});

test('a server that answers in JSON is read as JSON', () => {
  const list = {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '5' },
    items: [{ metadata: { name: 'a', namespace: 'b' } }],
  };
  const body = Buffer.from(JSON.stringify(list));
  const page = podCodec.page(new Answer('application/json', [body], body.length));
  assert.deepEqual(
    [...page.items()].map(({ name }) => name),
    ['a'],
  );
});

test('the generated decoder is what its source makes', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const out = mkdtempSync(path.join(tmpdir(), 'generated-'));
  try {
    const run = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/generate-protobuf.mjs'), '--code-only', '--out', out],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(run.status, 0, run.stderr);
    assert.equal(
      readFileSync(path.join(out, 'generated.js'), 'utf8'),
      readFileSync(path.join(root, 'src/kube/protobuf/generated.js'), 'utf8'),
      'generated.js is out of date: npm run generate',
    );
  } finally {
    rmSync(out, { recursive: true });
  }
});
