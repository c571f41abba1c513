/**
 * The address plan: every claim that the facts and the reading of the networking solution make.
 *
 * Answers for: who claims which range, in which place, and whether anything takes addresses from it. Where several places
 * state one thing, the one that decides comes first and the others `repeat` it. A malformed text makes no claim; it stays
 * in the facts, with its error.
 */
import type { Family } from '../ip/address.js';
import { blockAround } from '../ip/blocks.js';
import { contains, containsAddress, formatRange, parseCidr, parseRange, type Range, single } from '../ip/range.js';
import type { Claim, Provenance } from './claim.js';
import { type ControlPlane, controlPlaneOf, type Statement } from './controlPlane.js';
import type { AddressField, ClusterFacts, CustomObject, NodeFacts, ServiceFacts } from './facts.js';
import { at, listOf, parseJson, shown, textOf } from './json.js';
import { type FieldPath, nodeRef, objectPlace, type ObjectRef } from './place.js';
import type { AddressSource, CniReading } from './reading.js';
import { workstationClaims } from './workstation.js';

/** Docker's bridge `docker0`, unless it was told another. https://docs.docker.com/engine/network/drivers/bridge/ */
const DOCKER_BRIDGE = '172.17.0.0/16';
/** What k3s and RKE2 take when nothing is set. https://docs.k3s.io/cli/server#networking */
const K3S_PODS = '10.42.0.0/16';
const K3S_SERVICES = '10.43.0.0/16';

/** Whether pods get their addresses from `node.spec.podCIDRs`, and so from what those are cut from. */
const podCIDRsUsed = (source: AddressSource): boolean | undefined =>
  source === 'unknown' ? undefined : source === 'node-pod-cidr';

/** A claim as `claimAt` takes it: `range`, `text` and `place` come from the field. */
type Terms = Omit<Claim, 'range' | 'text' | 'place'>;

const claimAt = (range: Range, text: string, object: ObjectRef, path: FieldPath, terms: Terms): Claim => ({
  range,
  text,
  place: objectPlace(object, ...path),
  ...terms,
});

const statementOf = (text: string, object: ObjectRef, path: FieldPath): Statement => ({
  object,
  text,
  cidr: parseCidr(text),
  path,
});

/** One source of statements. `fallback`: it speaks only where no better one did, instead of repeating it. */
interface Source {
  readonly statements: readonly Statement[];
  readonly provenance: Provenance;
  readonly fallback?: boolean;
}

/**
 * Claims of several sources, the best one first: in each family the first that says anything decides, later ones repeat.
 * `before`: families that a better source than all of these has decided.
 */
function ranked(
  sources: readonly Source[],
  termsOf: (family: Family) => Omit<Terms, 'provenance'>,
  before: ReadonlySet<Family> = new Set<Family>(),
): Claim[] {
  const decided = new Set<Family>(before);
  return sources.flatMap(({ statements, provenance, fallback }) => {
    const claims = statements.flatMap(({ cidr, text, object, path }) => {
      if (!cidr.ok) return [];
      const { family } = cidr.value;
      const known = decided.has(family);
      if (known && fallback === true) return [];
      return [
        claimAt(cidr.value, text, object, path, {
          ...termsOf(family),
          provenance,
          ...(known ? { repeats: true } : {}),
        }),
      ];
    });
    for (const { range } of claims) decided.add(range.family);
    return claims;
  });
}

/** The prefix length that all the nodes' ranges of a family have, if it is one. */
function uniformMask(nodes: readonly NodeFacts[], family: Family): number | undefined {
  let mask: number | undefined;
  for (const { podCIDRs } of nodes)
    for (const { cidr } of podCIDRs) {
      if (!cidr.ok || cidr.value.family !== family) continue;
      if (mask !== undefined && mask !== cidr.value.prefixLength) return undefined;
      mask = cidr.value.prefixLength;
    }
  return mask;
}

/** k3s' default, unless a node's range shows that another was set in a way that cannot be seen. */
function k3sDefaultPods(facts: ClusterFacts, { k3sServer }: ControlPlane): Statement[] {
  const range = parseCidr(K3S_PODS);
  if (k3sServer === undefined || !range.ok) return [];
  const fits = facts.nodes.every(({ podCIDRs }) =>
    podCIDRs.every(({ cidr }) => !cidr.ok || cidr.value.family === 6 || contains(range.value, cidr.value)),
  );
  return fits ? [statementOf(K3S_PODS, k3sServer.object, k3sServer.path)] : [];
}

/** The range that nodes' podCIDRs are cut from, as each place has it. */
function podClusterClaims(facts: ClusterFacts, plane: ControlPlane, used: boolean | undefined): Claim[] {
  const maskOf = (family: Family): number | undefined =>
    // Who allocates nothing cuts no blocks.
    plane.allocatesNodeCIDRs === false ? undefined : (plane.nodeMask[family] ?? uniformMask(facts.nodes, family));
  const claims = ranked(
    [
      { statements: plane.controllerManagerPods, provenance: 'declared' },
      { statements: plane.k3sPods, provenance: 'declared' },
      { statements: plane.kubeadmPods, provenance: 'declared' },
      { statements: k3sDefaultPods(facts, plane), provenance: 'default', fallback: true },
    ],
    (family) => ({
      role: 'pod-cluster',
      owner: 'cluster',
      used,
      blockPrefixLength: maskOf(family),
    }),
  );
  const proxy = (plane.kubeProxy?.clusterCIDRs ?? []).flatMap(({ cidr, text, object, path }) =>
    cidr.ok
      ? [
          claimAt(cidr.value, text, object, path, {
            role: 'pod-cluster',
            owner: 'cluster',
            provenance: 'declared',
            used,
            repeats: true,
          }),
        ]
      : [],
  );
  return [...claims, ...proxy];
}

/** The nodes' own `spec.podCIDRs`. They stand there whatever the solution, and only some take addresses from them. */
const podNodeClaims = (facts: ClusterFacts, used: boolean | undefined): Claim[] =>
  facts.nodes.flatMap((node) =>
    node.podCIDRs.flatMap(({ cidr, text, path }) =>
      cidr.ok
        ? [
            claimAt(cidr.value, text, nodeRef(node.name), path, {
              role: 'pod-node',
              owner: node.name,
              provenance: 'assigned',
              // The pods of a virtual node run somewhere else and have addresses of that place.
              used: node.virtual ? false : used,
              node: node.name,
            }),
          ]
        : [],
    ),
  );

const serviceRef = ({ namespace, name }: ServiceFacts): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'Service',
  namespace,
  name,
});

/**
 * No service range is wider, so ClusterIPs further apart come from several: https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/
 * The API server takes no wider IPv4 range than /12, and nobody uses a wider IPv6 one than /64.
 */
const WIDEST_SERVICES: Readonly<Record<Family, bigint>> = { 4: 20n, 6: 64n };

/** The smallest blocks around the ClusterIPs of a family: lower bounds for the ranges they come from. */
function inferredServices(facts: ClusterFacts, family: Family): Claim[] {
  const groups = new Map<bigint, { readonly range: Range; readonly object: ObjectRef; readonly path: FieldPath }[]>();
  for (const service of facts.services)
    for (const { address, path } of service.clusterIPs) {
      if (!address.ok || address.value.family !== family) continue;
      const key = address.value.value >> WIDEST_SERVICES[family];
      const field = { range: single(address.value), object: serviceRef(service), path };
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [field]);
      else group.push(field);
    }
  return [...groups.values()].flatMap((fields) => {
    const [witness] = fields;
    const around = blockAround(fields.map((field) => field.range));
    return around === undefined || witness === undefined
      ? []
      : [
          claimAt(around, formatRange(around), witness.object, witness.path, {
            role: 'service',
            owner: 'services',
            provenance: 'inferred',
            used: true,
          }),
        ];
  });
}

/** Whether the API server takes no more addresses from a ServiceCIDR: it is being deleted, or is not ready. */
const isRetired = ({ content }: CustomObject): boolean =>
  textOf(at(content, 'metadata', 'deletionTimestamp')) !== '' ||
  listOf(at(content, 'status', 'conditions')).some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'False',
  );

/**
 * What the API server itself allocates from. A range that is being deleted stays until the last Service that has an address
 * of it is gone, and gives none out meanwhile: it is used only by those Services.
 * https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/#delete-a-servicecidr
 */
function serviceCIDRClaims(facts: ClusterFacts): Claim[] {
  const objects = facts.custom.get('servicecidrs.networking.k8s.io') ?? [];
  const statementsOf = (some: readonly CustomObject[]): Statement[] =>
    some.flatMap(({ ref, content }) =>
      listOf(at(content, 'spec', 'cidrs')).map((text, index) =>
        statementOf(shown(text), ref, ['spec', 'cidrs', index]),
      ),
    );
  const claimsOf = (some: readonly CustomObject[], used: (range: Range) => boolean): Claim[] =>
    statementsOf(some).flatMap(({ cidr, text, object, path }) =>
      cidr.ok
        ? [
            claimAt(cidr.value, text, object, path, {
              role: 'service',
              owner: 'services',
              provenance: 'assigned',
              used: used(cidr.value),
            }),
          ]
        : [],
    );
  const claims = claimsOf(
    objects.filter((object) => !isRetired(object)),
    () => true,
  );
  const hasService = (range: Range): boolean =>
    facts.services.some(({ clusterIPs }) =>
      clusterIPs.some(
        ({ address }) =>
          address.ok &&
          containsAddress(range, address.value) &&
          !claims.some((other) => containsAddress(other.range, address.value)),
      ),
    );
  return [...claims, ...claimsOf(objects.filter(isRetired), hasService)];
}

/** Service ranges, from the place that decides to the mere guess. */
function serviceClaims(facts: ClusterFacts, plane: ControlPlane): Claim[] {
  const { k3sServer } = plane;
  const objects = serviceCIDRClaims(facts);
  const decided = new Set(objects.filter(({ used }) => used === true).map(({ range }) => range.family));
  const others = ranked(
    [
      { statements: plane.apiServerServices, provenance: 'declared' },
      { statements: plane.k3sServices, provenance: 'declared' },
      { statements: plane.controllerManagerServices, provenance: 'declared' },
      { statements: plane.kubeadmServices, provenance: 'declared' },
      {
        statements: k3sServer === undefined ? [] : [statementOf(K3S_SERVICES, k3sServer.object, k3sServer.path)],
        provenance: 'default',
        fallback: true,
      },
    ],
    () => ({ role: 'service', owner: 'services', used: true }),
    decided,
  );
  const claims = [...objects, ...others];
  const known = new Set(claims.map(({ range }) => range.family));
  for (const family of [4, 6] as const) if (!known.has(family)) claims.push(...inferredServices(facts, family));
  return claims;
}

/**
 * Annotations in which solutions write a node's address with its prefix length, the only places where the nodes' subnet is
 * visible: Calico's as `ip/prefix`, OVN-Kubernetes' as JSON of `ipv4` and `ipv6`.
 */
const SUBNET_ANNOTATIONS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  'projectcalico.org/IPv4Address': (text) => [text],
  'projectcalico.org/IPv6Address': (text) => [text],
  'k8s.ovn.org/node-primary-ifaddr': (text) => {
    const primary = parseJson(text);
    return [textOf(at(primary, 'ipv4')), textOf(at(primary, 'ipv6'))];
  },
};

function nodeSubnets({ name, annotations }: NodeFacts): Claim[] {
  const claims: Claim[] = [];
  for (const key in SUBNET_ANNOTATIONS) {
    const annotation = annotations[key];
    if (annotation === undefined) continue;
    for (const text of SUBNET_ANNOTATIONS[key]?.(annotation) ?? []) {
      const cidr = parseCidr(text);
      if (!cidr.ok) continue;
      claims.push(
        claimAt(cidr.value, text, nodeRef(name), ['metadata', 'annotations', key], {
          role: 'node',
          owner: name,
          provenance: 'assigned',
          used: true,
          node: name,
        }),
      );
    }
  }
  return claims;
}

function nodeClaims(facts: ClusterFacts): Claim[] {
  return facts.nodes.flatMap((node) => {
    const claims: Claim[] = [];
    const add = ({ address, text, path }: AddressField): void => {
      if (!address.ok) return;
      claims.push(
        claimAt(single(address.value), text, nodeRef(node.name), path, {
          role: 'node',
          owner: node.name,
          provenance: 'assigned',
          used: true,
          node: node.name,
        }),
      );
    };
    node.internalIPs.forEach(add);
    const internal = new Set(node.internalIPs.map(({ text }) => text));
    node.externalIPs.filter(({ text }) => !internal.has(text)).forEach(add);
    return [...claims, ...nodeSubnets(node)];
  });
}

/** Addresses that Services have from load balancers, and MetalLB's pools. https://metallb.io/apis/ */
function loadBalancerClaims(facts: ClusterFacts): Claim[] {
  const ofServices = facts.services.flatMap((service) =>
    service.loadBalancerIPs.flatMap(({ address, text, path }) =>
      address.ok
        ? [
            claimAt(single(address.value), text, serviceRef(service), path, {
              role: 'load-balancer',
              owner: `service ${service.namespace}/${service.name}`,
              provenance: 'assigned',
              used: true,
            }),
          ]
        : [],
    ),
  );
  const pools = (facts.custom.get('ipaddresspools.metallb.io') ?? []).flatMap(({ ref, content }) =>
    listOf(at(content, 'spec', 'addresses')).flatMap((entry, index) => {
      const text = shown(entry);
      const range = parseRange(text);
      return range.ok
        ? [
            claimAt(range.value, text, ref, ['spec', 'addresses', index], {
              role: 'load-balancer',
              owner: `pool ${ref.name}`,
              provenance: 'declared',
            }),
          ]
        : [];
    }),
  );
  return [...pools, ...ofServices];
}

/**
 * Docker's default bridge. A node whose container runtime is Docker has it; of the others it cannot be told whether Docker
 * is installed beside their runtime.
 */
function dockerClaims(facts: ClusterFacts): Claim[] {
  const runsDocker = (node: NodeFacts): boolean => node.containerRuntime.startsWith('docker://');
  const node = facts.nodes.find(runsDocker) ?? facts.nodes.find(({ os }) => os === 'linux');
  const range = parseCidr(DOCKER_BRIDGE);
  if (node === undefined || !range.ok) return [];
  return [
    claimAt(range.value, DOCKER_BRIDGE, nodeRef(node.name), ['status', 'nodeInfo', 'containerRuntimeVersion'], {
      role: 'docker',
      owner: 'Docker bridge',
      provenance: 'default',
      used: runsDocker(node) ? true : undefined,
    }),
  ];
}

/**
 * Every claim: pod ranges first (of the cluster, of the solution, of the nodes), then services, nodes, load balancers,
 * Docker and this workstation; in each group in the order of the facts.
 */
export function buildClaims(facts: ClusterFacts, reading: CniReading): readonly Claim[] {
  const plane = controlPlaneOf(facts);
  const used = podCIDRsUsed(reading.addressSource);
  return [
    ...podClusterClaims(facts, plane, used),
    ...reading.claims,
    ...podNodeClaims(facts, used),
    ...serviceClaims(facts, plane),
    ...nodeClaims(facts),
    ...loadBalancerClaims(facts),
    ...dockerClaims(facts),
    ...workstationClaims(facts),
  ];
}
