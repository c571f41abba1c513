/**
 * minikube with the docker driver and its bridge: the node has a podCIDR that its network plugin never reads. The bridge
 * hands out 10.244.0.0/16 one address after the other, so that pods of a machine that has run for a while stand outside of
 * the node's 10.244.0.0/24, and nothing is wrong
 * (https://github.com/kubernetes/minikube/blob/v1.37.0/pkg/minikube/cni/bridge.go).
 */
import { ClusterBuilder, KUBERNETES_VERSION, type Scenario } from './cluster.js';
import { podObject } from './objects.js';

export const minikube: Scenario = {
  name: 'minikube',
  title: 'minikube: one node, a bridge that does not care for the podCIDR',
  build({ now }) {
    const cluster = new ClusterBuilder('minikube', now);
    cluster.namespaces('default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop');
    const node = cluster.node({
      name: 'minikube',
      internalIPs: ['192.168.49.2'],
      podCIDRs: ['10.244.0.0/24'],
      labels: {
        'minikube.k8s.io/name': 'minikube',
        'minikube.k8s.io/primary': 'true',
        'minikube.k8s.io/version': 'v1.37.0',
        'node-role.kubernetes.io/control-plane': '',
      },
    });
    cluster.kubernetesService('10.96.0.1', '192.168.49.2');
    cluster.serviceCIDRs('10.96.0.0/12');
    cluster.kubeadmConfig('10.244.0.0/16', '10.96.0.0/12');
    cluster.controlPlane(node, '10.244.0.0/16', '10.96.0.0/12');
    cluster.kubeProxy([node], '10.244.0.0/16');
    cluster.add(
      podObject('minikube', {
        namespace: 'kube-system',
        name: 'storage-provisioner',
        created: cluster.created,
        labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile', 'integration-test': 'storage-provisioner' },
        node: node.name,
        hostIPs: node.internalIPs,
        ips: node.internalIPs,
        hostNetwork: true,
        serviceAccount: 'storage-provisioner',
        containers: [
          {
            name: 'storage-provisioner',
            image: 'gcr.io/k8s-minikube/storage-provisioner:v5',
            command: ['/storage-provisioner'],
          },
        ],
      }),
    );
    cluster.coreDns([{ node, ips: ['10.244.0.2'] }], ['10.96.0.10']);
    cluster.shop([{ node, web: ['10.244.0.251'], api: ['10.244.1.7'] }], ['10.99.200.14']);
    return {
      context: 'simulated-minikube',
      version: KUBERNETES_VERSION,
      objects: cluster.objects,
      podRanges: { minikube: ['10.244.0.0/16'] },
    };
  },
};
