/**
 * Promises: the sentences of the Kubernetes network model that a probe can hold against a cluster, and those that are often
 * taken for promises and are none. Each stands in its official words with its source.
 */

const MODEL = 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model';

export const PROMISES = {
  /** Between pods, on one node and across nodes. */
  podToPod: {
    title: 'All pods reach all other pods',
    sentence:
      'All pods can communicate with all other pods, whether they are on the same node or on different nodes (barring intentional network segmentation).',
    url: MODEL,
    promised: true,
  },
  withoutNat: {
    title: 'Pods reach each other without address translation',
    sentence: 'Pods can communicate with each other directly, without the use of proxies or address translation (NAT).',
    url: MODEL,
    promised: true,
  },
  uniqueAddress: {
    title: 'Each pod has an address of its own',
    sentence: 'Each pod in a cluster gets its own unique cluster-wide IP address.',
    url: MODEL,
    promised: true,
  },
  nodeToLocalPod: {
    title: 'Agents on a node reach all pods on that node',
    sentence: 'Agents on a node (such as system daemons, or kubelet) can communicate with all pods on that node.',
    url: MODEL,
    promised: true,
  },
  /** Reachability only: what source address the pod sees is nobody's promise. */
  nodeToRemotePod: {
    title: 'Nodes reach pods on other nodes',
    sentence:
      'Not in the network model: its older text promised that pods in the host network of a node reach all pods on all nodes without NAT. Conformance tests still ask for reachability (“should function for node-pod communication”, LinuxOnly), never for a source address.',
    url: 'https://github.com/kubernetes/kubernetes/blob/master/test/e2e/common/network/networking.go',
    promised: false,
  },
  podToNode: {
    title: 'Pods reach nodes',
    sentence: 'Not in the network model: useful, and usual, but not promised.',
    url: MODEL,
    promised: false,
  },
  podToService: {
    title: 'Pods reach Services',
    sentence:
      'The Service API lets you provide a stable (long lived) IP address or hostname for a service implemented by one or more backend pods. Whether a backend answers is up to the service proxy and the backends.',
    url: MODEL,
    promised: false,
  },
  podToAddress: {
    title: 'Pods reach addresses outside of the cluster',
    sentence: 'Not in the network model.',
    url: MODEL,
    promised: false,
  },
} as const satisfies Readonly<
  Record<
    string,
    { readonly title: string; readonly sentence: string; readonly url: string; readonly promised: boolean }
  >
>;

export type PromiseId = keyof typeof PROMISES;

/**
 * holds: everything that was measured kept it. violated: something measured broke it. notPromised: measured, and nobody
 * promised it. blockedByPolicy: a NetworkPolicy says that it must not be. notRun: nothing was measured. inconclusive: what
 * was measured, or could not be, allows no verdict.
 */
export type Verdict = 'holds' | 'violated' | 'notPromised' | 'blockedByPolicy' | 'notRun' | 'inconclusive';

export interface PromiseVerdict {
  readonly promise: PromiseId;
  readonly verdict: Verdict;
  /** Sentences, the decisive first. Never empty. */
  readonly evidence: readonly string[];
}

/** The verdict in words for a heading: `not promised`. */
export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  holds: 'holds',
  violated: 'violated',
  notPromised: 'not promised',
  blockedByPolicy: 'blocked by policy',
  notRun: 'not run',
  inconclusive: 'inconclusive',
};
