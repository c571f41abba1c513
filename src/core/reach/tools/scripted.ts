/**
 * Interpreters with sockets of their own – python, node, perl – which run one constant program each. All three print the
 * same lines, so that one reader does:
 *
 *     connected 0.412            milliseconds
 *     error ECONNREFUSED ...     the constant's name, or the number, then words
 *     timeout
 *     stalled                    connected, and no answer to the request in time
 *     body <hex>                 the answer's first bytes
 *
 * Parameters: address, port, seconds, channel (tcp, http or udp), data (path or payload). `data` is a constant of ours.
 */
import { formatAddress } from '../../ip/address.js';
import { words } from '../outcome.js';
import { readErrno } from './errnoWords.js';
import {
  answered,
  type Channel,
  failed,
  failureOf,
  limitMsOf,
  type Method,
  milliseconds,
  type Tool,
  type ToolReading,
  type ToolRun,
  type ToolTarget,
  unexplained,
} from './tool.js';

const PYTHON = `
import sys, socket, time, errno, binascii
host, port, limit, channel, data = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
connected = False
try:
    start = time.time()
    if channel == "udp":
        s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(limit)
        s.connect((host, port))
        s.send(data.encode())
        body = s.recv(2048)
        print("connected %.3f" % ((time.time() - start) * 1000))
        print("body " + binascii.hexlify(body[:600]).decode())
    else:
        s = socket.create_connection((host, port), limit)
        connected = True
        print("connected %.3f" % ((time.time() - start) * 1000))
        if channel == "http":
            s.settimeout(limit)
            s.sendall(("GET %s HTTP/1.0\\r\\nHost: probe\\r\\n\\r\\n" % data).encode())
            body = b""
            while len(body) < 4096:
                part = s.recv(4096)
                if not part: break
                body += part
            print("body " + binascii.hexlify(body[:2048]).decode())
    s.close()
except socket.timeout: print("stalled" if connected else "timeout")
except OSError as e: print("error %s %s" % (errno.errorcode.get(e.errno, e.errno), e.strerror))
`;

const NODE = `
const [host, port, limit, channel, data] = process.argv.slice(1);
const start = process.hrtime.bigint();
const ms = () => (Number(process.hrtime.bigint() - start) / 1e6).toFixed(3);
const end = (line) => { console.log(line); process.exit(0); };
const fail = (e) => end("error " + (e.code || "UNKNOWN") + " " + e.message);
if (channel === "udp") {
  const s = require("dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
  s.on("error", fail);
  s.on("message", (m) => { console.log("connected " + ms()); end("body " + m.subarray(0, 600).toString("hex")); });
  s.connect(Number(port), host, () => s.send(data, (e) => { if (e) fail(e); }));
  setTimeout(() => end("timeout"), limit * 1000);
} else {
  const s = require("net").connect({ host, port: Number(port) });
  let connected = false, body = Buffer.alloc(0);
  s.on("connect", () => {
    connected = true;
    console.log("connected " + ms());
    if (channel === "tcp") process.exit(0);
    s.write("GET " + data + " HTTP/1.0\\r\\nHost: probe\\r\\n\\r\\n");
  });
  s.on("data", (d) => { body = Buffer.concat([body, d]); });
  s.on("end", () => end("body " + body.subarray(0, 2048).toString("hex")));
  s.on("error", fail);
  setTimeout(() => end(connected ? "stalled" : "timeout"), limit * 1000);
}
`;

const PERL = `
use strict; use Socket qw(:all); use IO::Socket::IP; use Time::HiRes qw(time); use Errno;
my ($host, $port, $limit, $channel, $data) = @ARGV;
my $start = time; my $connected = 0;
my $fail = sub { my ($name) = grep { $!{$_} } qw(ECONNREFUSED EHOSTUNREACH ENETUNREACH ETIMEDOUT EACCES EPERM EMSGSIZE ECONNRESET EPIPE);
  print "error ", $name || $! + 0, " $!\\n"; exit 0; };
my $s = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Type => $channel eq "udp" ? SOCK_DGRAM : SOCK_STREAM,
  Timeout => $channel eq "udp" ? undef : $limit);
if (!$s) { if ($!{ETIMEDOUT} || $@ =~ /timed? ?out/i) { print "timeout\\n"; exit 0; } $fail->(); }
my $body = "";
$SIG{ALRM} = sub { print $connected ? "stalled\\n" : "timeout\\n"; exit 0; };
$| = 1;
if ($channel eq "udp") {
  defined(send($s, $data, 0)) or $fail->();
  alarm $limit; defined(recv($s, $body, 2048, 0)) or $fail->(); alarm 0;
  printf "connected %.3f\\n", (time - $start) * 1000;
  print "body ", unpack("H*", substr($body, 0, 600)), "\\n";
} else {
  $connected = 1;
  printf "connected %.3f\\n", (time - $start) * 1000;
  if ($channel eq "http") {
    print $s "GET $data HTTP/1.0\\r\\nHost: probe\\r\\n\\r\\n"; $s->flush;
    alarm $limit;
    while (length $body < 4096) { my $n = sysread($s, $body, 4096, length $body); defined $n or $fail->(); $n or last; }
    alarm 0;
    print "body ", unpack("H*", substr($body, 0, 2048)), "\\n";
  }
}
`;

/** Bytes written in hexadecimal, as text; bytes beyond ASCII become a full stop, so that no decoder can be fooled. */
function fromHex(hex: string): string {
  let text = '';
  for (let i = 0; i + 1 < hex.length; i += 2) {
    const byte = Number.parseInt(hex.slice(i, i + 2), 16);
    text += byte < 128 ? String.fromCharCode(byte) : '.';
  }
  return text;
}

/** The body of an HTTP/1 answer, or undefined when the text is none. */
export function httpBody(text: string): string | undefined {
  if (!/^HTTP\/1\.[01] \d{3}\b/.test(text)) return undefined;
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? '' : text.slice(end.index + end[0].length);
}

function read(title: string, channel: Channel, run: ToolRun, target: ToolTarget): ToolReading {
  const failure = failureOf(run);
  if (failure !== null) return failed(title, failure);
  const lines = run.stdout.split('\n').slice(0, 8);
  const connected = lines.find((line) => line.startsWith('connected '));
  const last = lines.findLast((line) => line !== '') ?? '';
  if (last === 'timeout') return { outcome: { kind: 'timedOut', limitMs: limitMsOf(target) } };
  if (last === 'stalled') return { outcome: { kind: 'stalled', limitMs: limitMsOf(target) } };
  if (last.startsWith('error ')) {
    const outcome = readErrno(last, limitMsOf(target));
    // Once the connection stood, its end is a break whatever the number: a "refused" then is not the target's.
    if (outcome !== undefined && connected !== undefined && outcome.kind !== 'broken')
      return { outcome: { kind: 'broken', words: words(last) } };
    return outcome === undefined ? unexplained(title, run) : { outcome };
  }
  if (connected === undefined) return unexplained(title, run);
  const outcome = answered(milliseconds(connected.slice('connected '.length).trim()));
  if (channel === 'tcp') return { outcome };
  const hex = /^body ((?:[0-9a-f]{2})*)$/.exec(last)?.[1];
  if (hex === undefined) return unexplained(title, run);
  const text = fromHex(hex);
  if (channel === 'udp') return { outcome, body: text };
  const body = httpBody(text);
  if (body !== undefined) return { outcome, body };
  return text === ''
    ? { outcome: { kind: 'broken', words: 'closed without an answer' } }
    : failed(title, { kind: 'output', words: `not an HTTP answer: ${words(text)}` });
}

function scripted(id: string, programs: readonly string[], flag: string, program: string, sign: RegExp): Tool {
  const method = (channel: 'tcp' | 'http' | 'udp'): Method => ({
    args: (found, target, data) => [
      found.program,
      flag,
      program,
      // perl and node would take what follows for options of their own, were it not for the data's form: an address first.
      formatAddress(target.address),
      String(target.port),
      String(target.limitSeconds),
      channel,
      data,
    ],
    read: (run, target) => read(id, channel, run, target),
  });
  const methods = { tcp: method('tcp'), http: method('http'), udp: method('udp'), icmp: undefined };
  return {
    id,
    title: id,
    programs,
    introduction: ['--version'],
    recognise: (text) => (sign.test(text) ? '' : undefined),
    method: (channel) => methods[channel],
  };
}

export const python = scripted('python', ['python3', 'python'], '-c', PYTHON, /^Python 3\.\d/m);
export const node = scripted('node', ['node', 'nodejs'], '-e', NODE, /^v(?:1\d|[2-9]\d)\.\d/m);
export const perl = scripted('perl', ['perl'], '-e', PERL, /This is perl 5, version (?:2\d|[3-9]\d)\b/);
