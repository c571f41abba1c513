/**
 * ping, of iputils and of busybox: ICMP echoes. Needs the right to open a raw or a ping socket (`net.ipv4.ping_group_range`);
 * without it nothing was measured. https://man7.org/linux/man-pages/man8/ping.8.html
 */
import { formatAddress } from '../../ip/address.js';
import { type Outcome } from '../outcome.js';
import { answered, failed, failureOf, limitMsOf, type Method, milliseconds, type Tool, unexplained } from './tool.js';

const TITLE = 'ping';
const COUNT = 3;

const icmp: Method = {
  args: ({ program, dialect }, target) => [
    program,
    target.address.family === 6 ? '-6' : '-4',
    ...(dialect === 'iputils' ? ['-n'] : []),
    '-c',
    String(COUNT),
    '-W',
    String(target.limitSeconds),
    formatAddress(target.address),
  ],
  read: (run, target) => {
    const failure = failureOf(run);
    if (failure !== null) return failed(TITLE, failure);
    const said = `${run.stdout}\n${run.stderr}`;
    // "ping: permission denied (are you root?)" (busybox), "socktype: SOCK_RAW … Operation not permitted" (iputils).
    if (/are you root|socket: (?:operation not permitted|permission denied)|missing cap_net_raw/i.test(said))
      return unexplained(TITLE, { ...run, exit: { kind: 'code', code: 2 } });
    const counts = /(\d{1,4}) packets transmitted, (\d{1,4}) (?:packets )?received/.exec(said);
    if (counts?.[2] !== undefined && Number(counts[2]) > 0) {
      const rtt = /= (\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)\/\d/.exec(said);
      return { outcome: answered(milliseconds(rtt?.[1])) };
    }
    return outcomeOfSilence(said, limitMsOf(target)) ?? unexplained(TITLE, run);
  },
};

function outcomeOfSilence(said: string, limitMs: number): { outcome: Outcome } | undefined {
  if (/network is unreachable|network unreachable/i.test(said)) return { outcome: { kind: 'noRoute' } };
  if (/host unreachable|no route to host/i.test(said)) return { outcome: { kind: 'hostUnreachable' } };
  if (/packet filtered|operation not permitted|prohibited/i.test(said)) return { outcome: { kind: 'prohibited' } };
  if (/message too long|frag needed/i.test(said)) return { outcome: { kind: 'tooBig' } };
  if (/100% packet loss/.test(said)) return { outcome: { kind: 'timedOut', limitMs } };
  return undefined;
}

export const ping: Tool = {
  id: 'ping',
  title: TITLE,
  programs: ['ping'],
  introduction: ['-h'],
  recognise: (text) =>
    /BusyBox/.test(text) ? 'busybox' : /iputils|Usage:?\s+ping/i.test(text) ? 'iputils' : undefined,
  method: (channel) => (channel === 'icmp' ? icmp : undefined),
};
