/** CN102: a pod range and a service range share addresses. */
import { type Address, formatAddress } from '../ip/address.js';
import { contains, containsAddress, formatRange, overlaps, type Range } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type ControlPlane, controlPlaneOf } from '../network/controlPlane.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { blocksUntil, FAR } from './handingOut.js';
import { NO_OVERLAP } from './sources.js';
import { capped, claimEvidence, claimSubject, podSubject } from './subjects.js';
import { agree, counted, distinct, firstInOrder, formatCount, listing, listingOf } from './wording.js';

export const podServiceOverlap: Check = {
  code: 'CN102',
  name: 'podServiceOverlap',
  title: 'A pod range and a service range overlap',
  explanation: `Addresses of the service range are virtual: every node rewrites packets to them. A pod with such an address cannot be reached as soon as a Service has it too, and a Service that is given a pod's address takes that pod's traffic; where the API server's own Service is hit, nothing in the cluster works.

**What to do.** Choose ranges that share no address. For an existing cluster it is mostly easier to add a second ServiceCIDR elsewhere (Kubernetes 1.33 and newer) and retire the first, or to give pods a pool outside of the service range, than to rebuild.

**Severity.** An error where a pod has an address of the service range, where a node's range in use lies in it, where the service range swallows the whole pod range, or where the solution hands out any part of an overlapping pool. A warning where only the cluster's range overlaps and nothing of it is handed out yet. Information where kube-controller-manager was told the service range, since it keeps node ranges clear of it, and where ranges are handed out in order and the service range lies far behind. One degree less where the service range is only inferred from ClusterIPs.

**Not reported.** Ranges that nothing takes addresses from (\`spec.podCIDR\` under Cilium's cluster-pool), places that merely repeat or enclose the range that decides (flannel's \`Network\`), pods of virtual nodes, whose addresses are of another place, and service ranges that overlap each other: Kubernetes allows that.`,
  source: NO_OVERLAP,
  run,
};

interface Verdict {
  readonly severity: Severity;
  readonly message: string;
  /** Pods that stand before the claims among the subjects. */
  readonly pods?: readonly { readonly row: number; readonly address: Address }[];
  readonly evidence?: readonly string[];
}

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: 'warning',
  warning: 'information',
  information: 'information',
  hint: 'hint',
};

/** Pods with addresses of one of the ranges, by the range's index. */
function podsInside(network: ClusterNetwork, services: readonly Range[]): { row: number; address: Address }[][] {
  const { pods, nodes } = network.facts;
  const virtual = new Set(nodes.filter((node) => node.virtual).map((node) => node.name));
  const set = RangeSet.of(services);
  const has6 = set.size(6) > 0n;
  const found = services.map((): { row: number; address: Address }[] => []);
  const add = (row: number, address: Address): void =>
    services.forEach((range, index) => {
      if (containsAddress(range, address)) found[index]?.push({ row, address });
    });
  for (let row = 0; row < pods.end; row++) {
    if (!pods.ownsAddresses(row)) continue;
    const v4 = pods.ipv4(row);
    const v6 = has6 ? pods.ipv6(row) : undefined;
    const hit4 = v4 >= 0 && set.hasIPv4(v4);
    const hit6 = v6 !== undefined && set.has({ family: 6, value: v6 });
    if ((!hit4 && !hit6) || pods.network(row) !== '' || pods.terminating(row) || virtual.has(pods.node(row))) continue;
    if (hit4) add(row, { family: 4, value: BigInt(v4) });
    if (hit6) add(row, { family: 6, value: v6 });
  }
  return found;
}

const rangesOf = (claims: readonly Claim[]): string =>
  listing(distinct(claims.map((claim) => formatRange(claim.range))));

/** Whether kube-controller-manager keeps node ranges clear of this service range: it was told it, or one around it. */
const isKeptClear = (plane: ControlPlane, service: Range): boolean =>
  [...plane.controllerManagerServices, ...plane.kubeadmServices, ...plane.k3sServices].some(
    ({ cidr }) => cidr.ok && contains(cidr.value, service),
  );

function ofPods(
  network: ClusterNetwork,
  service: string,
  inside: readonly { readonly row: number; readonly address: Address }[],
): Verdict {
  const { pods } = network.facts;
  const idOf = (row: number): string => `${pods.namespace(row)}/${pods.name(row)}`;
  const first = firstInOrder(inside, (a, b) => compareNatural(idOf(a.row), idOf(b.row)), MAX_SUBJECTS / 2);
  const told = listingOf(first, ({ row, address }) => `${idOf(row)} ${formatAddress(address)}`, inside.length);
  return {
    severity: 'error',
    message: `${counted(inside.length, 'pod')} ${agree(inside.length, 'has an address', 'have addresses')} of the service range ${service} (${told}): a Service that is given such an address takes the pod's traffic`,
    pods: first,
    evidence: capped(
      first.map(({ row, address }) => `${idOf(row)} on ${pods.node(row)}: ${formatAddress(address)}`),
      inside.length,
    ),
  };
}

function ofNodeRanges(service: string, claims: readonly Claim[]): Verdict {
  const nodes = distinct(claims.map((claim) => claim.node ?? claim.owner));
  const what = `${listing(nodes)} ${agree(nodes.length, 'hands', 'hand')} out ${rangesOf(claims)}, which ${agree(claims.length, 'overlaps', 'overlap')} the service range ${service}`;
  return claims.some((claim) => claim.used === true)
    ? { severity: 'error', message: `${what}: pods there get addresses that are, or will be, those of Services` }
    : {
        severity: 'warning',
        message: `${what}: if the range is in use, pods there get addresses that are, or will be, those of Services`,
      };
}

function ofPool(network: ClusterNetwork, service: Claim, pool: Claim): Verdict {
  const range = formatRange(service.range);
  const what = `${pool.owner} (${formatRange(pool.range)}) ${contains(service.range, pool.range) ? 'lies in' : contains(pool.range, service.range) ? 'covers' : 'overlaps'} the service range ${range}`;
  const until = blocksUntil(network, pool, service.range);
  if (until !== undefined && until >= FAR)
    return {
      severity: 'information',
      message: `${what}; ranges are handed out in order, and ${formatCount(until)} more nodes get one before any overlaps`,
    };
  if (until !== undefined && until >= 0n)
    return {
      severity: 'warning',
      message: `${what}: after ${counted(until, 'more node')}, the next one gets addresses of Services for its pods`,
    };
  if (network.reading.missing.length > 0)
    return {
      severity: 'warning',
      message: `${what}: pods may get addresses of Services; what is handed out could not be read`,
    };
  return {
    severity: pool.used === true ? 'error' : 'warning',
    message: `${what}: pods get addresses that are, or will be, those of Services`,
  };
}

function ofCluster(network: ClusterNetwork, service: Claim, cluster: Claim): Verdict {
  const range = formatRange(service.range);
  const pods = formatRange(cluster.range);
  if (contains(service.range, cluster.range))
    return {
      severity: cluster.used === true ? 'error' : 'warning',
      message: `The service range ${range} swallows the pod range ${pods}: every pod address is an address of Services, too`,
    };
  if (isKeptClear(controlPlaneOf(network.facts), service.range))
    return {
      severity: 'information',
      message: `The pod range ${pods} overlaps the service range ${range}; kube-controller-manager knows the service range and gives no node a part of it`,
    };
  return {
    severity: 'warning',
    message: `The pod range ${pods} overlaps the service range ${range}: no node has a part of it yet, and unless kube-controller-manager is told the service range (--service-cluster-ip-range), one will get it`,
  };
}

const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

/** The verdict that weighs most: what has happened before what will, what will before what may. */
function judge(
  network: ClusterNetwork,
  service: Claim,
  claims: readonly Claim[],
  inside: readonly { readonly row: number; readonly address: Address }[],
): Verdict | undefined {
  const verdicts: Verdict[] = [];
  if (inside.length > 0) verdicts.push(ofPods(network, formatRange(service.range), inside));
  const nodeRanges = claims.filter((claim) => claim.role === 'pod-node');
  if (nodeRanges.length > 0) verdicts.push(ofNodeRanges(formatRange(service.range), nodeRanges));
  for (const claim of claims) {
    if (claim.role === 'pod-pool' || claim.role === 'pod-namespace') verdicts.push(ofPool(network, service, claim));
    if (claim.role === 'pod-cluster') verdicts.push(ofCluster(network, service, claim));
  }
  return verdicts.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity])[0];
}

function run(network: ClusterNetwork): Finding[] {
  // Several objects may state one range; what is found of it is one finding.
  const services = groupBy(
    network.claims.filter((claim) => claim.role === 'service' && isInForce(claim)),
    (claim) => formatRange(claim.range),
  );
  if (services.size === 0) return [];
  const podClaims = network.claims.filter(
    (claim) => isPodRole(claim.role) && isInForce(claim) && claim.network === undefined,
  );
  const groups = [...services.values()];
  const inside = podsInside(
    network,
    groups.flatMap(([service]) => (service === undefined ? [] : [service.range])),
  );
  return groups.flatMap((group, index) => {
    const [service] = group;
    if (service === undefined) return [];
    const claims = podClaims.filter((claim) => overlaps(claim.range, service.range));
    const verdict = judge(network, service, claims, inside[index] ?? []);
    if (verdict === undefined) return [];
    const inferred = group.every((claim) => claim.provenance === 'inferred');
    const told = claims.slice(0, MAX_SUBJECTS);
    return [
      finding(podServiceOverlap, {
        severity: inferred ? LOWER[verdict.severity] : verdict.severity,
        message: inferred ? `${verdict.message} (the service range is inferred from ClusterIPs)` : verdict.message,
        subjects: [
          ...(verdict.pods ?? []).map(({ row, address }) => podSubject(network.facts.pods, row, address)),
          ...group.map(claimSubject),
          ...told.map(claimSubject),
        ],
        total: (verdict.pods === undefined ? 0 : (inside[index]?.length ?? 0)) + group.length + claims.length,
        evidence: [
          ...group.map(claimEvidence),
          ...capped(told.map(claimEvidence), claims.length),
          ...(verdict.evidence ?? []),
        ],
        key: formatRange(service.range),
      }),
    ];
  });
}
