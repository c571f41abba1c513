/** An HTTPS server that answers with what it saw of the client: who it says to be, and how it connected. */
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createAuthority, type Authority, type Identity } from '../../apiserver/certificates.js';

export interface Seen {
  readonly path: string;
  readonly authorization: string;
  /** Header lines of impersonation, names in lower case, sorted. */
  readonly impersonation: readonly string[];
  /** Common name of the client certificate; `''`: none was shown. */
  readonly certificate: string;
  /** The name that the client asked for in the TLS handshake; `''`: none. */
  readonly serverName: string;
  /** What the answer may be compressed with. */
  readonly encoding: string;
}

const DAY_MS = 24 * 3600 * 1000;
const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };

export const authority: Authority = createAuthority('mirror', new Date());

export const clientIdentity = (commonName: string): Identity =>
  authority.issue({ commonName, organisations: [] }, { use: 'client', hosts: [], ...validity });

export const serverIdentity = (hosts: readonly string[]): Identity =>
  authority.issue({ commonName: 'mirror-server', organisations: [] }, { use: 'server', hosts, ...validity });

export interface Mirror {
  readonly url: string;
  readonly port: number;
  /** PEM; `''` for plain HTTP. */
  readonly certificate: string;
  readonly seen: readonly Seen[];
  /** Answers 401 to every other `Authorization` from now on; undefined: accepts all. */
  accept(authorization: string | undefined): void;
  /** Requests for `/held` wait for this. */
  release(): void;
  /** Connections that are open. */
  open(): number;
  /** Connections that were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** @param hosts what its certificate is for; undefined: plain HTTP */
export async function startMirror(hosts: readonly string[] | undefined): Promise<Mirror> {
  const seen: Seen[] = [];
  let accepted: string | undefined;
  let connections = 0;
  let open = 0;
  const held: (() => void)[] = [];
  const answer: RequestListener = (request, response) => {
    const what = look(request);
    seen.push(what);
    const refused = accepted !== undefined && what.authorization !== accepted;
    response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' });
    const body = JSON.stringify(
      refused ? { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'Unauthorized', code: 401 } : what,
    );
    if (what.path === '/held') held.push(() => response.end(body));
    else response.end(body);
  };
  const identity = hosts === undefined ? undefined : serverIdentity(hosts);
  const server =
    identity === undefined
      ? createPlain(answer)
      : createServer(
          {
            cert: identity.certificate,
            key: identity.key,
            ca: authority.certificate,
            requestCert: true,
            rejectUnauthorized: false,
          },
          answer,
        );
  // Idle connections are the client's business here.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  const port = await listen(server);
  return {
    url: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    certificate: identity?.certificate ?? '',
    seen,
    accept: (authorization) => (accepted = authorization),
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
    open: () => open,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function look(request: IncomingMessage): Seen {
  const lines: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    if (name.startsWith('impersonate-')) lines.push(`${name}: ${request.rawHeaders[index + 1] ?? ''}`);
  }
  const { socket } = request;
  const isTls = socket instanceof TLSSocket;
  const subject: unknown = isTls ? Reflect.get(socket.getPeerCertificate(), 'subject') : undefined;
  const name: unknown = typeof subject === 'object' && subject !== null ? Reflect.get(subject, 'CN') : undefined;
  const serverName: unknown = isTls ? Reflect.get(socket, 'servername') : undefined;
  return {
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    encoding: [request.headers['accept-encoding'] ?? ''].flat().join(),
    impersonation: lines.sort(),
    certificate: typeof name === 'string' ? name : '',
    serverName: typeof serverName === 'string' ? serverName : '',
  };
}
