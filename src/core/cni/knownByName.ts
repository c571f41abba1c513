/**
 * Solutions that are recognised, while their ranges are not read: who hands out pod addresses is known, from which ranges is
 * not. They matter too where another solution stands beside them.
 */
import type { ClusterFacts, WorkloadFacts } from '../network/facts.js';
import { switchOf } from '../network/flags.js';
import type { AddressSource, Evidence } from '../network/reading.js';
import { unknownReading } from '../network/reading.js';
import { type AgentMarks, agentOf, configMapNamed, findAgent, imageVersion, seen } from './recognise.js';
import type { Solution } from './solution.js';

interface Known extends AgentMarks {
  readonly id: string;
  readonly title: string;
  readonly addressSource: AddressSource;
  /** Pods have addresses of the subnets in which the nodes stand, or may have for all that is read here. */
  readonly podsShareNodeSubnets?: boolean;
  /** Why this installation hands out no pod addresses itself, in words; undefined when it does. */
  readonly beside?: (facts: ClusterFacts, agent: WorkloadFacts) => string | undefined;
  /** Container of the agent whose image has the version. */
  readonly container?: string;
}

function antreaBeside(facts: ClusterFacts): string | undefined {
  const agentConf = configMapNamed(facts, ['antrea-config'])?.data['antrea-agent.conf'] ?? '';
  return /^\s*trafficEncapMode:\s*["']?networkPolicyOnly/im.test(agentConf)
    ? 'it only enforces policies (trafficEncapMode networkPolicyOnly)'
    : undefined;
}

/** Azure's address management below Cilium: "Azure CNI powered by Cilium" is one solution of two agents. */
function azureBeside(facts: ClusterFacts): string | undefined {
  return configMapNamed(facts, ['cilium-config'])?.data['ipam'] === 'delegated-plugin'
    ? 'Cilium takes its addresses from it (ipam delegated-plugin)'
    : undefined;
}

/** ACI chained behind another plugin adds further interfaces only. */
function aciBeside(facts: ClusterFacts): string | undefined {
  const chained =
    [...facts.custom.keys()].some((resource) => resource.endsWith('.aci.fabricattachment')) ||
    facts.configMaps.some(
      ({ ref, data }) => ref.name.startsWith('aci-') && Object.values(data).some((text) => text.includes('netop-cni')),
    );
  return chained ? 'it is chained behind another plugin (netop-cni)' : undefined;
}

const KNOWN: readonly Known[] = [
  {
    id: 'weave',
    title: 'Weave Net',
    names: ['weave-net'],
    labels: [['name', 'weave-net']],
    addressSource: 'pools',
    container: 'weave',
  },
  {
    id: 'antrea',
    title: 'Antrea',
    names: ['antrea-agent'],
    labels: [['component', 'antrea-agent']],
    addressSource: 'node-pod-cidr',
    beside: antreaBeside,
    container: 'antrea-agent',
  },
  {
    id: 'kube-router',
    title: 'kube-router',
    names: ['kube-router'],
    labels: [['k8s-app', 'kube-router']],
    addressSource: 'node-pod-cidr',
    beside: (_facts, agent) =>
      switchOf(agent.containers, '--run-router') === false ? 'it routes no pods (--run-router=false)' : undefined,
    container: 'kube-router',
  },
  {
    id: 'kube-ovn',
    title: 'Kube-OVN',
    names: ['kube-ovn-cni'],
    addressSource: 'per-namespace',
    container: 'cni-server',
  },
  {
    id: 'ovn-kubernetes',
    title: 'OVN-Kubernetes',
    names: ['ovnkube-node'],
    addressSource: 'solution-per-node',
  },
  {
    id: 'aws-vpc-cni',
    title: 'Amazon VPC CNI',
    names: ['aws-node'],
    labels: [['k8s-app', 'aws-node']],
    addressSource: 'pools',
    podsShareNodeSubnets: true,
    container: 'aws-node',
  },
  {
    id: 'azure-cni',
    title: 'Azure CNI',
    names: ['azure-cns', 'azure-cni'],
    addressSource: 'pools',
    podsShareNodeSubnets: true,
    beside: azureBeside,
  },
  {
    id: 'nsx-ncp',
    title: 'VMware NSX (NCP)',
    names: ['nsx-node-agent'],
    addressSource: 'per-namespace',
    container: 'nsx-node-agent',
  },
  {
    id: 'aci',
    title: 'Cisco ACI',
    names: ['aci-containers-host'],
    addressSource: 'solution-per-node',
    beside: aciBeside,
    container: 'aci-containers-host',
  },
  {
    id: 'multus',
    title: 'Multus',
    names: ['kube-multus-ds', 'multus'],
    addressSource: 'unknown',
    beside: () => 'it calls other plugins',
    container: 'kube-multus',
  },
];

function solutionOf(known: Known): Solution {
  return {
    id: known.id,
    title: known.title,
    resources: [],
    configMaps: [],
    recognise(facts) {
      const agent = findAgent(facts, known);
      if (agent === undefined) return undefined;
      const beside = known.beside?.(facts, agent);
      const evidence: Evidence[] = [seen(agent)];
      if (beside !== undefined) evidence.push({ fact: `${known.title}: ${beside}` });
      return { confidence: 'certain', evidence, primary: beside === undefined };
    },
    read(facts, { confidence, evidence }) {
      const agent = findAgent(facts, known);
      const { addressSource, container } = known;
      const image = agent?.containers.find(({ name }) => name === container)?.image;
      return {
        ...unknownReading,
        solution: known.id,
        title: known.title,
        version: imageVersion(image),
        confidence,
        evidence,
        addressSource,
        podsShareNodeSubnets: known.podsShareNodeSubnets ?? false,
        agent: agent === undefined ? undefined : agentOf(agent),
        details: { note: `The ranges of ${known.title} are not read.` },
      };
    },
  };
}

export const knownByName: readonly Solution[] = KNOWN.map(solutionOf);
