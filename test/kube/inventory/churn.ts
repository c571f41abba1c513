/** Changes to a simulated cluster, drawn from a seed: everything that the inventory reads comes, changes and goes. */
import type { KubeObject } from '../../apiserver/json.js';
import type { Random } from '../../apiserver/random.js';
import type { ApiServer } from '../../apiserver/server.js';

const NAMESPACES = ['churn-a', 'churn-b', 'churn-c'];
const PHASES = ['Pending', 'Running', 'Running', 'Running', 'Succeeded', 'Failed'];

export class Churn {
  /** Changes made so far. */
  count = 0;
  readonly #server: ApiServer;
  readonly #random: Random;

  /** What changes, and how often among all changes. A custom kind is served from its first object on. */
  readonly #changes: readonly (readonly [weight: number, change: () => void])[] = [
    [42, () => this.#put(this.#pod(`pod-${this.#random.below(60)}`))],
    [19, () => this.#remove('v1', 'Pod', this.#namespace(), `pod-${this.#random.below(60)}`)],
    [5, () => this.#movePodOfScenario()],
    [6, () => this.#put(this.#node(`churn-node-${this.#random.below(4)}`))],
    [3, () => this.#remove('v1', 'Node', undefined, `churn-node-${this.#random.below(4)}`)],
    [5, () => this.#put(this.#service(`service-${this.#random.below(10)}`))],
    [3, () => this.#remove('v1', 'Service', this.#namespace(), `service-${this.#random.below(10)}`)],
    [6, () => this.#put(this.#endpointSlice(`service-${this.#random.below(10)}`))],
    [
      2,
      () =>
        this.#remove('discovery.k8s.io/v1', 'EndpointSlice', this.#namespace(), `service-${this.#random.below(10)}-x`),
    ],
    [3, () => this.#put(this.#namespaceObject())],
    [1, () => this.#remove('v1', 'Namespace', undefined, this.#namespace())],
    [3, () => this.#put(this.#policy(`policy-${this.#random.below(5)}`))],
    [
      1,
      () => this.#remove('networking.k8s.io/v1', 'NetworkPolicy', this.#namespace(), `policy-${this.#random.below(5)}`),
    ],
    [3, () => this.#put(this.#daemonSet(`daemon-${this.#random.below(3)}`))],
    [1, () => this.#remove('apps/v1', 'DaemonSet', this.#namespace(), `daemon-${this.#random.below(3)}`)],
    [3, () => this.#put(this.#configMap())],
    [1, () => this.#remove('v1', 'ConfigMap', 'kube-system', 'kubeadm-config')],
    [2, () => this.#put(this.#event(`event-${this.#random.below(8)}`))],
    [1, () => this.#remove('v1', 'Event', 'default', `event-${this.#random.below(8)}`)],
    [2, () => this.#put(this.#serviceCidr(`range-${this.#random.below(3)}`))],
    [1, () => this.#remove('networking.k8s.io/v1', 'ServiceCIDR', undefined, `range-${this.#random.below(3)}`)],
    [4, () => this.#put(this.#ipAddress(`10.111.0.${1 + this.#random.below(12)}`))],
    [2, () => this.#remove('networking.k8s.io/v1', 'IPAddress', undefined, `10.111.0.${1 + this.#random.below(12)}`)],
    [4, () => this.#put(this.#ciliumNode(`node-${1 + this.#random.below(6)}`))],
    [2, () => this.#remove('cilium.io/v2', 'CiliumNode', undefined, `node-${1 + this.#random.below(6)}`)],
    [2, () => this.#put(this.#loadBalancerPool(`pool-${this.#random.below(4)}`))],
    [1, () => this.#remove('cilium.io/v2', 'CiliumLoadBalancerIPPool', undefined, `pool-${this.#random.below(4)}`)],
  ];
  readonly #weight = this.#changes.reduce((sum, [weight]) => sum + weight, 0);

  constructor(server: ApiServer, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** Makes so many changes. */
  some(changes: number): void {
    for (let index = 0; index < changes; index++) {
      this.#one();
      this.count++;
    }
  }

  #one(): void {
    let draw = this.#random.below(this.#weight);
    for (const [weight, change] of this.#changes) {
      if (draw < weight) {
        change();
        return;
      }
      draw -= weight;
    }
  }

  #put(object: KubeObject): void {
    this.#server.apply(object);
  }
  #remove(apiVersion: string, kind: string, namespace: string | undefined, name: string): void {
    this.#server.remove({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) });
  }

  #namespace(): string {
    return this.#random.pick(NAMESPACES) ?? 'churn-a';
  }
  #address(): string {
    return `10.200.${this.#random.below(8)}.${this.#random.below(256)}`;
  }
  #label(): string {
    return `v${this.#random.below(20)}`;
  }

  #pod(name: string): KubeObject {
    const random = this.#random;
    const dual = random.below(3) === 0;
    const ip = this.#address();
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: this.#namespace(), labels: { app: this.#label() } },
      spec: {
        containers: [{ name: 'main', image: 'registry.example/main:1' }],
        nodeName: `node-${1 + random.below(4)}`,
        hostNetwork: random.below(10) === 0,
      },
      status: {
        phase: random.pick(PHASES) ?? 'Running',
        podIP: ip,
        podIPs: [{ ip }, ...(dual ? [{ ip: `fd00::${random.below(65_536).toString(16)}` }] : [])],
        conditions: [{ type: 'Ready', status: random.below(2) === 0 ? 'True' : 'False' }],
      },
    };
  }

  /** A pod of the scenario changes its phase, or goes. */
  #movePodOfScenario(): void {
    const pods = this.#server.objects('pods');
    const pod = pods[this.#random.below(pods.length)];
    if (pod === undefined) return;
    const { apiVersion, kind, metadata } = pod;
    if (this.#random.below(3) === 0) this.#remove(apiVersion, kind, metadata.namespace, metadata.name);
    else this.#put({ ...pod, metadata: { ...metadata, labels: { ...metadata.labels, touched: this.#label() } } });
  }

  #node(name: string): KubeObject {
    const random = this.#random;
    const cidr = `10.201.${random.below(64)}.0/24`;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { pool: this.#label() } },
      spec: { podCIDR: cidr, podCIDRs: [cidr] },
      status: {
        addresses: [{ type: 'InternalIP', address: `172.30.0.${1 + random.below(200)}` }],
        conditions: [
          {
            type: 'Ready',
            status: random.below(4) === 0 ? 'False' : 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
            lastHeartbeatTime: new Date().toISOString().replace(/\.\d+/, ''),
            lastTransitionTime: '2026-01-02T03:04:05Z',
          },
        ],
        allocatable: { pods: '110' },
      },
    };
  }

  #service(name: string): KubeObject {
    const ip = `10.111.${this.#random.below(4)}.${1 + this.#random.below(250)}`;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: this.#namespace() },
      spec: {
        type: 'ClusterIP',
        clusterIP: ip,
        clusterIPs: [ip],
        selector: { app: this.#label() },
        ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: this.#random.below(2) === 0 ? 8080 : 'http' }],
      },
    };
  }

  #endpointSlice(service: string): KubeObject {
    const random = this.#random;
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${service}-x`,
        namespace: this.#namespace(),
        labels: { 'kubernetes.io/service-name': service },
      },
      addressType: 'IPv4',
      endpoints: Array.from({ length: random.below(5) }, () => ({
        addresses: [this.#address()],
        conditions: { ready: random.below(3) > 0, serving: true, terminating: random.below(4) === 0 },
      })),
      ports: [{ name: 'http', port: 8080 + random.below(3), protocol: 'TCP' }],
    };
  }

  #namespaceObject(): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.#namespace(), labels: { team: this.#label() } },
    };
  }

  #policy(name: string): KubeObject {
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: this.#namespace() },
      spec: { podSelector: { matchLabels: { app: this.#label() } }, policyTypes: ['Ingress'] },
    };
  }

  #daemonSet(name: string): KubeObject {
    const labels = { app: name };
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: this.#namespace() },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: `main:${this.#label()}` }] } },
      },
      status: { desiredNumberScheduled: this.#random.below(5), numberReady: this.#random.below(5) },
    };
  }

  #configMap(): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
      data: { ClusterConfiguration: `networking:\n  podSubnet: 10.${this.#random.below(200)}.0.0/16\n` },
    };
  }

  #event(name: string): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: `node-${1 + this.#random.below(8)}` },
      reason: this.#random.below(2) === 0 ? 'CIDRNotAvailable' : 'Rebooted',
      type: 'Normal',
      message: 'Node has no CIDR',
      count: 1 + this.#random.below(9),
      lastTimestamp: '2026-01-02T03:04:05Z',
    };
  }

  #serviceCidr(name: string): KubeObject {
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name },
      spec: { cidrs: [`10.112.${this.#random.below(16)}.0/24`] },
    };
  }

  #ipAddress(name: string): KubeObject {
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
      spec: {
        parentRef: { resource: 'services', namespace: this.#namespace(), name: `service-${this.#random.below(10)}` },
      },
    };
  }

  #ciliumNode(name: string): KubeObject {
    const random = this.#random;
    return {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNode',
      metadata: { name, labels: { pool: this.#label() } },
      spec: {
        addresses: [{ type: 'CiliumInternalIP', ip: `10.0.${random.below(16)}.${1 + random.below(250)}` }],
        ipam: { podCIDRs: [`10.0.${random.below(16)}.0/24`], pools: {} },
      },
    };
  }

  #loadBalancerPool(name: string): KubeObject {
    return {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumLoadBalancerIPPool',
      metadata: { name },
      spec: { blocks: [{ cidr: `198.51.100.${16 * this.#random.below(16)}/28` }] },
    };
  }
}
