/**
 * Canal: flannel's datapath with Calico's policies, in one DaemonSet. Addresses come from `spec.podCIDR`.
 * https://docs.tigera.io/calico/latest/getting-started/kubernetes/flannel/install-for-flannel
 */
import { flannelDatapath, flannelDetails, flannelHostAddresses, networkClaims } from './flannelConfig.js';
import { agentOf, configMapNamed, findAgent, imageVersion, mainContainer, seen } from './recognise.js';
import type { Solution } from './solution.js';

const MARKS = { names: ['canal', 'rke2-canal'], labels: [['k8s-app', 'canal']] } as const;
const CONFIG_MAPS = ['canal-config', 'rke2-canal-config'] as const;

export const canal: Solution = {
  id: 'canal',
  title: 'Canal',
  resources: [],
  configMaps: CONFIG_MAPS.map((name) => ({ namespace: 'kube-system', name })),

  recognise(facts) {
    const agent = findAgent(facts, MARKS);
    return agent === undefined ? undefined : { confidence: 'certain', evidence: [seen(agent)], primary: true };
  },

  read(facts, { confidence, evidence }) {
    const agent = findAgent(facts, MARKS);
    const map = configMapNamed(facts, CONFIG_MAPS, agent?.ref.namespace);
    return {
      solution: 'canal',
      title: 'Canal (flannel and Calico policies)',
      version: imageVersion(agent === undefined ? undefined : mainContainer(agent, 'calico-node')?.image),
      confidence,
      evidence,
      addressSource: 'node-pod-cidr',
      claims: networkClaims(map),
      datapath: {
        ...flannelDatapath(facts, map),
        masqueradesEgress: map === undefined ? undefined : map.data['masquerade'] !== 'false',
        enforcesPolicies: true,
      },
      agent: agent === undefined ? undefined : agentOf(agent),
      // Pods hang on routes, not on a bridge: only the tunnel device has an address.
      hostAddresses: flannelHostAddresses(facts.nodes).filter(({ device }) => device !== 'cni0'),
      details: flannelDetails(facts, map),
      missing: map === undefined ? ['configmaps'] : [],
    };
  },
};
