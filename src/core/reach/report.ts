/** What a probe of one pair is asked for, and what it answers: data that travels between threads, into snapshots and JSON. */
import type { PolicyAnswer } from '../policy/evaluate.js';
import type { Endpoint } from './endpoint.js';
import type { Outcome } from './outcome.js';
import type { Around } from './placement.js';
import type { PlannedObject, PlannedRight } from './plan.js';
import type { Probe } from './probe.js';
import type { PromiseVerdict } from './promise.js';
import type { Route } from './route.js';
import type { Channel } from './tools/tool.js';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

export type ProbeTarget =
  | ({ readonly kind: 'pod' } & PodName)
  | { readonly kind: 'node'; readonly name: string }
  | ({ readonly kind: 'service' } & PodName)
  | { readonly kind: 'address'; readonly address: string };

/** A pod, or a node: whose own network a probe pod is then on. */
export type ProbeSource =
  | (PodName & {
      readonly kind?: 'pod';
      /** Absent: the one that `kubectl.kubernetes.io/default-container` names, else the first. */
      readonly container?: string;
    })
  | { readonly kind: 'node'; readonly name: string };

/** `pod shop/web-1`, `node node-1`. */
export const formatSource = (source: ProbeSource): string =>
  source.kind === 'node' ? `node ${source.name}` : `pod ${source.namespace}/${source.name}`;

export interface ProbeRequest {
  readonly source: ProbeSource;
  readonly target: ProbeTarget;
  /** Absent: a port of the target's own choosing – the first it declares, a node's kubelet – or ICMP where there is none. */
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
}

export type ProbeProgress =
  | { readonly step: 'reading' }
  | { readonly step: 'creating'; readonly object: string }
  | { readonly step: 'starting'; readonly what: string }
  | { readonly step: 'cleaning' }
  | { readonly step: 'finding-tools'; readonly image: string }
  | { readonly step: 'probing'; readonly channel: Channel; readonly address: string; readonly attempt: number };

/** How the probe was made: in the pod's own container, in an ephemeral one, or by probe pods beside the pods. */
export type Means = 'exec' | 'ephemeral' | 'pods';

export interface ProbeOptions {
  /** The one to use; absent: the first of exec, ephemeral, pods that can be used. */
  readonly means?: Means;
  /** Absent: agnhost by digest. */
  readonly image?: string;
  /** Of probe pods. Absent: that of the source pod; of a node, the context's. */
  readonly namespace?: string;
  readonly pullSecrets?: readonly string[];
}

/** One of the means, with why it can be used or cannot. */
export interface ConsideredMeans {
  readonly means: Means;
  readonly usable: boolean;
  /** A sentence for people. */
  readonly why: string;
}

/** How a pair would be probed, and everything that this would create. Nothing exists before its `run` is started. */
export interface ProbePlan {
  readonly run: string;
  readonly request: ProbeRequest;
  /** Undefined: none of them can be used, and `considered` says why. */
  readonly means: Means | undefined;
  /** In their order, up to the one that is used. */
  readonly considered: readonly ConsideredMeans[];
  /** Empty where nothing is created: then nobody needs to be asked. */
  readonly objects: readonly PlannedObject[];
  /** Empty for exec. */
  readonly image: string;
  readonly namespace: string;
  readonly rights: readonly PlannedRight[];
  /** About how long it takes when everything answers. */
  readonly seconds: number;
  /** What was created ends by itself after so long, whatever happens here; 0 where nothing is created. */
  readonly lifetimeSeconds: number;
  /** What is there afterwards, in words; empty: nothing. */
  readonly remains: string;
}

/** Sizes in bytes, with the IP header. */
export interface LargestPacket {
  /** The largest that passed. Above the MTU of the source's route, which may be smaller than its interface's, it went in fragments. */
  readonly bytes: number;
  /** What the source's own interface takes; undefined: unknown. */
  readonly interfaceMtu: number | undefined;
}

export interface ProbeReport {
  readonly request: ProbeRequest;
  readonly means: Means;
  /** As whom the target sees the probe: with probe pods, the one that stands for the source. Undefined when it could not be read. */
  readonly source: Endpoint | undefined;
  readonly target: Endpoint | undefined;
  readonly route: Route | undefined;
  readonly policy: PolicyAnswer | undefined;
  readonly probes: readonly Probe[];
  /** Probes of what lies around a target that was not reached. */
  readonly around: readonly Around[];
  /** Probes of a probe pod on the target's node, which answers everything that can be asked. */
  readonly beside:
    | { readonly target: Endpoint; readonly probes: readonly Probe[]; readonly size: LargestPacket | undefined }
    | undefined;
  /** Of the way to the target itself, where the tool allows to find out. */
  readonly size: LargestPacket | undefined;
  /** Why nothing was measured, when nothing was. */
  readonly notRun: Outcome | undefined;
  /** The promise that the pair is about stands first. */
  readonly promises: readonly PromiseVerdict[];
  readonly notes: readonly string[];
  /** Commands that do the same, for people to copy. */
  readonly reproduce: readonly string[];
  /** Objects that could not be taken away, as `Kind namespace/name`: the server does at their deadline. */
  readonly left: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
}
