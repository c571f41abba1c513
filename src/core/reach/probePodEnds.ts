/** Probe pods as endpoints, and whose the source address is that one of them saw of another. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { nodeName } from './cellWords.js';
import type { PodEndpoint } from './endpoint.js';
import type { Cell } from './matrix.js';
import { classifyNat, type NatClass } from './nat.js';
import { natContextOf } from './owners.js';
import type { Measured } from './verification.js';

export const probePod = (measured: Measured, node: number): PodEndpoint => ({
  kind: 'pod',
  namespace: measured.namespace,
  name: measured.nodes[node]?.pod ?? '',
  node: nodeName(measured, node),
  addresses: measured.nodes[node]?.podAddresses ?? [],
  hostNetwork: false,
});

/** What the source address of a cell means; undefined where none was seen, or none is promised. */
export function natOf(measured: Measured, network: ClusterNetwork, cell: Cell): NatClass | undefined {
  if (cell.seenSource === '' || cell.source !== 'pod') return undefined;
  if (cell.role !== 'pod' && cell.role !== 'peer') return undefined;
  const source = probePod(measured, cell.from);
  return classifyNat(cell.seenSource, natContextOf(source, probePod(measured, cell.to), network));
}
