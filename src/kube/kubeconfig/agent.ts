/**
 * The agent that opens connections to one API server: kept alive, with the right trust and identity, through a proxy if
 * need be. `https.Agent` does all of that but the proxy.
 */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { bareHost } from './proxy.js';
import { openTunnel } from './tunnel.js';

export interface Trust {
  readonly context: tls.SecureContext;
  /** `tls-server-name`; `''`: the server's host. */
  readonly serverName: string;
  readonly insecure: boolean;
  /** PEM, for a proxy that speaks TLS itself. */
  readonly proxyAuthorities: readonly string[] | undefined;
}

/** How many run at the same time, their users decide: a watch that waited for a connection here would see nothing. */
const POOL: http.AgentOptions = {
  keepAlive: true,
  keepAliveMsecs: 30_000,
  maxFreeSockets: 16,
  // The connection used last is the least likely to have been closed by the other side.
  scheduling: 'lifo',
};

/** @param trust undefined for an `http:` server */
export function createAgent(server: URL, trust: Trust | undefined, proxy: URL | undefined): http.Agent {
  if (trust === undefined) return proxy === undefined ? new http.Agent(POOL) : new PlainTunnelAgent(server, proxy);
  if (proxy === undefined) return new https.Agent({ ...POOL, ...tlsOptions(server, trust) });
  return new SecureTunnelAgent(server, trust, proxy);
}

/** No new connections are kept by it; those in use end with their requests. */
export function retireAgent(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  agent.on('free', (socket: net.Socket) => socket.destroy());
}

function tlsOptions(server: URL, { context, serverName, insecure }: Trust): tls.ConnectionOptions {
  const host = bareHost(server);
  const name = serverName !== '' ? serverName : net.isIP(host) === 0 ? host : '';
  return {
    secureContext: context,
    // Without a name, the certificate is compared with the address that was connected to.
    ...(name === '' ? {} : { servername: name }),
    rejectUnauthorized: !insecure,
    ALPNProtocols: ['http/1.1'],
  };
}

function portOf(server: URL): number {
  if (server.port !== '') return Number(server.port);
  return server.protocol === 'https:' ? 443 : 80;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Gives `created` what the tunnel became. */
function create(tunnel: Promise<net.Socket>, created: Created, wrap: (socket: net.Socket) => net.Socket): void {
  tunnel.then(
    (socket) => created(null, wrap(socket)),
    // Node looks at the error first, but the signature asks for a stream with it.
    (error: unknown) => created(error instanceof Error ? error : new Error(String(error)), new net.Socket()),
  );
}

class PlainTunnelAgent extends http.Agent {
  readonly #server: URL;
  readonly #proxy: URL;

  constructor(server: URL, proxy: URL) {
    super(POOL);
    this.#server = server;
    this.#proxy = proxy;
  }

  override createConnection(_options: unknown, created?: Created): undefined {
    const tunnel = openTunnel(this.#proxy, bareHost(this.#server), portOf(this.#server), undefined);
    create(tunnel, created ?? ignored, (socket) => socket);
  }
}

class SecureTunnelAgent extends https.Agent {
  readonly #server: URL;
  readonly #trust: Trust;
  readonly #proxy: URL;

  constructor(server: URL, trust: Trust, proxy: URL) {
    super(POOL);
    this.#server = server;
    this.#trust = trust;
    this.#proxy = proxy;
  }

  override createConnection(_options: unknown, created?: Created): undefined {
    const host = bareHost(this.#server);
    const tunnel = openTunnel(this.#proxy, host, portOf(this.#server), this.#trust.proxyAuthorities);
    create(tunnel, created ?? ignored, (socket) =>
      tls.connect({ ...tlsOptions(this.#server, this.#trust), socket, host }),
    );
  }
}

/** Node always passes a callback; without one nobody wants the connection. */
function ignored(_error: Error | null, stream: Duplex): void {
  stream.destroy();
}
