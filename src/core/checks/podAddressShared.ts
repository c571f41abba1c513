/** CN201: pods that have one address. */
import { type Address, compareAddresses, formatAddress } from '../ip/address.js';
import { containsAddress, formatRange } from '../ip/range.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import type { PodTable } from '../network/podTable.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { type NodeRanges, rangesByNode } from './nodeRanges.js';
import { UNIQUE_ADDRESS } from './sources.js';
import { capped, podSubject } from './subjects.js';
import { counted, distinct, firstInOrder, listing, listingOf } from './wording.js';

/** Findings of single addresses; beyond, one finding speaks for the rest. */
const MAX_FINDINGS = 50;

export const podAddressShared: Check = {
  code: 'CN201',
  name: 'podAddressShared',
  title: 'Pods have the same address',
  explanation: `Two or more running pods have one address. A connection to it reaches one of them, mostly the one on the caller's own node; the other is unreachable, and a Service that has both as endpoints sends traffic to the wrong one. A probe between the two proves nothing: the caller may reach itself.

**What to do.** Find out why two nodes give out one address: overlapping node ranges (CN101), nodes without a range that only a local file tells what to hand out, a second networking solution (CN203, CN501), or a node whose address store was lost. Mend that first, then delete one of the pods, so that it is made anew with another address.

**Severity.** An error. A warning where one of the pods may be gone already: its node no longer reports or is no longer there, or it stands on the same node and is not ready, as after a restart.

**Not reported.** Pods on the host's network (they share their node's address), pods that are Succeeded, Failed or being deleted (they keep an address that is free again), pods of virtual nodes, and pods of different networks or VPCs, where addresses may repeat.`,
  source: UNIQUE_ADDRESS,
  run,
};

/** An address and the rows of the pods that own it. */
export interface Shared {
  readonly address: Address;
  readonly rows: readonly number[];
}

/** Values that occur more than once in the array; sorts it in place. */
function repeated(values: Uint32Array | Float64Array): Set<number> {
  values.sort();
  const found = new Set<number>();
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    if (value !== undefined && value === values[i - 1]) found.add(value);
  }
  return found;
}

/** Addresses of more than one of these rows. Sorting numbers finds that there are none, mostly, without making an object a pod. */
function sharedAddresses(pods: PodTable, rows: Uint32Array): Shared[] {
  const v4 = new Uint32Array(rows.length);
  const v6 = new Float64Array(rows.length);
  let count4 = 0;
  let count6 = 0;
  for (const row of rows) {
    const address = pods.ipv4(row);
    if (address >= 0) v4[count4++] = address;
    const hash = pods.ipv6Hash(row);
    if (hash >= 0) v6[count6++] = hash;
  }
  const repeated4 = repeated(v4.subarray(0, count4));
  const repeated6 = repeated(v6.subarray(0, count6));
  const shared: Shared[] = [];
  if (repeated4.size > 0) {
    const groups = groupBy(
      rows.filter((row) => repeated4.has(pods.ipv4(row))),
      (row) => pods.ipv4(row),
    );
    for (const [value, group] of groups) shared.push({ address: { family: 4, value: BigInt(value) }, rows: group });
  }
  if (repeated6.size > 0) {
    const groups = groupBy(
      rows.filter((row) => repeated6.has(pods.ipv6Hash(row))),
      (row) => pods.ipv6(row) ?? 0n,
    );
    for (const [value, group] of groups)
      if (group.length > 1) shared.push({ address: { family: 6, value }, rows: group });
  }
  return shared;
}

const idOf = (pods: PodTable, row: number): string => `${pods.namespace(row)}/${pods.name(row)}`;

function severityOf(
  pods: PodTable,
  isGone: (node: string) => string | undefined,
  rows: readonly number[],
): { severity: Severity; doubt: string } {
  const gone = distinct(rows.map((row) => pods.node(row)).filter((node) => isGone(node) !== undefined));
  if (rows.filter((row) => !gone.includes(pods.node(row))).length < 2 && gone.length > 0)
    return {
      severity: 'warning',
      doubt: `${listing(gone.map((node) => `${node} ${isGone(node) ?? ''}`))}, so its pod may be gone`,
    };
  if (new Set(rows.map((row) => pods.node(row))).size === 1 && rows.some((row) => !pods.ready(row)))
    return { severity: 'warning', doubt: 'on one node and not all ready: one may be from before a restart' };
  return { severity: 'error', doubt: '' };
}

/** Why these nodes could give out one address, as far as their ranges tell. */
function causeOf(
  network: ClusterNetwork,
  ranges: ReadonlyMap<string, NodeRanges>,
  address: Address,
  nodes: readonly string[],
): string {
  if (nodes.length < 2) return '';
  const holding = nodes.filter((node) => ranges.get(node)?.has(address) === true);
  const [holder] = holding;
  if (holding.length > 1) return `${listing(holding)} hand out overlapping ranges (CN101)`;
  if (holder !== undefined) {
    const range = ranges.get(holder)?.claims.find((claim) => containsAddress(claim.range, address));
    const others = nodes.filter((node) => node !== holder);
    return `the address belongs to ${range === undefined ? 'the range' : formatRange(range.range)} of ${holder}, yet ${listing(others)} gave it out as well`;
  }
  const { addressSource } = network.reading;
  if ((addressSource === 'unknown' || addressSource === 'node-pod-cidr') && nodes.every((node) => !ranges.has(node)))
    return `${listing(nodes)} have no spec.podCIDR, so nothing in the API keeps their ranges apart`;
  return '';
}

interface Surroundings {
  /** What speaks for the pods of a node being gone, in words: it does not report, or has been deleted. */
  readonly isGone: (node: string) => string | undefined;
  readonly ranges: ReadonlyMap<string, NodeRanges>;
}

function reportOne(network: ClusterNetwork, { isGone, ranges }: Surroundings, { address, rows }: Shared): Finding {
  const { pods } = network.facts;
  const first = firstInOrder(rows, (a, b) => compareNatural(idOf(pods, a), idOf(pods, b)), MAX_SUBJECTS);
  const ip = formatAddress(address);
  const nodeOf = (row: number): string => (pods.node(row) === '' ? 'no node' : pods.node(row));
  const nodes = distinct(first.map(nodeOf));
  const { severity, doubt } = severityOf(pods, isGone, rows);
  const cause = causeOf(network, ranges, address, nodes);
  const who = listingOf(first, (row) => `${idOf(pods, row)} on ${nodeOf(row)}`, rows.length);
  const message =
    severity === 'error'
      ? `${ip} is the address of ${counted(rows.length, 'pod')}, ${who}: a connection to it reaches only one of them, and not always the same one${cause === '' ? '' : `; ${cause}`}`
      : `${ip} is the address of ${counted(rows.length, 'pod')}, ${who}: if all of them still run, a connection reaches only one of them; ${doubt}`;
  return finding(podAddressShared, {
    severity,
    message,
    subjects: first.map((row) => podSubject(pods, row, address)),
    total: rows.length,
    evidence: capped(
      first.map(
        (row) =>
          `${idOf(pods, row)} on ${nodeOf(row)}: ${ip}, ${pods.phase(row)}, ${pods.ready(row) ? 'ready' : 'not ready'}`,
      ),
      rows.length,
    ),
  });
}

/** One finding for addresses beyond those that are told one by one. */
function reportRest(network: ClusterNetwork, { isGone }: Surroundings, rest: readonly Shared[]): Finding {
  const { pods } = network.facts;
  return finding(podAddressShared, {
    severity: rest.some(({ rows }) => severityOf(pods, isGone, rows).severity === 'error') ? 'error' : 'warning',
    message: `${counted(rest.length, 'further address', 'further addresses')} (${listingOf(rest, ({ address }) => formatAddress(address))}) belong to two or more pods each: a connection reaches only one of them`,
    subjects: rest
      .slice(0, MAX_SUBJECTS)
      .flatMap(({ address, rows }) => rows.slice(0, 2).map((row) => podSubject(pods, row, address))),
    total: rest.reduce((sum, { rows }) => sum + rows.length, 0),
    evidence: capped(
      rest
        .slice(0, MAX_SUBJECTS)
        .map(({ address, rows }) => `${formatAddress(address)}: ${listingOf(rows, (row) => idOf(pods, row))}`),
      rest.length,
    ),
    key: 'further addresses',
  });
}

/** Addresses that more than one pod owns, in order. Pods of different networks may share addresses. */
export function sharedPodAddresses({ facts: { pods, nodes } }: ClusterNetwork): readonly Shared[] {
  const virtual = new Set(nodes.filter((node) => node.virtual).map((node) => node.name));
  const rows = new Uint32Array(pods.size);
  let count = 0;
  const elsewhere: number[] = [];
  for (let row = 0; row < pods.end; row++) {
    if (!pods.ownsAddresses(row) || pods.terminating(row)) continue;
    if (virtual.size > 0 && virtual.has(pods.node(row))) continue;
    if (pods.network(row) === '') rows[count++] = row;
    else elsewhere.push(row);
  }
  const shared = sharedAddresses(pods, rows.subarray(0, count));
  for (const group of groupBy(elsewhere, (row) => pods.network(row)).values())
    shared.push(...sharedAddresses(pods, Uint32Array.from(group)));
  return shared.sort((a, b) => compareAddresses(a.address, b.address));
}

function run(network: ClusterNetwork): Finding[] {
  const shared = sharedPodAddresses(network);
  if (shared.length === 0) return [];
  const { facts } = network;
  const readiness = new Map(facts.nodes.map((node) => [node.name, readinessOf(node)]));
  const allNodes = isKnown(facts, 'nodes') && facts.nodes.length > 0;
  const around: Surroundings = {
    isGone: (node) => {
      if (readiness.get(node) === 'Unknown') return 'no longer reports';
      // Pods outlive their Node for a minute or two, while its range may be another node's already.
      return allNodes && node !== '' && !readiness.has(node) ? 'is no longer there' : undefined;
    },
    ranges: rangesByNode(network),
  };
  const findings = shared.slice(0, MAX_FINDINGS).map((one) => reportOne(network, around, one));
  const rest = shared.slice(MAX_FINDINGS);
  return rest.length === 0 ? findings : [...findings, reportRest(network, around, rest)];
}
