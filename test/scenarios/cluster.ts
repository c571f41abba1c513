/**
 * Builds the objects of a simulated cluster step by step: nodes, what every kubeadm cluster has, workloads with their pods.
 * Pods take their addresses from what the caller says; nothing is allocated behind the scenario's back.
 */
import type { ClusterSpec } from '../apiserver/cluster.js';
import { at, textAt, type KubeObject } from '../apiserver/json.js';
import { addressesOf } from '../apiserver/simulation/network.js';
import {
  configMapObject,
  daemonSetObject,
  deploymentObject,
  endpointSliceObject,
  metadata,
  namespaceObject,
  nodeObject,
  ownerOf,
  podObject,
  replicaSetObject,
  serviceObject,
  PodNames,
  suffixOf,
  timestamp,
  uidOf,
  type NodeDescription,
  type PodDescription,
  type ServiceDescription,
  type WorkloadDescription,
} from './objects.js';

export interface ScenarioOptions {
  readonly now: Date;
  readonly seed: number;
  /** For scenarios of any size. */
  readonly nodes: number;
  readonly pods: number;
}

export interface Scenario {
  readonly name: string;
  /** One line for whoever chooses. */
  readonly title: string;
  build(options: ScenarioOptions): ClusterSpec;
}

export const KUBERNETES_VERSION = 'v1.34.4';
export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.55';
/** A server without a shell or any tool, as many images are. */
export const DISTROLESS = 'registry.example/shop/api:1.4.2';

export interface ClusterNode {
  readonly name: string;
  readonly internalIPs: readonly string[];
}

type NodeParts = Omit<NodeDescription, 'created' | 'now' | 'version' | 'images'>;
type ServiceParts = Omit<ServiceDescription, 'created'>;
type WorkloadParts = Omit<WorkloadDescription, 'created' | 'pods'>;

/** Where a pod of a workload runs, and its addresses; none for a pod on its node's own network. */
export interface Placement {
  readonly node: ClusterNode;
  readonly ips?: readonly string[];
  readonly phase?: PodDescription['phase'];
  readonly ready?: boolean;
  readonly restarts?: number;
}

export class ClusterBuilder {
  readonly #objects: KubeObject[] = [];
  readonly #created: Date;

  readonly name: string;
  readonly podNames = new PodNames();
  readonly now: Date;

  constructor(name: string, now: Date) {
    this.name = name;
    this.now = now;
    this.#created = new Date(now.getTime() - 26 * 3600 * 1000);
  }

  get objects(): readonly KubeObject[] {
    return this.#objects;
  }

  /** When the cluster's objects were created: a day and two hours ago. */
  get created(): Date {
    return this.#created;
  }

  add(...objects: readonly KubeObject[]): void {
    this.#objects.push(...objects);
  }

  namespaces(...names: readonly string[]): void {
    for (const name of names) this.add(namespaceObject(this.name, { name, created: this.#created }));
  }

  node(parts: NodeParts): ClusterNode {
    this.add(
      nodeObject(this.name, {
        ...parts,
        created: this.#created,
        now: this.now,
        version: KUBERNETES_VERSION,
        images: [AGNHOST, 'registry.k8s.io/kube-proxy:v1.34.4', 'registry.k8s.io/pause:3.10.1'],
      }),
    );
    return { name: parts.name, internalIPs: parts.internalIPs };
  }

  configMap(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
    labels?: Readonly<Record<string, string>>,
  ): void {
    this.add(
      configMapObject(this.name, {
        namespace,
        name,
        created: this.#created,
        data,
        ...(labels === undefined ? {} : { labels }),
      }),
    );
  }

  daemonSet(parts: WorkloadParts, placements: readonly Placement[]): readonly KubeObject[] {
    const workload = daemonSetObject(this.name, { ...parts, created: this.#created, pods: placements.length });
    const hash = suffixOf(`${parts.namespace} ${parts.name} revision`, 10);
    const labels = { ...parts.podLabels, 'controller-revision-hash': hash, 'pod-template-generation': '1' };
    return this.#workload(workload, workload, { ...parts, podLabels: labels }, placements, true);
  }

  deployment(parts: WorkloadParts, placements: readonly Placement[]): readonly KubeObject[] {
    const description = { ...parts, created: this.#created, pods: placements.length };
    const workload = deploymentObject(this.name, description);
    const replicaSet = replicaSetObject(this.name, description, workload);
    this.add(workload);
    return this.#workload(
      replicaSet,
      replicaSet,
      { ...parts, podLabels: replicaSet.metadata.labels ?? {} },
      placements,
      false,
    );
  }

  #workload(
    workload: KubeObject,
    owner: KubeObject,
    parts: WorkloadParts,
    placements: readonly Placement[],
    daemon: boolean,
  ): readonly KubeObject[] {
    const generateName = `${owner.metadata.name}-`;
    const pods = placements.map(({ node, ips, phase, ready, restarts }, index) =>
      podObject(this.name, {
        namespace: parts.namespace,
        generateName,
        name: this.podNames.next(parts.namespace, generateName, `${generateName} ${index} ${node.name}`),
        created: this.#created,
        labels: parts.podLabels,
        node: node.name,
        hostIPs: node.internalIPs,
        ips: parts.hostNetwork === true ? node.internalIPs : (ips ?? []),
        ...(parts.hostNetwork === undefined ? {} : { hostNetwork: parts.hostNetwork }),
        containers: parts.containers,
        ...(parts.volumes === undefined ? {} : { volumes: parts.volumes }),
        owner: ownerOf(owner),
        ...(parts.serviceAccount === undefined ? {} : { serviceAccount: parts.serviceAccount }),
        ...(parts.priorityClass === undefined ? {} : { priorityClass: parts.priorityClass }),
        daemon,
        ...(phase === undefined ? {} : { phase }),
        ...(ready === undefined ? {} : { ready }),
        ...(restarts === undefined ? {} : { restarts }),
      }),
    );
    this.add(workload, ...pods);
    return pods;
  }

  /** A service in front of pods, with its slices. */
  service(parts: ServiceParts, pods: readonly KubeObject[], backendPort: number): KubeObject {
    const endpoints = pods.flatMap((pod) =>
      addressesOf(pod).map((address) => ({
        address,
        node: textAt(pod, 'spec', 'nodeName') ?? '',
        name: pod.metadata.name,
      })),
    );
    return this.serviceOfAddresses(parts, endpoints, backendPort);
  }

  /** The same for pods of which only addresses and names are at hand. */
  serviceOfAddresses(
    parts: ServiceParts,
    backends: readonly { readonly address: string; readonly node: string; readonly name: string }[],
    backendPort: number,
  ): KubeObject {
    const { namespace } = parts;
    const service = serviceObject(this.name, { ...parts, created: this.#created });
    this.add(service);
    for (const clusterIP of parts.clusterIPs) {
      const isV6 = clusterIP.includes(':');
      this.add(
        endpointSliceObject(this.name, service, {
          created: this.#created,
          addressType: isV6 ? 'IPv6' : 'IPv4',
          ports: parts.ports.map(({ name, protocol }) => ({
            name,
            port: backendPort,
            ...(protocol === undefined ? {} : { protocol }),
          })),
          endpoints: backends
            .filter(({ address }) => address.includes(':') === isV6)
            .map(({ address, node, name }) => ({
              addresses: [address],
              node,
              pod: { namespace, name, uid: uidOf(`${this.name} Pod ${namespace} ${name}`) },
            })),
        }),
      );
      if (clusterIP !== 'None') this.#ipAddress(clusterIP, service);
    }
    return service;
  }

  /** The pods with an address of their own, and where they run. */
  podsWithAddresses(
    nodes: readonly ClusterNode[],
  ): readonly { readonly pod: KubeObject; readonly node: ClusterNode; readonly ip: string }[] {
    return this.#objects.flatMap((pod) => {
      if (pod.kind !== 'Pod' || at(pod, 'spec', 'hostNetwork') === true) return [];
      const node = nodes.find(({ name }) => name === textAt(pod, 'spec', 'nodeName'));
      const [ip] = addressesOf(pod);
      return node === undefined || ip === undefined ? [] : [{ pod, node, ip }];
    });
  }

  #ipAddress(address: string, service: KubeObject): void {
    // An IPv6 address is written in its canonical form, where a name may hold no colon at its ends; Kubernetes does the same.
    this.add({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: metadata(this.name, 'IPAddress', {
        name: address,
        created: this.#created,
        labels: {
          'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      }),
      spec: {
        parentRef: {
          resource: 'services',
          namespace: service.metadata.namespace,
          name: service.metadata.name,
        },
      },
    });
  }

  serviceCIDRs(...cidrs: readonly string[]): void {
    this.add({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: {
        ...metadata(this.name, 'ServiceCIDR', { name: 'kubernetes', created: this.#created }),
        finalizers: ['networking.k8s.io/service-cidr-finalizer'],
      },
      spec: { cidrs },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            lastTransitionTime: timestamp(this.#created),
            reason: '',
            message: 'Kubernetes Service CIDR is ready',
          },
        ],
      },
    });
  }

  /** The API server's own service and its slice. */
  kubernetesService(clusterIP: string, serverAddress: string): void {
    const service = serviceObject(this.name, {
      namespace: 'default',
      name: 'kubernetes',
      created: this.#created,
      labels: { component: 'apiserver', provider: 'kubernetes' },
      clusterIPs: [clusterIP],
      ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    });
    this.add(service, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...metadata(this.name, 'EndpointSlice', {
          namespace: 'default',
          name: 'kubernetes',
          created: this.#created,
          labels: { 'kubernetes.io/service-name': 'kubernetes' },
        }),
        generation: 1,
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [serverAddress], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    });
    this.#ipAddress(clusterIP, service);
  }

  /** The configuration that kubeadm leaves behind. */
  kubeadmConfig(podSubnet: string, serviceSubnet: string): void {
    this.configMap('kube-system', 'kubeadm-config', {
      ClusterConfiguration: [
        'apiVersion: kubeadm.k8s.io/v1beta4',
        'kind: ClusterConfiguration',
        `clusterName: ${this.name}`,
        `kubernetesVersion: ${KUBERNETES_VERSION}`,
        'networking:',
        '  dnsDomain: cluster.local',
        ...(podSubnet === '' ? [] : [`  podSubnet: ${podSubnet}`]),
        `  serviceSubnet: ${serviceSubnet}`,
        '',
      ].join('\n'),
    });
  }

  /** kube-proxy on every node, with its configuration. */
  kubeProxy(nodes: readonly ClusterNode[], clusterCIDR: string): void {
    this.configMap('kube-system', 'kube-proxy', {
      'config.conf': [
        'apiVersion: kubeproxy.config.k8s.io/v1alpha1',
        'kind: KubeProxyConfiguration',
        `clusterCIDR: ${JSON.stringify(clusterCIDR)}`,
        'mode: iptables',
        '',
      ].join('\n'),
    });
    this.daemonSet(
      {
        namespace: 'kube-system',
        name: 'kube-proxy',
        labels: { 'k8s-app': 'kube-proxy' },
        podLabels: { 'k8s-app': 'kube-proxy' },
        hostNetwork: true,
        serviceAccount: 'kube-proxy',
        priorityClass: 'system-node-critical',
        containers: [
          {
            name: 'kube-proxy',
            image: `registry.k8s.io/kube-proxy:${KUBERNETES_VERSION}`,
            command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
            mounts: { 'kube-proxy': '/var/lib/kube-proxy' },
            privileged: true,
          },
        ],
        volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy', defaultMode: 420 } }],
      },
      nodes.map((node) => ({ node })),
    );
  }

  /** etcd and the control plane's static pods on a node, as kubeadm runs them. */
  controlPlane(node: ClusterNode, podSubnet: string, serviceSubnet: string): void {
    const component = (name: string, image: string, command: readonly string[], port: number): void => {
      this.add(
        podObject(this.name, {
          namespace: 'kube-system',
          name: `${name}-${node.name}`,
          created: this.#created,
          labels: { component: name, tier: 'control-plane' },
          annotations: {
            'kubernetes.io/config.source': 'file',
            'kubernetes.io/config.hash': suffixOf(name, 16),
          },
          node: node.name,
          hostIPs: node.internalIPs,
          ips: node.internalIPs,
          hostNetwork: true,
          priorityClass: 'system-node-critical',
          owner: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: this.#uidOfNode(node.name) },
          containers: [{ name, image, command, ports: [{ name: 'probe-port', port }] }],
        }),
      );
    };
    const address = node.internalIPs[0] ?? '';
    component(
      'etcd',
      'registry.k8s.io/etcd:3.6.5-0',
      ['etcd', `--advertise-client-urls=https://${address}:2379`],
      2379,
    );
    component(
      'kube-apiserver',
      `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`,
      ['kube-apiserver', `--advertise-address=${address}`, `--service-cluster-ip-range=${serviceSubnet}`],
      6443,
    );
    component(
      'kube-controller-manager',
      `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`,
      [
        'kube-controller-manager',
        ...(podSubnet === '' ? [] : ['--allocate-node-cidrs=true', `--cluster-cidr=${podSubnet}`]),
        `--service-cluster-ip-range=${serviceSubnet}`,
      ],
      10257,
    );
    component(
      'kube-scheduler',
      `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`,
      ['kube-scheduler', '--leader-elect=true'],
      10259,
    );
  }

  #uidOfNode(name: string): string {
    const node = this.#objects.find((object) => object.kind === 'Node' && object.metadata.name === name);
    return node?.metadata.uid ?? '';
  }

  /** CoreDNS and its service. */
  coreDns(placements: readonly Placement[], clusterIPs: readonly string[]): void {
    const pods = this.deployment(
      {
        namespace: 'kube-system',
        name: 'coredns',
        labels: { 'k8s-app': 'kube-dns' },
        podLabels: { 'k8s-app': 'kube-dns' },
        serviceAccount: 'coredns',
        priorityClass: 'system-cluster-critical',
        containers: [
          {
            name: 'coredns',
            image: 'registry.k8s.io/coredns/coredns:v1.12.1',
            args: ['-conf', '/etc/coredns/Corefile'],
            ports: [
              { name: 'dns', port: 53, protocol: 'UDP' },
              { name: 'dns-tcp', port: 53 },
            ],
            requests: { cpu: '100m', memory: '70Mi' },
            mounts: { 'config-volume': '/etc/coredns' },
          },
        ],
        volumes: [{ name: 'config-volume', configMap: { name: 'coredns', defaultMode: 420 } }],
      },
      placements,
    );
    this.service(
      {
        namespace: 'kube-system',
        name: 'kube-dns',
        labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
        clusterIPs,
        selector: { 'k8s-app': 'kube-dns' },
        ports: [
          { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: 53 },
        ],
      },
      pods,
      53,
    );
  }

  /** `web` with tools and `api` without any on the given places, `agent` on the nodes' own networks, and a service `web`. */
  shop(
    places: readonly { readonly node: ClusterNode; readonly web: readonly string[]; readonly api: readonly string[] }[],
    serviceIPs: readonly string[],
  ): void {
    const agnhost = (name: string, port: number): WorkloadDescription['containers'][number] => ({
      name,
      image: AGNHOST,
      args: ['netexec', `--http-port=${port}`, `--udp-port=${port + 1}`],
      ports: [
        { name: 'http', port },
        { name: 'udp', port: port + 1, protocol: 'UDP' },
      ],
    });
    const web = this.daemonSet(
      { namespace: 'shop', name: 'web', podLabels: { app: 'web' }, containers: [agnhost('web', 8080)] },
      places.map(({ node, web: ips }) => ({ node, ips })),
    );
    this.daemonSet(
      {
        namespace: 'shop',
        name: 'api',
        podLabels: { app: 'api' },
        containers: [{ name: 'api', image: DISTROLESS, ports: [{ name: 'http', port: 8080 }] }],
      },
      places.map(({ node, api: ips }) => ({ node, ips })),
    );
    this.daemonSet(
      {
        namespace: 'shop',
        name: 'agent',
        podLabels: { app: 'agent' },
        hostNetwork: true,
        containers: [agnhost('agent', 9080)],
      },
      places.map(({ node }) => ({ node })),
    );
    this.service(
      {
        namespace: 'shop',
        name: 'web',
        clusterIPs: serviceIPs,
        selector: { app: 'web' },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
      web,
      8080,
    );
  }
}
