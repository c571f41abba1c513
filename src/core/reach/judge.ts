/**
 * Judges a verification: a verdict for each promise with counts, the culprits with what places them, findings for Problems.
 *
 * A promise that was kept wherever it could be tried, and could not be tried everywhere, is inconclusive and says where.
 */
import { sharedPodAddresses } from '../checks/podAddressShared.js';
import { listing } from '../checks/wording.js';
import { formatAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { formatRef } from '../network/place.js';
import { nodeName } from './cellWords.js';
import { nameCulprit } from './culpritEvidence.js';
import { type Culprit, findCulprits, findCulpritsWithin } from './culprits.js';
import { findingsOf } from './findings.js';
import { judgeEarlier } from './judgeEarlier.js';
import {
  isDenied,
  judgeAddresses,
  judgeExisting,
  judgeKubelet,
  judgeNat,
  judgeReach,
  judgeUnpromised,
} from './judgePromises.js';
import { acrossNodes, type Cell, stateOf } from './matrix.js';
import { summarise } from './probe.js';
import { othersAt } from './owners.js';
import { tellsOfNat } from './nat.js';
import { natOf, probePod } from './probePodEnds.js';
import type { Judgement, Measured } from './verification.js';

export function judgeVerification(measured: Measured, network: ClusterNetwork): Judgement {
  const nats = new Map(measured.cells.map((cell) => [cell, natOf(measured, network, cell)]));
  const preserved = (cell: Cell): boolean | undefined => {
    const nat = nats.get(cell);
    return nat === undefined || !tellsOfNat(nat) ? undefined : nat.kind === 'preserved';
  };
  const shared = sharedAddresses(measured, network);
  const usable = measured.cells.filter((cell) => !shared.cells.has(cell));
  const unblocked = usable.filter((cell) => !isDenied(measured, network, cell));
  const culprits = findCulprits(unblocked, preserved)
    .filter((culprit) => !onlyIcmp(culprit))
    .map((culprit) => nameCulprit(culprit, measured, network));
  const within = findCulpritsWithin(unblocked).map((culprit) => nameCulprit(culprit, measured, network));
  const earlier = judgeEarlier(measured, network);
  const promises = [
    judgeAddresses(network, shared.words),
    judgeReach(measured, network, usable, shared.words, 'across nodes', culprits),
    judgeReach(measured, network, usable, [], 'on one node', within),
    ...judgeExisting(measured, network, shared.cells),
    ...earlier.promises,
    judgeNat(measured, usable, nats, shared.words),
    judgeKubelet(measured),
    ...judgeUnpromised(measured, usable),
  ];
  return {
    promises,
    culprits: [...culprits, ...within, ...earlier.culprits],
    findings: findingsOf(measured, promises, [...culprits, ...within], earlier.culprits),
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

/** What is known of addresses that several pods have. */
interface Sharing {
  /** Cells whose result says nothing of their target: the source, or another pod, may have answered. */
  readonly cells: ReadonlySet<Cell>;
  /** Who shares what, among the pods that were tried. */
  readonly words: readonly string[];
}

/**
 * Cells whose source and target have one address: what answered may have been the source itself. And those of pods that do
 * not say who they are, where another pod has their address.
 */
function sharedAddresses(measured: Measured, network: ClusterNetwork): Sharing {
  const said = new Set<string>();
  const probeOf = (node: number): string => `the probe pod of ${nodeName(measured, node)}`;
  for (const [index, { podAddresses }] of measured.nodes.entries()) {
    for (const [other, { podAddresses: others }] of measured.nodes.entries()) {
      for (const address of other > index ? podAddresses.filter((one) => others.includes(one)) : [])
        said.add(`${probeOf(index)} and ${probeOf(other)} both have ${address}`);
    }
    const own = probePod(measured, index);
    for (const other of podAddresses.length === 0 ? [] : othersAt(own, own, network)) {
      if (!isOurs(other, measured)) said.add(`${probeOf(index)} and ${other} both have ${listing(podAddresses)}`);
    }
  }
  const shared = new Map(sharedPodAddresses(network).map((one) => [formatAddress(one.address), one]));
  const cells = new Set<Cell>();
  for (const cell of measured.cells) {
    const own = cell.source === 'pod' ? (measured.nodes[cell.from]?.podAddresses ?? []) : [];
    if (own.includes(cell.address) || (cell.role === 'existing' && shared.has(cell.address))) cells.add(cell);
    if (cell.role === 'existing' && own.includes(cell.address))
      said.add(`${probeOf(cell.from)} and ${cell.name} both have ${cell.address}`);
  }
  return { cells, words: [...said] };
}

/** Whether a pod of the inventory, in words, is one of the run's own. */
const isOurs = (pod: string, { namespace, nodes }: Measured): boolean => {
  const prefix = nodes.find((node) => node.pod !== '')?.pod.replace(/-[^-]+-[^-]+$/, '-');
  return prefix !== undefined && pod.startsWith(`pod ${namespace}/${prefix}`);
};

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
  const between = measured.cells.filter(
    (cell) => cell.source === 'pod' && (cell.role === 'pod' || cell.role === 'peer'),
  );
  for (const policy of [measured.probePolicy.tcp, measured.probePolicy.udp]) {
    if (policy.kind !== 'denied') continue;
    const policies = [...new Set(policy.denials.flatMap((denial) => denial.policies.map(formatRef)))].join(', ');
    const measure = policy === measured.probePolicy.tcp ? 'tcp' : 'udp';
    const own = between.filter((cell) => cell.measure === measure);
    if (own.some((cell) => stateOf(cell) === 'ok')) answered.set(policies, ['each other']);
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
