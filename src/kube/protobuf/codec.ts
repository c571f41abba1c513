/**
 * Lists and watches in the API server's protobuf, for the kinds that come in thousands.
 *
 * What is decoded has the names and the shape of the JSON, but for times and quantities, so that the same code makes facts of
 * both. A server that has no protobuf of a kind answers in JSON, and is read so.
 */
import { type EndpointSliceFacts, endpointSliceFacts } from '../../core/network/endpointSlice.js';
import type { NamespaceFacts, NodeFacts, ServiceFacts, SystemPodFacts } from '../../core/network/facts.js';
import { namespaceFacts, nodeFacts, podFacts, serviceFacts, systemPodFacts } from '../../core/network/fromObjects.js';
import { at, textOf } from '../../core/network/json.js';
import type { PodFacts } from '../../core/network/podTable.js';
import { errorOfStatus, KubeError } from '../errors.js';
import { type Codec, jsonCodec, MAX_MESSAGE_BYTES, type Page, type WatchMessage } from '../inventory/codec.js';
import { type Entry, entryOf } from '../inventory/entry.js';
import type { Answer } from '../answer.js';
import type { StreamAnswer } from '../transport.js';
import { decoding, isProtobuf, open, openPieces, PROTOBUF, statusOfMessage } from './envelope.js';
import { reduced } from './generated.js';
import type { PiecesReader } from './piecesReader.js';
import { type PodMessage, readPod } from './podReader.js';
import { share } from './share.js';
import { SharingReader } from './sharingReader.js';
import { tagOf } from './wire.js';

/** How one kind is decoded. `M` is its message. */
interface MessageKind<M, T> {
  readonly kind: string;
  /** Decodes so many bytes, or all that are left. */
  readonly item: (bytes: SharingReader, length?: number) => M;
  readonly versionOf: (message: M) => string;
  /** Undefined when the object is of no use. */
  readonly facts: (message: M) => T | undefined;
}

/** The representation as protobuf, and as JSON where the server answers so. */
function protobufCodec<M, T>(kind: MessageKind<M, T>, json: Codec<T>): Codec<T> {
  return {
    accept: `${PROTOBUF}, ${json.accept}`,
    acceptWatch: `${PROTOBUF};stream=watch, ${json.acceptWatch}`,
    page: (answer) => (isProtobuf(answer.contentType) ? page(answer, kind) : json.page(answer)),
    messages: (stream) => (isProtobuf(stream.contentType) ? messages(stream, kind) : json.messages(stream)),
  };
}

function page<M, T>(answer: Answer, kind: MessageKind<M, T>): Page<T> {
  const opened = openPieces(answer.pieces);
  if (opened.kind !== `${kind.kind}List`) throw new KubeError('protocol', `a ${opened.kind} instead of a list`);
  const metadata = decoding(() => listMetaOf(opened.raw.part(opened.raw.left)));
  return {
    continue: metadata?.continue ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    items: () => itemsOf(opened.raw.part(opened.raw.left), kind),
  };
}

/** Every list. https://github.com/kubernetes/api/blob/master/core/v1/generated.proto */
const LIST = { metadata: tagOf(1), items: tagOf(2) } as const;

/** What a list says of itself; its items are passed over. */
function listMetaOf(list: PiecesReader): reduced.IListMeta | undefined {
  while (list.left > 0) {
    const tag = list.uint32();
    if (tag === LIST.metadata)
      return list.read(list.uint32(), (reader, length) => reduced.ListMeta.decode(reader, length));
    list.skip(tag & 7);
  }
  return undefined;
}

/**
 * The items of a list, decoded one after the other: a page of thousands of decoded messages would outlive the collector's
 * young generation, and cost several times as much.
 */
function* itemsOf<M, T>(list: PiecesReader, kind: MessageKind<M, T>): IterableIterator<T> {
  while (list.left > 0) {
    const item = decoding(() => nextItem(list, kind));
    const facts = item === undefined ? undefined : kind.facts(item);
    if (facts !== undefined) yield facts;
  }
}

/** Reads one field of a list; undefined when it is not an item. */
function nextItem<M, T>(list: PiecesReader, kind: MessageKind<M, T>): M | undefined {
  const tag = list.uint32();
  if (tag === LIST.items) return list.read(list.uint32(), kind.item);
  list.skip(tag & 7);
  return undefined;
}

async function* messages<M, T>(
  stream: StreamAnswer,
  kind: MessageKind<M, T>,
): AsyncGenerator<readonly WatchMessage<T>[], void, undefined> {
  for await (const frames of framesOf(stream.body)) yield frames.map((frame) => message(frame, kind));
}

function message<M, T>(frame: Uint8Array, kind: MessageKind<M, T>): WatchMessage<T> {
  const { type, object } = decoding(() => reduced.WatchEvent.decode(frame));
  const opened = open(object?.raw ?? new Uint8Array());
  if (type === 'ERROR') return { type: 'error', error: errorOfStatus(statusOfMessage(opened.raw), undefined) };
  if (opened.kind !== kind.kind) throw new KubeError('protocol', `a ${opened.kind} in a watch of ${kind.kind}`);
  const item = decoding(() => kind.item(new SharingReader(opened.raw)));
  const resourceVersion = kind.versionOf(item);
  if (resourceVersion === '') throw new KubeError('protocol', 'an object of the watch has no resourceVersion');
  const facts = type === 'BOOKMARK' ? undefined : kind.facts(item);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      // Of no use to us, but it happened: the version moves on.
      if (facts === undefined) return { type: 'skip', resourceVersion };
      return { type: type === 'DELETED' ? 'remove' : 'put', item: facts, resourceVersion };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion };
    default:
      throw new KubeError('protocol', 'a message of an unknown type');
  }
}

const LENGTH_BYTES = 4;

/** The whole frames of each piece that arrives: four bytes of length, then so many bytes. */
export async function* framesOf(body: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[], void, undefined> {
  let pieces: Buffer[] = [];
  let held = 0;
  /** Bytes that must be there before there is anything to do; a long message does not get copied with each of its pieces. */
  let needed = LENGTH_BYTES;
  for await (const piece of body) {
    pieces.push(piece);
    held += piece.length;
    if (held < needed) continue;
    let rest = pieces.length === 1 ? piece : Buffer.concat(pieces, held);
    const frames: Buffer[] = [];
    for (;;) {
      needed = LENGTH_BYTES;
      if (rest.length < needed) break;
      const length = rest.readUInt32BE(0);
      if (length > MAX_MESSAGE_BYTES) throw new KubeError('protocol', 'a message of the watch is too long');
      needed += length;
      if (rest.length < needed) break;
      frames.push(rest.subarray(LENGTH_BYTES, needed));
      rest = rest.subarray(needed);
    }
    pieces = [rest];
    held = rest.length;
    if (frames.length > 0) yield frames;
  }
}

/** A time as JSON writes it, in whole seconds; empty when it is not set (then the message is there and has no seconds). */
function textOfTime(time: reduced.ITime | null | undefined): string {
  const seconds = time?.seconds ?? 0;
  return seconds === 0 ? '' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

const metadataOf = (metadata: reduced.IObjectMeta | null | undefined): object => ({
  ...metadata,
  creationTimestamp: textOfTime(metadata?.creationTimestamp),
});

const systemPodOf = ({ metadata, spec, status }: reduced.ISystemPod): SystemPodFacts =>
  systemPodFacts({
    metadata,
    spec: {
      ...spec,
      containers: (spec?.containers ?? []).map((container) => ({
        ...container,
        // An empty value is not there in JSON.
        env: (container.env ?? []).map(({ name, value }) => ({ name, value: value === '' ? undefined : value })),
      })),
    },
    status,
  });

const nodeOf = ({ metadata, spec, status }: reduced.INode): NodeFacts =>
  nodeFacts({
    metadata: metadataOf(metadata),
    spec,
    status: {
      ...status,
      allocatable: Object.fromEntries(
        Object.entries(status?.allocatable ?? {}).map(([name, quantity]) => [name, quantity.string]),
      ),
      conditions: (status?.conditions ?? []).map((condition) => ({
        ...condition,
        lastTransitionTime: textOfTime(condition.lastTransitionTime),
      })),
    },
  });

const serviceOf = ({ metadata, spec, status }: reduced.IService): ServiceFacts =>
  serviceFacts({
    metadata,
    spec: {
      ...spec,
      ports: (spec?.ports ?? []).map((port) => ({
        ...port,
        // 0 is a number, 1 a name: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/intstr/intstr.go
        targetPort: (port.targetPort?.type ?? 0) === 0 ? port.targetPort?.intVal : port.targetPort?.strVal,
      })),
    },
    status,
  });

function entry<T>(
  metadata: Pick<reduced.IObjectMeta, 'name' | 'namespace'> | null | undefined,
  value: () => T,
): Entry<T> | undefined {
  const name = metadata?.name ?? '';
  return name === '' ? undefined : { namespace: metadata?.namespace ?? '', name, value: value() };
}

export const podCodec: Codec<PodFacts> = protobufCodec<PodMessage, PodFacts>(
  {
    kind: 'Pod',
    item: readPod,
    versionOf: (pod) => pod.resourceVersion,
    facts: ({ facts }) => (facts.name === '' ? undefined : facts),
  },
  jsonCodec((object) => (textOf(at(object, 'metadata', 'name')) === '' ? undefined : podFacts(object))),
);

export const systemPodCodec: Codec<Entry<SystemPodFacts>> = protobufCodec<reduced.ISystemPod, Entry<SystemPodFacts>>(
  {
    kind: 'Pod',
    item: (bytes, length) => reduced.SystemPod.decode(bytes, length),
    versionOf: (pod) => pod.metadata?.resourceVersion ?? '',
    facts: (pod) => entry(pod.metadata, () => shared(systemPodOf(pod))),
  },
  jsonCodec((object) => entryOf(object, (pod) => shared(systemPodFacts(pod)))),
);

/** The pods of a DaemonSet differ in little but their names. */
const shared = (pod: SystemPodFacts): SystemPodFacts => ({
  ...pod,
  labels: share(pod.labels),
  containers: share(pod.containers),
});

export const nodeCodec: Codec<Entry<NodeFacts>> = protobufCodec<reduced.INode, Entry<NodeFacts>>(
  {
    kind: 'Node',
    item: (bytes, length) => reduced.Node.decode(bytes, length),
    versionOf: (node) => node.metadata?.resourceVersion ?? '',
    facts: (node) => entry(node.metadata, () => nodeOf(node)),
  },
  jsonCodec((object) => entryOf(object, nodeFacts)),
);

export const serviceCodec: Codec<Entry<ServiceFacts>> = protobufCodec<reduced.IService, Entry<ServiceFacts>>(
  {
    kind: 'Service',
    item: (bytes, length) => reduced.Service.decode(bytes, length),
    versionOf: (service) => service.metadata?.resourceVersion ?? '',
    facts: (service) => entry(service.metadata, () => serviceOf(service)),
  },
  jsonCodec((object) => entryOf(object, serviceFacts)),
);

export const namespaceCodec: Codec<Entry<NamespaceFacts>> = protobufCodec<reduced.INamespace, Entry<NamespaceFacts>>(
  {
    kind: 'Namespace',
    item: (bytes, length) => reduced.Namespace.decode(bytes, length),
    versionOf: (namespace) => namespace.metadata?.resourceVersion ?? '',
    facts: ({ metadata }) => entry(metadata, () => namespaceFacts({ metadata })),
  },
  jsonCodec((object) => entryOf(object, namespaceFacts)),
);

export const endpointSliceCodec: Codec<Entry<EndpointSliceFacts>> = protobufCodec<
  reduced.IEndpointSlice,
  Entry<EndpointSliceFacts>
>(
  {
    kind: 'EndpointSlice',
    item: (bytes, length) => reduced.EndpointSlice.decode(bytes, length),
    versionOf: (slice) => slice.metadata?.resourceVersion ?? '',
    facts: (slice) => entry(slice.metadata, () => endpointSliceFacts(slice)),
  },
  jsonCodec((object) => entryOf(object, endpointSliceFacts)),
);
