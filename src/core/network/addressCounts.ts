/** How many of the addresses that we can see lie in a range, for tens of thousands of ranges at a time. */
import type { Address } from '../ip/address.js';
import type { Range } from '../ip/range.js';
import type { Claim } from './claim.js';
import { type AddressField, type ClusterFacts, isKnown } from './facts.js';
import type { PodTable } from './podTable.js';

const HALF = 64n;
const LOW_64 = 0xffffffffffffffffn;

/** Distinct addresses, sorted: a range is counted by two binary searches. IPv6 by its upper half, of which there are few. */
export class SortedAddresses {
  readonly #v4: Uint32Array;
  readonly #v6 = new Map<bigint, BigUint64Array>();

  private constructor(v4: Uint32Array, v6: ReadonlyMap<bigint, bigint[]>) {
    this.#v4 = distinct(v4.sort());
    for (const [high, lows] of v6) this.#v6.set(high, distinct(BigUint64Array.from(lows).sort()));
  }

  static ofPods(pods: PodTable): SortedAddresses {
    const v4 = new Uint32Array(pods.size);
    let count = 0;
    const v6 = new Map<bigint, bigint[]>();
    for (let row = 0; row < pods.end; row++) {
      if (!pods.ownsAddresses(row)) continue;
      const address = pods.ipv4(row);
      if (address >= 0) v4[count++] = address;
      const long = pods.ipv6(row);
      if (long !== undefined) push(v6, long);
    }
    return new SortedAddresses(v4.slice(0, count), v6);
  }

  static of(addresses: Iterable<Address>): SortedAddresses {
    const v4: number[] = [];
    const v6 = new Map<bigint, bigint[]>();
    for (const { family, value } of addresses) {
      if (family === 4) v4.push(Number(value));
      else push(v6, value);
    }
    return new SortedAddresses(Uint32Array.from(v4), v6);
  }

  /** How many of the addresses lie in the range. */
  within({ family, first, last }: Range): number {
    if (family === 4) return above(this.#v4, Number(last)) - below(this.#v4, Number(first));
    let count = 0;
    for (const [high, lows] of this.#v6) {
      if (high < first >> HALF || high > last >> HALF) continue;
      const from = high === first >> HALF ? first & LOW_64 : 0n;
      const to = high === last >> HALF ? last & LOW_64 : LOW_64;
      count += above(lows, to) - below(lows, from);
    }
    return count;
  }
}

function push(v6: Map<bigint, bigint[]>, value: bigint): void {
  const lows = v6.get(value >> HALF);
  if (lows === undefined) v6.set(value >> HALF, [value & LOW_64]);
  else lows.push(value & LOW_64);
}

/** Moves each value that is new to the front of the sorted array, and answers with that front. */
function distinct<T extends Uint32Array | BigUint64Array>(sorted: T): T {
  let kept = 0;
  for (let at = 0; at < sorted.length; at++)
    if (at === 0 || sorted[at] !== sorted[kept - 1]) sorted.copyWithin(kept++, at, at + 1);
  return sorted.subarray(0, kept) as T;
}

/** Index of the first element that `holds`; the elements before do not, those after do. */
function firstWhere<T>(sorted: ArrayLike<T>, holds: (value: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle];
    if (value !== undefined && holds(value)) high = middle;
    else low = middle + 1;
  }
  return low;
}
const below = <T extends number | bigint>(sorted: ArrayLike<T>, bound: T): number =>
  firstWhere(sorted, (value) => value >= bound);
const above = <T extends number | bigint>(sorted: ArrayLike<T>, bound: T): number =>
  firstWhere(sorted, (value) => value > bound);

const parsed = (fields: readonly AddressField[]): Address[] =>
  fields.flatMap((field) => (field.address.ok ? [field.address.value] : []));

/**
 * Counts the addresses in use within claims of a cluster: pods' for pod ranges, Services' for service ranges, nodes' for
 * node ranges. Undefined for other roles, and where not all objects of the kind could be read.
 */
export function addressCounter(facts: ClusterFacts): (claim: Claim) => number | undefined {
  const pods = isKnown(facts, 'pods') ? SortedAddresses.ofPods(facts.pods) : undefined;
  const services = isKnown(facts, 'services')
    ? SortedAddresses.of(facts.services.flatMap((service) => parsed(service.clusterIPs)))
    : undefined;
  const nodes = isKnown(facts, 'nodes')
    ? SortedAddresses.of(facts.nodes.flatMap((node) => parsed(node.internalIPs)))
    : undefined;
  return (claim) => {
    switch (claim.role) {
      case 'pod-cluster':
      case 'pod-node':
      case 'pod-pool':
      case 'pod-namespace':
        return pods?.within(claim.range);
      case 'service':
        return services?.within(claim.range);
      case 'node':
        return nodes?.within(claim.range);
      case 'load-balancer':
      case 'join':
      case 'reserved':
      case 'docker':
      case 'workstation':
        return undefined;
    }
  };
}
