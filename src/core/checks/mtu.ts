/** CN503: MTU settings that cannot work, or contradict each other. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { ContainerFacts, WorkloadFacts } from '../network/facts.js';
import { isInForce, isPodRole } from '../network/claim.js';
import { formatPlace, objectPlace, type Place } from '../network/place.js';
import { activePools, encapsulationOf } from './calicoObjects.js';
import { type Check, type Finding, finding } from './check.js';

export const mtu: Check = {
  code: 'CN503',
  name: 'mtu',
  title: 'MTU settings cannot work',
  explanation: `The MTU is the size of the largest packet that an interface takes. When pods may send larger packets than their tunnel takes, those packets are dropped or cut into pieces, most often without a word: small requests work, large answers hang. An IPv6 interface needs at least 1280 bytes; below, Linux switches IPv6 off on it.

**What to do.** Leave the MTU to the solution's own detection where it has one. Otherwise set the pods' MTU to what the nodes' network takes, less what the tunnel adds (VXLAN 50, IP-in-IP 20, WireGuard 60 or 80 bytes).

**Severity.** An error for IPv6 below 1280, a warning for settings that contradict each other.

**Not reported.** The MTU of the nodes' own interfaces: the API does not show it.`,
  source: {
    sentence: 'IPv6 requires that every link in the Internet have an MTU of 1280 octets or greater.',
    url: 'https://www.rfc-editor.org/rfc/rfc8200#section-5',
  },
  run,
};

const IPV6_LEAST = 1280;

interface Setting {
  readonly name: string;
  readonly value: number;
  readonly place: Place;
}

/** A whole number above zero; 0 and \`auto\` mean: found out by the solution. */
function sizeOf(text: string | undefined): number | undefined {
  const value = /^\d{2,5}$/.test(text ?? '') ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

function inConfigMap({ facts }: ClusterNetwork, map: string, key: string): Setting | undefined {
  const found = facts.configMaps.find(({ ref }) => ref.name === map);
  const value = sizeOf(found?.data[key]);
  return found === undefined || value === undefined
    ? undefined
    : { name: `${key} of ConfigMap ${map}`, value, place: objectPlace(found.ref, 'data', key) };
}

function inEnvironment(agent: WorkloadFacts | undefined, variable: string): Setting | undefined {
  const index = agent?.containers.findIndex(({ env }: ContainerFacts) => Object.hasOwn(env, variable)) ?? -1;
  const value = sizeOf(agent?.containers[index]?.env[variable]);
  return agent === undefined || value === undefined
    ? undefined
    : {
        name: `${variable} of DaemonSet ${agent.ref.name}`,
        value,
        place: objectPlace(agent.ref, 'spec', 'template', 'spec', 'containers', index, 'env'),
      };
}

/** Pairs of the pods' MTU and a tunnel's, where both are set. */
function pairs(network: ClusterNetwork): (readonly [pods: Setting | undefined, tunnel: Setting | undefined])[] {
  const { reading, facts } = network;
  const agent = facts.workloads.find(
    ({ ref }) => ref.name === reading.agent?.daemonSet && ref.namespace === reading.agent.namespace,
  );
  switch (reading.solution) {
    case 'calico': {
      const pods = inConfigMap(network, 'calico-config', 'veth_mtu');
      const used = new Set(activePools(network).map(encapsulationOf));
      return [
        [pods, used.has('ipip') ? inEnvironment(agent, 'FELIX_IPINIPMTU') : undefined],
        [pods, used.has('vxlan') ? inEnvironment(agent, 'FELIX_VXLANMTU') : undefined],
      ];
    }
    case 'aws-vpc-cni':
      return [[inEnvironment(agent, 'POD_MTU'), inEnvironment(agent, 'AWS_VPC_ENI_MTU')]];
    case 'canal': {
      const pods = inConfigMap(network, 'canal-config', 'veth_mtu');
      // flannel's MTU is that of the nodes' network, from which the tunnel takes its part.
      const underlay = reading.datapath.mtu;
      const overhead = reading.datapath.overheadBytes;
      const place = facts.configMaps.find(({ ref }) => ref.name === 'canal-config');
      return [
        [
          pods,
          underlay === undefined || overhead === undefined || place === undefined
            ? undefined
            : {
                name: `Backend.MTU of net-conf.json less ${overhead} bytes of the tunnel`,
                value: underlay - overhead,
                place: objectPlace(place.ref, 'data', 'net-conf.json'),
              },
        ],
      ];
    }
    default:
      return [];
  }
}

function contradictions(network: ClusterNetwork): Finding[] {
  return pairs(network).flatMap(([pods, tunnel]) => {
    if (pods === undefined || tunnel === undefined || pods.value <= tunnel.value) return [];
    return [
      finding(mtu, {
        severity: 'warning',
        message: `Pods may send packets of ${pods.value} bytes (${pods.name}), but what carries them takes ${tunnel.value} (${tunnel.name}): larger packets are dropped or cut into pieces`,
        subjects: [pods, tunnel].map((setting) => ({
          place: setting.place,
          label: setting.name,
          text: String(setting.value),
        })),
        evidence: [pods, tunnel].map((setting) => `${setting.name}: ${setting.value} (${formatPlace(setting.place)})`),
      }),
    ];
  });
}

function tooSmallForIPv6(network: ClusterNetwork): Finding[] {
  const { reading, claims, facts } = network;
  const size = reading.datapath.mtu;
  if (size === undefined || size >= IPV6_LEAST) return [];
  const six = claims.find((claim) => isPodRole(claim.role) && isInForce(claim) && claim.range.family === 6);
  const agent = facts.workloads.find(
    ({ ref }) => ref.name === reading.agent?.daemonSet && ref.namespace === reading.agent.namespace,
  );
  if (six === undefined || agent === undefined) return [];
  return [
    finding(mtu, {
      severity: 'error',
      message: `${reading.title} is told an MTU of ${size} bytes, and IPv6 needs ${IPV6_LEAST}: Linux switches IPv6 off on the pods' interfaces`,
      subjects: [
        { place: objectPlace(agent.ref), label: reading.title, text: String(size) },
        { place: six.place, label: six.owner, text: six.text },
      ],
      evidence: [`${reading.title}: MTU ${size}`, `Pods have IPv6 addresses: ${six.text} (${formatPlace(six.place)})`],
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  return [...tooSmallForIPv6(network), ...contradictions(network)];
}
