/**
 * Endpoints: who probes and who is probed.
 *
 * Addresses stand as canonical texts (`formatAddress`), so that endpoints travel between threads and into JSON unchanged;
 * whoever puts an address on a command line parses it again with `parseAddress`.
 */

export interface PodEndpoint {
  readonly kind: 'pod';
  readonly namespace: string;
  readonly name: string;
  /** Empty while the pod is not scheduled. */
  readonly node: string;
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
}
export interface NodeEndpoint {
  readonly kind: 'node';
  readonly name: string;
  /** Its InternalIPs. */
  readonly addresses: readonly string[];
}
export interface ServiceEndpoint {
  readonly kind: 'service';
  readonly namespace: string;
  readonly name: string;
  /** Its cluster IPs; empty for a headless Service. */
  readonly addresses: readonly string[];
}
/** An address that belongs to none of the cluster's objects, or whose object does not matter. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly addresses: readonly [string];
}
export type Endpoint = PodEndpoint | NodeEndpoint | ServiceEndpoint | AddressEndpoint;

/** `pod shop/web-1`, `node node-1`, `service shop/web`, `192.0.2.7`: how an endpoint is named to people. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod':
    case 'service':
      return `${endpoint.kind} ${endpoint.namespace}/${endpoint.name}`;
    case 'node':
      return `node ${endpoint.name}`;
    case 'address':
      return endpoint.addresses[0];
  }
}

/** `pod shop/web-1 (10.244.1.7 on node-2)`: the name with what identifies it on the network. */
export function describeEndpoint(endpoint: Endpoint): string {
  const addresses = endpoint.addresses.join(', ');
  if (endpoint.kind === 'address') return addresses;
  const where = endpoint.kind === 'pod' && endpoint.node !== '' ? ` on ${endpoint.node}` : '';
  return `${formatEndpoint(endpoint)} (${addresses === '' ? 'no address' : addresses}${where})`;
}

/**
 * The addresses that both have. A connection to such an address need not leave the source: whatever answers may be the
 * source itself, so that the result says nothing.
 */
export const sharedAddresses = (source: Endpoint, target: Endpoint): string[] =>
  source.addresses.filter((address) => target.addresses.includes(address));
