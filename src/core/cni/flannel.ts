/**
 * Flannel, as its DaemonSet or inside of k3s.
 *
 * A pod's address comes from its node's `spec.podCIDR`; `Network` in `net-conf.json` must hold all of those.
 * https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md
 */
import type { ClusterFacts, NodeFacts, WorkloadFacts } from '../network/facts.js';
import { isKnown } from '../network/facts.js';
import { runs, switchOf } from '../network/flags.js';
import { parseJson, textsOf } from '../network/json.js';
import { nodeRef, objectPlace } from '../network/place.js';
import type { Evidence } from '../network/reading.js';
import {
  annotatedNodes,
  backends,
  flannelDatapath,
  flannelDetails,
  flannelHostAddresses,
  networkClaims,
  nodeAnnotation,
} from './flannelConfig.js';
import { podCIDRWitnesses } from './podCIDRWitnesses.js';
import { agentOf, configMapNamed, findAgent, imageVersion, mainContainer, seen } from './recognise.js';
import type { Solution } from './solution.js';

const MARKS = {
  names: ['kube-flannel-ds', 'kube-flannel'],
  labels: [
    ['k8s-app', 'flannel'],
    ['app', 'flannel'],
  ],
} as const;
const CONFIG_MAP = 'kube-flannel-cfg';
const MANAGER = '--kube-subnet-mgr';

/** k3s runs flannel inside of its own program: no DaemonSet and no ConfigMap tell of it. */
const isK3s = (node: NodeFacts): boolean => /\+k3s/.test(node.kubeletVersion);

const annotated = (node: NodeFacts): Evidence => ({
  fact: `${node.name} has flannel's annotations (backend ${nodeAnnotation(node, 'backend-type')})`,
  place: objectPlace(nodeRef(node.name), 'metadata', 'annotations', 'flannel.alpha.coreos.com/backend-type'),
});

/** The arguments of k3s servers, from the annotation in which k3s keeps them. */
const k3sServerWords = (facts: ClusterFacts): readonly (readonly string[])[] =>
  facts.nodes
    .map((node) => textsOf(parseJson(node.annotations['k3s.io/node-args'] ?? '')))
    .filter(([role]) => role === 'server');

/**
 * Whether nodes' podCIDRs are in force: flannel's Kubernetes manager uses them, its etcd manager does not. Where only
 * annotations tell of flannel, which outlive it, the pods must agree.
 */
function usesPodCIDRs(facts: ClusterFacts, agent: WorkloadFacts | undefined, nodes: readonly NodeFacts[]): boolean {
  if (agent !== undefined) return switchOf(agent.containers, MANAGER) ?? false;
  if (!nodes.some((node) => nodeAnnotation(node, 'kube-subnet-manager') === 'true')) return false;
  return nodes.some(isK3s) || podCIDRWitnesses(facts).against === 0;
}

/** k3s brings a policy controller of its own unless told not to. https://docs.k3s.io/networking/networking-services */
function k3sEnforcesPolicies(facts: ClusterFacts): boolean | undefined {
  const servers = k3sServerWords(facts);
  if (servers.length === 0) return undefined;
  return !servers.some((words) => {
    const at = words.indexOf('--disable-network-policy');
    return at >= 0 && words[at + 1] !== 'false';
  });
}

export const flannel: Solution = {
  id: 'flannel',
  title: 'Flannel',
  resources: [],
  configMaps: [
    { namespace: 'kube-flannel', name: CONFIG_MAP },
    { namespace: 'kube-system', name: CONFIG_MAP },
  ],

  recognise(facts) {
    const agent = findAgent(facts, MARKS);
    const nodes = annotatedNodes(facts);
    const evidence = nodes.slice(0, 3).map(annotated);
    if (agent !== undefined) return { confidence: 'certain', evidence: [seen(agent), ...evidence], primary: true };
    const embedded = nodes.find(isK3s);
    if (embedded !== undefined)
      return {
        confidence: 'certain',
        evidence: [
          { fact: `${embedded.name} runs k3s (${embedded.kubeletVersion}), which has flannel built in` },
          ...evidence,
        ],
        primary: true,
      };
    // A flanneld in another DaemonSet is part of that solution, and so are its annotations.
    if (nodes.length === 0 || facts.workloads.some(({ containers }) => containers.some((one) => runs(one, 'flanneld'))))
      return undefined;
    // Annotations outlive the flannel that wrote them: it may run outside of Kubernetes, or be gone.
    const { against } = podCIDRWitnesses(facts);
    if (against > 0)
      evidence.push({
        fact: 'no DaemonSet of flannel is there, and pods have addresses that flannel would not give them',
      });
    else if (isKnown(facts, 'daemonsets.apps')) evidence.push({ fact: 'no DaemonSet of flannel is there' });
    return { confidence: 'probable', evidence, primary: against === 0 };
  },

  read(facts, { confidence, evidence }) {
    const agent = findAgent(facts, MARKS);
    const nodes = annotatedNodes(facts);
    const map = configMapNamed(facts, [CONFIG_MAP], agent?.ref.namespace);
    const embedded = agent === undefined && nodes.some(isK3s);
    const used = usesPodCIDRs(facts, agent, nodes);
    const running = backends(nodes);
    return {
      solution: 'flannel',
      title: embedded ? 'Flannel (built into k3s)' : 'Flannel',
      version:
        agent === undefined
          ? nodes.find(isK3s)?.kubeletVersion
          : imageVersion(mainContainer(agent, 'kube-flannel')?.image),
      confidence,
      evidence:
        running.size > 1
          ? [...evidence, { fact: `nodes run different backends: ${[...running.keys()].join(', ')}` }]
          : evidence,
      addressSource: used ? 'node-pod-cidr' : 'unknown',
      claims: used ? networkClaims(map) : [],
      datapath: {
        ...flannelDatapath(facts, map),
        masqueradesEgress: embedded
          ? true
          : agent === undefined
            ? undefined
            : (switchOf(agent.containers, '--ip-masq') ?? false),
        enforcesPolicies: embedded ? k3sEnforcesPolicies(facts) : false,
      },
      agent: agent === undefined ? undefined : agentOf(agent),
      hostAddresses: used ? flannelHostAddresses(nodes) : [],
      details: flannelDetails(facts, map),
      missing: agent !== undefined && map === undefined ? ['configmaps'] : [],
    };
  },
};
