/** CN501: two networking solutions that both hand out pod addresses. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { Evidence } from '../network/reading.js';
import { agentPodsByNode, nodesOfEvidence } from './agentPods.js';
import { type Check, type Finding, finding, type Subject } from './check.js';
import { capped } from './subjects.js';
import { listing } from './wording.js';

export const twoSolutions: Check = {
  code: 'CN501',
  name: 'twoSolutions',
  title: 'Two networking solutions run at once',
  explanation: `Agents of two solutions run that both hand out pod addresses. Each writes a CNI configuration on every node, and the container runtime takes the one whose file name sorts first, which need not be the same on all nodes, nor the same after a restart. Pods get addresses of either, the same address may be handed out twice, and pods of one do not reach those of the other.

**What to do.** Remove one of them with its own uninstaller, then its files in \`/etc/cni/net.d\` on every node, and make the pods anew that have its addresses (CN203).

**Severity.** An error. Information where their agents run on different nodes only, as with EKS hybrid nodes or in the middle of a migration: each node has one network then, and whether the two are connected cannot be seen.

**Not reported.** Combinations that are meant so: solutions that only enforce policies beside another one, chained plugins, Canal, meta plugins such as Multus. DaemonSets that want no pod on any node: they are switched off.`,
  source: {
    sentence:
      'If there are multiple CNI configuration files in the directory, the kubelet uses the configuration file that comes first by name in lexicographic order.',
    url: 'https://v1-23.docs.kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
  },
  run,
};

const subjectsOf = (title: string, evidence: readonly Evidence[]): Subject[] =>
  evidence.flatMap(({ fact, place }) => (place === undefined ? [] : [{ place, label: title, text: fact }])).slice(0, 1);

/** Whether it is seen that no node has agents of two of them. */
function areApart(network: ClusterNetwork, rivals: readonly { readonly evidence: readonly Evidence[] }[]): boolean {
  const own = agentPodsByNode(network);
  if (own === undefined) return false;
  const sets = [new Set(own.keys()), ...rivals.map(({ evidence }) => nodesOfEvidence(network.facts, evidence))];
  const union = new Set(sets.flatMap((set) => [...set]));
  return sets.every((set) => set.size > 0) && union.size === sets.reduce((sum, set) => sum + set.size, 0);
}

function run(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  const rivals = reading.others.filter((other) => other.primary);
  if (rivals.length === 0 || reading.confidence !== 'certain') return [];
  const titles = [reading.title, ...rivals.map(({ title }) => title)];
  const all = [{ title: reading.title, evidence: reading.evidence }, ...rivals];
  const subjects = all.flatMap(({ title, evidence }) => subjectsOf(title, evidence));
  if (subjects.length === 0) return [];
  const apart = areApart(network, rivals);
  return [
    finding(twoSolutions, {
      severity: apart ? 'information' : 'error',
      message: apart
        ? `${listing(titles)} hand out pod addresses on different nodes: whether pods of one reach those of the other cannot be told`
        : `${listing(titles)} both hand out pod addresses: which of them a pod gets its network from depends on the names of files on its node, and pods of one do not reach those of the other`,
      subjects,
      evidence: capped(all.flatMap(({ title, evidence }) => evidence.map(({ fact }) => `${title}: ${fact}`))),
    }),
  ];
}
