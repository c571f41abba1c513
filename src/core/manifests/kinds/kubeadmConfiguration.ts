/** kubeadm's `ClusterConfiguration`, as a document of its own or within the ConfigMap `kubeadm-config`. */
import type { FieldPath } from '../../network/place.js';
import { valueAt } from '../value.js';
import type { ManifestKind, RangeField } from './kind.js';

const source =
  'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-Networking';

const fields = (...prefix: FieldPath): RangeField[] =>
  (['podSubnet', 'serviceSubnet'] as const).map((name) => ({
    path: [...prefix, 'networking', name],
    form: 'list',
    family: 'any',
    hostBits: 'masked',
    consequence: 'kubeadm refuses the configuration',
  }));

export const kubeadmConfiguration: ManifestKind = {
  title: 'kubeadm’s ClusterConfiguration',
  words: /kubeadm\.k8s\.io/,
  matches: (document) => document.apiVersion.startsWith('kubeadm.k8s.io/') && document.kind === 'ClusterConfiguration',
  fields: fields(),
  source,
  inCluster: (document) => ({
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'kube-system', name: 'kubeadm-config' },
      data: { ClusterConfiguration: document.text },
    },
    prefix: ['data', 'ClusterConfiguration'],
  }),
};

export const kubeadmConfigMap: ManifestKind = {
  title: 'the ConfigMap kubeadm-config',
  words: /ClusterConfiguration/,
  matches: (document) =>
    document.kind === 'ConfigMap' && valueAt(document.root, 'data', 'ClusterConfiguration') !== undefined,
  fields: fields('data', 'ClusterConfiguration'),
  source,
};
