/**
 * Outcomes: what one attempt to reach a target came to.
 *
 * Answers for: the sum type, which outcomes say something about the network at all, and how each is said in words.
 * "Could not be measured" is never "unreachable": a crashed tool, a missing right or a lost API server has its own outcome.
 */

/** Attempts that measured something: a packet came back, or was shown not to. */
export type MeasuredOutcome =
  | {
      readonly kind: 'answered';
      /** Round trip as the tool itself measured it, in milliseconds; undefined where it does not measure. */
      readonly rttMs: number | undefined;
      /** The address that the server saw the request come from, where the server says so. */
      readonly seenSource: string | undefined;
      /** Who the server says it is: a pod's host name. */
      readonly answerer: string | undefined;
    }
  /** A reset, or an ICMP "port unreachable", came back. */
  | { readonly kind: 'refused' }
  /** The connection was set up, then no answer to the request came in time. */
  | { readonly kind: 'stalled'; readonly limitMs: number }
  /** The connection was set up and then reset or closed before an answer. */
  | { readonly kind: 'broken'; readonly words: string }
  /** Something answered that is not the target. */
  | { readonly kind: 'wrongAnswerer'; readonly expected: string; readonly answerer: string }
  /** Nothing came back in time. */
  | { readonly kind: 'timedOut'; readonly limitMs: number }
  /** The source's own routing table has no way there (ENETUNREACH), so nothing was sent. */
  | { readonly kind: 'noRoute' }
  /** A router, or the last hop's neighbour resolution, said that the host cannot be reached (EHOSTUNREACH). */
  | { readonly kind: 'hostUnreachable' }
  /** The source's own kernel would not send: a prohibiting route, or a filter on its output (EACCES, EPERM). */
  | { readonly kind: 'prohibited' }
  /** The datagram is larger than what the way allows, and the kernel said so (EMSGSIZE). */
  | { readonly kind: 'tooBig' };

/** Attempts that say nothing about the network between source and target. */
export type UnmeasuredOutcome =
  /** No datagram came back, and nothing says that what listens there answers any. */
  | { readonly kind: 'silence'; readonly limitMs: number }
  /** The name could not be resolved: the name service failed, not the way to the target. */
  | { readonly kind: 'nameError'; readonly words: string }
  | { readonly kind: 'toolFailed'; readonly tool: string; readonly cause: ToolFailure }
  /** `right` names what is missing: `create pods/exec in namespace shop`. */
  | { readonly kind: 'notPermitted'; readonly right: string; readonly words: string }
  /** None of the programs that could probe is in the source's image; with `speaks`, none that could do that. */
  | { readonly kind: 'noTool'; readonly looked: readonly string[]; readonly speaks?: string }
  | { readonly kind: 'notRunning'; readonly what: string; readonly words: string }
  /** The server's admission does not let in what would probe. */
  | { readonly kind: 'rejected'; readonly what: string; readonly words: string }
  /** A pod was deleted before or while it probed. */
  | { readonly kind: 'podGone'; readonly pod: string }
  /** The API server could not reach the source's node, or its container runtime failed. */
  | { readonly kind: 'nodeGone'; readonly words: string }
  /** The API server itself went away, or its answer made no sense. */
  | { readonly kind: 'apiGone'; readonly words: string }
  | { readonly kind: 'cancelled' };

export type Outcome = MeasuredOutcome | UnmeasuredOutcome;
export type OutcomeKind = Outcome['kind'];

export type ToolFailure =
  /** Ended by a signal: crashed, or killed. `Debian's busybox wget -T` is one. */
  | { readonly kind: 'signal'; readonly number: number }
  | { readonly kind: 'exit'; readonly code: number; readonly words: string }
  /** It did not end in the time given, and this tool's silence proves nothing. */
  | { readonly kind: 'timeLimit'; readonly limitMs: number }
  /** It ended well and printed something that cannot be read. */
  | { readonly kind: 'output'; readonly words: string };

/**
 * reached: packets went there and back. misdirected: there and back, but another host answered. unreached: they did not.
 * unmeasured: the attempt says nothing about it.
 */
export type Reach = 'reached' | 'misdirected' | 'unreached' | 'unmeasured';

const REACH: Readonly<Record<OutcomeKind, Reach>> = {
  answered: 'reached',
  refused: 'reached',
  stalled: 'reached',
  broken: 'reached',
  wrongAnswerer: 'misdirected',
  timedOut: 'unreached',
  noRoute: 'unreached',
  hostUnreachable: 'unreached',
  prohibited: 'unreached',
  tooBig: 'unreached',
  silence: 'unmeasured',
  nameError: 'unmeasured',
  toolFailed: 'unmeasured',
  notPermitted: 'unmeasured',
  noTool: 'unmeasured',
  notRunning: 'unmeasured',
  rejected: 'unmeasured',
  podGone: 'unmeasured',
  nodeGone: 'unmeasured',
  apiGone: 'unmeasured',
  cancelled: 'unmeasured',
};

export const reachOf = (outcome: Outcome): Reach => REACH[outcome.kind];

export const isMeasured = (outcome: Outcome): outcome is MeasuredOutcome => REACH[outcome.kind] !== 'unmeasured';

/** Longest text of a tool or server that an outcome keeps. */
const MAX_WORDS = 300;

// Control characters, line ends, and the marks that turn the direction of text: none may reach a log, a label or a terminal.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A hostile text made fit to be shown: one line, nothing unprintable, capped. */
export function words(text: string): string {
  const line = text
    .slice(0, MAX_WORDS * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}

/** `0.4 ms`, `12 ms`, `3 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${Math.round(ms / 100) / 10} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${Math.round(ms * 100) / 100} ms`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  4: 'illegal instruction',
  6: 'abort',
  9: 'kill',
  11: 'segmentation fault',
  13: 'broken pipe',
  15: 'terminate',
};

function describeFailure(tool: string, cause: ToolFailure): string {
  switch (cause.kind) {
    case 'signal': {
      const name = SIGNALS[cause.number];
      return `${tool} was ended by signal ${cause.number}${name === undefined ? '' : ` (${name})`}: that says nothing about the network`;
    }
    case 'exit':
      return `${tool} failed with exit code ${cause.code}${cause.words === '' ? '' : `: ${cause.words}`}`;
    case 'timeLimit':
      return `${tool} did not end within ${formatMs(cause.limitMs)}, and was given up`;
    case 'output':
      return `${tool} printed what cannot be read: ${cause.words}`;
  }
}

/** The outcome in words, as the predicate of a sentence whose subject is the target: `answered in 0.4 ms`. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answered': {
      const rtt = outcome.rttMs === undefined ? '' : ` in ${formatMs(outcome.rttMs)}`;
      const who = outcome.answerer === undefined ? '' : `, as ${outcome.answerer}`;
      const seen = outcome.seenSource === undefined ? '' : `, and saw the request come from ${outcome.seenSource}`;
      return `answered${rtt}${who}${seen}`;
    }
    case 'refused':
      return 'refused: a reset came back, so packets travel both ways, and nothing listens on that port (or a firewall rejects it)';
    case 'stalled':
      return `accepted the connection, and sent no answer within ${formatMs(outcome.limitMs)}`;
    case 'broken':
      return `accepted the connection, and broke it off: ${outcome.words}`;
    case 'wrongAnswerer':
      return `did not answer: ${outcome.answerer} did, instead of ${outcome.expected}`;
    case 'timedOut':
      return `did not answer within ${formatMs(outcome.limitMs)}`;
    case 'noRoute':
      return 'cannot be sent to: the source has no route there (network is unreachable)';
    case 'hostUnreachable':
      return 'cannot be reached: a hop on the way, or the last one, said so (no route to host)';
    case 'prohibited':
      return 'may not be sent to: the source’s own kernel refuses (operation not permitted)';
    case 'tooBig':
      return 'cannot be sent to with packets of this size (message too long)';
    case 'silence':
      return `sent no datagram back within ${formatMs(outcome.limitMs)}, which says nothing: not every server answers`;
    case 'nameError':
      return `has a name that could not be resolved: ${outcome.words}`;
    case 'toolFailed':
      return `was not measured: ${describeFailure(outcome.tool, outcome.cause)}`;
    case 'notPermitted':
      return `was not measured: the right to ${outcome.right} is missing${outcome.words === '' ? '' : ` (${outcome.words})`}`;
    case 'noTool':
      return `was not measured: ${outcome.speaks === undefined ? 'the source’s image has no program to probe with' : `none of the programs in the source’s image speaks ${outcome.speaks}`} (looked for ${outcome.looked.join(', ')})`;
    case 'notRunning':
      return `was not measured: ${outcome.what} is not running${outcome.words === '' ? '' : ` (${outcome.words})`}`;
    case 'rejected':
      return `was not measured: the server does not let ${outcome.what} in (${outcome.words})`;
    case 'podGone':
      return `was not measured: ${outcome.pod} was deleted`;
    case 'nodeGone':
      return `was not measured: the API server could not run the probe on the source’s node (${outcome.words})`;
    case 'apiGone':
      return `was not measured: the API server went away (${outcome.words})`;
    case 'cancelled':
      return 'was not measured: cancelled';
  }
}
