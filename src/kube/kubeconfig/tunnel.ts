/**
 * Connections through a proxy: CONNECT for `http` and `https` proxies, SOCKS5 for `socks5`, where the proxy resolves the
 * name, as in Go.
 *
 * Sources: https://www.rfc-editor.org/rfc/rfc9110#CONNECT, https://www.rfc-editor.org/rfc/rfc1928 (SOCKS5),
 * https://www.rfc-editor.org/rfc/rfc1929 (its user name and password).
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { parseAddress } from '../../core/ip/address.js';
import { bareHost, proxyPort } from './proxy.js';

/** A proxy that has not opened the way in this time will not. */
const LIMIT_MS = 30_000;

/** Opens a way to `host:port`. `authorities` are trusted, as PEM, when the proxy itself speaks TLS; undefined: Node's own. */
export async function openTunnel(
  proxy: URL,
  host: string,
  port: number,
  authorities: readonly string[] | undefined,
): Promise<net.Socket> {
  try {
    return proxy.protocol.startsWith('socks5')
      ? await openSocks(proxy, host, port)
      : await openConnect(proxy, host, port, authorities);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`The proxy ${proxy.protocol}//${proxy.host} does not lead to ${host}:${port}: ${words}`, {
      cause: error,
    });
  }
}

function openConnect(
  proxy: URL,
  host: string,
  port: number,
  authorities: readonly string[] | undefined,
): Promise<net.Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { user, password } = userInformation(proxy);
  const proxyHost = bareHost(proxy);
  const options: http.RequestOptions = {
    host: proxyHost,
    port: proxyPort(proxy),
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(user === '' && password === ''
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    },
  };
  const request =
    proxy.protocol === 'https:'
      ? https.request({
          ...options,
          // Else Node would take the name of the `Host` header, which is the target's.
          servername: net.isIP(proxyHost) === 0 ? proxyHost : '',
          ...(authorities === undefined ? {} : { ca: [...authorities] }),
        })
      : http.request(options);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    // What may follow the header at once is not looked at: neither TLS nor HTTP lets the server speak first.
    request.once('connect', (response, socket) => {
      clearTimeout(limit);
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`it answered ${response.statusCode ?? 0} ${response.statusMessage ?? ''}`.trim()));
      }
    });
    request.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    request.end();
  });
}

/** What a SOCKS5 server's answer means (RFC 1928, section 6). */
const SOCKS_REPLIES: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'kind of address not supported',
};

async function openSocks(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const socket = net.connect({ host: bareHost(proxy), port: proxyPort(proxy) });
  const limit = setTimeout(() => socket.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  try {
    await once(socket, 'connect');
    const { user, password } = userInformation(proxy);
    const methods = user === '' && password === '' ? [0] : [0, 2];
    socket.write(Buffer.from([5, methods.length, ...methods]));
    const [version, method] = await bytes(socket, 2);
    if (version !== 5) throw new Error('it does not speak SOCKS5');
    if (method === 2) {
      const [name, secret] = [Buffer.from(user), Buffer.from(password)];
      if (name.length > 255 || secret.length > 255)
        throw new Error('its user name or password is longer than 255 bytes');
      socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([secret.length]), secret]));
      const [, status] = await bytes(socket, 2);
      if (status !== 0) throw new Error('it does not accept the user name and password');
    } else if (method !== 0) throw new Error('it asks for a kind of authentication that is not supported');

    socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), Buffer.from([port >> 8, port & 0xff])]));
    const [, reply, , kind] = await bytes(socket, 4);
    if (reply !== 0) throw new Error(`it answered: ${SOCKS_REPLIES[reply ?? -1] ?? `code ${reply ?? -1}`}`);
    // The address that the proxy uses itself; nothing follows from it.
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await bytes(socket, 1))[0] ?? 0);
    await bytes(socket, length + 2);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

function socksAddress(host: string): Buffer {
  if (net.isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  const name = Buffer.from(host);
  if (!net.isIPv6(host)) {
    if (name.length > 255) throw new Error('the name of the server is longer than 255 bytes');
    return Buffer.concat([Buffer.from([3, name.length]), name]);
  }
  const parsed = parseAddress(host);
  if (!parsed.ok) throw new Error('the address of the server has a zone, which SOCKS5 cannot say');
  return Buffer.concat([Buffer.from([4]), Buffer.from(parsed.value.value.toString(16).padStart(32, '0'), 'hex')]);
}

/** Exactly so many bytes, as soon as they are there; what follows them stays in the socket. */
async function bytes(socket: net.Socket, count: number): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = socket.read(count);
    if (Buffer.isBuffer(chunk)) {
      if (chunk.length < count) throw new Error('it closed the connection');
      return chunk;
    }
    if (socket.readableEnded || socket.destroyed) throw socket.errored ?? new Error('it closed the connection');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}

function userInformation(proxy: URL): { user: string; password: string } {
  return { user: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
}
