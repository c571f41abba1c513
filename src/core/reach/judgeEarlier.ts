/**
 * What failed between pods that were there already, and no longer did once probe pods had been made: starting a pod lets the
 * network plugin set its node up anew. Without this, a verification would call a network sound that it mended itself.
 */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { capped, describeCell } from './cellWords.js';
import { nameCulprit } from './culpritEvidence.js';
import { findCulprits } from './culprits.js';
import { acrossNodes, type Cell, stateOf } from './matrix.js';
import type { CountedVerdict, Measured, NamedCulprit } from './verification.js';

const MENDED =
  'it passes since probe pods were made: starting a pod makes the network plugin set its node up anew (the bridge plugin, for one, switches net.ipv4.ip_forward on)';

/** Nothing where nothing failed before, or where it still fails and is judged by what was measured since. */
export function judgeEarlier(
  measured: Measured,
  network: ClusterNetwork,
): { readonly promises: readonly CountedVerdict[]; readonly culprits: readonly NamedCulprit[] } {
  const mended = measured.earlier.filter(({ cells }) =>
    cells.some(
      (cell) =>
        acrossNodes(cell) && stateOf(cell) === 'broken' && passesNow(measured, cell) && answersNow(measured, cell),
    ),
  );
  if (mended.length === 0) return { promises: [], culprits: [] };
  const cells = measured.earlier.flatMap((path) => path.cells);
  const then: Measured = { ...measured, cells, largest: [] };
  const culprits = findCulprits(cells, () => undefined).map((culprit) => nameCulprit(culprit, then, network));
  const named = culprits.map((one) => ({
    ...one,
    words: `${one.words}, before probe pods were made`,
    evidence: [...one.evidence, MENDED],
  }));
  const sentences = mended.flatMap(({ source, target, cells: own }) =>
    own
      .filter((cell) => acrossNodes(cell) && stateOf(cell) === 'broken')
      .map((cell) => `${source} did not reach ${target}: ${describeCell(cell, then)}`),
  );
  const verdict: CountedVerdict = {
    promise: 'podToPod',
    scope: 'before probe pods were made',
    verdict: 'violated',
    evidence: [...culprits.map((one) => one.words), MENDED, ...capped(sentences)],
    kept: measured.earlier.length - mended.length,
    broken: mended.length,
    blocked: 0,
    unknown: 0,
  };
  return { promises: [verdict], culprits: named };
}

/** Whether the very target has answered since: one that still does not may be what is wrong itself. */
const answersNow = (measured: Measured, { address, port }: Cell): boolean =>
  measured.cells.some(
    (cell) => cell.role === 'existing' && cell.address === address && cell.port === port && stateOf(cell) === 'ok',
  );

/** Whether probe pods of the same nodes have reached each other since. */
const passesNow = (measured: Measured, { from, to, family }: Cell): boolean =>
  measured.cells.some(
    (cell) =>
      acrossNodes(cell) &&
      cell.measure === 'tcp' &&
      cell.from === from &&
      cell.to === to &&
      cell.family === family &&
      stateOf(cell) === 'ok',
  );
