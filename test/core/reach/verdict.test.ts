import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCidr, type Range } from '../../../src/core/ip/range.js';
import type { PolicyAnswer } from '../../../src/core/policy/evaluate.js';
import type { Endpoint, PodEndpoint } from '../../../src/core/reach/endpoint.js';
import { addressOfHostPort, classifyNat, type NatContext } from '../../../src/core/reach/nat.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import { kubectlExec, type Probe, summarise } from '../../../src/core/reach/probe.js';
import { PROMISES } from '../../../src/core/reach/promise.js';
import { predictRoute } from '../../../src/core/reach/route.js';
import { judgePair, type PairFacts, type PairVerdict } from '../../../src/core/reach/verdict.js';

const pod = (name: string, node: string, ...addresses: string[]): PodEndpoint => ({
  kind: 'pod',
  namespace: 'shop',
  name,
  node,
  addresses,
  hostNetwork: false,
});
const db = pod('db-0', 'node-1', '10.244.0.2');
const web = pod('web-1', 'node-2', '10.244.1.7');
const agent: PodEndpoint = { ...pod('agent', 'node-2', '192.168.1.3'), hostNetwork: true };

function range(text: string): Range {
  const parsed = parseCidr(text);
  assert.ok(parsed.ok);
  return parsed.value;
}
const NODES = [
  { name: 'node-1', internalIPs: ['192.168.1.2'], podRanges: [range('10.244.0.0/24')] },
  { name: 'node-2', internalIPs: ['192.168.1.3'], podRanges: [range('10.244.1.0/24')] },
  { name: 'node-3', internalIPs: ['192.168.1.4'], podRanges: [range('10.244.2.0/24')] },
];
const nat = (source: Endpoint, targetNode = 'node-2'): NatContext => ({
  source,
  sourceNode: 'node-1',
  targetNode,
  nodes: NODES,
  podOf: (address) => (address === '10.244.2.9' ? 'pod egress/gateway' : undefined),
});

const answered = (parts: { seenSource?: string; answerer?: string } = {}): Outcome => ({
  kind: 'answered',
  rttMs: 0.4,
  seenSource: parts.seenSource,
  answerer: parts.answerer,
});
const TIMED_OUT: Outcome = { kind: 'timedOut', limitMs: 3000 };
const probe = (tries: readonly Outcome[], channel: Probe['channel'] = 'tcp'): Probe => ({
  channel,
  address: '10.244.1.7',
  port: channel === 'icmp' ? undefined : 8080,
  tool: 'nc',
  command: ['nc', '10.244.1.7', '8080'],
  tries,
});
const ALLOWED: PolicyAnswer = { kind: 'allowed', policies: [] };
const DENIED: PolicyAnswer = {
  kind: 'denied',
  denials: [
    {
      direction: 'ingress',
      policies: [{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'deny' }],
      why: 'NetworkPolicy shop/deny isolates pod shop/web-1 for ingress',
    },
  ],
};
const UNKNOWN: PolicyAnswer = { kind: 'unknown', reasons: ['NetworkPolicies could not be read'], policies: [] };

function judge(parts: Partial<PairFacts> = {}): PairVerdict {
  const source = parts.source ?? db;
  const target = parts.target ?? web;
  return judgePair({
    source,
    target,
    probes: [],
    around: [],
    route: predictRoute(source, target, undefined),
    policyFor: () => ALLOWED,
    otherPolicies: [],
    nat: nat(source),
    alsoAt: [],
    enforcesPolicies: undefined,
    solution: 'Flannel',
    proxied: false,
    endpoints: undefined,
    listens: false,
    notRun: undefined,
    ...parts,
  });
}
const verdicts = (judged: PairVerdict) => judged.promises.map((one) => `${one.promise}: ${one.verdict}`);
const first = (judged: PairVerdict) => judged.promises[0]?.verdict;

test('answered, with the source’s own address seen: both promises hold, and say why', () => {
  const judged = judge({ probes: [probe([answered({ seenSource: '10.244.0.2' })])] });
  assert.deepEqual(verdicts(judged), ['podToPod: holds', 'withoutNat: holds']);
  assert.deepEqual(judged.promises[1]?.evidence, [
    'pod shop/db-0 (10.244.0.2 on node-1) was seen by pod shop/web-1 as 10.244.0.2: its own address, not translated',
  ]);
});

test('a refusal is reached', () => assert.equal(first(judge({ probes: [probe([{ kind: 'refused' }])] })), 'holds'));

test('answered through masquerading: reachable, but not without NAT, with both addresses named', () => {
  const judged = judge({
    source: pod('web-1', 'node-1', '10.244.0.7'),
    nat: nat(pod('web-1', 'node-1', '10.244.0.7')),
    probes: [probe([answered({ seenSource: '192.168.1.2' })])],
  });
  assert.deepEqual(verdicts(judged), ['podToPod: holds', 'withoutNat: violated']);
  assert.deepEqual(judged.promises[1]?.evidence, [
    'pod shop/web-1 (10.244.0.7 on node-1) was seen by pod shop/web-1 as 192.168.1.2, the address of node-1: masqueraded at the source',
  ]);
});

test('whose the seen address is', () => {
  const kinds = [
    ['10.244.0.2', { kind: 'preserved' }],
    ['192.168.1.2', { kind: 'masquerade', node: 'node-1', where: 'source', address: 'internal' }],
    ['192.168.1.3', { kind: 'masquerade', node: 'node-2', where: 'target', address: 'internal' }],
    ['192.168.1.4', { kind: 'masquerade', node: 'node-3', where: 'elsewhere', address: 'internal' }],
    // The bridge or the tunnel's end has an address out of the node's pod range.
    ['10.244.0.0', { kind: 'masquerade', node: 'node-1', where: 'source', address: 'pod-range' }],
    ['10.244.1.1', { kind: 'masquerade', node: 'node-2', where: 'target', address: 'pod-range' }],
    ['10.244.2.9', { kind: 'otherPod', pod: 'pod egress/gateway' }],
    ['203.0.113.1', { kind: 'unknown' }],
    ['banana', { kind: 'unreadable' }],
  ] as const;
  for (const [seen, expected] of kinds) assert.deepEqual(classifyNat(seen, nat(db)), expected, seen);
});

test('an address shared by source and target makes every result inconclusive, and the address promise violated', () => {
  const target = pod('web-1', 'node-2', '10.244.0.2');
  for (const tries of [[answered({ seenSource: '10.244.0.2', answerer: 'db-0' })], [TIMED_OUT]]) {
    const judged = judge({ target, probes: [probe(tries)] });
    assert.deepEqual(verdicts(judged), ['podToPod: inconclusive', 'withoutNat: notRun', 'uniqueAddress: violated']);
  }
});

test('a third pod with the target’s address: only an answer that says who it is counts', () => {
  const alsoAt = ['pod shop/cache-0'];
  assert.equal(first(judge({ alsoAt, probes: [probe([answered()])] })), 'inconclusive');
  const identified = judge({ alsoAt, probes: [probe([answered({ answerer: 'web-1' })])] });
  assert.deepEqual(verdicts(identified), ['podToPod: holds', 'withoutNat: notRun', 'uniqueAddress: violated']);
});

test('another host that answers is a violation, even among good answers', () => {
  const wrong: Outcome = { kind: 'wrongAnswerer', expected: 'web-1', answerer: 'web-0' };
  const judged = judge({ probes: [probe([answered()]), probe([wrong], 'http')] });
  assert.equal(first(judged), 'violated');
  assert.match(judged.promises[0]?.evidence[0] ?? '', /web-0 did, instead of web-1/);
});

test('silence: violated, unless a policy denies it, or may', () => {
  const probes = [probe([TIMED_OUT, TIMED_OUT])];
  assert.equal(first(judge({ probes })), 'violated');
  const blocked = judge({ probes, policyFor: () => DENIED });
  assert.equal(first(blocked), 'blockedByPolicy');
  assert.match(blocked.promises[0]?.evidence[0] ?? '', /NetworkPolicy shop\/deny/);
  assert.equal(first(judge({ probes, policyFor: () => UNKNOWN })), 'inconclusive');
  // Where nothing enforces policies, an unreadable one explains nothing.
  assert.equal(first(judge({ probes, policyFor: () => UNKNOWN, enforcesPolicies: false })), 'violated');
});

test('a policy that denies what is answered is not enforced, and that is said', () => {
  const judged = judge({ probes: [probe([answered()])], policyFor: () => DENIED, enforcesPolicies: false });
  assert.equal(first(judged), 'holds');
  assert.deepEqual(judged.notes, [
    'NetworkPolicy shop/deny is not enforced: it denies this connection, and the connection was answered (Flannel has no policy engine, and no other was recognised)',
  ]);
  // A reset may be the policy engine's own.
  assert.equal(first(judge({ probes: [probe([{ kind: 'refused' }])], policyFor: () => DENIED })), 'inconclusive');
});

test('what answers around the target places the failure', () => {
  const node: Endpoint = { kind: 'node', name: 'node-2', addresses: ['192.168.1.3'] };
  const evidence = (tries: readonly Outcome[]) =>
    judge({ probes: [probe([TIMED_OUT])], around: [{ what: node, probe: probe(tries) }] }).promises[0]?.evidence[1] ??
    '';
  assert.match(evidence([answered()]), /node-2 \(192\.168\.1\.3\) itself answers .*: the nodes reach each other/);
  assert.match(evidence([TIMED_OUT]), /itself does not answer .* either/);
});

test('some tries lost: violated, and the loss is counted', () => {
  const judged = judge({ probes: [probe([answered(), TIMED_OUT, answered()])] });
  assert.equal(first(judged), 'violated');
  assert.match(judged.promises[0]?.evidence[0] ?? '', /packets are lost: .*only 2 of 3 tries/);
});

test('one channel fails and another works: violated, and both are told; ICMP alone accuses nobody', () => {
  const judged = judge({ probes: [probe([answered()]), probe([TIMED_OUT], 'udp')] });
  assert.equal(first(judged), 'violated');
  assert.match(judged.promises[0]?.evidence[1] ?? '', /^but TCP .* answered/);
  const ping = judge({ probes: [probe([answered()]), probe([TIMED_OUT], 'icmp')] });
  assert.equal(first(ping), 'holds');
  assert.match(ping.notes[0] ?? '', /ICMP echo/);
});

test('nothing measured: not run where nothing was attempted, inconclusive where the attempt failed', () => {
  const crash: Outcome = { kind: 'toolFailed', tool: 'wget', cause: { kind: 'signal', number: 11 } };
  assert.equal(first(judge({ probes: [probe([crash])] })), 'inconclusive');
  assert.equal(first(judge({ notRun: { kind: 'notPermitted', right: 'create pods/exec', words: '' } })), 'notRun');
  assert.equal(first(judge({ notRun: { kind: 'noTool', looked: [] } })), 'notRun');
  assert.equal(first(judge({ notRun: { kind: 'apiGone', words: '' } })), 'inconclusive');
});

test('what is not promised is never held or violated, and masquerading there is explained', () => {
  const masqueraded = judge({
    target: agent,
    probes: [probe([answered({ seenSource: '192.168.1.2' })])],
    route: { ...predictRoute(db, agent, undefined), masquerade: 'Flannel gives … (by design)' },
  });
  assert.deepEqual(verdicts(masqueraded), ['podToNode: notPromised']);
  assert.match(masqueraded.notes[0] ?? '', /masqueraded at the source – Flannel gives … \(by design\)/);
  assert.deepEqual(verdicts(judge({ target: agent, probes: [probe([TIMED_OUT])] })), ['podToNode: notPromised']);
  assert.deepEqual(
    verdicts(
      judge({ source: agent, target: web, nat: { ...nat(agent), sourceNode: 'node-2' }, probes: [probe([TIMED_OUT])] }),
    ),
    ['nodeToLocalPod: violated'],
  );
});

test('promises stand in their official words, and only those of the model are promised', () => {
  const promised = Object.entries(PROMISES).filter(([, one]) => one.promised);
  assert.deepEqual(
    promised.map(([id]) => id),
    ['podToPod', 'withoutNat', 'uniqueAddress', 'nodeToLocalPod'],
  );
  for (const [, one] of promised) assert.equal(one.url, PROMISES.podToPod.url);
});

test('tries summed up: what came back wins over silence, another host over everything', () => {
  assert.deepEqual(summarise([TIMED_OUT, answered(), { kind: 'refused' }]), {
    outcome: answered(),
    measured: 3,
    reached: 2,
    lost: 1,
    rttMs: { least: 0.4, most: 0.4 },
  });
  assert.equal(summarise([TIMED_OUT, { kind: 'hostUnreachable' }]).outcome.kind, 'hostUnreachable');
  assert.equal(summarise([{ kind: 'cancelled' }, TIMED_OUT]).outcome.kind, 'timedOut');
});

test('commands to copy are quoted for a shell', () => {
  assert.equal(
    kubectlExec({ namespace: 'shop', pod: 'web-1', container: 'web' }, ['sh', '-c', "echo 'a' $1", '10.0.0.1:80', '']),
    `kubectl exec -n shop web-1 -c web -- sh -c 'echo '\\''a'\\'' $1' 10.0.0.1:80 ''`,
  );
});

test('addresses out of "host:port"', () => {
  assert.equal(addressOfHostPort('10.244.0.2:54234'), '10.244.0.2');
  assert.equal(addressOfHostPort('[FD00::2]:80\n'), 'fd00::2');
  assert.equal(addressOfHostPort('[::ffff:10.244.0.2]:80'), '10.244.0.2');
  for (const text of ['', '10.244.0.2', 'fd00::2:80', '<html>', '10.244.0.999:1', 'x'.repeat(10_000)])
    assert.equal(addressOfHostPort(text), undefined);
});

test('what a policy of a kind that is not evaluated may have dropped is inconclusive, unless policies are not enforced at all', () => {
  const parts = {
    probes: [probe([TIMED_OUT, TIMED_OUT])],
    otherPolicies: ['CiliumNetworkPolicy shop/deny (cilium.io/v2) is not evaluated here'],
  };
  const verdict = judge(parts);
  assert.equal(first(verdict), 'inconclusive');
  assert.match(
    verdict.promises[0]?.evidence.join('\n') ?? '',
    /may be blocked by policy: CiliumNetworkPolicy shop\/deny/,
  );
  assert.equal(first(judge({ ...parts, enforcesPolicies: false })), 'violated');
  assert.equal(first(judge({ ...parts, probes: [probe([answered()])] })), 'holds');
});

test('a policy counts for the family that it is about', () => {
  const six: Probe = { ...probe([TIMED_OUT, TIMED_OUT]), address: 'fd00::7' };
  const four = probe([answered()]);
  const deniesSix = ({ address }: Probe): PolicyAnswer => (address.includes(':') ? DENIED : ALLOWED);
  const deniesFour = ({ address }: Probe): PolicyAnswer => (address.includes(':') ? ALLOWED : DENIED);
  assert.equal(first(judge({ probes: [four, six], policyFor: deniesSix })), 'blockedByPolicy');
  assert.equal(first(judge({ probes: [four, six], policyFor: deniesFour })), 'violated');
});

test('a channel that no program speaks is said once, and not as an image without programs', () => {
  const http: Outcome = { kind: 'noTool', looked: ['nc', 'curl'], speaks: 'HTTP' };
  const { notes } = judge({ probes: [probe([answered()]), probe([http], 'http'), probe([http], 'http')] });
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /none of the programs in the source’s image speaks HTTP \(looked for nc, curl\)/);
});

test('a probe that broke off after a failure accuses nobody: what may explain it was not looked for', () => {
  const probes = [probe([TIMED_OUT, TIMED_OUT])];
  for (const notRun of [{ kind: 'cancelled' }, { kind: 'apiGone', words: '' }] as const) {
    const judged = judge({ probes, notRun });
    assert.equal(first(judged), 'inconclusive');
    assert.match(judged.promises[0]?.evidence.at(-1) ?? '', /was not looked for to the end: pod shop\/web-1 was not/);
    assert.equal(first(judge({ probes: [probe([answered(), TIMED_OUT])], notRun })), 'inconclusive');
    // What is known to deny it was found before.
    assert.equal(first(judge({ probes, notRun, policyFor: () => DENIED })), 'blockedByPolicy');
    assert.equal(first(judge({ probes, notRun, target: agent })), 'notPromised');
    assert.equal(first(judge({ probes: [probe([answered()])], notRun })), 'holds');
  }
});

test('a target that is gone is not unreachable, not another, and shares no address', () => {
  const notRun: Outcome = { kind: 'podGone', pod: 'pod shop/web-1' };
  const wrong: Outcome = { kind: 'wrongAnswerer', expected: 'web-1', answerer: 'web-0' };
  for (const probes of [[probe([TIMED_OUT])], [probe([wrong], 'http')]]) {
    const judged = judge({ probes, notRun, alsoAt: ['pod shop/cache-0'], policyFor: () => DENIED });
    assert.deepEqual(verdicts(judged), ['podToPod: inconclusive', 'withoutNat: notRun']);
  }
});

test('echoes that do not come back accuse nobody, and make no answer blocked by a policy', () => {
  const echo = probe([TIMED_OUT], 'icmp');
  const alone = judge({ probes: [echo] });
  assert.equal(first(alone), 'inconclusive');
  assert.match(alone.promises[0]?.evidence.at(-1) ?? '', /ICMP echoes alone prove little/);
  assert.equal(first(judge({ probes: [echo], target: agent })), 'notPromised');
  const deniesEchoes = ({ channel }: Probe): PolicyAnswer => (channel === 'icmp' ? DENIED : ALLOWED);
  const judged = judge({ probes: [probe([answered()]), echo], policyFor: deniesEchoes });
  assert.equal(first(judged), 'holds');
  assert.match(judged.notes.join('\n'), /ICMP echo .* did not answer/);
  // An echo that comes back shows of no policy on a port that it is not enforced.
  assert.deepEqual(judge({ probes: [probe([answered()], 'icmp')], policyFor: () => DENIED }).notes, []);
});

test('where a server is known to listen, a refusal is somebody else’s', () => {
  const probes = [probe([{ kind: 'refused' }])];
  assert.equal(first(judge({ probes })), 'holds');
  const judged = judge({ probes, listens: true });
  assert.equal(first(judged), 'inconclusive');
  assert.match(judged.promises[0]?.evidence.at(-1) ?? '', /something on the way, or on the target’s node, rejects/);
});

test('a connection that a mesh’s proxy in the source accepts shows nothing, unless the target says who it is', () => {
  for (const channel of ['tcp', 'http'] as const) {
    const judged = judge({ probes: [probe([answered()], channel)], proxied: true, policyFor: () => DENIED });
    assert.equal(first(judged), 'inconclusive');
    assert.match(judged.promises[0]?.evidence[0] ?? '', /a service mesh’s proxy in pod shop\/db-0 accepts/);
    assert.deepEqual(judged.notes, []);
  }
  const said = probe([answered({ answerer: 'web-1' })], 'http');
  assert.equal(first(judge({ probes: [probe([answered()]), said], proxied: true })), 'holds');
  assert.equal(first(judge({ probes: [probe([answered()], 'udp')], proxied: true })), 'holds');
  assert.equal(first(judge({ probes: [probe([TIMED_OUT])], proxied: true })), 'violated');
});

test('a Service without an endpoint that is ready says so, unless somebody answered', () => {
  const target: Endpoint = { kind: 'service', namespace: 'shop', name: 'web', addresses: ['10.96.0.10'] };
  const notes = (all: number, ready: number, outcome: Outcome = { kind: 'refused' }) =>
    judge({ target, probes: [probe([outcome])], endpoints: { all, ready } }).notes;
  assert.deepEqual(notes(0, 0), ['no EndpointSlice has an endpoint of service shop/web']);
  assert.deepEqual(notes(0, 0, TIMED_OUT), ['no EndpointSlice has an endpoint of service shop/web']);
  assert.deepEqual(notes(0, 0, answered()), [], 'somebody did answer');
  assert.deepEqual(notes(2, 0), ['service shop/web has no endpoint that is ready (and 2 that are not)']);
  assert.deepEqual(notes(2, 1), []);
});
