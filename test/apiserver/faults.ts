/**
 * How the simulated API server misbehaves: one fault a request at most, injected by a test or drawn from a schedule with a
 * seed. Every fault is in the log from when it was drawn; `onBite` is told of it when it comes to pass, which a fault of a
 * watch may never do.
 *
 * A fault never takes the truth away for good: whoever asks again in the way the API prescribes gets the server's state.
 */
import { Random } from './random.js';
import type { Verb } from './requests.js';

/** Instead of the answer, or before it. */
const ANSWER_FAULTS = [
  'too-many-requests',
  'internal-error',
  'bad-gateway',
  'unavailable',
  'gateway-timeout',
  'unauthorized',
  'forbidden',
  'kind-vanishes',
  'connection-reset',
  'half-open',
  'wrong-content-type',
] as const;
/** To what a list says. */
const LIST_FAULTS = ['list-expired', 'stale-list', 'huge-page', 'empty-page'] as const;
/** To the bytes of a list. */
const BODY_FAULTS = ['reset-mid-body', 'stall-mid-body', 'truncated-body', 'truncated-gzip', 'trickle'] as const;
/** Instead of the stream of a watch. */
const REFUSED_WATCH = ['watch-refused'] as const;
/** To the stream of a watch. */
const STREAM_FAULTS = [
  'watch-closed-at-once',
  'watch-expired',
  'watch-ends-early',
  'watch-reset',
  'watch-error-event',
  'watch-duplicate-events',
  'watch-malformed-event',
  'watch-goes-silent',
  'watch-split-events',
] as const;
/** To the server or its store; the request that drew it is then handled as if nothing was, if it still can be. */
const CLUSTER_FAULTS = ['compaction', 'restart', 'new-etcd', 'port-closed', 'clock-jump'] as const;

export type AnswerFault = (typeof ANSWER_FAULTS)[number];
type ListFaultKind = (typeof LIST_FAULTS)[number];
export type BodyFault = (typeof BODY_FAULTS)[number];
export type StreamFaultKind = (typeof STREAM_FAULTS)[number];
export type ClusterFault = (typeof CLUSTER_FAULTS)[number];
export type FaultKind =
  AnswerFault | ListFaultKind | BodyFault | (typeof REFUSED_WATCH)[number] | StreamFaultKind | ClusterFault;

export const faultKinds: readonly FaultKind[] = [
  ...ANSWER_FAULTS,
  ...LIST_FAULTS,
  ...BODY_FAULTS,
  ...REFUSED_WATCH,
  ...STREAM_FAULTS,
  ...CLUSTER_FAULTS,
];

/** What is asked: something of a resource, or of the server itself its version, or which resources a group's version has. */
export type Asked = Verb | 'version' | 'discovery';

export interface FaultyRequest {
  readonly verb: Asked;
  /** Of a question about the server itself: its path. */
  readonly plural: string;
  readonly namespace: string;
  /** What is asked for, in one line: `pods kube-system tier=control-plane`, `/version`. */
  readonly subject: string;
  /** A further page of a list. */
  readonly continued: boolean;
  readonly acceptsGzip: boolean;
}

export interface FaultMatch {
  readonly verb?: Asked;
  readonly plural?: string;
  readonly namespace?: string;
  /** How many matching requests it bites; 1 unless told otherwise. */
  readonly times?: number;
  /** How many matching requests it lets pass first. */
  readonly after?: number;
  /** For faults of a watch: how many events it lets pass first; 0 unless told otherwise. */
  readonly afterEvents?: number;
}

export interface FaultRecord extends Pick<FaultyRequest, 'verb' | 'plural' | 'namespace' | 'subject'> {
  readonly kind: FaultKind;
  readonly origin: 'injected' | 'scheduled';
}

export interface StreamFault {
  readonly kind: StreamFaultKind;
  readonly afterEvents: number;
  /** To be called when it comes to pass. */
  readonly bites: () => void;
  /** The size of the next piece of an event of so many bytes. */
  readonly pieceOf: (bytes: number) => number;
}

/** A fault drawn for one request. */
export interface Fault {
  readonly kind: FaultKind;
  readonly afterEvents: number;
  readonly random: Random;
  /** To be called when it comes to pass; further calls do nothing. */
  readonly bites: () => void;
}

export interface Schedule {
  /** The part of requests that are hit, 0 to 1. */
  readonly rate: number;
  /** All of them unless told otherwise. */
  readonly kinds?: readonly FaultKind[];
  /** The schedule ends after so many faults. */
  readonly total?: number;
}

interface Injection {
  readonly kind: FaultKind;
  readonly match: FaultMatch;
  toSkip: number;
  left: number;
}

function isOneOf<T extends string>(list: readonly T[], kind: string): kind is T {
  return (list as readonly string[]).includes(kind);
}
export const isAnswerFault = (kind: FaultKind): kind is AnswerFault => isOneOf(ANSWER_FAULTS, kind);
const isListFault = (kind: FaultKind): kind is ListFaultKind => isOneOf(LIST_FAULTS, kind);
export const isBodyFault = (kind: FaultKind): kind is BodyFault => isOneOf(BODY_FAULTS, kind);
export const isStreamFault = (kind: FaultKind): kind is StreamFaultKind => isOneOf(STREAM_FAULTS, kind);
export const isClusterFault = (kind: FaultKind): kind is ClusterFault => isOneOf(CLUSTER_FAULTS, kind);

/** Whether a fault can bite a request at all. */
function applies(kind: FaultKind, request: FaultyRequest): boolean {
  if (kind === 'list-expired') return request.verb === 'list' && request.continued;
  if (kind === 'stale-list') return request.verb === 'list' && !request.continued;
  if (kind === 'truncated-gzip') return request.verb === 'list' && request.acceptsGzip;
  if (isListFault(kind) || isBodyFault(kind)) return request.verb === 'list';
  if (isStreamFault(kind) || isOneOf(REFUSED_WATCH, kind)) return request.verb === 'watch';
  return true;
}

/** Faults that last for some requests of the same resource when a schedule draws them. */
const LASTING: readonly FaultKind[] = ['unauthorized', 'forbidden', 'kind-vanishes', 'unavailable'];

export class Faults {
  /** Told of each fault that comes to pass, just before it does. */
  onBite: (fault: FaultRecord) => void = () => undefined;
  readonly #injections: Injection[] = [];
  #schedule: { readonly random: Random; readonly options: Schedule; left: number } | undefined;
  readonly #log: FaultRecord[] = [];
  readonly #random = new Random(1);

  get log(): readonly FaultRecord[] {
    return this.#log;
  }

  /** The next matching requests get this fault. */
  inject(kind: FaultKind, match: FaultMatch = {}): void {
    this.#injections.push({ kind, match, toSkip: match.after ?? 0, left: match.times ?? 1 });
  }

  /** Draws faults for requests at random, the same for the same seed and the same requests. */
  schedule(seed: number, options: Schedule): void {
    this.#schedule = { random: new Random(seed), options, left: options.total ?? Infinity };
  }

  /** No more faults; the log stays. */
  stop(): void {
    this.#schedule = undefined;
    this.#injections.length = 0;
  }

  /** The fault of a request, which is then in the log. */
  next(request: FaultyRequest): Fault | undefined {
    return this.#injected(request) ?? this.#scheduled(request);
  }

  #injected(request: FaultyRequest): Fault | undefined {
    for (const injection of this.#injections) {
      const { kind, match } = injection;
      const fits =
        applies(kind, request) &&
        (match.verb === undefined || match.verb === request.verb) &&
        (match.plural === undefined || match.plural === request.plural) &&
        (match.namespace === undefined || match.namespace === request.namespace);
      if (!fits) continue;
      if (injection.toSkip > 0) {
        injection.toSkip--;
        continue;
      }
      injection.left--;
      if (injection.left <= 0) this.#injections.splice(this.#injections.indexOf(injection), 1);
      const bites = this.#record(kind, request, 'injected');
      return { kind, afterEvents: match.afterEvents ?? 0, random: this.#random, bites };
    }
    return undefined;
  }

  #scheduled(request: FaultyRequest): Fault | undefined {
    const schedule = this.#schedule;
    if (schedule === undefined || schedule.left <= 0) return undefined;
    const { random, options } = schedule;
    if (random.next() >= options.rate) return undefined;
    const kind = random.pick((options.kinds ?? faultKinds).filter((candidate) => applies(candidate, request)));
    if (kind === undefined) return undefined;
    schedule.left--;
    if (LASTING.includes(kind)) {
      const times = random.below(3);
      if (times > 0) this.inject(kind, { plural: request.plural, times });
    }
    const bites = this.#record(kind, request, 'scheduled');
    return { kind, afterEvents: random.below(5), random, bites };
  }

  /** Answers with what is to be called when the fault comes to pass. */
  #record(kind: FaultKind, request: FaultyRequest, origin: FaultRecord['origin']): () => void {
    const { verb, plural, namespace, subject } = request;
    const fault: FaultRecord = { kind, verb, plural, namespace, subject, origin };
    this.#log.push(fault);
    let bit = false;
    return () => {
      if (bit) return;
      bit = true;
      this.onBite(fault);
    };
  }
}
