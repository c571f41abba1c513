/**
 * A simulated Kubernetes API server over HTTPS: enough of the API for kubectl and the official client, filled from a
 * scenario, changed by requests and by tests, and able to misbehave.
 *
 * It is a stand-in for tests and for the demo cluster; whoever meets it is told that it is simulated, by the names of its
 * contexts and by its version.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { answerAbout } from './about.js';
import { Access, standardUsers, type Caller, type UserSpec } from './access.js';
import { send, sendFailure } from './bodies.js';
import { createAuthority, type Authority } from './certificates.js';
import { Cluster, type ClusterSpec, type ObjectReference } from './cluster.js';
import { Connections } from './connections.js';
import { EXEC_PROTOCOLS, serveExec, type ExecHandler } from './exec.js';
import { Faults, type ClusterFault } from './faults.js';
import { failureBytes } from './formats.js';
import { forbiddenFor, Handler } from './handler.js';
import { listAt, textAt, type KubeObject } from './json.js';
import { kubeconfigText } from './kubeconfig.js';
import { Random } from './random.js';
import { parseTarget, type Target } from './requests.js';
import { simulatedExec } from './simulation/commands.js';
import { SimulatedControllers } from './simulation/controllers.js';
import { SimulatedNetwork } from './simulation/network.js';
import * as status from './status.js';
import type { Failure } from './status.js';

export type { ClusterSpec, ObjectReference } from './cluster.js';

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

/** One request that was answered, for tests that count them. */
export interface RequestRecord {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly user: string;
  readonly userAgent: string;
  readonly status: number;
}

const REQUESTS_KEPT = 10_000;
const PORT_CLOSED_MS = 400;
/** The resources of a group's version. */
const DISCOVERY = /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)$/;
const DAY_MS = 24 * 3600 * 1000;

export class ApiServer {
  readonly access: Access;
  readonly faults = new Faults();
  readonly network: SimulatedNetwork;
  /** What `kubectl exec` does; replace it to play other commands. */
  execHandler: ExecHandler;
  readonly #options: ServerOptions;
  readonly #cluster: Cluster;
  readonly #handler: Handler;
  readonly #authority: Authority;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #webSockets: WebSocketServer;
  readonly #random: Random;
  readonly #controllers: SimulatedControllers;
  readonly #requests: RequestRecord[] = [];
  #clockOffsetMs = 0;
  #port = 0;
  #closed = false;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    const now = (): Date => this.now();
    this.access = new Access(options.users ?? standardUsers);
    this.#cluster = new Cluster(options.cluster, this.#random, now);
    const { podRanges, network: networkOptions = {} } = options.cluster;
    const timeScale = options.timeScale ?? 1;
    this.#controllers = new SimulatedControllers(this.#cluster, now, {
      islands: networkOptions.islands === true,
      timeScale,
      ...(podRanges === undefined ? {} : { podRanges }),
    });
    this.#handler = new Handler({
      cluster: this.#cluster,
      access: this.access,
      faults: this.faults,
      now,
      bookmarkSeconds: options.bookmarkSeconds ?? 60,
      onCreated: (object) => this.#controllers.created(object),
      playClusterFault: (fault) => this.#playClusterFault(fault),
    });
    this.network = new SimulatedNetwork(
      {
        pods: () => this.objects('pods'),
        nodes: () => this.objects('nodes'),
        services: () => this.objects('services'),
        endpointSlices: () => this.objects('endpointslices.discovery.k8s.io'),
      },
      networkOptions,
    );
    this.execHandler = simulatedExec(this.network, { timeScale });
    this.#authority = createAuthority('simulated-authority', this.now());
    this.#server = this.#createServer();
    this.#connections = new Connections(this.#server);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => EXEC_PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
    });
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

  /** The newest revision. */
  get revision(): number {
    return this.#cluster.store.revision;
  }

  /** The certificate of the authority that signed the server's, PEM. */
  get authorityCertificate(): string {
    return this.#authority.certificate;
  }

  /** Bytes sent since the start, TLS included. */
  get bytesSent(): number {
    return this.#connections.bytesSent;
  }

  /** The requests that were answered lately, oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  now(): Date {
    const now = this.#options.now?.() ?? new Date();
    return new Date(now.getTime() + this.#clockOffsetMs);
  }

  /** Kubeconfig text for a user, whose context is the only one in it. */
  kubeconfig({ user = 'admin', namespace }: { readonly user?: string; readonly namespace?: string } = {}): string {
    const spec = this.access.user(user);
    if (spec === undefined) throw new Error(`the simulated server has no user ${user}`);
    const { name: commonName, groups: organisations, token } = spec;
    return kubeconfigText({
      context: user === 'admin' ? this.context : `${this.context}-${user}`,
      server: this.url,
      authority: this.#authority.certificate,
      user,
      ...(namespace === undefined ? {} : { namespace }),
      credentials:
        token === undefined
          ? this.#authority.issue({ commonName, organisations }, { use: 'client', hosts: [], ...this.#validity() })
          : { token },
    });
  }

  /** Creates or replaces an object, without asking anybody; watches see it. */
  apply(object: KubeObject): KubeObject {
    return this.#cluster.writer.apply(object).value();
  }

  /**
   * Makes changes ready, bytes and all; the returned function makes them at once. Nothing else may change in between:
   * their revisions are given out already.
   */
  prepare(objects: readonly KubeObject[]): () => void {
    return this.#cluster.writer.prepare(objects);
  }

  /** Deletes an object and what it owns; false when there is none. */
  remove(reference: ObjectReference): boolean {
    const found = this.#cluster.find(reference);
    if (found === undefined) return false;
    this.#cluster.writer.remove(found);
    return true;
  }

  /** All objects of a resource, named as `pods` or `daemonsets.apps`, in the order of a list. */
  objects(qualifiedName: string): readonly KubeObject[] {
    return this.#cluster.objects(qualifiedName);
  }

  /** Forgets the history: older watches and pages get 410. */
  compact(): void {
    this.#cluster.store.compact();
  }

  /** Sends a bookmark to every watch that asked for bookmarks. */
  bookmark(): void {
    for (const watch of this.#handler.watches) watch.bookmark();
  }

  /** Ends every open watch in good order, as a server does after some time. */
  endWatches(): void {
    for (const watch of [...this.#handler.watches]) watch.end();
  }

  /** Breaks all connections off; with a new etcd the objects stay, but revisions start over, far below. */
  restart({ newEtcd = false }: { readonly newEtcd?: boolean } = {}): void {
    if (newEtcd) this.#cluster.startOver();
    else this.compact();
    this.#breakConnections();
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
    this.#controllers.stop();
    this.#webSockets.close();
    await this.#stopListening();
  }

  #validity(): { notBefore: Date; notAfter: Date } {
    const now = this.now().getTime();
    return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + 365 * DAY_MS) };
  }

  #createServer(): Server {
    const identity = this.#authority.issue(
      { commonName: 'simulated-apiserver', organisations: [] },
      { use: 'server', hosts: ['localhost', '127.0.0.1', '::1'], ...this.#validity() },
    );
    const server = createServer({
      key: identity.key,
      cert: identity.certificate,
      ca: [this.#authority.certificate],
      requestCert: true,
      // Whoever shows no certificate, or one of somebody else, is answered and not cut off.
      rejectUnauthorized: false,
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#onRequest(request, response).catch((error: unknown) => onCrash(response, error));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#onUpgrade(request, socket, head);
    });
    return server;
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

  /**
   * Nobody is let in any more, and who is in is thrown out. That all connections have told of their end is not waited for: of
   * one that is broken off while it is being shut down Node may lose the handle, and it never does.
   */
  #stopListening(): Promise<void> {
    this.#server.close();
    this.#breakConnections();
    return new Promise((resolve) => setImmediate(resolve));
  }

  #breakConnections(): void {
    for (const watch of [...this.#handler.watches]) watch.stop();
    this.#connections.resetAll();
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const caller = this.access.authenticate(request);
    response.on('finish', () => this.#remember(request, response.statusCode, caller));
    response.setHeader('Date', this.now().toUTCString());
    response.setHeader('Cache-Control', 'no-cache, private');
    response.setHeader('Audit-Id', this.#random.uid());
    if (caller === undefined) {
      sendFailure(request, response, status.unauthorized);
      return;
    }
    const target = parseTarget(url.pathname);
    if (target !== undefined) {
      await this.#handler.handle(request, response, caller, target, url.searchParams);
      return;
    }
    const path = url.pathname.replace(/\/$/, '') || '/';
    if (!this.access.mayGetPath(caller, path)) {
      sendFailure(request, response, status.forbiddenPath(caller.name, (request.method ?? '').toLowerCase(), path));
      return;
    }
    const asked = path === '/version' ? 'version' : DISCOVERY.test(path) ? 'discovery' : undefined;
    if (asked !== undefined && this.#handler.meetAbout(request, response, caller, asked, path)) return;
    const about = {
      resources: this.#cluster.registry.all(),
      version: this.#options.cluster.version,
      host: url.host,
    };
    const answer = answerAbout(about, path, request.headers.accept ?? '');
    send(response, answer.code, answer);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.url);
    const caller = this.access.authenticate(request);
    const call = caller === undefined ? status.unauthorized : this.#execCall(caller, url);
    if ('code' in call) {
      this.#remember(request, call.code, caller);
      refuseUpgrade(socket, call);
      return;
    }
    this.#remember(request, 101, caller);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveExec(webSocket, call, this.execHandler).catch((error: unknown) => {
        webSocket.close(1011, error instanceof Error ? error.message.slice(0, 100) : 'error');
      });
    });
  }

  /** The pod, container and command of an exec, or why it is refused. */
  #execCall(caller: Caller, url: URL): ExecCall | Failure {
    const target: Target | undefined = parseTarget(url.pathname);
    if (target?.plural !== 'pods' || target.subresource !== 'exec') return status.unknownResource;
    const { namespace, name } = target;
    const ask = { ...target, verb: 'create' };
    if (!this.access.mayAsk(caller, ask)) return forbiddenFor(caller, ask, name);
    const pod = this.#cluster.find({ apiVersion: 'v1', kind: 'Pod', namespace, name })?.value();
    if (pod === undefined) return status.notFound({ group: '', plural: 'pods' }, name);
    const all = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'ephemeralContainers')];
    const names = all.map((entry) => textAt(entry, 'name') ?? '');
    const container = url.searchParams.get('container') ?? names[0] ?? '';
    if (!names.includes(container)) return status.badRequest(`container ${container} is not valid for pod ${name}`);
    if (textAt(pod, 'status', 'phase') !== 'Running') {
      return status.internalError(`unable to upgrade connection: container not found ("${container}")`);
    }
    return { pod, container, command: url.searchParams.getAll('command') };
  }

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
        // Failing to listen again is an error of the test, and nobody's to catch.
        void this.closePort(PORT_CLOSED_MS);
        return false;
    }
  }

  #remember(request: IncomingMessage, code: number, caller: Caller | undefined): void {
    this.#requests.push({
      method: request.method ?? '',
      url: request.url ?? '',
      user: caller?.name ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      status: code,
    });
    if (this.#requests.length > 2 * REQUESTS_KEPT) this.#requests.splice(0, this.#requests.length - REQUESTS_KEPT);
  }
}

interface ExecCall {
  readonly pod: KubeObject;
  readonly container: string;
  readonly command: readonly string[];
}

function refuseUpgrade(socket: Duplex, failure: Failure): void {
  const body = failureBytes(failure, { form: 'json' });
  socket.end(
    `HTTP/1.1 ${failure.code} ${failure.reason}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString('utf8')}`,
  );
}

/** An error of the simulation itself: told to the client, so that a test sees it. */
function onCrash(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  send(response, 500, {
    bytes: failureBytes(status.internalError(message), { form: 'json' }),
    type: 'application/json',
  });
}
