/** CN305: the cluster is larger than Kubernetes is tested with. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { NodeFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { capped, clusterSubject, nodeSubject } from './subjects.js';
import { agree, counted, firstInOrder, formatCount, listingOf } from './wording.js';

const LIMITS = { podsOfNode: 110, nodes: 5_000, pods: 150_000 } as const;

export const beyondTestedSize: Check = {
  code: 'CN305',
  name: 'beyondTestedSize',
  title: 'The cluster is larger than Kubernetes is tested with',
  explanation: `Kubernetes is designed for, and tested with, at most 110 pods a node, 5,000 nodes and 150,000 pods. Beyond, it may well work; routes, address pools and the API server come under a load that fewer have tried.

**What to do.** Nothing, as long as it works. Vendors state limits of their own (OpenShift: 250 and more pods a node).

**Severity.** Information.

**Not reported.** Pods that are Succeeded or Failed.`,
  source: {
    sentence:
      'More specifically, Kubernetes is designed to accommodate configurations that meet all of the following criteria: No more than 110 pods per node; No more than 5,000 nodes; No more than 150,000 total pods; No more than 300,000 total containers',
    url: 'https://kubernetes.io/docs/setup/best-practices/cluster-large/',
  },
  run,
};

function livePods({ facts: { pods } }: ClusterNetwork, node: string): number {
  let count = 0;
  for (const row of pods.rowsOfNode(node)) {
    const phase = pods.phase(row);
    if (phase !== 'Succeeded' && phase !== 'Failed') count++;
  }
  return count;
}

function run(network: ClusterNetwork): Finding[] {
  const { nodes, pods } = network.facts;
  const findings: Finding[] = [];
  const full = nodes.flatMap((node): { node: NodeFacts; count: number }[] => {
    if (node.virtual || pods.countOfNode(node.name) <= LIMITS.podsOfNode) return [];
    const count = livePods(network, node.name);
    return count > LIMITS.podsOfNode ? [{ node, count }] : [];
  });
  if (full.length > 0) {
    const first = firstInOrder(full, (a, b) => compareNatural(a.node.name, b.node.name), MAX_SUBJECTS);
    findings.push(
      finding(beyondTestedSize, {
        severity: 'information',
        message: `${listingOf(first, ({ node, count }) => `${node.name} runs ${formatCount(count)} pods`, full.length)}: more than the ${LIMITS.podsOfNode} a node that Kubernetes is tested with`,
        subjects: first.map(({ node, count }) => nodeSubject(node, String(count))),
        total: full.length,
        evidence: capped(
          first.map(({ node, count }) => `${node.name}: ${counted(count, 'pod')}`),
          full.length,
        ),
      }),
    );
  }
  const beyond = (count: number, limit: number, noun: string): void => {
    if (count <= limit) return;
    findings.push(
      finding(beyondTestedSize, {
        severity: 'information',
        message: `The cluster has ${counted(count, noun)}: ${agree(count, 'it', 'they')} exceed the ${formatCount(limit)} that Kubernetes is tested with`,
        subjects: [clusterSubject],
        evidence: [`${counted(count, noun)} were read`],
        key: noun,
      }),
    );
  };
  beyond(nodes.length, LIMITS.nodes, 'node');
  beyond(pods.size, LIMITS.pods, 'pod');
  return findings;
}
