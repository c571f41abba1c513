/** The lecture's cluster, repaired: Flannel coordinates, every node has a range of its own, 10.244.0.0/24 and 10.244.1.0/24. */
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';
import { FLANNEL_READY, flannelAnnotations, installFlannel } from './flannel.js';

export const lectureFixed: Scenario = {
  name: 'lecture-fixed',
  title: 'The same two nodes with Flannel: a range for each node, every pod with an address of its own',
  build({ now }) {
    const cluster = new ClusterBuilder('lecture-fixed', now);
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const node = (name: string, ip: string, range: string, controlPlane: boolean) =>
      cluster.node({
        name,
        internalIPs: [ip],
        podCIDRs: [range],
        annotations: flannelAnnotations(name, [ip]),
        networkReady: FLANNEL_READY,
        controlPlane,
      });
    const node1 = node('node1', '192.168.1.2', '10.244.0.0/24', true);
    const node2 = node('node2', '192.168.1.3', '10.244.1.0/24', false);
    const nodes = [node1, node2];
    cluster.kubernetesService('10.96.0.1', '192.168.1.2');
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeadmConfig('10.244.0.0/16', '10.96.0.0/12');
    cluster.controlPlane(node1, '10.244.0.0/16', '10.96.0.0/12');
    cluster.kubeProxy(nodes, '10.244.0.0/16');
    installFlannel(cluster, nodes, { v4: '10.244.0.0/16' });
    cluster.coreDns(
      [
        { node: node1, ips: ['10.244.0.4'] },
        { node: node2, ips: ['10.244.1.4'] },
      ],
      ['10.96.0.10'],
    );
    cluster.shop(
      [
        { node: node1, web: ['10.244.0.2'], api: ['10.244.0.3'] },
        { node: node2, web: ['10.244.1.2'], api: ['10.244.1.3'] },
      ],
      ['10.110.9.215'],
    );
    return { context: 'simulated-lecture-fixed', version: KUBERNETES_VERSION, objects: cluster.objects };
  },
};
