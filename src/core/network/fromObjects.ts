/**
 * From Kubernetes API objects, as JSON, to facts.
 *
 * Answers for: what each field that the model needs looks like on the wire, and what stands in for it when it is absent,
 * of another type, too long or too many. An object comes from an API server or out of a file that anybody may have
 * written, so nothing is taken for granted and nothing throws; a CIDR or an address that is none is kept, with its error.
 */
import { endpointSliceFacts } from './endpointSlice.js';
import { addressField, type AddressField, type CidrField, cidrField, ENDPOINT_SLICES } from './facts.js';
import type {
  ClusterFacts,
  Condition,
  ConditionStatus,
  ConfigMapFacts,
  ContainerFacts,
  CustomObject,
  EventFacts,
  Gap,
  NamespaceFacts,
  NodeFacts,
  ServiceFacts,
  ServicePort,
  SystemPodFacts,
  WorkloadFacts,
} from './facts.js';
import {
  at,
  isObject,
  type JsonObject,
  LIMITS,
  listOf,
  numberOf,
  objectOf,
  shown,
  textMapOf,
  textOf,
  textsOf,
} from './json.js';
import type { FieldPath, ObjectRef } from './place.js';
import { type Phase, PHASES, type PodFacts, PodTable } from './podTable.js';

/** Written by `kubectl apply`: the whole object once more. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Which object this is. `apiVersion` and `kind` are for entries of typed lists, which carry neither of their own. */
export function refOf(object: unknown, apiVersion = '', kind = ''): ObjectRef {
  const namespace = textOf(at(object, 'metadata', 'namespace'), LIMITS.name);
  return {
    apiVersion: textOf(at(object, 'apiVersion'), LIMITS.name) || apiVersion,
    kind: textOf(at(object, 'kind'), LIMITS.name) || kind,
    ...(namespace === '' ? {} : { namespace }),
    name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
  };
}

const labelsOf = (object: unknown): Readonly<Record<string, string>> => textMapOf(at(object, 'metadata', 'labels'));

function annotationsOf(object: unknown): Readonly<Record<string, string>> {
  const annotations = textMapOf(at(object, 'metadata', 'annotations'), LIMITS.annotation);
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED));
}

/** The entries of a list of CIDRs or addresses at `path`, each with its place; what is no text is kept as it shows. */
function fieldsOf<T>(object: unknown, path: FieldPath, field: (text: string, ...path: FieldPath) => T): T[] {
  return listOf(at(object, ...path)).map((entry, index) => field(shown(entry), ...path, index));
}

/**
 * A whole number as the API server writes a quantity (`110`, `"110"`, `"1k"`): 1000 pods come back as `1k`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
function quantityOf(value: unknown): number | undefined {
  const match = /^(\d{1,15})(k|M|G)?$/.exec(shown(value));
  if (match === null) return undefined;
  const factor = { '': 1, k: 1e3, M: 1e6, G: 1e9 }[match[2] ?? ''] ?? 1;
  return Number(match[1]) * factor;
}

/** The conditions that say something about a node's network; disks and memory change often, and say nothing. */
const NODE_CONDITIONS: ReadonlySet<string> = new Set(['Ready', 'NetworkUnavailable']);

function conditionsOf(object: unknown): Condition[] {
  return listOf(at(object, 'status', 'conditions')).flatMap((entry, index) => {
    const type = textOf(at(entry, 'type'));
    if (!NODE_CONDITIONS.has(type)) return [];
    const status = textOf(at(entry, 'status'));
    const known: ConditionStatus = status === 'True' || status === 'False' ? status : 'Unknown';
    return [
      {
        type,
        status: known,
        reason: textOf(at(entry, 'reason')),
        message: textOf(at(entry, 'message'), LIMITS.message),
        index,
        lastTransitionTime: textOf(at(entry, 'lastTransitionTime')),
      },
    ];
  });
}

function nodeAddresses(object: unknown, type: string): AddressField[] {
  return listOf(at(object, 'status', 'addresses')).flatMap((entry, index) =>
    at(entry, 'type') === type
      ? [addressField(shown(at(entry, 'address')), 'status', 'addresses', index, 'address')]
      : [],
  );
}

function podCIDRsOf(object: unknown): CidrField[] {
  const list = fieldsOf(object, ['spec', 'podCIDRs'], cidrField);
  if (list.length > 0) return list;
  const alone = shown(at(object, 'spec', 'podCIDR'));
  return alone === '' ? [] : [cidrField(alone, 'spec', 'podCIDR')];
}

function taintsOf(object: unknown): string[] {
  return listOf(at(object, 'spec', 'taints')).map((taint) => {
    const value = textOf(at(taint, 'value'));
    return `${textOf(at(taint, 'key'))}${value === '' ? '' : `=${value}`}:${textOf(at(taint, 'effect'))}`;
  });
}

/**
 * Nodes behind which no kubelet of the usual kind stands: no CNI plugin runs there, and no DaemonSet. Virtual kubelet sets
 * the label and the taint itself; Fargate and KWOK nodes carry theirs.
 */
function isVirtual(
  labels: Readonly<Record<string, string>>,
  taints: readonly string[],
  annotations: JsonObject,
): boolean {
  return (
    labels['type'] === 'virtual-kubelet' ||
    labels['type'] === 'kwok' ||
    labels['eks.amazonaws.com/compute-type'] === 'fargate' ||
    Object.hasOwn(annotations, 'kwok.x-k8s.io/node') ||
    taints.some((taint) => taint.startsWith('virtual-kubelet.io/provider'))
  );
}

/** The facts of a v1 Node. */
export function nodeFacts(object: unknown): NodeFacts {
  const labels = labelsOf(object);
  const annotations = annotationsOf(object);
  const taints = taintsOf(object);
  const info = at(object, 'status', 'nodeInfo');
  const os = textOf(at(info, 'operatingSystem')) || (labels['kubernetes.io/os'] ?? '');
  return {
    name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
    uid: textOf(at(object, 'metadata', 'uid')),
    internalIPs: nodeAddresses(object, 'InternalIP'),
    externalIPs: nodeAddresses(object, 'ExternalIP'),
    podCIDRs: podCIDRsOf(object),
    allocatablePods: quantityOf(at(object, 'status', 'allocatable', 'pods')),
    conditions: conditionsOf(object),
    taints,
    labels,
    annotations,
    os: os === 'linux' || os === 'windows' ? os : 'other',
    kubeletVersion: textOf(at(info, 'kubeletVersion')),
    containerRuntime: textOf(at(info, 'containerRuntimeVersion')),
    osImage: textOf(at(info, 'osImage')),
    unschedulable: at(object, 'spec', 'unschedulable') === true,
    creationTimestamp: textOf(at(object, 'metadata', 'creationTimestamp')),
    virtual: isVirtual(labels, taints, annotations),
  };
}

const VPC = 'ovn.kubernetes.io/vpc';
const DEFAULT_NETWORK = 'v1.multus-cni.io/default-network';
/** The annotations that `podNetwork` looks at. */
export const NETWORK_ANNOTATIONS: readonly string[] = [VPC, DEFAULT_NETWORK];

/**
 * The network in which a pod's addresses must be unique, from its annotations; empty for the cluster's default network.
 * Kube-OVN's VPCs may use one range twice (`ovn-cluster` is the default one); Multus lets a pod choose another default
 * network. OVN-Kubernetes' user-defined networks do not count: `status.podIPs` stays on the default network there.
 */
export function podNetwork(annotations: JsonObject): string {
  const vpc = textOf(at(annotations, VPC), LIMITS.name);
  if (vpc !== '' && vpc !== 'ovn-cluster') return vpc;
  return textOf(at(annotations, DEFAULT_NETWORK), LIMITS.name);
}

const isTrue = (conditions: unknown, type: string): boolean =>
  listOf(conditions).some((entry) => at(entry, 'type') === type && at(entry, 'status') === 'True');

/** The row of a v1 Pod in the pod table. */
export function podFacts(object: unknown): PodFacts {
  const status = at(object, 'status');
  const list = listOf(at(status, 'podIPs')).map((entry) => shown(at(entry, 'ip')));
  const alone = shown(at(status, 'podIP'));
  const phase = at(status, 'phase');
  return {
    namespace: textOf(at(object, 'metadata', 'namespace'), LIMITS.name),
    name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
    uid: textOf(at(object, 'metadata', 'uid')),
    node: textOf(at(object, 'spec', 'nodeName'), LIMITS.name),
    phase: PHASES.find((known): known is Phase => known === phase) ?? 'Unknown',
    hostNetwork: at(object, 'spec', 'hostNetwork') === true,
    ips: list.length > 0 ? list : alone === '' ? [] : [alone],
    ready: isTrue(at(status, 'conditions'), 'Ready'),
    terminating: textOf(at(object, 'metadata', 'deletionTimestamp')) !== '',
    network: podNetwork(objectOf(at(object, 'metadata', 'annotations'))),
  };
}

function servicePorts(object: unknown): ServicePort[] {
  return listOf(at(object, 'spec', 'ports')).map((entry) => {
    const port = numberOf(at(entry, 'port')) ?? 0;
    return {
      name: textOf(at(entry, 'name')),
      port,
      protocol: textOf(at(entry, 'protocol')) || 'TCP',
      targetPort: shown(at(entry, 'targetPort')) || String(port),
    };
  });
}

/** The facts of a v1 Service. */
export function serviceFacts(object: unknown): ServiceFacts {
  const list = fieldsOf(object, ['spec', 'clusterIPs'], addressField);
  const clusterIPs =
    list.length > 0 ? list : [addressField(shown(at(object, 'spec', 'clusterIP')), 'spec', 'clusterIP')];
  return {
    namespace: textOf(at(object, 'metadata', 'namespace'), LIMITS.name),
    name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
    type: textOf(at(object, 'spec', 'type')) || 'ClusterIP',
    clusterIPs: clusterIPs.filter((field) => field.text !== '' && field.text !== 'None'),
    externalIPs: fieldsOf(object, ['spec', 'externalIPs'], addressField),
    loadBalancerIPs: listOf(at(object, 'status', 'loadBalancer', 'ingress')).flatMap((entry, index) => {
      const ip = shown(at(entry, 'ip'));
      return ip === '' ? [] : [addressField(ip, 'status', 'loadBalancer', 'ingress', index, 'ip')];
    }),
    ports: servicePorts(object),
    selector: textMapOf(at(object, 'spec', 'selector')),
  };
}

function envOf(container: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOf(at(container, 'env')).flatMap((entry) => {
      const name = textOf(at(entry, 'name'));
      const value = at(entry, 'value');
      return name === '' || typeof value !== 'string' ? [] : [[name, textOf(value, LIMITS.message)]];
    }),
  );
}

function containersOf(list: unknown): ContainerFacts[] {
  return listOf(list).map((entry) => ({
    name: textOf(at(entry, 'name')),
    image: textOf(at(entry, 'image')),
    command: textsOf(at(entry, 'command'), LIMITS.message),
    args: textsOf(at(entry, 'args'), LIMITS.message),
    env: envOf(entry),
  }));
}

/** The facts of an `apps/v1` DaemonSet or Deployment, or of a v1 Pod that stands for itself (a static pod). */
export function workloadFacts(object: unknown): WorkloadFacts {
  const ref = refOf(object);
  const isPod = ref.kind === 'Pod';
  const spec = isPod ? at(object, 'spec') : at(object, 'spec', 'template', 'spec');
  const isDaemonSet = ref.kind === 'DaemonSet';
  return {
    ref,
    labels: labelsOf(object),
    podLabels: isPod ? labelsOf(object) : labelsOf(at(object, 'spec', 'template')),
    containers: containersOf(at(spec, 'containers')),
    initContainers: containersOf(at(spec, 'initContainers')),
    desired: isDaemonSet ? numberOf(at(object, 'status', 'desiredNumberScheduled')) : undefined,
    ready: isDaemonSet ? numberOf(at(object, 'status', 'numberReady')) : undefined,
    nodeSelector: textMapOf(at(spec, 'nodeSelector')),
  };
}

/** A v1 Pod in full detail, for pods of the control plane and of a networking solution's agent. */
export function systemPodFacts(object: unknown): SystemPodFacts {
  const owners = listOf(at(object, 'metadata', 'ownerReferences'));
  const owner = owners.find((entry) => at(entry, 'controller') === true) ?? owners[0];
  const statuses = [
    ...listOf(at(object, 'status', 'initContainerStatuses')),
    ...listOf(at(object, 'status', 'containerStatuses')),
  ];
  return {
    ref: refOf(object, 'v1', 'Pod'),
    node: textOf(at(object, 'spec', 'nodeName'), LIMITS.name),
    labels: labelsOf(object),
    containers: containersOf(at(object, 'spec', 'containers')),
    ready: isTrue(at(object, 'status', 'conditions'), 'Ready'),
    phase: textOf(at(object, 'status', 'phase')) || 'Unknown',
    waiting: statuses.map((entry) => textOf(at(entry, 'state', 'waiting', 'reason'))).filter((reason) => reason !== ''),
    ownerKind: textOf(at(owner, 'kind')),
    ownerName: textOf(at(owner, 'name'), LIMITS.name),
  };
}

/** Whether a pod is a static pod's mirror in the API: the kubelet started it from a file, and its Node owns it. */
export const isStaticPod = (object: unknown): boolean =>
  at(object, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== undefined ||
  listOf(at(object, 'metadata', 'ownerReferences')).some((owner) => at(owner, 'kind') === 'Node');

/**
 * Whether a pod belongs to the cluster itself: a static pod, or one that a DaemonSet puts on the host's network (every
 * networking solution's agent does so), or any of `kube-system`.
 */
export const isSystemPod = (object: unknown): boolean =>
  isStaticPod(object) ||
  at(object, 'metadata', 'namespace') === 'kube-system' ||
  (at(object, 'spec', 'hostNetwork') === true &&
    listOf(at(object, 'metadata', 'ownerReferences')).some((owner) => at(owner, 'kind') === 'DaemonSet'));

/** The facts of a v1 ConfigMap. `binaryData` is not read. */
export const configMapFacts = (object: unknown): ConfigMapFacts => ({
  ref: refOf(object, 'v1', 'ConfigMap'),
  data: textMapOf(at(object, 'data'), LIMITS.data),
  annotations: annotationsOf(object),
});

/** The facts of a v1 Namespace. */
export const namespaceFacts = (object: unknown): NamespaceFacts => ({
  name: textOf(at(object, 'metadata', 'name'), LIMITS.name),
  labels: labelsOf(object),
  annotations: annotationsOf(object),
});

/** The facts of an Event, of `v1` or of `events.k8s.io/v1`: the same thing under other names of its fields. */
export function eventFacts(object: unknown): EventFacts {
  const about = at(object, 'involvedObject') ?? at(object, 'regarding');
  const namespace = textOf(at(about, 'namespace'), LIMITS.name);
  return {
    regarding: {
      // The kubelet leaves it out for its Node.
      apiVersion: textOf(at(about, 'apiVersion')) || 'v1',
      kind: textOf(at(about, 'kind')),
      ...(namespace === '' ? {} : { namespace }),
      name: textOf(at(about, 'name'), LIMITS.name),
    },
    reason: textOf(at(object, 'reason')),
    type: textOf(at(object, 'type')),
    message: textOf(at(object, 'message') ?? at(object, 'note'), LIMITS.message),
    count:
      numberOf(at(object, 'series', 'count')) ??
      numberOf(at(object, 'count')) ??
      numberOf(at(object, 'deprecatedCount')) ??
      1,
    lastSeen:
      textOf(at(object, 'series', 'lastObservedTime')) ||
      textOf(at(object, 'lastTimestamp')) ||
      textOf(at(object, 'deprecatedLastTimestamp')) ||
      textOf(at(object, 'eventTime')) ||
      textOf(at(object, 'metadata', 'creationTimestamp')),
  };
}

const without = (object: JsonObject, key: string): JsonObject =>
  Object.hasOwn(object, key) ? Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) : object;

/** Any object as it is, without what nobody reads (`managedFields`, the copy that `kubectl apply` keeps). */
export function customObject(object: unknown, apiVersion = '', kind = ''): CustomObject {
  const metadata = without(objectOf(at(object, 'metadata')), 'managedFields');
  const annotations = at(metadata, 'annotations');
  return {
    ref: refOf(object, apiVersion, kind),
    content: {
      ...objectOf(object),
      metadata: isObject(annotations) ? { ...metadata, annotations: without(annotations, LAST_APPLIED) } : metadata,
    },
  };
}

/** Kinds whose plural the rule below gets wrong. */
const PLURALS: Readonly<Record<string, string>> = {
  Endpoints: 'endpoints',
  NetworkAttachmentDefinition: 'network-attachment-definitions',
};

/**
 * The resource name of a kind (`ciliumnodes.cilium.io`, `pods`), by the rule that Kubernetes itself guesses with.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/api/meta#UnsafeGuessKindToResource
 */
export function resourceNameOf(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const lower = kind.toLowerCase();
  const plural =
    (Object.hasOwn(PLURALS, kind) ? PLURALS[kind] : undefined) ??
    (lower.endsWith('s') ? `${lower}es` : lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`);
  return group === '' ? plural : `${plural}.${group}`;
}

/** What a full picture needs; a bag without any of one kind leaves it open whether there are none. */
const EXPECTED = [
  'nodes',
  'pods',
  'services',
  ENDPOINT_SLICES,
  'namespaces',
  'configmaps',
  'events',
  'daemonsets.apps',
  'deployments.apps',
  'networkpolicies.networking.k8s.io',
  'servicecidrs.networking.k8s.io',
] as const;

/** Lists inside lists that are followed. `kubectl` writes one level. */
const MAX_DEPTH = 4;

interface Entry {
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
}

/** What a bag held: its objects by resource, the later one where a name occurs twice, and how many entries were no objects. */
function sortOut(objects: Iterable<unknown>): { byResource: Map<string, Map<string, Entry>>; unusable: number } {
  const byResource = new Map<string, Map<string, Entry>>();
  let unusable = 0;
  const ofResource = (apiVersion: string, kind: string): Map<string, Entry> => {
    const resource = resourceNameOf(apiVersion, kind);
    let entries = byResource.get(resource);
    if (entries === undefined) byResource.set(resource, (entries = new Map<string, Entry>()));
    return entries;
  };
  const take = (value: unknown, apiVersionOfList: string, kindOfList: string, depth: number): void => {
    const { apiVersion, kind, namespace, name } = refOf(value, apiVersionOfList, kindOfList);
    const items = at(value, 'items');
    if (kind.endsWith('List') && Array.isArray(items) && depth < MAX_DEPTH) {
      // A `List` of anything says nothing about its entries; a `NodeList` does, even an empty one.
      const kindOfItems = kind === 'List' ? '' : kind.slice(0, -'List'.length);
      if (kindOfItems !== '') ofResource(apiVersion, kindOfItems);
      for (const item of items as readonly unknown[])
        take(item, kindOfItems === '' ? '' : apiVersion, kindOfItems, depth + 1);
    } else if (!isObject(value) || kind === '' || apiVersion === '' || name === '') {
      unusable++;
    } else {
      ofResource(apiVersion, kind).set(`${namespace ?? ''}/${name}`, {
        object: Object.hasOwn(value, 'kind') ? value : { apiVersion, kind, ...value },
        apiVersion,
        kind,
      });
    }
  };
  for (const value of objects) take(value, '', '', 0);
  return { byResource, unusable };
}

/**
 * The facts of a bag of objects, such as the parsed output of `kubectl get nodes,pods,services -A -o json`: `List`s and
 * typed lists are unwrapped, an object that occurs twice counts once (the later one), Secrets are not kept. A resource of
 * which the bag holds nothing becomes a gap: a file cannot tell "there is none" from "nobody asked".
 *
 * @param readAt RFC 3339 time of the reading, for display.
 */
export function factsFromObjects(objects: Iterable<unknown>, readAt: string): ClusterFacts {
  const { byResource, unusable } = sortOut(objects);
  const gaps: Gap[] = EXPECTED.filter((resource) => !byResource.has(resource)).map((resource) => ({
    resource,
    reason: 'not-read',
    detail: 'None of this kind among the objects that were given.',
  }));
  if (unusable > 0)
    gaps.push({
      resource: 'objects',
      reason: 'limited',
      detail: `${unusable} of the given values are not Kubernetes objects with a kind and a name.`,
    });
  const take = (...resources: readonly string[]): JsonObject[] =>
    resources.flatMap((resource) => {
      const entries = byResource.get(resource)?.values() ?? [];
      byResource.delete(resource);
      return [...entries].map((entry) => entry.object);
    });
  const pods = take('pods');
  const events = take('events', 'events.events.k8s.io');
  byResource.delete('secrets');
  const facts = {
    nodes: take('nodes').map(nodeFacts),
    pods: new PodTable(pods.map(podFacts)),
    services: take('services').map(serviceFacts),
    endpointSlices: take(ENDPOINT_SLICES).map(endpointSliceFacts),
    namespaces: take('namespaces').map(namespaceFacts),
    workloads: [...take('daemonsets.apps', 'deployments.apps'), ...pods.filter(isStaticPod)].map(workloadFacts),
    systemPods: pods.filter(isSystemPod).map(systemPodFacts),
    configMaps: take('configmaps').map(configMapFacts),
    policies: take('networkpolicies.networking.k8s.io').map((object) => customObject(object)),
    events: events.map(eventFacts),
  };
  const custom = new Map(
    [...byResource].map(([resource, entries]) => [
      resource,
      [...entries.values()].map((entry) => customObject(entry.object)),
    ]),
  );
  return { ...facts, custom, gaps, workstation: [], readAt };
}
