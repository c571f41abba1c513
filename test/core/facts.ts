/**
 * Clusters written by hand, tersely, for tests: `facts({ nodes: [node('node-1', { ip: '192.168.1.2', podCIDR: '10.244.0.0/24' })] })`.
 *
 * Everything goes through the same normaliser as an API server's objects, so a test cannot hold a fact that the product
 * could never read. A node is Ready and a pod Running unless told otherwise.
 */
import type { ClusterFacts, EventFacts, Gap, WorkstationInterface } from '../../src/core/network/facts.js';
import { customObject, factsFromObjects } from '../../src/core/network/fromObjects.js';
import type { ObjectRef } from '../../src/core/network/place.js';

/** An API object as JSON. */
export type Json = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** `shop/web-1` → its namespace and name; a name alone stands in `default`. */
function split(id: string): { namespace: string; name: string } {
  const slash = id.indexOf('/');
  return slash < 0 ? { namespace: 'default', name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

export interface NodeOptions {
  readonly ip?: string;
  readonly ips?: readonly string[];
  readonly externalIP?: string;
  readonly podCIDR?: string;
  readonly podCIDRs?: readonly string[];
  /** Status of the Ready condition. */
  readonly ready?: boolean | 'Unknown';
  /** Further conditions: `{ NetworkUnavailable: { status: 'False', reason: 'FlannelIsUp' } }`. */
  readonly conditions?: Readonly<Record<string, { status: string; reason?: string; message?: string }>>;
  /** `status.allocatable.pods`; 110 unless told otherwise, null for none. */
  readonly allocatablePods?: number | null;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly taints?: readonly Json[];
  readonly os?: string;
  readonly kubeletVersion?: string;
  readonly unschedulable?: boolean;
}

/** A v1 Node as JSON. */
export function node(name: string, options: NodeOptions = {}): Json {
  const podCIDRs = options.podCIDRs ?? (options.podCIDR === undefined ? [] : [options.podCIDR]);
  const ips = options.ips ?? (options.ip === undefined ? [] : [options.ip]);
  const ready = options.ready ?? true;
  const conditions = {
    ...options.conditions,
    Ready: {
      status: ready === true ? 'True' : ready === false ? 'False' : 'Unknown',
      ...options.conditions?.['Ready'],
    },
  };
  const allocatable = options.allocatablePods === undefined ? 110 : options.allocatablePods;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, labels: options.labels ?? {}, annotations: options.annotations ?? {} },
    spec: {
      ...(podCIDRs.length === 0 ? {} : { podCIDR: podCIDRs[0], podCIDRs }),
      ...(options.unschedulable === true ? { unschedulable: true } : {}),
      taints: options.taints ?? [],
    },
    status: {
      addresses: [
        ...ips.map((address) => ({ type: 'InternalIP', address })),
        ...(options.externalIP === undefined ? [] : [{ type: 'ExternalIP', address: options.externalIP }]),
        { type: 'Hostname', address: name },
      ],
      ...(allocatable === null ? {} : { allocatable: { pods: String(allocatable) } }),
      conditions: Object.entries(conditions).map(([type, condition]) => ({ type, ...condition })),
      nodeInfo: { operatingSystem: options.os ?? 'linux', kubeletVersion: options.kubeletVersion ?? 'v1.34.4' },
    },
  };
}

export interface PodOptions {
  readonly node?: string;
  readonly ip?: string;
  readonly ips?: readonly string[];
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly ready?: boolean;
  readonly terminating?: boolean;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  /** `DaemonSet/kube-flannel-ds`, `Node/node-1` (a static pod). */
  readonly owner?: string;
  /** Reason for which its container waits, such as CrashLoopBackOff. */
  readonly waiting?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Texts;
}

/** A container named `main` as JSON. */
function container(options: {
  readonly image?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Texts | undefined;
}): Json {
  return {
    name: 'main',
    image: options.image ?? 'example/main:1',
    command: options.command ?? [],
    args: options.args ?? [],
    env: Object.entries(options.env ?? {}).map(([name, value]) => ({ name, value })),
  };
}

/** A v1 Pod as JSON: `pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' })`. */
export function pod(id: string, options: PodOptions = {}): Json {
  const { namespace, name } = split(id);
  const ips = options.ips ?? (options.ip === undefined ? [] : [options.ip]);
  const [ownerKind, ownerName] = (options.owner ?? '').split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      uid: `uid-${namespace}-${name}`,
      labels: options.labels ?? {},
      annotations: options.annotations ?? {},
      ...(options.terminating === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ...(options.owner === undefined
        ? {}
        : { ownerReferences: [{ kind: ownerKind, name: ownerName, controller: true }] }),
    },
    spec: {
      ...(options.node === undefined ? {} : { nodeName: options.node }),
      ...(options.hostNetwork === true ? { hostNetwork: true } : {}),
      containers: [container(options)],
    },
    status: {
      phase: options.phase ?? 'Running',
      ...(ips.length === 0 ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
      conditions: [{ type: 'Ready', status: (options.ready ?? true) ? 'True' : 'False' }],
      containerStatuses:
        options.waiting === undefined ? [] : [{ name: 'main', state: { waiting: { reason: options.waiting } } }],
    },
  };
}

/** A static pod of the control plane: `staticPod('kube-apiserver', 'node-1', ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12'])`. */
export const staticPod = (component: string, nodeName: string, command: readonly string[]): Json =>
  pod(`kube-system/${component}-${nodeName}`, {
    node: nodeName,
    hostNetwork: true,
    owner: `Node/${nodeName}`,
    labels: { component, tier: 'control-plane' },
    command,
  });

export interface ServiceOptions {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly externalIPs?: readonly string[];
  readonly loadBalancerIPs?: readonly string[];
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly selector?: Texts;
}

/** A v1 Service as JSON. */
export function service(id: string, options: ServiceOptions = {}): Json {
  const clusterIPs = options.clusterIPs ?? (options.clusterIP === undefined ? [] : [options.clusterIP]);
  const port = options.port ?? 80;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: split(id),
    spec: {
      type: options.type ?? 'ClusterIP',
      clusterIP: clusterIPs[0] ?? 'None',
      clusterIPs,
      externalIPs: options.externalIPs ?? [],
      ports: [{ name: 'main', port, protocol: 'TCP', targetPort: options.targetPort ?? port }],
      selector: options.selector ?? {},
    },
    status: { loadBalancer: { ingress: (options.loadBalancerIPs ?? []).map((ip) => ({ ip })) } },
  };
}

/** An EndpointSlice of a Service as JSON: `slice('shop/web', [{ ip: '10.244.0.2' }])`. An endpoint is ready unless told otherwise. */
export function slice(
  service: string,
  endpoints: readonly { readonly ip: string; readonly ready?: boolean; readonly terminating?: boolean }[],
  options: { readonly suffix?: string; readonly addressType?: string; readonly ports?: readonly Json[] } = {},
): Json {
  const { namespace, name } = split(service);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      name: `${name}-${options.suffix ?? 'abcde'}`,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: options.addressType ?? 'IPv4',
    endpoints: endpoints.map(({ ip, ready, terminating }) => ({
      addresses: [ip],
      conditions: { ...(ready === undefined ? {} : { ready }), ...(terminating === undefined ? {} : { terminating }) },
    })),
    ports: options.ports ?? [{ name: 'main', port: 8080, protocol: 'TCP' }],
  };
}

export interface WorkloadOptions {
  readonly labels?: Texts;
  readonly podLabels?: Texts;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Texts;
  /** Containers as JSON, instead of the one made of image, command, args and env. */
  readonly containers?: readonly Json[];
  readonly initContainers?: readonly Json[];
  readonly desired?: number;
  readonly ready?: number;
  readonly nodeSelector?: Texts;
}

const workload = (kind: string, id: string, options: WorkloadOptions, status: Json): Json => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { ...split(id), labels: options.labels ?? {} },
  spec: {
    template: {
      metadata: { labels: options.podLabels ?? options.labels ?? {} },
      spec: {
        containers: options.containers ?? [container(options)],
        initContainers: options.initContainers ?? [],
        nodeSelector: options.nodeSelector ?? {},
      },
    },
  },
  status,
});

/** An `apps/v1` DaemonSet as JSON; one pod is wanted and ready unless told otherwise. */
export const daemonSet = (id: string, options: WorkloadOptions = {}): Json =>
  workload('DaemonSet', id, options, {
    desiredNumberScheduled: options.desired ?? 1,
    numberReady: options.ready ?? options.desired ?? 1,
  });

/** An `apps/v1` Deployment as JSON. */
export const deployment = (id: string, options: WorkloadOptions = {}): Json => workload('Deployment', id, options, {});

/** A v1 ConfigMap as JSON. */
export const configMap = (id: string, data: Texts, annotations: Texts = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...split(id), annotations },
  data,
});

/** A v1 Namespace as JSON. */
export const namespace = (name: string, labels: Texts = {}, annotations: Texts = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels, annotations },
});

/** Any cluster-scoped object: `object('cilium.io/v2', 'CiliumNode', 'node-1', { spec: … })`. A `ns/name` is namespaced. */
export const object = (
  apiVersion: string,
  kind: string,
  id: string,
  content: Json = {},
  annotations: Texts = {},
): Json => ({
  apiVersion,
  kind,
  metadata: { ...(id.includes('/') ? split(id) : { name: id }), annotations },
  ...content,
});

/** The ServiceCIDR object that the API server makes of its flag. */
export const serviceCIDR = (cidrs: readonly string[], name = 'kubernetes'): Json =>
  object('networking.k8s.io/v1', 'ServiceCIDR', name, { spec: { cidrs } });

export const event = (
  regarding: ObjectRef,
  reason: string,
  message = '',
  more: Partial<EventFacts> = {},
): EventFacts => ({
  regarding,
  reason,
  type: 'Warning',
  message,
  count: 1,
  lastSeen: '2026-01-01T00:00:00Z',
  ...more,
});

export interface FactsOptions {
  readonly nodes?: readonly Json[];
  readonly pods?: readonly Json[];
  readonly services?: readonly Json[];
  readonly namespaces?: readonly Json[];
  /** DaemonSets, Deployments; static pods stand among `pods`. */
  readonly workloads?: readonly Json[];
  readonly configMaps?: readonly Json[];
  /** NetworkPolicies. */
  readonly policies?: readonly Json[];
  /** Objects of any kind, filed under their resource: CiliumNode, ServiceCIDR, … */
  readonly objects?: readonly Json[];
  /** Resources that were read and are empty: `{ empty: ['ciliumnodes.cilium.io'] }`. */
  readonly empty?: readonly string[];
  readonly events?: readonly EventFacts[];
  /** What could not be read. None unless told otherwise: everything else counts as read in full. */
  readonly gaps?: readonly Gap[];
  readonly workstation?: readonly WorkstationInterface[];
}

/** The facts of a cluster. What is not mentioned was read and is empty. */
export function facts(options: FactsOptions = {}): ClusterFacts {
  const read = factsFromObjects(
    [
      ...(options.nodes ?? []),
      ...(options.pods ?? []),
      ...(options.services ?? []),
      ...(options.namespaces ?? []),
      ...(options.workloads ?? []),
      ...(options.configMaps ?? []),
      ...(options.objects ?? []),
    ],
    '2026-01-01T00:00:00Z',
  );
  const custom = new Map(read.custom);
  for (const resource of options.empty ?? []) if (!custom.has(resource)) custom.set(resource, []);
  return {
    ...read,
    custom,
    policies: [...read.policies, ...(options.policies ?? []).map((policy) => customObject(policy))],
    events: options.events ?? [],
    gaps: options.gaps ?? [],
    workstation: options.workstation ?? [],
  };
}
