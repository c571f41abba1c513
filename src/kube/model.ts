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
import type { PodTable } from '../core/network/podTable.js';
import { unknownReading } from '../core/network/reading.js';
import { fingerprint } from './fingerprint.js';
import type {
  Difference,
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
  /** What was told of each, by its identity: fingerprints, for the summaries themselves are on the other side. */
  readonly #nodes = new Map<string, number>();
  readonly #claims = new Map<string, number>();
  readonly #findingsTold = new Map<string, number>();
  #findings: readonly Finding[] = [];
  #unreadNodes: readonly UnreadNode[] = [];
  #outlook: readonly OutlookSummary[] = [];
  /** What was in use when everything was read for the first time; growth is measured from there. */
  #sample: CapacitySample | undefined;
  #gaps: readonly Gap[] = [];

  /** The network as it was worked out last; its pods are the living table. Undefined before the first time. */
  get network(): ClusterNetwork | undefined {
    return this.#network;
  }

  /** As they were when somebody was told last. */
  get kinds(): Readonly<Record<string, KindState>> {
    return this.#kinds;
  }

  /** As they were found last. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get picture(): Picture {
    return {
      kinds: this.#kinds,
      reading: this.#reading,
      podCount: this.#network?.facts.pods.size ?? 0,
      unscheduledCount: this.#network?.facts.pods.countOfNode('') ?? 0,
      nodes: this.#nodeSummaries().sort((a, b) => compareNatural(a.name, b.name)),
      unreadNodes: this.#unreadNodes,
      claims: this.#network === undefined ? [] : distinct(claimSummaries(capacityOf(this.#network))),
      outlook: this.#outlook,
      findings: this.#findings,
      gaps: this.#gaps,
    };
  }

  /** Takes over what needs no model; answers with the differences, or undefined when there are none. */
  advance(
    kinds: Readonly<Record<string, KindState>>,
    pods: PodTable,
    changedNodes: ReadonlySet<string>,
  ): SessionChange | undefined {
    if (this.#network === undefined) return undefined;
    const counts = this.#counts(kinds, pods, changedNodes);
    const upserted =
      changedNodes.size > MOST_ADVANCED
        ? []
        : newsOf(
            this.#nodes,
            this.#nodeSummaries((name) => changedNodes.has(name)),
            nameOf,
          );
    const change = { ...counts, ...(upserted.length === 0 ? {} : { nodes: { upserted, removed: [] } }) };
    return Object.keys(change).length === 0 ? undefined : change;
  }

  #nodeSummaries(isWanted: (name: string) => boolean = () => true): NodeSummary[] {
    if (this.#network === undefined) return [];
    const { claims, facts } = this.#network;
    const byNode = claimsByNode(claims.filter(({ node }) => node !== undefined && isWanted(node)));
    return facts.nodes
      .filter(({ name }) => isWanted(name))
      .map((node) => nodeSummary(node, byNode.get(node.name) ?? [], facts.pods));
  }

  #counts(
    kinds: Readonly<Record<string, KindState>>,
    pods: PodTable,
    changedNodes: ReadonlySet<string>,
  ): Pick<SessionChange, 'kinds' | 'podCount' | 'unscheduledCount' | 'podsOfNodes'> {
    const podCount = pods.size;
    const unscheduledCount = pods.countOfNode('');
    const change = {
      ...(isDeepStrictEqual(kinds, this.#kinds) ? {} : { kinds }),
      ...(podCount === this.#podCount ? {} : { podCount }),
      ...(unscheduledCount === this.#unscheduledCount ? {} : { unscheduledCount }),
      ...(changedNodes.size === 0 ? {} : { podsOfNodes: [...changedNodes] }),
    };
    this.#kinds = kinds;
    this.#podCount = podCount;
    this.#unscheduledCount = unscheduledCount;
    return change;
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
    const reading = readingSummary(network.reading);
    const nodes = difference(this.#nodes, this.#nodeSummaries(), nameOf);
    // Pods may be read before nodes are.
    const unread = isSettled(kinds) ? unreadNodes(facts.nodes, facts.pods) : this.#unreadNodes;
    const uses = capacityOf(network);
    const claims = difference(this.#claims, distinct(claimSummaries(uses)), idOf);
    // With half of the objects read, a check would find things missing that are there: what was found before stands until then.
    const settled = isSettled(kinds);
    if (settled) this.#sample ??= sampleOf(network, uses);
    const outlook = outlookSummaries(runsOutFirst(network, uses, this.#sample));
    if (settled) this.#findings = distinct(runChecks(network, settings));
    const findings = difference(this.#findingsTold, this.#findings, idOf);
    const change: SessionChange = {
      ...(first ? { reset: true } : {}),
      ...this.#counts(kinds, facts.pods, changedNodes),
      ...(isDeepStrictEqual(reading, this.#reading) ? {} : { reading }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(isDeepStrictEqual(unread, this.#unreadNodes) ? {} : { unreadNodes: unread }),
      ...(claims === undefined ? {} : { claims }),
      ...(isDeepStrictEqual(outlook, this.#outlook) ? {} : { outlook }),
      ...(findings === undefined ? {} : { findings }),
      ...(isDeepStrictEqual(facts.gaps, this.#gaps) ? {} : { gaps: facts.gaps }),
    };
    this.#reading = reading;
    this.#outlook = outlook;
    this.#unreadNodes = unread;
    this.#gaps = facts.gaps;
    return Object.keys(change).length === 0 ? undefined : change;
  }
}

/** Whether a kind was read to its end, or cannot be. */
export const isRead = ({ state }: KindState): boolean => state !== 'waiting' && state !== 'listing';

/** Whether every kind was. */
export const isSettled = (kinds: Readonly<Record<string, KindState>>): boolean => Object.values(kinds).every(isRead);

/** Nodes whose number of pods is told without a model; a change of more nodes than these waits for the next model. */
const MOST_ADVANCED = 200;

/** Of those that have one identity the last. */
const distinct = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map((item) => [item.id, item])).values(),
];

const nameOf = ({ name }: NodeSummary): string => name;
const idOf = ({ id }: { readonly id: string }): string => id;

/** Those that are not known as they are now; from then on they are. */
function newsOf<T>(known: Map<string, number>, now: readonly T[], identityOf: (item: T) => string): readonly T[] {
  return now.filter((item) => {
    const print = fingerprint(item);
    const isNews = known.get(identityOf(item)) !== print;
    if (isNews) known.set(identityOf(item), print);
    return isNews;
  });
}

/** Brings what is known of each up to date; undefined when nothing differed. */
function difference<T>(
  known: Map<string, number>,
  now: readonly T[],
  identityOf: (item: T) => string,
): Difference<T> | undefined {
  const upserted = newsOf(known, now, identityOf);
  const gone = new Set(known.keys());
  for (const item of now) gone.delete(identityOf(item));
  for (const id of gone) known.delete(id);
  return upserted.length === 0 && gone.size === 0 ? undefined : { upserted, removed: [...gone] };
}
