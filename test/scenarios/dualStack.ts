/** Two healthy nodes with both families: Flannel with IPv6, two ranges a node, two addresses a pod. */
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';
import { FLANNEL_READY, flannelAnnotations, installFlannel } from './flannel.js';

const PODS = { v4: '10.244.0.0/16', v6: 'fd00:10:244::/56' } as const;
const SERVICES = '10.96.0.0/16,fd00:10:96::/112';

export const dualStack: Scenario = {
  name: 'dual-stack',
  title: 'Two healthy nodes with IPv4 and IPv6 through Flannel',
  build({ now }) {
    const cluster = new ClusterBuilder('dual-stack', now);
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const node = (index: number) => {
      const name = `node${index + 1}`;
      const internalIPs = [`192.168.1.${index + 2}`, `fd00:192:168:1::${index + 2}`];
      return cluster.node({
        name,
        internalIPs,
        podCIDRs: [`10.244.${index}.0/24`, index === 0 ? 'fd00:10:244::/64' : `fd00:10:244:${index}::/64`],
        annotations: flannelAnnotations(name, internalIPs),
        networkReady: FLANNEL_READY,
        controlPlane: index === 0,
      });
    };
    const node1 = node(0);
    const node2 = node(1);
    cluster.kubernetesService('10.96.0.1', '192.168.1.2');
    cluster.serviceCIDRs('10.96.0.0/16', 'fd00:10:96::/112');
    cluster.kubeadmConfig(`${PODS.v4},${PODS.v6}`, SERVICES);
    cluster.controlPlane(node1, `${PODS.v4},${PODS.v6}`, SERVICES);
    cluster.kubeProxy([node1, node2], `${PODS.v4},${PODS.v6}`);
    installFlannel(cluster, [node1, node2], PODS);
    cluster.coreDns(
      [
        { node: node1, ips: ['10.244.0.4', 'fd00:10:244::4'] },
        { node: node2, ips: ['10.244.1.4', 'fd00:10:244:1::4'] },
      ],
      ['10.96.0.10'],
    );
    cluster.shop(
      [
        { node: node1, web: ['10.244.0.2', 'fd00:10:244::2'], api: ['10.244.0.3', 'fd00:10:244::3'] },
        { node: node2, web: ['10.244.1.2', 'fd00:10:244:1::2'], api: ['10.244.1.3', 'fd00:10:244:1::3'] },
      ],
      ['10.96.110.9', 'fd00:10:96::6e09'],
    );
    return { context: 'simulated-dual-stack', version: KUBERNETES_VERSION, objects: cluster.objects };
  },
};
