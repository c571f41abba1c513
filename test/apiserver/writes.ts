/**
 * Changes to the simulated cluster's objects: create, update, patch, delete, with the server's defaults, refusals and
 * garbage collection of what the deleted object owned.
 */
import { isDeepStrictEqual } from 'node:util';
import { withDefaults } from './defaults.js';
import {
  asKubeObject,
  at,
  isArray,
  isObject,
  listAt,
  textAt,
  without,
  type Json,
  type JsonObject,
  type KubeObject,
} from './json.js';
import type { Random } from './random.js';
import { apiVersionOf, type Resource } from './resources.js';
import * as status from './status.js';
import type { Failure } from './status.js';
import { StoredObject, type Store } from './store.js';

export type Written = StoredObject | { readonly failure: Failure };

export interface Place {
  readonly resource: Resource;
  readonly namespace: string;
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAMES = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

export class Writer {
  readonly store: Store;
  readonly random: Random;
  readonly now: () => Date;

  constructor(store: Store, random: Random, now: () => Date) {
    this.store = store;
    this.random = random;
    this.now = now;
  }

  create(place: Place, body: Json, dryRun: boolean): Written {
    const { resource, namespace } = place;
    const object = isObject(body) ? asKubeObject({ ...body, metadata: named(body, this.random) }) : undefined;
    if (object === undefined) {
      return {
        failure: status.badRequest(
          `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind`,
        ),
      };
    }
    const refused = this.#check(place, object);
    if (refused !== undefined) return { failure: refused };
    if (namespace !== '' && !this.#namespaceExists(namespace)) {
      return { failure: status.notFound({ group: '', plural: 'namespaces' }, namespace) };
    }
    if (this.store.collection(resource).get(namespace, object.metadata.name) !== undefined) {
      return { failure: status.alreadyExists(resource, object.metadata.name) };
    }
    const complete = this.#complete(namespace, object);
    return dryRun ? stored(resource, complete, this.store.revision) : this.#put(resource, complete);
  }

  /** Replaces an object; of the status only when the subresource was asked for. */
  update(place: Place, name: string, body: Json, subresource: string, dryRun: boolean): Written {
    const { resource, namespace } = place;
    const current = this.store.collection(resource).get(namespace, name);
    if (current === undefined) return { failure: status.notFound(resource, name) };
    const object = asKubeObject(body);
    if (object === undefined) {
      return { failure: status.badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`) };
    }
    const refused = this.#check(place, object);
    if (refused !== undefined) return { failure: refused };
    if (object.metadata.name !== name) {
      return {
        failure: status.badRequest(
          `the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`,
        ),
      };
    }
    const revision = object.metadata.resourceVersion;
    if (revision !== undefined && revision !== String(current.revision)) {
      return { failure: status.conflict(resource, name) };
    }
    const before = withoutRevision(current.value());
    const hasStatus = resource.subresources.some((sub) => sub.name === 'status');
    const merged: KubeObject =
      subresource === 'status'
        ? { ...before, ...(object['status'] === undefined ? {} : { status: object['status'] }) }
        : {
            ...object,
            ...(hasStatus && before['status'] !== undefined ? { status: before['status'] } : {}),
            metadata: {
              ...withoutRevision(object).metadata,
              ...(namespace === '' ? {} : { namespace }),
              ...kept(before),
            },
          };
    // An update that changes nothing makes no new revision and no event.
    if (isDeepStrictEqual(merged, before)) return current;
    return dryRun ? stored(resource, merged, current.revision) : this.#put(resource, merged);
  }

  patch(place: Place, name: string, patch: Json, strategic: boolean, subresource: string, dryRun: boolean): Written {
    const current = this.store.collection(place.resource).get(place.namespace, name);
    if (current === undefined) return { failure: status.notFound(place.resource, name) };
    // A patch conflicts only when it names a revision itself.
    const merged = mergePatch(withoutRevision(current.value()), patch, strategic);
    return this.update(place, name, merged, subresource, dryRun);
  }

  delete(place: Place, name: string, orphan: boolean): Written {
    const { resource, namespace } = place;
    const current = this.store.collection(resource).get(namespace, name);
    if (current === undefined) return { failure: status.notFound(resource, name) };
    return this.remove(current, orphan);
  }

  /** Deletes an object, and what it owns or contains. */
  remove(current: StoredObject, orphan = false): StoredObject {
    const { resource } = current;
    const value = current.value();
    const last = new StoredObject(resource, current.source, this.store.advance());
    this.store.collection(resource).delete(last);
    if (resource.group === '' && resource.plural === 'namespaces') {
      this.#removeWhere((object) => object.namespace === current.name);
    }
    if (resource.plural === 'customresourcedefinitions') {
      const group = textAt(value, 'spec', 'group');
      const kind = textAt(value, 'spec', 'names', 'kind');
      this.#removeWhere((object) => object.resource.group === group && object.resource.kind === kind);
      this.store.registry.withdraw((other) => other.group === group && other.kind === kind);
    }
    if (!orphan && OWNERS.includes(resource.kind)) {
      const { uid } = value.metadata;
      this.#removeWhere((object) =>
        listAt(object.value(), 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid),
      );
    }
    return last;
  }

  /** Creates or replaces an object without any question: what a test or a simulated controller changes. */
  apply(object: KubeObject): StoredObject {
    const resource = this.store.registry.ensure(object);
    const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : '';
    const current = this.store.collection(resource).get(namespace, object.metadata.name);
    return this.#put(resource, {
      ...this.#complete(namespace, object, true),
      ...(current === undefined ? {} : { metadata: { ...object.metadata, ...kept(current.value()) } }),
    });
  }

  /** The same for many objects, encoded beforehand; the returned function makes the changes. */
  prepare(objects: readonly KubeObject[]): () => void {
    const before = this.store.revision;
    const changes = objects.map((object, index) => {
      const change = stored(this.store.registry.ensure(object), object, before + 1 + index);
      change.json();
      change.protobuf();
      return change;
    });
    return () => {
      if (this.store.revision !== before) throw new Error('something else changed since these changes were prepared');
      for (const change of changes) {
        this.store.advance();
        this.store.collection(change.resource).put(change);
      }
    };
  }

  #removeWhere(which: (object: StoredObject) => boolean): void {
    for (const collection of this.store.collections()) {
      for (const object of collection.objects()) if (which(object)) this.remove(object);
    }
  }

  #put(resource: Resource, object: KubeObject): StoredObject {
    const written = stored(resource, object, this.store.advance());
    this.store.collection(resource).put(written);
    if (resource.plural === 'customresourcedefinitions') this.store.registry.define(object);
    return written;
  }

  #namespaceExists(name: string): boolean {
    const namespaces = this.store.registry.find('', 'v1', 'namespaces');
    return namespaces !== undefined && this.store.collection(namespaces).get('', name) !== undefined;
  }

  #check({ resource, namespace }: Place, object: KubeObject): Failure | undefined {
    if (object.kind !== resource.kind || object.apiVersion !== apiVersionOf(resource)) {
      return status.badRequest(
        `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${resource.kind}`,
      );
    }
    if (object.metadata.namespace !== undefined && object.metadata.namespace !== namespace) {
      return status.badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    const { name } = object.metadata;
    if (name === '') {
      const message = 'Required value: name or generateName is required';
      return status.invalid(resource.kind, '', 'metadata.name', message, 'FieldValueRequired');
    }
    if (!NAME.test(name) && !['rbac.authorization.k8s.io'].includes(resource.group)) {
      const message = `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${NAMES}')`;
      return status.invalid(resource.kind, name, 'metadata.name', message, 'FieldValueInvalid');
    }
    return undefined;
  }

  /** Fills in what the server gives every new object. `trusted` objects keep what they say of themselves. */
  #complete(namespace: string, object: KubeObject, trusted = false): KubeObject {
    const { uid, creationTimestamp } = object.metadata;
    const metadata = {
      ...withoutRevision(object).metadata,
      ...(namespace === '' ? {} : { namespace }),
      uid: trusted && uid !== undefined ? uid : this.random.uid(),
      creationTimestamp:
        trusted && creationTimestamp !== undefined ? creationTimestamp : this.now().toISOString().replace(/\.\d+/, ''),
    };
    const created: KubeObject = { ...object, metadata };
    return trusted ? created : withDefaults(created);
  }
}

/** Kinds whose objects own others in practice; looking for owned objects is not free on a big cluster. */
const OWNERS: readonly string[] = [
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'Job',
  'Service',
  'ConfigMap',
];

function stored(resource: Resource, object: KubeObject, revision: number): StoredObject {
  const source = {
    namespace: resource.namespaced ? (object.metadata.namespace ?? '') : '',
    name: object.metadata.name,
    build: () => object,
  };
  return new StoredObject(resource, source, revision);
}

function withoutRevision(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...without(object.metadata, 'resourceVersion'), name: object.metadata.name },
  };
}

function named(body: JsonObject, random: Random): JsonObject {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const prefix = textAt(metadata, 'generateName');
  const name = textAt(metadata, 'name');
  if (name !== undefined && name !== '') return metadata;
  return { ...metadata, name: prefix === undefined || prefix === '' ? '' : `${prefix}${random.suffix(5)}` };
}

/** What no update changes. */
function kept(before: KubeObject): { uid?: string; creationTimestamp?: string } {
  const { uid, creationTimestamp } = before.metadata;
  return { ...(uid === undefined ? {} : { uid }), ...(creationTimestamp === undefined ? {} : { creationTimestamp }) };
}

/**
 * RFC 7386; a strategic merge differs in lists of objects with a `name`, `type`, `containerPort` or `port`, which it merges
 * by that key, and in `$patch: delete`.
 */
export function mergePatch(target: Json | undefined, patch: Json, strategic: boolean): Json {
  if (isArray(patch)) return strategic && isArray(target) ? mergeLists(target, patch) : patch;
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else if (value !== undefined && !name.startsWith('$')) {
      result.set(name, mergePatch(result.get(name), value, strategic));
    }
  }
  return Object.fromEntries(result);
}

function mergeLists(target: readonly Json[], patch: readonly Json[]): Json {
  const key = ['name', 'type', 'containerPort', 'port'].find((candidate) =>
    [...target, ...patch].every((item) => isObject(item) && at(item, candidate) !== undefined),
  );
  if (key === undefined) return patch;
  const result = [...target];
  for (const item of patch) {
    const index = result.findIndex((other) => at(other, key) === at(item, key));
    if (at(item, '$patch') === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(item);
    else result[index] = mergePatch(result[index], item, true);
  }
  return result;
}
