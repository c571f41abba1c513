/**
 * "What is this IP?": everything that is known of an address or a range, with the places where it stands.
 *
 * Answers for: pods, nodes and Services that have the address (or have one in the range), the solution's own addresses on
 * nodes, Services of which the address is an endpoint, claims that hold, cross or lie in it, and what it is by standard.
 */
import { type Family, formatAddress, parseAddress } from '../ip/address.js';
import { contains, formatRange, overlaps, parseCidr, type Range, single, sizeOf } from '../ip/range.js';
import { isPrivate, specialAround, specialTouching } from '../ip/special.js';
import { type Claim, isInForce, isPodRole } from './claim.js';
import type { ClusterNetwork } from './clusterNetwork.js';
import {
  countEndpoints,
  type EndpointPort,
  type EndpointSliceFacts,
  endpointSliceRef,
  endpointsOf,
} from './endpointSlice.js';
import { type AddressField, ENDPOINT_SLICES, isKnown, type ServiceFacts } from './facts.js';
import { nodeRef, objectPlace, type Place, podRef } from './place.js';
import type { PodTable } from './podTable.js';

/** One thing that is known. Texts hold names from the cluster: show them as text, never as markup. */
export interface Explained {
  readonly kind: 'pod' | 'node' | 'host-address' | 'service' | 'endpoint' | 'claim' | 'special';
  readonly text: string;
  readonly place?: Place;
  /** Whether this is a side note: a done pod that had the address, a range that nobody uses. */
  readonly aside: boolean;
}

export interface Explanation {
  readonly ok: true;
  /** Canonical text of what was asked. */
  readonly text: string;
  readonly range: Range;
  readonly isAddress: boolean;
  /** The answer in one sentence. */
  readonly summary: string;
  readonly items: readonly Explained[];
  /** Things of each kind beyond `MAX_OF_A_KIND`, which are only counted. */
  readonly more: Readonly<Partial<Record<Explained['kind'], number>>>;
  /** What could not be read, and may hide an answer. */
  readonly unknown: readonly string[];
}
export interface NoAddress {
  readonly ok: false;
  readonly reason: string;
}

/** Resources whose objects have addresses, or name them as endpoints. */
const HOLDERS = new Set(['pods', 'nodes', 'services', ENDPOINT_SLICES]);

/** Things of one kind that are listed; the rest is counted. */
export const MAX_OF_A_KIND = 50;

type Asked = { readonly range: Range; readonly isAddress: boolean } | NoAddress;

function parse(text: string): Asked {
  const trimmed = text.trim();
  if (trimmed.includes('/')) {
    const cidr = parseCidr(trimmed);
    if (!cidr.ok) return cidr;
    const { family, first, last } = cidr.value;
    return { range: { family, first, last }, isAddress: first === last };
  }
  const address = parseAddress(trimmed);
  return address.ok ? { range: single(address.value), isAddress: true } : address;
}

const has = (range: Range, { address }: AddressField): boolean => address.ok && contains(range, single(address.value));

/** Rows of pods with an address in the range. */
function podRows(pods: PodTable, range: Range): number[] {
  const rows: number[] = [];
  if (range.family === 4) {
    const [first, last] = [Number(range.first), Number(range.last)];
    for (const row of pods.rows()) {
      const value = pods.ipv4(row);
      if (value >= first && value <= last) rows.push(row);
    }
  } else {
    for (const row of pods.rows()) {
      const value = pods.ipv6(row);
      if (value !== undefined && value >= range.first && value <= range.last) rows.push(row);
    }
  }
  return rows;
}

/** `: 10.244.0.2`, where the question was a range and not that very address. */
const which = (asked: Range, address: string): string => (asked.first === asked.last ? '' : `: ${address}`);

function podText(pods: PodTable, row: number, asked: Range): string {
  const address = pods.addresses(row).find(({ family }) => family === asked.family);
  const where = pods.node(row) === '' ? 'not scheduled' : `on ${pods.node(row)}`;
  const phase = pods.phase(row);
  const state = pods.hostNetwork(row)
    ? "has its node's address"
    : phase === 'Succeeded' || phase === 'Failed'
      ? `had it (${phase}: the address may be another pod's by now)`
      : pods.terminating(row)
        ? 'has it and is being deleted'
        : 'has it';
  return `pod ${pods.namespace(row)}/${pods.name(row)} ${where} ${state}${address === undefined ? '' : which(asked, formatAddress(address))}`;
}

function explainPods({ facts: { pods } }: ClusterNetwork, range: Range): Explained[] {
  const owners = (row: number): number => (pods.ownsAddresses(row) ? 0 : 1);
  return podRows(pods, range)
    .sort((a, b) => owners(a) - owners(b))
    .map((row) => ({
      kind: 'pod',
      text: podText(pods, row, range),
      place: objectPlace(
        podRef(pods.namespace(row), pods.name(row)),
        'status',
        'podIPs',
        pods.indexOfFamily(row, range.family),
        'ip',
      ),
      aside: !pods.ownsAddresses(row),
    }));
}

function explainNodes({ facts, reading }: ClusterNetwork, range: Range): Explained[] {
  const own = facts.nodes.flatMap((node) =>
    (['internalIPs', 'externalIPs'] as const).flatMap((key) =>
      node[key]
        .filter((field) => has(range, field))
        .map(({ text, path }): Explained => ({
          kind: 'node',
          text: `node ${node.name} has it as ${key === 'internalIPs' ? 'InternalIP' : 'ExternalIP'}${which(range, text)}`,
          place: objectPlace(nodeRef(node.name), ...path),
          aside: false,
        })),
    ),
  );
  const ofSolution = (reading.hostAddresses ?? [])
    .filter(({ address }) => contains(range, single(address)))
    .map(({ node, address, device, place }): Explained => ({
      kind: 'host-address',
      text: `${reading.title} gives it to ${device} on ${node}${which(range, formatAddress(address))}`,
      ...(place === undefined ? {} : { place }),
      aside: false,
    }));
  return [...own, ...ofSolution];
}

const SERVICE_FIELDS = [
  ['clusterIPs', 'ClusterIP'],
  ['externalIPs', 'external address'],
  ['loadBalancerIPs', "load balancer's address"],
] as const;

const explainServices = (network: ClusterNetwork, range: Range, isAddress: boolean): Explained[] =>
  network.facts.services.flatMap((service) =>
    SERVICE_FIELDS.flatMap(([key, name]) =>
      service[key]
        .filter((field) => has(range, field))
        .map(({ text, path }): Explained => ({
          kind: 'service',
          text: `service ${service.namespace}/${service.name} has it as ${name}${which(range, text)}${isAddress && key === 'clusterIPs' ? endpointsText(network, service, range.family) : ''}`,
          place: objectPlace(
            { apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name: service.name },
            ...path,
          ),
          aside: false,
        })),
    ),
  );

/** How many endpoints the Service has there; empty where that is not known. */
function endpointsText({ facts }: ClusterNetwork, service: ServiceFacts, family: Family): string {
  if (!isKnown(facts, ENDPOINT_SLICES)) return '';
  const count = countEndpoints(facts.endpointSlices, service, family);
  if (count === undefined) return '';
  const { all, ready } = count;
  if (all === 0) return ', and no EndpointSlice has an endpoint of it';
  if (all === 1) return `, and its endpoint is ${ready === 1 ? 'ready' : 'not ready'}`;
  return `, and ${ready === all ? `its ${all} endpoints are ready` : `${ready === 0 ? 'none' : ready} of its ${all} endpoints ${ready === 1 ? 'is' : 'are'} ready`}`;
}

/** `8080/TCP`, `all ports`. */
const portText = ({ port, protocol }: EndpointPort): string =>
  port === undefined ? 'all ports' : `${port}/${protocol}`;

/** Ports that are told of an endpoint. */
const MAX_PORTS = 5;

/** Services of which the address is an endpoint. Of a range it would only repeat its pods. */
function explainEndpoints({ facts }: ClusterNetwork, range: Range): Explained[] {
  const isThere = ({ namespace, service }: EndpointSliceFacts): boolean =>
    service !== '' &&
    (!isKnown(facts, 'services') || facts.services.some((one) => one.namespace === namespace && one.name === service));
  return facts.endpointSlices.flatMap((slice) =>
    endpointsOf(slice, range).map(({ index, state }): Explained => {
      const ports = slice.ports.slice(0, MAX_PORTS).map(portText).join(', ');
      const beyond = slice.ports.length > MAX_PORTS ? ' and more' : '';
      const words = [...(ports === '' ? [] : [`${ports}${beyond}`]), state].join('; ');
      const whose = isThere(slice)
        ? `service ${slice.namespace}/${slice.service} has it as an endpoint`
        : `EndpointSlice ${slice.namespace}/${slice.name} has it as an endpoint of no Service`;
      return {
        kind: 'endpoint',
        text: `${whose} (${words})`,
        place: objectPlace(endpointSliceRef(slice), 'endpoints', index, 'addresses', 0),
        aside: false,
      };
    }),
  );
}

/** What each role's range is, in words. */
function roleText({ role, owner }: Claim): string {
  switch (role) {
    case 'pod-cluster':
      return 'the pod range of the cluster';
    case 'pod-node':
      return `the pod range of ${owner}`;
    case 'pod-pool':
      return `the addresses of ${owner}`;
    case 'pod-namespace':
      return `the pod range of ${owner}`;
    case 'service':
      return 'the service range';
    case 'node':
      return `${owner}'s network`;
    case 'load-balancer':
      return `the load balancer addresses of ${owner}`;
    case 'join':
      return `a range that ${owner} keeps for itself`;
    case 'reserved':
      return `a range that ${owner} reserves`;
    case 'docker':
      return "Docker's default bridge network";
    case 'workstation':
      return `the network of ${owner}`;
  }
}

function claimText(claim: Claim, asked: Range): string {
  const relation = contains(claim.range, asked) ? 'in' : contains(asked, claim.range) ? 'holds' : 'crosses';
  const unused = claim.used === false ? ', from which nobody takes addresses' : '';
  return `${relation} ${claim.text}, ${roleText(claim)} (${claim.provenance})${unused}`;
}

/** Claims, the closest first: the smallest that hold what was asked, then what lies in it. A node's own address is told elsewhere. */
function explainClaims({ claims }: ClusterNetwork, asked: Range): Explained[] {
  const rank = (claim: Claim): number => (contains(claim.range, asked) ? 0 : contains(asked, claim.range) ? 1 : 2);
  return claims
    .filter(({ range, role }) => overlaps(range, asked) && !(role === 'node' && range.first === range.last))
    .sort((a, b) => {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
      const [x, y] = [sizeOf(a.range), sizeOf(b.range)];
      return x < y ? -1 : x > y ? 1 : 0;
    })
    .map((claim) => ({
      kind: 'claim',
      text: claimText(claim, asked),
      place: claim.place,
      aside: claim.used === false || claim.repeats === true,
    }));
}

function explainSpecial(range: Range): Explained[] {
  const around = specialAround(range);
  return (around.length > 0 ? around : specialTouching(range)).map(({ cidr, name, rfc }) => ({
    kind: 'special',
    text: `${around.length > 0 ? 'in' : 'holds or crosses'} ${cidr}, ${name} (${rfc})`,
    aside: false,
  }));
}

/** What an address lies in whose holder was not found: free, unless holders could not be read. */
function unclaimed({ facts, claims }: ClusterNetwork, range: Range): string {
  const holding = claims.filter((claim) => isInForce(claim) && contains(claim.range, range));
  const ofPods = holding.some(({ role }) => isPodRole(role)) && isKnown(facts, 'pods');
  const ofServices = holding.some(({ role }) => role === 'service') && isKnown(facts, 'services');
  const nobody = [...(ofPods ? ['no pod'] : []), ...(ofServices ? ['no Service'] : [])];
  return nobody.length === 0 ? '' : `; ${nobody.join(' and ')} has it`;
}

/** The answer in one sentence: what has the address, else what it lies in, else what it is by standard. */
function summarise(
  network: ClusterNetwork,
  text: string,
  range: Range,
  isAddress: boolean,
  items: readonly Explained[],
): string {
  const main = items.filter(({ aside }) => !aside);
  if (isAddress) {
    const holder = main.find(
      ({ kind }) => kind === 'pod' || kind === 'node' || kind === 'service' || kind === 'host-address',
    );
    if (holder !== undefined) {
      const holders = main.filter(({ kind }) => kind === holder.kind).length;
      return holders > 1 && holder.kind === 'pod' ? `${holders} pods have ${text}.` : `${text}: ${holder.text}.`;
    }
    const endpoint = main.find(({ kind }) => kind === 'endpoint');
    if (endpoint !== undefined) return `${text}: ${endpoint.text}${unclaimed(network, range)}.`;
  } else {
    const pods = main.filter(({ kind }) => kind === 'pod').length;
    if (pods > 0) return `${text}: ${pods} ${pods === 1 ? 'pod has' : 'pods have'} addresses in it.`;
  }
  const claim = main.find(({ kind }) => kind === 'claim');
  if (claim !== undefined) return `${text}: ${claim.text}${isAddress ? unclaimed(network, range) : ''}.`;
  const special = main.find(({ kind }) => kind === 'special');
  if (special !== undefined) return `${text}: ${special.text}; nothing in this cluster claims it.`;
  return `${text}: ${isPrivate(range) ? 'private' : 'public'} address space; nothing in this cluster claims it.`;
}

/** Says what an address or a CIDR is. Blanks around it do not matter. Linear in pods, nodes, services, endpoints and claims. */
export function explain(network: ClusterNetwork, text: string): Explanation | NoAddress {
  const asked = parse(text);
  if ('ok' in asked) return asked;
  const { range, isAddress } = asked;
  const canonical = isAddress ? formatAddress({ family: range.family, value: range.first }) : formatRange(range);
  const all = [
    ...explainPods(network, range),
    ...explainNodes(network, range),
    ...explainServices(network, range, isAddress),
    ...(isAddress ? explainEndpoints(network, range) : []),
    ...explainClaims(network, range),
    ...explainSpecial(range),
  ];
  const counts: Partial<Record<Explained['kind'], number>> = {};
  const items = all.filter(({ kind }) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
    return (counts[kind] ?? 0) <= MAX_OF_A_KIND;
  });
  const more: Partial<Record<Explained['kind'], number>> = {};
  for (const item of items) {
    const beyond = (counts[item.kind] ?? 0) - MAX_OF_A_KIND;
    if (beyond > 0) more[item.kind] = beyond;
  }
  return {
    ok: true,
    text: canonical,
    range,
    isAddress,
    summary: summarise(network, canonical, range, isAddress, all),
    items,
    more,
    unknown: network.facts.gaps
      .filter(({ resource }) => HOLDERS.has(resource))
      .map(({ resource, detail }) => `${resource}: ${detail}`),
  };
}
