/** Tiny proxies for tests: CONNECT over HTTP or HTTPS, and SOCKS5. They remember where they were asked to lead. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { listen, serverIdentity } from './mirrorServer.js';

export interface ProxyServer {
  readonly url: string;
  /** `host:port` that clients asked for. */
  readonly asked: readonly string[];
  /** `Proxy-Authorization`, or `user:password` of SOCKS5, one for each client; `''`: none. */
  readonly credentials: readonly string[];
  close(): void;
}

/** @param target where every connection leads, whatever name was asked for; undefined: it refuses all */
export async function startConnectProxy(scheme: 'http' | 'https', target: number | undefined): Promise<ProxyServer> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const identity = serverIdentity(['127.0.0.1']);
  const server =
    scheme === 'http' ? http.createServer() : https.createServer({ cert: identity.certificate, key: identity.key });
  const sockets = new Set<Duplex>();
  server.on('connect', (request: http.IncomingMessage, client: Duplex) => {
    sockets.add(client);
    client.on('error', () => undefined);
    asked.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization'] ?? '');
    if (target === undefined) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = net.connect(target, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const port = await listen(server);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    asked,
    credentials,
    close: () => {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** @param reply the code of its answer to the request; 0 leads to the target */
export async function startSocksProxy(target: number, reply = 0): Promise<ProxyServer> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const sockets = new Set<net.Socket>();
  const serve = async (client: net.Socket): Promise<void> => {
    const take = async (count: number): Promise<Buffer> => {
      for (;;) {
        const chunk: unknown = client.read(count);
        if (Buffer.isBuffer(chunk)) return chunk;
        await once(client, 'readable');
      }
    };
    const [, count = 0] = await take(2);
    const methods = await take(count);
    if (methods.includes(2)) {
      client.write(Buffer.from([5, 2]));
      const [, nameLength = 0] = await take(2);
      const name = await take(nameLength);
      const [secretLength = 0] = await take(1);
      credentials.push(`${name.toString()}:${(await take(secretLength)).toString()}`);
      client.write(Buffer.from([1, 0]));
    } else {
      credentials.push('');
      client.write(Buffer.from([5, 0]));
    }
    const [, , , kind] = await take(4);
    const host =
      kind === 1
        ? [...(await take(4))].join('.')
        : kind === 4
          ? (await take(16)).toString('hex')
          : (await take((await take(1))[0] ?? 0)).toString();
    asked.push(`${host}:${(await take(2)).readUInt16BE()}`);
    client.write(Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 80]));
    if (reply !== 0) {
      client.end();
      return;
    }
    const upstream = net.connect(target, '127.0.0.1');
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  };
  const server = net.createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    serve(client).catch(() => client.destroy());
  });
  const port = await listen(server);
  return {
    url: `socks5://127.0.0.1:${port}`,
    asked,
    credentials,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
