/** What each kind of fault hits in these tests, and what the log says of it then. */
import type { FaultKind, FaultMatch } from '../../apiserver/faults.js';

export interface Expectation {
  readonly match: FaultMatch;
  /** What the log says of it; in words, why it says nothing. */
  readonly log: RegExp | string;
}

export const LIST: FaultMatch = { verb: 'list', plural: 'pods', namespace: '' };
const WATCH: FaultMatch = { verb: 'watch', plural: 'pods', namespace: '', afterEvents: 2 };

/** Each fault by itself, where it hurts, and what the log says then. */
export const EXPECTED: Readonly<Record<FaultKind, Expectation>> = {
  'too-many-requests': { match: LIST, log: /failed .*kind=tooManyRequests code=429/ },
  'internal-error': { match: LIST, log: /failed .*etcdserver: request timed out.* kind=server code=500/ },
  'bad-gateway': { match: LIST, log: /failed .*502 Bad Gateway.* code=502/ },
  unavailable: { match: LIST, log: /failed .*apiserver not ready.* code=503/ },
  'gateway-timeout': { match: LIST, log: /failed .* code=504/ },
  unauthorized: { match: LIST, log: /failed reason=Unauthorized kind=unauthenticated/ },
  forbidden: { match: LIST, log: /: may not be read any more, asking again reason="pods is forbidden/ },
  'kind-vanishes': { match: LIST, log: /: not served/ },
  'connection-reset': {
    match: LIST,
    log: /failed .*kind=unreachable|closed a kept connection/,
  },
  'half-open': { match: LIST, log: /failed .*no answer in time/ },
  'wrong-content-type': { match: LIST, log: /failed reason="a list answered with text\/html.*kind=protocol/ },
  'list-expired': { match: LIST, log: /: the list took too long for the server, starting again/ },
  'stale-list': { match: LIST, log: 'an older state, and the watch from it brings the rest' },
  'huge-page': { match: LIST, log: 'one page instead of several is nothing wrong' },
  'empty-page': { match: LIST, log: 'a page may be empty' },
  'reset-mid-body': { match: LIST, log: /failed .*kind=unreachable/ },
  'stall-mid-body': { match: LIST, log: /failed .*next byte of the answer/ },
  'truncated-body': { match: LIST, log: /failed .*kind=protocol/ },
  'truncated-gzip': { match: LIST, log: /failed .*kind=protocol/ },
  trickle: { match: LIST, log: 'slow, and nothing wrong' },
  'watch-closed-at-once': { match: WATCH, log: /failed reason="the watch ended as soon as it began"/ },
  'watch-expired': { match: WATCH, log: /: the version is too old, listing again/ },
  'watch-ends-early': { match: WATCH, log: /: the server ended the watch/ },
  'watch-reset': { match: WATCH, log: /failed .*kind=unreachable/ },
  'watch-error-event': { match: WATCH, log: /failed .*etcdserver: leader changed.* kind=server/ },
  'watch-duplicate-events': { match: WATCH, log: 'an event that says again what is known changes nothing' },
  'watch-malformed-event': { match: WATCH, log: /failed .*kind=protocol/ },
  'watch-goes-silent': { match: WATCH, log: /: the watch is silent, opening it anew/ },
  'watch-split-events': { match: WATCH, log: 'events are put together from any pieces' },
  compaction: { match: LIST, log: 'it is noticed only by a watch or a page from before it' },
  restart: { match: LIST, log: /(failed|interrupted)|closed a kept connection/ },
  'new-etcd': { match: WATCH, log: /: the server's history began anew, listing again/ },
  'port-closed': { match: LIST, log: /the server does not answer .*ECONNREFUSED/ },
  'clock-jump': { match: LIST, log: "nothing depends on the server's clock" },
};
