/**
 * curl: HTTP, and bare TCP connections through its telnet protocol, which sends nothing of its own.
 *
 * `time_connect` is above zero exactly when the connection stood, whatever became of the rest; the reason why it did not is
 * only in the `-v` lines. https://curl.se/docs/manpage.html
 */
import { words } from '../outcome.js';
import { readErrno } from './errnoWords.js';
import {
  answered,
  failed,
  failureOf,
  hostPort,
  limitMsOf,
  type Method,
  milliseconds,
  type Tool,
  type ToolReading,
  type ToolRun,
  type ToolTarget,
  unexplained,
} from './tool.js';

const TITLE = 'curl';

/** Ignores ~/.curlrc and the proxy of the environment: the way to be measured is the direct one. */
const PLAIN = ['-q', '-s', '-S', '-v', '-g', '--noproxy', '*'];
const MARK = 'probe-times';
const FORMAT = `\n${MARK} %{time_connect} %{http_code}\n`;

function readCurl(run: ToolRun, target: ToolTarget, http: boolean): ToolReading {
  const failure = failureOf(run);
  if (failure !== null) return failed(TITLE, failure);
  const times = new RegExp(`\\n${MARK} (\\S+) (\\d{3})\\s*$`).exec(run.stdout);
  if (times === null) return unexplained(TITLE, run);
  const rttMs = milliseconds(times[1]?.replace(',', '.'), 1000);
  const code = run.exit.kind === 'code' ? run.exit.code : -1;
  if (rttMs !== undefined && rttMs > 0) {
    if (!http) return { outcome: answered(rttMs) };
    if (times[2] !== '000') return { outcome: answered(rttMs), body: run.stdout.slice(0, times.index) };
    if (code === 28) return { outcome: { kind: 'stalled', limitMs: limitMsOf(target) } };
    return { outcome: { kind: 'broken', words: words(lastLine(run.stderr)) } };
  }
  // Exit codes: 6 name not resolved, 7 could not connect, 28 time limit.
  const outcome = readErrno(run.stderr, limitMsOf(target));
  if (outcome !== undefined && (code === 6 || code === 7 || code === 28)) return { outcome };
  return code === 28 ? { outcome: { kind: 'timedOut', limitMs: limitMsOf(target) } } : unexplained(TITLE, run);
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

const limits = (target: ToolTarget): string[] => [
  '--connect-timeout',
  String(target.limitSeconds),
  '--max-time',
  String(target.limitSeconds),
];

const tcp: Method = {
  args: ({ program }, target) => [program, ...PLAIN, ...limits(target), '-w', FORMAT, `telnet://${hostPort(target)}`],
  read: (run, target) => readCurl(run, target, false),
};

const http: Method = {
  args: ({ program }, target, path) => [
    program,
    ...PLAIN,
    ...limits(target),
    '--max-filesize',
    '65536',
    '-w',
    FORMAT,
    `http://${hostPort(target)}${path}`,
  ],
  read: (run, target) => readCurl(run, target, true),
};

export const curl: Tool = {
  id: 'curl',
  title: TITLE,
  programs: ['curl'],
  introduction: ['--version'],
  recognise: (text) => {
    if (!/^curl \d/m.test(text)) return undefined;
    return /^Protocols:.*\btelnet\b/m.test(text) ? 'telnet' : 'http';
  },
  method: (channel, dialect) =>
    channel === 'http' ? http : channel === 'tcp' && dialect === 'telnet' ? tcp : undefined,
};
