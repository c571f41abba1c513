/**
 * The cluster network: the model of one cluster at one moment – the facts, the reading of its networking solution, and the
 * address plan that both make.
 */
import type { Claim } from './claim.js';
import type { ClusterFacts } from './facts.js';
import type { CniReading } from './reading.js';

export interface ClusterNetwork {
  readonly facts: ClusterFacts;
  readonly reading: CniReading;
  /** Every claim of the facts and of the reading, in a stable order. */
  readonly claims: readonly Claim[];
}
