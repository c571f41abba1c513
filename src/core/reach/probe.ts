/**
 * Probes: one way of reaching one address of a target, tried several times, with the tool that measured and its command.
 */
import { formatMs, type MeasuredOutcome, describeOutcome, isMeasured, type Outcome, reachOf } from './outcome.js';
import type { Channel } from './tools/tool.js';

export interface Probe {
  readonly channel: Channel;
  readonly address: string;
  /** Undefined for ICMP. */
  readonly port: number | undefined;
  /** Size of the packets, with the IP header; absent: small ones. */
  readonly bytes?: number;
  /** The tool's title; empty when it did not come to one. */
  readonly tool: string;
  /** The command as it ran in the container; empty when none did. */
  readonly command: readonly string[];
  /** At least one. */
  readonly tries: readonly Outcome[];
}

/** All tries of a probe in one: how many came back, and the outcome that stands for them. */
export interface Summary {
  /** The best that was measured; the last of the others when nothing was. */
  readonly outcome: Outcome;
  readonly measured: number;
  readonly reached: number;
  readonly lost: number;
  /** Of the tries that were measured with a latency, in milliseconds. */
  readonly rttMs: { readonly least: number; readonly most: number } | undefined;
}

/** How telling an outcome is, within its kind of reach: an error that came back says more than silence. */
const TELLING: Readonly<Partial<Record<MeasuredOutcome['kind'], number>>> = {
  answered: 4,
  broken: 3,
  stalled: 2,
  refused: 1,
  hostUnreachable: 3,
  prohibited: 2,
  noRoute: 2,
  tooBig: 1,
};

/** Sums the tries up. Misdirected wins over reached: an answer by another host is never overlooked. */
export function summarise(tries: readonly Outcome[]): Summary {
  const measured = tries.filter(isMeasured);
  const by = (reach: string) => measured.filter((one) => reachOf(one) === reach);
  const best = (outcomes: readonly MeasuredOutcome[]) =>
    outcomes.toSorted((a, b) => (TELLING[b.kind] ?? 0) - (TELLING[a.kind] ?? 0))[0];
  const reached = by('reached');
  const rtts = reached.flatMap((one) => (one.kind === 'answered' && one.rttMs !== undefined ? [one.rttMs] : []));
  return {
    outcome: best(by('misdirected')) ?? best(reached) ?? best(by('unreached')) ?? tries.at(-1) ?? { kind: 'cancelled' },
    measured: measured.length,
    reached: reached.length,
    lost: by('unreached').length,
    rttMs: rtts.length === 0 ? undefined : { least: Math.min(...rtts), most: Math.max(...rtts) },
  };
}

export const CHANNEL_TITLES: Readonly<Record<Channel, string>> = {
  tcp: 'TCP',
  http: 'HTTP',
  udp: 'UDP',
  icmp: 'ICMP echo',
};

/** `TCP 10.244.1.7:8080 (agnhost connect) answered, 3 of 3 tries`: a probe as a sentence of evidence. */
export function describeProbe(probe: Probe): string {
  const { outcome, measured, reached, lost, rttMs } = summarise(probe.tries);
  const address = probe.address.includes(':') && probe.port !== undefined ? `[${probe.address}]` : probe.address;
  const where = probe.port === undefined ? probe.address : `${address}:${probe.port}`;
  const tool = probe.tool === '' ? '' : ` (${probe.tool})`;
  const range =
    rttMs === undefined || measured < 2 ? '' : `, round trip ${formatMs(rttMs.least)} to ${formatMs(rttMs.most)}`;
  const size = probe.bytes === undefined ? '' : ` with packets of ${probe.bytes} bytes`;
  return `${CHANNEL_TITLES[probe.channel]} ${where}${size}${tool} ${describeOutcome(outcome)}${describeCount({ measured, reached, lost })}${range}`;
}

function describeCount({ measured, reached, lost }: Pick<Summary, 'measured' | 'reached' | 'lost'>): string {
  if (measured < 2) return '';
  if (reached === 0) return `, in ${measured} tries`;
  return lost === 0 ? `, ${reached} of ${measured} tries` : `, only ${reached} of ${measured} tries`;
}

/** A word of a command line, quoted for a POSIX shell where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The `kubectl exec` that does the same, for people to copy. */
export function kubectlExec(
  where: { readonly namespace: string; readonly pod: string; readonly container: string },
  command: readonly string[],
): string {
  return ['kubectl', 'exec', '-n', where.namespace, where.pod, '-c', where.container, '--', ...command]
    .map(quoted)
    .join(' ');
}

/** The `kubectl debug` that adds an ephemeral container and does the same in it. */
export const kubectlDebug = (
  where: { readonly namespace: string; readonly pod: string },
  image: string,
  command: readonly string[],
): string =>
  ['kubectl', 'debug', '-n', where.namespace, `pod/${where.pod}`, `--image=${image}`, '-it', '--', ...command]
    .map(quoted)
    .join(' ');

/** The `kubectl run` that does the same in a pod of its own on that node, and takes it away. */
export function kubectlRun(
  where: { readonly namespace: string; readonly node: string; readonly hostNetwork: boolean; readonly image: string },
  command: readonly string[],
): string {
  const spec = { nodeName: where.node, ...(where.hostNetwork ? { hostNetwork: true } : {}) };
  return [
    ...['kubectl', 'run', '-n', where.namespace, 'probe', `--image=${where.image}`, '--restart=Never', '--rm', '-i'],
    ...[`--overrides=${JSON.stringify({ spec })}`, '--command', '--', ...command],
  ]
    .map(quoted)
    .join(' ');
}
