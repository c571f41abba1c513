/** What each kind of fault hits in these tests, by what was asked, and what the log says of it then. */
import type { Asked, FaultKind, FaultMatch } from '../../apiserver/faults.js';

/** What the inventory and its connection ask a server. */
export const QUESTIONS = ['list', 'watch', 'version', 'discovery'] as const satisfies readonly Asked[];
export type Question = (typeof QUESTIONS)[number];

/** What the log says of a fault; in words, why it says nothing. */
type Words = RegExp | string;
type Expected = Readonly<Partial<Record<Question, Words>>>;

export const LIST: FaultMatch = { verb: 'list', plural: 'pods', namespace: '' };
/** The request that a fault hits when it is tried by itself. */
export const TRIED: Readonly<Record<Question, FaultMatch>> = {
  list: LIST,
  watch: { verb: 'watch', plural: 'pods', namespace: '', afterEvents: 2 },
  version: { verb: 'version' },
  discovery: { verb: 'discovery' },
};

/** Whatever is asked, the log has the answer's own words. */
const anywhere = (words: Words): Expected => ({ list: words, watch: words, version: words, discovery: words });

/** A connection that broke; a kept one may have been closed before the request arrived, which is asked again at once. */
const BROKEN =
  /reason="?(read ECONNRESET|socket hang up|aborted|Client network socket disconnected|the connection was closed)|closed a kept connection/;
const HTML = /the answer is not JSON \(text\/html/;

/** Each fault, where it can be met: a kind of question that is left out is not hit by it. */
export const EXPECTED: Readonly<Record<FaultKind, Expected>> = {
  'too-many-requests': anywhere(/reason="The server has received too many requests/),
  'internal-error': anywhere(/etcdserver: request timed out/),
  'bad-gateway': anywhere(/502 Bad Gateway/),
  unavailable: anywhere(/reason="apiserver not ready"/),
  'gateway-timeout': anywhere(/reason="Timeout: request did not complete/),
  unauthorized: anywhere(/reason=Unauthorized/),
  forbidden: {
    list: /: may not be read( any more, asking again)? reason="\S+ is forbidden/,
    watch: /: may be listed and not watched, listing now and then reason="\S+ is forbidden/,
    version: 'who may not know the version may read all the same',
    discovery: /could not ask whether it is served reason="forbidden: /,
  },
  'kind-vanishes': {
    list: /: not served/,
    watch: /: not served/,
    version: /the server does not answer reason="the server could not find the requested resource"/,
    discovery: 'that there is no such kind is an answer',
  },
  'connection-reset': anywhere(BROKEN),
  'half-open': anywhere(/reason="no answer in time: the first byte/),
  'wrong-content-type': {
    list: /reason="a list answered with text\/html/,
    watch: /reason="a watch answered with text\/html/,
    version: HTML,
    discovery: HTML,
  },
  'list-expired': { list: /: the list took too long for the server, starting again/ },
  'stale-list': { list: 'an older state, and the watch from it brings the rest' },
  'huge-page': { list: 'one page instead of several is nothing wrong' },
  'empty-page': { list: 'a page may be empty' },
  'reset-mid-body': { list: BROKEN },
  'stall-mid-body': { list: /reason="no answer in time: the next byte of the answer/ },
  'truncated-body': { list: /failed .*kind=protocol/ },
  'truncated-gzip': { list: /failed .*kind=protocol/ },
  trickle: { list: 'slow, and nothing wrong' },
  'watch-refused': { watch: /: the version is too old, listing again/ },
  'watch-closed-at-once': { watch: /failed reason="the watch ended as soon as it began"/ },
  'watch-expired': { watch: /: the version is too old, listing again/ },
  'watch-ends-early': { watch: /: the server ended the watch|failed reason="the watch ended as soon as it began"/ },
  'watch-reset': { watch: BROKEN },
  'watch-error-event': { watch: /failed reason="Internal error occurred: etcdserver: leader changed"/ },
  'watch-duplicate-events': { watch: 'an event that says again what is known changes nothing' },
  'watch-malformed-event': { watch: /failed .*kind=protocol/ },
  'watch-goes-silent': { watch: /: the watch is silent, opening it anew/ },
  'watch-split-events': { watch: 'events are put together from any pieces' },
  compaction: anywhere('it is noticed only by a watch or a page from before it'),
  restart: anywhere(BROKEN),
  // Twice in a short time no client can tell: the new versions would be like those that it knows.
  'new-etcd': { watch: /: the server's history began anew, listing again/ },
  'port-closed': anywhere(/reason="connect ECONNREFUSED/),
  'clock-jump': anywhere("nothing depends on the server's clock"),
};
