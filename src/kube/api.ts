/**
 * The verbs of the Kubernetes API that this product uses: paths, one page of a list, one object, create, delete, and the
 * question whether we may. https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { at, isObject, type JsonObject, listOf, textOf } from '../core/network/json.js';
import { KubeError } from './errors.js';
import type { Answer } from './answer.js';
import type { Limits, StreamAnswer, Transport } from './transport.js';

/** A kind of object as the API serves it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Which objects of a resource: all, those of a namespace, those that a selector names. */
export interface Scope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export const apiVersionOf = (resource: Pick<Resource, 'group' | 'version'>): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** `pods`, `ciliumnodes.cilium.io`. */
export const nameOfResource = (resource: Pick<Resource, 'group' | 'plural'>): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;

/** `/api/v1/namespaces/shop/pods/web-1/log`. Every part is encoded: names may come from a file that anybody wrote. */
export function pathOf(
  resource: Pick<Resource, 'group' | 'version' | 'plural'>,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  const parts = [
    ...(resource.group === '' ? ['api'] : ['apis', resource.group]),
    resource.version,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource.plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  // A name of dots would climb up in the path when the URL is resolved; no Kubernetes object is named so.
  if (parts.some((part) => /^\.{0,2}$/.test(part))) throw new KubeError('invalid', 'not a name of a Kubernetes object');
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

export interface PageRequest extends Scope {
  readonly limit: number;
  readonly continue?: string | undefined;
}

export interface WatchRequest extends Scope {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
}

export interface Review {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What one may do to what: the question of a SelfSubjectAccessReview. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The limits of short requests, from the user's setting in seconds. */
export const limitsOf = (seconds: number): Limits => ({
  connectMs: Math.min(10, seconds) * 1000,
  firstByteMs: seconds * 1000,
  idleMs: seconds * 1000,
  totalMs: seconds * 2000,
});

export class Api {
  readonly transport: Transport;
  readonly #limits: Limits;

  constructor(transport: Transport, limits: Limits) {
    this.transport = transport;
    this.#limits = limits;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** The server's version, such as `v1.34.4`: the request that every authenticated user may make by default. */
  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.transport.request({ method: 'GET', path: '/version', signal, limits: this.#limits });
    const version = textOf(at(json(answer), 'gitVersion'));
    if (version === '') throw new KubeError('protocol', 'what answers there is not a Kubernetes API server');
    return version;
  }

  /** One page of a list, as the server sent it. A page takes as long as it takes while bytes arrive, up to five minutes. */
  async page(resource: Resource, page: PageRequest, accept: string, signal: AbortSignal): Promise<Answer> {
    return this.transport.request({
      method: 'GET',
      path: pathOf(resource, page.namespace),
      query: { ...selectors(page), limit: page.limit, continue: page.continue },
      accept,
      signal,
      limits: { ...this.#limits, totalMs: 300_000 },
    });
  }

  /** Changes since a version, until the server ends the watch. `idleMs` is how long it may be silent. */
  async watch(
    resource: Resource,
    watch: WatchRequest,
    accept: string,
    idleMs: number,
    signal: AbortSignal,
  ): Promise<StreamAnswer> {
    return this.transport.stream({
      method: 'GET',
      path: pathOf(resource, watch.namespace),
      query: {
        ...selectors(watch),
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: watch.resourceVersion,
        timeoutSeconds: watch.timeoutSeconds,
      },
      accept,
      signal,
      limits: { ...this.#limits, idleMs, totalMs: 0 },
    });
  }

  /** One object as parsed JSON. */
  async get(resource: Resource, namespace: string | undefined, name: string, signal: AbortSignal): Promise<JsonObject> {
    const path = pathOf(resource, namespace, name);
    return object(await this.transport.request({ method: 'GET', path, signal, limits: this.#limits }));
  }

  /** Creates an object; answers with what the server made of it. */
  async create(
    resource: Resource,
    namespace: string | undefined,
    body: JsonObject,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const path = pathOf(resource, namespace);
    return object(await this.transport.request({ method: 'POST', path, body, signal, limits: this.#limits }));
  }

  /** Deletes an object; one that is gone already (`notFound`) is deleted. `uid` makes sure that it is this very one. */
  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: { readonly uid?: string; readonly gracePeriodSeconds?: number },
    signal: AbortSignal,
  ): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
      ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
    };
    const path = pathOf(resource, namespace, name);
    try {
      await this.transport.request({ method: 'DELETE', path, body, signal, limits: this.#limits });
    } catch (error) {
      if (!(error instanceof KubeError && error.kind === 'notFound')) throw error;
    }
  }

  /** Whether we may do this, in the server's judgement. https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */
  async mayI(permission: Permission, signal: AbortSignal): Promise<Review> {
    const review = await this.create(
      {
        group: 'authorization.k8s.io',
        version: 'v1',
        plural: 'selfsubjectaccessreviews',
        kind: 'SelfSubjectAccessReview',
        namespaced: false,
      },
      undefined,
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: permission },
      },
      signal,
    );
    return {
      allowed: at(review, 'status', 'allowed') === true,
      reason: textOf(at(review, 'status', 'reason')) || textOf(at(review, 'status', 'evaluationError')),
    };
  }

  /** The resources of a group's version by kind, from the server's discovery. Subresources are left out. */
  async resourcesOf(apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Resource>> {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const version = apiVersion.slice(slash + 1);
    const parts = group === '' ? ['api', version] : ['apis', group, version];
    const path = `/${parts.map(encodeURIComponent).join('/')}`;
    const answer = await this.transport.request({ method: 'GET', path, signal, limits: this.#limits });
    const found = new Map<string, Resource>();
    for (const entry of listOf(at(json(answer), 'resources'))) {
      const plural = textOf(at(entry, 'name'));
      const kind = textOf(at(entry, 'kind'));
      if (plural === '' || kind === '' || plural.includes('/')) continue;
      found.set(kind, { group, version, plural, kind, namespaced: at(entry, 'namespaced') === true });
    }
    return found;
  }
}

const selectors = (scope: Scope): Record<string, string | undefined> => ({
  labelSelector: scope.labelSelector,
  fieldSelector: scope.fieldSelector,
});

function json(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text) as unknown;
  } catch (error) {
    throw new KubeError('protocol', `the answer is not JSON (${answer.contentType})`, { cause: error });
  }
}

function object(answer: Answer): JsonObject {
  const value = json(answer);
  if (!isObject(value)) throw new KubeError('protocol', 'the answer is not an object');
  return value;
}
