/**
 * What this workstation claims: the networks in which it has interfaces, and those to which it has routes.
 *
 * Answers for: what of that can be in the way of the cluster. Most routes cannot: those that lead to the cluster itself, those
 * by which everything goes, and those that only repeat an interface's own network.
 */
import { type Address, formatAddress } from '../ip/address.js';
import { type Cidr, contains, containsAddress, parseCidr, sameRange, sizeOf } from '../ip/range.js';
import { specialAround } from '../ip/special.js';
import type { Claim } from './claim.js';
import type { AddressField, ClusterFacts, WorkstationInterface } from './facts.js';
import { type Route, routeTo } from './routingTable.js';

interface Known extends WorkstationInterface {
  readonly range: Cidr;
}

/**
 * Whether one of the machine's addresses is a node's or a pod's: then the machine is part of the cluster (a node, or a
 * development container), and its networks are the cluster's own.
 */
function isPartOfCluster({ nodes, pods }: ClusterFacts, interfaces: readonly Known[]): boolean {
  const own = interfaces.map(({ range }) => range.address);
  const isOwn = ({ address }: AddressField): boolean =>
    address.ok && own.some(({ family, value }) => family === address.value.family && value === address.value.value);
  if (nodes.some(({ internalIPs, externalIPs }) => internalIPs.some(isOwn) || externalIPs.some(isOwn))) return true;
  const v4 = new Set(own.flatMap(({ family, value }) => (family === 4 ? [Number(value)] : [])));
  const v6 = new Set(own.flatMap(({ family, value }) => (family === 6 ? [value] : [])));
  for (let row = 0; row < pods.end; row++) {
    if (!pods.ownsAddresses(row)) continue;
    const number = pods.ipv4(row);
    if (number >= 0 && v4.has(number)) return true;
    // The second family of a pod tells nothing more, and takes long to compare.
    if (number >= 0 || v6.size === 0) continue;
    const value = pods.ipv6(row);
    if (value !== undefined && v6.has(value)) return true;
  }
  return false;
}

const wayOf = ({ device, gateway }: Route): string => `${device} ${gateway}`;

/** The addresses of nodes that are addresses. */
const nodeAddresses = ({ nodes }: ClusterFacts): { readonly address: Address; readonly text: string }[] =>
  nodes.flatMap(({ internalIPs, externalIPs }) =>
    [...internalIPs, ...externalIPs].flatMap(({ address, text }) =>
      address.ok ? [{ address: address.value, text }] : [],
    ),
  );

/** The routes by which packets from here reach these addresses. */
const routesTo = (table: readonly Route[], addresses: readonly { readonly address: Address }[]): Route[] =>
  addresses.flatMap(({ address: { family, value } }) => routeTo(table, family, value) ?? []);

/** Routes as wide as this are ways to everything: defaults, and the halves and quarters by which VPNs stand in for them. */
const WIDE: Readonly<Record<4 | 6, number>> = { 4: 4, 6: 8 };

/**
 * Whether an interface's address is that of its network itself, which no host has: so do tools that lead to a cluster write the
 * ranges that they tunnel (Telepresence).
 */
const isTunnel = ({ range }: Known): boolean =>
  range.family === 4 && range.prefixLength < 31 && range.address.value === range.first;

const isUnusable = (range: Cidr): boolean => specialAround(range).some(({ use }) => use === 'unusable');

/**
 * Which interfaces' networks the cluster may meet at all: where it is near (a node stands in a network of this machine), where
 * nodes are reached over that very interface by a route of their own, and all of them where no way to a node is known. What is
 * reached by the default route sees the address of a router, not this machine's.
 */
function meetings(
  addresses: readonly { readonly address: Address }[],
  interfaces: readonly Known[],
  routes: readonly Route[],
): (entry: Known) => boolean {
  const taken = routesTo(routes, addresses);
  const isNear = addresses.some(({ address }) => interfaces.some(({ range }) => containsAddress(range, address)));
  if (taken.length === 0 || isNear) return () => true;
  // Windows names the interface of a route by its address.
  return ({ name, range }) =>
    taken.some(
      ({ device, destination }) =>
        destination.prefixLength > WIDE[destination.family] &&
        (device === name || device === formatAddress(range.address)),
    );
}

export function workstationClaims(facts: ClusterFacts): Claim[] {
  const known = facts.workstation.flatMap((entry): Known[] => {
    const cidr = parseCidr(entry.cidr);
    return cidr.ok ? [{ ...entry, range: cidr.value }] : [];
  });
  const interfaces = known.filter(({ gateway }) => gateway === undefined);
  if (known.length === 0 || isPartOfCluster(facts, interfaces)) return [];
  const asRoute = ({ name, range, gateway = '' }: Known): Route => ({ destination: range, device: name, gateway });
  const routes = known.filter(({ gateway }) => gateway !== undefined);
  const nodes = nodeAddresses(facts);
  // The ways by which nodes are reached, and their own addresses, which are gateways to their pods (`minikube tunnel`, routes
  // set by hand).
  const waysToNodes = new Set(routesTo(known.map(asRoute), nodes).map(wayOf));
  const gateways = new Set(nodes.map(({ text }) => text));
  const isInTheWay = (entry: Known): boolean => {
    const { name, range, gateway = '' } = entry;
    return (
      range.prefixLength > WIDE[range.family] &&
      sizeOf(range) > 1n &&
      !isUnusable(range) &&
      !interfaces.some((own) => sameRange(own.range, range) || (own.name === name && contains(own.range, range))) &&
      !gateways.has(gateway) &&
      !waysToNodes.has(wayOf(asRoute(entry)))
    );
  };
  const mayMeet = meetings(nodes, interfaces, routes.map(asRoute));
  const claimOf = ({ range, cidr, name, gateway }: Known, owner: string, used: true | undefined): Claim => ({
    range,
    text: cidr,
    role: 'workstation',
    owner,
    place: { kind: 'workstation', name, ...(gateway === undefined ? {} : { route: true }) },
    provenance: 'assigned',
    used,
  });
  return [
    ...interfaces
      .filter((entry) => !isUnusable(entry.range) && !isTunnel(entry))
      .map((entry) => claimOf(entry, `this workstation's ${entry.name}`, mayMeet(entry) ? true : undefined)),
    ...routes
      .filter(isInTheWay)
      .map((entry) =>
        claimOf(
          entry,
          `this workstation's route over ${entry.name}${entry.gateway === '' ? '' : ` by ${entry.gateway ?? ''}`}`,
          true,
        ),
      ),
  ];
}
