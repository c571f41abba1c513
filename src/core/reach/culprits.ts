/**
 * Culprits: the shortest explanation of which paths between nodes are broken and which are not – a node, a direction, a
 * pair – for each thing that was measured, joined where several measures tell the same.
 *
 * Works on directed edges. A request needs the way there and the way back, so that a failed one alone tells no direction;
 * where the target wrote down that the request arrived, it was the way back that failed. Of lost packets it is counted how
 * many arrived, and how many of them were answered.
 */
import type { Family } from '../ip/address.js';
import { acrossNodes, type Cell, type CellState, type Measure, stateOf } from './matrix.js';
import { isMeasured } from './outcome.js';

/** What is wrong with the paths that a culprit explains. */
export type Trouble =
  /** Nothing comes back. */
  | 'unreachable'
  /** Some packets are lost. */
  | 'loss'
  /** The target sees another source address than the pod's own. */
  | 'translated'
  /** Another host answers. */
  | 'misdirected';

export type Place =
  /** Every path that was tried. */
  | { readonly kind: 'everywhere' }
  /** What goes to this node, what comes from it, or both. */
  | { readonly kind: 'node'; readonly node: number; readonly direction: 'into' | 'from' | 'both' }
  /** Between pods on this node, which do not leave it. */
  | { readonly kind: 'within'; readonly node: number }
  /** Between these two only. One way: from `a` to `b`. */
  | { readonly kind: 'pair'; readonly a: number; readonly b: number; readonly direction: 'both' | 'forward' };

export interface Mode {
  readonly measure: Measure;
  readonly family: Family;
}

export interface Culprit {
  readonly trouble: Trouble;
  readonly place: Place;
  /** What is affected. */
  readonly modes: readonly Mode[];
  /** Whether everything that was measured on these paths is affected, not only `modes`. */
  readonly everything: boolean;
  /** Directed paths that are explained, and those of this place that were tried. */
  readonly broken: number;
  readonly tried: number;
  /** Whether the direction was seen in the targets' records, rather than inferred from the pattern alone. */
  readonly directionSeen: boolean;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly broken: boolean;
}

const keyOf = (from: number, to: number): string => `${from} ${to}`;

/** A node is named when this share of its tried paths is broken, all but stray ones. */
const NEARLY_ALL = 0.8;

/** A place with the broken edges that it explains, as keys, and how many edges of it were tried. */
interface Explanation {
  readonly place: Place;
  readonly covers: readonly string[];
  readonly tried: number;
}

/** The places that explain the broken edges, the largest first; every broken edge is explained. */
export function explain(edges: readonly Edge[]): Explanation[] {
  const state = new Map(edges.map((edge) => [keyOf(edge.from, edge.to), edge.broken]));
  const left = new Set([...state].filter(([, broken]) => broken).map(([key]) => key));
  if (left.size === 0) return [];
  const nodes = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))].sort((a, b) => a - b);
  if (left.size === state.size && nodes.length > 2)
    return [{ place: { kind: 'everywhere' }, covers: [...left], tried: state.size }];

  const candidates = nodes.length > 2 ? nodeCandidates(edges, nodes) : [];
  const found: Explanation[] = [];
  while (left.size > 0) {
    const scored = candidates
      .map((candidate) => ({ candidate, gain: candidate.covers.filter((key) => left.has(key)).length }))
      .filter(({ gain }) => gain >= 2)
      // Among equals the narrower place: one that promises fewer paths to be broken than it explains.
      .sort((a, b) => b.gain - a.gain || a.candidate.tried - b.candidate.tried);
    const best = scored[0]?.candidate;
    if (best === undefined) break;
    for (const key of best.covers) left.delete(key);
    found.push(best);
  }
  return [...found, ...pairs(left, state)];
}

/** Nodes of which all, or nearly all, tried paths in a direction are broken. */
function nodeCandidates(edges: readonly Edge[], nodes: readonly number[]): Explanation[] {
  return nodes.flatMap((node) => {
    const into = edges.filter((edge) => edge.to === node);
    const from = edges.filter((edge) => edge.from === node);
    const one = (direction: 'into' | 'from' | 'both', some: readonly Edge[]): Explanation[] => {
      const broken = some.filter((edge) => edge.broken);
      const enough = broken.length === some.length || (broken.length >= 4 && broken.length >= some.length * NEARLY_ALL);
      if (broken.length < 2 || !enough) return [];
      return [
        {
          place: { kind: 'node', node, direction },
          covers: broken.map((edge) => keyOf(edge.from, edge.to)),
          tried: some.length,
        },
      ];
    };
    const sides = [...one('into', into), ...one('from', from)];
    return sides.length === 2 ? [...one('both', [...into, ...from]), ...sides] : sides;
  });
}

function pairs(left: ReadonlySet<string>, state: ReadonlyMap<string, boolean>): Explanation[] {
  const found: Explanation[] = [];
  const done = new Set<string>();
  for (const key of left) {
    if (done.has(key)) continue;
    const [from = 0, to = 0] = key.split(' ').map(Number);
    const back = keyOf(to, from);
    if (left.has(back)) {
      done.add(back);
      const [a, b] = from < to ? [from, to] : [to, from];
      found.push({ place: { kind: 'pair', a, b, direction: 'both' }, covers: [key, back], tried: 2 });
    } else {
      const tried = state.has(back) ? 2 : 1;
      found.push({ place: { kind: 'pair', a: from, b: to, direction: 'forward' }, covers: [key], tried });
    }
  }
  return found;
}

/** A cell as it is judged: beside its own tries, what those of the same path and family tell. */
interface Observed {
  readonly cell: Cell;
  readonly state: CellState;
  readonly arrived: boolean | undefined;
  /** Which way loses packets; undefined where nobody counted. */
  readonly lost: Lost | undefined;
}
interface Lost {
  readonly there: boolean;
  readonly back: boolean;
}

const pathOf = (cell: Cell): string => `${keyOf(cell.from, cell.to)} ${cell.family}`;

/**
 * Cells whose direction is open take it from the datagrams of the same path and family. Where small packets pass at times,
 * what failed altogether on the same path is lossy too: it failed by the same loss, and not because nothing passes.
 */
function observe(cells: readonly Cell[]): Observed[] {
  const lossy = new Set<string>();
  const arrived = new Map<string, boolean>();
  const lost = new Map<string, Lost>();
  for (const cell of cells) {
    if (cell.measure !== 'tcp' && cell.measure !== 'udp') continue;
    if (stateOf(cell) === 'lossy') lossy.add(pathOf(cell));
    if (cell.measure !== 'udp') continue;
    if (cell.arrived !== undefined) arrived.set(pathOf(cell), cell.arrived);
    if (cell.arrivals !== undefined && stateOf(cell) === 'lossy') lost.set(pathOf(cell), lostOf(cell, cell.arrivals));
  }
  return cells.map((cell) => {
    const path = pathOf(cell);
    const own = stateOf(cell);
    const state = own === 'broken' && lossy.has(path) ? 'lossy' : own;
    return {
      cell,
      state,
      arrived: cell.arrived ?? arrived.get(path),
      lost: lost.get(path),
    };
  });
}

function lostOf(cell: Cell, arrivals: number): Lost {
  const sent = cell.tries.filter(isMeasured);
  const answered = sent.filter((one) => one.kind === 'answered').length;
  return { there: arrivals < sent.length, back: answered < arrivals };
}

/** The directed edges of one mode and trouble; `seen` when every broken one got its direction from a record. */
function edgesOf(observed: readonly Observed[], trouble: Trouble, preserved: (cell: Cell) => boolean | undefined) {
  const edges = new Map<string, Edge>();
  const ok = new Set(observed.filter(({ state }) => state === 'ok').map(({ cell }) => keyOf(cell.from, cell.to)));
  let seen = true;
  const put = (from: number, to: number, broken: boolean): void => {
    const key = keyOf(from, to);
    // One broken observation of a path outweighs good ones: those may have come by connections that were already known.
    if (broken || !edges.has(key)) edges.set(key, { from, to, broken: broken || edges.get(key)?.broken === true });
  };
  for (const { cell, state, arrived, lost } of observed) {
    const { from, to } = cell;
    if (state === 'unknown') continue;
    if (trouble === 'translated') {
      const kept = preserved(cell);
      if (kept !== undefined) put(from, to, !kept);
    } else if (trouble === 'misdirected') put(from, to, state === 'misdirected');
    else if (trouble === 'loss') {
      if (state === 'broken') continue;
      if (state === 'lossy' && lost !== undefined && (lost.there || lost.back)) {
        put(from, to, lost.there);
        if (lost.back) put(to, from, true);
      } else {
        if (state === 'lossy') seen = false;
        put(from, to, state === 'lossy');
      }
    } else if (state !== 'broken') put(from, to, false);
    // Only the request is large: its answer needs no more than the small one did.
    else if (cell.measure === 'tcp-large') put(from, to, true);
    else if (arrived === true && !ok.has(keyOf(to, from))) {
      put(from, to, false);
      put(to, from, true);
    } else {
      // The way back works when it is opened from there: then it is this connection's own answers that are lost.
      if (arrived !== false) seen = false;
      put(from, to, true);
    }
  }
  return { edges: [...edges.values()], seen };
}

/**
 * The culprits of a matrix, the gravest first. Only cells between pods on different nodes count; for the direction of TCP
 * and ICMP failures the records of the datagrams on the same path are used, where those failed as well.
 */
export function findCulprits(cells: readonly Cell[], preserved: (cell: Cell) => boolean | undefined): Culprit[] {
  const modes = new Map<string, { mode: Mode; observed: Observed[] }>();
  for (const one of observe(cells.filter(acrossNodes))) {
    const { measure, family } = one.cell;
    const key = `${measure} ${family}`;
    const entry = modes.get(key) ?? { mode: { measure, family }, observed: [] };
    entry.observed.push(one);
    modes.set(key, entry);
  }
  const found: Culprit[] = [];
  for (const trouble of ['unreachable', 'misdirected', 'translated'] as const)
    found.push(...culpritsOf(trouble, [...modes.values()], preserved));
  for (const family of [4, 6] as const) {
    const own = [...modes.values()].filter(({ mode }) => mode.family === family);
    found.push(...lossIn(own.filter(({ mode }) => isSmall(mode.measure))));
    found.push(...lossIn(own.filter(({ mode }) => mode.measure.endsWith('-large') && !lossSeen(own))));
  }
  return found;
}

/** What is wrong between two pods of one node, for each node by itself. ICMP alone accuses nobody here either. */
export function findCulpritsWithin(cells: readonly Cell[]): Culprit[] {
  const own = cells.filter((cell) => cell.source === 'pod' && cell.role === 'peer' && cell.measure !== 'icmp');
  const nodes = [...new Set(own.map((cell) => cell.from))].sort((a, b) => a - b);
  return nodes.flatMap((node) => {
    const observed = observe(own.filter((cell) => cell.from === node)).filter(({ state }) => state !== 'unknown');
    return (['broken', 'misdirected', 'lossy'] as const).flatMap((state): Culprit[] => {
      const affected = observed.filter((one) => one.state === state);
      if (affected.length === 0) return [];
      return [
        {
          trouble: state === 'broken' ? 'unreachable' : state === 'lossy' ? 'loss' : 'misdirected',
          place: { kind: 'within', node },
          modes: affected.map(({ cell: { measure, family } }) => ({ measure, family })),
          everything: affected.length === observed.length,
          broken: affected.length,
          tried: observed.length,
          directionSeen: false,
        },
      ];
    });
  });
}

interface ObservedMode {
  readonly mode: Mode;
  readonly observed: readonly Observed[];
}

const isSmall = (measure: Measure): boolean => measure === 'tcp' || measure === 'udp';
const lossSeen = (modes: readonly ObservedMode[]): boolean =>
  modes.some(({ mode, observed }) => isSmall(mode.measure) && observed.some(({ state }) => state === 'lossy'));

/** Explained for each mode by itself, and joined where several have one place. */
function culpritsOf(
  trouble: Exclude<Trouble, 'loss'>,
  modes: readonly ObservedMode[],
  preserved: (cell: Cell) => boolean | undefined,
): Culprit[] {
  const judged = modes.map(({ mode, observed }) => ({ mode, ...edgesOf(observed, trouble, preserved) }));
  const joined = new Map<string, { place: Place; modes: Mode[]; covers: Set<string>; tried: number; seen: boolean }>();
  for (const { mode, edges, seen } of judged) {
    for (const { place, covers, tried } of explain(edges)) {
      const key = JSON.stringify(place);
      const entry = joined.get(key) ?? { place, modes: [], covers: new Set<string>(), tried: 0, seen: true };
      entry.modes.push(mode);
      for (const edge of covers) entry.covers.add(edge);
      entry.tried = Math.max(entry.tried, tried);
      entry.seen &&= seen;
      joined.set(key, entry);
    }
  }
  return [...joined.values()].map(({ place, modes: affected, covers, tried, seen }) => {
    const spared = judged.some(
      ({ mode, edges }) =>
        !affected.includes(mode) && edges.some((edge) => !edge.broken && covers.has(keyOf(edge.from, edge.to))),
    );
    const directionSeen = trouble === 'translated' || (trouble === 'unreachable' && seen);
    return { trouble, place, modes: affected, everything: !spared, broken: covers.size, tried, directionSeen };
  });
}

/**
 * Loss is explained for several modes at once: by chance one of them loses packets on a path and another does not, and TCP
 * sends again what was lost.
 */
function lossIn(modes: readonly ObservedMode[]): Culprit[] {
  const { edges, seen } = edgesOf(
    modes.flatMap(({ observed }) => observed),
    'loss',
    () => undefined,
  );
  const affected = modes.filter(({ observed }) => observed.some(({ state }) => state === 'lossy'));
  return explain(edges).map(({ place, covers, tried }) => ({
    trouble: 'loss',
    place,
    modes: affected.map(({ mode }) => mode),
    everything: false,
    broken: covers.length,
    tried,
    directionSeen: seen,
  }));
}
