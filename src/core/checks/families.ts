/** CN507: IPv4 and IPv6 are not the same for nodes, pods and Services. */
import type { Family } from '../ip/address.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown, type NodeFacts } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { joinedWithin } from './age.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { runsFlannel } from './flannelNodes.js';
import { rangesByNode } from './nodeRanges.js';
import { capped, claimEvidence, claimSubject, nodeSubject } from './subjects.js';
import { agree, counted, distinct, listing, listingOf } from './wording.js';

export const families: Check = {
  code: 'CN507',
  name: 'families',
  title: 'IPv4 and IPv6 do not match between nodes, pods and Services',
  explanation: `In a dual-stack cluster nodes, pods and Services have addresses of both families. Where one part has a family that another lacks, connections of that family lead nowhere: Services of a family of which no pod has an address have no endpoints, pods on a node without a range of a family cannot reach the others over it, and a family that the solution is not told of stays unused.

**What to do.** Give each part both families: \`--cluster-cidr\`, \`--service-cluster-ip-range\`, the solution's own switches (flannel \`EnableIPv6\` and \`IPv6Network\`, Cilium \`enable-ipv6\`), kube-proxy. Nodes keep their ranges until they are registered again.

**Severity.** A warning.

**Not reported.** Pods with both families and Services with one: that is a choice. A ServiceCIDR of a family for which the API server itself has no range (its object \`kubernetes\`): it gives no Service an address of that family. Nodes that joined in the last half minute, virtual nodes, ranges that nothing takes addresses from, and most of the nodes being without a family that a few have.`,
  source: {
    sentence:
      'The following prerequisites are needed in order to utilize IPv4/IPv6 dual-stack Kubernetes clusters: … A network plugin that supports dual-stack networking.',
    url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/',
  },
  run,
};

const nameOf = (family: Family): string => `IPv${family}`;
const FAMILIES = [4, 6] as const;

/** Nodes that lack a range of a family that most others have; `off`: a family that the solution does not use anyway. */
function unequalNodes(network: ClusterNetwork, off: Family | undefined): Finding[] {
  const { facts } = network;
  const ranges = rangesByNode(network);
  const nodes = facts.nodes.filter(
    (node) => !node.virtual && node.os !== 'windows' && ranges.has(node.name) && !joinedWithin(node, facts, 30),
  );
  return FAMILIES.flatMap((family) => {
    const has = (node: NodeFacts): boolean => {
      const its = ranges.get(node.name);
      return family === 4 ? its?.hasV4 === true : its?.hasV6 === true;
    };
    const lacking = nodes.filter((node) => !has(node)).sort((a, b) => compareNatural(a.name, b.name));
    // The few differ from the many, never the other way round.
    if (family === off || lacking.length === 0 || lacking.length * 2 > nodes.length) return [];
    return [
      finding(families, {
        severity: 'warning',
        message: `${listing(lacking.map((node) => node.name))} ${agree(lacking.length, 'has', 'have')} no ${nameOf(family)} pod range, while ${counted(nodes.length - lacking.length, 'other node')} ${agree(nodes.length - lacking.length, 'has', 'have')} one: pods there have no ${nameOf(family)} address, and reach no pod over it`,
        subjects: lacking.slice(0, MAX_SUBJECTS).map((node) => nodeSubject(node, node.name, 'spec')),
        total: lacking.length,
        evidence: capped(
          lacking
            .slice(0, MAX_SUBJECTS)
            .map(
              (node) => `${node.name}: ${listing((ranges.get(node.name)?.claims ?? []).map((claim) => claim.text))}`,
            ),
          lacking.length,
        ),
        key: `nodes ${family}`,
      }),
    ];
  });
}

/** Whether a pod has an address of the family. */
function anyPodHas({ facts: { pods } }: ClusterNetwork, family: Family): boolean {
  for (let row = 0; row < pods.end; row++)
    if (pods.ownsAddresses(row) && (family === 4 ? pods.ipv4(row) >= 0 : pods.ipv6Hash(row) >= 0)) return true;
  return false;
}

/**
 * Families that the API server gives to Services: those of its own flag, from which it makes the ServiceCIDR `kubernetes`.
 * Undefined where there is no such object, or nobody could read it.
 * https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/
 */
function familiesOfServer({ claims }: ClusterNetwork): ReadonlySet<Family> | undefined {
  const own = claims.filter(
    ({ role, place }) =>
      role === 'service' &&
      place.kind === 'object' &&
      place.object.name === 'kubernetes' &&
      place.object.kind === 'ServiceCIDR',
  );
  return own.length === 0 ? undefined : new Set(own.map(({ range }) => range.family));
}

/** Service ranges of a family that no pod has. */
function servicesWithoutPods(network: ClusterNetwork, podRanges: readonly Claim[]): Finding[] {
  if (!isKnown(network.facts, 'pods')) return [];
  const ownFamilies = familiesOfServer(network);
  return FAMILIES.flatMap((family) => {
    const services = network.claims.filter(
      (claim) =>
        claim.role === 'service' &&
        claim.range.family === family &&
        claim.provenance !== 'inferred' &&
        isInForce(claim),
    );
    if (ownFamilies !== undefined && !ownFamilies.has(family)) return [];
    const ofOther = podRanges.some((claim) => claim.range.family !== family);
    if (services.length === 0 || !ofOther || podRanges.some((claim) => claim.range.family === family)) return [];
    if (anyPodHas(network, family)) return [];
    return [
      finding(families, {
        severity: 'warning',
        message: `Services get ${nameOf(family)} addresses (${listing(services.map((claim) => claim.text))}), and there is no ${nameOf(family)} range for pods: such Services have no endpoints of their family, and connections to them fail`,
        subjects: [...services.map(claimSubject), ...podRanges.slice(0, 3).map(claimSubject)],
        evidence: [
          ...capped(services.map(claimEvidence)),
          `No pod has an ${nameOf(family)} address; pod ranges: ${listingOf(podRanges, (claim) => claim.text)}`,
        ],
        key: `services ${family}`,
      }),
    ];
  });
}

/** Nodes have ranges of a family that the solution is not told to use. */
function notEnabled(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  const flannel = runsFlannel(network) && reading.details['Network'] !== undefined;
  const six = network.claims.filter(
    (claim) => claim.role === 'pod-node' && isInForce(claim) && claim.range.family === 6,
  );
  const [first] = six;
  const off = flannel
    ? reading.details['EnableIPv6'] !== 'true'
    : reading.solution === 'cilium' &&
      reading.addressSource === 'node-pod-cidr' &&
      reading.details['enable-ipv6'] === 'false';
  if (first === undefined || !off) return [];
  const nodes = distinct(six.map((claim) => claim.owner)).length;
  const name = flannel ? 'EnableIPv6 of net-conf.json' : 'enable-ipv6 of cilium-config';
  return [
    finding(families, {
      severity: 'warning',
      message: `${counted(nodes, 'node')} ${agree(nodes, 'has', 'have')} IPv6 pod ranges (${listingOf(six, (claim) => `${claim.text} of ${claim.owner}`)}), but ${reading.title} is not told to use IPv6 (${name}): pods get no IPv6 addresses`,
      subjects: six.slice(0, MAX_SUBJECTS).map(claimSubject),
      total: six.length,
      evidence: [`${name} is not true`, ...capped(six.slice(0, MAX_SUBJECTS).map(claimEvidence), six.length)],
      key: 'IPv6 is off',
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  const podRanges = network.claims.filter(
    (claim) => isPodRole(claim.role) && isInForce(claim) && claim.network === undefined,
  );
  if (podRanges.length === 0) return [];
  const off = notEnabled(network);
  return [...unequalNodes(network, off.length > 0 ? 6 : undefined), ...servicesWithoutPods(network, podRanges), ...off];
}
