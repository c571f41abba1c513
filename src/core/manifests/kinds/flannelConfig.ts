/** The ConfigMap `kube-flannel-cfg`: flannel's `net-conf.json`, JSON in YAML. */
import { valueAt } from '../value.js';
import type { ManifestKind } from './kind.js';

const NET_CONF = ['data', 'net-conf.json'] as const;

export const flannelConfig: ManifestKind = {
  title: 'flannel’s net-conf.json',
  words: /net-conf\.json/,
  matches: (document) => document.kind === 'ConfigMap' && valueAt(document.root, ...NET_CONF) !== undefined,
  fields: [
    {
      path: [...NET_CONF, 'Network'],
      form: 'one',
      family: 4,
      hostBits: 'masked',
      consequence: 'flannel does not start and pods on every node stay without a network',
    },
    {
      path: [...NET_CONF, 'IPv6Network'],
      form: 'one',
      family: 6,
      hostBits: 'masked',
      consequence: 'flannel does not start and pods on every node stay without a network',
    },
  ],
  // The ConfigMap of flannel's own manifest means that flannel runs, and takes the nodes' ranges.
  companions: (document) =>
    document.name === 'kube-flannel-cfg'
      ? [
          {
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            metadata: {
              namespace: valueAt(document.root, 'metadata', 'namespace')?.text ?? 'kube-flannel',
              name: 'kube-flannel-ds',
              labels: { app: 'flannel' },
            },
            spec: { template: { spec: { containers: [{ name: 'kube-flannel', args: ['--kube-subnet-mgr'] }] } } },
          },
        ]
      : [],
  source: 'https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md',
};
