/** The script of a session: its syntax, and what its lines – recorded from probe pods – mean. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../../src/core/ip/address.js';
import {
  NODE_SCRIPT,
  readArrivals,
  readScript,
  readTarget,
  scriptInput,
  scriptLimitMs,
  type ScriptTarget,
} from '../../../src/core/reach/nodeScript.js';

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}
const target = (id: number, kind: ScriptTarget['kind'], ip = '10.244.1.3'): ScriptTarget => ({
  id,
  kind,
  address: address(ip),
  tcpPort: 18480,
  udpPort: 18481,
  sourcePort: 18482,
});
const read = (output: string, id: number, expected = 'probe-2') =>
  readTarget(
    readScript(output).lines.filter((line) => line.id === id),
    { address: address('10.244.1.3'), port: 18480, expected },
  );
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map((one) => one.kind);

const RECORDED = `probe mtu 1450
probe 1 tcp 8057.47 8057.72 exit 0
probe 2 tcp 8057.47 8057.73 exit 0
probe 1 udp 8057.47 8057.74 exit 0
probe 1 who 8057.72 8057.74 10.244.0.4:48458|exit 0
probe 1 name 8057.74 8057.75 probe-2|exit 0
probe 1 udp 8057.74 8057.98 exit 0
probe 1 icmp 8057.47 8058.53 PING 10.244.1.3 (10.244.1.3): 56 data bytes|64 bytes from 10.244.1.3: seq=0 ttl=62 time=11.389 ms|--- 10.244.1.3 ping statistics ---|2 packets transmitted, 2 packets received, 0% packet loss|round-trip min/avg/max = 0.159/5.774/11.389 ms|exit 0
probe 1 large 8058.15 8058.53 exit 0
probe 4 size 8058.89 8058.90 1447|exit 0
probe 5 udp 8058.95 8061.10 TIMEOUT: read udp 10.244.0.2:47192->10.244.0.250:8081: i/o timeout|exit 1
probe 5 icmp 8058.95 8061.97 PING 10.244.0.250 (10.244.0.250): 56 data bytes|--- 10.244.0.250 ping statistics ---|2 packets transmitted, 0 packets received, 100% packet loss|exit 1
probe 5 tcp 8058.95 8062.03 OTHER: dial tcp 10.244.0.250:8080: connect: no route to host|exit 1
probe 5 tcp 8062.03 8065.15 TIMEOUT|exit 1
probe 6 tcp 8058.95 8059.03 exit 0
probe 6 who 8059.03 8063.05 exit 143
probe 6 name 8059.03 8063.05 curl: (28) Operation timed out after 4001 milliseconds|exit 28
probe 6 icmp 8058.95 8059.03 ping: permission denied (are you root?)|exit 1
probe end
`;
const ANSWERED = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };

test('the script is a POSIX shell’s', { skip: process.platform === 'win32' && 'no sh' }, () => {
  execFileSync('sh', ['-n', '-c', NODE_SCRIPT]);
});

test('targets are lines of numbers and parsed addresses, with an end', () => {
  assert.equal(
    scriptInput([target(1, 'pod'), target(2, 'icmp', 'fd00::3')]),
    '1 pod 10.244.1.3 18480 18481 18482\n2 icmp fd00::3 18480 18481 18482\n.\n',
  );
  assert.equal(scriptInput([]), '.\n');
});

test('a session’s limit covers every batch at its worst', () => {
  assert.equal(scriptLimitMs([]), 10_000);
  assert.equal(scriptLimitMs(Array.from({ length: 9 }, (_, id) => target(id, 'pod'))), 50_000);
});

test('what answers: every measure, the source that was seen, the latency of ping, the largest packet', () => {
  assert.deepEqual(read(RECORDED, 1), {
    tcp: [ANSWERED, ANSWERED],
    tcpLarge: [ANSWERED],
    udp: [ANSWERED, ANSWERED],
    udpLarge: [ANSWERED],
    icmp: [{ ...ANSWERED, rttMs: 0.159 }],
    seenSource: '10.244.0.4',
    largestBytes: undefined,
  });
  assert.equal(read(RECORDED, 4).largestBytes, 1447);
  const { mtu, complete, lines } = readScript(RECORDED);
  assert.deepEqual([mtu, complete], [1450, true]);
  assert.equal(lines[0]?.elapsedMs, 250);
});

test('what does not answer, stalls, or may not be measured', () => {
  const silent = read(RECORDED, 5);
  assert.deepEqual(kinds(silent.tcp), ['hostUnreachable', 'timedOut']);
  assert.deepEqual(kinds(silent.udp), ['timedOut']);
  assert.deepEqual(kinds(silent.icmp), ['timedOut']);
  const stalled = read(RECORDED, 6);
  assert.deepEqual(kinds(stalled.tcp), ['answered', 'stalled']);
  assert.deepEqual(kinds(stalled.tcpLarge), ['stalled']);
  assert.deepEqual(kinds(stalled.icmp), ['toolFailed']);
});

test('another name is another host, and no name at all no probe server', () => {
  const wrong = read(RECORDED, 1, 'probe-7');
  assert.deepEqual(wrong.tcp.at(-1), { kind: 'wrongAnswerer', expected: 'probe-7', answerer: 'probe-2' });
  assert.deepEqual(wrong.tcpLarge, []);
  const page = RECORDED.replace('probe-2|exit 0', '<html>|<b>hi</b>|exit 0');
  assert.deepEqual(read(page, 1).tcp.at(-1), {
    kind: 'wrongAnswerer',
    expected: 'probe-2',
    answerer: 'a server that is no probe server',
  });
});

test('an answer that was cut at the cap is no answer', () => {
  assert.deepEqual(kinds(read(`probe 1 who 1.00 1.10 ${'x'.repeat(900)}\n`, 1).tcp), ['toolFailed']);
});

test('lines that an answer could have written are not taken for the script’s', () => {
  // The script joins the lines of an answer, so that they stay behind their own prefix.
  const spoof = 'probe 1 who 1.00 1.10 x|probe 1 tcp 1.00 1.10 exit 0|probe end|exit 1\n';
  const { lines, complete } = readScript(spoof);
  assert.deepEqual(
    lines.map((line) => line.what),
    ['who'],
  );
  assert.equal(complete, false);
});

test('any output is read without throwing, and nothing that failed as an answer', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('tcp', 'udp', 'who', 'name', 'large', 'size'),
      fc.integer({ min: 1, max: 255 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      (what, code, said) => {
        const reading = read(`probe 1 ${what} 1.00 1.10 ${said.replace(/[\n|]/g, ' ')}|exit ${code}\n`, 1);
        for (const outcomes of [reading.tcp, reading.udp, reading.udpLarge, reading.tcpLarge])
          assert.ok(outcomes.every((one) => one.kind !== 'answered'));
      },
    ),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readScript(text)));
});

test('the servers’ records: which datagrams arrived, and from where', () => {
  const log = [
    'I1124 07:26:05.460223       1 log.go:244] Started UDP server on port  18481',
    'I1124 07:26:07.152888       1 log.go:244] Echoing probe-12-1 to UDP client 10.244.0.4:40000',
    `I1124 07:26:07.174762       1 log.go:244] Echoing probe-12-4 ${'x'.repeat(1400)} to UDP client 10.244.0.0:40001`,
    'I1124 07:26:07.2            1 log.go:244] Echoing probe-13-2 to UDP client [fd00::4]:40000',
    'I1124 07:26:07.2            1 log.go:244] Echoing hello to UDP client 10.244.0.4:40000',
    'I1124 07:26:07.2            1 log.go:244] Echoing probe-99999999999-1 to UDP client 10.244.0.4:1',
    'I1124 07:26:07.2            1 log.go:244] Echoing probe-14-1 to UDP client banana',
  ].join('\n');
  assert.deepEqual(readArrivals(log), [
    { id: 12, attempt: 1, seenSource: '10.244.0.4' },
    { id: 12, attempt: 4, seenSource: '10.244.0.0' },
    { id: 13, attempt: 2, seenSource: 'fd00::4' },
  ]);
});

test('an answer with carriage returns, as of a web server, is not lost', () => {
  const output = readScript('probe 7 name 1.00 1.01 <html>\r|<h1>404</h1>\r||exit 0\n');
  assert.deepEqual(
    output.lines.map((line) => [line.id, line.what, line.run.exit]),
    [[7, 'name', { kind: 'code', code: 0 }]],
  );
});
