/**
 * Cilium v1.18.3 with its chart's defaults: pod ranges of its own out of 10.0.0.0/8 in CiliumNode objects, while
 * `node.spec.podCIDR` stands there unused. Modelled on what Cilium made on a real two-node cluster.
 */
import type { JsonObject, KubeObject } from '../apiserver/json.js';
import { ClusterBuilder, KUBERNETES_VERSION, type ClusterNode, type Scenario } from './cluster.js';
import { metadata, ownerOf, timestamp } from './objects.js';

const IMAGE = 'quay.io/cilium/cilium:v1.18.3';
const OPERATOR_IMAGE = 'quay.io/cilium/operator-generic:v1.18.3';
const READY = { reason: 'CiliumIsUp', message: 'Cilium is running on this node', manager: 'cilium-operator' } as const;

/** The part of the ConfigMap that says how the network is made. */
const CONFIG: Readonly<Record<string, string>> = {
  'cluster-id': '0',
  'cluster-name': 'default',
  'cluster-pool-ipv4-cidr': '10.0.0.0/8',
  'cluster-pool-ipv4-mask-size': '24',
  'cni-exclusive': 'true',
  'datapath-mode': 'veth',
  'enable-ipv4': 'true',
  'enable-ipv4-masquerade': 'true',
  'enable-ipv6': 'false',
  'enable-k8s-networkpolicy': 'true',
  'enable-policy': 'default',
  'identity-allocation-mode': 'crd',
  ipam: 'cluster-pool',
  'k8s-require-ipv4-pod-cidr': 'false',
  'kube-proxy-replacement': 'false',
  'routing-mode': 'tunnel',
  'tunnel-protocol': 'vxlan',
  'write-cni-conf-when-ready': '/host/etc/cni/net.d/05-cilium.conflist',
};

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Cluster' | 'Namespaced';
  readonly columns: readonly JsonObject[];
}

const AGE: JsonObject = { jsonPath: '.metadata.creationTimestamp', name: 'Age', type: 'date' };
const DEFINITIONS: readonly Definition[] = [
  {
    kind: 'CiliumNode',
    plural: 'ciliumnodes',
    shortNames: ['cn', 'ciliumn'],
    scope: 'Cluster',
    columns: [
      {
        jsonPath: '.spec.addresses[?(@.type=="CiliumInternalIP")].ip',
        name: 'CiliumInternalIP',
        type: 'string',
      },
      { jsonPath: '.spec.addresses[?(@.type=="InternalIP")].ip', name: 'InternalIP', type: 'string' },
      AGE,
    ],
  },
  {
    kind: 'CiliumEndpoint',
    plural: 'ciliumendpoints',
    shortNames: ['cep', 'ciliumep'],
    scope: 'Namespaced',
    columns: [
      { jsonPath: '.status.identity.id', name: 'Security Identity', type: 'integer' },
      { jsonPath: '.status.state', name: 'Endpoint State', type: 'string' },
      { jsonPath: '.status.networking.addressing[0].ipv4', name: 'IPv4', type: 'string' },
      { jsonPath: '.status.networking.addressing[0].ipv6', name: 'IPv6', type: 'string' },
    ],
  },
  {
    kind: 'CiliumNetworkPolicy',
    plural: 'ciliumnetworkpolicies',
    shortNames: ['cnp', 'ciliumnp'],
    scope: 'Namespaced',
    columns: [AGE],
  },
  {
    kind: 'CiliumClusterwideNetworkPolicy',
    plural: 'ciliumclusterwidenetworkpolicies',
    shortNames: ['ccnp'],
    scope: 'Cluster',
    columns: [AGE],
  },
  {
    kind: 'CiliumLoadBalancerIPPool',
    plural: 'ciliumloadbalancerippools',
    shortNames: ['ippools', 'lbippool'],
    scope: 'Cluster',
    columns: [AGE],
  },
];

function definitionObject(cluster: ClusterBuilder, of: Definition): KubeObject {
  const names = {
    categories: ['cilium'],
    kind: of.kind,
    listKind: `${of.kind}List`,
    plural: of.plural,
    shortNames: of.shortNames,
    singular: of.kind.toLowerCase(),
  };
  const condition = (type: string, reason: string, message: string): JsonObject => ({
    type,
    status: 'True',
    lastTransitionTime: timestamp(cluster.created),
    reason,
    message,
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: metadata(cluster.name, 'CustomResourceDefinition', {
      name: `${of.plural}.cilium.io`,
      created: cluster.created,
      labels: { 'io.cilium.k8s.crd.schema.version': '1.31.11' },
    }),
    spec: {
      conversion: { strategy: 'None' },
      group: 'cilium.io',
      names,
      scope: of.scope,
      versions: [
        {
          name: 'v2',
          served: true,
          storage: true,
          additionalPrinterColumns: of.columns,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          subresources: { status: {} },
        },
      ],
    },
    status: {
      acceptedNames: names,
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      storedVersions: ['v2'],
    },
  };
}

function ciliumNode(cluster: ClusterBuilder, node: ClusterNode, index: number, internalIP: string): KubeObject {
  const owner = cluster.objects.find((object) => object.kind === 'Node' && object.metadata.name === node.name);
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: {
      ...metadata(cluster.name, 'CiliumNode', {
        name: node.name,
        created: cluster.created,
        ...(owner?.metadata.labels === undefined ? {} : { labels: owner.metadata.labels }),
      }),
      generation: 3,
      ...(owner === undefined ? {} : { ownerReferences: [{ ...ownerOf(owner) }] }),
    },
    spec: {
      addresses: [
        ...node.internalIPs.map((ip) => ({ ip, type: 'InternalIP' })),
        { ip: internalIP, type: 'CiliumInternalIP' },
      ],
      encryption: {},
      eni: {},
      health: { ipv4: `10.0.${index}.44` },
      ingress: {},
      ipam: { podCIDRs: [`10.0.${index}.0/24`], pools: {} },
    },
    status: { eni: {}, ipam: { 'operator-status': {} } },
  };
}

function ciliumEndpoint(cluster: ClusterBuilder, pod: KubeObject, node: ClusterNode, ip: string): KubeObject {
  const { namespace = '', name, labels = {} } = pod.metadata;
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: {
      ...metadata(cluster.name, 'CiliumEndpoint', { namespace, name, created: cluster.created, labels }),
      generation: 1,
      ownerReferences: [{ ...ownerOf(pod) }],
    },
    status: {
      encryption: {},
      'external-identifiers': {
        'k8s-namespace': namespace,
        'k8s-pod-name': name,
        'pod-name': `${namespace}/${name}`,
      },
      networking: { addressing: [{ ipv4: ip }], node: node.internalIPs[0] },
      state: 'ready',
    },
  };
}

export const cilium: Scenario = {
  name: 'cilium',
  title: 'Cilium with pod ranges of its own; the podCIDRs of the nodes are not used',
  build({ now }) {
    const cluster = new ClusterBuilder('cilium', now);
    cluster.namespaces('cilium-secrets', 'default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const node = (index: number): ClusterNode =>
      cluster.node({
        name: `node${index + 1}`,
        internalIPs: [`192.168.1.${index + 2}`],
        podCIDRs: [`10.244.${index}.0/24`],
        networkReady: READY,
        controlPlane: index === 0,
      });
    const node1 = node(0);
    const node2 = node(1);
    const nodes = [node1, node2];
    cluster.kubernetesService('10.96.0.1', '192.168.1.2');
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeadmConfig('10.244.0.0/16', '10.96.0.0/12');
    cluster.controlPlane(node1, '10.244.0.0/16', '10.96.0.0/12');
    cluster.kubeProxy(nodes, '10.244.0.0/16');
    cluster.configMap('kube-system', 'cilium-config', CONFIG);
    const agent = {
      'app.kubernetes.io/name': 'cilium-agent',
      'app.kubernetes.io/part-of': 'cilium',
      'k8s-app': 'cilium',
    };
    cluster.daemonSet(
      {
        namespace: 'kube-system',
        name: 'cilium',
        labels: agent,
        podLabels: agent,
        hostNetwork: true,
        serviceAccount: 'cilium',
        priorityClass: 'system-node-critical',
        containers: [
          {
            name: 'cilium-agent',
            image: IMAGE,
            command: ['cilium-agent'],
            args: ['--config-dir=/tmp/cilium/config-map'],
            env: { CILIUM_CLUSTERMESH_CONFIG: '/var/lib/cilium/clustermesh/' },
            mounts: { 'cilium-run': '/var/run/cilium', 'bpf-maps': '/sys/fs/bpf' },
            privileged: false,
          },
        ],
        volumes: [
          { name: 'cilium-run', hostPath: { path: '/var/run/cilium', type: 'DirectoryOrCreate' } },
          { name: 'bpf-maps', hostPath: { path: '/sys/fs/bpf', type: 'DirectoryOrCreate' } },
        ],
      },
      nodes.map((on) => ({ node: on })),
    );
    const operator = {
      'app.kubernetes.io/name': 'cilium-operator',
      'io.cilium/app': 'operator',
      name: 'cilium-operator',
    };
    cluster.deployment(
      {
        namespace: 'kube-system',
        name: 'cilium-operator',
        labels: operator,
        podLabels: operator,
        hostNetwork: true,
        serviceAccount: 'cilium-operator',
        containers: [{ name: 'cilium-operator', image: OPERATOR_IMAGE, command: ['cilium-operator-generic'] }],
      },
      [{ node: node2 }],
    );
    cluster.coreDns(
      [
        { node: node1, ips: ['10.0.0.71'] },
        { node: node2, ips: ['10.0.1.33'] },
      ],
      ['10.96.0.10'],
    );
    cluster.shop(
      [
        { node: node1, web: ['10.0.0.189'], api: ['10.0.0.23'] },
        { node: node2, web: ['10.0.1.225'], api: ['10.0.1.180'] },
      ],
      ['10.110.9.215'],
    );
    cluster.add(
      ...DEFINITIONS.map((definition) => definitionObject(cluster, definition)),
      ciliumNode(cluster, node1, 0, '10.0.0.11'),
      ciliumNode(cluster, node2, 1, '10.0.1.238'),
    );
    for (const { pod, node: on, ip } of cluster.podsWithAddresses(nodes)) {
      cluster.add(ciliumEndpoint(cluster, pod, on, ip));
    }
    return {
      context: 'simulated-cilium',
      version: KUBERNETES_VERSION,
      objects: cluster.objects,
      podRanges: { node1: ['10.0.0.0/24'], node2: ['10.0.1.0/24'] },
    };
  },
};
