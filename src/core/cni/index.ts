/**
 * The list of solutions, and the cluster network that comes of the facts: recognise, read, and build the address plan.
 *
 * A solution's file is added here, and nowhere else.
 */
import { buildClaims } from '../network/build.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { ClusterFacts } from '../network/facts.js';
import type { CniReading } from '../network/reading.js';
import { calico } from './calico.js';
import { canal } from './canal.js';
import { cilium } from './cilium.js';
import { flannel } from './flannel.js';
import { kindnet } from './kindnet.js';
import { knownByName } from './knownByName.js';
import { policyEngine } from './policyEngine.js';
import type { ConfigMapNeed, Recognition, ResourceNeed, Solution } from './solution.js';
import { readUnrecognised } from './unrecognised.js';

export const SOLUTIONS: readonly Solution[] = [flannel, canal, cilium, kindnet, calico, ...knownByName];

/** What is of use on any cluster, whatever its solution. */
const ALWAYS: readonly ResourceNeed[] = [
  {
    name: 'servicecidrs.networking.k8s.io',
    group: 'networking.k8s.io',
    versions: ['v1', 'v1beta1'],
    plural: 'servicecidrs',
  },
  { name: 'ipaddresspools.metallb.io', group: 'metallb.io', versions: ['v1beta1'], plural: 'ipaddresspools' },
];

interface Recognised {
  readonly solution: Solution;
  readonly recognition: Recognition;
}

/** Every solution that is there; those that hand out pod addresses first, certain ones before probable ones. */
function recognised(facts: ClusterFacts): Recognised[] {
  const rank = ({ recognition }: Recognised): number =>
    (recognition.primary ? 0 : 2) + (recognition.confidence === 'certain' ? 0 : 1);
  return SOLUTIONS.flatMap((solution) => {
    const recognition = solution.recognise(facts);
    return recognition === undefined ? [] : [{ solution, recognition }];
  }).sort((a, b) => rank(a) - rank(b));
}

/** What must be read besides so that the reading sees everything; all of it may be absent. */
export function needsOf(facts: ClusterFacts): {
  readonly resources: readonly ResourceNeed[];
  readonly configMaps: readonly ConfigMapNeed[];
} {
  const solutions = recognised(facts).map(({ solution }) => solution);
  return {
    resources: [...ALWAYS, ...solutions.flatMap(({ resources }) => resources)],
    configMaps: solutions.flatMap(({ configMaps }) => configMaps),
  };
}

/** The reading of the solution that hands out pod addresses, or what the pods themselves show where none is recognised. */
export function readCni(facts: ClusterFacts): CniReading {
  const [first, ...rest] = recognised(facts);
  const chosen = first?.recognition.primary === true ? first : undefined;
  const others = (chosen === undefined && first !== undefined ? [first, ...rest] : rest).map(
    ({ solution, recognition }) => ({
      solution: solution.id,
      title: solution.title,
      primary: recognition.primary && recognition.confidence === 'certain',
      evidence: recognition.evidence,
    }),
  );
  const reading = chosen === undefined ? readUnrecognised(facts) : chosen.solution.read(facts, chosen.recognition);
  const engine = reading.datapath.enforcesPolicies === true ? undefined : policyEngine(facts, reading.agent);
  if (engine === undefined) return { ...reading, others };
  return {
    ...reading,
    evidence: [...reading.evidence, engine],
    datapath: { ...reading.datapath, enforcesPolicies: true },
    others,
  };
}

/** The cluster network: the facts, the reading of its solution, and the address plan that both make. */
export function readNetwork(facts: ClusterFacts): ClusterNetwork {
  const reading = readCni(facts);
  return { facts, reading, claims: buildClaims(facts, reading) };
}
