/**
 * The sentences in which programs report the kernel's error numbers: those of glibc and musl (`strerror`), of Go's `net`
 * package and of the Node.js and Python names of the constants. They are the same in all programs that print them.
 */
import { type Outcome, words } from '../outcome.js';

const SENTENCES: readonly (readonly [RegExp, (text: string, limitMs: number) => Outcome])[] = [
  [/connection refused|ECONNREFUSED/i, () => ({ kind: 'refused' })],
  // ETIMEDOUT is "Connection timed out" in glibc and "Operation timed out" in musl. EINPROGRESS is what OpenBSD's nc prints.
  [
    /timed? ?out|timeout was reached|ETIMEDOUT|i\/o timeout|operation now in progress/i,
    (_, limitMs) => ({ kind: 'timedOut', limitMs }),
  ],
  // musl says "Host is unreachable", glibc and Go "no route to host". EHOSTDOWN comes from neighbour resolution too.
  [/no route to host|host is unreachable|host is down|EHOSTUNREACH|EHOSTDOWN/i, () => ({ kind: 'hostUnreachable' })],
  [/network is unreachable|network unreachable|ENETUNREACH/i, () => ({ kind: 'noRoute' })],
  [/message too long|EMSGSIZE/i, () => ({ kind: 'tooBig' })],
  [/permission denied|operation not permitted|EACCES|EPERM/i, () => ({ kind: 'prohibited' })],
  [
    /connection reset|broken pipe|ECONNRESET|EPIPE|empty reply from server/i,
    (text) => ({ kind: 'broken', words: words(text) }),
  ],
  [
    /name or service not known|temporary failure in name resolution|bad address|could ?n.?t resolve|could not resolve|no such host|unable to resolve|ENOTFOUND|EAI_[A-Z]+/i,
    (text) => ({ kind: 'nameError', words: words(text) }),
  ],
];

/** The outcome that the text's error sentence means, or undefined when it holds none. `limitMs` is the limit that was set. */
export function readErrno(text: string, limitMs: number): Outcome | undefined {
  for (const [sentence, outcome] of SENTENCES) if (sentence.test(text)) return outcome(text, limitMs);
  return undefined;
}
