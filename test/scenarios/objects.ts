/**
 * The objects of simulated clusters, as complete as a real server returns them: defaults filled in, owners, conditions,
 * managed fields. Modelled on what Kubernetes v1.34.4 with kubelet, kube-proxy and flannel v0.28.10 made.
 */
import { createHash } from 'node:crypto';
import { isArray, isObject, type Json, type JsonObject, type KubeObject, type Metadata } from '../apiserver/json.js';

/** A stable uid for an object that is named by a text. */
export function uidOf(text: string): string {
  const hex = createHash('sha1').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The characters that Kubernetes makes name suffixes of, from a text. */
export function suffixOf(text: string, length: number): string {
  const digest = createHash('sha1').update(`suffix ${text}`).digest();
  let suffix = '';
  for (let index = 0; index < length; index++)
    suffix += SUFFIX_ALPHABET[(digest[index] ?? 0) % SUFFIX_ALPHABET.length] ?? '';
  return suffix;
}
/** Names with suffixes, none of them twice: of many thousand pods two would have one name. */
export class PodNames {
  readonly #taken = new Set<string>();

  /** `prefix` with five characters that follow from the text. */
  next(namespace: string, prefix: string, text: string): string {
    for (let attempt = 0; ; attempt++) {
      const name = `${prefix}${suffixOf(attempt === 0 ? text : `${text} ${attempt}`, 5)}`;
      const key = `${namespace}/${name}`;
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return name;
    }
  }
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** RFC 3339 with whole seconds, as Kubernetes writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** FieldsV1 of a value: which fields somebody manages, lists by the key that tells their items apart. */
function fieldsOf(value: Json | undefined): JsonObject {
  const fields: Record<string, Json> = {};
  if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) if (item !== undefined) fields[`f:${name}`] = fieldsOf(item);
  } else if (isArray(value)) {
    for (const item of value) {
      const key = LIST_KEYS.find((names) => isObject(item) && names.every((name) => item[name] !== undefined));
      if (key === undefined || !isObject(item)) return {};
      const chosen = Object.fromEntries(key.map((name) => [name, item[name]]));
      fields[`k:${JSON.stringify(chosen)}`] = { '.': {}, ...fieldsOf(item) };
    }
  }
  return fields;
}
const LIST_KEYS = [['name'], ['containerPort', 'protocol'], ['port', 'protocol'], ['uid'], ['type'], ['ip']];

export function managed(
  manager: string,
  apiVersion: string,
  time: string,
  fields: JsonObject,
  subresource?: string,
): JsonObject {
  return {
    manager,
    operation: 'Update',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsOf(fields),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export function ownerOf(object: KubeObject): Owner {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' };
}

interface Described {
  readonly namespace?: string;
  readonly name: string;
  readonly created: Date;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Metadata of an object whose uid follows from its kind, namespace, name and `cluster`. */
export function metadata(cluster: string, kind: string, of: Described): Metadata {
  return {
    name: of.name,
    ...(of.namespace === undefined ? {} : { namespace: of.namespace }),
    uid: uidOf(`${cluster} ${kind} ${of.namespace ?? ''} ${of.name}`),
    creationTimestamp: timestamp(of.created),
    ...(of.labels === undefined ? {} : { labels: of.labels }),
    ...(of.annotations === undefined ? {} : { annotations: of.annotations }),
  };
}

export interface NodeDescription extends Described {
  readonly internalIPs: readonly string[];
  readonly podCIDRs: readonly string[];
  readonly version: string;
  readonly controlPlane?: boolean;
  /** What the network plugin reports in the condition NetworkUnavailable; absent: no plugin reports. */
  readonly networkReady?: { readonly reason: string; readonly message: string; readonly manager: string };
  readonly ready?: boolean;
  readonly images: readonly string[];
  readonly now: Date;
}

export const SIMULATED_LABEL = 'cluster-network-inspector/simulated';

export function nodeObject(cluster: string, of: NodeDescription): KubeObject {
  const created = timestamp(of.created);
  const beat = timestamp(new Date(of.now.getTime() - 20_000));
  const ready = of.ready !== false;
  const condition = (type: string, state: string, reason: string, message: string, heartbeat = beat): JsonObject => ({
    type,
    status: state,
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: created,
    reason,
    message,
  });
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    [SIMULATED_LABEL]: 'true',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': of.name,
    'kubernetes.io/os': 'linux',
    ...(of.controlPlane === true
      ? {
          'node-role.kubernetes.io/control-plane': '',
          'node.kubernetes.io/exclude-from-external-load-balancers': '',
        }
      : {}),
    ...of.labels,
  };
  const spec = of.podCIDRs[0] === undefined ? {} : { podCIDR: of.podCIDRs[0], podCIDRs: of.podCIDRs };
  const resources = {
    cpu: '2',
    'ephemeral-storage': '264212084Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '24683656Ki',
    pods: '110',
  };
  const conditions = [
    ...(of.networkReady === undefined
      ? []
      : [condition('NetworkUnavailable', 'False', of.networkReady.reason, of.networkReady.message, created)]),
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    ready
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
  ];
  const machine = uidOf(`${cluster} machine ${of.name}`);
  const described = metadata(cluster, 'Node', {
    ...of,
    labels,
    annotations: {
      ...of.annotations,
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...described,
      managedFields: [
        managed('kubelet', 'v1', created, { metadata: { labels } }),
        managed('kube-controller-manager', 'v1', created, {
          metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '0' } },
          spec,
        }),
        ...(of.networkReady === undefined
          ? []
          : [managed(of.networkReady.manager, 'v1', created, { metadata: { annotations: of.annotations } }, 'status')]),
        managed('kubelet', 'v1', beat, { status: { conditions } }, 'status'),
      ],
    },
    spec: {
      ...spec,
      ...(of.controlPlane === true
        ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
        : {}),
    },
    status: {
      capacity: resources,
      allocatable: { ...resources, memory: '24581256Ki' },
      conditions,
      addresses: [
        ...of.internalIPs.map((address) => ({ type: 'InternalIP', address })),
        { type: 'Hostname', address: of.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: machine.replaceAll('-', ''),
        systemUUID: machine,
        bootID: uidOf(`${cluster} boot ${of.name}`),
        kernelVersion: '6.1.0-simulated',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        containerRuntimeVersion: 'containerd://1.7.27',
        kubeletVersion: of.version,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: of.images.map((image, index) => ({ names: [image], sizeBytes: 60_000_000 - index * 7_000_000 })),
    },
  };
}

export interface ContainerDescription {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP' }[];
  readonly env?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
  /** Paths in the container by the name of the volume. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly privileged?: boolean;
  /** Probed by HTTP on its first port. */
  readonly healthPath?: string;
}

export interface PodDescription extends Described {
  readonly namespace: string;
  readonly generateName?: string;
  readonly node: string;
  readonly hostIPs: readonly string[];
  /** Its addresses; a pod on its node's own network has those of the node. */
  readonly ips: readonly string[];
  readonly hostNetwork?: boolean;
  readonly containers: readonly ContainerDescription[];
  readonly volumes?: readonly JsonObject[];
  readonly owner?: Owner;
  readonly serviceAccount?: string;
  readonly priorityClass?: string;
  /** Bound to its node by affinity, as the pods of a DaemonSet are. */
  readonly daemon?: boolean;
  readonly phase?: 'Running' | 'Pending' | 'Succeeded' | 'Failed';
  readonly ready?: boolean;
  readonly restarts?: number;
}

function containerSpec(container: ContainerDescription, hostNetwork: boolean, token: string | undefined): JsonObject {
  const { ports = [], env = {}, mounts = {}, healthPath } = container;
  const probe = (periodSeconds: number): JsonObject => ({
    httpGet: { path: healthPath, port: ports[0]?.name ?? 'http', scheme: 'HTTP' },
    initialDelaySeconds: 5,
    timeoutSeconds: 1,
    periodSeconds,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return {
    name: container.name,
    image: container.image,
    ...(container.command === undefined ? {} : { command: container.command }),
    ...(container.args === undefined ? {} : { args: container.args }),
    ...(ports.length === 0
      ? {}
      : {
          ports: ports.map(({ name, port, protocol = 'TCP' }) => ({
            name,
            ...(hostNetwork ? { hostPort: port } : {}),
            containerPort: port,
            protocol,
          })),
        }),
    ...(Object.keys(env).length === 0 ? {} : { env: Object.entries(env).map(([name, value]) => ({ name, value })) }),
    resources: {
      ...(container.limits === undefined ? {} : { limits: container.limits }),
      ...(container.requests === undefined ? {} : { requests: container.requests }),
    },
    volumeMounts: [
      ...Object.entries(mounts).map(([name, mountPath]) => ({ name, mountPath })),
      ...(token === undefined
        ? []
        : [{ name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }]),
    ],
    ...(healthPath === undefined ? {} : { livenessProbe: probe(30), readinessProbe: probe(10) }),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    ...(container.privileged === undefined
      ? {}
      : {
          securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] }, privileged: container.privileged },
        }),
  };
}

function tokenVolume(name: string): JsonObject {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}

const DAEMON_TOLERATIONS: readonly JsonObject[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const POD_TOLERATIONS: readonly JsonObject[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
];

export function podObject(cluster: string, of: PodDescription): KubeObject {
  const created = timestamp(of.created);
  const started = timestamp(new Date(of.created.getTime() + 1000));
  const phase = of.phase ?? 'Running';
  const ready = phase === 'Running' && of.ready !== false;
  const hostNetwork = of.hostNetwork === true;
  const described = metadata(cluster, 'Pod', of);
  const isStatic = of.owner?.kind === 'Node';
  const token = isStatic ? undefined : `kube-api-access-${suffixOf(described.uid ?? '', 5)}`;
  const containers = of.containers.map((container) => containerSpec(container, hostNetwork, token));
  const state: JsonObject =
    phase === 'Running'
      ? { running: { startedAt: started } }
      : phase === 'Pending'
        ? { waiting: { reason: 'ContainerCreating' } }
        : {
            terminated: {
              exitCode: phase === 'Failed' ? 1 : 0,
              reason: phase === 'Failed' ? 'Error' : 'Completed',
              startedAt: started,
              finishedAt: started,
            },
          };
  const condition = (type: string, yes: boolean, time: string): JsonObject => ({
    type,
    observedGeneration: 1,
    status: yes ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: time,
    ...(yes ? {} : { reason: 'ContainersNotReady' }),
  });
  const spec: JsonObject = {
    volumes: [...(of.volumes ?? []), ...(token === undefined ? [] : [tokenVolume(token)])],
    containers,
    restartPolicy: phase === 'Succeeded' || phase === 'Failed' ? 'Never' : 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: of.serviceAccount ?? 'default',
    serviceAccount: of.serviceAccount ?? 'default',
    nodeName: of.node,
    ...(hostNetwork ? { hostNetwork: true } : {}),
    securityContext: {},
    ...(of.daemon === true
      ? {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [of.node] }] }],
              },
            },
          },
        }
      : {}),
    schedulerName: 'default-scheduler',
    tolerations: of.daemon === true ? DAEMON_TOLERATIONS : POD_TOLERATIONS,
    ...(of.priorityClass === undefined ? {} : { priorityClassName: of.priorityClass }),
    priority: of.priorityClass === undefined ? 0 : 2000001000,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
  const podStatus: JsonObject = {
    observedGeneration: 1,
    phase,
    conditions: [
      condition('PodReadyToStartContainers', phase === 'Running', started),
      condition('Initialized', true, created),
      condition('Ready', ready, started),
      condition('ContainersReady', ready, started),
      condition('PodScheduled', true, created),
    ],
    hostIP: of.hostIPs[0],
    hostIPs: of.hostIPs.map((ip) => ({ ip })),
    ...(of.ips[0] === undefined ? {} : { podIP: of.ips[0], podIPs: of.ips.map((ip) => ({ ip })) }),
    startTime: created,
    containerStatuses: of.containers.map((container) => ({
      name: container.name,
      state,
      lastState: {},
      ready,
      restartCount: of.restarts ?? 0,
      image: container.image,
      imageID: `sha256:${createHash('sha256').update(container.image).digest('hex')}`,
      containerID: `containerd://${createHash('sha256')
        .update(`${described.uid ?? ''} ${container.name}`)
        .digest('hex')}`,
      started: phase === 'Running',
      ...(container.requests === undefined ? {} : { allocatedResources: container.requests }),
      resources: {
        ...(container.limits === undefined ? {} : { limits: container.limits }),
        ...(container.requests === undefined ? {} : { requests: container.requests }),
      },
      ...(token === undefined
        ? {}
        : {
            volumeMounts: [
              {
                name: token,
                mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
                readOnly: true,
                recursiveReadOnly: 'Disabled',
              },
            ],
          }),
    })),
    qosClass: of.containers.some((container) => container.requests !== undefined) ? 'Burstable' : 'BestEffort',
  };
  const ownerReferences =
    of.owner === undefined
      ? undefined
      : [{ ...of.owner, controller: true, ...(isStatic ? {} : { blockOwnerDeletion: true }) }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...described,
      ...(of.generateName === undefined ? {} : { generateName: of.generateName }),
      generation: 1,
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      managedFields: [
        managed(isStatic ? 'kubelet' : 'kube-controller-manager', 'v1', created, {
          metadata: { labels: of.labels, ownerReferences },
          spec: { containers, dnsPolicy: '', restartPolicy: '', schedulerName: '', securityContext: {} },
        }),
        managed(
          'kubelet',
          'v1',
          started,
          {
            status: {
              conditions: podStatus['conditions'],
              containerStatuses: {},
              hostIP: '',
              hostIPs: {},
              phase: '',
              podIP: '',
              podIPs: podStatus['podIPs'],
              startTime: '',
            },
          },
          'status',
        ),
      ],
    },
    spec,
    status: podStatus,
  };
}

export interface WorkloadDescription extends Described {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerDescription[];
  readonly volumes?: readonly JsonObject[];
  readonly hostNetwork?: boolean;
  readonly serviceAccount?: string;
  readonly priorityClass?: string;
  /** How many pods it has, all of them ready. */
  readonly pods: number;
}

function podTemplate(of: WorkloadDescription): JsonObject {
  return {
    metadata: { labels: of.podLabels },
    spec: {
      ...(of.volumes === undefined ? {} : { volumes: of.volumes }),
      containers: of.containers.map((container) => containerSpec(container, of.hostNetwork === true, undefined)),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      ...(of.serviceAccount === undefined
        ? {}
        : { serviceAccountName: of.serviceAccount, serviceAccount: of.serviceAccount }),
      ...(of.hostNetwork === true ? { hostNetwork: true } : {}),
      securityContext: {},
      schedulerName: 'default-scheduler',
      ...(of.priorityClass === undefined ? {} : { priorityClassName: of.priorityClass }),
    },
  };
}

export function daemonSetObject(cluster: string, of: WorkloadDescription): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      ...metadata(cluster, 'DaemonSet', {
        ...of,
        annotations: { ...of.annotations, 'deprecated.daemonset.template.generation': '1' },
      }),
      generation: 1,
    },
    spec: {
      selector: { matchLabels: of.podLabels },
      template: podTemplate(of),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: of.pods,
      numberMisscheduled: 0,
      desiredNumberScheduled: of.pods,
      numberReady: of.pods,
      observedGeneration: 1,
      updatedNumberScheduled: of.pods,
      numberAvailable: of.pods,
    },
  };
}

export function deploymentObject(cluster: string, of: WorkloadDescription): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...metadata(cluster, 'Deployment', {
        ...of,
        annotations: { ...of.annotations, 'deployment.kubernetes.io/revision': '1' },
      }),
      generation: 1,
    },
    spec: {
      replicas: of.pods,
      selector: { matchLabels: of.podLabels },
      template: podTemplate(of),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: 1,
      replicas: of.pods,
      updatedReplicas: of.pods,
      readyReplicas: of.pods,
      availableReplicas: of.pods,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastUpdateTime: timestamp(of.created),
          lastTransitionTime: timestamp(of.created),
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        },
      ],
    },
  };
}

/** The ReplicaSet behind a Deployment; its name ends in the hash that its pods carry. */
export function replicaSetObject(cluster: string, of: WorkloadDescription, deployment: KubeObject): KubeObject {
  const hash = suffixOf(`${of.namespace} ${of.name}`, 10);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...metadata(cluster, 'ReplicaSet', {
        ...of,
        name: `${of.name}-${hash}`,
        labels: { ...of.podLabels, 'pod-template-hash': hash },
      }),
      generation: 1,
      ownerReferences: [{ ...ownerOf(deployment), controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      replicas: of.pods,
      selector: { matchLabels: { ...of.podLabels, 'pod-template-hash': hash } },
      template: podTemplate({ ...of, podLabels: { ...of.podLabels, 'pod-template-hash': hash } }),
    },
    status: {
      replicas: of.pods,
      fullyLabeledReplicas: of.pods,
      readyReplicas: of.pods,
      availableReplicas: of.pods,
      observedGeneration: 1,
    },
  };
}

export interface ServiceDescription extends Described {
  readonly namespace: string;
  /** One a family; `None` for a headless service. */
  readonly clusterIPs: readonly string[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number | string;
    readonly protocol?: 'TCP' | 'UDP';
    readonly nodePort?: number;
  }[];
}

export function serviceObject(cluster: string, of: ServiceDescription): KubeObject {
  const families = of.clusterIPs.map((ip) => (ip.includes(':') ? 'IPv6' : 'IPv4'));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(cluster, 'Service', of),
    spec: {
      ports: of.ports.map(({ protocol = 'TCP', name, port, targetPort, nodePort }) => ({
        name,
        protocol,
        port,
        targetPort,
        ...(nodePort === undefined ? {} : { nodePort }),
      })),
      ...(of.selector === undefined ? {} : { selector: of.selector }),
      clusterIP: of.clusterIPs[0],
      clusterIPs: of.clusterIPs,
      type: of.type ?? 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: families,
      ipFamilyPolicy: families.length > 1 ? 'PreferDualStack' : 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  };
}

export interface EndpointDescription {
  readonly addresses: readonly string[];
  readonly node?: string;
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly ready?: boolean;
}

export function endpointSliceObject(
  cluster: string,
  service: KubeObject,
  of: {
    readonly created: Date;
    readonly addressType: 'IPv4' | 'IPv6';
    readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP' }[];
    readonly endpoints: readonly EndpointDescription[];
  },
): KubeObject {
  const { namespace = '', name } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata(cluster, 'EndpointSlice', {
        namespace,
        name: `${name}-${suffixOf(`${namespace} ${name} ${of.addressType}`, 5)}`,
        created: of.created,
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': name,
        },
      }),
      generateName: `${name}-`,
      generation: 1,
      ownerReferences: [{ ...ownerOf(service), controller: true, blockOwnerDeletion: true }],
    },
    addressType: of.addressType,
    endpoints: of.endpoints.map(({ addresses, node, pod, ready = true }) => ({
      addresses,
      conditions: { ready, serving: ready, terminating: false },
      ...(node === undefined ? {} : { nodeName: node }),
      ...(pod === undefined
        ? {}
        : {
            targetRef: { kind: 'Pod', ...pod },
          }),
    })),
    ports: of.ports.map(({ name: portName, port, protocol = 'TCP' }) => ({ name: portName, port, protocol })),
  };
}

export function configMapObject(
  cluster: string,
  of: Described & { readonly data: Readonly<Record<string, string>> },
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(cluster, 'ConfigMap', of), data: of.data };
}

export function namespaceObject(cluster: string, of: Described): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata(cluster, 'Namespace', {
      ...of,
      labels: { ...of.labels, 'kubernetes.io/metadata.name': of.name },
    }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
