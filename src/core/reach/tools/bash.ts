/**
 * bash's `/dev/tcp`: a redirection that opens a connection. It knows no time limit, hence the watcher beside it; `read -t` on
 * an empty pipe waits where no `sleep` is installed.
 */
import { formatAddress } from '../../ip/address.js';
import { readErrno } from './errnoWords.js';
import { answered, failed, failureOf, limitMsOf, type Method, milliseconds, type Tool, unexplained } from './tool.js';

const TITLE = 'bash’s /dev/tcp';

const CONNECT = [
  't=$EPOCHREALTIME',
  '( exec 3<>"/dev/tcp/$1/$2" && echo "connected $t $EPOCHREALTIME" ) & p=$!',
  '( read -r -t "$3" _ <> <(:); echo timeout; kill -9 $p ) 2>/dev/null & w=$!',
  'wait $p 2>/dev/null; r=$?',
  'kill -9 $w 2>/dev/null; wait $w 2>/dev/null',
  'exit $r',
].join('\n');

const tcp: Method = {
  args: ({ program }, target) => [
    program,
    '-c',
    CONNECT,
    'probe',
    formatAddress(target.address),
    String(target.port),
    String(target.limitSeconds),
  ],
  read: (run, target) => {
    // The watcher's line comes before its kill, so that an exit by signal without it is a crash, not a time limit.
    if (/^timeout$/m.test(run.stdout) && !run.stdout.includes('connected '))
      return { outcome: { kind: 'timedOut', limitMs: limitMsOf(target) } };
    const failure = failureOf(run);
    if (failure !== null) return failed(TITLE, failure);
    const connected = /^connected (\d+[.,]\d+)? ?(\d+[.,]\d+)?$/m.exec(run.stdout);
    if (connected !== null) {
      // $EPOCHREALTIME is in seconds, exists since bash 5, and has the locale's decimal point.
      const start = milliseconds(connected[1]?.slice(-12).replace(',', '.'), 1000);
      const end = milliseconds(connected[2]?.slice(-12).replace(',', '.'), 1000);
      const rttMs = start !== undefined && end !== undefined && end >= start ? end - start : undefined;
      return { outcome: answered(rttMs === undefined ? undefined : Math.round(rttMs * 1000) / 1000) };
    }
    const outcome = readErrno(run.stderr, limitMsOf(target));
    return outcome === undefined ? unexplained(TITLE, run) : { outcome };
  },
};

export const bash: Tool = {
  id: 'bash',
  title: TITLE,
  programs: ['bash'],
  introduction: ['--version'],
  recognise: (text) => (/GNU bash, version [4-9]/.test(text) ? '' : undefined),
  method: (channel) => (channel === 'tcp' ? tcp : undefined),
};
