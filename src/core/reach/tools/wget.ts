/**
 * wget, of GNU and of busybox: HTTP only, so that it probes a TCP port by sending it a request – the last choice.
 *
 * busybox's `-T` is not used: Debian's build of it dies with a segmentation fault when it is given (its alarm handler), and
 * without it the limit of the exec stream holds. https://www.gnu.org/software/wget/manual/wget.html
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
  type Tool,
  type ToolReading,
  type ToolRun,
  type ToolTarget,
  unexplained,
} from './tool.js';

const TITLE = 'wget';

function readWget(run: ToolRun, target: ToolTarget, http: boolean): ToolReading {
  const failure = failureOf(run);
  if (failure !== null) return failed(TITLE, failure);
  if (run.exit.kind === 'code' && run.exit.code === 0)
    return http ? { outcome: answered(), body: run.stdout } : { outcome: answered() };
  // The server spoke, only not 200: it was reached. "wget: server returned error: HTTP/1.1 404 Not Found" (busybox),
  // "ERROR 404: Not Found." (GNU), "error getting response" (busybox, when the other side is no HTTP server).
  if (
    /server returned error: HTTP\/|\bERROR \d{3}:|bad header|error getting response|No data received/i.test(run.stderr)
  )
    return http ? { outcome: { kind: 'broken', words: words(run.stderr) } } : { outcome: answered() };
  if (/Read error .* in headers/i.test(run.stderr)) return { outcome: { kind: 'stalled', limitMs: limitMsOf(target) } };
  const outcome = readErrno(run.stderr, limitMsOf(target));
  return outcome === undefined ? unexplained(TITLE, run) : { outcome };
}

const method = (dialect: 'gnu' | 'busybox', http: boolean): Method => ({
  args: ({ program }, target, path) => [
    program,
    ...(dialect === 'gnu'
      ? ['--no-config', '--no-proxy', '--tries=1', `--timeout=${target.limitSeconds}`, '-nv', '-O', '-']
      : ['-q', '-Y', 'off', '-O', '-']),
    `http://${hostPort(target)}${http ? path : '/'}`,
  ],
  read: (run, target) => readWget(run, target, http),
});

const METHODS = {
  gnu: { tcp: method('gnu', false), http: method('gnu', true) },
  busybox: { tcp: method('busybox', false), http: method('busybox', true) },
} as const;

export const wget: Tool = {
  id: 'wget',
  title: TITLE,
  programs: ['wget'],
  introduction: ['--help'],
  recognise: (text) => (/BusyBox/.test(text) ? 'busybox' : /GNU Wget/.test(text) ? 'gnu' : undefined),
  method: (channel, dialect) =>
    channel === 'tcp' || channel === 'http' ? METHODS[dialect === 'gnu' ? 'gnu' : 'busybox'][channel] : undefined,
};
