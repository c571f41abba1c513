/**
 * Judges a verification: a verdict for each promise with counts, the culprits with what places them, findings for Problems.
 *
 * A promise that was kept wherever it could be tried, and could not be tried everywhere, is inconclusive and says where.
 */
import { listing } from '../checks/wording.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { formatRef } from '../network/place.js';
import { nodeName } from './cellWords.js';
import { nameCulprit } from './culpritEvidence.js';
import { type Culprit, findCulprits } from './culprits.js';
import { findingsOf } from './findings.js';
import { judgeAddresses, judgeExisting, judgeKubelet, judgeNat, judgeReach, judgeUnpromised } from './judgePromises.js';
import { acrossNodes, type Cell, stateOf } from './matrix.js';
import { summarise } from './probe.js';
import { natOf } from './probePodEnds.js';
import type { Judgement, Measured } from './verification.js';

export function judgeVerification(measured: Measured, network: ClusterNetwork): Judgement {
  const nats = new Map(measured.cells.map((cell) => [cell, natOf(measured, network, cell)]));
  const preserved = (cell: Cell): boolean | undefined => {
    const nat = nats.get(cell);
    return nat === undefined || nat.kind === 'unreadable' ? undefined : nat.kind === 'preserved';
  };
  const shared = sharedAddresses(measured);
  const usable = measured.cells.filter((cell) => !shared.cells.has(cell));
  const culprits = findCulprits(usable, preserved)
    .filter((culprit) => !onlyIcmp(culprit))
    .map((culprit) => nameCulprit(culprit, measured, network));
  const promises = [
    judgeAddresses(network, shared.words),
    judgeReach(measured, usable, shared.words, 'across nodes', culprits),
    judgeReach(measured, usable, [], 'on one node', []),
    ...judgeExisting(measured, network),
    judgeNat(measured, usable, nats),
    judgeKubelet(measured),
    ...judgeUnpromised(measured, usable),
  ];
  return {
    promises,
    culprits,
    findings: findingsOf(measured, promises, culprits),
    notes: [
      ...measured.transient,
      ...notEnforced(measured, network),
      ...icmpNotes(usable, measured),
      ...(measured.masquerade !== undefined && usable.some((cell) => cell.role === 'node')
        ? [measured.masquerade]
        : []),
    ],
  };
}

/** ICMP alone accuses nobody: many networks drop it on purpose while they pass everything else. */
const onlyIcmp = (culprit: Culprit): boolean =>
  culprit.trouble !== 'translated' && culprit.modes.every((mode) => mode.measure === 'icmp');

/** Cells whose source and target have one address: what answered may have been the source itself. */
function sharedAddresses(measured: Measured): { cells: ReadonlySet<Cell>; words: string[] } {
  const cells = new Set<Cell>();
  const said = new Set<string>();
  for (const cell of measured.cells) {
    const own = measured.nodes[cell.from]?.podAddresses ?? [];
    if (cell.source !== 'pod' || !own.includes(cell.address)) continue;
    cells.add(cell);
    const target = cell.role === 'existing' ? cell.name : `the probe pod of ${nodeName(measured, cell.to)}`;
    said.add(`the probe pod of ${nodeName(measured, cell.from)} and ${target} both have ${cell.address}`);
  }
  return { cells, words: [...said] };
}

function notEnforced(measured: Measured, network: ClusterNetwork): string[] {
  const { title, datapath } = network.reading;
  const why =
    datapath.enforcesPolicies === false
      ? `${title} has no policy engine, and no other was recognised`
      : 'what was measured got through';
  const answered = new Map<string, string[]>();
  for (const { name, policy } of measured.existing) {
    if (policy.kind !== 'denied') continue;
    const cells = measured.cells.filter((cell) => cell.role === 'existing' && cell.name === name);
    if (!cells.some((cell) => summarise(cell.tries).outcome.kind === 'answered')) continue;
    const policies = [...new Set(policy.denials.flatMap((denial) => denial.policies.map(formatRef)))].join(', ');
    answered.set(policies, [...(answered.get(policies) ?? []), name]);
  }
  return [...answered].map(
    ([policies, pods]) =>
      `${policies} is not enforced: it denies connections of the probe pods to ${listing(pods)}, and they were answered (${why})`,
  );
}

function icmpNotes(cells: readonly Cell[], measured: Measured): string[] {
  const icmp = cells.filter((cell) => cell.measure === 'icmp' && acrossNodes(cell));
  if (icmp.length > 0 && icmp.every((cell) => stateOf(cell) === 'unknown'))
    return ['ICMP was not measured: the image’s ping may not open a socket without privileges'];
  const answeredByTcp = (cell: Cell): boolean =>
    cells.some(
      (other) =>
        other.measure === 'tcp' &&
        acrossNodes(other) &&
        other.from === cell.from &&
        other.to === cell.to &&
        other.family === cell.family &&
        stateOf(other) === 'ok',
    );
  const alone = icmp.filter((cell) => stateOf(cell) === 'broken' && answeredByTcp(cell));
  if (alone.length === 0) return [];
  const some = alone
    .slice(0, 3)
    .map((cell) => `${nodeName(measured, cell.from)} → ${nodeName(measured, cell.to)}`)
    .join(', ');
  return [
    `ICMP echoes are not answered on ${alone.length} paths on which TCP is (${some}): dropped on purpose, or a fault of its own`,
  ];
}
