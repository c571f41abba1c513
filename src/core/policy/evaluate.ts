/**
 * Whether NetworkPolicies let a connection through: allowed, denied by these policies, or it cannot be told and why.
 *
 * The rule that decides (https://kubernetes.io/docs/concepts/services-networking/network-policies/): a pod that some policy
 * selects for a direction is isolated for it, and then only what the rules of any such policy allow passes; the source's
 * egress and the target's ingress must both allow. Policies do not order and do not deny; answers need no permission of
 * their own; a pod cannot block itself; the node of a pod always reaches it.
 *
 * Only `networking.k8s.io` policies are known here. What the API leaves undefined – pods on the host network, pod addresses
 * in an `ipBlock`, protocols other than TCP, UDP and SCTP – is answered with "cannot be told", never guessed.
 */
import { type Address, formatAddress } from '../ip/address.js';
import { containsAddress } from '../ip/range.js';
import { formatRef, type ObjectRef } from '../network/place.js';
import type { Policy, PolicyPeer, PolicyPort, PolicyRule } from './policy.js';
import { all, type Labels, selects, some, type Tri } from './selector.js';

export interface NamedPort {
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
}

export interface PolicyPod {
  readonly kind: 'pod';
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Labels | undefined;
  /** Undefined: they could not be read; `kubernetes.io/metadata.name` is known even so. */
  readonly namespaceLabels: Labels | undefined;
  readonly addresses: readonly Address[];
  readonly hostNetwork: boolean;
  readonly ports: readonly NamedPort[];
}
/** A node itself, or an address outside of the cluster (`node` is empty then). */
export interface PolicyHost {
  readonly kind: 'host';
  readonly node: string;
  readonly addresses: readonly Address[];
}
export type PolicyEnd = PolicyPod | PolicyHost;

export interface Traffic {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP';
  /** The port on the target; undefined for ICMP. */
  readonly port: number | undefined;
}

export type Direction = 'egress' | 'ingress';

/** A direction in which the policies that isolate a pod let the traffic not through. */
export interface Denial {
  readonly direction: Direction;
  /** Every policy that isolates the pod in that direction: none of them allows it, and any could be changed so that it does. */
  readonly policies: readonly ObjectRef[];
  /** `no rule of NetworkPolicy shop/deny-ingress lets … in`: in words. */
  readonly why: string;
}

export type PolicyAnswer =
  /** `policies` isolate one of the ends and allow it; empty: no policy concerns it. */
  | { readonly kind: 'allowed'; readonly policies: readonly ObjectRef[] }
  | { readonly kind: 'denied'; readonly denials: readonly Denial[] }
  | { readonly kind: 'unknown'; readonly reasons: readonly string[]; readonly policies: readonly ObjectRef[] };

/** The answer that lets least through. */
export const strictest = (first: PolicyAnswer, ...others: readonly PolicyAnswer[]): PolicyAnswer => {
  const all = [first, ...others];
  return all.find((one) => one.kind === 'denied') ?? all.find((one) => one.kind === 'unknown') ?? first;
};

/** Evaluates both directions. `policies` undefined: they could not be read. */
export function evaluatePolicies(
  policies: readonly Policy[] | undefined,
  source: PolicyEnd,
  target: PolicyEnd,
  traffic: Traffic,
): PolicyAnswer {
  if (policies === undefined) return { kind: 'unknown', reasons: ['NetworkPolicies could not be read'], policies: [] };
  if (samePod(source, target)) return { kind: 'allowed', policies: [] };
  const sides = [
    side('egress', policies, source, target, target, traffic),
    side('ingress', policies, target, source, target, traffic),
  ];
  const denials = sides.flatMap((one) => (one.kind === 'denied' ? [one.denial] : []));
  if (denials.length > 0) return { kind: 'denied', denials };
  const concerned = sides.flatMap((one) => (one.kind === 'denied' ? [] : one.policies));
  const reasons = sides.flatMap((one) => (one.kind === 'unknown' ? [one.reason] : []));
  return reasons.length > 0
    ? { kind: 'unknown', reasons, policies: concerned }
    : { kind: 'allowed', policies: concerned };
}

type Side =
  | { readonly kind: 'allowed'; readonly policies: readonly ObjectRef[] }
  | { readonly kind: 'unknown'; readonly policies: readonly ObjectRef[]; readonly reason: string }
  | { readonly kind: 'denied'; readonly denial: Denial };

function samePod(a: PolicyEnd, b: PolicyEnd): boolean {
  return a.kind === 'pod' && b.kind === 'pod' && a.namespace === b.namespace && a.name === b.name;
}

/** One direction: `pod` is the one whose policies count, `peer` the other, `target` the one whose port is meant. */
function side(
  direction: Direction,
  policies: readonly Policy[],
  pod: PolicyEnd,
  peer: PolicyEnd,
  target: PolicyEnd,
  traffic: Traffic,
): Side {
  if (pod.kind === 'host') return { kind: 'allowed', policies: [] };
  // "Traffic to and from the node where a Pod is running is always allowed, regardless of the IP address."
  if (isHost(peer) && peer.node !== '' && peer.node === pod.node && !pod.hostNetwork)
    return { kind: 'allowed', policies: [] };

  const certain: Policy[] = [];
  const possible: Policy[] = [];
  for (const policy of policies) {
    if (policy[direction] === undefined || policy.namespace !== pod.namespace) continue;
    const selected = selects(policy.pods, pod.labels);
    if (selected === true) certain.push(policy);
    else if (selected === undefined) possible.push(policy);
  }
  const refs = [...certain, ...possible].map((policy) => policy.ref);
  if (refs.length === 0) return { kind: 'allowed', policies: [] };
  const names = refs.map(formatRef).join(', ');
  if (pod.hostNetwork)
    return {
      kind: 'unknown',
      policies: refs,
      reason: `${names} selects a pod on the host network, for which the API does not define what happens`,
    };
  if (certain.length === 0)
    return { kind: 'unknown', policies: refs, reason: `it cannot be told whether ${names} selects the pod` };

  const verdicts = certain.flatMap((policy) =>
    (policy[direction] ?? []).map((rule) => allows(rule, policy, peer, target, traffic)),
  );
  const allowed = some(verdicts.map((one) => one.value));
  if (allowed === true) return { kind: 'allowed', policies: refs };
  const reason = verdicts.find((one) => one.value === undefined)?.reason;
  if (allowed === undefined || possible.length > 0)
    return { kind: 'unknown', policies: refs, reason: reason ?? `it cannot be told whether ${names} allows it` };
  if (traffic.protocol === 'ICMP')
    return {
      kind: 'unknown',
      policies: refs,
      reason: `${names} isolates the pod, and the API does not define what happens to ICMP`,
    };
  const isolating = certain.map((policy) => policy.ref);
  return {
    kind: 'denied',
    denial: { direction, policies: isolating, why: denialText(direction, isolating, pod, peer, traffic) },
  };
}

const isHost = (end: PolicyEnd): boolean => end.kind === 'host' || end.hostNetwork;

function denialText(
  direction: Direction,
  policies: readonly ObjectRef[],
  pod: PolicyPod,
  peer: PolicyEnd,
  traffic: Traffic,
): string {
  const names = policies.map(formatRef).join(', ');
  const port = traffic.port === undefined ? '' : ` port ${traffic.port}`;
  const other =
    peer.kind === 'pod' ? `pod ${peer.namespace}/${peer.name}` : peer.addresses.map(formatAddress).join(', ');
  const verb = direction === 'ingress' ? 'into' : 'out of';
  const preposition = direction === 'ingress' ? 'from' : 'to';
  return `${names} isolates pod ${pod.namespace}/${pod.name} for ${direction}, and no rule lets ${traffic.protocol}${port} ${preposition} ${other} ${verb} it`;
}

interface Answer {
  readonly value: Tri;
  readonly reason?: string;
}
const yes: Answer = { value: true };
const no: Answer = { value: false };
const unknown = (reason: string): Answer => ({ value: undefined, reason });

function both(a: Answer, b: Answer): Answer {
  const value = all([a.value, b.value]);
  if (value !== undefined) return { value };
  return a.value === undefined ? a : b;
}
function any(answers: readonly Answer[]): Answer {
  const value = some(answers.map((answer) => answer.value));
  return value !== undefined ? { value } : (answers.find((answer) => answer.value === undefined) ?? no);
}

function allows(rule: PolicyRule, policy: Policy, peer: PolicyEnd, target: PolicyEnd, traffic: Traffic): Answer {
  const who = rule.peers.length === 0 ? yes : any(rule.peers.map((one) => matchesPeer(one, policy, peer)));
  const where = rule.ports.length === 0 ? yes : any(rule.ports.map((one) => matchesPort(one, target, traffic)));
  return both(who, where);
}

function matchesPeer(rule: PolicyPeer, policy: Policy, peer: PolicyEnd): Answer {
  const name = formatRef(policy.ref);
  switch (rule.kind) {
    case 'unreadable':
      return unknown(`${name} has a peer that cannot be read`);
    case 'block': {
      const inside = peer.addresses.some(
        (address) => containsAddress(rule.cidr, address) && !rule.except.some((hole) => containsAddress(hole, address)),
      );
      if (!inside) return no;
      // "IP blocks should be cluster-external": whether a pod's address counts is up to the implementation.
      return isHost(peer)
        ? yes
        : unknown(`${name} allows the pod’s address in an ipBlock, which not every network honours for pods`);
    }
    case 'pods': {
      if (peer.kind === 'host') return no;
      const namespaceLabels: Labels | undefined = peer.namespaceLabels ?? nameOnly(rule, peer.namespace);
      const namespace =
        rule.namespaces === undefined ? peer.namespace === policy.namespace : selects(rule.namespaces, namespaceLabels);
      const pods = rule.pods === undefined ? true : selects(rule.pods, peer.labels);
      const value = all([namespace, pods]);
      if (value === undefined) return unknown(`the labels that ${name} asks for could not be read`);
      if (value && peer.hostNetwork)
        return unknown(`${name} allows a pod on the host network, for which the API does not define what happens`);
      return { value };
    }
  }
}

/** The API server sets this label on every namespace, so that a selector of it alone can be answered without reading labels. */
function nameOnly(rule: PolicyPeer & { kind: 'pods' }, namespace: string): Labels | undefined {
  const keys = rule.namespaces?.requirements.map((requirement) => requirement.key) ?? [];
  return keys.every((key) => key === 'kubernetes.io/metadata.name')
    ? { 'kubernetes.io/metadata.name': namespace }
    : undefined;
}

function matchesPort(rule: PolicyPort, target: PolicyEnd, traffic: Traffic): Answer {
  if (traffic.protocol === 'ICMP') return no;
  if (rule.protocol !== traffic.protocol) return no;
  if (rule.port === undefined) return yes;
  if (traffic.port === undefined) return no;
  if (typeof rule.port === 'number')
    return { value: traffic.port >= rule.port && traffic.port <= (rule.endPort ?? rule.port) };
  if (target.kind === 'host') return unknown(`port ${rule.port} is a name, and the target is no pod`);
  const name = rule.port;
  return {
    value: target.ports.some(
      (port) => port.name === name && port.protocol === traffic.protocol && port.number === traffic.port,
    ),
  };
}
