/**
 * A healthy cluster of any size from a seed: nodes with a /24 each out of 10.0.0.0/11, pods of many workloads in many
 * namespaces, about 8 KB of JSON a pod, services with slices. Pods are built only when somebody reads them, so that
 * 150,000 of them cost little until then.
 */
import { isObject, listAt, type JsonObject, type KubeObject } from '../apiserver/json.js';
import { Random } from '../apiserver/random.js';
import type { ObjectSource } from '../apiserver/store.js';
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';
import { FLANNEL_READY, flannelAnnotations, installFlannel } from './flannel.js';
import {
  nodeObject,
  podObject,
  suffixOf,
  uidOf,
  type ContainerDescription,
  type Owner,
  type PodDescription,
} from './objects.js';

const CLUSTER = 'generated';
/** flannel and kube-proxy on every node. */
const DAEMONS_A_NODE = 2;
/** A /24 without its network, gateway and broadcast addresses. */
const PODS_A_NODE = 253;

interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly replicaSet: Owner;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerDescription[];
  /** One pod of each phase; the others differ only in who and where they are. */
  readonly templates: Map<Phase, KubeObject>;
}

type Phase = NonNullable<PodDescription['phase']>;

function nodeName(index: number): string {
  return `node-${index + 1}`;
}

/** 172.16.0.10 and up: room for a million nodes. */
function nodeAddress(index: number): string {
  const host = index + 10;
  return `172.${16 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
}

function range(index: number): string {
  return `10.${index >> 8}.${index & 255}.0/24`;
}

function podAddress(node: number, ordinal: number): string {
  return `10.${node >> 8}.${node & 255}.${ordinal + 2}`;
}

const TEAMS = ['shop', 'pay', 'search', 'media', 'mail', 'ledger', 'maps', 'chat'];
const ROLES = ['web', 'api', 'worker', 'cache', 'queue', 'cron', 'auth', 'feed'];

function container(name: string, image: string, port: number, random: Random): ContainerDescription {
  return {
    name,
    image,
    args: ['--listen', `:${port}`, '--log-level', 'info', '--feature-gates', 'FastStart=true,Tracing=false'],
    ports: [
      { name: 'http', port },
      { name: 'metrics', port: port + 1000 },
    ],
    env: {
      SERVICE_NAME: name,
      LOG_FORMAT: 'json',
      DATABASE_URL: `postgres://db.${name}.svc.cluster.local:5432/${name}?sslmode=verify-full`,
      CACHE_ADDRESS: `cache.${name}.svc.cluster.local:6379`,
      GOMAXPROCS: String(1 + random.below(4)),
    },
    requests: { cpu: `${50 + random.below(10) * 50}m`, memory: `${64 + random.below(8) * 64}Mi` },
    limits: { cpu: '1', memory: '1Gi' },
    mounts: { config: '/etc/service', secrets: '/var/run/service-secrets', scratch: '/tmp' },
    healthPath: '/healthz',
  };
}

function workloadsOf(count: number, random: Random): Workload[] {
  const workloads: Workload[] = [];
  for (let index = 0; index < count; index++) {
    const team = TEAMS[index % TEAMS.length] ?? '';
    const role = ROLES[(index >> 3) % ROLES.length] ?? '';
    const namespace = `${team}-${(index >> 6) % 6}`;
    const name = `${role}-${index}`;
    const hash = suffixOf(`${namespace} ${name}`, 10);
    workloads.push({
      namespace,
      name,
      replicaSet: {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `${name}-${hash}`,
        uid: uidOf(`${CLUSTER} ReplicaSet ${namespace} ${name}`),
      },
      labels: {
        app: name,
        'app.kubernetes.io/name': role,
        'app.kubernetes.io/part-of': team,
        'app.kubernetes.io/managed-by': 'Helm',
        'pod-template-hash': hash,
      },
      containers: [container(role, `registry.example/${team}/${role}:1.${index % 20}.0`, 8080, random)],
      templates: new Map(),
    });
  }
  return workloads;
}

/** One pod that is known by its number alone. */
class GeneratedPod implements ObjectSource {
  readonly namespace: string;
  readonly name: string;
  readonly #workload: Workload;
  readonly #node: number;
  readonly #ordinal: number;
  readonly #created: Date;

  constructor(workload: Workload, name: string, node: number, ordinal: number, created: Date) {
    this.#workload = workload;
    this.#node = node;
    this.#ordinal = ordinal;
    this.#created = created;
    this.namespace = workload.namespace;
    this.name = name;
  }

  get address(): string {
    return podAddress(this.#node, this.#ordinal);
  }

  get node(): string {
    return nodeName(this.#node);
  }

  /** Some have ended and some wait, as everywhere; which ones follows from where they stand. */
  get #fate(): number {
    return (this.#node * 31 + this.#ordinal * 17) % 200;
  }

  get phase(): Phase {
    return this.#fate === 0 ? 'Pending' : this.#fate === 1 ? 'Succeeded' : 'Running';
  }

  build(): KubeObject {
    const fate = this.#fate;
    const { phase } = this;
    const template = this.#template(phase);
    const hostIP = nodeAddress(this.#node);
    const uid = uidOf(`${CLUSTER} Pod ${this.namespace} ${this.name}`);
    const [status] = listAt(template, 'status', 'containerStatuses');
    const own = uid.replaceAll('-', '');
    return {
      ...template,
      metadata: { ...template.metadata, name: this.name, uid },
      spec: { ...objectAt(template, 'spec'), nodeName: this.node },
      status: {
        ...objectAt(template, 'status'),
        hostIP,
        hostIPs: [{ ip: hostIP }],
        ...(phase === 'Pending' ? {} : { podIP: this.address, podIPs: [{ ip: this.address }] }),
        containerStatuses: [
          {
            ...(isObject(status) ? status : {}),
            restartCount: fate === 2 ? 3 : 0,
            containerID: `containerd://${own}${own}`,
          },
        ],
      },
    };
  }

  #template(phase: Phase): KubeObject {
    const workload = this.#workload;
    const known = workload.templates.get(phase);
    if (known !== undefined) return known;
    const made = podObject(CLUSTER, {
      namespace: this.namespace,
      generateName: `${workload.replicaSet.name}-`,
      name: this.name,
      created: this.#created,
      labels: workload.labels,
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '9080',
        'checksum/config': suffixOf(`${workload.name} config`, 20).repeat(3),
        'kubectl.kubernetes.io/restartedAt': '2026-11-20T10:00:00Z',
      },
      node: this.node,
      hostIPs: [nodeAddress(this.#node)],
      ips: phase === 'Pending' ? [] : [this.address],
      containers: workload.containers,
      volumes: [
        { name: 'config', configMap: { name: `${workload.name}-config`, defaultMode: 420 } },
        { name: 'secrets', secret: { secretName: `${workload.name}-secrets`, defaultMode: 420 } },
        { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
      ],
      owner: workload.replicaSet,
      phase,
    });
    workload.templates.set(phase, made);
    return made;
  }
}

function objectAt(object: KubeObject, name: string): JsonObject {
  const found = object[name];
  return isObject(found) ? found : {};
}

export const generated: Scenario = {
  name: 'generated',
  title: 'A healthy cluster of any size',
  build({ now, seed, nodes: nodeCount, pods: podCount }) {
    const random = new Random(seed);
    const cluster = new ClusterBuilder(CLUSTER, now);
    const ordinary = Math.max(0, podCount - nodeCount * DAEMONS_A_NODE);
    if (ordinary > nodeCount * PODS_A_NODE) {
      throw new Error(`${nodeCount} nodes have no room for ${podCount} pods: at most ${PODS_A_NODE} on each`);
    }
    const workloads = workloadsOf(Math.max(1, Math.ceil(ordinary / 40)), random);
    const namespaces = [...new Set(workloads.map((workload) => workload.namespace))];
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', ...namespaces);
    cluster.kubernetesService('10.96.0.1', nodeAddress(0));
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeadmConfig('10.0.0.0/11', '10.96.0.0/12');
    const nodes = Array.from({ length: nodeCount }, (_, index) => ({
      name: nodeName(index),
      internalIPs: [nodeAddress(index)],
    }));
    cluster.kubeProxy(nodes, '10.0.0.0/11');
    installFlannel(cluster, nodes, { v4: '10.0.0.0/11' });
    const nodeSources = nodes.map(({ name, internalIPs }, index): ObjectSource => ({
      namespace: '',
      name,
      build: () =>
        nodeObject(CLUSTER, {
          name,
          internalIPs,
          podCIDRs: [range(index)],
          annotations: flannelAnnotations(name, internalIPs),
          labels: {
            'topology.kubernetes.io/region': 'north',
            'topology.kubernetes.io/zone': `north-${(index % 3) + 1}`,
            'node.kubernetes.io/instance-type': 'standard-8',
          },
          networkReady: FLANNEL_READY,
          created: cluster.created,
          now,
          version: KUBERNETES_VERSION,
          images: workloads.slice(0, 12).map((workload) => workload.containers[0]?.image ?? ''),
        }),
    }));
    const pods = Array.from({ length: ordinary }, (_, index) => {
      const workload = workloads[index % workloads.length];
      if (workload === undefined) throw new Error('a generated cluster has at least one workload');
      const name = cluster.podNames.next(workload.namespace, `${workload.replicaSet.name}-`, String(index));
      return new GeneratedPod(workload, name, index % nodeCount, Math.floor(index / nodeCount), cluster.created);
    });
    addServices(cluster, workloads, pods);
    return {
      context: 'simulated-generated',
      version: KUBERNETES_VERSION,
      objects: cluster.objects,
      lazy: [
        { apiVersion: 'v1', kind: 'Node', objects: nodeSources },
        { apiVersion: 'v1', kind: 'Pod', objects: pods },
      ],
    };
  },
};

/** A service for every fourth workload. */
function addServices(cluster: ClusterBuilder, workloads: readonly Workload[], pods: readonly GeneratedPod[]): void {
  const members = new Map<string, { address: string; node: string; name: string }[]>();
  for (const [index, pod] of pods.entries()) {
    if ((index % workloads.length) % 4 !== 0 || pod.phase !== 'Running') continue;
    const key = `${pod.namespace}/${workloads[index % workloads.length]?.name ?? ''}`;
    const list = members.get(key) ?? [];
    members.set(key, list);
    list.push({ address: pod.address, node: pod.node, name: pod.name });
  }
  // The first 256 addresses are for services that are known by theirs.
  let number = 255;
  for (const [key, list] of members) {
    const [namespace = '', name = ''] = key.split('/');
    number++;
    cluster.serviceOfAddresses(
      {
        namespace,
        name,
        clusterIPs: [`10.${96 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`],
        selector: { app: name },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
      list,
      8080,
    );
  }
}
