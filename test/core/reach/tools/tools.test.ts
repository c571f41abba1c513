/** What tools printed when they were tried (Debian 12, agnhost 2.56), and what must be read out of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../../../src/core/ip/address.js';
import { isMeasured, type Outcome } from '../../../../src/core/reach/outcome.js';
import { TOOLS } from '../../../../src/core/reach/tools/index.js';
import {
  CHANNELS,
  type Channel,
  type Method,
  type ToolRun,
  type ToolTarget,
} from '../../../../src/core/reach/tools/tool.js';

function target(text = '10.244.1.2', port = 8080): ToolTarget {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return { address: address.value, port, limitSeconds: 3 };
}
function methodOf(id: string, channel: Channel, dialect = ''): Method {
  const method = TOOLS.find((tool) => tool.id === id)?.method(channel, dialect);
  assert.ok(method, `${id} has no ${channel}`);
  return method;
}
const exited = (code: number, stderr = '', stdout = ''): ToolRun => ({ exit: { kind: 'code', code }, stdout, stderr });
const hung = (limitMs: number, stderr = '', stdout = ''): ToolRun => ({
  exit: { kind: 'timeLimit', limitMs },
  stdout,
  stderr,
});

const CURL = (time: string, code: string, body = '') => `${body}\nprobe-times ${time} ${code}\n`;
const hex = (text: string) => Buffer.from(text).toString('hex');

type Case = readonly [tool: string, channel: Channel, dialect: string, run: ToolRun, expected: string, body?: string];
const CASES: readonly Case[] = [
  ['agnhost', 'tcp', '', exited(0), 'answered'],
  ['agnhost', 'tcp', '', exited(1, 'REFUSED\n'), 'refused'],
  ['agnhost', 'tcp', '', exited(1, 'TIMEOUT\n'), 'timedOut'],
  ['agnhost', 'tcp', '', exited(1, 'OTHER: dial tcp 192.168.1.77:80: connect: no route to host\n'), 'hostUnreachable'],
  ['agnhost', 'tcp', '', exited(1, 'OTHER: dial tcp [fd00::1]:80: connect: network is unreachable\n'), 'noRoute'],
  [
    'agnhost',
    'tcp',
    '',
    exited(1, 'DNS: lookup nosuch.name on 10.96.0.10:53: read udp 10.244.0.2:46034->10.96.0.10:53: i/o timeout\n'),
    'nameError',
  ],
  ['agnhost', 'tcp', '', exited(1, 'UNKNOWN: address x: missing port in address\n'), 'toolFailed'],
  ['agnhost', 'udp', '', exited(1, 'TIMEOUT: read udp 10.244.0.2:1->10.244.1.2:8099: i/o timeout\n'), 'timedOut'],
  [
    'agnhost',
    'udp',
    '',
    exited(1, 'REFUSED: read udp 10.244.0.2:46832->10.244.1.2:8099: read: connection refused\n'),
    'refused',
  ],
  [
    'agnhost',
    'udp',
    '',
    exited(1, 'UNKNOWN: write udp 10.244.0.2:1->10.244.1.2:1: write: message too long\n'),
    'tooBig',
  ],
  ['agnhost', 'tcp', '', exited(139), 'toolFailed'],
  ['agnhost', 'tcp', '', hung(5000), 'toolFailed'],
  ['python', 'tcp', '', exited(0, '', 'connected 1.414\n'), 'answered'],
  ['python', 'tcp', '', exited(0, '', 'timeout\n'), 'timedOut'],
  ['python', 'tcp', '', exited(0, '', 'error EHOSTUNREACH No route to host\n'), 'hostUnreachable'],
  ['python', 'tcp', '', exited(0, '', 'error -3 Temporary failure in name resolution\n'), 'nameError'],
  ['python', 'tcp', '', exited(1, 'Traceback (most recent call last):\nModuleNotFoundError: socket\n'), 'toolFailed'],
  ['python', 'http', '', exited(0, '', 'connected 1.4\nstalled\n'), 'stalled'],
  [
    'python',
    'http',
    '',
    exited(0, '', `connected 1.4\nbody ${hex('HTTP/1.0 200 OK\r\nX: y\r\n\r\n10.0.0.1:5')}\n`),
    'answered',
    '10.0.0.1:5',
  ],
  ['python', 'http', '', exited(0, '', 'connected 1.4\nbody \n'), 'broken'],
  ['python', 'http', '', exited(0, '', `connected 1.4\nbody ${hex('SSH-2.0-OpenSSH\r\n')}\n`), 'toolFailed'],
  ['node', 'tcp', '', exited(0, '', 'error ECONNREFUSED connect ECONNREFUSED 10.244.1.2:81\n'), 'refused'],
  ['node', 'http', '', exited(0, '', 'connected 1.4\nerror ECONNRESET read ECONNRESET\n'), 'broken'],
  // A refusal after the connection stood is not the target's answer to the connection.
  ['perl', 'http', '', exited(0, '', 'connected 1.4\nerror ECONNREFUSED Connection refused\n'), 'broken'],
  ['node', 'udp', '', exited(0, '', `connected 0.3\nbody ${hex('10.244.0.2:4000')}\n`), 'answered', '10.244.0.2:4000'],
  ['bash', 'tcp', '', exited(0, '', 'connected 1795500360.123456 1795500360.123956\n'), 'answered'],
  ['bash', 'tcp', '', exited(0, '', 'connected  \n'), 'answered'],
  [
    'bash',
    'tcp',
    '',
    exited(1, 'probe: connect: Connection refused\nprobe: line 1: /dev/tcp/10.244.1.2/81: Connection refused\n'),
    'refused',
  ],
  ['bash', 'tcp', '', exited(137, '', 'timeout\n'), 'timedOut'],
  // Killed by somebody else: the watcher never spoke.
  ['bash', 'tcp', '', exited(137), 'toolFailed'],
  ['nc', 'tcp', 'openbsd', exited(0, 'Connection to 10.244.1.2 8080 port [tcp/*] succeeded!\n'), 'answered'],
  [
    'nc',
    'tcp',
    'openbsd',
    exited(1, 'nc: connect to 10.244.1.2 port 81 (tcp) failed: Connection refused\n'),
    'refused',
  ],
  [
    'nc',
    'tcp',
    'openbsd',
    exited(1, 'nc: connect to 10.9.9.9 port 82 (tcp) timed out: Operation now in progress\n'),
    'timedOut',
  ],
  [
    'nc',
    'tcp',
    'openbsd',
    exited(1, 'nc: connect to 10.7.7.1 port 81 (tcp) failed: Permission denied\n'),
    'prohibited',
  ],
  ['nc', 'tcp', 'traditional', exited(0, '(UNKNOWN) [10.244.1.2] 8080 (?) open\n'), 'answered'],
  ['nc', 'tcp', 'traditional', exited(1, '(UNKNOWN) [10.1.1.1] 81 (?) : Network is unreachable\n'), 'noRoute'],
  ['nc', 'tcp', 'ncat', exited(1, 'Ncat: TIMEOUT.\n'), 'timedOut'],
  ['nc', 'tcp', 'busybox', exited(0), 'answered'],
  ['nc', 'tcp', 'busybox', exited(1, "nc: can't connect to remote host (10.244.1.2): Connection refused\n"), 'refused'],
  ['nc', 'tcp', 'busybox', exited(1, 'nc: timed out\n'), 'timedOut'],
  // It would have given up connecting after 3 s; still there after 5 s, it has its connection.
  ['nc', 'tcp', 'busybox', hung(5000), 'answered'],
  ['nc', 'tcp', 'busybox', hung(4000), 'toolFailed'],
  [
    'curl',
    'tcp',
    'telnet',
    exited(
      28,
      '*   Trying 10.244.1.2:8080...\n* Connected to 10.244.1.2\ncurl: (28) Time-out\n',
      CURL('0.000175', '000'),
    ),
    'answered',
  ],
  [
    'curl',
    'tcp',
    'telnet',
    exited(
      7,
      "* connect to 10.244.1.2 port 81 failed: Connection refused\ncurl: (7) Failed to connect to 10.244.1.2 port 81 after 0 ms: Couldn't connect to server\n",
      CURL('0.000000', '000'),
    ),
    'refused',
  ],
  [
    'curl',
    'tcp',
    'telnet',
    exited(
      28,
      'curl: (28) Failed to connect to 10.9.9.9 port 82 after 1000 ms: Timeout was reached\n',
      CURL('0.000000', '000'),
    ),
    'timedOut',
  ],
  [
    'curl',
    'tcp',
    'telnet',
    exited(7, '* Immediate connect fail for 10.1.1.1: Network is unreachable\n', CURL('0.000000', '000')),
    'noRoute',
  ],
  [
    'curl',
    'http',
    'http',
    exited(0, '* Connected\n', CURL('0.000175', '200', '10.244.0.2:4000')),
    'answered',
    '10.244.0.2:4000',
  ],
  [
    'curl',
    'http',
    'http',
    exited(28, '* Connected\ncurl: (28) Operation timed out\n', CURL('0.0002', '000')),
    'stalled',
  ],
  ['curl', 'http', 'http', exited(52, 'curl: (52) Empty reply from server\n', CURL('0.0002', '000')), 'broken'],
  ['curl', 'http', 'http', exited(2, 'curl: option --noproxy: is unknown\n'), 'toolFailed'],
  ['wget', 'http', 'busybox', exited(0, '', '10.244.0.2:54234'), 'answered', '10.244.0.2:54234'],
  ['wget', 'http', 'busybox', exited(139), 'toolFailed'],
  [
    'wget',
    'http',
    'busybox',
    exited(1, "wget: can't connect to remote host (10.244.1.2): Connection refused\n"),
    'refused',
  ],
  ['wget', 'http', 'busybox', hung(5000), 'toolFailed'],
  ['wget', 'tcp', 'busybox', exited(1, 'wget: server returned error: HTTP/1.1 404 Not Found\n'), 'answered'],
  [
    'wget',
    'tcp',
    'gnu',
    exited(8, 'http://10.244.1.2:8080/:\n2026-11-24 06:05:54 ERROR 404: Not Found.\n'),
    'answered',
  ],
  ['wget', 'http', 'gnu', exited(4, 'failed: Connection timed out.\n'), 'timedOut'],
  ['wget', 'http', 'gnu', exited(4, 'Read error (Connection timed out) in headers.\n'), 'stalled'],
  [
    'ping',
    'icmp',
    'busybox',
    exited(
      0,
      '',
      '64 bytes from 10.244.1.2: seq=0 ttl=62 time=0.181 ms\n\n--- 10.244.1.2 ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min/avg/max = 0.155/0.168/0.181 ms\n',
    ),
    'answered',
  ],
  [
    'ping',
    'icmp',
    'busybox',
    exited(1, '', '1 packets transmitted, 0 packets received, 100% packet loss\n'),
    'timedOut',
  ],
  ['ping', 'icmp', 'busybox', exited(1, 'ping: permission denied (are you root?)\n'), 'toolFailed'],
  [
    'ping',
    'icmp',
    'iputils',
    exited(2, 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n'),
    'toolFailed',
  ],
  [
    'ping',
    'icmp',
    'iputils',
    exited(
      1,
      '',
      'From 10.244.0.1 icmp_seq=1 Destination Host Unreachable\n\n--- 10.244.1.2 ping statistics ---\n3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2051ms\n',
    ),
    'hostUnreachable',
  ],
  ['ping', 'icmp', 'iputils', exited(2, 'ping: connect: Network is unreachable\n'), 'noRoute'],
];

for (const [tool, channel, dialect, run, expected, body] of CASES) {
  const how = run.exit.kind === 'code' ? `exit ${run.exit.code}` : run.exit.kind;
  test(`${tool} ${dialect} ${channel}, ${how}, ${JSON.stringify((run.stderr || run.stdout).slice(0, 60))}: ${expected}`, () => {
    const reading = methodOf(tool, channel, dialect).read(run, target());
    assert.equal(reading.outcome.kind, expected);
    assert.equal(reading.body, body);
  });
}

test('latencies are the tool’s own', () => {
  const rtt = (outcome: Outcome) => (outcome.kind === 'answered' ? outcome.rttMs : 'not answered');
  const of = (index: number) => {
    const [tool, channel, dialect, run] = CASES.filter((one) => one[4] === 'answered')[index] ?? assert.fail();
    return [tool, rtt(methodOf(tool, channel, dialect).read(run, target()).outcome)];
  };
  assert.deepEqual([0, 1, 4, 5].map(of), [
    ['agnhost', undefined],
    ['python', 1.414],
    ['bash', 0.5],
    ['bash', undefined],
  ]);
  const ping = CASES.find((one) => one[0] === 'ping') ?? assert.fail();
  assert.equal(rtt(methodOf('ping', 'icmp').read(ping[3], target()).outcome), 0.155);
});

test('arguments are arrays that carry the address and the port whole, in either family', () => {
  for (const tool of TOOLS) {
    for (const channel of CHANNELS) {
      for (const dialect of ['', 'busybox', 'gnu', 'openbsd', 'telnet', 'iputils']) {
        const method = tool.method(channel, dialect);
        if (method === undefined) continue;
        for (const [address, inUrl] of [
          ['10.244.1.2', '10.244.1.2'],
          ['fd00::2', '[fd00::2]'],
        ] as const) {
          const found = { tool, program: tool.programs[0] ?? '', dialect };
          const args = method.args(found, target(address, 8080), '/clientip');
          assert.equal(args[0], found.program);
          const whole = args.slice(1).filter((one) => one === address || one.includes(`${inUrl}:8080`));
          assert.equal(whole.length, 1, `${tool.id} ${channel}: ${args.join(' ')}`);
        }
      }
    }
  }
});

test('no output whatever is read as reached, unless the tool says so, and nothing throws', () => {
  const methods = TOOLS.flatMap((tool) =>
    CHANNELS.flatMap((channel) =>
      ['', 'busybox', 'gnu', 'openbsd', 'telnet', 'iputils'].flatMap((dialect) => {
        const method = tool.method(channel, dialect);
        return method === undefined ? [] : [{ name: `${tool.id} ${channel} ${dialect}`, method }];
      }),
    ),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom(
      'REFUSED',
      'connected 1\n',
      'body zz',
      'timeout\n',
      'error \n',
      '\nprobe-times 9e9 200\n',
      'HTTP/1.1 200',
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...methods),
      fc.integer({ min: 2, max: 255 }),
      text,
      text,
      (one, code, stdout, stderr) => {
        const { outcome } = one.method.read(exited(code, stderr, stdout), target());
        if (code > 128 && code <= 192 && isMeasured(outcome)) assert.match(one.name, /^bash/);
        if (outcome.kind === 'answered' && !/^(curl|wget tcp|python|node|perl|bash|ping)/.test(one.name))
          assert.fail(`${one.name} read exit ${code} as answered`);
      },
    ),
    { numRuns: 2000 },
  );
});
