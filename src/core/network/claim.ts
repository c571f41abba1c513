/**
 * Claims: somebody says that a range has a role. The address plan is the set of all claims.
 *
 * The same thing is often said in several places: the pod range of a cluster stands in kube-controller-manager's flags, in
 * kubeadm's record, in kube-proxy's configuration and in flannel's. Each is a claim of its own, so that they can be held
 * against each other; `repeats` and `relationOf` keep them from being taken for ranges that collide.
 */
import type { Range } from '../ip/range.js';
import type { Place } from './place.js';

export const ROLES = [
  'pod-cluster',
  'pod-node',
  'pod-pool',
  'pod-namespace',
  'service',
  'node',
  'load-balancer',
  'join',
  'reserved',
  'docker',
  'workstation',
] as const;
/** What a range is for. `join`: ranges a solution keeps for itself (OVN join, transit, masquerade). */
export type Role = (typeof ROLES)[number];

/**
 * How we know. assigned: handed out and in force (a status, an allocation). declared: configured. inferred: concluded from
 * what is seen, a lower bound. default: nothing was set, and this is the documented default. user: the user told us.
 */
export type Provenance = 'assigned' | 'declared' | 'inferred' | 'default' | 'user';

export interface Claim {
  readonly range: Range;
  /** The text as it stands at `place`. */
  readonly text: string;
  readonly role: Role;
  /** Whose range it is, in words: `node-1`, `pool default-ipv4-ippool`, `cluster`. */
  readonly owner: string;
  readonly place: Place;
  readonly provenance: Provenance;
  /**
   * Whether addresses are taken from this range at present. False: it stands there and nobody uses it (`spec.podCIDR` under
   * Cilium's cluster-pool). Undefined: it cannot be told.
   */
  readonly used?: boolean | undefined;
  /**
   * True where the place only repeats what another one decides: nothing takes addresses because of it. It must agree with
   * the deciding place, and it is never a range that collides. Examples: kube-proxy's `clusterCIDR`, flannel's `Network`,
   * kubeadm's record beside kube-controller-manager's own flag.
   */
  readonly repeats?: boolean | undefined;
  /** Prefix length of the blocks that are cut from this range, one a node (`--node-cidr-mask-size`) or many. */
  readonly blockPrefixLength?: number | undefined;
  /** The node a `pod-node` or `node` range belongs to. */
  readonly node?: string;
  /** The network or VPC in which addresses must be unique; absent means the cluster's default network. */
  readonly network?: string;
}

/** Whether addresses are taken from this range, or may be for all we know, because of this very claim: what can collide. */
export const isInForce = (claim: Claim): boolean => claim.used !== false && claim.repeats !== true;

/**
 * How two claims stand to each other, whatever their ranges. same: one thing said twice. part: the plan wants them to share
 * addresses (a node's range is cut from the cluster's, nodes stand in one subnet). rival: addresses that both have are a
 * conflict. apart: addresses of different networks, or of machines that no packet leads to; sharing them means nothing.
 */
export type Relation = 'same' | 'part' | 'rival' | 'apart';

/** Roles that pods get addresses from. */
const POD_ROLES: ReadonlySet<Role> = new Set<Role>(['pod-cluster', 'pod-node', 'pod-pool', 'pod-namespace']);
export const isPodRole = (role: Role): boolean => POD_ROLES.has(role);

/** Roles of which each holds one cluster-wide thing: two such claims say it twice, and a Service may be in either range. */
const ONE_OF_A_KIND: ReadonlySet<Role> = new Set<Role>(['pod-cluster', 'service', 'docker']);
/**
 * Pairs of roles that share addresses by design. A solution's reserved ranges are carved out of its pools. A
 * load-balancer's address may be a node's own or lie in the nodes' subnet, and so does this workstation, reached over its
 * local network or a VPN.
 */
const SHARING: ReadonlySet<string> = new Set([
  'node node',
  'load-balancer node',
  'load-balancer load-balancer',
  'node workstation',
  'load-balancer workstation',
  'docker workstation',
  'workstation workstation',
  ...[...POD_ROLES].map((role) => `${role} reserved`),
  'reserved reserved',
  'reserved service',
  'load-balancer reserved',
]);

export function relationOf(a: Claim, b: Claim): Relation {
  if ((a.network ?? '') !== (b.network ?? '')) return 'apart';
  if (a.role === b.role) {
    if (ONE_OF_A_KIND.has(a.role)) return 'same';
    const owner = (claim: Claim): string => claim.node ?? claim.owner;
    if (owner(a) === owner(b)) return 'same';
  } else if (isPodRole(a.role) && isPodRole(b.role)) {
    return 'part';
  }
  return SHARING.has([a.role, b.role].sort().join(' ')) ? 'part' : 'rival';
}
