/**
 * kindnet: kind's own (kindnetd) and the project that grew out of it. Addresses come from `spec.podCIDR`, and each node has
 * a route to each other node's range by its address, so that all nodes must stand in one network.
 * https://github.com/kubernetes-sigs/kind/tree/main/images/kindnetd, https://kindnet.sigs.k8s.io/
 */
import { parseCidr } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import type { WorkloadFacts } from '../network/facts.js';
import { switchOf } from '../network/flags.js';
import { objectPlace } from '../network/place.js';
import { agentOf, findAgent, imageVersion, mainContainer, seen } from './recognise.js';
import type { Solution } from './solution.js';

const MARKS = {
  names: ['kindnet'],
  labels: [
    ['k8s-app', 'kindnet'],
    ['app', 'kindnet'],
  ],
} as const;

/** kind tells its kindnetd the pod range, which is not masqueraded. */
function podSubnetClaims(agent: WorkloadFacts | undefined): Claim[] {
  const index = agent?.containers.findIndex(({ env }) => Object.hasOwn(env, 'POD_SUBNET')) ?? -1;
  const list = agent?.containers[index]?.env['POD_SUBNET'] ?? '';
  if (agent === undefined) return [];
  return list.split(',', 4).flatMap((entry) => {
    const text = entry.trim();
    const cidr = parseCidr(text);
    return cidr.ok
      ? [
          {
            range: cidr.value,
            text,
            role: 'pod-cluster',
            owner: 'cluster',
            place: objectPlace(agent.ref, 'spec', 'template', 'spec', 'containers', index, 'env'),
            provenance: 'declared',
            used: true,
            repeats: true,
          },
        ]
      : [];
  });
}

export const kindnet: Solution = {
  id: 'kindnet',
  title: 'kindnet',
  resources: [],
  configMaps: [],

  recognise(facts) {
    const agent = findAgent(facts, MARKS);
    return agent === undefined ? undefined : { confidence: 'certain', evidence: [seen(agent)], primary: true };
  },

  read(facts, { confidence, evidence }) {
    const agent = findAgent(facts, MARKS);
    const containers = agent?.containers ?? [];
    const isKind = containers.some(({ image }) => image.includes('kindest/kindnetd'));
    const encrypted = switchOf(containers, '--ipsec-overlay') === true;
    return {
      solution: 'kindnet',
      title: isKind ? 'kindnet (of kind)' : 'kindnet',
      version: imageVersion(agent === undefined ? undefined : mainContainer(agent, 'kindnet-cni')?.image),
      confidence,
      evidence,
      addressSource: 'node-pod-cidr',
      claims: podSubnetClaims(agent),
      datapath: {
        encapsulation: encrypted ? 'ipsec' : 'native',
        overheadBytes: encrypted ? undefined : 0,
        mtu: undefined,
        requires: encrypted ? [{ protocol: 'ip', port: 50, purpose: 'IPsec ESP between nodes' }] : [],
        masqueradesEgress: isKind ? true : switchOf(containers, '--masquerading'),
        // kind's older images enforce nothing, newer ones do, and no flag tells them apart.
        enforcesPolicies: isKind ? undefined : switchOf(containers, '--network-policy'),
      },
      agent: agent === undefined ? undefined : agentOf(agent),
      details: {},
      missing: [],
    };
  },
};
