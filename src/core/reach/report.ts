/** What a probe of one pair is asked for, and what it answers: data that travels between threads, into snapshots and JSON. */
import type { PolicyAnswer } from '../policy/evaluate.js';
import type { Endpoint } from './endpoint.js';
import type { Outcome } from './outcome.js';
import type { Around } from './placement.js';
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

export interface ProbeRequest {
  readonly source: PodName & {
    /** Absent: the one that `kubectl.kubernetes.io/default-container` names, else the first. */
    readonly container?: string;
  };
  readonly target: ProbeTarget;
  /** Absent: a port of the target's own choosing – the first it declares, a node's kubelet – or ICMP where there is none. */
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
}

export type ProbeProgress =
  | { readonly step: 'reading' }
  | { readonly step: 'finding-tools'; readonly image: string }
  | { readonly step: 'probing'; readonly channel: Channel; readonly address: string; readonly attempt: number };

/** How the probe was made: in the pod's own container, in an ephemeral one, or by probe pods beside the pods. */
export type Means = 'exec' | 'ephemeral' | 'pods';

export interface ProbeReport {
  readonly request: ProbeRequest;
  readonly means: Means;
  /** Resolved from the live objects; undefined when they could not be read. */
  readonly source: Endpoint | undefined;
  readonly target: Endpoint | undefined;
  readonly route: Route | undefined;
  readonly policy: PolicyAnswer | undefined;
  readonly probes: readonly Probe[];
  /** Probes of what lies around a target that was not reached. */
  readonly around: readonly Around[];
  /** Why nothing was measured, when nothing was. */
  readonly notRun: Outcome | undefined;
  /** The promise that the pair is about stands first. */
  readonly promises: readonly PromiseVerdict[];
  readonly notes: readonly string[];
  /** Commands that do the same, for people to copy. */
  readonly reproduce: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
}
