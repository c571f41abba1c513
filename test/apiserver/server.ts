/**
 * A simulated Kubernetes API server over HTTPS: enough of the API for kubectl and the official client, filled from a
 * scenario, changed by requests and by tests, and able to misbehave.
 *
 * It is a stand-in for tests and for the demo cluster; whoever meets it is told that it is simulated, by the names of its
 * contexts and by its version.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { Access, standardUsers, type Ask, type Caller, type UserSpec } from './access.js';
import { createAuthority, type Authority } from './certificates.js';
import * as discovery from './discovery.js';
import { EXEC_PROTOCOLS, serveExec, type ExecHandler } from './exec.js';
import {
  Faults,
  isAnswerFault,
  isBodyFault,
  isClusterFault,
  isWatchFault,
  type AnswerFault,
  type BodyFault,
  type ClusterFault,
  type Fault,
} from './faults.js';
import { contentType, failureBytes, negotiate, objectBytes, plainBytes, type Format } from './formats.js';
import { at, isObject, listAt, parseJson, textAt, type Json, type JsonObject, type KubeObject } from './json.js';
import { kubeconfigText } from './kubeconfig.js';
import { list, listBody, selectionOf } from './lists.js';
import { decodeObject } from './protobuf/decode.js';
import { messageOf } from './protobuf/schema.js';
import { Random } from './random.js';
import { parseTarget, verbOf, type Target, type Verb } from './requests.js';
import { ResourceRegistry, type Resource } from './resources.js';
import { simulatedExec } from './simulation/commands.js';
import { SimulatedNetwork, type NetworkOptions } from './simulation/network.js';
import * as status from './status.js';
import type { Failure } from './status.js';
import { Store, StoredObject, type ObjectSource } from './store.js';
import { Watch } from './watches.js';
import { Writer, type Place, type Written } from './writes.js';

/** What a simulated cluster consists of. Scenarios build it. */
export interface ClusterSpec {
  /** The name of its kubeconfig context; it starts with `simulated-`. */
  readonly context: string;
  /** `v1.34.4`; the server says `+simulated` behind it. */
  readonly version: string;
  readonly objects: Iterable<KubeObject>;
  /** Objects of one kind that are built only when somebody reads them; for clusters of many thousands. */
  readonly lazy?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly objects: readonly ObjectSource[];
  }[];
  /** Built-in resources that this cluster does not serve, as `servicecidrs.networking.k8s.io`. */
  readonly absent?: readonly string[];
  readonly network?: NetworkOptions;
}

export interface ServerOptions {
  readonly cluster: ClusterSpec;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly users?: readonly UserSpec[];
  readonly seed?: number;
  /** How often a watch gets a bookmark; the real server sends one about every minute. */
  readonly bookmarkSeconds?: number;
  /** Simulated seconds of commands in containers last this many real ones; 1 unless told otherwise. */
  readonly timeScale?: number;
  readonly now?: () => Date;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface RequestRecord {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly user: string;
  readonly userAgent: string;
  readonly status: number;
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

interface Body {
  readonly bytes: Buffer;
  readonly type: string;
  readonly gzipped?: boolean;
}

const FIRST_REVISION = 1000;
const REQUESTS_KEPT = 10_000;
const TRICKLE_PIECES = 20;
const TRICKLE_PAUSE_MS = 25;
const PORT_CLOSED_MS = 400;

export class ApiServer {
  readonly access: Access;
  readonly faults = new Faults();
  readonly requests: RequestRecord[] = [];
  readonly network: SimulatedNetwork;
  /** What `kubectl exec` does; replace it to play other commands. */
  execHandler: ExecHandler;
  #registry: ResourceRegistry;
  #store: Store;
  #writer: Writer;
  readonly #options: ServerOptions;
  readonly #authority: Authority;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<Watch>();
  readonly #webSockets: WebSocketServer;
  readonly #random: Random;
  #clockOffsetMs = 0;
  #port = 0;
  #closed = false;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    this.access = new Access(options.users ?? standardUsers);
    const now = this.now();
    this.#authority = createAuthority('simulated-authority', now);
    const server = this.#authority.issue(
      { commonName: 'simulated-apiserver', organisations: [] },
      { use: 'server', hosts: ['localhost', '127.0.0.1', '::1'], ...this.#validity() },
    );
    this.#server = createServer({
      key: server.key,
      cert: server.certificate,
      ca: [this.#authority.certificate],
      requestCert: true,
      rejectUnauthorized: false,
    });
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#onRequest(request, response).catch((error: unknown) => {
        this.#onCrash(response, error);
      });
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#onUpgrade(request, socket, head);
    });
    this.#server.on('secureConnection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // A client that breaks off is no news.
      socket.on('error', () => undefined);
    });
    this.#server.on('tlsClientError', () => undefined);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => EXEC_PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
    });
    this.#registry = new ResourceRegistry(options.cluster.absent ?? []);
    this.#store = new Store(this.#registry, FIRST_REVISION);
    this.#writer = this.#newWriter();
    this.network = new SimulatedNetwork(
      {
        pods: () => this.objects('pods'),
        nodes: () => this.objects('nodes'),
        services: () => this.objects('services'),
        endpointSlices: () => this.objects('endpointslices.discovery.k8s.io'),
      },
      options.cluster.network ?? {},
    );
    this.execHandler = simulatedExec(this.network, { timeScale: options.timeScale ?? 1 });
    this.#fill(options.cluster);
  }

  /** Starts a server that listens on the loopback address. */
  static async start(options: ServerOptions): Promise<ApiServer> {
    const server = new ApiServer(options);
    await server.#listen(options.port ?? 0);
    return server;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  get context(): string {
    return this.#options.cluster.context;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** The certificate of the authority that signed the server's, PEM. */
  get authorityCertificate(): string {
    return this.#authority.certificate;
  }

  now(): Date {
    const now = this.#options.now?.() ?? new Date();
    return new Date(now.getTime() + this.#clockOffsetMs);
  }

  /** Kubeconfig text for a user, whose context is the only one in it. */
  kubeconfig({ user = 'admin', namespace }: { readonly user?: string; readonly namespace?: string } = {}): string {
    const spec = this.access.user(user);
    if (spec === undefined) throw new Error(`the simulated server has no user ${user}`);
    return kubeconfigText({
      context: user === 'admin' ? this.context : `${this.context}-${user}`,
      server: this.url,
      authority: this.#authority.certificate,
      user,
      ...(namespace === undefined ? {} : { namespace }),
      credentials:
        spec.token === undefined
          ? this.#authority.issue(
              { commonName: spec.name, organisations: spec.groups },
              { use: 'client', hosts: [], ...this.#validity() },
            )
          : { token: spec.token },
    });
  }

  /** Creates or replaces an object, without asking anybody; watches see it. */
  apply(object: KubeObject): KubeObject {
    return this.#writer.apply(object).value();
  }

  /** Deletes an object and what it owns; false when there is none. */
  remove(reference: ObjectReference): boolean {
    const resource = this.#registry.ofKind(reference.apiVersion, reference.kind);
    if (resource === undefined) return false;
    const found = this.#store.collection(resource).get(reference.namespace ?? '', reference.name);
    if (found === undefined) return false;
    this.#writer.remove(found);
    return true;
  }

  /** All objects of a resource, named as `pods` or `daemonsets.apps`, in the order of a list. */
  objects(qualifiedName: string): readonly KubeObject[] {
    const [plural, ...group] = qualifiedName.split('.');
    const resource = this.#registry
      .all()
      .find((candidate) => candidate.plural === plural && candidate.group === group.join('.'));
    return resource === undefined
      ? []
      : this.#store
          .collection(resource)
          .objects()
          .map((object) => object.value());
  }

  /** Forgets the history: older watches and pages get 410. */
  compact(): void {
    this.#store.compact();
  }

  /** Sends a bookmark to every watch that asked for bookmarks. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark();
  }

  /** Ends every open watch, as a server does after some time. */
  endWatches(): void {
    for (const watch of [...this.#watches]) watch.end();
  }

  /** Breaks all connections off; with a new etcd the objects stay, but revisions start over, far below. */
  restart({ newEtcd = false }: { readonly newEtcd?: boolean } = {}): void {
    if (newEtcd) this.#startOver();
    else this.#store.compact();
    for (const watch of [...this.#watches]) watch.reset();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nobody listens on the port for a while. */
  async closePort(milliseconds: number): Promise<void> {
    await this.#stopListening();
    await delay(milliseconds);
    if (!this.#closed) await this.#listen(this.#port);
  }

  /** Moves the server's clock. */
  moveClock(milliseconds: number): void {
    this.#clockOffsetMs += milliseconds;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#webSockets.close();
    await this.#stopListening();
  }

  #validity(): { notBefore: Date; notAfter: Date } {
    const now = this.now().getTime();
    const day = 24 * 3600 * 1000;
    return { notBefore: new Date(now - day), notAfter: new Date(now + 365 * day) };
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #newWriter(): Writer {
    return new Writer(this.#store, this.#random, () => this.now());
  }

  #fill(cluster: ClusterSpec): void {
    const byResource = new Map<Resource, StoredObject[]>();
    const add = (resource: Resource, source: ObjectSource): void => {
      const objects = byResource.get(resource) ?? [];
      byResource.set(resource, objects);
      objects.push(new StoredObject(resource, source, this.#store.advance()));
    };
    const objects = [...cluster.objects];
    for (const object of objects) if (object.kind === 'CustomResourceDefinition') this.#registry.define(object);
    for (const object of objects) {
      const resource = this.#registry.ensure(object);
      const { namespace = resource.namespaced ? 'default' : '', name } = object.metadata;
      add(resource, { namespace, name, build: () => object });
    }
    for (const { apiVersion, kind, objects: sources } of cluster.lazy ?? []) {
      const resource = this.#registry.ofKind(apiVersion, kind);
      if (resource === undefined) throw new Error(`no resource for ${apiVersion} ${kind}`);
      for (const source of sources) add(resource, source);
    }
    for (const [resource, stored] of byResource) this.#store.collection(resource).fill(stored, this.#store.revision);
  }

  #startOver(): void {
    const previous = this.#store.collections();
    this.#store = new Store(this.#registry, 1);
    for (const collection of previous) {
      const moved = collection
        .objects()
        .map((object) => new StoredObject(object.resource, object.source, this.#store.advance()));
      this.#store.collection(collection.resource).fill(moved, this.#store.revision);
    }
    this.#writer = this.#newWriter();
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const caller = this.access.authenticate(request);
    response.on('finish', () => {
      this.#remember(request, response.statusCode, caller);
    });
    response.setHeader('Date', this.now().toUTCString());
    response.setHeader('Cache-Control', 'no-cache, private');
    response.setHeader('Audit-Id', this.#random.uid());
    if (caller === undefined) {
      this.#fail(request, response, status.unauthorized);
      return;
    }
    const target = parseTarget(url.pathname);
    if (target === undefined) {
      this.#serveAbout(request, response, caller, url);
      return;
    }
    const verb = verbOf(request.method ?? 'GET', target, url.searchParams);
    if (verb === undefined) {
      this.#fail(request, response, status.methodNotAllowed);
      return;
    }
    const { plural, namespace } = target;
    const continued = url.searchParams.has('continue');
    const fault = this.faults.next({ verb, plural, namespace, continued });
    const exchange: Exchange = { request, response, caller, target, verb, query: url.searchParams, fault };
    if (fault !== undefined && isAnswerFault(fault.kind)) {
      this.#playAnswerFault(exchange, fault.kind);
      return;
    }
    if (fault !== undefined && isClusterFault(fault.kind) && !this.#playClusterFault(fault.kind)) return;
    await this.#serveTarget(exchange);
  }

  /** Paths that are not of resources: versions, health, discovery. */
  #serveAbout(request: IncomingMessage, response: ServerResponse, caller: Caller, url: URL): void {
    const path = url.pathname.replace(/\/$/, '') || '/';
    if (!this.access.mayGetPath(caller, path)) {
      this.#fail(request, response, status.forbiddenPath(caller.name, (request.method ?? 'get').toLowerCase(), path));
      return;
    }
    const answer = (value: JsonObject, type = 'application/json'): void =>
      this.#send(response, 200, { bytes: Buffer.from(JSON.stringify(value)), type });
    const text = (code: number, words: string): void =>
      this.#send(response, code, { bytes: Buffer.from(words), type: 'text/plain; charset=utf-8' });
    const resources = this.#registry.all();
    const [, root, group, version] = path.split('/');
    if (/^\/(healthz|livez|readyz)/.test(path)) {
      text(200, 'ok');
      return;
    }
    if (path === '/version') {
      answer(this.#version());
      return;
    }
    const aggregated = (request.headers.accept ?? '').split(',')[0]?.includes('as=APIGroupDiscoveryList') === true;
    if (path === '/api' || path === '/apis') {
      const core = path === '/api';
      if (aggregated) {
        answer(discovery.aggregatedDiscovery(resources, core), discovery.AGGREGATED);
        return;
      }
      answer(core ? discovery.apiVersions(new URL(this.url).host) : discovery.apiGroupList(resources));
      return;
    }
    let found: JsonObject | undefined;
    if (root === 'api') found = discovery.apiResourceList(resources, '', group ?? '');
    else if (root === 'apis' && version === undefined) found = discovery.oneApiGroup(resources, group ?? '');
    else if (root === 'apis') found = discovery.apiResourceList(resources, group ?? '', version ?? '');
    else if (path === '/openapi/v3') found = discovery.openApiIndex(resources);
    else if (path.startsWith('/openapi/v3/')) {
      const [, , , kind, first = '', second = ''] = path.split('/');
      found = discovery.openApiDocument(resources, kind === 'api' ? '' : first, kind === 'api' ? first : second);
    }
    if (found === undefined) text(404, '404 page not found\n');
    else answer(found);
  }

  #version(): JsonObject {
    const { version } = this.#options.cluster;
    const [, major = '1', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    return {
      major,
      minor,
      gitVersion: `${version}+simulated`,
      gitCommit: 'simulated',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: 'simulated',
      compiler: 'simulated',
      platform: 'simulated',
    };
  }

  async #serveTarget(exchange: Exchange): Promise<void> {
    const { request, response, caller, target, verb } = exchange;
    const ask: Ask = { ...target, verb };
    if (!this.access.mayAsk(caller, ask)) {
      this.#fail(request, response, this.#forbidden(caller, ask, target));
      return;
    }
    const resource = this.#registry.find(target.group, target.version, target.plural);
    if (resource === undefined || !this.#hasSubresource(resource, target.subresource)) {
      this.#fail(request, response, status.unknownResource);
      return;
    }
    const review = REVIEWS.get(resource.kind);
    if (review !== undefined) {
      await this.#serveReview(exchange, resource, review);
      return;
    }
    if (!resource.verbs.includes(verb) && target.subresource === '') {
      this.#fail(request, response, status.methodNotAllowed);
      return;
    }
    if (target.subresource === 'exec') {
      this.#fail(request, response, status.badRequest('Upgrade request required'));
      return;
    }
    const format = this.#format(exchange, resource);
    if (format === undefined) {
      this.#fail(request, response, status.notAcceptable(['application/json', 'application/vnd.kubernetes.protobuf']));
      return;
    }
    switch (verb) {
      case 'get':
        this.#serveGet(exchange, resource, format);
        return;
      case 'list':
        this.#serveList(exchange, resource, format);
        return;
      case 'watch':
        this.#serveWatch(exchange, resource, format);
        return;
      case 'create':
      case 'update':
      case 'patch':
        await this.#serveWrite(exchange, resource, format);
        return;
      case 'delete':
        await this.#serveDelete(exchange, resource);
        return;
      case 'deletecollection':
        this.#serveDeleteCollection(exchange, resource, format);
        return;
    }
  }

  #hasSubresource(resource: Resource, subresource: string): boolean {
    return subresource === '' || resource.subresources.some((sub) => sub.name === subresource);
  }

  #format({ request, query }: Exchange, resource: Resource): Format | undefined {
    const hasProtobuf = !resource.custom && messageOf(resource.group, resource.kind) !== undefined;
    return negotiate(request.headers.accept, hasProtobuf, query.get('includeObject'));
  }

  #forbidden(caller: Caller, ask: Ask, target: Target): Failure {
    return status.forbidden({
      user: caller.name,
      verb: ask.verb,
      resource: { group: ask.group, plural: ask.plural },
      subresource: ask.subresource,
      namespace: ask.namespace,
      name: target.name,
    });
  }

  #serveGet({ request, response, target }: Exchange, resource: Resource, format: Format): void {
    const found = this.#store.collection(resource).get(resource.namespaced ? target.namespace : '', target.name);
    if (found === undefined) {
      this.#fail(request, response, status.notFound(resource, target.name));
      return;
    }
    const bytes = objectBytes(found, format, this.now());
    this.#send(response, 200, { bytes, type: contentType(format, false) });
  }

  #serveList({ request, response, target, query, fault }: Exchange, resource: Resource, format: Format): void {
    const selected = selectionOf(resource, target.namespace, '', query);
    if ('failure' in selected) {
      this.#fail(request, response, selected.failure);
      return;
    }
    if (fault?.kind === 'list-expired') this.#store.collection(resource).compact(this.#store.revision);
    const listed = list(this.#store, resource, selected.selection, query, {
      emptyPage: fault?.kind === 'empty-page',
      ignoreLimit: fault?.kind === 'huge-page',
      ...(fault?.kind === 'stale-list' ? { staleBy: 1 + fault.random.below(20) } : {}),
    });
    if ('failure' in listed) {
      this.#fail(request, response, listed.failure);
      return;
    }
    const body: Body = {
      ...listBody(listed, format, this.now(), acceptsGzip(request)),
      type: contentType(format, false),
    };
    if (fault !== undefined && isBodyFault(fault.kind)) this.#playBodyFault(request, response, fault.kind, body);
    else this.#send(response, 200, body);
  }

  #serveWatch({ response, request, target, query, fault }: Exchange, resource: Resource, format: Format): void {
    const selected = selectionOf(resource, target.namespace, target.name, query);
    if ('failure' in selected) {
      this.#fail(request, response, selected.failure);
      return;
    }
    response.writeHead(200, { 'Content-Type': contentType(format, true) });
    const watch = new Watch(response, {
      store: this.#store,
      collection: this.#store.collection(resource),
      selection: selected.selection,
      query,
      format,
      now: () => this.now(),
      bookmarkSeconds: this.#options.bookmarkSeconds ?? 60,
      fault:
        fault !== undefined && isWatchFault(fault.kind)
          ? {
              kind: fault.kind,
              afterEvents: fault.afterEvents,
              pieceOf: (bytes) => 1 + fault.random.below(Math.max(1, bytes >> 2)),
            }
          : undefined,
    });
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    watch.start();
  }

  async #serveWrite(exchange: Exchange, resource: Resource, format: Format): Promise<void> {
    const { request, response, target, verb, query } = exchange;
    const body = await readBody(request);
    const parsed = parseBody(request, body, verb);
    if ('failure' in parsed) {
      this.#fail(request, response, parsed.failure);
      return;
    }
    const place: Place = { resource, namespace: resource.namespaced ? target.namespace : '' };
    const dryRun = query.has('dryRun');
    let written: Written;
    if (verb === 'create') written = this.#writer.create(place, parsed.value, dryRun);
    else if (verb === 'update') {
      written = this.#writer.update(place, target.name, parsed.value, target.subresource, dryRun);
    } else {
      const strategic = request.headers['content-type'] === 'application/strategic-merge-patch+json';
      written = this.#writer.patch(place, target.name, parsed.value, strategic, target.subresource, dryRun);
    }
    if ('failure' in written) {
      this.#fail(request, response, written.failure);
      return;
    }
    const bytes = objectBytes(written, format, this.now());
    this.#send(response, verb === 'create' ? 201 : 200, { bytes, type: contentType(format, false) });
  }

  async #serveDelete({ request, response, target, query }: Exchange, resource: Resource): Promise<void> {
    const body = await readBody(request);
    const parsed = body.length === 0 ? { value: {} } : parseBody(request, body, 'delete');
    if ('failure' in parsed) {
      this.#fail(request, response, parsed.failure);
      return;
    }
    const policy = textAt(parsed.value, 'propagationPolicy') ?? query.get('propagationPolicy');
    const place: Place = { resource, namespace: resource.namespaced ? target.namespace : '' };
    const deleted = this.#writer.delete(place, target.name, policy === 'Orphan');
    if ('failure' in deleted) {
      this.#fail(request, response, deleted.failure);
      return;
    }
    const { uid } = deleted.value().metadata;
    this.#answerStatus(request, response, {
      ...statusSuccess,
      details: {
        name: target.name,
        ...(resource.group === '' ? {} : { group: resource.group }),
        kind: resource.plural,
        ...(uid === undefined ? {} : { uid }),
      },
    });
  }

  #serveDeleteCollection(exchange: Exchange, resource: Resource, format: Format): void {
    const { request, response, target, query } = exchange;
    const selected = selectionOf(resource, target.namespace, '', query);
    if ('failure' in selected) {
      this.#fail(request, response, selected.failure);
      return;
    }
    const listed = list(this.#store, resource, selected.selection, new URLSearchParams());
    if ('failure' in listed) {
      this.#fail(request, response, listed.failure);
      return;
    }
    for (const object of listed.objects) this.#writer.remove(object);
    const { bytes } = listBody(listed, format, this.now(), false);
    this.#send(response, 200, { bytes, type: contentType(format, false) });
  }

  /** Reviews: objects that are answered and not kept. */
  async #serveReview({ request, response, caller, verb }: Exchange, resource: Resource, review: Review): Promise<void> {
    if (verb !== 'create') {
      this.#fail(request, response, status.methodNotAllowed);
      return;
    }
    const parsed = parseBody(request, await readBody(request), 'create');
    if ('failure' in parsed) {
      this.#fail(request, response, parsed.failure);
      return;
    }
    const object = isObject(parsed.value) ? parsed.value : {};
    const answered = {
      ...object,
      kind: resource.kind,
      apiVersion: `${resource.group}/${resource.version}`,
      metadata: {},
      status: review(this.access, caller, object),
    };
    const hasProtobuf = messageOf(resource.group, resource.kind) !== undefined;
    const format = negotiate(request.headers.accept, hasProtobuf, null) ?? { form: 'json' };
    const bytes = plainBytes(answered, format);
    this.#send(response, 201, { bytes, type: contentType(format, false) });
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.url);
    const caller = this.access.authenticate(request);
    const refuse = (failure: Failure): void => {
      this.#remember(request, failure.code, caller);
      const body = failureBytes(failure, { form: 'json' });
      socket.end(
        `HTTP/1.1 ${failure.code} ${failure.reason}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString('utf8')}`,
      );
    };
    const target = parseTarget(url.pathname);
    if (caller === undefined) {
      refuse(status.unauthorized);
      return;
    }
    if (target?.plural !== 'pods' || target.subresource !== 'exec') {
      refuse(status.unknownResource);
      return;
    }
    const ask: Ask = { ...target, verb: 'create' };
    if (!this.access.mayAsk(caller, ask)) {
      refuse(this.#forbidden(caller, ask, target));
      return;
    }
    const resource = this.#registry.find('', 'v1', 'pods');
    const pod =
      resource === undefined ? undefined : this.#store.collection(resource).get(target.namespace, target.name)?.value();
    if (pod === undefined) {
      refuse(status.notFound({ group: '', plural: 'pods' }, target.name));
      return;
    }
    const names = listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name') ?? '');
    const container = url.searchParams.get('container') ?? names[0] ?? '';
    if (!names.includes(container)) {
      refuse(status.badRequest(`container ${container} is not valid for pod ${target.name}`));
      return;
    }
    if (textAt(pod, 'status', 'phase') !== 'Running') {
      refuse(status.internalError(`unable to upgrade connection: container not found ("${container}")`));
      return;
    }
    this.#remember(request, 101, caller);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const call = { pod, container, command: url.searchParams.getAll('command') };
      serveExec(webSocket, call, this.execHandler).catch((error: unknown) => {
        webSocket.close(1011, error instanceof Error ? error.message.slice(0, 100) : 'error');
      });
    });
  }

  #playAnswerFault({ request, response, caller, target, verb }: Exchange, kind: AnswerFault): void {
    const fail = (failure: Failure, headers: Readonly<Record<string, string>> = {}): void => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      this.#fail(request, response, failure);
    };
    switch (kind) {
      case 'too-many-requests': {
        fail(
          {
            code: 429,
            reason: 'TooManyRequests',
            message: 'The server has received too many requests and has asked us to try again later',
            details: { retryAfterSeconds: 1 },
          },
          { 'Retry-After': '1' },
        );
        return;
      }
      case 'internal-error': {
        fail(status.internalError('etcdserver: request timed out'));
        return;
      }
      case 'bad-gateway': {
        this.#send(response, 502, {
          bytes: Buffer.from('<html><body><h1>502 Bad Gateway</h1></body></html>'),
          type: 'text/html',
        });
        return;
      }
      case 'unavailable': {
        fail({ code: 503, reason: 'ServiceUnavailable', message: 'apiserver not ready' });
        return;
      }
      case 'gateway-timeout': {
        fail({
          code: 504,
          reason: 'Timeout',
          message: 'Timeout: request did not complete within the allotted timeout',
        });
        return;
      }
      case 'unauthorized': {
        fail(status.unauthorized);
        return;
      }
      case 'forbidden': {
        fail(this.#forbidden(caller, { ...target, verb }, target));
        return;
      }
      case 'kind-vanishes': {
        fail(status.unknownResource);
        return;
      }
      case 'connection-reset':
        request.socket.resetAndDestroy();
        return;
      case 'half-open':
        // The connection stays open and says nothing; it ends with the client's patience or with the server.
        return;
      case 'wrong-content-type': {
        this.#send(response, 200, {
          bytes: Buffer.from('<html><body>Please log in to the network</body></html>'),
          type: 'text/html',
        });
        return;
      }
    }
  }

  /** Whether the request that met the fault can still be answered. */
  #playClusterFault(kind: ClusterFault): boolean {
    switch (kind) {
      case 'compaction':
        this.compact();
        return true;
      case 'clock-jump':
        this.moveClock((this.#random.below(7200) - 3600) * 1000);
        return true;
      case 'restart':
      case 'new-etcd':
        this.restart({ newEtcd: kind === 'new-etcd' });
        return false;
      case 'port-closed':
        this.closePort(PORT_CLOSED_MS).catch((error: unknown) => {
          throw error;
        });
        return false;
    }
  }

  #playBodyFault(request: IncomingMessage, response: ServerResponse, kind: BodyFault, body: Body): void {
    const half = body.bytes.subarray(0, body.bytes.length >> 1);
    const headers = {
      'Content-Type': body.type,
      ...(body.gzipped === true ? { 'Content-Encoding': 'gzip' } : {}),
    };
    switch (kind) {
      case 'reset-mid-body':
        response.writeHead(200, { ...headers, 'Content-Length': String(body.bytes.length) });
        response.write(half, () => request.socket.resetAndDestroy());
        return;
      case 'stall-mid-body':
        response.writeHead(200, { ...headers, 'Content-Length': String(body.bytes.length) });
        response.write(half);
        return;
      case 'truncated-body':
      case 'truncated-gzip':
        // Ends in good order, only too soon; compressed or not, as the client asked.
        response.writeHead(200, headers);
        response.end(half);
        return;
      case 'trickle':
        response.writeHead(200, { ...headers, 'Content-Length': String(body.bytes.length) });
        this.#trickle(response, body.bytes, 0);
        return;
    }
  }

  #trickle(response: ServerResponse, bytes: Buffer, start: number): void {
    const end = Math.min(bytes.length, start + Math.ceil(bytes.length / TRICKLE_PIECES));
    if (end >= bytes.length) {
      response.end(bytes.subarray(start));
      return;
    }
    response.write(bytes.subarray(start, end));
    const timer = setTimeout(() => this.#trickle(response, bytes, end), TRICKLE_PAUSE_MS);
    response.on('close', () => clearTimeout(timer));
  }

  #fail(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
    const format = negotiate(request.headers.accept, true, null);
    const form: Format = format?.form === 'protobuf' ? format : { form: 'json' };
    const retryAfter = at(failure.details, 'retryAfterSeconds');
    if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
    this.#send(response, failure.code, {
      bytes: failureBytes(failure, form),
      type: contentType(form, false),
    });
  }

  #answerStatus(request: IncomingMessage, response: ServerResponse, value: JsonObject): void {
    const format = negotiate(request.headers.accept, true, null);
    const form: Format = format?.form === 'protobuf' ? format : { form: 'json' };
    this.#send(response, 200, {
      bytes: plainBytes({ ...value, apiVersion: 'v1', kind: 'Status' }, form),
      type: contentType(form, false),
    });
  }

  #send(response: ServerResponse, code: number, body: Body): void {
    response.writeHead(code, {
      'Content-Type': body.type,
      ...(body.gzipped === true ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : {}),
      'Content-Length': String(body.bytes.length),
    });
    response.end(body.bytes);
  }

  #onCrash(response: ServerResponse, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(500, { 'Content-Type': 'application/json' });
    response.end(failureBytes(status.internalError(message), { form: 'json' }));
  }

  #remember(request: IncomingMessage, code: number, caller: Caller | undefined): void {
    this.requests.push({
      method: request.method ?? '',
      url: request.url ?? '',
      user: caller?.name ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      status: code,
    });
    if (this.requests.length > 2 * REQUESTS_KEPT) this.requests.splice(0, this.requests.length - REQUESTS_KEPT);
  }
}

const statusSuccess: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

type Review = (access: Access, caller: Caller, object: JsonObject) => JsonObject;

const REVIEWS: ReadonlyMap<string, Review> = new Map<string, Review>([
  [
    'SelfSubjectAccessReview',
    (access, caller, object) => {
      const asked = at(object, 'spec', 'resourceAttributes');
      const path = textAt(object, 'spec', 'nonResourceAttributes', 'path');
      const allowed =
        asked === undefined
          ? access.mayGetPath(caller, path ?? '/')
          : access.mayAsk(caller, {
              verb: textAt(asked, 'verb') ?? '',
              group: textAt(asked, 'group') ?? '',
              plural: textAt(asked, 'resource') ?? '',
              subresource: textAt(asked, 'subresource') ?? '',
              namespace: textAt(asked, 'namespace') ?? '',
            });
      return { allowed };
    },
  ],
  [
    'SelfSubjectRulesReview',
    (access, caller, object) => {
      const namespace = textAt(object, 'spec', 'namespace') ?? '';
      const rules = access
        .rulesOf(caller)
        .filter((rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace));
      return {
        resourceRules: rules.map(({ verbs, apiGroups, resources }) => ({ verbs, apiGroups, resources })),
        nonResourceRules: [],
        incomplete: false,
      };
    },
  ],
  ['SelfSubjectReview', (_access, caller) => ({ userInfo: { username: caller.name, groups: caller.groups } })],
]);

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '');
}

const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES) break;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const PATCH_TYPES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

function parseBody(
  request: IncomingMessage,
  body: Buffer,
  verb: Verb,
): { readonly value: Json } | { readonly failure: Failure } {
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
  if (verb === 'patch' && !PATCH_TYPES.includes(type)) return { failure: status.unsupportedMediaType };
  if (type === 'application/vnd.kubernetes.protobuf') {
    try {
      return { value: decodeObject(body) };
    } catch (error) {
      return { failure: status.badRequest(error instanceof Error ? error.message : String(error)) };
    }
  }
  if (verb !== 'patch' && type !== 'application/json') return { failure: status.unsupportedMediaType };
  const parsed = parseJson(body.toString('utf8'));
  return 'error' in parsed
    ? {
        failure: status.badRequest(
          `the object provided is unrecognized: couldn't get version/kind; json parse error: ${parsed.error}`,
        ),
      }
    : parsed;
}
