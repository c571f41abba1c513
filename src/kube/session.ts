/**
 * The session: what the editor and the command line see of a connected cluster.
 *
 * Behind it stands a worker thread (`worker.ts`) that holds the connection, the inventory, the model and the checks; this
 * side holds summaries only, and asks for what it shows. Every request can be cancelled and has a limit of its own.
 */
import type { Finding, Severity } from '../core/checks/check.js';
import type { MapModel } from '../core/map/model.js';
import type { Claim } from '../core/network/claim.js';
import type { Resource } from '../core/network/capacity.js';
import type { Explanation, NoAddress } from '../core/network/explain.js';
import type { Gap } from '../core/network/facts.js';
import type { Evidence, Datapath } from '../core/network/reading.js';
import type { FieldPath, ObjectRef, Place } from '../core/network/place.js';
import type { Phase } from '../core/network/podTable.js';
import type { ProbeOptions, ProbePlan, ProbeProgress, ProbeReport, ProbeRequest } from '../core/reach/report.js';
import type { VerifyOptions, VerifyPlan, VerifyProgress, VerifyReport } from '../core/reach/verification.js';

/** The state of the connection, for welcome views and the status. `message` holds the error's own words. */
export type ConnectionState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly server: string }
  | {
      readonly phase: 'connected';
      readonly server: string;
      readonly version: string;
      readonly complete: boolean;
      readonly insecure: boolean;
    }
  /** Nobody answered, or not in time; the next attempt is under way at `retryAt` (milliseconds since the epoch; Infinity: when asked to). */
  | {
      readonly phase: 'unreachable';
      readonly server: string;
      readonly message: string;
      readonly attempt: number;
      readonly retryAt: number;
      readonly wasConnected: boolean;
    }
  /** The server answered that it does not know us (401), or credentials could not be had. The next attempt is at `retryAt`, as above. */
  | {
      readonly phase: 'unauthenticated';
      readonly server: string;
      readonly message: string;
      /** By the server; else there were no credentials to be had. */
      readonly rejected: boolean;
      readonly retryAt: number;
    }
  /** The server knows us and lets us read nothing at all. */
  | { readonly phase: 'forbidden'; readonly server: string; readonly message: string }
  /** The user declined to run the credential program of the kubeconfig. */
  | { readonly phase: 'declined'; readonly server: string; readonly message: string };

export type KindState =
  | { readonly state: 'waiting' }
  | { readonly state: 'listing'; readonly items: number }
  | { readonly state: 'ok'; readonly items: number }
  | { readonly state: 'forbidden'; readonly message: string }
  | { readonly state: 'absent' }
  | { readonly state: 'failing'; readonly message: string; readonly since: string };

export interface RangeSummary {
  readonly text: string;
  readonly family: 4 | 6;
  /** `spec.podCIDRs[0]`, `CiliumNode node-1 · spec.ipam.podCIDRs[0]`. */
  readonly place: Place;
  readonly placeText: string;
  readonly used: boolean | undefined;
  /** Set when the text is not a CIDR. */
  readonly problem: string | undefined;
}

export interface NodeSummary {
  readonly name: string;
  readonly uid: string;
  readonly internalIPs: readonly string[];
  readonly ready: 'Ready' | 'NotReady' | 'Unknown';
  /** The Ready condition's message when it is not Ready. */
  readonly readyMessage: string;
  readonly ranges: readonly RangeSummary[];
  readonly podCount: number;
  readonly kubeletVersion: string;
  readonly os: string;
  readonly unschedulable: boolean;
}

/** A node that pods name and that cannot be read, or does not exist (any more). */
export interface UnreadNode {
  readonly name: string;
  readonly podCount: number;
}

export interface PodSummary {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ips: readonly string[];
  readonly phase: Phase;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly hostNetwork: boolean;
}

export interface ReadingSummary {
  readonly solution: string;
  readonly title: string;
  readonly version: string | undefined;
  readonly confidence: 'certain' | 'probable' | 'none';
  readonly evidence: readonly Evidence[];
  readonly datapath: Datapath;
}

/**
 * A claim with how full its range is. `id` is equal for the same claim after the next change. Sizes are decimal text: they
 * may exceed 2^53.
 */
export interface ClaimSummary {
  readonly id: string;
  readonly claim: Claim;
  readonly size: string;
  /** Addresses that can be handed out one by one. */
  readonly usable: string;
  /** What we can see in use; undefined where it cannot be told. */
  readonly usedAddresses: number | undefined;
  /** Nodes' ranges inside of this one that are in force. */
  readonly assignedRanges: number;
  /** The blocks that are cut from it, when their size is known. */
  readonly blocks: { readonly prefixLength: number; readonly total: string; readonly free: string } | undefined;
}

/** Something that can run out. */
export interface OutlookSummary {
  readonly resource: Resource;
  /** `ClaimSummary.id` of the range it is taken from. */
  readonly claimId: string;
  readonly total: string;
  readonly left: string;
  /** 0 (nothing in use) to 1 (nothing left). */
  readonly fraction: number;
  /** At the growth seen while connected; undefined when none was seen. */
  readonly hoursLeft: number | undefined;
  readonly evidence: readonly string[];
}

export interface Overview {
  readonly state: ConnectionState;
  readonly kinds: Readonly<Record<string, KindState>>;
  readonly reading: ReadingSummary;
  readonly podCount: number;
  /** Pods without a node. */
  readonly unscheduledCount: number;
  /** In natural order of their names. */
  readonly nodes: readonly NodeSummary[];
  /** In natural order of their names. */
  readonly unreadNodes: readonly UnreadNode[];
  readonly claims: readonly ClaimSummary[];
  /** What can run out, the soonest first; the first few. */
  readonly outlook: readonly OutlookSummary[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** Of a list of things that have an identity: those that came or are others now, and the identities of those that went. */
export interface Difference<T> {
  readonly upserted: readonly T[];
  readonly removed: readonly string[];
}

/** What changed since the last message; only differences travel. */
export interface SessionChange {
  /** More of the same change follows at once: what is shown can wait for its last part. */
  readonly partial?: true;
  /** What was known before is void: the first change of a session, and of one whose worker had to be started again. */
  readonly reset?: true;
  readonly kinds?: Readonly<Record<string, KindState>>;
  readonly reading?: ReadingSummary;
  readonly podCount?: number;
  readonly unscheduledCount?: number;
  readonly nodes?: Difference<NodeSummary>;
  readonly unreadNodes?: readonly UnreadNode[];
  /** Nodes whose pods changed (`''` stands for pods without a node). */
  readonly podsOfNodes?: readonly string[];
  readonly claims?: Difference<ClaimSummary>;
  readonly outlook?: readonly OutlookSummary[];
  readonly findings?: Difference<Finding>;
  readonly gaps?: readonly Gap[];
  /** Of the objects that `observe` named: those that are others now. */
  readonly objects?: readonly LiveObject[];
}

/** One live object as YAML, without managedFields; `text` undefined when it does not exist (any more). */
export interface LiveObject {
  readonly ref: ObjectRef;
  readonly text: string | undefined;
}

/** A piece of one line. Lines and characters (UTF-16 code units) count from 0; `end` is exclusive. */
export interface LineSpan {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface ServiceSummary {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIPs: readonly string[];
}

export interface PodPage {
  readonly total: number;
  readonly pods: readonly PodSummary[];
}

/** A requests map: the worker implements every entry, or it does not compile. */
export interface SessionRequests {
  overview: { params: Record<string, never>; result: Overview };
  /** Pods of a node in natural order of namespace and name. */
  podsOfNode: { params: { node: string; offset: number; limit: number }; result: PodPage };
  /** Pods whose namespace/name or address contains the text; at most `limit`. */
  findPods: { params: { text: string; limit: number }; result: PodPage };
  /** Everything that is known of an address or a range; what is neither is answered with the reason. */
  explain: { params: { text: string }; result: Explanation | NoAddress };
  /** Services whose namespace/name or cluster address contains the text, in natural order; at most `limit`. */
  findServices: { params: { text: string; limit: number }; result: { services: readonly ServiceSummary[] } };
  /** One live object as JSON text, without managedFields. Errors carry the server's words. */
  object: { params: { ref: ObjectRef }; result: { json: string } };
  /** What the map draws: the findings, and those that were measured, with the user's severities, without those that are off or hidden. */
  map: {
    params: {
      context: string;
      severities: Readonly<Record<string, Severity | 'off'>>;
      hidden: readonly string[];
      measured: readonly Finding[];
    };
    result: { model: MapModel | undefined };
  };
  /** The same as YAML, as documents show it. */
  objectText: { params: { ref: ObjectRef }; result: { text: string } };
  /** Where fields stand in that text, in the order of the paths; for a field that is not there, the nearest above it. */
  locate: { params: { ref: ObjectRef; paths: readonly FieldPath[] }; result: { spans: readonly LineSpan[] } };
  /** Watches these objects and no others: at once and after each change, `SessionChange.objects` has them. The first 20 only. */
  observe: { params: { refs: readonly ObjectRef[] }; result: Record<string, never> };
  /** Probes one pair from inside the source's own container. Creates nothing; whatever goes wrong stands in the report. */
  probe: { params: ProbeRequest; result: ProbeReport; progress: ProbeProgress };
  /** Plans how one pair is probed, by the first means that can be used, and what that would create. Creates nothing. */
  probePlan: { params: { request: ProbeRequest; options: ProbeOptions }; result: ProbePlan };
  /**
   * Runs a plan by its `run`, once: creates exactly what it lists, and nothing before. Those that create something run one at a
   * time. To stop it, `cancelRun` is better than aborting, as with `verify`.
   */
  probeRun: { params: { run: string }; result: ProbeReport; progress: ProbeProgress };
  /** Plans a verification of the whole cluster. Creates nothing. */
  verifyPlan: { params: VerifyOptions; result: VerifyPlan };
  /**
   * Runs a plan by its `run`, once; one at a time. To stop it, `cancelRun` is better than aborting: this request then
   * answers, after everything was taken away, with what was measured.
   */
  verify: { params: { run: string }; result: VerifyReport; progress: VerifyProgress };
  /** Stops the run of that name, of whatever kind. */
  cancelRun: { params: { run: string }; result: Record<string, never> };
  /** Objects of ours in the cluster, of whatever run of whomever. */
  leftovers: { params: Record<string, never>; result: { objects: readonly LeftoverSummary[] } };
  /** Deletes those that outlived their run; with `all`, those of runs that may still go on elsewhere too. */
  sweep: { params: { all: boolean }; result: { removed: readonly LeftoverSummary[] } };
}

/** An object that probing left in the cluster. */
export interface LeftoverSummary {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** It outlived its run: nobody works with it any more. */
  readonly stale: boolean;
}

/** What a request tells while it runs; `never` for those that tell nothing. */
export type ProgressOf<K extends keyof SessionRequests> = {
  [Key in K]: SessionRequests[Key] extends { progress: infer P } ? P : never;
}[K];

export interface Disposable {
  dispose(): void;
}
export type Listener<T> = (value: T) => void;

export interface LogLine {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** The command of a kubeconfig's credential plugin, exactly as it would be started. */
export interface CredentialCommand {
  /** Absolute path of the program that `command` names. */
  readonly path: string;
  /** As the kubeconfig has it. */
  readonly command: string;
  readonly args: readonly string[];
  /** Variables that the kubeconfig adds to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The kubeconfig file that names it. */
  readonly source: string;
  readonly installHint: string;
}

export interface ClusterSession extends Disposable {
  readonly state: ConnectionState;
  /** Resolves some time after `dispose`: when what it created in the cluster is taken away, or waiting for that was given up. */
  readonly ended: Promise<void>;
  onState(listener: Listener<ConnectionState>): Disposable;
  onChange(listener: Listener<SessionChange>): Disposable;
  request<K extends keyof SessionRequests>(
    kind: K,
    params: SessionRequests[K]['params'],
    signal?: AbortSignal,
    onProgress?: Listener<ProgressOf<K>>,
  ): Promise<SessionRequests[K]['result']>;
  /** Tries again at once instead of waiting for the next attempt. */
  retry(): void;
  /** Watches stop when nothing has been visible for some minutes, and go on when something is. */
  setVisible(visible: boolean): void;
}

export interface SessionOptions {
  /** Namespaces to read when cluster-wide rights are missing; empty: cluster-wide, then whatever can be discovered. */
  readonly namespaces: readonly string[];
  /** Check codes that are off, and severities set by the user. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** Whether this machine's interfaces are compared with the cluster's ranges. */
  readonly workstation: boolean;
  readonly requestTimeoutSeconds: number;
}

/** What the session needs from its owner. */
export interface SessionHost {
  readonly log: Listener<LogLine>;
  /** Asks whether this very command may run; answers false when the user says no. Called before every start: what was answered is for the owner to remember. */
  readonly mayRun: (command: CredentialCommand, signal: AbortSignal) => Promise<boolean>;
}
