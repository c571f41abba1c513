/**
 * What is read of every cluster, and why nothing more.
 *
 * Left out: ConfigMaps but those that hold a network configuration, and Secrets, always.
 */
import type { ConfigMapNeed } from '../../core/cni/solution.js';
import type { Resource } from '../api.js';

export type Kind = Omit<Resource, 'version'> & { readonly versions: readonly string[] };

const kind = (group: string, versions: readonly string[], plural: string, kind: string, namespaced: boolean): Kind => ({
  group,
  versions,
  plural,
  kind,
  namespaced,
});

export const KIND = {
  nodes: kind('', ['v1'], 'nodes', 'Node', false),
  pods: kind('', ['v1'], 'pods', 'Pod', true),
  services: kind('', ['v1'], 'services', 'Service', true),
  endpointSlices: kind('discovery.k8s.io', ['v1'], 'endpointslices', 'EndpointSlice', true),
  namespaces: kind('', ['v1'], 'namespaces', 'Namespace', false),
  daemonSets: kind('apps', ['v1'], 'daemonsets', 'DaemonSet', true),
  networkPolicies: kind('networking.k8s.io', ['v1'], 'networkpolicies', 'NetworkPolicy', true),
  serviceCidrs: kind('networking.k8s.io', ['v1', 'v1beta1'], 'servicecidrs', 'ServiceCIDR', false),
  ipAddresses: kind('networking.k8s.io', ['v1', 'v1beta1'], 'ipaddresses', 'IPAddress', false),
  configMaps: kind('', ['v1'], 'configmaps', 'ConfigMap', true),
  events: kind('', ['v1'], 'events', 'Event', true),
} as const;

/**
 * ConfigMaps that hold ranges or addresses whatever the solution; the solutions name theirs. kubeadm and kubelet keep theirs
 * under these names: https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
 */
export const CONFIG_MAPS: readonly ConfigMapNeed[] = [
  { namespace: 'kube-system', name: 'kubeadm-config' },
  { namespace: 'kube-system', name: 'kube-proxy' },
  { namespace: 'kube-system', name: 'kubelet-config' },
];

/** The control plane's static pods, whose flags hold ranges. https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/ */
export const CONTROL_PLANE = { namespace: 'kube-system', labelSelector: 'tier=control-plane' } as const;

/** Events that tell of addresses and networks, by their reason; a field selector takes one at a time. */
export const EVENT_REASONS = ['FailedCreatePodSandBox', 'CIDRNotAvailable', 'CIDRAssignmentFailed'] as const;
