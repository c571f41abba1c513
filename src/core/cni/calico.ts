/**
 * Calico.
 *
 * Pods get addresses of IPPools, which are cut into blocks for nodes; a node may borrow single addresses out of another
 * node's block, so that blocks do not bind pods. With the host-local plugin (`USE_POD_CIDR`) addresses come from
 * `spec.podCIDR` instead, and pools only say how packets travel.
 * https://docs.tigera.io/calico/latest/reference/resources/ippool
 */
import { parseCidr } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import type { ClusterFacts, CustomObject, WorkloadFacts } from '../network/facts.js';
import { at, textOf, textsOf } from '../network/json.js';
import { objectPlace } from '../network/place.js';
import type { Datapath, RequiredTraffic } from '../network/reading.js';
import { agentOf, configMapNamed, findAgent, imageVersion, mainContainer, seen } from './recognise.js';
import type { ResourceNeed, Solution } from './solution.js';

const MARKS = { names: ['calico-node'], labels: [['k8s-app', 'calico-node']] } as const;
const CONFIG_MAP = 'calico-config';
const INSTALLATIONS = 'installations.operator.tigera.io';
/** Installed as CRDs, and served by an API server of Calico's own, or by newer releases alone, under the second name. */
const GROUPS = [
  ['crd.projectcalico.org', 'v1'],
  ['projectcalico.org', 'v3'],
] as const;
const KINDS = ['ippools', 'blockaffinities', 'bgpconfigurations', 'bgppeers', 'felixconfigurations'] as const;

const resources: readonly ResourceNeed[] = [
  ...GROUPS.flatMap(([group, version]) =>
    KINDS.map((plural) => ({ name: `${plural}.${group}`, group, versions: [version], plural })),
  ),
  { name: INSTALLATIONS, group: 'operator.tigera.io', versions: ['v1'], plural: 'installations' },
];

/** The pools, or undefined when they were not read. */
const poolsOf = ({ custom }: ClusterFacts): readonly CustomObject[] | undefined =>
  GROUPS.map(([group]) => custom.get(`ippools.${group}`)).find((pools) => pools !== undefined && pools.length > 0) ??
  GROUPS.map(([group]) => custom.get(`ippools.${group}`)).find((pools) => pools !== undefined);

/** Whether pods may get addresses of the pool. */
function isForPods({ content }: CustomObject): boolean {
  const uses = textsOf(at(content, 'spec', 'allowedUses'));
  return uses.length === 0 || uses.includes('Workload');
}
const isActive = (pool: CustomObject): boolean =>
  isForPods(pool) &&
  at(pool.content, 'spec', 'disabled') !== true &&
  textOf(at(pool.content, 'spec', 'nodeSelector')).replaceAll(' ', '') !== '!all()';

const poolClaims = (pools: readonly CustomObject[], handsOut: boolean): Claim[] =>
  pools.filter(isForPods).flatMap((pool): Claim[] => {
    const text = textOf(at(pool.content, 'spec', 'cidr'));
    const cidr = parseCidr(text);
    return cidr.ok
      ? [
          {
            range: cidr.value,
            text,
            role: 'pod-pool',
            owner: `pool ${pool.ref.name}`,
            place: objectPlace(pool.ref, 'spec', 'cidr'),
            provenance: 'declared',
            used: handsOut && isActive(pool),
          },
        ]
      : [];
  });

const envOf = (agent: WorkloadFacts | undefined, name: string): string | undefined =>
  agent?.containers.map(({ env }) => env[name]).find((value) => value !== undefined);

const takesPodCIDR = (agent: WorkloadFacts): boolean => envOf(agent, 'USE_POD_CIDR') === 'true';

/** Calico that enforces policies beside another plugin: no networking of its own, or an Installation that says so. */
function beside(facts: ClusterFacts, agent: WorkloadFacts): string | undefined {
  const plugin = (facts.custom.get(INSTALLATIONS) ?? [])
    .map(({ content }) => at(content, 'spec', 'cni', 'type'))
    .find((type) => typeof type === 'string');
  // The operator sets the backend to none for the host-local plugin, too, when the cloud routes.
  if (plugin !== undefined)
    return plugin === 'Calico' ? undefined : `it only enforces policies (Installation: ${plugin})`;
  return envOf(agent, 'CALICO_NETWORKING_BACKEND') === 'none'
    ? 'it only enforces policies (CALICO_NETWORKING_BACKEND=none)'
    : undefined;
}

/** What all of the values are, if they are one. */
function common<T>(values: readonly T[]): T | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}

function encapsulationOf({ content }: CustomObject): string {
  const isOn = (field: string): boolean => !['', 'Never'].includes(textOf(at(content, 'spec', field)));
  return isOn('ipipMode') ? 'ipip' : isOn('vxlanMode') ? 'vxlan' : 'native';
}

/** Bytes around a packet in IPv4: https://docs.tigera.io/calico/latest/networking/configuring/mtu */
const OVERHEAD: Readonly<Record<string, number>> = { ipip: 20, vxlan: 50, native: 0 };
/** https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements */
const TRAFFIC: Readonly<Record<string, readonly RequiredTraffic[]>> = {
  ipip: [{ protocol: 'ip', port: 4, purpose: 'IP in IP between nodes' }],
  vxlan: [{ protocol: 'udp', port: 4789, purpose: 'VXLAN between nodes' }],
};

function datapathOf(pools: readonly CustomObject[]): Datapath {
  const active = pools.filter(isActive);
  const encapsulation = common(active.map(encapsulationOf));
  return {
    encapsulation,
    overheadBytes: encapsulation === undefined ? undefined : OVERHEAD[encapsulation],
    mtu: undefined,
    requires: TRAFFIC[encapsulation ?? ''] ?? [],
    masqueradesEgress: common(active.map(({ content }) => at(content, 'spec', 'natOutgoing') === true)),
    enforcesPolicies: true,
  };
}

export const calico: Solution = {
  id: 'calico',
  title: 'Calico',
  resources,
  configMaps: [{ namespace: 'kube-system', name: CONFIG_MAP }],

  recognise(facts) {
    const agent = findAgent(facts, MARKS);
    if (agent === undefined) return undefined;
    const why = beside(facts, agent);
    return {
      confidence: 'certain',
      evidence: [seen(agent), ...(why === undefined ? [] : [{ fact: `Calico: ${why}` }])],
      primary: why === undefined,
    };
  },

  read(facts, { confidence, evidence }) {
    const agent = findAgent(facts, MARKS);
    const usesPodCIDR = agent !== undefined && takesPodCIDR(agent);
    const pools = poolsOf(facts);
    const backend = configMapNamed(facts, [CONFIG_MAP], agent?.ref.namespace)?.data['calico_backend'];
    return {
      solution: 'calico',
      title: 'Calico',
      version: imageVersion(agent === undefined ? undefined : mainContainer(agent, 'calico-node')?.image),
      confidence,
      evidence,
      addressSource: usesPodCIDR ? 'node-pod-cidr' : 'solution-per-node',
      claims: poolClaims(pools ?? [], !usesPodCIDR),
      datapath: datapathOf(pools ?? []),
      agent: agent === undefined ? undefined : agentOf(agent),
      details: backend === undefined ? {} : { calico_backend: backend },
      missing: pools === undefined && !usesPodCIDR ? ['ippools.crd.projectcalico.org'] : [],
    };
  },
};
