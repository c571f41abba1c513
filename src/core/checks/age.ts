/**
 * How old things are, by the time at which the facts were read.
 *
 * A node that joined a moment ago has no agent and no network yet; reporting that would be noise. Where an age cannot be
 * told, the thing counts as old: it was there before we looked.
 */
import { type ClusterFacts, conditionOf, type NodeFacts } from '../network/facts.js';

/** Seconds from an RFC 3339 time to the reading; undefined where one of both is no time. Never negative. */
function secondsSince(timestamp: string, facts: ClusterFacts): number | undefined {
  const seconds = (Date.parse(facts.readAt) - Date.parse(timestamp)) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Whether the node joined less than so many seconds ago. */
export function joinedWithin(node: NodeFacts, facts: ClusterFacts, seconds: number): boolean {
  const age = secondsSince(node.creationTimestamp, facts);
  return age !== undefined && age < seconds;
}

/** Whether the node's Ready condition changed less than so many seconds ago: after a restart, agents need a moment. */
export function readyChangedWithin(node: NodeFacts, facts: ClusterFacts, seconds: number): boolean {
  const age = secondsSince(conditionOf(node, 'Ready')?.lastTransitionTime ?? '', facts);
  return age !== undefined && age < seconds;
}

/** Within which a new node may lack what its networking solution brings. Images are pulled in this time, too. */
const SETTLING_SECONDS = 120;
/** A Ready condition that last changed so soon after the node joined has never been another. Clocks differ a little. */
const FIRST_STATE_SECONDS = 10;

/** Whether the node joined lately and its networking solution may still be starting for the first time. */
export function isSettling(node: NodeFacts, facts: ClusterFacts): boolean {
  if (!joinedWithin(node, facts, SETTLING_SECONDS)) return false;
  const ready = conditionOf(node, 'Ready');
  if (ready === undefined) return true;
  switch (ready.status) {
    case 'True':
      return (secondsSince(ready.lastTransitionTime, facts) ?? 0) < SETTLING_SECONDS / 2;
    case 'False':
      return (
        Math.abs(Date.parse(ready.lastTransitionTime) - Date.parse(node.creationTimestamp)) < FIRST_STATE_SECONDS * 1000
      );
    case 'Unknown':
      return ready.reason === 'NodeStatusNeverUpdated';
  }
}
