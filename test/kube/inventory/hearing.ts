/**
 * Whether the log tells of each fault that came to pass, one by one.
 *
 * Server and inventory run in one process, so each fault has its moment among the lines of the log; and whoever asks is named
 * in the line, and asks one thing at a time. So the next line of the asker is what came of the fault: its words, or that
 * something ended the connection before they were heard. A fault of the whole server shows wherever something was asked.
 */
import { type FaultKind, type FaultRecord, type Faults, isClusterFault } from '../../apiserver/faults.js';
import type { Watching } from '../watching.js';
import { EXPECTED, type Question, QUESTIONS } from './expectedFaults.js';

type Verdict =
  /** The log has the words that name it. */
  | 'told'
  /** The connection, or the watch, ended before anybody heard it. */
  | 'overtaken'
  /** It was said before that the kind is not there, or may not be read. */
  | 'no news'
  | 'untold';

/** A fault of which the log is to tell, when it came to pass. */
interface Bite {
  readonly fault: FaultRecord;
  readonly question: Question;
  readonly words: RegExp;
  /** Lines of the log before it. */
  readonly line: number;
}

export interface Hearing {
  /** Faults of which the log does not tell though somebody heard them, each with what the log has instead. */
  untold(): readonly string[];
  /** What the log tells of not once, because something always ended the connection first. */
  unheard(): readonly (readonly [FaultKind, Question])[];
}

/** Faults with which all connections end. */
const BREAKS: readonly FaultKind[] = ['restart', 'new-etcd', 'port-closed'];

/** Takes down the server's faults from now on. */
export function hear(faults: Faults, { lines }: Pick<Watching, 'lines'>): Hearing {
  const bites: Bite[] = [];
  /** Where all connections ended: lines before it. */
  const breaks: number[] = [];
  faults.onBite = (fault) => {
    if (BREAKS.includes(fault.kind)) breaks.push(lines.length);
    const question = QUESTIONS.find((each) => each === fault.verb);
    const words = question === undefined ? undefined : EXPECTED[fault.kind][question];
    if (question !== undefined && words instanceof RegExp) bites.push({ fault, question, words, line: lines.length });
  };
  const judged = () => {
    const texts = lines.map(textOf);
    return bites.map((bite) => ({ ...bite, ...judge(bite, texts, breaks) }));
  };
  return {
    untold: () =>
      judged()
        .filter(({ verdict }) => verdict === 'untold')
        .map(({ fault, line, until }) =>
          [`${fault.kind}, ${fault.verb} of ${fault.subject}:`, ...lines.slice(line, until + 1)].join('\n  '),
        ),
    unheard: () => {
      const unheard = new Map<string, readonly [FaultKind, Question]>();
      const all = judged();
      for (const { verdict, fault, question } of all)
        if (verdict === 'overtaken') unheard.set(`${fault.kind} ${question}`, [fault.kind, question]);
      for (const { verdict, fault, question } of all)
        if (verdict === 'told') unheard.delete(`${fault.kind} ${question}`);
      return [...unheard.values()];
    },
  };
}

/** A line without its time and level. */
const textOf = (line: string): string => line.replace(/^\S+ \S+ /, '');

/** The asker waits no more: the connection ended, or its patience did, which on a slow machine may be just before the answer. */
const GIVEN_UP = /: interrupted |reason="no answer in time/;
/** The connection ended, and everything that was under way on it. */
const ENDED = /^(the server does not answer|not accepted)/;
/** A watch that says nothing may end in good order before that is noticed. */
const WATCH_ENDED = /: the server ended the watch|"the watch ended as soon as it began"/;

/** What came of a fault, and the line that says it. */
function judge(
  { fault, question, words, line }: Bite,
  lines: readonly string[],
  breaks: readonly number[],
): { readonly verdict: Verdict; readonly until: number } {
  const { answers, concerns } = askerOf(fault, question);
  const isOfAll = isClusterFault(fault.kind);
  let until = line;
  for (; until < lines.length; until++) {
    const text = lines[until] ?? '';
    if ((isOfAll || concerns(text)) && words.test(text)) return { verdict: 'told', until };
    if (!isOfAll && answers(text)) break;
  }
  const answer = lines[until] ?? '';
  const before = Math.max(0, lines.slice(0, line).findLastIndex(answers));
  // A request that was given up may still be on its way to the server.
  const isOvertaken =
    GIVEN_UP.test(answer) ||
    GIVEN_UP.test(lines[before] ?? '') ||
    breaks.some((at) => at >= before && at <= until) ||
    lines.slice(before, until).some((text) => ENDED.test(text)) ||
    (fault.kind === 'watch-goes-silent' && WATCH_ENDED.test(answer));
  if (isOvertaken) return { verdict: 'overtaken', until };
  return { verdict: isKnown(fault, lines.slice(0, line)) ? 'no news' : 'untold', until };
}

interface Asker {
  /** Lines that may tell of it. */
  readonly concerns: (text: string) => boolean;
  /** Lines that say what came of a question of the asker. */
  readonly answers: (text: string) => boolean;
}

function askerOf({ subject, plural }: FaultRecord, question: Question): Asker {
  const path = plural.startsWith('/') ? plural : `/${plural}`;
  const isRepeated = (text: string): boolean =>
    text.startsWith('the server had closed a kept connection') && text.endsWith(path);
  const asker = (answers: (text: string) => boolean, kind?: string): Asker => ({
    answers,
    concerns: (text) => answers(text) || isRepeated(text) || (kind !== undefined && text.startsWith(`${kind}: `)),
  });
  switch (question) {
    case 'version':
      return asker((text) => /^(connected|not accepted|the server (is slow|answers badly|does not answer))/.test(text));
    case 'discovery':
      return asker((text) => text.includes(': could not ask whether it is served'));
    case 'list':
    case 'watch':
      return asker(
        (text) => text.startsWith(`${subject}: `) && !/: the watch (holds again|keeps failing)/.test(text),
        kindOf(subject),
      );
  }
}

/** What the log calls a kind: some pods are read in full beside the whole of them. */
function kindOf(subject: string): string {
  const [resource = ''] = subject.split(' ');
  return resource === 'pods' && subject.includes('=') ? 'systempods' : resource;
}

/** Whether the last that was said of the kind is that it is not there or may not be read: then the same again is no news. */
function isKnown({ kind, subject }: FaultRecord, before: readonly string[]): boolean {
  if (kind !== 'kind-vanishes' && kind !== 'forbidden') return false;
  const name = kindOf(subject);
  const last = before.findLast(
    (text) =>
      text.startsWith(`${subject}: listed `) ||
      [': not served', ': may not be read reason', ': may be read'].some((said) => text.startsWith(`${name}${said}`)),
  );
  return last !== undefined && !/: (listed|may be read) /.test(last);
}
