/**
 * Sessions: one exec stream a probe pod runs the script with all targets of that pod; what the scripts printed, and what the
 * targets' servers wrote down, become cells of the matrix.
 */
import { randomInt } from 'node:crypto';
import { type Address, formatAddress } from '../../core/ip/address.js';
import { type Cell, type Measure, type SourceRole, stateOf, type TargetRole } from '../../core/reach/matrix.js';
import {
  type Arrival,
  readArrivals,
  readTarget,
  type TargetKind,
  type TargetReadings,
} from '../../core/reach/nodeScript.js';
import type { Outcome } from '../../core/reach/outcome.js';
import type { ProbeContext } from './context.js';
import { portsOf, PROBE_CONTAINER } from './manifests.js';
import { runNodeScript, silentScript } from './nodeScriptRun.js';
import { logOf } from './probePods.js';

/** One thing to try, from one node's probe pod. */
export interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly source: SourceRole;
  /** The probe pod that tries. */
  readonly pod: string;
  readonly role: TargetRole;
  readonly kind: TargetKind;
  readonly address: Address;
  /** The TCP port where it is not a probe server's. */
  readonly port?: number;
  /** The name of the pod that is meant to answer; empty when it cannot be told. */
  readonly expected: string;
  /** For pods that were there already. */
  readonly name: string;
}

export interface Round {
  readonly cells: readonly Cell[];
  /** MTU of the probe pods' interfaces, by node. */
  readonly mtus: ReadonlyMap<number, number>;
  readonly sizes: readonly { readonly from: number; readonly to: number; readonly bytes: number }[];
}

/** Streams at the same time; each is a connection to the API server, and one from there to a kubelet. */
const AT_ONCE = 32;
/** Of output of one session. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Servers' logs are read of all targets up to so many, and above only of those that did not answer. */
const MAX_LOGS = 64;
/** The number of the full-sized datagram among a target's. */
const LARGE_ATTEMPT = 99;

/** A target with its number and what became of it. */
interface Tried {
  readonly id: number;
  readonly want: Wanted;
  cells: readonly Cell[];
}

export class Sessions {
  readonly #context: ProbeContext;
  readonly #namespace: string;
  /** Datagrams carry these numbers: not to be guessed by others who send some. */
  #nextId = randomInt(1, 800_000_000);
  #arrivalsAreWritten = false;
  #count = 0;

  constructor(context: ProbeContext, namespace: string) {
    this.#context = context;
    this.#namespace = namespace;
  }

  /** Sessions that were opened so far. */
  get count(): number {
    return this.#count;
  }

  /** Runs a session for each pod that has something to try. Throws only when cancelled. */
  async run(
    wanted: readonly Wanted[],
    onDone: (done: number, all: number) => void,
    signal: AbortSignal,
  ): Promise<Round> {
    const byPod = new Map<string, Tried[]>();
    for (const want of wanted) {
      const list = byPod.get(want.pod) ?? [];
      list.push({ id: this.#nextId++, want, cells: [] });
      byPod.set(want.pod, list);
    }
    const mtus = new Map<number, number>();
    const sizes: { from: number; to: number; bytes: number }[] = [];
    let done = 0;
    onDone(0, byPod.size);
    await inParallel([...byPod], AT_ONCE, async ([pod, tried]) => {
      const { mtu, readings } = await this.#session(pod, tried, signal);
      const first = tried[0]?.want;
      if (mtu !== undefined && first?.source === 'pod') mtus.set(first.from, mtu);
      for (const [index, one] of tried.entries()) {
        const reading = readings[index];
        if (reading === undefined) continue;
        one.cells = cellsOf(one.want, reading);
        if (reading.largestBytes !== undefined)
          sizes.push({ from: one.want.from, to: one.want.to, bytes: reading.largestBytes });
      }
      onDone(++done, byPod.size);
    });
    return { cells: await this.#withArrivals([...byPod.values()].flat(), signal), mtus, sizes };
  }

  /** One session: what is known of each target, in their order. */
  async #session(
    pod: string,
    tried: readonly Tried[],
    signal: AbortSignal,
  ): Promise<{ mtu: number | undefined; readings: TargetReadings[] }> {
    const ports = portsOf('probe');
    const targets = tried.map(({ id, want }) => ({
      id,
      kind: want.kind,
      address: want.address,
      tcpPort: want.port ?? ports.tcp,
      udpPort: ports.udp,
      sourcePort: ports.source,
    }));
    this.#count++;
    const run = await runNodeScript(
      this.#context,
      { namespace: this.#namespace, pod, container: PROBE_CONTAINER },
      targets,
      signal,
      MAX_BYTES,
    );
    signal.throwIfAborted();
    if (run.kind === 'failed') return { mtu: undefined, readings: tried.map(() => nothing(run.outcome)) };
    const { output } = run;
    const silent = silentScript(run.stderr, 'nothing about this target');
    const readings = tried.map(({ id, want }) => {
      const lines = output.lines.filter((line) => line.id === id);
      if (lines.length === 0) return nothing(silent);
      const reading = readTarget(lines, {
        address: want.address,
        port: want.port ?? ports.tcp,
        expected: want.expected,
      });
      return output.complete || want.kind !== 'pod' ? reading : withoutEnd(reading, silent);
    });
    return { mtu: output.mtu, readings };
  }

  /**
   * Reads the logs of the targets' servers, which write down every datagram with the source they saw: whether an unanswered
   * request arrived, and under which address.
   */
  async #withArrivals(tried: readonly Tried[], signal: AbortSignal): Promise<Cell[]> {
    const servers = new Map<string, boolean>();
    for (const { want, cells } of tried) {
      if (want.expected === '') continue;
      const failed = cells.some((cell) => stateOf(cell) !== 'ok');
      servers.set(want.expected, failed || servers.get(want.expected) === true);
    }
    const read = [...servers].filter(([, failed]) => failed || servers.size <= MAX_LOGS).map(([pod]) => pod);
    const logs = new Map<string, readonly Arrival[]>();
    await inParallel(read, AT_ONCE, async (pod) => {
      const log = await logOf(this.#context.api, this.#namespace, pod, signal);
      if (log !== undefined) logs.set(pod, readArrivals(log));
    });
    // Another image may write no such lines at all: then their absence says nothing.
    this.#arrivalsAreWritten ||= [...logs.values()].some((arrivals) => arrivals.length > 0);
    if (!this.#arrivalsAreWritten) return tried.flatMap(({ cells }) => cells);
    return tried.flatMap(({ id, want, cells }) => {
      const known = logs.get(want.expected);
      if (known === undefined) return cells;
      const own = known.filter((arrival) => arrival.id === id);
      const named = cells.some((cell) => cell.measure === 'tcp-large' && stateOf(cell) === 'ok');
      return cells.map((cell) => withArrival(cell, want, own, named));
    });
  }
}

/** A cell with what the target's server wrote down of its datagrams. `named`: the target answered a request with its name. */
function withArrival(cell: Cell, want: Wanted, arrivals: readonly Arrival[], named: boolean): Cell {
  if (cell.measure !== 'udp' && cell.measure !== 'udp-large') return cell;
  const isLarge = (arrival: Arrival): boolean => want.kind === 'pod' && arrival.attempt === LARGE_ATTEMPT;
  const there = arrivals.filter((arrival) => isLarge(arrival) === (cell.measure === 'udp-large'));
  const state = stateOf(cell);
  const seenSource = there[0]?.seenSource ?? cell.seenSource;
  if (there.length === 0 && (state === 'ok' || state === 'lossy')) {
    // It was the right one by name: then its log is what is wrong.
    if (named) return cell;
    const answerer = 'something else (its own server wrote down none of these datagrams)';
    return { ...cell, tries: [...cell.tries, { kind: 'wrongAnswerer', expected: want.expected, answerer }] };
  }
  if (state === 'ok') return { ...cell, seenSource };
  const attempts = new Set(there.map((arrival) => arrival.attempt)).size;
  return { ...cell, arrived: there.length > 0, seenSource, arrivals: cell.measure === 'udp' ? attempts : undefined };
}

/** Works on the items, so many at a time; fails with the first failure. */
async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const next = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, next));
}

/** Readings of a session that was cut short: what was not come to says so, instead of being no measurement at all. */
const withoutEnd = (reading: TargetReadings, outcome: Outcome): TargetReadings => ({
  ...reading,
  tcp: reading.tcp.length === 0 ? [outcome] : reading.tcp,
  udp: reading.udp.length === 0 ? [outcome] : reading.udp,
});

const nothing = (outcome: Outcome): TargetReadings => ({
  tcp: [outcome],
  tcpLarge: [],
  udp: [],
  udpLarge: [],
  icmp: [],
  seenSource: '',
  largestBytes: undefined,
});

/** A cell for each measure that was tried. */
function cellsOf(want: Wanted, reading: TargetReadings): Cell[] {
  const ports = portsOf('probe');
  const cell = (measure: Measure, tries: readonly Outcome[], port: number | undefined, seenSource = ''): Cell[] =>
    tries.length === 0
      ? []
      : [
          {
            from: want.from,
            to: want.to,
            source: want.source,
            role: want.role,
            family: want.address.family,
            measure,
            address: formatAddress(want.address),
            port,
            tries,
            arrived: undefined,
            seenSource,
            name: want.name,
          },
        ];
  const tcp = want.port ?? ports.tcp;
  return [
    ...cell('tcp', reading.tcp, tcp, reading.seenSource),
    ...cell('tcp-large', reading.tcpLarge, tcp),
    ...cell('udp', reading.udp, ports.udp),
    ...cell('udp-large', reading.udpLarge, ports.udp),
    ...cell('icmp', reading.icmp, undefined),
  ];
}
