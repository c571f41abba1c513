/** Claims: somebody says that a range has a role. The address plan is the set of all claims. */
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
  readonly used?: boolean;
  /** The node a `pod-node` or `node` range belongs to. */
  readonly node?: string;
  /** The network or VPC in which addresses must be unique; absent means the cluster's default network. */
  readonly network?: string;
}
