/**
 * The inventory: everything that is read of a cluster, kept equal to it, as facts.
 *
 * Which kinds these are stands in `kinds.ts`; how one is kept, in `watched.ts` and `reflector.ts`.
 */
import { isDeepStrictEqual } from 'node:util';

import type { ConfigMapNeed, ResourceNeed } from '../../core/cni/solution.js';
import type { EndpointSliceFacts } from '../../core/network/endpointSlice.js';
import type {
  ClusterFacts,
  ConfigMapFacts,
  CustomObject,
  EventFacts,
  Gap,
  NamespaceFacts,
  NodeFacts,
  ResourceName,
  ServiceFacts,
  SystemPodFacts,
  WorkloadFacts,
  WorkstationInterface,
} from '../../core/network/facts.js';
import { configMapFacts, customObject, eventFacts, workloadFacts } from '../../core/network/fromObjects.js';
import type { JsonObject } from '../../core/network/json.js';
import type { AgentFacts } from '../../core/network/reading.js';
import type { Api, Scope } from '../api.js';
import type { Connection } from '../connection.js';
import type { Log } from '../log.js';
import type { KindState } from '../session.js';
import { Slots } from '../slots.js';
import type { Timing } from '../timing.js';
import {
  endpointSliceCodec,
  namespaceCodec,
  nodeCodec,
  podCodec,
  serviceCodec,
  systemPodCodec,
} from '../protobuf/codec.js';
import { type Codec, jsonCodec } from './codec.js';
import { Collection } from './collection.js';
import { type Entry, entryOf } from './entry.js';
import { CONFIG_MAPS, CONTROL_PLANE, EVENT_REASONS, KIND, type Kind } from './kinds.js';
import { PodStore } from './podStore.js';
import { followProjects } from './projects.js';
import { Watched, type WatchedEnvironment } from './watched.js';

export interface InventoryParts {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  /** Namespaces to read where the whole cluster may not be read; empty: those that can be discovered. */
  readonly namespaces: readonly string[];
  /** The context's namespace. */
  readonly ownNamespace: string;
  /** Facts or states changed. Called often: it must cost nothing. */
  readonly onChange: () => void;
}

/** All collections of one kind, with their contents in a stable order, worked out again only after a change. */
class Gathered<T> {
  readonly #collections = new Set<Collection<T>>();
  readonly #onChange: () => void;
  #sorted: readonly T[] | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  collection(): Collection<T> {
    const collection = new Collection<T>(() => {
      this.#sorted = undefined;
      this.#onChange();
    });
    this.#collections.add(collection);
    return collection;
  }

  /** Takes the collection, with all that is in it, out. */
  drop(collection: Collection<T>): void {
    collection.clear();
    this.#collections.delete(collection);
  }

  /** In the order of namespace and name; the same array until something changes. */
  get values(): readonly T[] {
    this.#sorted ??= [...this.#collections]
      .flatMap((collection) => [...collection.entries()])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, value]) => value);
    return this.#sorted;
  }
}

/** Pods that are read in full detail, beside the rows of all pods. */
const SYSTEM_PODS = 'systempods';

interface CollectOptions {
  readonly name?: string;
  /** Ends the reading and takes what was read out. */
  readonly until?: AbortSignal;
  readonly watchesEmpty?: boolean;
  readonly existsUnserved?: boolean;
}

/** Kinds of which there are few are read as JSON. */
const entries = <T>(facts: (object: JsonObject) => T): Codec<Entry<T>> => jsonCodec((object) => entryOf(object, facts));

/** One watched kind, whatever its facts are. */
type Kept = Pick<Watched<unknown>, 'name' | 'state' | 'gap' | 'poke' | 'noticeNamespaces' | 'run'>;

/**
 * Namespaces that are asked at the same time where the whole cluster may not be read. There may be hundreds of such questions
 * at once: half of what the transport sends at a time is left for the rest.
 */
const MAX_ASKED = 4;

export class Inventory {
  readonly pods: PodStore;
  readonly #parts: InventoryParts;
  readonly #environment: WatchedEnvironment;
  readonly #kept: Kept[] = [];
  readonly #nodes: Gathered<NodeFacts>;
  readonly #services: Gathered<ServiceFacts>;
  readonly #endpointSlices: Gathered<EndpointSliceFacts>;
  readonly #namespaces: Gathered<NamespaceFacts>;
  readonly #workloads: Gathered<WorkloadFacts>;
  readonly #systemPods: Gathered<SystemPodFacts>;
  readonly #configMaps: Gathered<ConfigMapFacts>;
  readonly #policies: Gathered<CustomObject>;
  readonly #events: Gathered<EventFacts>;
  readonly #configMapNames = new Set<string>();
  readonly #namespacesKept: Kept;
  /** Names of namespaces that an OpenShift shows as projects; undefined before it had to be asked. */
  #projects: readonly string[] | undefined;
  readonly #custom = new Map<ResourceName, { readonly kept: Kept; readonly objects: Gathered<CustomObject> }>();
  /** The agent's pods that are read at present, and how to end that. */
  #agent: { readonly scope: Scope | undefined; readonly stop?: AbortController } = { scope: undefined };
  #signal: AbortSignal | undefined;

  constructor(parts: InventoryParts) {
    this.#parts = parts;
    const { onChange } = parts;
    this.#environment = {
      ...parts,
      namespaces: () => this.#candidates(),
      asking: new Slots(MAX_ASKED),
      onState: () => {
        this.#discoverProjects();
        onChange();
      },
    };
    this.pods = new PodStore(onChange);
    this.#nodes = new Gathered(onChange);
    this.#services = new Gathered(onChange);
    // No model is made of them: they are asked for as they are at that moment.
    this.#endpointSlices = new Gathered(() => undefined);
    this.#namespaces = new Gathered(() => {
      // Where kinds are read by namespace, there may be one more to read, or one less.
      this.#noticeNamespaces();
      onChange();
    });
    this.#workloads = new Gathered(onChange);
    this.#systemPods = new Gathered(onChange);
    this.#configMaps = new Gathered(onChange);
    this.#policies = new Gathered(onChange);
    this.#events = new Gathered(onChange);

    this.#keep(
      new Watched(this.#environment, {
        resource: KIND.pods,
        versions: KIND.pods.versions,
        scope: {},
        watchesEmpty: true,
        codec: podCodec,
        sink: (namespace) => this.pods.sink(namespace),
      }),
    );
    this.#collect(KIND.nodes, {}, this.#nodes, nodeCodec);
    this.#namespacesKept = this.#collect(KIND.namespaces, {}, this.#namespaces, namespaceCodec);
    this.#collect(KIND.services, {}, this.#services, serviceCodec);
    // Before Kubernetes 1.21 there was another version of them.
    this.#collect(KIND.endpointSlices, {}, this.#endpointSlices, endpointSliceCodec, { existsUnserved: true });
    this.#collect(KIND.daemonSets, {}, this.#workloads, entries(workloadFacts));
    this.#collect(KIND.networkPolicies, {}, this.#policies, entries(customObject));
    for (const need of CONFIG_MAPS) this.#collectConfigMap(need);
    this.#collect(KIND.pods, CONTROL_PLANE, this.#systemPods, systemPodCodec, { name: SYSTEM_PODS });
    for (const reason of EVENT_REASONS)
      this.#collect(KIND.events, { fieldSelector: `reason=${reason}` }, this.#events, entries(eventFacts));
    for (const kind of [KIND.serviceCidrs, KIND.ipAddresses]) this.#collectCustom(kind);
  }

  /** Starts to read, until the signal is aborted. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    for (const kept of this.#kept) this.#run(kept, signal);
  }

  /** Reads what the recognised solutions need besides: resources, ConfigMaps, and the pods of the agent. What was read once is read on. */
  follow(
    resources: readonly ResourceNeed[],
    configMaps: readonly ConfigMapNeed[],
    agent: AgentFacts | undefined,
  ): void {
    for (const { name, group, versions, plural } of resources) {
      // The kind's name stands in each object. Namespaced or not makes a difference only where the whole cluster may not be
      // read, and the server is asked then.
      if (!this.#custom.has(name)) this.#collectCustom({ group, versions, plural, kind: '', namespaced: true });
    }
    for (const need of configMaps) this.#collectConfigMap(need);
    this.#followAgent(agent);
  }

  /** Asks again at once for what was absent or forbidden. */
  poke(): void {
    for (const kept of this.#kept) kept.poke();
  }

  /** By resource name; where a kind is read in several pieces, the pieces taken together. */
  get kinds(): Readonly<Record<string, KindState>> {
    const states = new Map<string, KindState>();
    for (const kept of this.#kept) {
      const known = states.get(kept.name);
      states.set(kept.name, known === undefined ? kept.state : together(known, kept.state));
    }
    return Object.fromEntries(states);
  }

  get gaps(): readonly Gap[] {
    const gaps = new Map<string, Gap>();
    for (const { gap } of this.#kept) if (gap !== undefined) gaps.set(`${gap.resource} ${gap.reason}`, gap);
    return [...gaps.values()].sort((a, b) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0));
  }

  /**
   * The facts as they are now. The pod table and the EndpointSlices are the living ones: use them before the next event, or copy
   * what you need.
   *
   * @param readAt RFC 3339.
   */
  facts(readAt: string, workstation: readonly WorkstationInterface[]): ClusterFacts {
    const custom = new Map<ResourceName, readonly CustomObject[]>();
    for (const [name, { kept, objects }] of this.#custom) {
      // Of what is forbidden, fails or was not read yet nobody knows whether there is any.
      const isKnown = kept.gap === undefined ? kept.state.state !== 'absent' : objects.values.length > 0;
      if (isKnown) custom.set(name, objects.values);
    }
    const endpointSlices = this.#endpointSlices;
    return {
      nodes: this.#nodes.values,
      pods: this.pods.table,
      services: this.#services.values,
      get endpointSlices(): readonly EndpointSliceFacts[] {
        return endpointSlices.values;
      },
      namespaces: this.#namespaces.values,
      workloads: this.#workloads.values,
      systemPods: this.#systemPods.values,
      configMaps: this.#configMaps.values,
      custom,
      policies: this.#policies.values,
      events: this.#events.values,
      gaps: this.gaps,
      workstation,
      readAt,
    };
  }

  #collect<T>(
    kind: Kind,
    scope: Scope,
    into: Gathered<T>,
    codec: Codec<Entry<T>>,
    { name, until, watchesEmpty = true, existsUnserved = false }: CollectOptions = {},
  ): Kept {
    const collection = into.collection();
    const watched = new Watched<Entry<T>>(this.#environment, {
      ...(name === undefined ? {} : { name }),
      resource: kind,
      versions: kind.versions,
      scope,
      watchesEmpty,
      existsUnserved,
      codec,
      sink: (namespace) => collection.sink(namespace),
    });
    this.#keep(watched, until);
    until?.addEventListener('abort', () => {
      this.#kept.splice(this.#kept.indexOf(watched), 1);
      into.drop(collection);
    });
    return watched;
  }

  #collectConfigMap({ namespace, name }: ConfigMapNeed): void {
    const key = `${namespace}/${name}`;
    if (this.#configMapNames.has(key)) return;
    this.#configMapNames.add(key);
    const scope = { namespace, fieldSelector: `metadata.name=${name}` };
    this.#collect(KIND.configMaps, scope, this.#configMaps, entries(configMapFacts), { watchesEmpty: false });
  }

  #collectCustom(kind: Kind): void {
    const objects = new Gathered<CustomObject>(this.#parts.onChange);
    const kept = this.#collect(kind, {}, objects, entries(customObject));
    this.#custom.set(kept.name, { kept, objects });
  }

  #keep(kept: Kept, until?: AbortSignal): void {
    this.#kept.push(kept);
    if (this.#signal !== undefined)
      this.#run(kept, until === undefined ? this.#signal : AbortSignal.any([this.#signal, until]));
  }

  #run(kept: Kept, signal: AbortSignal): void {
    kept.run(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.log('error', `${kept.name}: not watched any more`, { reason: String(error) });
    });
  }

  /** The pods of the recognised solution's agent in detail, besides the control plane's. */
  #followAgent(agent: AgentFacts | undefined): void {
    const scope =
      agent === undefined || Object.keys(agent.podLabels).length === 0
        ? undefined
        : { namespace: agent.namespace, labelSelector: selectorOf(agent.podLabels) };
    if (isDeepStrictEqual(scope, this.#agent.scope)) return;
    this.#agent.stop?.abort();
    this.#agent = { scope };
    if (scope === undefined) return;
    const stop = new AbortController();
    this.#agent = { scope, stop };
    this.#collect(KIND.pods, scope, this.#systemPods, systemPodCodec, {
      name: SYSTEM_PODS,
      until: stop.signal,
    });
  }

  /** Namespaces to try one by one. */
  #candidates(): readonly string[] {
    if (this.#parts.namespaces.length > 0) return this.#parts.namespaces;
    const names = this.#namespaces.values.map((namespace) => namespace.name);
    return [...new Set([this.#parts.ownNamespace, 'default', ...names, ...(this.#projects ?? [])])];
  }

  /** Where namespaces may not be listed, another way to them is tried. */
  #discoverProjects(): void {
    const signal = this.#signal;
    const isNeeded = this.#parts.namespaces.length === 0 && this.#namespacesKept.state.state === 'forbidden';
    if (!isNeeded || this.#projects !== undefined || signal === undefined) return;
    this.#projects = [];
    const onProjects = (names: readonly string[]): void => {
      if (isDeepStrictEqual(names, this.#projects)) return;
      this.#projects = names;
      this.#noticeNamespaces();
    };
    followProjects({ ...this.#parts, onProjects }, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#parts.log('error', 'projects: not followed any more', { reason: String(error) });
    });
  }

  #noticeNamespaces(): void {
    for (const kept of this.#kept) kept.noticeNamespaces();
  }
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}

/** How urgent it is to tell: of two pieces of one kind, the state of the more urgent one counts. */
const URGENCY: readonly KindState['state'][] = ['absent', 'forbidden', 'ok', 'waiting', 'listing', 'failing'];

function together(a: KindState, b: KindState): KindState {
  const [less, more] = URGENCY.indexOf(a.state) <= URGENCY.indexOf(b.state) ? [a, b] : [b, a];
  if (!('items' in more)) return more;
  return { state: more.state, items: more.items + ('items' in less ? less.items : 0) };
}
