/**
 * What the map draws, as data that can be posted: numbers and texts, no bigint, no methods.
 *
 * Built from the cluster network and its findings in the worker (`buildMapModel` in build.ts); laid out in the webview
 * (`layout.ts`), so that only facts travel.
 */

/** Names a thing on the map, the same way for the drawing, the tree and menus. */
export type MapTarget =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'range'; readonly node: string; readonly cidr: string }
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly node: string;
      readonly ips: readonly string[];
    };

export interface MapPod {
  readonly namespace: string;
  readonly name: string;
  readonly ips: readonly string[];
  /** Position of the pod's address within the range it is drawn in (0 is the range's first address); -1 when it is in no range. */
  readonly offset: number;
  readonly running: boolean;
  /** Indexes into `MapModel.conflicts`. */
  readonly conflicts: readonly number[];
}

export interface MapRange {
  readonly cidr: string;
  /** Where the range stands: `spec.podCIDRs[0]`, `CiliumNode node-1 · spec.ipam.podCIDRs[0]`. */
  readonly source: string;
  /** False: assigned, but no address is taken from it. */
  readonly used: boolean;
  /** How many addresses; Infinity beyond 2^53. */
  readonly size: number;
  readonly pods: readonly MapPod[];
  readonly conflicts: readonly number[];
}

export interface MapNode {
  readonly name: string;
  readonly ips: readonly string[];
  readonly ready: 'Ready' | 'NotReady' | 'Unknown';
  readonly ranges: readonly MapRange[];
  /** Pods with an address of their own that lies in none of the node's ranges (all of them, where the node has no range). */
  readonly outside: readonly MapPod[];
  readonly hostNetwork: readonly MapPod[];
  /** Pods without an address yet, or with none any more. */
  readonly withoutAddress: number;
  readonly conflicts: readonly number[];
}

export interface MapClusterRange {
  readonly cidr: string;
  readonly role: 'pod' | 'service';
  /** `flannel Network`, `kubeadm podSubnet`. */
  readonly source: string;
  readonly conflicts: readonly number[];
}

export interface MapConflict {
  readonly id: string;
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
}

export interface MapModel {
  readonly context: string;
  /** Shown wherever the cluster is simulated. */
  readonly simulated: boolean;
  /** `Flannel · vxlan · UDP 8472`: the bus between the nodes, in words; empty when nothing is known. */
  readonly bus: string;
  readonly clusterRanges: readonly MapClusterRange[];
  readonly nodes: readonly MapNode[];
  /** Nodes that are not drawn: the map shows those with conflicts first, then in natural order, up to its limit. */
  readonly hiddenNodes: number;
  readonly podCount: number;
  readonly conflicts: readonly MapConflict[];
  /** RFC 3339 time of the facts. */
  readonly readAt: string;
}

/** Nodes drawn at the most. */
export const MAX_NODES = 50;
/** Pods drawn at the most within one range or strip; the rest is counted. */
export const MAX_PODS_DRAWN = 1024;

/** The identity of a target, for selection. */
export function targetKey(target: MapTarget): string {
  switch (target.kind) {
    case 'node':
      return `node ${target.node}`;
    case 'range':
      return `range ${target.node} ${target.cidr}`;
    case 'pod':
      return `pod ${target.namespace}/${target.name}`;
  }
}
