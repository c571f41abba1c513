/**
 * Capacity: how full each range is, and what runs out first.
 *
 * Answers for: size, sub-ranges handed out of a range, addresses in use, what is left; and, in order, the ranges that end
 * soonest. Counts are of what the API shows: an address that a solution holds back or has not taken away yet is not seen.
 */
import { blockCount, freeBlockCount, usableAddresses } from '../ip/blocks.js';
import { contains, containsAddress, type Range, sizeOf } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { type Claim, isInForce, isPodRole } from './claim.js';
import type { ClusterNetwork } from './clusterNetwork.js';
import { controlPlaneOf } from './controlPlane.js';
import { type AddressField, type ClusterFacts, isKnown } from './facts.js';
import { placeKey } from './place.js';
import type { PodTable } from './podTable.js';

/** Blocks of one size that are cut from a range. */
export interface BlockUse {
  readonly prefixLength: number;
  readonly total: bigint;
  /** Blocks that are neither handed out nor touched by what is. */
  readonly free: bigint;
}

export interface RangeUse {
  readonly claim: Claim;
  /** All addresses of the range, exactly. */
  readonly size: bigint;
  /** Addresses that can be handed out one by one: IPv4 ranges keep their first and last one. */
  readonly usable: bigint;
  /** Nodes' ranges inside of this one that are in force, and how many addresses they have. Zero for ranges that are not cut. */
  readonly assignedRanges: number;
  readonly assignedAddresses: bigint;
  /** Addresses of the range that are in use; undefined where it cannot be told. */
  readonly usedAddresses: number | undefined;
  /** The blocks that are cut from it, when their size is known. */
  readonly blocks: BlockUse | undefined;
}

/** Numbers in order, each once. */
function distinctSorted(values: Uint32Array): Uint32Array {
  values.sort();
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== undefined && (count === 0 || value !== values[count - 1])) values[count++] = value;
  }
  return values.subarray(0, count);
}

/** Index of the first value that is not below the bound. */
function lowerBound(values: Uint32Array, bound: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isDefaultNetwork = (claim: Claim): boolean => claim.network === undefined;

/** Counts pods' addresses in ranges: IPv4 by search in sorted numbers, IPv6 node by node. */
class PodAddresses {
  readonly #pods: PodTable;
  readonly #v4: Uint32Array;
  #v6Rows: number[] | undefined;

  constructor(pods: PodTable) {
    this.#pods = pods;
    const values = new Uint32Array(pods.size);
    let count = 0;
    for (const row of pods.rows()) {
      if (!pods.ownsAddresses(row) || pods.network(row) !== '') continue;
      const value = pods.ipv4(row);
      if (value >= 0) values[count++] = value;
    }
    this.#v4 = distinctSorted(values.subarray(0, count));
  }

  count({ range, node }: Claim): number {
    if (range.family === 4)
      return lowerBound(this.#v4, Number(range.last) + 1) - lowerBound(this.#v4, Number(range.first));
    return this.#countV6(range, node === undefined ? this.#rowsWithV6() : this.#pods.rowsOfNode(node));
  }

  #countV6(range: Range, rows: Iterable<number>): number {
    let count = 0;
    for (const row of rows) {
      if (!this.#pods.ownsAddresses(row) || this.#pods.network(row) !== '') continue;
      const value = this.#pods.ipv6(row);
      if (value !== undefined && range.first <= value && value <= range.last) count++;
    }
    return count;
  }
  #rowsWithV6(): readonly number[] {
    this.#v6Rows ??= [...this.#pods.rows()].filter((row) => this.#pods.ipv6(row) !== undefined);
    return this.#v6Rows;
  }
}

const addressesIn = (range: Range, fields: readonly AddressField[]): number => {
  const found = new Set<bigint>();
  for (const { address } of fields)
    if (address.ok && containsAddress(range, address.value)) found.add(address.value.value);
  return found.size;
};

/** How full every claim's range is, in the order of the claims. A few milliseconds for 5,000 nodes and 150,000 pods. */
export function capacityOf({ facts, claims }: ClusterNetwork): readonly RangeUse[] {
  const pods = isKnown(facts, 'pods') ? new PodAddresses(facts.pods) : undefined;
  const servicesKnown = isKnown(facts, 'services');
  const clusterIPs = facts.services.flatMap((service) => service.clusterIPs);
  const balancerIPs = facts.services.flatMap((service) => service.loadBalancerIPs);
  const nodeRanges = claims.filter((claim) => claim.role === 'pod-node' && isInForce(claim));
  const assigned = RangeSet.of(nodeRanges.map(({ range }) => range));

  const usedOf = (claim: Claim): number | undefined => {
    if (isPodRole(claim.role)) return isDefaultNetwork(claim) ? pods?.count(claim) : undefined;
    if (claim.role === 'service') return servicesKnown ? addressesIn(claim.range, clusterIPs) : undefined;
    if (claim.role === 'load-balancer')
      return servicesKnown ? (sizeOf(claim.range) === 1n ? 1 : addressesIn(claim.range, balancerIPs)) : undefined;
    return undefined;
  };

  return claims.map((claim) => {
    const { range, role, blockPrefixLength } = claim;
    const isCut = role === 'pod-cluster' || role === 'pod-pool';
    const inside = isCut ? nodeRanges.filter((node) => contains(range, node.range)) : [];
    return {
      claim,
      size: sizeOf(range),
      usable: usableAddresses(range),
      assignedRanges: inside.length,
      assignedAddresses: isCut ? assigned.intersect(RangeSet.of([range])).size(range.family) : 0n,
      usedAddresses: usedOf(claim),
      blocks:
        blockPrefixLength === undefined
          ? undefined
          : {
              prefixLength: blockPrefixLength,
              total: blockCount(range, blockPrefixLength),
              free: freeBlockCount(range, blockPrefixLength, keptFree(facts, claim, assigned)),
            },
    };
  });
}

/** What blocks must not touch: those handed out, and the service ranges that kube-controller-manager was told to spare. */
function keptFree(facts: ClusterFacts, claim: Claim, assigned: RangeSet): RangeSet {
  if (claim.role !== 'pod-cluster') return assigned;
  const spared = controlPlaneOf(facts).controllerManagerServices.flatMap(({ cidr }) => (cidr.ok ? [cidr.value] : []));
  return spared.length === 0 ? assigned : assigned.union(RangeSet.of(spared));
}

/** How much was in use at one moment, for comparison with a later one. */
export interface CapacitySample {
  /** RFC 3339. */
  readonly readAt: string;
  readonly used: ReadonlyMap<string, number>;
}

/** `blocks`: of the size that the claim says, one for a node (podCIDRs, Cilium) or several (Calico). */
export type Resource = 'pod addresses' | 'blocks' | 'service addresses' | 'load-balancer addresses';

/** Something of which there is only so much. */
export interface Outlook {
  readonly resource: Resource;
  readonly claim: Claim;
  readonly total: bigint;
  readonly left: bigint;
  /** 0 (nothing in use) to 1 (nothing left). */
  readonly fraction: number;
  /** Growth since the sample, for each hour; undefined without one, or when it is too young to tell. */
  readonly perHour: number | undefined;
  /** Hours until nothing is left, if it goes on like that. */
  readonly hoursLeft: number | undefined;
  /** Events that say that it has run out already, or did. */
  readonly evidence: readonly string[];
}

const keyOf = ({ place, text }: Claim): string => `${placeKey(place)} ${text}`;

/** Growth in less time than this is chance. */
const MIN_SAMPLE_HOURS = 1 / 6;
const MILLISECONDS_AN_HOUR = 3_600_000;

interface Budget {
  readonly resource: Resource;
  readonly total: bigint;
  readonly left: bigint;
}

/** What of this range can run out; undefined where something else ends first, or nothing can be told. */
function budgetOf(
  { claim, usable, usedAddresses, blocks }: RangeUse,
  podLimits: ReadonlyMap<string, number>,
): Budget | undefined {
  if (!isInForce(claim)) return undefined;
  if (blocks !== undefined) return { resource: 'blocks', total: blocks.total, left: blocks.free };
  if (usedAddresses === undefined) return undefined;
  const used = BigInt(usedAddresses);
  const left = usable > used ? usable - used : 0n;
  switch (claim.role) {
    case 'pod-node': {
      // The kubelet stops at its own limit. Where the range has room for that many, it never ends.
      const limit = podLimits.get(claim.node ?? '');
      return limit !== undefined && BigInt(limit) <= usable
        ? undefined
        : { resource: 'pod addresses', total: usable, left };
    }
    case 'pod-pool':
    case 'pod-namespace':
      return { resource: 'pod addresses', total: usable, left };
    case 'service':
      // A range that is only inferred from what is in use has no end that is known.
      return claim.provenance === 'inferred' ? undefined : { resource: 'service addresses', total: usable, left };
    case 'load-balancer':
      return usable <= 1n ? undefined : { resource: 'load-balancer addresses', total: usable, left };
    case 'pod-cluster':
    case 'node':
    case 'join':
    case 'reserved':
    case 'docker':
    case 'workstation':
      return undefined;
  }
}

/** How much of a budget is in use. Blocks and addresses differ in unit, and are only compared with themselves. */
const spent = ({ total, left }: Budget): number => Number(total - left);

/** Texts by which plugins say that a node has no address left. */
const NO_ADDRESS = ['no IP addresses available in range set', 'range is full'];
/** Reasons by which the node allocator says that it has no range left. */
const NO_RANGE = new Set(['CIDRNotAvailable', 'CIDRAssignmentFailed']);

/** Events that tell of ranges that have run out: for the allocator of node ranges, and node by node. */
function exhaustionEvents({ events, pods }: ClusterFacts): { allocator: string[]; byNode: Map<string, string[]> } {
  const allocator: string[] = [];
  const byNode = new Map<string, string[]>();
  for (const { reason, regarding, message, lastSeen } of events) {
    if (NO_RANGE.has(reason)) {
      allocator.push(`${reason} for ${regarding.name}, last at ${lastSeen}`);
    } else if (NO_ADDRESS.some((text) => message.includes(text))) {
      const row = pods.rowOf(regarding.namespace ?? '', regarding.name);
      if (row < 0) continue;
      const node = pods.node(row);
      const lines = byNode.get(node) ?? [];
      lines.push(`${reason} for pod ${regarding.namespace ?? ''}/${regarding.name}, last at ${lastSeen}`);
      byNode.set(node, lines);
    }
  }
  return { allocator, byNode };
}

/** Evidence lines kept for each range. */
const MAX_EVIDENCE = 5;

/**
 * What can run out, the soonest first: by the time left where growth was seen, else by the part in use.
 *
 * @param earlier What was in use at an earlier moment of this connection.
 */
export function runsOutFirst(
  network: ClusterNetwork,
  uses: readonly RangeUse[] = capacityOf(network),
  earlier?: CapacitySample,
): readonly Outlook[] {
  const { facts } = network;
  const podLimits = new Map(
    facts.nodes.flatMap(({ name, allocatablePods }) =>
      allocatablePods === undefined ? [] : [[name, allocatablePods]],
    ),
  );
  const events = exhaustionEvents(facts);
  const hours =
    earlier === undefined ? 0 : (Date.parse(facts.readAt) - Date.parse(earlier.readAt)) / MILLISECONDS_AN_HOUR;
  return uses
    .flatMap((use): Outlook[] => {
      const budget = budgetOf(use, podLimits);
      if (budget === undefined || budget.total === 0n) return [];
      const { claim } = use;
      const before = earlier?.used.get(keyOf(claim));
      const perHour =
        before === undefined || !(hours >= MIN_SAMPLE_HOURS) ? undefined : (spent(budget) - before) / hours;
      return [
        {
          ...budget,
          claim,
          fraction: spent(budget) / Number(budget.total),
          perHour,
          hoursLeft: perHour === undefined || perHour <= 0 ? undefined : Number(budget.left) / perHour,
          evidence: (budget.resource === 'blocks' && claim.role === 'pod-cluster'
            ? events.allocator
            : claim.role === 'pod-node'
              ? (events.byNode.get(claim.node ?? '') ?? [])
              : []
          ).slice(0, MAX_EVIDENCE),
        },
      ];
    })
    .sort(
      (a, b) =>
        (a.hoursLeft ?? Number.POSITIVE_INFINITY) - (b.hoursLeft ?? Number.POSITIVE_INFINITY) ||
        b.fraction - a.fraction,
    );
}

/** What is in use now, to be compared later. */
export function sampleOf(network: ClusterNetwork, uses: readonly RangeUse[] = capacityOf(network)): CapacitySample {
  return {
    readAt: network.facts.readAt,
    used: new Map(runsOutFirst(network, uses).map((outlook) => [keyOf(outlook.claim), spent(outlook)])),
  };
}
