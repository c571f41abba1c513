/** CN502: no networking solution is recognised, or none is installed. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { lacksNetworkPlugin } from './networkPluginNotReady.js';
import { capped, clusterSubject, conditionSubject } from './subjects.js';
import { counted, listing } from './wording.js';

export const noSolution: Check = {
  code: 'CN502',
  name: 'noSolution',
  title: 'No networking solution is recognised',
  explanation: `A cluster needs a networking solution that gives pods addresses and makes them reach each other. Where every node lacks a CNI configuration and no agent is seen, none has been installed yet: nodes stay NotReady. Where pods do have addresses, something unknown gives them out: then it is not known what nodes' ranges mean, and checks that depend on it stay silent.

**What to do.** Install one (\`kubectl apply\` of flannel's, Cilium's, Calico's … manifest, with the cluster's pod range). If yours is not recognised, that is worth an issue: the more is known, the more can be checked.

**Severity.** An error where no node has a CNI configuration, else information.

**Not reported.** Clusters whose DaemonSets could not be read.`,
  source: {
    sentence: 'A CNI plugin is required to implement the Kubernetes network model.',
    url: 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
  },
  run,
};

function run({ facts, reading }: ClusterNetwork): Finding[] {
  if (reading.solution !== 'unknown' || !isKnown(facts, 'daemonsets.apps')) return [];
  const nodes = facts.nodes.filter((node) => !node.virtual).sort((a, b) => compareNatural(a.name, b.name));
  if (nodes.length === 0) return [];
  const told = nodes.slice(0, MAX_SUBJECTS);
  const names = listing(nodes.map((node) => node.name));
  if (nodes.every(lacksNetworkPlugin))
    return [
      finding(noSolution, {
        severity: 'error',
        message: `No networking solution is installed: none is recognised, and ${names} have no CNI configuration, so no pod gets a network`,
        subjects: told.map((node) => conditionSubject(node, 'Ready')),
        total: nodes.length,
        evidence: [
          `${counted(facts.workloads.length, 'workload')} were looked at, none of which belongs to a known solution`,
          ...capped(
            told.map((node) => `${node.name}: NetworkPluginNotReady`),
            nodes.length,
          ),
        ],
        key: 'none',
      }),
    ];
  return [
    finding(noSolution, {
      severity: 'information',
      message: `No networking solution was recognised: where pods get their addresses from is ${reading.addressSource === 'unknown' ? 'not known' : 'concluded from the pods alone'}, so some checks stay silent`,
      subjects: [clusterSubject],
      evidence: [
        `${counted(facts.workloads.length, 'workload')} were looked at, none of which belongs to a known solution`,
        ...reading.evidence.map(({ fact }) => fact),
      ],
      key: 'unknown',
    }),
  ];
}
