/** A healthy cluster of one node: nothing to collide with, and nothing to alarm about. */
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';
import { FLANNEL_READY, flannelAnnotations, installFlannel } from './flannel.js';

export const singleNode: Scenario = {
  name: 'single-node',
  title: 'One healthy node with Flannel',
  build({ now }) {
    const cluster = new ClusterBuilder('single-node', now);
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const node = cluster.node({
      name: 'solo',
      internalIPs: ['192.168.1.10'],
      podCIDRs: ['10.244.0.0/24'],
      annotations: flannelAnnotations('solo', ['192.168.1.10']),
      networkReady: FLANNEL_READY,
      controlPlane: true,
    });
    cluster.kubernetesService('10.96.0.1', '192.168.1.10');
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeadmConfig('10.244.0.0/16', '10.96.0.0/12');
    cluster.controlPlane(node, '10.244.0.0/16', '10.96.0.0/12');
    cluster.kubeProxy([node], '10.244.0.0/16');
    installFlannel(cluster, [node], { v4: '10.244.0.0/16' });
    cluster.coreDns(
      [
        { node, ips: ['10.244.0.2'] },
        { node, ips: ['10.244.0.3'] },
      ],
      ['10.96.0.10'],
    );
    cluster.shop([{ node, web: ['10.244.0.4'], api: ['10.244.0.5'] }], ['10.104.17.3']);
    return { context: 'simulated-single-node', version: KUBERNETES_VERSION, objects: cluster.objects };
  },
};
