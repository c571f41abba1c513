/**
 * The lecture's mistake: two nodes, 192.168.1.2 and 192.168.1.3, set up by hand with the same pod network 10.244.0.0/24.
 * The first pod of each got 10.244.0.2, and nothing in the cluster coordinates pod addresses.
 */
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';

export const lecture: Scenario = {
  name: 'lecture',
  title: 'Two nodes that hand out the same pod addresses; no network plugin coordinates them',
  build({ now }) {
    const cluster = new ClusterBuilder('lecture', now);
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const nodes = [
      cluster.node({ name: 'node1', internalIPs: ['192.168.1.2'], podCIDRs: ['10.244.0.0/24'] }),
      cluster.node({ name: 'node2', internalIPs: ['192.168.1.3'], podCIDRs: ['10.244.0.0/24'] }),
    ];
    cluster.kubernetesService('10.96.0.1', '192.168.1.1');
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeProxy(nodes, '10.244.0.0/16');
    cluster.shop(
      nodes.map((node) => ({ node, web: ['10.244.0.2'], api: ['10.244.0.3'] })),
      ['10.110.9.215'],
    );
    return {
      context: 'simulated-lecture',
      version: KUBERNETES_VERSION,
      objects: cluster.objects,
      network: { islands: true },
    };
  },
};
