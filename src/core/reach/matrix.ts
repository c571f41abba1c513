/** The matrix of a verification: one cell for each way that one node's probe pod tried one target. */
import type { Family } from '../ip/address.js';
import { isMeasured, type Outcome, reachOf } from './outcome.js';
import { summarise } from './probe.js';

export const MEASURES = ['tcp', 'tcp-large', 'udp', 'udp-large', 'icmp'] as const;
/** What was measured; the large ones with the largest packet that the pod's interface sends whole. */
export type Measure = (typeof MEASURES)[number];

export const MEASURE_TITLES: Readonly<Record<Measure, string>> = {
  tcp: 'TCP',
  'tcp-large': 'TCP, full packets',
  udp: 'UDP',
  'udp-large': 'UDP, full packets',
  icmp: 'ICMP echo',
};

/**
 * pod: the other node's probe pod. peer: a second probe pod on the source's own node. node: the node's own address, its
 * kubelet's port. existing: a pod that was there already.
 */
export type TargetRole = 'pod' | 'peer' | 'node' | 'existing';
/** The source is a probe pod on the pod network, or one on its host's network. */
export type SourceRole = 'pod' | 'host';

export interface Cell {
  /** Indices in the verification's list of nodes. */
  readonly from: number;
  readonly to: number;
  readonly source: SourceRole;
  readonly role: TargetRole;
  readonly family: Family;
  readonly measure: Measure;
  readonly address: string;
  readonly port: number | undefined;
  readonly tries: readonly Outcome[];
  /**
   * Of the datagrams that got no answer: whether the target's server wrote down that it got one of them. Undefined where
   * nobody looked, or could.
   */
  readonly arrived: boolean | undefined;
  /**
   * Of UDP that was not always answered: how many of the datagrams the target's server wrote down, so that it can be told
   * whether requests or answers are lost. Undefined where that is not known.
   */
  readonly arrivals?: number | undefined;
  /** The source address that the server saw; empty when it is not known. */
  readonly seenSource: string;
  /** For `existing`: `pod shop/web-1`. */
  readonly name: string;
}

/**
 * ok: every measured try came back. lossy: some did. broken: none did. misdirected: another host answered. unknown: nothing
 * could be measured.
 */
export type CellState = 'ok' | 'lossy' | 'broken' | 'misdirected' | 'unknown';

export function stateOf(cell: Cell): CellState {
  const { outcome, measured, reached, lost } = summarise(cell.tries);
  if (measured === 0) return 'unknown';
  if (reachOf(outcome) === 'misdirected') return 'misdirected';
  // A probe server listens on this port, so that a refusal or a silence after the connection is a failure too.
  const answered = cell.tries.filter((one) => isMeasured(one) && one.kind === 'answered').length;
  if (cell.role === 'pod' || cell.role === 'peer') {
    if (answered === 0) return 'broken';
    return answered < measured ? 'lossy' : 'ok';
  }
  if (reached === 0) return 'broken';
  return lost > 0 ? 'lossy' : 'ok';
}

/** Whether the cell is about pods on different nodes, by the pod network on both sides. */
export const acrossNodes = (cell: Cell): boolean =>
  cell.source === 'pod' && cell.role === 'pod' && cell.from !== cell.to;

export interface MatrixNode {
  readonly name: string;
  readonly internalIPs: readonly string[];
  /** Addresses of its probe pod; empty when there is none. */
  readonly podAddresses: readonly string[];
  /** Name of its probe pod. */
  readonly pod: string;
  /** Why nothing was measured from or to it; empty when it was. */
  readonly notProbed: string;
  /** Whether the node is Ready, as its Node object says. */
  readonly ready: boolean;
  /** The kubelet's own HTTP probe of the probe pod: passed, failed (with its words), or not known. */
  readonly kubelet: { readonly state: 'reached' | 'failed' | 'unknown'; readonly words: string };
  /** MTU of the probe pod's interface; undefined when it could not be read. */
  readonly mtu: number | undefined;
}
