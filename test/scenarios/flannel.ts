/** Flannel v0.28.10 as its manifest installs it: configuration, DaemonSet, and what flanneld writes onto the nodes. */
import type { ClusterBuilder, ClusterNode } from './cluster.js';
import { suffixOf } from './objects.js';

export const FLANNEL_READY = {
  reason: 'FlannelIsUp',
  message: 'Flannel is running on this node',
  manager: 'flanneld',
} as const;

/** The annotations of a node that flannel manages with the VXLAN backend. */
export function flannelAnnotations(name: string, internalIPs: readonly string[]): Readonly<Record<string, string>> {
  const v6 = internalIPs.find((ip) => ip.includes(':'));
  const mac = (family: string): string =>
    [...Buffer.from(suffixOf(`${name} ${family}`, 5))].reduce(
      (text, byte) => `${text}:${byte.toString(16).padStart(2, '0')}`,
      '0e',
    );
  return {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: 1, VtepMAC: mac('IPv4') }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    ...(v6 === undefined
      ? {}
      : { 'flannel.alpha.coreos.com/backend-v6-data': JSON.stringify({ VNI: 1, VtepMAC: mac('IPv6') }) }),
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': internalIPs.find((ip) => !ip.includes(':')) ?? '',
    ...(v6 === undefined ? {} : { 'flannel.alpha.coreos.com/public-ipv6': v6 }),
  };
}

const CNI_CONF = {
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [
    { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** Everything in the namespace kube-flannel. */
export function installFlannel(
  cluster: ClusterBuilder,
  nodes: readonly ClusterNode[],
  networks: { readonly v4: string; readonly v6?: string },
): void {
  const labels = { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' };
  cluster.namespaces('kube-flannel');
  cluster.configMap(
    'kube-flannel',
    'kube-flannel-cfg',
    {
      'cni-conf.json': `${JSON.stringify(CNI_CONF, undefined, 2)}\n`,
      'net-conf.json': `${JSON.stringify(
        {
          Network: networks.v4,
          ...(networks.v6 === undefined ? {} : { EnableIPv6: true, IPv6Network: networks.v6 }),
          EnableNFTables: false,
          Backend: { Type: 'vxlan' },
        },
        undefined,
        2,
      )}\n`,
    },
    labels,
  );
  cluster.daemonSet(
    {
      namespace: 'kube-flannel',
      name: 'kube-flannel-ds',
      labels,
      podLabels: { app: 'flannel', tier: 'node' },
      hostNetwork: true,
      serviceAccount: 'flannel',
      priorityClass: 'system-node-critical',
      containers: [
        {
          name: 'kube-flannel',
          image: 'ghcr.io/flannel-io/flannel:v0.28.10',
          command: ['/opt/bin/flanneld'],
          args: ['--ip-masq', '--kube-subnet-mgr', '--healthz-port=8081'],
          env: { EVENT_QUEUE_DEPTH: '5000', CONT_WHEN_CACHE_NOT_READY: 'false' },
          ports: [{ name: 'healthz', port: 8081 }],
          healthPath: '/healthz',
          requests: { cpu: '100m', memory: '50Mi' },
          mounts: { run: '/run/flannel', 'flannel-cfg': '/etc/kube-flannel/', 'xtables-lock': '/run/xtables.lock' },
          privileged: false,
        },
      ],
      volumes: [
        { name: 'run', hostPath: { path: '/run/flannel', type: '' } },
        { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin', type: '' } },
        { name: 'cni', hostPath: { path: '/etc/cni/net.d', type: '' } },
        { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg', defaultMode: 420 } },
        { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
      ],
    },
    nodes.map((node) => ({ node })),
  );
}
