/** How many of a node's pods have addresses inside given ranges: the pods are the witnesses of what a range is used for. */
import { containsAddress, type Range } from '../ip/range.js';
import type { PodTable } from '../network/podTable.js';

export interface PodCounts {
  readonly inside: number;
  /** Pods with addresses of the ranges' families, none of them inside. */
  readonly outside: number;
}

/** Counts the node's pods that own addresses of these ranges' families. Linear in the pods of that node. */
export function podsWithin(pods: PodTable, node: string, ranges: readonly Range[]): PodCounts {
  let inside = 0;
  let outside = 0;
  for (const row of pods.rowsOfNode(node)) {
    if (!pods.ownsAddresses(row)) continue;
    const addresses = pods.addresses(row).filter((address) => ranges.some((range) => range.family === address.family));
    if (addresses.some((address) => ranges.some((range) => containsAddress(range, address)))) inside++;
    else if (addresses.length > 0) outside++;
  }
  return { inside, outside };
}
