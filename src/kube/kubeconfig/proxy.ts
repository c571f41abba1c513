/**
 * Which proxy leads to an API server: the kubeconfig's `proxy-url`, else what the environment says, by the rules of Go's
 * `http.ProxyFromEnvironment` (localhost never; `NO_PROXY` with addresses, CIDRs, domains and ports).
 *
 * Source: https://github.com/golang/net/blob/master/http/httpproxy/proxy.go and
 * https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/helpers.go (`parseProxyURL`)
 */
import { parseAddress, sameAddress, type Address } from '../../core/ip/address.js';
import { cidrOf, containsAddress, parseCidr } from '../../core/ip/range.js';
import { variable, type Surroundings } from './surroundings.js';

/** Schemes of proxies that are spoken here; `socks5h` says explicitly what `socks5` means in Go too: the proxy resolves names. */
const DEFAULT_PORT: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

/** What is wrong with a kubeconfig's `proxy-url`, or undefined. */
export function proxyProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'this is not a URL';
  const { protocol, hostname } = new URL(text);
  if (!['http:', 'https:', 'socks5:'].includes(protocol))
    return `the scheme ${protocol.slice(0, -1)} is not supported; http, https and socks5 are`;
  return hostname === '' ? 'the host is missing' : undefined;
}

/** The port that a proxy listens on. */
export function proxyPort(proxy: URL): number {
  return proxy.port === '' ? (DEFAULT_PORT[proxy.protocol] ?? 80) : Number(proxy.port);
}

/** The proxy to the server, or undefined for a direct connection. `proxyUrl` is the kubeconfig's; `NO_PROXY` does not apply to it. */
export function proxyFor(
  server: URL,
  proxyUrl: string,
  surroundings: Pick<Surroundings, 'environment' | 'platform'>,
): URL | undefined {
  if (proxyUrl !== '') return new URL(proxyUrl);
  const read = (name: string): string => variable(surroundings, name) || variable(surroundings, name.toLowerCase());
  const proxy = parseEnvironmentProxy(read(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'));
  if (proxy === undefined) return undefined;
  const port = server.port === '' ? String(DEFAULT_PORT[server.protocol] ?? '') : server.port;
  return isExcluded(bareHost(server), port, read('NO_PROXY')) ? undefined : proxy;
}

/** The URL's host, without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function parseEnvironmentProxy(text: string): URL | undefined {
  if (text === '') return undefined;
  const complete = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/./.test(text) ? text : `http://${text}`;
  if (!URL.canParse(complete)) return undefined;
  const url = new URL(complete);
  return url.protocol in DEFAULT_PORT ? url : undefined;
}

function isExcluded(host: string, port: string, noProxy: string): boolean {
  if (host === 'localhost') return true;
  const parsed = parseAddress(host);
  const address = parsed.ok ? parsed.value : undefined;
  if (address !== undefined && isLoopback(address)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host.toLowerCase(), port, address));
}

function isLoopback(address: Address): boolean {
  return address.family === 6
    ? address.value === 1n
    : containsAddress(cidrOf({ family: 4, value: 0x7f000000n }, 8), address);
}

function matches(entry: string, host: string, port: string, address: Address | undefined): boolean {
  if (entry === '*') return true;
  const cidr = parseCidr(entry);
  if (cidr.ok) return address !== undefined && containsAddress(cidr.value, address);
  const { name, onlyPort } = splitPort(entry);
  if (name === '' || (onlyPort !== '' && onlyPort !== port)) return false;
  const excluded = parseAddress(name);
  if (excluded.ok) return address !== undefined && sameAddress(excluded.value, address);
  if (address !== undefined) return false;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

/** `host:port` and `[v6]:port`; a bare IPv6 address has no port. */
function splitPort(entry: string): { name: string; onlyPort: string } {
  const found = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(entry);
  if (found === null) return { name: entry, onlyPort: '' };
  return { name: found[1] ?? found[2] ?? '', onlyPort: found[3] ?? '' };
}
