/**
 * The model of one moment, and what changed since the one before.
 *
 * Everything is worked out anew from the facts – the reading, the claims, the findings –, and compared with what the other
 * side was told last, so that only differences travel.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Finding } from '../core/checks/check.js';
import { type CheckSettings, runChecks } from '../core/checks/index.js';
import { capacityOf, type CapacitySample, runsOutFirst, sampleOf } from '../core/network/capacity.js';
import type { ClusterNetwork } from '../core/network/clusterNetwork.js';
import type { Gap } from '../core/network/facts.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import { unknownReading } from '../core/network/reading.js';
import type {
  ClaimSummary,
  KindState,
  NodeSummary,
  OutlookSummary,
  Overview,
  ReadingSummary,
  SessionChange,
  UnreadNode,
} from './session.js';
import {
  claimsByNode,
  claimSummaries,
  nodeSummary,
  outlookSummaries,
  readingSummary,
  unreadNodes,
} from './summaries.js';

/** What of an overview the model answers for; the state is the connection's. */
export type Picture = Omit<Overview, 'state'>;

export class Model {
  #network: ClusterNetwork | undefined;
  #kinds: Readonly<Record<string, KindState>> = {};
  #reading: ReadingSummary = readingSummary(unknownReading);
  #podCount = 0;
  #unscheduledCount = 0;
  #nodes = new Map<string, NodeSummary>();
  #claims = new Map<string, ClaimSummary>();
  #findings = new Map<string, Finding>();
  #unreadNodes: readonly UnreadNode[] = [];
  #outlook: readonly OutlookSummary[] = [];
  /** What was in use when everything was read for the first time; growth is measured from there. */
  #sample: CapacitySample | undefined;
  #gaps: readonly Gap[] = [];

  /** The network as it was worked out last; its pods are the living table. Undefined before the first time. */
  get network(): ClusterNetwork | undefined {
    return this.#network;
  }

  get picture(): Picture {
    return {
      kinds: this.#kinds,
      reading: this.#reading,
      podCount: this.#podCount,
      unscheduledCount: this.#unscheduledCount,
      nodes: [...this.#nodes.values()].sort((a, b) => compareNatural(a.name, b.name)),
      unreadNodes: this.#unreadNodes,
      claims: [...this.#claims.values()],
      outlook: this.#outlook,
      findings: [...this.#findings.values()],
      gaps: this.#gaps,
    };
  }

  /** Works out findings and summaries again; answers with the differences, or undefined when there are none. */
  update(
    network: ClusterNetwork,
    kinds: Readonly<Record<string, KindState>>,
    changedNodes: ReadonlySet<string>,
    settings: CheckSettings,
  ): SessionChange | undefined {
    const first = this.#network === undefined;
    const { facts } = network;
    this.#network = network;
    const byNode = claimsByNode(network.claims);
    const reading = readingSummary(network.reading);
    const podCount = facts.pods.size;
    const unscheduledCount = facts.pods.countOfNode('');
    const nodes = difference(
      this.#nodes,
      facts.nodes.map((node) => nodeSummary(node, byNode.get(node.name) ?? [], facts.pods)),
      (node) => node.name,
    );
    // Pods may be read before nodes are.
    const unread = isSettled(kinds) ? unreadNodes(facts.nodes, facts.pods) : this.#unreadNodes;
    const uses = capacityOf(network);
    const claims = difference(this.#claims, claimSummaries(uses), (claim) => claim.id);
    // With half of the objects read, a check would find things missing that are there: what was found before stands until then.
    const settled = isSettled(kinds);
    if (settled) this.#sample ??= sampleOf(network, uses);
    const outlook = outlookSummaries(runsOutFirst(network, uses, this.#sample));
    const findings = settled
      ? difference(this.#findings, runChecks(network, settings), (finding) => finding.id)
      : undefined;
    const change: SessionChange = {
      ...(first ? { reset: true } : {}),
      ...(isDeepStrictEqual(kinds, this.#kinds) ? {} : { kinds }),
      ...(isDeepStrictEqual(reading, this.#reading) ? {} : { reading }),
      ...(podCount === this.#podCount ? {} : { podCount }),
      ...(unscheduledCount === this.#unscheduledCount ? {} : { unscheduledCount }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(isDeepStrictEqual(unread, this.#unreadNodes) ? {} : { unreadNodes: unread }),
      ...(changedNodes.size === 0 ? {} : { podsOfNodes: [...changedNodes] }),
      ...(claims === undefined ? {} : { claims }),
      ...(isDeepStrictEqual(outlook, this.#outlook) ? {} : { outlook }),
      ...(findings === undefined ? {} : { findings }),
      ...(isDeepStrictEqual(facts.gaps, this.#gaps) ? {} : { gaps: facts.gaps }),
    };
    this.#kinds = kinds;
    this.#reading = reading;
    this.#podCount = podCount;
    this.#unscheduledCount = unscheduledCount;
    this.#outlook = outlook;
    this.#unreadNodes = unread;
    this.#gaps = facts.gaps;
    return Object.keys(change).length === 0 ? undefined : change;
  }
}

/** Whether every kind was read, or cannot be. */
export const isSettled = (kinds: Readonly<Record<string, KindState>>): boolean =>
  Object.values(kinds).every(({ state }) => state !== 'waiting' && state !== 'listing');

/** Brings `known` up to date, in the order of `now`; undefined when nothing differed. */
function difference<T>(
  known: Map<string, T>,
  now: readonly T[],
  idOf: (item: T) => string,
): { readonly upserted: readonly T[]; readonly removed: readonly string[] } | undefined {
  const before = new Map(known);
  known.clear();
  const upserted: T[] = [];
  for (const item of now) {
    const id = idOf(item);
    const earlier = before.get(id);
    before.delete(id);
    // What did not change stays the same object: comparing it next time costs nothing.
    if (earlier !== undefined && isDeepStrictEqual(earlier, item)) known.set(id, earlier);
    else {
      known.set(id, item);
      upserted.push(item);
    }
  }
  const removed = [...before.keys()];
  return upserted.length === 0 && removed.length === 0 ? undefined : { upserted, removed };
}
