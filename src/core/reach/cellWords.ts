/** Cells of the matrix in words. */
import { type Cell, MEASURE_TITLES, stateOf } from './matrix.js';
import { describeOutcome } from './outcome.js';
import { summarise } from './probe.js';
import type { Measured } from './verification.js';

/** Sentences of evidence of one kind at the most; the rest is counted. */
const MAX_EVIDENCE = 6;

/** The first sentences, and how many were left out. */
export function capped(sentences: readonly string[]): string[] {
  const rest = sentences.length - MAX_EVIDENCE;
  return rest > 0 ? [...sentences.slice(0, MAX_EVIDENCE), `and ${rest} more such measurements`] : [...sentences];
}

export const nodeName = (measured: Pick<Measured, 'nodes'>, node: number): string =>
  measured.nodes[node]?.name ?? `node ${node}`;

/** `node1 → node2, UDP: 10.244.1.7:18481 did not answer within 3 s; the request did not arrive there`. */
export function describeCell(cell: Cell, measured: Pick<Measured, 'nodes'>): string {
  const from = cell.source === 'host' ? `${nodeName(measured, cell.from)} itself` : nodeName(measured, cell.from);
  const to = cell.role === 'existing' ? cell.name : nodeName(measured, cell.to);
  const address = cell.address.includes(':') && cell.port !== undefined ? `[${cell.address}]` : cell.address;
  const where = cell.port === undefined ? cell.address : `${address}:${cell.port}`;
  const { outcome, measured: count, reached } = summarise(cell.tries);
  const tries =
    count < 2 || outcome.kind === 'wrongAnswerer'
      ? ''
      : reached > 0 && reached < count
        ? `, only ${reached} of ${count} tries`
        : `, in ${count} tries`;
  const arrived =
    cell.arrivals !== undefined && stateOf(cell) === 'lossy'
      ? `; ${cell.arrivals} of the ${count} requests arrived there`
      : cell.arrived === true
        ? '; the request arrived there, and its answer did not come back'
        : cell.arrived === false
          ? '; the request did not arrive there'
          : '';
  return `${from} → ${to}, ${MEASURE_TITLES[cell.measure]}: ${where} ${describeOutcome(outcome)}${tries}${arrived}`;
}
