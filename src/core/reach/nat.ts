/**
 * Address translation: what the source address that a server saw says about the way of the packets.
 *
 * Same address: preserved. An address of the source's node – its InternalIP, or that of its tunnel or bridge – means
 * masquerading where the packets left; an address of the target's node means it where they arrived.
 */
import { formatAddress, parseAddress } from '../ip/address.js';
import { type Range, containsAddress, parseRange } from '../ip/range.js';
import { describeEndpoint, type Endpoint, formatEndpoint } from './endpoint.js';
import { onHostNetwork } from './route.js';

export interface NodeAddresses {
  readonly name: string;
  readonly internalIPs: readonly string[];
  /** The ranges that its pods' addresses are from, for recognising its bridge and tunnel addresses. */
  readonly podRanges: readonly Range[];
}

export type NatClass =
  | { readonly kind: 'preserved' }
  | {
      readonly kind: 'masquerade';
      /** Whose address was seen. */
      readonly node: string;
      readonly where: 'source' | 'target' | 'elsewhere';
      /** The node's own address, or one out of its pod range (its bridge, or its end of the overlay). */
      readonly address: 'internal' | 'pod-range';
    }
  /** An address of another pod, such as an egress gateway. */
  | { readonly kind: 'otherPod'; readonly pod: string }
  /** A loopback address: a proxy beside the server connected to it, such as a service mesh's. What it saw is not known. */
  | { readonly kind: 'proxied' }
  /** Not an address at all: the answer made no sense. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknown' };

export interface NatContext {
  readonly source: Endpoint;
  readonly sourceNode: string;
  readonly targetNode: string;
  readonly nodes: readonly NodeAddresses[];
  /** The pod that has an address, in words, if one does. */
  readonly podOf: (address: string) => string | undefined;
}

/** RFC 1122, section 3.2.1.3, and RFC 4291, section 2.5.3. */
const LOOPBACK: readonly Range[] = ['127.0.0.0/8', '::1/128'].flatMap((text) => {
  const parsed = parseRange(text);
  return parsed.ok ? [parsed.value] : [];
});

/** Whether a class tells about the way of the packets at all. */
export const tellsOfNat = (nat: NatClass): boolean => nat.kind !== 'unreadable' && nat.kind !== 'proxied';

/** What the address seen means. `seen` is a canonical text, without a port. */
export function classifyNat(seen: string, context: NatContext): NatClass {
  const address = parseAddress(seen);
  if (!address.ok) return { kind: 'unreadable' };
  if (context.source.addresses.includes(seen)) return { kind: 'preserved' };
  if (LOOPBACK.some((range) => containsAddress(range, address.value))) return { kind: 'proxied' };
  const where = (node: string) =>
    node === context.sourceNode ? 'source' : node === context.targetNode ? 'target' : 'elsewhere';
  for (const node of context.nodes) {
    if (node.internalIPs.includes(seen))
      return { kind: 'masquerade', node: node.name, where: where(node.name), address: 'internal' };
  }
  const pod = context.podOf(seen);
  if (pod !== undefined) return { kind: 'otherPod', pod };
  for (const node of context.nodes) {
    if (node.podRanges.some((range) => containsAddress(range, address.value)))
      return { kind: 'masquerade', node: node.name, where: where(node.name), address: 'pod-range' };
  }
  return { kind: 'unknown' };
}

/** `pod shop/web-1 (10.244.1.7 on node-2) was seen by pod shop/db-0 as 192.168.1.3, the address of node-2: masqueraded at the source`. */
export function describeNat(seen: string, nat: NatClass, source: Endpoint, target: Endpoint): string {
  const fact = `${describeEndpoint(source)} was seen by ${formatEndpoint(target)} as ${seen}`;
  switch (nat.kind) {
    case 'preserved':
      return `${fact}: its own address, not translated`;
    case 'masquerade': {
      // Which of its addresses a node speaks with is up to its routes: over a tunnel it is the tunnel's.
      if (nat.where === 'source' && onHostNetwork(source))
        return `${fact}, another address of ${nat.node}, of its bridge or tunnel: that which its routes choose, not translated`;
      const whose =
        nat.address === 'internal'
          ? `the address of ${nat.node}`
          : `an address out of the pod range of ${nat.node}, of its bridge or tunnel`;
      const where =
        nat.where === 'source'
          ? 'masqueraded at the source'
          : nat.where === 'target'
            ? 'masqueraded at the target’s node'
            : 'masqueraded on a third node';
      return `${fact}, ${whose}: ${where}`;
    }
    case 'otherPod':
      return `${fact}, the address of ${nat.pod}: translated, as an egress gateway or a proxy does`;
    case 'proxied':
      return `${fact}, an address of its own host: a proxy beside the server answered, such as a service mesh’s sidecar, and who that saw is not known`;
    case 'unreadable':
      return `${fact}, which is not an address`;
    case 'unknown':
      return `${fact}, an address that belongs to no node and no pod that is known: translated somewhere on the way`;
  }
}

/** The address of `10.0.0.1:80` or `[fd00::1]:80`, canonical; undefined when the text is no such thing. */
export function addressOfHostPort(text: string): string | undefined {
  const match = /^\s*(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})\s*$/.exec(text);
  const written = match?.[1] ?? match?.[2];
  if (written === undefined) return undefined;
  const address = parseAddress(written);
  return address.ok ? formatAddress(address.value) : undefined;
}
