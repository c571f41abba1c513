/** CN413: nobody translates the addresses of Services. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown } from '../network/facts.js';
import { objectPlace } from '../network/place.js';
import { type Check, type Finding, finding } from './check.js';

export const servicesNotProxied: Check = {
  code: 'CN413',
  name: 'servicesNotProxied',
  title: 'Nothing translates the addresses of Services',
  explanation: `Cilium is told not to replace kube-proxy (\`kube-proxy-replacement: "false"\`), and on this kubeadm cluster there is no kube-proxy: neither its ConfigMap nor its DaemonSet. Then connections to Services from the nodes, through NodePorts and from outside are translated by nobody.

**What to do.** Set \`kubeProxyReplacement: true\` with \`k8sServiceHost\` and \`k8sServicePort\`, or install kube-proxy (\`kubeadm init phase addon kube-proxy\`).

**Severity.** A warning: kube-proxy may run outside of Kubernetes, where the API does not show it.

**Not reported.** Clusters that kubeadm did not set up: k3s, RKE2 and others run kube-proxy as part of a node's own processes.`,
  source: {
    sentence:
      'Every node in a Kubernetes cluster runs a kube-proxy (unless you have deployed your own alternative component in place of kube-proxy).',
    url: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  },
  run,
};

function run({ facts, reading }: ClusterNetwork): Finding[] {
  if (reading.solution !== 'cilium') return [];
  const replacement = reading.details['kube-proxy-replacement'];
  if (replacement !== 'false' && replacement !== 'disabled') return [];
  if (!isKnown(facts, 'daemonsets.apps') || !isKnown(facts, 'configmaps')) return [];
  const inSystem = (name: string): boolean =>
    facts.configMaps.some(({ ref }) => ref.namespace === 'kube-system' && ref.name === name);
  if (!inSystem('kubeadm-config') || inSystem('kube-proxy')) return [];
  if (facts.workloads.some(({ ref }) => ref.name.startsWith('kube-proxy'))) return [];
  if (facts.systemPods.some(({ ref }) => ref.name.startsWith('kube-proxy'))) return [];
  const config = facts.configMaps.find(({ ref }) => ref.name === 'cilium-config');
  if (config === undefined) return [];
  return [
    finding(servicesNotProxied, {
      severity: 'warning',
      message: `Cilium does not replace kube-proxy (kube-proxy-replacement is ${replacement}), and no kube-proxy is seen: Services are probably not reachable from nodes and from outside`,
      subjects: [
        {
          place: objectPlace(config.ref, 'data', 'kube-proxy-replacement'),
          label: 'ConfigMap cilium-config',
          text: replacement,
        },
      ],
      evidence: [
        `kube-proxy-replacement is ${replacement}`,
        'kubeadm set the cluster up (ConfigMap kubeadm-config), and there is neither a ConfigMap nor a DaemonSet kube-proxy',
      ],
    }),
  ];
}
