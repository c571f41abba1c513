/**
 * EndpointSlices: where the connections to a Service go. In columns, because one slice holds up to 1,000 endpoints, and a
 * cluster about as many as it has pods.
 *
 * Answers for: which of its endpoints has an address, and whether it is ready. What an absent condition means, and that only
 * the first address of an endpoint counts: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/
 */
import { type Address, type Family, parseAddress } from '../ip/address.js';
import type { Range } from '../ip/range.js';
import { at, LIMITS, listOf, numberOf, objectOf, shown, textOf } from './json.js';
import type { ObjectRef } from './place.js';

/** A slice names its Service by this label. */
const SERVICE_NAME = 'kubernetes.io/service-name';

export interface EndpointPort {
  /** Empty where the Service's port has no name. */
  readonly name: string;
  readonly protocol: string;
  /** Undefined: all ports. */
  readonly port: number | undefined;
}

export interface EndpointSliceFacts {
  readonly namespace: string;
  readonly name: string;
  /** The Service whose connections it takes; empty where it names none. */
  readonly service: string;
  /** Undefined where its endpoints are domain names: then it holds none here. */
  readonly family: Family | undefined;
  readonly ports: readonly EndpointPort[];
  /** Two 64-bit halves of each endpoint's first address, the higher one first. */
  readonly halves: BigUint64Array;
  /** Flags of each endpoint. */
  readonly flags: Uint8Array;
}

/** Valid: its address is one, of the slice's family. */
const FLAG = { valid: 1, ready: 2, terminating: 4 } as const;
const HALF = 64n;
const LOW_HALF = (1n << HALF) - 1n;

const FAMILIES: Readonly<Record<string, Family>> = { IPv4: 4, IPv6: 6 };

/** The facts of a discovery.k8s.io/v1 EndpointSlice. Never throws; what is no address stays in its place, and is none. */
export function endpointSliceFacts(object: unknown): EndpointSliceFacts {
  const type = textOf(at(object, 'addressType'));
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  const endpoints = family === undefined ? [] : listOf(at(object, 'endpoints'));
  const halves = new BigUint64Array(2 * endpoints.length);
  const flags = new Uint8Array(endpoints.length);
  for (const [index, endpoint] of endpoints.entries()) {
    const address = parseAddress(shown(at(endpoint, 'addresses', 0)));
    const conditions = objectOf(at(endpoint, 'conditions'));
    if (address.ok && address.value.family === family) {
      flags[index] = FLAG.valid;
      halves[2 * index] = address.value.value >> HALF;
      halves[2 * index + 1] = address.value.value & LOW_HALF;
    }
    if (at(conditions, 'ready') !== false) flags[index] = (flags[index] ?? 0) | FLAG.ready;
    if (at(conditions, 'terminating') === true) flags[index] = (flags[index] ?? 0) | FLAG.terminating;
  }
  return {
    namespace: textOf(at(object, 'metadata', 'namespace'), LIMITS.name),
    name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
    service: textOf(at(object, 'metadata', 'labels', SERVICE_NAME), LIMITS.name),
    family,
    ports: listOf(at(object, 'ports')).map((port) => ({
      name: textOf(at(port, 'name')),
      protocol: textOf(at(port, 'protocol')) || 'TCP',
      port: numberOf(at(port, 'port')),
    })),
    halves,
    flags,
  };
}

export type EndpointState = 'ready' | 'not ready' | 'terminating';

/** One endpoint of a slice: its place in `endpoints`, its address, and what may be sent to it. */
export interface EndpointFacts {
  readonly index: number;
  readonly address: Address;
  readonly state: EndpointState;
}

const addressAt = ({ halves }: EndpointSliceFacts, family: Family, index: number): Address => ({
  family,
  value: ((halves[2 * index] ?? 0n) << HALF) | (halves[2 * index + 1] ?? 0n),
});

/** The endpoints of a slice that have an address (in the range, where one is given), in the slice's order. */
export function endpointsOf(slice: EndpointSliceFacts, range?: Range): EndpointFacts[] {
  const { family, flags } = slice;
  if (family === undefined || (range !== undefined && range.family !== family)) return [];
  const found: EndpointFacts[] = [];
  for (const [index, flag] of flags.entries()) {
    if ((flag & FLAG.valid) === 0) continue;
    const address = addressAt(slice, family, index);
    if (range !== undefined && (address.value < range.first || address.value > range.last)) continue;
    // A Service may publish addresses that are not ready: then terminating ones are called ready too.
    const state = (flag & FLAG.ready) !== 0 ? 'ready' : (flag & FLAG.terminating) !== 0 ? 'terminating' : 'not ready';
    found.push({ index, address, state });
  }
  return found;
}

/**
 * How many addresses the slices of a Service hold, of one family or of all, and how many of them are ready. Undefined where
 * some are domain names, which are not counted.
 */
export function countEndpoints(
  slices: Iterable<EndpointSliceFacts>,
  service: { readonly namespace: string; readonly name: string },
  family?: Family,
): { readonly all: number; readonly ready: number } | undefined {
  const all = new Set<string>();
  const ready = new Set<string>();
  for (const slice of slices) {
    if (slice.service !== service.name || slice.namespace !== service.namespace) continue;
    if (slice.family === undefined) return undefined;
    if (family !== undefined && slice.family !== family) continue;
    for (const { address, state } of endpointsOf(slice)) {
      // One address may stand in several slices, each with other ports.
      const key = `${address.family} ${address.value}`;
      all.add(key);
      if (state === 'ready') ready.add(key);
    }
  }
  return { all: all.size, ready: ready.size };
}

export const endpointSliceRef = ({ namespace, name }: EndpointSliceFacts): ObjectRef => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  namespace,
  name,
});
