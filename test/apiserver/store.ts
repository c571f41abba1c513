/**
 * The objects of the simulated cluster, with etcd's revisions: one counter for the whole cluster, every change an event with
 * a revision, snapshots for lists in pages, and a floor below which history is compacted away.
 */
import { without, type KubeObject } from './json.js';
import { encodeMessage } from './protobuf/encode.js';
import { messageOf } from './protobuf/schema.js';
import type { Resource, ResourceRegistry } from './resources.js';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface StoreEvent {
  readonly type: EventType;
  readonly revision: number;
  /** For a deletion: the last state, with the revision of the deletion. */
  readonly object: StoredObject;
  /** The state before a modification or deletion. */
  readonly previous: StoredObject | undefined;
}

/** What is needed to keep an object without holding it: thousands of generated pods are built only when somebody reads them. */
export interface ObjectSource {
  readonly namespace: string;
  readonly name: string;
  build(): KubeObject;
}

/** One state of one object. Its encodings are made once, when first asked for. */
export class StoredObject {
  readonly key: string;
  #json: Buffer | undefined;
  #protobuf: Buffer | undefined;

  readonly resource: Resource;
  readonly source: ObjectSource;
  readonly revision: number;

  constructor(resource: Resource, source: ObjectSource, revision: number) {
    this.resource = resource;
    this.source = source;
    this.revision = revision;
    this.key = keyOf(source.namespace, source.name);
  }

  get namespace(): string {
    return this.source.namespace;
  }

  get name(): string {
    return this.source.name;
  }

  value(): KubeObject {
    const built = this.source.build();
    return { ...built, metadata: { ...built.metadata, resourceVersion: String(this.revision) } };
  }

  /** JSON text without `kind` and `apiVersion`, as built-in kinds stand in lists; it starts with a brace. */
  json(): Buffer {
    if (this.#json === undefined) {
      this.#json = Buffer.from(JSON.stringify(without(this.value(), 'kind', 'apiVersion')));
    }
    return this.#json;
  }

  /** The bare protobuf message, or undefined where the kind has none. */
  protobuf(): Buffer | undefined {
    if (this.#protobuf === undefined) {
      const message = this.resource.custom ? undefined : messageOf(this.resource.group, this.resource.kind);
      if (message === undefined) return undefined;
      this.#protobuf = encodeMessage(message, this.value());
    }
    return this.#protobuf;
  }
}

function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

export type Listener = (event: StoreEvent) => void;

/** All objects of one resource, in the order of their keys, with the events since the last compaction. */
export class Collection {
  #objects: StoredObject[] = [];
  /** Whether a list holds on to the array; then the next change copies it first. */
  #shared = false;
  #history: StoreEvent[] = [];
  #floor = 0;
  readonly #snapshots = new Map<number, readonly StoredObject[]>();
  readonly listeners = new Set<Listener>();

  readonly resource: Resource;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#objects.length;
  }

  /** Events at or below this revision are gone. */
  get floor(): number {
    return this.#floor;
  }

  /** The state now; it never changes under the reader's hands. */
  objects(): readonly StoredObject[] {
    this.#shared = true;
    return this.#objects;
  }

  /** Keeps the state of a revision for the further pages of a list. */
  hold(revision: number, state: readonly StoredObject[]): void {
    this.#snapshots.delete(revision);
    this.#snapshots.set(revision, state);
    if (this.#snapshots.size > SNAPSHOTS_KEPT) {
      const [oldest] = this.#snapshots.keys();
      if (oldest !== undefined) this.#snapshots.delete(oldest);
    }
  }

  /** The state at a revision: a kept one, or the present state with later events undone. Undefined when compacted. */
  at(revision: number): readonly StoredObject[] | undefined {
    const kept = this.#snapshots.get(revision);
    if (kept !== undefined) return kept;
    if (revision < this.#floor) return undefined;
    const later = this.#history.filter((event) => event.revision > revision);
    if (later.length === 0) return this.objects();
    const state = new Map(this.#objects.map((object) => [object.key, object]));
    for (const event of later.reverse()) {
      if (event.previous === undefined) state.delete(event.object.key);
      else state.set(event.object.key, event.previous);
    }
    return [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  get(namespace: string, name: string): StoredObject | undefined {
    const key = keyOf(namespace, name);
    const found = this.#objects[this.#position(key)];
    return found?.key === key ? found : undefined;
  }

  /** Events after a revision, oldest first; undefined when some of them are compacted away. */
  eventsAfter(revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.#floor) return undefined;
    return this.#history.slice(upperBound(this.#history, revision));
  }

  put(object: StoredObject): StoreEvent {
    const index = this.#position(object.key);
    const found = this.#objects[index];
    const previous = found?.key === object.key ? found : undefined;
    this.#unshare();
    this.#objects.splice(index, previous === undefined ? 0 : 1, object);
    return this.#record({
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      revision: object.revision,
      object,
      previous,
    });
  }

  /** `last` is the state that the event of the deletion shows. */
  delete(last: StoredObject): StoreEvent | undefined {
    const index = this.#position(last.key);
    const previous = this.#objects[index];
    if (previous?.key !== last.key) return undefined;
    this.#unshare();
    this.#objects.splice(index, 1);
    return this.#record({ type: 'DELETED', revision: last.revision, object: last, previous });
  }

  /** Fills an empty collection at once, without events. */
  fill(objects: StoredObject[], revision: number): void {
    this.#objects = objects.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#shared = false;
    this.compact(revision);
  }

  /** Forgets the events up to a revision, and the states of old lists. */
  compact(revision: number): void {
    this.#floor = Math.max(this.#floor, revision);
    this.#history = this.#history.slice(upperBound(this.#history, revision));
    this.#snapshots.clear();
  }

  #record(event: StoreEvent): StoreEvent {
    this.#history.push(event);
    if (this.#history.length > 2 * EVENTS_KEPT) {
      const dropped = this.#history.splice(0, this.#history.length - EVENTS_KEPT);
      this.#floor = dropped.at(-1)?.revision ?? this.#floor;
    }
    for (const listener of this.listeners) listener(event);
    return event;
  }

  #unshare(): void {
    if (!this.#shared) return;
    this.#objects = this.#objects.slice();
    this.#shared = false;
  }

  /** Where a key stands, or would stand. */
  #position(key: string): number {
    let low = 0;
    let high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#objects[middle]?.key ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const SNAPSHOTS_KEPT = 32;
const EVENTS_KEPT = 100_000;

function upperBound(events: readonly StoreEvent[], revision: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.revision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Store {
  #revision: number;
  readonly #collections = new Map<Resource, Collection>();

  readonly registry: ResourceRegistry;

  constructor(registry: ResourceRegistry, firstRevision: number) {
    this.registry = registry;
    this.#revision = firstRevision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The revision of the next change. */
  advance(): number {
    return ++this.#revision;
  }

  collection(resource: Resource): Collection {
    let collection = this.#collections.get(resource);
    if (collection === undefined) {
      collection = new Collection(resource);
      collection.compact(this.#revision);
      this.#collections.set(resource, collection);
    }
    return collection;
  }

  collections(): readonly Collection[] {
    return [...this.#collections.values()];
  }

  compact(revision = this.#revision): void {
    for (const collection of this.#collections.values()) collection.compact(revision);
  }
}
