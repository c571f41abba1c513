/** Answers the requests for resources: reads, watches and writes, after asking who may, and with the faults that are due. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Ask, Caller } from './access.js';
import { acceptsGzip, readBody, send, sendFailure, sendSuccess, type Body } from './bodies.js';
import type { Cluster } from './cluster.js';
import {
  isAnswerFault,
  isBodyFault,
  isClusterFault,
  isStreamFault,
  type ClusterFault,
  type Fault,
  type Faults,
  type FaultyRequest,
} from './faults.js';
import { contentType, negotiate, objectBytes, plainBytes, type Format } from './formats.js';
import { at, isObject, textAt } from './json.js';
import { list, listBody, selectionOf } from './lists.js';
import { playAnswerFault, playBodyFault } from './misbehaviour.js';
import { messageOf } from './protobuf/schema.js';
import { verbOf, type Target, type Verb } from './requests.js';
import { apiVersionOf, qualifiedName, type Resource } from './resources.js';
import { reviews, type Review } from './reviews.js';
import * as status from './status.js';
import type { Failure } from './status.js';
import type { StoredObject } from './store.js';
import { Watch } from './watches.js';
import type { Place, Written } from './writes.js';

export interface HandlerParts {
  readonly cluster: Cluster;
  readonly access: Access;
  readonly faults: Faults;
  readonly now: () => Date;
  readonly bookmarkSeconds: number;
  /** Told of every object that a client created. */
  readonly onCreated: (object: StoredObject) => void;
  /** Does to the server what a fault says; false when the request that met it is lost with it. */
  readonly playClusterFault: (fault: ClusterFault) => boolean;
}

/** A request on its way through the server. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly target: Target;
  readonly verb: Verb;
  readonly query: URLSearchParams;
  readonly fault: Fault | undefined;
}

/** An exchange about a resource that is served, in a form that it has. */
interface Agreed extends Exchange {
  readonly resource: Resource;
  readonly place: Place;
  readonly format: Format;
}

export function forbiddenFor(caller: Caller, ask: Ask, name: string): Failure {
  const { verb, group, plural, subresource, namespace } = ask;
  return status.forbidden({ user: caller.name, verb, resource: { group, plural }, subresource, namespace, name });
}

/** What is asked for, in one line: `pods`, `configmaps kube-system metadata.name=kube-proxy`. */
function subjectOf(target: Target, query: URLSearchParams): string {
  const { namespace, name } = target;
  const selectors = ['fieldSelector', 'labelSelector'].map((parameter) => query.get(parameter) ?? '');
  return [qualifiedName(target), namespace, name, ...selectors].filter((part) => part !== '').join(' ');
}

export class Handler {
  readonly #parts: HandlerParts;
  readonly watches = new Set<Watch>();

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    target: Target,
    query: URLSearchParams,
  ): Promise<void> {
    const verb = verbOf(request.method ?? 'GET', target, query);
    if (verb === undefined) {
      sendFailure(request, response, status.methodNotAllowed);
      return;
    }
    const { plural, namespace } = target;
    const faulty = {
      verb,
      plural,
      namespace,
      subject: subjectOf(target, query),
      continued: (query.get('continue') ?? '') !== '',
      acceptsGzip: acceptsGzip(request),
    };
    const forbidden = forbiddenFor(caller, { ...target, verb }, target.name);
    const { fault, isLost } = this.#meet(request, response, faulty, forbidden);
    if (!isLost) await this.#serve({ request, response, caller, target, verb, query, fault });
  }

  /** A question about the server itself: plays the fault that is due; true when the question is lost to it. */
  meetAbout(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    verb: 'version' | 'discovery',
    path: string,
  ): boolean {
    const faulty = { verb, plural: path, namespace: '', subject: path, continued: false, acceptsGzip: false };
    return this.#meet(request, response, faulty, status.forbiddenPath(caller.name, 'get', path)).isLost;
  }

  /** Draws the fault of a request, and plays it where it comes before everything else. */
  #meet(
    request: IncomingMessage,
    response: ServerResponse,
    faulty: FaultyRequest,
    forbidden: Failure,
  ): { readonly fault: Fault | undefined; readonly isLost: boolean } {
    const fault = this.#parts.faults.next(faulty);
    if (fault === undefined) return { fault, isLost: false };
    if (isAnswerFault(fault.kind)) {
      fault.bites();
      playAnswerFault(fault.kind, request, response, forbidden);
      return { fault, isLost: true };
    }
    if (!isClusterFault(fault.kind)) return { fault, isLost: false };
    fault.bites();
    return { fault, isLost: !this.#parts.playClusterFault(fault.kind) };
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { request, response, caller, target, verb, query } = exchange;
    const fail = (failure: Failure): void => sendFailure(request, response, failure);
    if (!this.#parts.access.mayAsk(caller, { ...target, verb })) {
      fail(forbiddenFor(caller, { ...target, verb }, target.name));
      return;
    }
    const resource = this.#parts.cluster.registry.find(target.group, target.version, target.plural);
    const subresource = resource?.subresources.find((sub) => sub.name === target.subresource);
    if (resource === undefined || (target.subresource !== '' && subresource === undefined)) {
      fail(status.unknownResource);
      return;
    }
    const review = reviews.get(resource.kind);
    if (!(subresource?.verbs ?? resource.verbs).includes(verb)) {
      fail(status.methodNotAllowed);
      return;
    }
    if (review !== undefined) {
      await this.#review(exchange, resource, review);
      return;
    }
    if (target.subresource === 'exec') {
      fail(status.badRequest('Upgrade request required'));
      return;
    }
    const hasProtobuf = !resource.custom && messageOf(resource.group, resource.kind) !== undefined;
    const format = negotiate(request.headers.accept, hasProtobuf, query.get('includeObject'));
    if (format === undefined) {
      fail(status.notAcceptable(resource.custom));
      return;
    }
    const place = { resource, namespace: resource.namespaced ? target.namespace : '' };
    await this.#answer({ ...exchange, resource, place, format });
  }

  async #answer(agreed: Agreed): Promise<void> {
    switch (agreed.verb) {
      case 'get': {
        this.#get(agreed);
        return;
      }
      case 'list': {
        this.#list(agreed);
        return;
      }
      case 'watch': {
        this.#watch(agreed);
        return;
      }
      case 'create':
      case 'update':
      case 'patch':
        return this.#write(agreed);
      case 'delete':
        return this.#delete(agreed);
      case 'deletecollection': {
        this.#deleteCollection(agreed);
        return;
      }
    }
  }

  #get({ request, response, target, resource, place, format }: Agreed): void {
    const found = this.#parts.cluster.store.collection(resource).get(place.namespace, target.name);
    if (found === undefined) {
      sendFailure(request, response, status.notFound(resource, target.name));
      return;
    }
    const bytes = objectBytes(found, format, this.#parts.now());
    send(response, 200, { bytes, type: contentType(format, false) });
  }

  #list({ request, response, query, fault, resource, place, format }: Agreed): void {
    const { cluster, now } = this.#parts;
    const selected = selectionOf(resource, place.namespace, '', query);
    if ('failure' in selected) {
      sendFailure(request, response, selected.failure);
      return;
    }
    const listed = list(cluster.store, resource, selected.selection, query, {
      expired: fault?.kind === 'list-expired',
      emptyPage: fault?.kind === 'empty-page',
      ignoreLimit: fault?.kind === 'huge-page',
      ...(fault?.kind === 'stale-list' ? { staleBy: 1 + fault.random.below(20) } : {}),
    });
    if ('failure' in listed) {
      if (fault?.kind === 'list-expired') fault.bites();
      sendFailure(request, response, listed.failure);
      return;
    }
    const body: Body = {
      ...listBody(listed, format, now(), acceptsGzip(request)),
      type: contentType(format, false),
    };
    fault?.bites();
    if (fault !== undefined && isBodyFault(fault.kind)) playBodyFault(fault.kind, request, response, body);
    else send(response, 200, body);
  }

  #watch({ request, response, target, query, fault, resource, place, format }: Agreed): void {
    const { cluster, now, bookmarkSeconds } = this.#parts;
    const selected = selectionOf(resource, place.namespace, target.name, query);
    if ('failure' in selected) {
      sendFailure(request, response, selected.failure);
      return;
    }
    if (fault?.kind === 'watch-refused') {
      fault.bites();
      const asked = Number(query.get('resourceVersion') ?? 0);
      sendFailure(request, response, status.revisionTooOld(asked, cluster.store.revision));
      return;
    }
    response.writeHead(200, { 'Content-Type': contentType(format, true) });
    const watch = new Watch(response, {
      store: cluster.store,
      collection: cluster.store.collection(resource),
      selection: selected.selection,
      query,
      format,
      now,
      bookmarkSeconds,
      fault:
        fault !== undefined && isStreamFault(fault.kind)
          ? {
              kind: fault.kind,
              afterEvents: fault.afterEvents,
              bites: fault.bites,
              pieceOf: (bytes) => 1 + fault.random.below(Math.max(1, bytes >> 2)),
            }
          : undefined,
    });
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
    watch.start();
  }

  async #write({ request, response, target, verb, query, place, format }: Agreed): Promise<void> {
    const body = await readBody(request, verb);
    if ('failure' in body) {
      sendFailure(request, response, body.failure);
      return;
    }
    const { writer } = this.#parts.cluster;
    const { name, subresource } = target;
    const dryRun = query.has('dryRun');
    let written: Written;
    if (verb === 'create') written = writer.create(place, body.value, dryRun);
    else if (verb === 'update') written = writer.update(place, name, body.value, subresource, dryRun);
    else {
      const strategic = request.headers['content-type']?.includes('strategic') === true;
      written = writer.patch(place, name, body.value, strategic, subresource, dryRun);
    }
    if ('failure' in written) {
      sendFailure(request, response, written.failure);
      return;
    }
    const creates = verb === 'create' || subresource === 'ephemeralcontainers';
    if (creates && !dryRun) this.#parts.onCreated(written);
    const bytes = objectBytes(written, format, this.#parts.now());
    send(response, verb === 'create' ? 201 : 200, { bytes, type: contentType(format, false) });
  }

  async #delete({ request, response, target, query, resource, place }: Agreed): Promise<void> {
    const body = await readBody(request, 'delete');
    if ('failure' in body) {
      sendFailure(request, response, body.failure);
      return;
    }
    const policy = textAt(body.value, 'propagationPolicy') ?? query.get('propagationPolicy');
    const deleted = this.#parts.cluster.writer.delete(place, target.name, policy === 'Orphan');
    if ('failure' in deleted) {
      sendFailure(request, response, deleted.failure);
      return;
    }
    const { uid } = deleted.value().metadata;
    sendSuccess(request, response, {
      name: target.name,
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.plural,
      ...(uid === undefined ? {} : { uid }),
    });
  }

  #deleteCollection({ request, response, query, resource, place, format }: Agreed): void {
    const { cluster, now } = this.#parts;
    const selected = selectionOf(resource, place.namespace, '', query);
    const listed =
      'failure' in selected ? selected : list(cluster.store, resource, selected.selection, new URLSearchParams());
    if ('failure' in listed) {
      sendFailure(request, response, listed.failure);
      return;
    }
    for (const object of listed.objects) cluster.writer.remove(object);
    const { bytes } = listBody(listed, format, now(), false);
    send(response, 200, { bytes, type: contentType(format, false) });
  }

  async #review({ request, response, caller }: Exchange, resource: Resource, review: Review): Promise<void> {
    const body = await readBody(request, 'create');
    if ('failure' in body) {
      sendFailure(request, response, body.failure);
      return;
    }
    const object = isObject(body.value) ? body.value : {};
    const spec = at(object, 'spec');
    const answered = {
      ...object,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {},
      status: review(this.#parts.access, caller, isObject(spec) ? spec : {}),
    };
    const hasProtobuf = messageOf(resource.group, resource.kind) !== undefined;
    const format = negotiate(request.headers.accept, hasProtobuf, null) ?? { form: 'json' };
    send(response, 201, { bytes: plainBytes(answered, format), type: contentType(format, false) });
  }
}
