/**
 * This machine's own networks and routes, to be held against the cluster's ranges. They stay on this machine.
 *
 * Interfaces are asked for each time. Routes are read now and then: on Linux from files, elsewhere by the system's own program,
 * from its fixed place, with fixed arguments, without a shell and for a few seconds at the most.
 */
import { readFile } from 'node:fs/promises';
import { endianness, networkInterfaces } from 'node:os';
import path from 'node:path';

import type { WorkstationInterface } from '../core/network/facts.js';
import { linuxRoutes4, linuxRoutes6, netstatRoutes, type Route, windowsRoutes } from '../core/network/routingTable.js';
import { formatRange } from '../core/ip/range.js';
import { runProgram } from './kubeconfig/runProgram.js';
import type { Log } from './log.js';

/** Routes older than this are read again when they are asked for. */
const FRESH_MS = 30_000;
const PROGRAM_LIMIT_MS = 5_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** The routes of this machine by what its system offers; throws what the system says. */
async function readRoutes(platform: NodeJS.Platform, signal: AbortSignal): Promise<readonly Route[]> {
  if (platform === 'linux') {
    const [four, six] = await Promise.all([
      readFile('/proc/net/route', { encoding: 'utf8', signal }),
      // Absent where IPv6 is switched off.
      readFile('/proc/net/ipv6_route', { encoding: 'utf8', signal }).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
        throw error;
      }),
    ]);
    return [...linuxRoutes4(four, endianness() === 'LE'), ...linuxRoutes6(six)];
  }
  const isWindows = platform === 'win32';
  const systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows';
  const end = await runProgram(
    {
      path: isWindows ? path.win32.join(systemRoot, 'System32', 'ROUTE.EXE') : '/usr/sbin/netstat',
      args: isWindows ? ['print'] : ['-rn'],
      environment: isWindows ? { SystemRoot: systemRoot } : { LC_ALL: 'C' },
      directory: isWindows ? systemRoot : '/',
      timeLimitMs: PROGRAM_LIMIT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    },
    signal,
  );
  if (end.ended !== 'exit' || end.code !== 0) throw new Error(`${end.ended} ${end.stderr}`.trim());
  return isWindows ? windowsRoutes(end.stdout) : netstatRoutes(end.stdout);
}

/** Systems whose routes are read. On others only interfaces are known. */
const READABLE = new Set<NodeJS.Platform>(['linux', 'darwin', 'win32', 'freebsd', 'openbsd']);

/** This machine's own addresses; loopback and link-local ones reach nobody. */
function interfaces(): WorkstationInterface[] {
  return Object.entries(networkInterfaces())
    .flatMap(([name, addresses]) => (addresses ?? []).map((address) => ({ name, ...address })))
    .filter(({ internal, cidr, address }) => !internal && cidr !== null && !/^(fe80:|169\.254\.)/i.test(address))
    .map(({ name, cidr }) => ({ name, cidr: cidr ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export class Workstation {
  readonly #signal: AbortSignal;
  readonly #log: Log;
  readonly #onChange: () => void;
  #routes: readonly WorkstationInterface[] = [];
  #reading = false;
  /** When routes were read last, of `performance.now`. */
  #readAt = Number.NEGATIVE_INFINITY;

  /** `onChange`: routes were read that differ from those before. `signal` ends what is under way. */
  constructor(parts: { readonly signal: AbortSignal; readonly log: Log; readonly onChange: () => void }) {
    this.#signal = parts.signal;
    this.#log = parts.log;
    this.#onChange = parts.onChange;
  }

  /** What is known now; routes that are old are read again meanwhile, and told by `onChange`. */
  get networks(): readonly WorkstationInterface[] {
    if (performance.now() - this.#readAt > FRESH_MS) void this.#refresh();
    return [...interfaces(), ...this.#routes];
  }

  async #refresh(): Promise<void> {
    if (this.#reading || !READABLE.has(process.platform)) return;
    this.#reading = true;
    try {
      const routes = (await readRoutes(process.platform, this.#signal)).map(({ destination, device, gateway }) => ({
        name: device,
        cidr: formatRange(destination),
        gateway,
      }));
      const isChanged = JSON.stringify(routes) !== JSON.stringify(this.#routes);
      this.#routes = routes;
      if (isChanged) this.#onChange();
    } catch (error) {
      // Without routes, interfaces are compared all the same.
      if (!this.#signal.aborted)
        this.#log('debug', 'the routes of this machine cannot be read', { reason: String(error) });
    } finally {
      this.#reading = false;
      this.#readAt = performance.now();
    }
  }
}
