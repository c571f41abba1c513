/** Calico's objects as the checks need them; served as `crd.projectcalico.org` or, by newer releases, as `projectcalico.org`. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { CustomObject } from '../network/facts.js';
import { at, textOf, textsOf } from '../network/json.js';

const GROUPS = ['crd.projectcalico.org', 'projectcalico.org'] as const;

/** The objects of a kind (`ippools`), or undefined when they were not read. */
export function calicoObjects({ facts }: ClusterNetwork, plural: string): readonly CustomObject[] | undefined {
  const found = GROUPS.flatMap((group) => {
    const objects = facts.custom.get(`${plural}.${group}`);
    return objects === undefined ? [] : [objects];
  });
  return found.find((objects) => objects.length > 0) ?? found[0];
}

export type Encapsulation = 'ipip' | 'vxlan' | 'none';

/** How packets of a pool travel between nodes. CrossSubnet modes count as what they do between subnets. */
export function encapsulationOf({ content }: CustomObject): Encapsulation {
  const isOn = (mode: string): boolean => mode !== '' && mode !== 'Never';
  if (isOn(textOf(at(content, 'spec', 'ipipMode')))) return 'ipip';
  return isOn(textOf(at(content, 'spec', 'vxlanMode'))) ? 'vxlan' : 'none';
}

/** Pools that hand out addresses for pods. */
export const activePools = (network: ClusterNetwork): readonly CustomObject[] =>
  (calicoObjects(network, 'ippools') ?? []).filter(({ content }) => {
    const uses = textsOf(at(content, 'spec', 'allowedUses'));
    return at(content, 'spec', 'disabled') !== true && (uses.length === 0 || uses.includes('Workload'));
  });

/**
 * Whether Calico exchanges routes by BGP: from the operator's Installation, the ConfigMap `calico-config` or the agent's
 * environment. Undefined when none of them says.
 */
export function usesBgp({ facts, reading }: ClusterNetwork): boolean | undefined {
  for (const { content } of facts.custom.get('installations.operator.tigera.io') ?? []) {
    const bgp = at(content, 'spec', 'calicoNetwork', 'bgp');
    if (bgp === 'Enabled' || bgp === 'Disabled') return bgp === 'Enabled';
  }
  const backend =
    facts.configMaps.find(({ ref }) => ref.name === 'calico-config')?.data['calico_backend'] ??
    facts.workloads
      .find(({ ref }) => ref.name === reading.agent?.daemonSet && ref.namespace === reading.agent.namespace)
      ?.containers.map(({ env }) => env['CALICO_NETWORKING_BACKEND'])
      .find((value) => value !== undefined);
  return backend === undefined ? undefined : backend === 'bird';
}
