/**
 * Rounds: what the first round of a verification tries, what the second tries once more or besides, and how both become one
 * matrix.
 */
import { formatAddress } from '../../core/ip/address.js';
import { type Coverage, pairsAround, targetsOf } from '../../core/reach/coverage.js';
import { type Cell, stateOf } from '../../core/reach/matrix.js';
import type { ExistingTarget } from './existingPods.js';
import { parsedAddresses } from './objects.js';
import { isMeasured } from '../../core/reach/outcome.js';
import { isUsable, type ProbePod } from './probePods.js';
import { KUBELET_PORT } from './pairTarget.js';
import type { Wanted } from './sessions.js';

/** A node with its probe pods, as far as they could be started. */
export interface Placed {
  readonly name: string;
  readonly internalIPs: readonly string[];
  readonly probe: ProbePod | undefined;
  readonly peer: ProbePod | undefined;
  readonly host: ProbePod | undefined;
}

/** How many nodes after its own try a pod that was there already. */
const EXISTING_SOURCES = 2;
/** Paths that are tried once more, and paths that are tried around failures, at the most. */
const MAX_CONFIRMED = 300;
/** Paths besides those between probe pods that are tried once more, at the most. */
const MAX_ASIDE = 100;
/** Paths whose largest packet is searched for, at the most. */
const MAX_SIZED = 8;

type Target = Omit<Wanted, 'from' | 'source' | 'pod' | 'address'>;

/** Wanted of one source for every address of a family that the source has too. */
function toEach(
  from: number,
  source: 'pod' | 'host',
  pod: ProbePod,
  target: Target,
  addresses: readonly string[],
): Wanted[] {
  const families = new Set(parsedAddresses(pod.addresses).map((address) => address.family));
  return parsedAddresses(addresses)
    .filter((address) => families.has(address.family))
    .map((address) => ({ ...target, from, source, pod: pod.name, address }));
}

/** Everything that one probe pod, or one host's, tries of another node's. */
function toNode(placed: readonly Placed[], from: number, to: number, source: 'pod' | 'host'): Wanted[] {
  const pod = source === 'pod' ? placed[from]?.probe : placed[from]?.host;
  const there = placed[to];
  if (!isUsable(pod) || there === undefined) return [];
  const probe = isUsable(there.probe)
    ? toEach(
        from,
        source,
        pod,
        { to, role: 'pod', kind: 'pod', name: '', expected: there.probe.name },
        there.probe.addresses,
      )
    : [];
  if (source === 'host') return probe;
  const node: Target = { to, role: 'node', kind: 'tcp', name: '', expected: '', port: KUBELET_PORT };
  return [...probe, ...toEach(from, source, pod, node, there.internalIPs)];
}

/** What the first round tries: the own node's second pod, other nodes' pods, other nodes themselves, pods that are there. */
export function firstRound(
  placed: readonly Placed[],
  coverage: Coverage,
  existing: readonly ExistingTarget[],
): Wanted[] {
  return placed.flatMap((own, from) =>
    (['pod', 'host'] as const).flatMap((source) => {
      const pod = source === 'pod' ? own.probe : own.host;
      if (!isUsable(pod)) return [];
      const peer = isUsable(own.peer)
        ? toEach(
            from,
            source,
            pod,
            { to: from, role: 'peer', kind: 'pod', name: '', expected: own.peer.name },
            own.peer.addresses,
          )
        : [];
      const others = targetsOf(coverage, from).flatMap((to) => toNode(placed, from, to, source));
      const there = source === 'pod' ? existing.flatMap((target) => toExisting(placed.length, from, pod, target)) : [];
      return [...peer, ...others, ...there];
    }),
  );
}

/** A pod that was there already is tried from its own node and from the few after it. */
function toExisting(
  nodes: number,
  from: number,
  pod: ProbePod,
  { name, node, details, port }: ExistingTarget,
): Wanted[] {
  if ((from - node + nodes) % nodes > EXISTING_SOURCES) return [];
  const target = { to: node, role: 'existing', name, expected: '' } as const;
  const { addresses } = details.endpoint;
  return port === undefined
    ? toEach(from, 'pod', pod, { ...target, kind: 'icmp' }, addresses)
    : toEach(from, 'pod', pod, { ...target, kind: 'tcp', port }, addresses);
}

type Path = Pick<Cell, 'source' | 'from' | 'to' | 'role' | 'name' | 'address'>;
const pathOf = ({ source, from, to, role, name, address }: Path): string =>
  [source, from, to, role, name, address].join(' ');
const pathOfWanted = (want: Wanted): string => pathOf({ ...want, address: formatAddress(want.address) });

const isBad = (cell: Cell): boolean => ['broken', 'lossy', 'misdirected'].includes(stateOf(cell));

/**
 * What the second round tries: every path that failed, once more; around failures further paths, where not all were tried;
 * more datagrams where some were lost; and where only full packets fail, the largest that passes.
 */
export function secondRound(
  cells: readonly Cell[],
  tried: readonly Wanted[],
  placed: readonly Placed[],
  coverage: Coverage,
): Wanted[] {
  const bad = cells.filter((cell) => isBad(cell) && cell.measure !== 'icmp');
  const again = (some: readonly Cell[], limit: number): Wanted[] => {
    const paths = new Set(some.map(pathOf));
    return tried.filter((want) => paths.has(pathOfWanted(want))).slice(0, limit);
  };
  const between = bad.filter((cell) => cell.role === 'pod' && cell.source === 'pod');
  const known = new Set(cells.filter((cell) => cell.role === 'pod').map((cell) => `${cell.from} ${cell.to}`));
  const around = pairsAround(
    coverage,
    between.map((cell) => [cell.from, cell.to] as const),
    (from, to) => known.has(`${from} ${to}`),
    MAX_CONFIRMED,
  ).flatMap(([from, to]) => toNode(placed, from, to, 'pod'));
  const probes = (cell: Cell): boolean => cell.role === 'pod' || cell.role === 'peer';
  const lossy = again(
    bad.filter((cell) => probes(cell) && stateOf(cell) === 'lossy'),
    MAX_CONFIRMED,
  );
  const smallPass = new Set(cells.filter((cell) => cell.measure === 'udp' && stateOf(cell) === 'ok').map(pathOf));
  const sized = again(
    bad.filter((cell) => cell.measure === 'udp-large' && smallPass.has(pathOf(cell))),
    MAX_SIZED,
  );
  return [
    ...again(bad.filter(probes), MAX_CONFIRMED),
    ...again(
      bad.filter((cell) => !probes(cell)),
      MAX_ASIDE,
    ),
    ...around,
    ...lossy.map((want) => ({ ...want, kind: 'loss' as const })),
    ...sized.map((want) => ({ ...want, kind: 'size' as const })),
  ];
}

/** A cell that failed, and that nothing more was heard of. Only what fails twice counts. */
export const unconfirmed = (cell: Cell): Cell =>
  isBad(cell)
    ? {
        ...cell,
        tries: [
          {
            kind: 'toolFailed',
            tool: 'the second try',
            cause: { kind: 'output', words: 'what failed once could not be tried again' },
          },
        ],
      }
    : cell;

/** Cells in which pods that are no more have part: what failed there tells of those. `isGone` takes a pod's name. */
export const withoutPods = (
  cells: readonly Cell[],
  placed: readonly Placed[],
  isGone: (pod: string) => boolean,
): Cell[] =>
  cells.map((cell) => {
    const { probe: from, host } = placed[cell.from] ?? {};
    const target =
      cell.role === 'pod' ? placed[cell.to]?.probe : cell.role === 'peer' ? placed[cell.to]?.peer : undefined;
    const pod = [cell.source === 'pod' ? from?.name : host?.name, target?.name].find(
      (name) => name !== undefined && isGone(name),
    );
    return pod === undefined || !isBad(cell)
      ? cell
      : { ...cell, tries: [{ kind: 'podGone', pod }], arrived: undefined };
  });

/** Two cells of one path and measure as one. */
function joined(a: Cell, b: Cell): Cell {
  const arrivals = [a, b].map(
    (cell) => cell.arrivals ?? (stateOf(cell) === 'ok' ? cell.tries.filter(isMeasured).length : undefined),
  );
  const [first, second] = arrivals;
  return {
    ...a,
    tries: [...a.tries, ...b.tries],
    arrived: a.arrived ?? b.arrived,
    arrivals: first === undefined || second === undefined ? undefined : first + second,
  };
}

/**
 * One matrix out of both rounds: what the second measured anew stands in place of what the first did. `recovered` are the
 * cells that failed at first and then did not. What failed once and could not be tried again is not known.
 */
export function merge(
  first: readonly Cell[],
  second: readonly Cell[],
): { readonly cells: readonly Cell[]; readonly recovered: readonly Cell[] } {
  const keyOf = (cell: Cell): string => `${pathOf(cell)} ${cell.measure}`;
  const anew = new Map<string, Cell>();
  for (const cell of second) {
    // A path that is tried for loss besides has two cells of one measure.
    const earlier = anew.get(keyOf(cell));
    anew.set(keyOf(cell), earlier === undefined ? cell : joined(earlier, cell));
  }
  const lost = new Set(second.filter((cell) => stateOf(cell) === 'unknown').map(pathOf));
  const recovered: Cell[] = [];
  const cells = first.map((cell) => {
    const now = anew.get(keyOf(cell));
    anew.delete(keyOf(cell));
    if (now === undefined) return lost.has(pathOf(cell)) ? unconfirmed(cell) : cell;
    if (isBad(cell) && stateOf(now) === 'ok') recovered.push(cell);
    // Another measure of the path had failed: what was answered then is no less known now.
    return stateOf(now) === 'unknown' && !isBad(cell) ? cell : now;
  });
  return { cells: [...cells, ...anew.values()], recovered };
}
