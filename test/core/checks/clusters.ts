/** Objects of whole clusters for tests of checks: a kubeadm control plane, flannel, Cilium. */
import {
  configMap,
  daemonSet,
  type FactsOptions,
  type Json,
  node,
  object,
  pod,
  serviceCIDR,
  staticPod,
} from '../facts.js';

/** What kubeadm leaves of its pod and service ranges, and the control plane's own flags. */
export function kubeadm(
  podSubnet: string,
  serviceSubnet: string,
  controllerManager: readonly string[] = [`--service-cluster-ip-range=${serviceSubnet}`],
): { pods: Json[]; configMaps: Json[] } {
  return {
    pods: [
      staticPod('kube-apiserver', 'control', ['kube-apiserver', `--service-cluster-ip-range=${serviceSubnet}`]),
      staticPod('kube-controller-manager', 'control', [
        'kube-controller-manager',
        '--allocate-node-cidrs=true',
        `--cluster-cidr=${podSubnet}`,
        ...controllerManager,
      ]),
    ],
    configMaps: [
      configMap('kube-system/kubeadm-config', {
        ClusterConfiguration: `kind: ClusterConfiguration\nnetworking:\n  podSubnet: ${podSubnet}\n  serviceSubnet: ${serviceSubnet}\n`,
      }),
      configMap('kube-system/kube-proxy', {
        'config.conf': `kind: KubeProxyConfiguration\nclusterCIDR: ${podSubnet}\nmode: iptables\n`,
      }),
    ],
  };
}

const FLANNEL_LABELS = { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' };
/** flannel's own objects, with an agent on each of these nodes. */
export function flannel(
  network: string,
  nodes: readonly string[],
): { pods: Json[]; configMaps: Json[]; workloads: Json[] } {
  return {
    pods: nodes.map((name) =>
      pod(`kube-flannel/kube-flannel-ds-${name}`, {
        node: name,
        hostNetwork: true,
        owner: 'DaemonSet/kube-flannel-ds',
        labels: FLANNEL_LABELS,
        image: 'ghcr.io/flannel-io/flannel:v0.28.10',
      }),
    ),
    configMaps: [
      configMap('kube-flannel/kube-flannel-cfg', {
        'cni-conf.json': '{"name":"cbr0","plugins":[{"type":"flannel"}]}',
        'net-conf.json': JSON.stringify({ Network: network, Backend: { Type: 'vxlan' } }),
      }),
    ],
    workloads: [
      daemonSet('kube-flannel/kube-flannel-ds', {
        labels: FLANNEL_LABELS,
        image: 'ghcr.io/flannel-io/flannel:v0.28.10',
        args: ['--ip-masq', '--kube-subnet-mgr'],
        desired: nodes.length,
      }),
    ],
  };
}

const CILIUM_LABELS = { 'k8s-app': 'cilium' };
/** Cilium in cluster-pool mode: ranges by node, a pool, and further keys of `cilium-config`. */
export function cilium(
  ranges: Readonly<Record<string, string>>,
  pool = '10.0.0.0/8',
  config: Readonly<Record<string, string>> = {},
): { pods: Json[]; configMaps: Json[]; workloads: Json[]; objects: Json[] } {
  const names = Object.keys(ranges);
  return {
    pods: names.map((name) =>
      pod(`kube-system/cilium-${name}`, {
        node: name,
        hostNetwork: true,
        owner: 'DaemonSet/cilium',
        labels: CILIUM_LABELS,
        image: 'quay.io/cilium/cilium:v1.18.3',
      }),
    ),
    configMaps: [
      configMap('kube-system/cilium-config', {
        ipam: 'cluster-pool',
        'cluster-pool-ipv4-cidr': pool,
        'cluster-pool-ipv4-mask-size': '24',
        'enable-ipv4': 'true',
        'enable-ipv6': 'false',
        'routing-mode': 'tunnel',
        'kube-proxy-replacement': 'false',
        ...config,
      }),
    ],
    workloads: [
      daemonSet('kube-system/cilium', {
        labels: CILIUM_LABELS,
        image: 'quay.io/cilium/cilium:v1.18.3',
        desired: names.length,
      }),
    ],
    objects: names.map((name) =>
      object('cilium.io/v2', 'CiliumNode', name, { spec: { ipam: { podCIDRs: [ranges[name]] } } }),
    ),
  };
}

/** Several parts as one cluster. */
export function together(...parts: readonly FactsOptions[]): FactsOptions {
  const all = (key: 'nodes' | 'pods' | 'services' | 'workloads' | 'configMaps' | 'objects'): Json[] =>
    parts.flatMap((part) => part[key] ?? []);
  return {
    ...parts.reduce((sum, part) => ({ ...sum, ...part }), {}),
    nodes: all('nodes'),
    pods: all('pods'),
    services: all('services'),
    workloads: all('workloads'),
    configMaps: all('configMaps'),
    objects: all('objects'),
  };
}

/** Two nodes at 192.168.1.2 and .3 with pod ranges, or none. */
export const twoNodes = (first?: string, second?: string): { nodes: Json[] } => ({
  nodes: [
    node('node-1', { ip: '192.168.1.2', ...(first === undefined ? {} : { podCIDR: first }) }),
    node('node-2', { ip: '192.168.1.3', ...(second === undefined ? {} : { podCIDR: second }) }),
  ],
});

/** A healthy cluster on flannel: kubeadm, two nodes, a pod on each. */
export const healthyFlannel: FactsOptions = together(
  twoNodes('10.244.0.0/24', '10.244.1.0/24'),
  kubeadm('10.244.0.0/16', '10.96.0.0/12'),
  flannel('10.244.0.0/16', ['node-1', 'node-2']),
  {
    objects: [serviceCIDR(['10.96.0.0/12'])],
    pods: [
      pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' }),
      pod('shop/web-2', { node: 'node-2', ip: '10.244.1.2' }),
    ],
  },
);
/** A healthy cluster on Cilium, whose pool covers the service range far behind, and whose nodes have unused podCIDRs. */
export const healthyCilium: FactsOptions = together(
  twoNodes('10.244.0.0/24', '10.244.1.0/24'),
  kubeadm('10.244.0.0/16', '10.96.0.0/12'),
  cilium({ 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' }),
  {
    objects: [serviceCIDR(['10.96.0.0/12'])],
    pods: [
      pod('shop/web-1', { node: 'node-1', ip: '10.0.0.17' }),
      pod('shop/web-2', { node: 'node-2', ip: '10.0.1.17' }),
    ],
  },
);
