/**
 * How old things are, by the time at which the facts were read.
 *
 * A node that joined a moment ago has no range, no agent and no network yet; reporting that would be noise. Where an age
 * cannot be told, the thing counts as old: it was there before we looked.
 */
import type { ClusterFacts, NodeFacts } from '../network/facts.js';
import { conditionOf } from '../network/facts.js';

/** Seconds from an RFC 3339 time to the reading; undefined where one of both is no time. Never negative. */
export function secondsSince(timestamp: string, facts: ClusterFacts): number | undefined {
  const seconds = (Date.parse(facts.readAt) - Date.parse(timestamp)) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Within which a new node may lack what its networking solution brings. Images are pulled in this time, too. */
const SETTLING_SECONDS = 120;

/** Whether the node joined so lately that its networking solution may still be starting. */
export function isSettling(node: NodeFacts, facts: ClusterFacts): boolean {
  const age = secondsSince(node.creationTimestamp, facts);
  return age !== undefined && age < SETTLING_SECONDS;
}

/** Whether the node's Ready condition changed in the last `seconds`: after a restart, agents need a moment. */
export function readyChangedWithin(node: NodeFacts, facts: ClusterFacts, seconds: number): boolean {
  const age = secondsSince(conditionOf(node, 'Ready')?.lastTransitionTime ?? '', facts);
  return age !== undefined && age < seconds;
}
