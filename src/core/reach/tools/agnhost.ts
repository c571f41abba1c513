/**
 * agnhost `connect`: prints nothing when the connection stood, else a line that begins with one of five words.
 * https://github.com/kubernetes/kubernetes/blob/master/test/images/agnhost/connect/connect.go
 */
import { type Outcome, words } from '../outcome.js';
import { readErrno } from './errnoWords.js';
import { answered, failed, failureOf, hostPort, limitMsOf, type Method, type Tool, unexplained } from './tool.js';

const TITLE = 'agnhost connect';

/** What a line of `connect` means, or undefined when it is none. OTHER and UNKNOWN carry the error's own sentence. */
function readWord(text: string, limitMs: number): Outcome | undefined {
  const match = /(?:^|\n)(TIMEOUT|REFUSED|DNS|OTHER|UNKNOWN)\b:?[ ]?([^\n]*)/.exec(text);
  if (match === null) return undefined;
  const [, word, rest = ''] = match;
  if (word === 'TIMEOUT') return { kind: 'timedOut', limitMs };
  if (word === 'REFUSED') return { kind: 'refused' };
  if (word === 'DNS') return { kind: 'nameError', words: words(rest) };
  return readErrno(rest, limitMs);
}

const connect = (protocol: 'tcp' | 'udp'): Method => ({
  args: ({ program }, target, data) => [
    program,
    'connect',
    hostPort(target),
    `--timeout=${target.limitSeconds}s`,
    `--protocol=${protocol}`,
    ...(protocol === 'udp' ? [`--udp-data=${data}`] : []),
  ],
  read: (run, target) => {
    const failure = failureOf(run);
    if (failure !== null) return failed(TITLE, failure);
    if (run.exit.kind === 'code' && run.exit.code === 0) return { outcome: answered() };
    const outcome = readWord(`${run.stderr}\n${run.stdout}`, limitMsOf(target));
    return outcome === undefined ? unexplained(TITLE, run) : { outcome };
  },
});

const METHODS = { tcp: connect('tcp'), udp: connect('udp'), http: undefined, icmp: undefined } as const;

export const agnhost: Tool = {
  id: 'agnhost',
  title: TITLE,
  programs: ['/agnhost', 'agnhost'],
  introduction: ['connect', '--help'],
  recognise: (text) => (/\bTIMEOUT\b[\s\S]*\bREFUSED\b/.test(text) ? '' : undefined),
  method: (channel) => METHODS[channel],
};
