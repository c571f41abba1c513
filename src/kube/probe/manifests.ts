/**
 * The objects that a run of probe pods creates, as JSON, and how they are recognised again.
 *
 * Everything belongs to one Job that runs nothing: it only carries a deadline. When the deadline passes, the Job fails, the
 * server deletes it (`ttlSecondsAfterFinished: 0`), and with it everything that names it as its owner – so that even a run
 * whose client was killed leaves nothing behind, without anybody's help.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 *
 * Pods keep to the `restricted` PodSecurity standard, but for those on the host network, which it forbids.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import type { JsonObject } from '../../core/network/json.js';

/**
 * agnhost, the image of Kubernetes' own network tests, by the digest of its index of version 2.53.
 * https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost
 */
export const DEFAULT_IMAGE =
  'registry.k8s.io/e2e-test-images/agnhost:2.53@sha256:99c6b4bb4a1e1df3f0b3752168c89358794d02258ebebc26bf21c29399011a85';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const MANAGER = 'cluster-network-inspector';
const RUN = 'cluster-network-inspector/run';
const ROLE = 'cluster-network-inspector/role';

type Labels = Readonly<Record<string, string>>;

/** Selects everything of ours, of whatever run. */
export const OURS = `${MANAGED_BY}=${MANAGER}`;
export const selectRun = (run: string): string => `${OURS},${RUN}=${run}`;
export const runOf = (labels: Labels): string => labels[RUN] ?? '';

/** probe: tries others, and is tried. peer: a second pod of each node, only tried. host: on the node's own network. */
export const ROLES = ['probe', 'peer', 'host'] as const;
export type Role = (typeof ROLES)[number];
export const roleOf = (labels: Labels): Role | undefined => ROLES.find((role) => role === labels[ROLE]);

export interface Ports {
  /** HTTP, answers with the pod's name. */
  readonly tcp: number;
  /** Datagrams, echoed and written down. */
  readonly udp: number;
  /** HTTP, answers with the source address that it saw. */
  readonly source: number;
}
const POD_PORTS: Ports = { tcp: 18480, udp: 18481, source: 18482 };
/** On the nodes' own network ports must be free: outside of the NodePorts (30000–32767) and of the ephemeral ones. */
const HOST_PORTS: Ports = { tcp: 28480, udp: 28481, source: 28482 };
export const portsOf = (role: Role): Ports => (role === 'host' ? HOST_PORTS : POD_PORTS);

export const PROBE_CONTAINER = 'probe';

export interface Run {
  /** A few random characters that name the run. */
  readonly id: string;
  readonly namespace: string;
  readonly image: string;
  readonly pullSecrets: readonly string[];
  /** After so long the server takes everything away by itself. */
  readonly lifetimeSeconds: number;
}

export const nameOf = (run: Pick<Run, 'id'>, role?: Role): string =>
  role === undefined ? `cluster-network-probe-${run.id}` : `cluster-network-probe-${run.id}-${role}`;

/** Labels of a run's objects, and those that select the pods of a role. */
const labelsOf = (run: Pick<Run, 'id'>, role?: Role): Labels => ({
  'app.kubernetes.io/name': 'cluster-network-probe',
  [MANAGED_BY]: MANAGER,
  [RUN]: run.id,
  ...(role === undefined ? {} : { [ROLE]: role }),
});

/**
 * Keeps the proxies of service meshes out of probe pods, as these meshes document it: such a proxy would answer in the
 * server's place, and hide the source address.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 * https://kuma.io/docs/latest/reference/kubernetes-annotations/, https://linkerd.io/2/features/proxy-injection/
 */
const NO_MESH_LABELS: Labels = {
  'sidecar.istio.io/inject': 'false',
  'istio.io/dataplane-mode': 'none',
  'kuma.io/sidecar-injection': 'disabled',
};
const NO_MESH_ANNOTATIONS: Labels = { 'linkerd.io/inject': 'disabled' };

/** The labels that a probe pod of a role carries: policies may select by them. */
export const podLabelsOf = (run: Pick<Run, 'id'>, role: Role): Labels => ({
  ...labelsOf(run, role),
  ...NO_MESH_LABELS,
});

/** What a container of ours may do: nothing beyond running. */
export const CONTAINER_SECURITY: JsonObject = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 65532,
  seccompProfile: { type: 'RuntimeDefault' },
};
const RESOURCES: JsonObject = {
  requests: { cpu: '10m', memory: '24Mi' },
  limits: { memory: '128Mi' },
};

const field = (name: string, fieldPath: string): JsonObject => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/**
 * The pod of a role. Its servers offer no more than they must: agnhost's `netexec` would run shell commands for anybody who
 * asks, hence `--http-override`, which makes every request a `/hostname`; the source address comes from `no-snat-test`.
 */
function podSpec(run: Run, role: Role): JsonObject {
  const ports = portsOf(role);
  const host = role === 'host';
  const container = (name: string, args: readonly string[], more: JsonObject): JsonObject => ({
    name,
    image: run.image,
    imagePullPolicy: 'IfNotPresent',
    args,
    securityContext: CONTAINER_SECURITY,
    resources: RESOURCES,
    ...more,
  });
  return {
    ...(host ? { hostNetwork: true, dnsPolicy: 'Default' } : {}),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    // Every node is to be tried, tainted ones too: the pods are small and short-lived.
    tolerations: [{ operator: 'Exists' }],
    imagePullSecrets: run.pullSecrets.map((name) => ({ name })),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
      // Lets ping work without a capability; one of the safe sysctls, which the host's network does not take.
      ...(host ? {} : { sysctls: [{ name: 'net.ipv4.ping_group_range', value: '0 2147483647' }] }),
    },
    containers: [
      container(
        PROBE_CONTAINER,
        ['netexec', `--http-port=${ports.tcp}`, `--udp-port=${ports.udp}`, '--http-override=/hostname'],
        // The kubelet's own request: that it is answered shows that the node reaches its pod.
        { readinessProbe: { httpGet: { path: '/', port: ports.tcp }, periodSeconds: 1, timeoutSeconds: 2 } },
      ),
      container('source', ['no-snat-test', `--port=${ports.source}`], {
        env: [field('POD_IP', 'status.podIP'), field('NODE_IP', 'status.hostIP')],
      }),
    ],
  };
}

/** The Job that owns everything and runs nothing. */
export function deadlineJob(run: Run): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: nameOf(run), namespace: run.namespace, labels: labelsOf(run) },
    spec: {
      parallelism: 0,
      activeDeadlineSeconds: run.lifetimeSeconds,
      ttlSecondsAfterFinished: 0,
      template: {
        metadata: { labels: { ...labelsOf(run), ...NO_MESH_LABELS }, annotations: NO_MESH_ANNOTATIONS },
        spec: { ...podSpec(run, 'probe'), restartPolicy: 'Never' },
      },
    },
  };
}

export interface Owner {
  readonly name: string;
  readonly uid: string;
}

const owners = (owner: Owner): JsonObject[] => [
  { apiVersion: 'batch/v1', kind: 'Job', name: owner.name, uid: owner.uid },
];

/** A pod of the role on every node. */
export function daemonSet(run: Run, role: Role, owner: Owner): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: nameOf(run, role),
      namespace: run.namespace,
      labels: labelsOf(run, role),
      ownerReferences: owners(owner),
    },
    spec: {
      selector: { matchLabels: labelsOf(run, role) },
      updateStrategy: { type: 'OnDelete' },
      template: {
        metadata: { labels: podLabelsOf(run, role), annotations: NO_MESH_ANNOTATIONS },
        spec: podSpec(run, role),
      },
    },
  };
}

/** One pod of the role on one node. */
export function pinnedPod(run: Run, role: Role, node: string, name: string, owner: Owner | undefined): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: run.namespace,
      labels: podLabelsOf(run, role),
      annotations: NO_MESH_ANNOTATIONS,
      ...(owner === undefined ? {} : { ownerReferences: owners(owner) }),
    },
    spec: {
      ...podSpec(run, role),
      restartPolicy: 'Never',
      activeDeadlineSeconds: run.lifetimeSeconds,
      // As a DaemonSet pins its pods: by the scheduler, so that a full node is told and not overfilled.
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
          },
        },
      },
    },
  };
}
