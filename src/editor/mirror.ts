/**
 * The mirror: the editor's copy of a session's summaries, kept by applying its changes in the order they come.
 *
 * Answers for: nodes in natural order and by name, findings by identity, and saying after each change – not after each part of
 * one – what is different.
 * Holds no pods; those are asked for, page by page, where they are shown.
 */
import type { Finding } from '../core/checks/check.js';
import type { Gap } from '../core/network/facts.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import { unknownReading } from '../core/network/reading.js';
import type {
  ClaimSummary,
  Difference,
  Disposable,
  KindState,
  Listener,
  NodeSummary,
  OutlookSummary,
  ReadingSummary,
  SessionChange,
  UnreadNode,
} from '../kube/session.js';

/** What is different after a change. */
export interface MirrorChange {
  /** Everything may be different: what was asked for before is void. */
  readonly reset: boolean;
  /** Nodes came or went. */
  readonly membership: boolean;
  /** Nodes that stayed and have another summary. */
  readonly nodes: readonly string[];
  /** Nodes whose pods changed; `''` stands for pods without a node. */
  readonly podsOfNodes: readonly string[];
  readonly reading: boolean;
  readonly counts: boolean;
  readonly kinds: boolean;
  readonly claims: boolean;
  readonly outlook: boolean;
  readonly findings: boolean;
  readonly gaps: boolean;
}

export class SessionMirror {
  readonly #nodes = new Map<string, NodeSummary>();
  readonly #findings = new Map<string, Finding>();
  readonly #claims = new Map<string, ClaimSummary>();
  readonly #listeners = new Set<Listener<MirrorChange>>();
  /** The parts of a change that is not whole yet: half of one would be wrong. */
  #parts: SessionChange[] = [];
  #order: readonly string[] | undefined;
  #unreadNodes: readonly UnreadNode[] = [];
  #gaps: readonly Gap[] = [];
  #outlook: readonly OutlookSummary[] = [];
  #kinds: Readonly<Record<string, KindState>> = {};
  #reading: ReadingSummary = unknownReading;
  #podCount = 0;
  #unscheduledCount = 0;

  /** Names in natural order. */
  get nodeNames(): readonly string[] {
    this.#order ??= [...this.#nodes.keys()].sort(compareNatural);
    return this.#order;
  }
  get nodeCount(): number {
    return this.#nodes.size;
  }
  node(name: string): NodeSummary | undefined {
    return this.#nodes.get(name);
  }
  /** Nodes that pods name and that cannot be read, in natural order. */
  get unreadNodes(): readonly UnreadNode[] {
    return this.#unreadNodes;
  }
  get findings(): ReadonlyMap<string, Finding> {
    return this.#findings;
  }
  get claims(): ReadonlyMap<string, ClaimSummary> {
    return this.#claims;
  }
  /** What can run out, the soonest first. */
  get outlook(): readonly OutlookSummary[] {
    return this.#outlook;
  }
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }
  get kinds(): Readonly<Record<string, KindState>> {
    return this.#kinds;
  }
  get reading(): ReadingSummary {
    return this.#reading;
  }
  get podCount(): number {
    return this.#podCount;
  }
  get unscheduledCount(): number {
    return this.#unscheduledCount;
  }

  onChange(listener: Listener<MirrorChange>): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  apply(change: SessionChange): void {
    this.#parts.push(change);
    if (change.partial === true) return;
    const [first, ...rest] = this.#parts.map((part) => this.#take(part));
    this.#parts = [];
    if (first === undefined) return;
    const difference = rest.reduce(merged, first);
    for (const listener of this.#listeners) listener(difference);
  }

  /** Takes over one part; answers with what is different. */
  #take(change: SessionChange): MirrorChange {
    const reset = change.reset === true;
    const before = reset ? new Map(this.#nodes) : this.#nodes;
    const nodes = (change.nodes?.upserted ?? []).filter(({ name }) => before.has(name)).map(({ name }) => name);
    const membership =
      reset ||
      change.unreadNodes !== undefined ||
      nodes.length < (change.nodes?.upserted.length ?? 0) ||
      (change.nodes?.removed.some((name) => before.has(name)) ?? false);
    if (reset) this.#clear();
    replace(this.#nodes, change.nodes, ({ name }) => name);
    replace(this.#findings, change.findings, ({ id }) => id);
    replace(this.#claims, change.claims, ({ id }) => id);
    if (membership) this.#order = undefined;
    this.#unreadNodes = change.unreadNodes ?? this.#unreadNodes;
    this.#gaps = change.gaps ?? this.#gaps;
    this.#outlook = change.outlook ?? this.#outlook;
    this.#kinds = change.kinds ?? this.#kinds;
    this.#reading = change.reading ?? this.#reading;
    this.#podCount = change.podCount ?? this.#podCount;
    this.#unscheduledCount = change.unscheduledCount ?? this.#unscheduledCount;
    return {
      reset,
      membership,
      nodes,
      podsOfNodes: change.podsOfNodes ?? [],
      reading: reset || change.reading !== undefined,
      counts: reset || change.podCount !== undefined || change.unscheduledCount !== undefined,
      kinds: reset || change.kinds !== undefined,
      claims: reset || change.claims !== undefined,
      outlook: reset || change.outlook !== undefined,
      findings: reset || change.findings !== undefined,
      gaps: reset || change.gaps !== undefined,
    };
  }

  #clear(): void {
    this.#nodes.clear();
    this.#findings.clear();
    this.#claims.clear();
    this.#unreadNodes = [];
    this.#gaps = [];
    this.#outlook = [];
    this.#kinds = {};
    this.#reading = unknownReading;
    this.#podCount = 0;
    this.#unscheduledCount = 0;
  }
}

/** Both together. */
function merged(a: MirrorChange, b: MirrorChange): MirrorChange {
  return {
    reset: a.reset || b.reset,
    membership: a.membership || b.membership,
    nodes: [...a.nodes, ...b.nodes],
    podsOfNodes: [...a.podsOfNodes, ...b.podsOfNodes],
    reading: a.reading || b.reading,
    counts: a.counts || b.counts,
    kinds: a.kinds || b.kinds,
    claims: a.claims || b.claims,
    outlook: a.outlook || b.outlook,
    findings: a.findings || b.findings,
    gaps: a.gaps || b.gaps,
  };
}

function replace<T>(map: Map<string, T>, difference: Difference<T> | undefined, keyOf: (value: T) => string): void {
  for (const value of difference?.upserted ?? []) map.set(keyOf(value), value);
  for (const key of difference?.removed ?? []) map.delete(key);
}
