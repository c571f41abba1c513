/** Where findings stand: subjects made of claims, nodes, pods and services, and the evidence lines that go with them. */
import { type Address, formatAddress } from '../ip/address.js';
import type { Claim } from '../network/claim.js';
import type { NodeFacts, ServiceFacts } from '../network/facts.js';
import { type FieldPath, formatPlace, nodeRef, objectPlace, podRef } from '../network/place.js';
import type { PodTable } from '../network/podTable.js';
import type { Subject } from './check.js';
import { counted } from './wording.js';

/** Evidence lines a finding has at the most; a last line counts the others. */
const MAX_EVIDENCE = 12;

/** The claim's own place: the very field that makes it. */
export const claimSubject = (claim: Claim): Subject => ({
  place: claim.place,
  label: claim.owner,
  text: claim.text,
  ...(claim.node === undefined ? {} : { node: claim.node }),
});

/** A field of a Node, or the Node as a whole where no path is given. */
export const nodeSubject = (node: NodeFacts, text: string, ...path: FieldPath): Subject => ({
  place: objectPlace(nodeRef(node.name), ...path),
  label: node.name,
  text,
  node: node.name,
});

/** The condition of that type of a Node: its message where it has one. */
export function conditionSubject(node: NodeFacts, type: string): Subject {
  const condition = node.conditions.find((candidate) => candidate.type === type);
  if (condition === undefined) return nodeSubject(node, node.name);
  const field = condition.message === '' ? 'status' : 'message';
  return nodeSubject(node, condition[field], 'status', 'conditions', condition.index, field);
}

/** One address of a pod. It is written in `status.podIP` too, if it is the first; the list has both families. */
export function podSubject(pods: PodTable, row: number, address: Address): Subject {
  const namespace = pods.namespace(row);
  const name = pods.name(row);
  const node = pods.node(row);
  const index = pods.indexOfFamily(row, address.family);
  return {
    place: objectPlace(podRef(namespace, name), 'status', 'podIPs', index, 'ip'),
    label: `pod ${namespace}/${name}`,
    text: formatAddress(address),
    ...(node === '' ? {} : { node }),
  };
}

/** A field of a Service. */
export const serviceSubject = (service: ServiceFacts, text: string, path: FieldPath): Subject => ({
  place: objectPlace({ apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name: service.name }, ...path),
  label: `service ${service.namespace}/${service.name}`,
  text,
});

/** The cluster as a whole, by the namespace that every cluster has: its UID serves as the cluster's. */
export const clusterSubject: Subject = {
  place: objectPlace({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
  label: 'cluster',
  text: 'cluster',
};

const PROVENANCE: Readonly<Record<Claim['provenance'], string>> = {
  assigned: 'assigned',
  declared: 'declared',
  inferred: 'inferred from what is seen, a lower bound',
  default: 'the documented default, nothing else is set',
  user: 'told by you',
};

/** `node-1: 10.244.0.0/24 (Node node-1 · spec.podCIDRs[0], assigned)`. */
export const claimEvidence = (claim: Claim): string =>
  `${claim.owner}: ${claim.text} (${formatPlace(claim.place)}, ${PROVENANCE[claim.provenance]})`;

/** At most a dozen lines, and how many there were beyond. `lines` may be the first ones of `total`. */
export const capped = (lines: readonly string[], total: number = lines.length): string[] =>
  total <= MAX_EVIDENCE
    ? [...lines]
    : [...lines.slice(0, MAX_EVIDENCE - 1), `and ${counted(total - MAX_EVIDENCE + 1, 'more line')} like these`];
