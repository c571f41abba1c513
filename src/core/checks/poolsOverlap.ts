/** CN105: two pools, or two namespaces' subnets, of one solution share addresses. */
import { findOverlaps } from '../ip/overlap.js';
import { formatRange } from '../ip/range.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { UNIQUE_ADDRESS } from './sources.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { distinct, listing } from './wording.js';

export const poolsOverlap: Check = {
  code: 'CN105',
  name: 'poolsOverlap',
  title: 'Address pools overlap',
  explanation: `Two pools (or two namespaces' subnets) from which the solution gives pods addresses share some. Each pool is handed out without looking at the other, so that two pods get one address; several solutions refuse to start, or stop handing out from one of the pools.

**What to do.** Shrink or remove one of the pools. Calico moves pods when the pool is disabled first and the pods are made anew.

**Severity.** An error.

**Not reported.** Pools that are switched off, a range stated twice for one pool, and pools of different networks or VPCs.`,
  source: UNIQUE_ADDRESS,
  run,
};

/** Overlaps among claims of one role and network, one finding for each pair of owners. */
function among(claims: readonly Claim[]): Finding[] {
  const { equal, pairs } = findOverlaps(claims.map((claim) => claim.range));
  const groups: Claim[][] = [
    ...equal,
    ...pairs.map(({ outer, inner }) => [...outer.slice(0, 1), ...inner.slice(0, 1)]),
  ].map((indices) => indices.flatMap((index) => claims[index] ?? []));
  return groups.flatMap((group) => {
    const [first] = group;
    const owners = distinct(group.map((claim) => claim.owner));
    const ranges = distinct(group.map((claim) => formatRange(claim.range)));
    // One owner with one range, told in two places.
    if (first === undefined || (owners.length === 1 && ranges.length === 1)) return [];
    const what =
      owners.length === 1
        ? `${listing(owners)} has ranges that overlap, ${listing(ranges)}`
        : `${listing(owners)} overlap (${listing(ranges)})`;
    return [
      finding(poolsOverlap, {
        severity: 'error',
        message: `${what}: two pods can get one address, and the solution may refuse one of the ranges`,
        subjects: group.map(claimSubject),
        evidence: capped(group.map(claimEvidence)),
      }),
    ];
  });
}

function run(network: ClusterNetwork): Finding[] {
  const claims = network.claims.filter(
    (claim) => (claim.role === 'pod-pool' || claim.role === 'pod-namespace') && isInForce(claim),
  );
  return [...groupBy(claims, (claim) => `${claim.role} ${claim.network ?? ''}`).values()].flatMap(among);
}
