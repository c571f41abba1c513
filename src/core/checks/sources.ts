/** What the project's own documentation says, quoted word for word: findings rest on these sentences. */

export interface Source {
  readonly sentence: string;
  readonly url: string;
}

/** The Kubernetes network model, first sentence. */
export const UNIQUE_ADDRESS: Source = {
  sentence: 'Each pod in a cluster gets its own unique cluster-wide IP address.',
  url: 'https://kubernetes.io/docs/concepts/services-networking/',
};
export const ALL_PODS_REACH_ALL: Source = {
  sentence:
    'All pods can communicate with all other pods, whether they are on the same node or on different nodes. Pods can communicate with each other directly, without the use of proxies or address translation (NAT).',
  url: 'https://kubernetes.io/docs/concepts/services-networking/',
};
export const NO_OVERLAP: Source = {
  sentence:
    'Kubernetes clusters require to allocate non-overlapping IP addresses for Pods, Services and Nodes, from a range of available addresses configured in the following components: …',
  url: 'https://kubernetes.io/docs/concepts/cluster-administration/networking/',
};
