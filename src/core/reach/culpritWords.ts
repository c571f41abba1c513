/** Culprits in words: `everything into node-3`, `only UDP from node-1 to node-2`, `only full packets between node-1 and node-2`. */
import type { Family } from '../ip/address.js';
import type { Culprit, Mode, Place } from './culprits.js';
import { type Measure, MEASURE_TITLES, MEASURES } from './matrix.js';

const LARGE: ReadonlySet<Measure> = new Set(['tcp-large', 'udp-large']);

/** `everything`, `only UDP`, `only IPv6`, `only packets above 1410 bytes`: what of the traffic is affected. */
export function describeModes(culprit: Culprit, largestBytes: number | undefined, families: readonly Family[]): string {
  if (culprit.everything) return 'everything';
  const { modes } = culprit;
  const named = [...new Set(modes.map((mode) => mode.family))];
  const family = families.length > 1 && named.length === 1 ? `IPv${named.join()} ` : '';
  if (modes.every((mode) => LARGE.has(mode.measure))) {
    const kinds = new Set(modes.map((mode) => (mode.measure === 'tcp-large' ? 'TCP' : 'UDP')));
    const protocol = kinds.size === 1 ? `${[...kinds].join()} ` : '';
    return largestBytes === undefined
      ? `only full-sized ${family}${protocol}packets`
      : `only ${family}${protocol}packets above ${largestBytes} bytes`;
  }
  // TCP sends again what was lost: that only UDP lost packets does not mean that only UDP is affected.
  if (culprit.trouble === 'loss') return `${family}packets`;
  const measures = MEASURES.filter((measure) => modes.some((mode) => mode.measure === measure));
  if (family !== '' && coversEvery(modes, measures)) return `only ${family.trim()}`;
  const small = measures.filter((measure) => !LARGE.has(measure) || !measures.includes(smallOf(measure)));
  return `only ${family}${small.map((measure) => MEASURE_TITLES[measure]).join(' and ')}`;
}

const smallOf = (measure: Measure): Measure =>
  measure === 'tcp-large' ? 'tcp' : measure === 'udp-large' ? 'udp' : measure;

/** Whether TCP and UDP are both affected: then the family alone names it. */
const coversEvery = (modes: readonly Mode[], measures: readonly Measure[]): boolean =>
  modes.length > 1 && measures.includes('tcp') && measures.includes('udp');

/**
 * `into node-3`, `between node-1 and node-2`, `from node-1 to node-2`, `between all nodes`. Both ways of a node are named only
 * where each was seen; a failed request alone does not tell which of them it was.
 */
export function describePlace(place: Place, directionSeen: boolean, nameOf: (node: number) => string): string {
  switch (place.kind) {
    case 'everywhere':
      return 'between all nodes';
    case 'node':
      return place.direction === 'both'
        ? directionSeen
          ? `into and from ${nameOf(place.node)}`
          : `between ${nameOf(place.node)} and the others`
        : `${place.direction} ${nameOf(place.node)}`;
    case 'within':
      return `between pods on ${nameOf(place.node)}`;
    case 'pair':
      return place.direction === 'both'
        ? `between ${nameOf(place.a)} and ${nameOf(place.b)}`
        : `from ${nameOf(place.a)} to ${nameOf(place.b)}`;
  }
}

/** The predicate, for one thing and for several. */
const TROUBLE: Readonly<Record<Culprit['trouble'], readonly [one: string, several: string]>> = {
  unreachable: ['does not pass', 'do not pass'],
  loss: ['loses packets', 'are lost at times'],
  translated: ['gets another source address on the way', 'get another source address on the way'],
  misdirected: ['is answered by another host', 'are answered by another host'],
};

/** `everything into node-3 does not pass`. `largestBytes`: the largest packet that does pass, where that was searched for. */
export function describeCulprit(
  culprit: Culprit,
  nameOf: (node: number) => string,
  largestBytes: number | undefined,
  families: readonly Family[],
): string {
  const what = describeModes(culprit, largestBytes, families);
  const predicate = TROUBLE[culprit.trouble][what.includes('packets') ? 1 : 0];
  const count =
    culprit.place.kind === 'node' && culprit.broken < culprit.tried
      ? ` (${culprit.broken} of ${culprit.tried} paths that were tried)`
      : '';
  return `${what} ${describePlace(culprit.place, culprit.directionSeen, nameOf)} ${predicate}${count}`;
}

/** The nodes that a place names. */
export function nodesOfPlace(place: Place): number[] {
  switch (place.kind) {
    case 'everywhere':
      return [];
    case 'node':
    case 'within':
      return [place.node];
    case 'pair':
      return [place.a, place.b];
  }
}
