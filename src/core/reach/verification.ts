/** What a verification of the whole cluster is asked for, plans, tells while it runs, and answers: data that travels. */
import type { Finding } from '../checks/check.js';
import type { PolicyAnswer } from '../policy/evaluate.js';
import type { Coverage } from './coverage.js';
import type { Culprit } from './culprits.js';
import type { Cell, MatrixNode } from './matrix.js';
import type { PlannedObject, PlannedRight } from './plan.js';
import type { PromiseVerdict } from './promise.js';
import type { Route } from './route.js';

export interface VerifyOptions {
  /** Absent: agnhost by digest. */
  readonly image?: string;
  /** Absent: the context's namespace. */
  readonly namespace?: string;
  readonly pullSecrets?: readonly string[];
  /** Probe pods on the nodes' own network too: tells more, and needs a namespace that allows it. */
  readonly hostNetwork?: boolean;
  /** Whether pods that are there already are tried as targets, with one connection each. Absent: yes. */
  readonly existingPods?: boolean;
}

export interface VerifyPlan {
  readonly run: string;
  readonly image: string;
  readonly namespace: string;
  readonly objects: readonly PlannedObject[];
  readonly rights: readonly PlannedRight[];
  /** What the server said to a trial without effect (`dryRun`) of a probe pod; empty when it would accept it. */
  readonly rejected: string;
  readonly coverage: Coverage;
  /** Names of nodes that are not tried, each with why, and whether they have a pod network that is thus not known. */
  readonly leftOut: readonly { readonly node: string; readonly why: string; readonly runsPods: boolean }[];
  readonly pods: number;
  /** About how many bytes travel to and from the API server. */
  readonly bytes: number;
  /** About how long it takes when everything answers. */
  readonly seconds: number;
  /** The server takes everything away after so long, whatever happens here. */
  readonly lifetimeSeconds: number;
  readonly existingPods: number;
  /** Pods that are there already in which a connection to another one is tried, before anything is created. */
  readonly sources: number;
}

export type VerifyProgress =
  /** Pods that were there already try each other; nothing is created yet. */
  | { readonly step: 'before'; readonly paths: number }
  | { readonly step: 'creating'; readonly object: string }
  | { readonly step: 'starting'; readonly ready: number; readonly wanted: number }
  | { readonly step: 'probing'; readonly sessions: number; readonly done: number }
  | { readonly step: 'confirming'; readonly paths: number }
  | { readonly step: 'cleaning' };

/** A pod that was there already, as a target. */
export interface ExistingPod {
  readonly name: string;
  readonly node: number;
  /** What NetworkPolicies say of a probe pod's connection to it. */
  readonly policy: PolicyAnswer;
  /** Policies of other kinds that may select one of the two; in words. */
  readonly otherPolicies: readonly string[];
}

/**
 * A pod that was there already tried another on the next node, before any probe pod was made: making a pod sets its node up
 * anew, and may mend what is to be found.
 */
export interface EarlierPath {
  readonly source: string;
  readonly target: string;
  /** What was measured: the target (role `pod`), and where that was not reached its node (role `node`). */
  readonly cells: readonly Cell[];
}

/** Everything that was measured, before it is judged. */
export interface Measured {
  /** The namespace of the probe pods. */
  readonly namespace: string;
  readonly nodes: readonly MatrixNode[];
  readonly cells: readonly Cell[];
  readonly coverage: Coverage;
  readonly existing: readonly ExistingPod[];
  /** What NetworkPolicies say of one probe pod's traffic to another's servers. */
  readonly probePolicy: { readonly tcp: PolicyAnswer; readonly udp: PolicyAnswer };
  /**
   * Policies of other kinds than NetworkPolicy (a solution's own, cluster-wide ones) that may select probe pods; in words.
   * What they say is not evaluated. Only looked for where something failed.
   */
  readonly otherPolicies: readonly string[];
  /** Only those that no policy concerns. */
  readonly earlier: readonly EarlierPath[];
  /** Nodes with pods that are not tried by plan; in words. */
  readonly untried: readonly string[];
  /** Paths that failed at first and did not when tried again, and pods that went away; in words. */
  readonly transient: readonly string[];
  /** The largest packets, in bytes with the IP header, that passed where full-sized ones did not. */
  readonly largest: readonly { readonly from: number; readonly to: number; readonly bytes: number }[];
  /** The route that is predicted between pods on two different nodes. */
  readonly route: Route | undefined;
  /** Why nodes see another source address than a pod's own, by design; in words. */
  readonly masquerade: string | undefined;
}

/** A verdict with how many of the measurements say what. */
export interface CountedVerdict extends PromiseVerdict {
  /** `across nodes`, `on one node`, `pods that were there already`, `before probe pods were made`; empty for the whole promise. */
  readonly scope: string;
  readonly kept: number;
  readonly broken: number;
  readonly blocked: number;
  readonly unknown: number;
}

export interface NamedCulprit {
  readonly culprit: Culprit;
  /** `everything into node-3 does not pass`. */
  readonly words: string;
  /** What places it: what else answers, what does not, what it is consistent with. */
  readonly evidence: readonly string[];
}

export interface Judgement {
  readonly promises: readonly CountedVerdict[];
  readonly culprits: readonly NamedCulprit[];
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export interface VerifyReport extends Judgement {
  readonly plan: VerifyPlan;
  readonly nodes: readonly MatrixNode[];
  readonly cells: readonly Cell[];
  /** Why it ended before anything was measured, or before everything was; empty when it went through. */
  readonly stopped: string;
  /** Where the time went, in milliseconds. */
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  readonly sessions: number;
  /** What is left in the cluster when cleaning up was given up, as `Kind namespace/name`. */
  readonly left: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
}
