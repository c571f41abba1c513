/** CN412: the solution keeps a range for each node, and has none for this one. */
import { isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { isSettling } from './age.js';
import { nodesOfOthers } from './agentPods.js';
import { type Check, type Finding, finding } from './check.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { agree, counted, listing } from './wording.js';

export const solutionRangeMissing: Check = {
  code: 'CN412',
  name: 'solutionRangeMissing',
  title: 'The solution has no range for a node',
  explanation: `The recognised solution keeps a pod range for every node in its own objects (Cilium: \`CiliumNode\`, \`spec.ipam.podCIDRs\`), and there is none for the named nodes. Its agent waits for one: no pod there gets a network.

**What to do.** Look at the object of that node and at the operator's log: the object is missing when the agent never started (CN401), its ranges are missing when the operator does not run or the pool is used up (CN303).

**Severity.** An error.

**Not reported.** Nodes that joined within the last two minutes or no longer report, Windows and virtual nodes, and nodes on which only another solution's agent runs; nothing where the solution's objects could not be read.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

function run(network: ClusterNetwork): Finding[] {
  const { facts, reading } = network;
  if (reading.nodeRangesBindPods !== true || reading.missing.length > 0 || !isKnown(facts, 'nodes')) return [];
  const ranged = new Set(
    network.claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim)).map((claim) => claim.node),
  );
  const others = nodesOfOthers(network);
  const without = facts.nodes
    .filter(
      (node) =>
        !ranged.has(node.name) &&
        !others.has(node.name) &&
        !node.virtual &&
        node.os !== 'windows' &&
        readinessOf(node) !== 'Unknown' &&
        !isSettling(node, facts),
    )
    .sort((a, b) => compareNatural(a.name, b.name));
  if (without.length === 0) return [];
  const names = listing(without.map((node) => node.name));
  return [
    finding(solutionRangeMissing, {
      severity: 'error',
      message: `${reading.title} has no pod range for ${names}: its agent waits for one, and no pod on ${agree(without.length, 'that node', 'those nodes')} gets a network`,
      subjects: without.map((node) => nodeSubject(node, node.name)),
      evidence: capped(
        without.map(
          (node) =>
            `${node.name}: no range in the objects of ${reading.title}, which has ranges for ${counted(ranged.size, 'node')}`,
        ),
      ),
    }),
  ];
}
