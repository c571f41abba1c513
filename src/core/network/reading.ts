/**
 * The CNI reading: what one networking solution's file (`core/cni/<solution>.ts`) made of the cluster's facts.
 *
 * The type stands here, below `core/cni`, so that the model and the checks can speak of it without importing a solution.
 */
import type { Address } from '../ip/address.js';
import type { Claim } from './claim.js';
import type { ResourceName } from './facts.js';
import type { Place } from './place.js';

/** Where pod addresses come from; decides what `node.spec.podCIDR` means. */
export type AddressSource =
  /** `node.spec.podCIDRs` are in force: a pod address outside of its node's range is a finding. */
  | 'node-pod-cidr'
  /** Ranges a node that the solution keeps itself (`CiliumNode`, OVN node-subnets, Calico blocks). */
  | 'solution-per-node'
  /** Pools without a range a node (Weave, Azure flat, AWS). */
  | 'pools'
  /** A subnet a namespace (NSX, Kube-OVN). */
  | 'per-namespace'
  | 'unknown';

/** What nodes must let through between each other. */
export interface RequiredTraffic {
  /** `udp`, `tcp`, `ip` (with the protocol number as port), `icmp`. */
  readonly protocol: 'udp' | 'tcp' | 'ip' | 'icmp';
  readonly port: number | undefined;
  readonly purpose: string;
}

export interface Datapath {
  /** `vxlan`, `geneve`, `ipip`, `wireguard`, `host-gw`, `native`, … or undefined when it cannot be told. */
  readonly encapsulation: string | undefined;
  /** Bytes to subtract from the node's MTU, when known. */
  readonly overheadBytes: number | undefined;
  /** The MTU the solution was told to use, when it was. */
  readonly mtu: number | undefined;
  readonly requires: readonly RequiredTraffic[];
  /**
   * Where a pod's packets to addresses outside of the pod range get the node's address, by design:
   * explained to the user when a probe to a node or an outside address sees it.
   */
  readonly masqueradesEgress: boolean | undefined;
  /** Whether the solution enforces `networking.k8s.io` NetworkPolicies. */
  readonly enforcesPolicies: boolean | undefined;
}

/**
 * An address that a solution gives to a node inside of a pod range: of a bridge or of a tunnel device. No pod has it, and
 * packets of the node itself to pods may come from it.
 */
export interface HostAddress {
  readonly node: string;
  readonly address: Address;
  /** `flannel.1`, `cni0`, `cilium_host`. */
  readonly device: string;
  readonly place?: Place;
}

export interface Evidence {
  readonly fact: string;
  readonly place?: Place;
}

/** The per-node agent of a solution. */
export interface AgentFacts {
  readonly daemonSet: string;
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface CniReading {
  /** `flannel`, `cilium`, …, or `unknown`. */
  readonly solution: string;
  /** `Flannel`: the name as its project writes it. */
  readonly title: string;
  readonly version: string | undefined;
  /** certain: its own objects were seen. probable: signs of it. none: nothing was recognised. */
  readonly confidence: 'certain' | 'probable' | 'none';
  readonly evidence: readonly Evidence[];
  readonly addressSource: AddressSource;
  /**
   * Pods take addresses of the very subnets in which the nodes stand (AWS, Azure's flat modes, Cilium's cloud modes): then
   * a pod address among node addresses is no fault, and the API does not tell the subnets. Absent means no.
   */
  readonly podsShareNodeSubnets?: boolean;
  /**
   * For `solution-per-node`: the pods of a node have addresses of that node's ranges and of no others (Cilium's
   * cluster-pool). Not so where nodes borrow single addresses from each other, as with Calico. Absent means no.
   */
  readonly nodeRangesBindPods?: boolean;
  /**
   * Ranges of nodes are cut from the pools one after the other from the beginning, so that what lies far behind is reached
   * late or never (Cilium's cluster-pool). Absent means no: any block may be the next.
   */
  readonly handsOutInOrder?: boolean;
  /** Claims of the solution itself: pools, ranges a node, joins. Node podCIDRs are claimed by the model, not here. */
  readonly claims: readonly Claim[];
  readonly datapath: Datapath;
  readonly agent: AgentFacts | undefined;
  /** Where the solution gives nodes addresses of their own inside of pod ranges, as far as it is known. */
  readonly hostAddresses?: readonly HostAddress[];
  /** Solution-specific values that its checks compare (flannel's Network and backend a node); texts, for people and checks. */
  readonly details: Readonly<Record<string, string>>;
  /**
   * Every further solution that was recognised. `primary` is true only where that is certain and it hands out pod addresses
   * itself: two that do are a conflict.
   */
  readonly others: readonly {
    readonly solution: string;
    readonly title: string;
    readonly primary: boolean;
    readonly evidence: readonly Evidence[];
  }[];
  /** Resources that this reading wanted and could not see. */
  readonly missing: readonly ResourceName[];
}

export const unknownReading: CniReading = {
  solution: 'unknown',
  title: 'Unknown',
  version: undefined,
  confidence: 'none',
  evidence: [],
  addressSource: 'unknown',
  claims: [],
  datapath: {
    encapsulation: undefined,
    overheadBytes: undefined,
    mtu: undefined,
    requires: [],
    masqueradesEgress: undefined,
    enforcesPolicies: undefined,
  },
  agent: undefined,
  details: {},
  others: [],
  missing: [],
};
