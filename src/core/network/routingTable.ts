/**
 * Routing tables of this machine, from the texts in which operating systems show them.
 *
 * Answers for: which destinations go over which device and gateway. Only what is written the same on every installation is
 * read: numbers, addresses and flags, not headings or words, which may be translated. What is not understood is left out.
 */
import { type Family, formatAddress, parseAddress } from '../ip/address.js';
import { isPrefixLength } from '../ip/blocks.js';
import { type Cidr, cidrOf, parseCidr } from '../ip/range.js';

export interface Route {
  readonly destination: Cidr;
  /** `eth0`, `utun3`; on Windows the interface's own address or index, which is all that its table names. */
  readonly device: string;
  /** Empty where the destination is reached on the device itself. */
  readonly gateway: string;
}

/** Routes that are read of one table at the most: a router's table is not a workstation's. */
const MAX_ROUTES = 2_000;
const MAX_LINES = 20_000;

const lines = (text: string): string[] => text.split(/\r?\n/, MAX_LINES);
const isRoute = (route: Route | undefined): route is Route => route !== undefined;
const readLines = (text: string, read: (line: string) => Route | undefined): Route[] =>
  lines(text).map(read).filter(isRoute).slice(0, MAX_ROUTES);

/** `RTF_UP`, `RTF_REJECT`, `RTF_LOCAL` of linux/route.h and linux/ipv6_route.h. */
const UP = 0x1;
const REJECT = 0x200;
const LOCAL = 0x80000000;

const isUsable = (flags: number): boolean => (flags & UP) !== 0 && (flags & REJECT) === 0;

/** The number that a column of /proc/net/route holds, in the byte order of the machine. */
function hexIPv4(text: string, littleEndian: boolean): bigint | undefined {
  if (!/^[0-9A-Fa-f]{8}$/.test(text)) return undefined;
  const bytes = text.match(/../g) ?? [];
  return BigInt(`0x${(littleEndian ? bytes.reverse() : bytes).join('')}`);
}

/** Length of a mask of ones followed by zeros; undefined for another. */
function maskLength(mask: bigint): number | undefined {
  const bits = mask.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replace(/0+$/, '').length : undefined;
}

/** Linux, IPv4: `/proc/net/route`. https://man7.org/linux/man-pages/man5/proc_net.5.html */
export const linuxRoutes4 = (text: string, littleEndian: boolean): Route[] =>
  readLines(text, (line) => {
    const [device = '', to = '', via = '', flags = '', , , , mask = ''] = line.trim().split(/\s+/);
    const value = hexIPv4(to, littleEndian);
    const gateway = hexIPv4(via, littleEndian);
    const length = maskLength(hexIPv4(mask, littleEndian) ?? -1n);
    if (value === undefined || gateway === undefined || length === undefined || !isUsable(parseInt(flags, 16)))
      return undefined;
    return {
      destination: cidrOf({ family: 4, value }, length),
      device,
      gateway: gateway === 0n ? '' : formatAddress({ family: 4, value: gateway }),
    };
  });

/** Linux, IPv6: `/proc/net/ipv6_route`, as `ipv6_route_native_seq_show` of net/ipv6/ip6_fib.c writes it. https://github.com/torvalds/linux/blob/master/net/ipv6/ip6_fib.c */
export const linuxRoutes6 = (text: string): Route[] =>
  readLines(text, (line) => {
    const [to = '', length = '', , , via = '', , , , flags = '', device = ''] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(to) || !/^[0-9a-f]{32}$/.test(via) || !/^[0-9a-f]{2}$/.test(length)) return undefined;
    const set = parseInt(flags, 16);
    if (!isUsable(set) || set >= LOCAL) return undefined;
    const gateway = BigInt(`0x${via}`);
    const prefixLength = parseInt(length, 16);
    if (!isPrefixLength(6, prefixLength)) return undefined;
    return {
      destination: cidrOf({ family: 6, value: BigInt(`0x${to}`) }, prefixLength),
      device,
      gateway: gateway === 0n ? '' : formatAddress({ family: 6, value: gateway }),
    };
  });

/**
 * A destination as BSD's netstat writes it: `default`, `10.8/16` and `192.168.1` (trailing zeros are left out, and a length
 * that is the natural one of so many numbers), `fd00::/64`, `fe80::%utun0/64`. An address in full without a length is one host.
 */
function netstatDestination(text: string): Cidr | undefined {
  const plain = text.replace(/%[^/]*/, '');
  if (plain.includes(':')) {
    const cidr = parseCidr(plain.includes('/') ? plain : `${plain}/128`);
    return cidr.ok ? cidr.value : undefined;
  }
  const [address = '', length] = plain.split('/');
  const numbers = address.split('.');
  if (!/^\d/.test(address) || numbers.length > 4) return undefined;
  const whole = [...numbers, '0', '0', '0'].slice(0, 4).join('.');
  const cidr = parseCidr(`${whole}/${length ?? String(numbers.length * 8)}`);
  return cidr.ok ? cidr.value : undefined;
}

/** macOS and the BSDs: `netstat -rn`. The device is in the column of that name, which is not translated. */
export function netstatRoutes(text: string): Route[] {
  let column = 3;
  return readLines(text, (line) => {
    const words = line.trim().split(/\s+/);
    const netif = words.indexOf('Netif');
    if (netif > 0) {
      column = netif;
      return undefined;
    }
    const [to = '', via = '', flags = ''] = words;
    const device = words[column];
    // R: rejected, B: packets are thrown away.
    if (device === undefined || !flags.startsWith('U') || /[RB]/.test(flags)) return undefined;
    const destination = netstatDestination(to);
    const gateway = parseAddress(via.replace(/%.*$/, ''));
    return destination === undefined
      ? undefined
      : { destination, device, gateway: gateway.ok ? formatAddress(gateway.value) : '' };
  });
}

const WINDOWS4 = /^\s*(\d+\.\d+\.\d+\.\d+)\s+(\d+\.\d+\.\d+\.\d+)\s+(\S.*?)\s+(\d+\.\d+\.\d+\.\d+)\s+\d+\s*$/;
const WINDOWS6 = /^\s*(\d+)\s+\d+\s+([0-9A-Fa-f:.]+\/\d+)(?:\s+(\S.*?))?\s*$/;

/** Windows: `route print`. A gateway that is no address is the translated word for "on the link itself". */
export const windowsRoutes = (text: string): Route[] =>
  readLines(text, (line) => {
    const gatewayOf = (words: string): string => {
      const address = parseAddress(words);
      return address.ok ? formatAddress(address.value) : '';
    };
    const four = WINDOWS4.exec(line);
    if (four !== null) {
      const [, to = '', mask = '', via = '', device = ''] = four;
      const bits = parseAddress(mask);
      const length = bits.ok ? maskLength(bits.value.value) : undefined;
      const cidr = parseCidr(`${to}/${length ?? ''}`);
      return cidr.ok ? { destination: cidr.value, device, gateway: gatewayOf(via) } : undefined;
    }
    const six = WINDOWS6.exec(line);
    if (six === null) return undefined;
    const [, index = '', to = '', via = ''] = six;
    const cidr = parseCidr(to);
    return cidr.ok ? { destination: cidr.value, device: `interface ${index}`, gateway: gatewayOf(via) } : undefined;
  });

/** The route that a packet to the address takes: the most specific one, the first of equal ones. */
export function routeTo(routes: readonly Route[], family: Family, value: bigint): Route | undefined {
  let best: Route | undefined;
  for (const route of routes) {
    const { destination } = route;
    if (destination.family !== family || value < destination.first || value > destination.last) continue;
    if (best === undefined || destination.prefixLength > best.destination.prefixLength) best = route;
  }
  return best;
}
