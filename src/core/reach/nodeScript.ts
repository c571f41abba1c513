/**
 * The script that one exec session a node runs in its probe pod: it reads targets from its standard input, tries them, a few
 * at a time, and prints a line for each attempt. A constant: targets never become part of it.
 *
 * It needs what the agnhost image has: a POSIX shell, agnhost, and curl or busybox's wget. Each attempt has a limit of its
 * own, because closing the stream does not end the script.
 *
 * Input, a line a target, ended by a line with a full stop:
 *
 *     <id> <kind> <address> <tcp port> <udp port> <source port>
 *
 * Kinds: `pod` everything, `tcp` a connection, `icmp` echoes, `loss` ten datagrams, `size` the largest datagram that is
 * echoed. Output, besides what cannot be told from a stray program's:
 *
 *     probe mtu <bytes>
 *     probe <id> <what> <start> <end> <what the program printed, its lines joined by |>|exit <code>
 *     probe end
 *
 * Times are seconds of /proc/uptime, in hundredths. https://man7.org/linux/man-pages/man5/proc_uptime.5.html
 */
import { type Address, formatAddress } from '../ip/address.js';
import { addressOfHostPort } from './nat.js';
import { type Outcome, words } from './outcome.js';
import { agnhost } from './tools/agnhost.js';
import { ping } from './tools/ping.js';
import type { Method, Tool, ToolRun, ToolTarget } from './tools/tool.js';

/** Seconds that one attempt may take. */
const ATTEMPT_SECONDS = 3;
/** Targets at the same time in one pod: each runs up to three programs at once. */
const WIDTH = 8;

export const NODE_SCRIPT = `
now() { read -r up rest </proc/uptime; }
run() {
  id=$1; what=$2; shift 2
  now; start=$up
  out=$( { "$@"; code=$?; echo; echo "exit $code"; } 2>&1 </dev/null | head -c 900 )
  now
  oldifs=$IFS; IFS='
'
  set -f; set -- $out; IFS='|'; line="$*"; IFS=$oldifs; set +f
  printf 'probe %s %s %s %s %s\\n' "$id" "$what" "$start" "$up" "$line"
  case $line in *"exit 0") return 0 ;; *) return 1 ;; esac
}
fetch() {
  if [ -n "$curl" ]; then curl -q -s -S -g --noproxy '*' --connect-timeout 3 --max-time 4 "$1"
  else timeout 4 wget -q -Y off -O - "$1"; fi
}
connect() { run "$id" tcp "$agnhost" connect "$host:$tcp" --timeout=3s; }
datagram() { run "$1" "$2" "$agnhost" connect "$host:$udp" --protocol=udp --timeout="$3" --udp-data="echo $4"; }
pad() { printf "%.$1s" "$filler"; }
over() { case $address in *:*) echo 48 ;; *) echo 28 ;; esac; }
tcp_all() {
  connect || return
  run "$id" who fetch "http://$host:$source/whoami" || run "$id" who fetch "http://$host:$source/whoami"
  run "$id" name fetch "http://$host:$tcp/$(pad "$mtu")" || run "$id" name fetch "http://$host:$tcp/$(pad "$mtu")"
}
udp_all() {
  good=
  for k in 1 2 3 4 5 6; do
    datagram "$id" udp 1s "probe-$id-$k" && good=1
    [ $k -ge 3 ] && [ -z "$good" ] && return
  done
  full=$((mtu - $(over) - 6))
  text="probe-$id-99 $(pad "$full")"
  text=$(printf "%.\${full}s" "$text")
  datagram "$id" large 2s "$text" || datagram "$id" large 2s "$text"
}
size() {
  low=64; high=$((mtu - $(over) - 6))
  while [ $((high - low)) -gt 4 ]; do
    middle=$(((low + high) / 2))
    if "$agnhost" connect "$host:$udp" --protocol=udp --timeout=1s --udp-data="echo $(pad "$middle")" >/dev/null 2>&1 </dev/null
    then low=$middle; else high=$middle; fi
  done
  run "$id" size echo "$((low + 6 + $(over)))"
}
target() {
  host=$address
  case $address in *:*) host="[$address]" ;; esac
  case $kind in
    pod) tcp_all & udp_all & run "$id" icmp ping -c 2 -W 2 "$address" & wait ;;
    tcp) connect ;;
    icmp) run "$id" icmp ping -c 2 -W 2 "$address" ;;
    loss) for k in 1 2 3 4 5 6 7 8 9 10; do datagram "$id" udp 2s "probe-$id-$k"; done ;;
    size) size ;;
  esac
}
agnhost=/agnhost; [ -x "$agnhost" ] || agnhost=agnhost
curl=$(command -v curl)
device=eth0
while read -r name destination rest; do [ "$destination" = 00000000 ] && device=$name; done </proc/net/route
read -r mtu <"/sys/class/net/$device/mtu" || mtu=1280
echo "probe mtu $mtu"
filler=x; while [ \${#filler} -lt 9100 ]; do filler=$filler$filler; done
count=0
while read -r id kind address tcp udp source; do
  [ "$id" = . ] && break
  target </dev/null &
  count=$((count + 1)); [ $((count % ${WIDTH})) -eq 0 ] && wait
done
wait
echo 'probe end'
`.trim();

export type TargetKind = 'pod' | 'tcp' | 'icmp' | 'loss' | 'size';

export interface ScriptTarget {
  /** Unique in the run: datagrams carry it, and servers write it down. */
  readonly id: number;
  readonly kind: TargetKind;
  readonly address: Address;
  readonly tcpPort: number;
  readonly udpPort: number;
  /** The port whose server answers with the source address that it saw. */
  readonly sourcePort: number;
}

/** What the script reads. Every field is a number or a parsed address. */
export function scriptInput(targets: readonly ScriptTarget[]): string {
  const lines = targets.map(({ id, kind, address, tcpPort, udpPort, sourcePort }) =>
    [id, kind, formatAddress(address), tcpPort, udpPort, sourcePort].join(' '),
  );
  return [...lines, '.', ''].join('\n');
}

/** The longest that a kind of target takes when nothing answers, in seconds. */
const WORST_SECONDS: Readonly<Record<TargetKind, number>> = { pod: 20, tcp: 4, icmp: 5, loss: 22, size: 14 };

/** How long a session may take: batches of `WIDTH` targets, each as slow as its slowest, and a margin. */
export function scriptLimitMs(targets: readonly ScriptTarget[]): number {
  let seconds = 10;
  for (let first = 0; first < targets.length; first += WIDTH)
    seconds += Math.max(...targets.slice(first, first + WIDTH).map(({ kind }) => WORST_SECONDS[kind]));
  return seconds * 1000;
}

export interface ScriptLine {
  readonly id: number;
  readonly what: string;
  readonly elapsedMs: number;
  readonly run: ToolRun;
}

/** What one session printed, read. `complete`: it came to its end. */
export interface ScriptOutput {
  readonly mtu: number | undefined;
  readonly lines: readonly ScriptLine[];
  readonly complete: boolean;
}

const LINE = /^probe (\d{1,9}) ([a-z]{1,8}) (\d{1,12}\.\d\d) (\d{1,12}\.\d\d) (.*)$/s;

/** Reads the script's output. Lines of any other form are left out: what answered a request may have written them. */
export function readScript(stdout: string): ScriptOutput {
  let mtu: number | undefined;
  let complete = false;
  const lines: ScriptLine[] = [];
  for (const text of stdout.split('\n')) {
    const match = LINE.exec(text);
    if (match === null) {
      const size = /^probe mtu (\d{1,6})$/.exec(text);
      if (size !== null) mtu ??= Number(size[1]);
      else if (text === 'probe end') complete = true;
      continue;
    }
    const [, id, what = '', start, end, said = ''] = match;
    const exit = /(?:^|\|)exit (\d{1,3})$/.exec(said);
    lines.push({
      id: Number(id),
      what,
      elapsedMs: Math.max(0, Math.round((Number(end) - Number(start)) * 1000)),
      run: {
        // Without its end the text was cut at the cap: more was printed than any answer of a probe server has.
        exit: exit === null ? { kind: 'outputLimit' } : { kind: 'code', code: Number(exit[1]) },
        stdout: (exit === null ? said : said.slice(0, exit.index)).replaceAll('|', '\n'),
        stderr: '',
      },
    });
  }
  return { mtu, lines, complete };
}

/** What is known of one target after a session. */
export interface TargetReadings {
  readonly tcp: readonly Outcome[];
  readonly tcpLarge: readonly Outcome[];
  readonly udp: readonly Outcome[];
  readonly udpLarge: readonly Outcome[];
  readonly icmp: readonly Outcome[];
  /** The source address that the TCP server saw; empty when it did not say. */
  readonly seenSource: string;
  /** The largest packet that was echoed, in bytes with its IP header, where that was searched for. */
  readonly largestBytes: number | undefined;
}

function method(tool: Tool, channel: 'tcp' | 'udp' | 'icmp'): Method {
  const found = tool.method(channel, '');
  if (found === undefined) throw new Error(`${tool.id} measures no ${channel}`);
  return found;
}
const TCP = method(agnhost, 'tcp');
const UDP = method(agnhost, 'udp');
const ICMP = method(ping, 'icmp');

/**
 * What the lines of one target mean.
 *
 * @param target where it is, and the host name with which its server answers; empty when that cannot be told
 */
export function readTarget(
  lines: readonly ScriptLine[],
  target: { readonly address: Address; readonly port: number; readonly expected: string },
): TargetReadings {
  const { address, port, expected } = target;
  const of = (what: string) => lines.filter((line) => line.what === what);
  const toolTarget: ToolTarget = { address, port, limitSeconds: ATTEMPT_SECONDS };
  const through = (how: Method, what: string): Outcome[] =>
    of(what).map((line) => how.read(line.run, toolTarget).outcome);
  const who = of('who').map((line) => request(line, toolTarget));
  const names = of('name')
    .map((line) => request(line, toolTarget))
    .map(({ outcome, body }) => identify(outcome, body, expected));
  return {
    tcp: [
      ...through(TCP, 'tcp'),
      ...who.map(({ outcome }) => outcome),
      ...names.filter((outcome) => outcome.kind === 'wrongAnswerer'),
    ],
    tcpLarge: names.filter((outcome) => outcome.kind !== 'wrongAnswerer'),
    udp: through(UDP, 'udp'),
    udpLarge: through(UDP, 'large'),
    icmp: through(ICMP, 'icmp'),
    seenSource: who.map(({ body }) => addressOfHostPort(body)).find((one) => one !== undefined) ?? '',
    largestBytes: sizeOf(of('size')),
  };
}

function sizeOf(lines: readonly ScriptLine[]): number | undefined {
  const text = lines[0]?.run.stdout.trim() ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** An HTTP request over a connection that is known to be possible: not answered means stalled or broken off. */
function request(line: ScriptLine, target: ToolTarget): { outcome: Outcome; body: string } {
  const { exit, stdout } = line.run;
  const body = stdout.trim();
  if (exit.kind === 'outputLimit')
    return { outcome: { kind: 'toolFailed', tool: 'HTTP', cause: { kind: 'output', words: words(body) } }, body: '' };
  if (exit.kind === 'timeLimit') return { outcome: { kind: 'stalled', limitMs: exit.limitMs }, body: '' };
  if (exit.code === 0)
    return { outcome: { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined }, body };
  // 28: curl's limit; 124 and 143: that of `timeout`, of GNU and of busybox.
  if ([28, 124, 143].includes(exit.code))
    return { outcome: { kind: 'stalled', limitMs: (ATTEMPT_SECONDS + 1) * 1000 }, body: '' };
  if (exit.code > 128 || exit.code === 127 || exit.code === 126)
    return { outcome: TCP.read(line.run, target).outcome, body: '' };
  return { outcome: { kind: 'broken', words: words(body) }, body: '' };
}

const HOSTNAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function identify(outcome: Outcome, body: string, expected: string): Outcome {
  if (outcome.kind !== 'answered' || expected === '' || body === expected) return outcome;
  return { kind: 'wrongAnswerer', expected, answerer: HOSTNAME.test(body) ? body : 'a server that is no probe server' };
}

/** A datagram that a probe pod's server wrote down: which target it was for, and the source that the server saw. */
export interface Arrival {
  readonly id: number;
  readonly attempt: number;
  readonly seenSource: string;
}

const ARRIVAL = /echoing probe-(\d{1,9})-(\d{1,2})\b.* to udp client (\S+)/i;

/** The datagrams in a probe server's log. Anybody can write into it by sending some: forms are checked, and nothing is believed beyond them. */
export function readArrivals(log: string): Arrival[] {
  const arrivals: Arrival[] = [];
  for (const line of log.split('\n')) {
    const match = ARRIVAL.exec(line);
    const seenSource = addressOfHostPort(match?.[3] ?? '');
    if (match !== null && seenSource !== undefined)
      arrivals.push({ id: Number(match[1]), attempt: Number(match[2]), seenSource });
  }
  return arrivals;
}
