/**
 * Facts: what was read of a cluster, normalised once at the edge so that nothing behind it meets an absent field.
 *
 * `kube/inventory` builds these from an API server, `cli` from a file of objects, tests by hand. Texts are as the API
 * server gave them, capped in length; addresses and ranges are parsed here, with their errors kept.
 */
import { type Address, type Parsed, parseAddress } from '../ip/address.js';
import { type Cidr, parseCidr } from '../ip/range.js';
import type { EndpointSliceFacts } from './endpointSlice.js';
import type { FieldPath, ObjectRef } from './place.js';
import type { PodTable } from './podTable.js';

/** A CIDR field: the text, what it parses to, and the path of the very field. */
export interface CidrField {
  readonly text: string;
  readonly cidr: Parsed<Cidr>;
  readonly path: FieldPath;
}
export interface AddressField {
  readonly text: string;
  readonly address: Parsed<Address>;
  readonly path: FieldPath;
}
export const cidrField = (text: string, ...path: FieldPath): CidrField => ({ text, cidr: parseCidr(text), path });
export const addressField = (text: string, ...path: FieldPath): AddressField => ({
  text,
  address: parseAddress(text),
  path,
});

export type ConditionStatus = 'True' | 'False' | 'Unknown';
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  /** Index in `status.conditions`, for places. */
  readonly index: number;
  /** RFC 3339, or empty. */
  readonly lastTransitionTime: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly uid: string;
  /** `status.addresses` of type InternalIP, in order. */
  readonly internalIPs: readonly AddressField[];
  readonly externalIPs: readonly AddressField[];
  /** `spec.podCIDRs`, or `spec.podCIDR` alone on an old API server. Empty when the node has none. */
  readonly podCIDRs: readonly CidrField[];
  /** `status.allocatable.pods`; undefined when not reported. */
  readonly allocatablePods: number | undefined;
  /** Ready and NetworkUnavailable, where the node has them. */
  readonly conditions: readonly Condition[];
  readonly taints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly os: 'linux' | 'windows' | 'other';
  readonly kubeletVersion: string;
  readonly containerRuntime: string;
  readonly osImage: string;
  readonly unschedulable: boolean;
  readonly creationTimestamp: string;
  /** Virtual kubelet and the like: no kubelet of the usual kind stands behind it. */
  readonly virtual: boolean;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** A number, or the name of a container port. */
  readonly targetPort: string;
}
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** `spec.clusterIPs`, without `None`. */
  readonly clusterIPs: readonly AddressField[];
  readonly externalIPs: readonly AddressField[];
  readonly loadBalancerIPs: readonly AddressField[];
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
}

/** A DaemonSet, Deployment or static pod of interest: enough to recognise a solution and read its flags. */
export interface WorkloadFacts {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the pod template; its pods are found by them. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerFacts[];
  readonly initContainers: readonly ContainerFacts[];
  /** DaemonSets only: `status.desiredNumberScheduled` and `status.numberReady`; undefined otherwise. */
  readonly desired: number | undefined;
  readonly ready: number | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
}
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Literal values only; `valueFrom` entries are left out. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ConfigMapFacts {
  readonly ref: ObjectRef;
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A custom resource (or any kind we do not model): the object as JSON. Hostile; read it with care. */
export interface CustomObject {
  readonly ref: ObjectRef;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface EventFacts {
  readonly regarding: ObjectRef;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeen: string;
}

/** A pod of the control plane or of a networking solution's agent, in full detail, unlike the rows of the pod table. */
export interface SystemPodFacts {
  readonly ref: ObjectRef;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerFacts[];
  readonly ready: boolean;
  readonly phase: string;
  /** `waiting` reasons of its containers, such as CrashLoopBackOff. */
  readonly waiting: readonly string[];
  readonly ownerKind: string;
  readonly ownerName: string;
}

export interface NamespaceFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What could not be read, and why. Everything that depends on it must say so, or stay silent. */
export interface Gap {
  /** The plural resource, with its group where it has one: `pods`, `ciliumnodes.cilium.io`. */
  readonly resource: string;
  readonly reason: 'forbidden' | 'absent' | 'failing' | 'limited' | 'not-read';
  /** The server's own words, or ours. */
  readonly detail: string;
}

/** A key of `custom`: plural resource and group, `ciliumnodes.cilium.io`. */
export type ResourceName = string;

export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  readonly pods: PodTable;
  readonly services: readonly ServiceFacts[];
  /** `discovery.k8s.io/v1`. Like the pods', these may be the living ones: they change with every pod that becomes ready. */
  readonly endpointSlices: readonly EndpointSliceFacts[];
  readonly namespaces: readonly NamespaceFacts[];
  readonly workloads: readonly WorkloadFacts[];
  readonly systemPods: readonly SystemPodFacts[];
  readonly configMaps: readonly ConfigMapFacts[];
  /** Custom resources that were asked for and are served. ServiceCIDR and IPAddress stand here too (`servicecidrs.networking.k8s.io`). */
  readonly custom: ReadonlyMap<ResourceName, readonly CustomObject[]>;
  /** `networking.k8s.io/v1` NetworkPolicy objects, as JSON. */
  readonly policies: readonly CustomObject[];
  readonly events: readonly EventFacts[];
  readonly gaps: readonly Gap[];
  /** Networks and routes of this workstation; only when the cluster is reached from this machine. */
  readonly workstation: readonly WorkstationInterface[];
  /** RFC 3339 time at which this was so; injected, never read from a clock here. */
  readonly readAt: string;
}

/** A network that this workstation has an interface in, or one that it has a route to. */
export interface WorkstationInterface {
  /** Name of the interface. */
  readonly name: string;
  /** The interface's own address with its prefix length; of a route, its destination. */
  readonly cidr: string;
  /** Of routes only: the gateway, or empty where the destination is reached on the interface itself. */
  readonly gateway?: string;
}

/** The EndpointSlices as a gap names them. */
export const ENDPOINT_SLICES = 'endpointslices.discovery.k8s.io';

/** Whether the resource could be read in full: findings that say "nobody has X" are allowed only then. */
export const isKnown = (facts: { readonly gaps: readonly Gap[] }, resource: string): boolean =>
  !facts.gaps.some((gap) => gap.resource === resource);

/** The condition of that type, if the node reports it. */
export const conditionOf = (node: NodeFacts, type: string): Condition | undefined =>
  node.conditions.find((condition) => condition.type === type);

/** `Ready`, `NotReady` (False), or `Unknown` (the node controller has not heard of it, or it reports none). */
export function readinessOf(node: NodeFacts): 'Ready' | 'NotReady' | 'Unknown' {
  const status = conditionOf(node, 'Ready')?.status;
  return status === 'True' ? 'Ready' : status === 'False' ? 'NotReady' : 'Unknown';
}
