/** The simulated cluster behind the server: its resources, its objects, and who changes them. */
import type { KubeObject } from './json.js';
import type { Random } from './random.js';
import { ResourceRegistry, type Resource } from './resources.js';
import type { NetworkOptions } from './simulation/network.js';
import { Store, StoredObject, type ObjectSource } from './store.js';
import { Writer } from './writes.js';

/** What a simulated cluster consists of. Scenarios build it. */
export interface ClusterSpec {
  /** The name of its kubeconfig context; it starts with `simulated-`. */
  readonly context: string;
  /** `v1.34.4`; the server says `+simulated` behind it. */
  readonly version: string;
  readonly objects: readonly KubeObject[];
  /** Objects of one kind that are built only when somebody reads them; for clusters of many thousands. */
  readonly lazy?: readonly LazyObjects[];
  /** Built-in resources that this cluster does not serve, as `servicecidrs.networking.k8s.io`. */
  readonly absent?: readonly string[];
  readonly network?: NetworkOptions;
  /** Ranges out of which pods get addresses, by node, where they are not the node's podCIDRs. */
  readonly podRanges?: Readonly<Record<string, readonly string[]>>;
}

export interface LazyObjects {
  readonly apiVersion: string;
  readonly kind: string;
  readonly objects: readonly ObjectSource[];
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

const FIRST_REVISION = 1000;

export class Cluster {
  readonly registry: ResourceRegistry;
  readonly #random: Random;
  readonly #now: () => Date;
  #store: Store;
  #writer: Writer;

  constructor(spec: ClusterSpec, random: Random, now: () => Date) {
    this.registry = new ResourceRegistry(spec.absent ?? []);
    this.#random = random;
    this.#now = now;
    this.#store = new Store(this.registry, FIRST_REVISION);
    this.#writer = new Writer(this.#store, random, now);
    this.#fill(spec);
  }

  get store(): Store {
    return this.#store;
  }

  get writer(): Writer {
    return this.#writer;
  }

  /** All objects of a resource, named as `pods` or `daemonsets.apps`, in the order of a list. */
  objects(qualifiedName: string): readonly KubeObject[] {
    const [plural, ...group] = qualifiedName.split('.');
    const resource = this.registry
      .all()
      .find((candidate) => candidate.plural === plural && candidate.group === group.join('.'));
    if (resource === undefined) return [];
    return this.#store
      .collection(resource)
      .objects()
      .map((object) => object.value());
  }

  find(reference: ObjectReference): StoredObject | undefined {
    const resource = this.registry.ofKind(reference.apiVersion, reference.kind);
    return resource === undefined
      ? undefined
      : this.#store.collection(resource).get(reference.namespace ?? '', reference.name);
  }

  /** The same objects in a new etcd: revisions start over, far below. */
  startOver(): void {
    const previous = this.#store.collections();
    this.#store = new Store(this.registry, 1);
    this.#writer = new Writer(this.#store, this.#random, this.#now);
    for (const collection of previous) {
      const moved = collection
        .objects()
        .map((object) => new StoredObject(object.resource, object.source, this.#store.advance()));
      this.#store.collection(collection.resource).fill(moved, this.#store.revision);
    }
  }

  #fill(spec: ClusterSpec): void {
    const byResource = new Map<Resource, StoredObject[]>();
    const add = (resource: Resource, source: ObjectSource): void => {
      const objects = byResource.get(resource) ?? [];
      byResource.set(resource, objects);
      objects.push(new StoredObject(resource, source, this.#store.advance()));
    };
    for (const object of spec.objects) {
      if (object.kind === 'CustomResourceDefinition') this.registry.define(object);
    }
    for (const object of spec.objects) {
      const resource = this.registry.ensure(object);
      const { namespace = resource.namespaced ? 'default' : '', name } = object.metadata;
      add(resource, { namespace, name, build: () => object });
    }
    for (const { apiVersion, kind, objects } of spec.lazy ?? []) {
      const resource = this.registry.ofKind(apiVersion, kind);
      if (resource === undefined) throw new Error(`no resource for ${apiVersion} ${kind}`);
      for (const source of objects) add(resource, source);
    }
    for (const [resource, objects] of byResource) {
      this.#store.collection(resource).fill(objects, this.#store.revision);
    }
  }
}
