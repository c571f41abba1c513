/** Verifications of small clusters with a fault in them, judged: verdicts, culprits, what places them, what is not said. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { unknownReading } from '../../../src/core/network/reading.js';
import type { PolicyAnswer } from '../../../src/core/policy/evaluate.js';
import { planCoverage } from '../../../src/core/reach/coverage.js';
import type { PodEndpoint } from '../../../src/core/reach/endpoint.js';
import { judgeVerification } from '../../../src/core/reach/judge.js';
import { type Cell, type MatrixNode, type Measure, MEASURES } from '../../../src/core/reach/matrix.js';
import type { Outcome } from '../../../src/core/reach/outcome.js';
import { predictRoute } from '../../../src/core/reach/route.js';
import type { ExistingPod, Judgement, Measured } from '../../../src/core/reach/verification.js';
import { facts, node, pod } from '../facts.js';

const NODES = ['node1', 'node2', 'node3', 'node4'];
const nodeIp = (index: number) => `192.168.1.${index + 2}`;
const podIp = (index: number) => `10.244.${index}.9`;

const NETWORK: ClusterNetwork = {
  facts: facts({
    nodes: NODES.map((name, index) => node(name, { ip: nodeIp(index), podCIDR: `10.244.${index}.0/24` })),
    pods: NODES.map((name, index) => pod(`shop/web-${index}`, { node: name, ip: `10.244.${index}.2` })),
  }),
  reading: {
    ...unknownReading,
    title: 'Flannel',
    confidence: 'certain',
    datapath: {
      ...unknownReading.datapath,
      encapsulation: 'vxlan',
      overheadBytes: 50,
      requires: [{ protocol: 'udp', port: 8472, purpose: 'VXLAN' }],
      enforcesPolicies: false,
      masqueradesEgress: true,
    },
  },
  claims: [],
};

const ENFORCING: ClusterNetwork = {
  ...NETWORK,
  reading: { ...NETWORK.reading, datapath: { ...NETWORK.reading.datapath, enforcesPolicies: true } },
};

const OK: Outcome = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };
const LOST: Outcome = { kind: 'timedOut', limitMs: 3000 };
const ALLOWED: PolicyAnswer = { kind: 'allowed', policies: [] };
const DENIED: PolicyAnswer = {
  kind: 'denied',
  denials: [
    {
      direction: 'ingress',
      policies: [
        { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'deny-ingress' },
      ],
      why: 'NetworkPolicy shop/deny-ingress isolates pod shop/web-1 for ingress',
    },
  ],
};

interface Fault {
  readonly nodes?: number;
  /** Whether a pod's packet gets to a pod on another node. */
  readonly passes?: (from: number, to: number, measure: Measure) => boolean;
  /** Whether a pod gets an answer from another node itself. */
  readonly toNode?: (from: number, to: number) => boolean;
  readonly seen?: (from: number, to: number) => string;
  readonly existing?: readonly ExistingPod[];
  /** Whether a pod that was there already answers a probe pod of a node. */
  readonly existingAnswers?: (from: number) => boolean;
  readonly node?: (index: number) => Partial<MatrixNode>;
  readonly parts?: Partial<Measured>;
}

const end = (index: number): PodEndpoint => ({
  kind: 'pod',
  namespace: 'default',
  name: `probe-${index}`,
  node: NODES[index] ?? '',
  addresses: [podIp(index)],
  hostNetwork: false,
});

function measured(fault: Fault): Measured {
  const count = fault.nodes ?? 4;
  const { passes = () => true, toNode = () => true, seen = podIp } = fault;
  const cells: Cell[] = [];
  const base = { source: 'pod', family: 4, arrived: undefined, seenSource: '', name: '' } as const;
  for (let from = 0; from < count; from++) {
    const peer = { ...base, from, to: from, role: 'peer', measure: 'tcp', port: 18480 } as const;
    cells.push({ ...peer, address: `10.244.${from}.10`, tries: [OK], seenSource: podIp(from) });
    for (let to = 0; to < count; to++) {
      if (from === to) continue;
      const kubelet = { ...base, from, to, role: 'node', measure: 'tcp', port: 10250 } as const;
      cells.push({ ...kubelet, address: nodeIp(to), tries: [toNode(from, to) ? OK : LOST] });
      for (const measure of MEASURES) {
        const round = (one: Measure) => passes(from, to, one) && (one === 'tcp-large' || passes(to, from, one));
        if (measure.endsWith('large') && !round(measure === 'tcp-large' ? 'tcp' : 'udp')) continue;
        const datagram = measure.startsWith('udp');
        cells.push({
          ...base,
          from,
          to,
          role: 'pod',
          measure,
          address: podIp(to),
          port: measure === 'icmp' ? undefined : 18480,
          tries: [round(measure) ? OK : LOST],
          arrived: datagram && !round(measure) ? passes(from, to, measure) : undefined,
          seenSource: measure === 'tcp' && round('tcp') ? seen(from, to) : '',
        });
      }
    }
  }
  for (const { name, node: to } of fault.existing ?? []) {
    const existing = { ...base, role: 'existing', measure: 'tcp', address: `10.244.${to}.2`, port: 8080 } as const;
    for (const from of new Set([to, 0]))
      cells.push({ ...existing, from, to, tries: [(fault.existingAnswers?.(from) ?? true) ? OK : LOST], name });
  }
  return {
    namespace: 'default',
    nodes: NODES.slice(0, count).map((name, index) => ({
      name,
      internalIPs: [nodeIp(index)],
      podAddresses: [podIp(index)],
      pod: `probe-${index}`,
      notProbed: '',
      ready: true,
      kubelet: { state: 'reached', words: '' },
      mtu: 1450,
      ...fault.node?.(index),
    })),
    cells,
    coverage: planCoverage(count),
    existing: fault.existing ?? [],
    probePolicy: { tcp: ALLOWED, udp: ALLOWED },
    otherPolicies: [],
    earlier: [],
    untried: [],
    transient: [],
    largest: [],
    route: predictRoute(end(0), end(1), NETWORK),
    masquerade: undefined,
    ...fault.parts,
  };
}

const judge = (fault: Fault): Judgement => judgeVerification(measured(fault), NETWORK);
const verdicts = (judged: Judgement) =>
  Object.fromEntries(
    judged.promises.map((one) => [`${one.promise}${one.scope === '' ? '' : ` ${one.scope}`}`, one.verdict]),
  );
const words = (judged: Judgement) => judged.culprits.map((one) => one.words);
const evidence = (judged: Judgement) => judged.culprits[0]?.evidence.join('\n') ?? '';
const codes = (judged: Judgement) => judged.findings.map((one) => one.code);
const ACROSS = 'podToPod across nodes';
const EXISTING = 'podToPod pods that were there already';

test('a healthy cluster: every promise holds, what is not promised is not, nobody is accused', () => {
  const judged = judge({});
  assert.deepEqual(verdicts(judged), {
    uniqueAddress: 'holds',
    [ACROSS]: 'holds',
    'podToPod on one node': 'holds',
    withoutNat: 'holds',
    nodeToLocalPod: 'holds',
    podToNode: 'notPromised',
  });
  assert.deepEqual([judged.culprits, judged.findings], [[], []]);
});

test('an overlay that is cut off at a node: the node, both ways, and that the nodes themselves reach each other', () => {
  const judged = judge({ passes: (from, to) => from !== 1 && to !== 1 });
  assert.equal(verdicts(judged)[ACROSS], 'violated');
  assert.deepEqual(words(judged), ['everything into and from node2 does not pass']);
  assert.match(evidence(judged), /node2 itself \(192\.168\.1\.3\) answers pods on other nodes/);
  assert.match(evidence(judged), /pods on node2 reach the other nodes themselves/);
  assert.match(
    evidence(judged),
    /consistent with the overlay \(VXLAN over the nodes’ network, UDP 8472\) being blocked or broken there/,
  );
  assert.deepEqual(
    judged.findings.map((one) => [one.code, one.severity, one.subjects.map((subject) => subject.node)]),
    [['CN451', 'error', ['node2']]],
  );
});

test('a node that passes nothing on for its pods is told from a cut overlay by what its pods reach', () => {
  const judged = judge({ passes: (from, to) => from !== 1 && to !== 1, toNode: (from) => from !== 1 });
  assert.match(evidence(judged), /consistent with node2 passing nothing on for its pods: forwarding switched off/);
  const two = judge({ nodes: 2, passes: () => false, toNode: (from) => from !== 1 });
  assert.deepEqual(words(two), ['everything between node1 and node2 does not pass']);
  assert.match(evidence(two), /consistent with node2 passing nothing on for its pods/);
});

test('missing routes back: what the node’s pods send arrives, so it is not forwarding there', () => {
  const four = judge({ passes: (_, to) => to !== 1, toNode: (from) => from !== 1 });
  assert.deepEqual(words(four), ['everything into node2 does not pass']);
  assert.match(evidence(four), /routes to the pods of node2 that are missing on the other nodes/);
  const two = judge({ nodes: 2, passes: (_, to) => to !== 1, toNode: (from) => from !== 1 });
  assert.deepEqual(words(two), ['everything from node1 to node2 does not pass']);
  assert.match(evidence(two), /routes to the pods of node2 that are missing on node1/);
});

test('only full packets fail: the size that passes is named, and the MTU', () => {
  const judged = judge({
    passes: (from, to, measure) => !(measure.endsWith('large') && (from === 1 || to === 1)),
    parts: { largest: [{ from: 0, to: 1, bytes: 1410 }] },
  });
  assert.equal(verdicts(judged)[ACROSS], 'violated');
  assert.match(words(judged)[0] ?? '', /^only packets above 1410 bytes /);
  assert.match(evidence(judged), /MTU on the way that is smaller than the pods’ own \(1450 bytes\).*adds 50 bytes/);
});

test('masquerading: every connection is answered, and the promise without NAT is violated with both addresses named', () => {
  const judged = judge({ seen: (from) => (from === 1 ? nodeIp(1) : podIp(from)) });
  assert.equal(verdicts(judged)[ACROSS], 'holds');
  assert.equal(verdicts(judged)['withoutNat'], 'violated');
  assert.match(
    judged.promises.find((one) => one.promise === 'withoutNat')?.evidence[0] ?? '',
    /\(10\.244\.1\.9 on node2\) was seen by .* as 192\.168\.1\.3, the address of node2: masqueraded at the source/,
  );
  assert.deepEqual(words(judged), ['everything from node2 gets another source address on the way']);
  assert.deepEqual(codes(judged), ['CN453']);
});

test('a node without a probe pod leaves the promises open, and says why', () => {
  const base = measured({
    node: (index) =>
      index === 1
        ? {
            notProbed: 'its probe pod did not start: FailedCreatePodSandBox: no CNI',
            podAddresses: [],
            kubelet: { state: 'unknown', words: '' },
          }
        : {},
  });
  const cells = base.cells.filter((cell) => cell.from !== 1 && (cell.to !== 1 || cell.role === 'node'));
  const judged = judgeVerification({ ...base, cells }, NETWORK);
  assert.equal(verdicts(judged)[ACROSS], 'inconclusive');
  const across = judged.promises.find((one) => one.scope === 'across nodes');
  assert.match(across?.evidence[0] ?? '', /node2 could not be tried: .*no CNI/);
  assert.deepEqual(codes(judged), ['CN456']);
  assert.deepEqual(judged.culprits, []);
});

test('a pod on a node on which nothing could be tried may run no longer', () => {
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: ALLOWED, otherPolicies: [] }];
  const down = { notProbed: 'the node is not Ready', podAddresses: [], ready: false } as const;
  const base = measured({ existing, existingAnswers: () => false, node: (index) => (index === 1 ? down : {}) });
  const cells = base.cells.filter((cell) => cell.role === 'existing' || (cell.from !== 1 && cell.to !== 1));
  const judged = judgeVerification({ ...base, cells }, NETWORK);
  assert.equal(verdicts(judged)[EXISTING], 'inconclusive');
});

test('a kubelet that does not reach its pod', () => {
  const judged = judge({
    node: (index) => (index === 2 ? { kubelet: { state: 'failed', words: 'Readiness probe failed: timeout' } } : {}),
  });
  assert.equal(verdicts(judged)['nodeToLocalPod'], 'violated');
  assert.deepEqual(codes(judged), ['CN455']);
});

test('addresses that source and target share make their paths inconclusive, and the address promise violated', () => {
  const base = measured({ nodes: 2, node: (index) => (index < 2 ? { podAddresses: ['10.244.0.9'] } : {}) });
  const cells = base.cells.map((cell) => (cell.role === 'pod' ? { ...cell, address: '10.244.0.9' } : cell));
  const judged = judgeVerification({ ...base, cells }, NETWORK);
  assert.equal(verdicts(judged)[ACROSS], 'inconclusive');
  assert.equal(verdicts(judged)['uniqueAddress'], 'violated');
});

test('a policy that blocks a pod is named; one that does not is not enforced', () => {
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: DENIED, otherPolicies: [] }];
  const blocked = judgeVerification(measured({ existing, existingAnswers: () => false }), ENFORCING);
  assert.equal(verdicts(blocked)[EXISTING], 'blockedByPolicy');
  assert.match(JSON.stringify(blocked.promises), /NetworkPolicy shop\/deny-ingress/);
  const answered = judge({ existing });
  assert.equal(verdicts(answered)[EXISTING], 'holds');
  assert.match(answered.notes[0] ?? '', /deny-ingress is not enforced.*Flannel has no policy engine/);
});

test('a policy on the probe pods themselves is blocked by policy, and no finding', () => {
  const fault = { passes: () => false, parts: { probePolicy: { tcp: DENIED, udp: DENIED } } };
  const judged = judgeVerification(measured(fault), ENFORCING);
  assert.equal(verdicts(judged)[ACROSS], 'blockedByPolicy');
  assert.deepEqual(judged.findings, []);
  assert.deepEqual(judged.culprits, []);
  // Where nothing enforces policies, one that denies explains nothing.
  assert.equal(verdicts(judge(fault))[ACROSS], 'violated');
});

test('a policy on one protocol does not excuse another', () => {
  const parts = { probePolicy: { tcp: ALLOWED, udp: DENIED } };
  const udp = (measure: Measure): boolean => measure.startsWith('udp');
  const blocked = judgeVerification(measured({ passes: (_, __, measure) => !udp(measure), parts }), ENFORCING);
  assert.equal(verdicts(blocked)[ACROSS], 'blockedByPolicy');
  const fault = { passes: (_: number, to: number, measure: Measure) => !udp(measure) && to !== 1, parts };
  const both = judgeVerification(measured(fault), ENFORCING);
  assert.equal(verdicts(both)[ACROSS], 'violated');
});

test('a policy that lets some of its like through is not what blocks, or not all of it', () => {
  const fault = { passes: (_: number, to: number) => to !== 1, parts: { probePolicy: { tcp: DENIED, udp: DENIED } } };
  assert.equal(verdicts(judgeVerification(measured(fault), ENFORCING))[ACROSS], 'inconclusive');
});

test('policies of other kinds make a drop inconclusive, and excuse neither loss nor another host’s answer', () => {
  const otherPolicies = ['CiliumClusterwideNetworkPolicy all (cilium.io/v2) is not evaluated here'];
  const parts = { otherPolicies };
  const dropped = judgeVerification(measured({ passes: (_, to) => to !== 1, parts }), ENFORCING);
  assert.equal(verdicts(dropped)[ACROSS], 'inconclusive');
  assert.match(JSON.stringify(dropped.promises), /a policy may be meant: CiliumClusterwideNetworkPolicy all/);
  assert.deepEqual(dropped.findings, []);
  const base = measured({ parts });
  const cells = base.cells.map((cell) =>
    cell.role === 'pod' && cell.measure === 'udp' && cell.to === 1 ? { ...cell, tries: [OK, LOST, OK] } : cell,
  );
  assert.equal(verdicts(judgeVerification({ ...base, cells }, ENFORCING))[ACROSS], 'violated');
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: ALLOWED, otherPolicies }];
  const alone = judgeVerification(measured({ existing, existingAnswers: () => false }), ENFORCING);
  assert.match(
    alone.promises.find((one) => one.scope.startsWith('pods that'))?.evidence[0] ?? '',
    /a policy may be meant: CiliumClusterwideNetworkPolicy all/,
  );
});

test('NetworkPolicies that may not be read leave a drop open where they may be enforced', () => {
  const unread: PolicyAnswer = { kind: 'unknown', reasons: ['NetworkPolicies could not be read'], policies: [] };
  const fault = { passes: () => false, parts: { probePolicy: { tcp: unread, udp: unread } } };
  assert.equal(verdicts(judgeVerification(measured(fault), ENFORCING))[ACROSS], 'inconclusive');
  assert.equal(verdicts(judge(fault))[ACROSS], 'violated');
});

test('an existing pod’s address that another pod has too makes its answers worthless', () => {
  const twins = [
    pod('shop/web-1', { node: 'node2', ip: '10.244.1.2' }),
    pod('shop/twin', { node: 'node1', ip: '10.244.1.2' }),
  ];
  const network = { ...NETWORK, facts: facts({ nodes: NODES.map((name) => node(name, {})), pods: twins }) };
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: ALLOWED, otherPolicies: [] }];
  const judged = judgeVerification(measured({ existing }), network);
  assert.equal(verdicts(judged)[EXISTING], 'inconclusive');
  assert.equal(verdicts(judged)['uniqueAddress'], 'violated');
});

test('without NAT is open where targets were not reached, and holds nowhere by default', () => {
  assert.equal(verdicts(judge({ nodes: 2, passes: () => false }))['withoutNat'], 'inconclusive');
});

test('one protocol that fails where others pass is not the overlay’s fault', () => {
  const judged = judge({ passes: (from, _, measure) => !(from === 1 && measure.startsWith('udp')) });
  assert.deepEqual(words(judged), ['only UDP from node2 does not pass']);
  assert.match(evidence(judged), /a filter on the way that drops only this/);
});

test('a fault between pods of one node is named there, and accuses no way between nodes', () => {
  const base = measured({ nodes: 3 });
  const cells = base.cells.map((cell) =>
    cell.role === 'peer' && cell.from === 1 ? { ...cell, tries: [LOST, LOST], seenSource: '' } : cell,
  );
  const judged = judgeVerification({ ...base, cells }, NETWORK);
  assert.equal(verdicts(judged)[ACROSS], 'holds');
  assert.equal(verdicts(judged)['podToPod on one node'], 'violated');
  assert.deepEqual(words(judged), ['everything between pods on node2 does not pass']);
  assert.match(evidence(judged), /pods on node2 reach pods on other nodes\nconsistent with a filter on node2/);
  assert.deepEqual(codes(judged), ['CN451']);
});

test('one way between one pair: neither the overlay nor the nodes are accused', () => {
  const judged = judge({ passes: (from, to) => !(from === 0 && to === 1) });
  assert.deepEqual(words(judged), ['everything from node1 to node2 does not pass']);
  assert.match(evidence(judged), /a forwarding entry for this one peer that is wrong, or a filter/);
});

test('what failed until probe pods were made is violated, and says that making them mended it', () => {
  const base = { source: 'pod', family: 4, measure: 'tcp', arrived: undefined, seenSource: '', name: '' } as const;
  const path = (from: number, to: number, node: Outcome) => ({
    source: `pod shop/web-${from}`,
    target: `pod shop/web-${to}`,
    cells: [
      { ...base, from, to, role: 'pod', address: `10.244.${to}.2`, port: 8080, tries: [LOST, LOST] } as const,
      { ...base, from, to, role: 'node', address: nodeIp(to), port: 10250, tries: [node] } as const,
    ],
  });
  const parts = { earlier: [path(0, 1, OK), path(1, 0, LOST)] };
  const existing = [0, 1].map((node) => ({ name: `pod shop/web-${node}`, node, policy: ALLOWED, otherPolicies: [] }));
  // A pod that never answered anybody may be deaf itself.
  assert.deepEqual(judge({ nodes: 2, parts, existing, existingAnswers: () => false }).culprits, []);
  const judged = judge({ nodes: 2, parts, existing });
  assert.equal(verdicts(judged)[ACROSS], 'holds');
  assert.equal(verdicts(judged)['podToPod before probe pods were made'], 'violated');
  assert.deepEqual(words(judged), ['everything between node1 and node2 does not pass, before probe pods were made']);
  assert.match(evidence(judged), /node2 passing nothing on for its pods: forwarding switched off/);
  assert.deepEqual(
    judged.findings.map((one) => [one.code, one.severity]),
    [['CN451', 'warning']],
  );
  // What still fails is told once, by what was measured since.
  const still = judge({ nodes: 2, passes: () => false, parts });
  assert.equal(verdicts(still)['podToPod before probe pods were made'], undefined);
});

test('addresses outside of every pod range are told where pods are not reached', () => {
  const judged = judgeVerification(
    measured({ passes: (_, to) => to !== 1, node: (index) => (index === 1 ? { podAddresses: ['10.99.0.4'] } : {}) }),
    { ...NETWORK, claims: readNetwork(NETWORK.facts).claims },
  );
  assert.match(
    evidence(judged),
    /pods on node2 have addresses outside of every pod range that is known \(10\.99\.0\.4\)/,
  );
});

test('a pod that alone is not reached is not blamed on the network where other policies may exist', () => {
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: ALLOWED, otherPolicies: [] }];
  const fromItsOwn = { existing, existingAnswers: (from: number) => from === 1 };
  assert.equal(verdicts(judge(fromItsOwn))[EXISTING], 'violated');
  assert.equal(verdicts(judgeVerification(measured(fromItsOwn), ENFORCING))[EXISTING], 'inconclusive');
  const fromNowhere = judge({ existing, existingAnswers: () => false });
  assert.equal(verdicts(fromNowhere)[EXISTING], 'inconclusive');
  assert.match(
    fromNowhere.promises.find((one) => one.scope === 'pods that were there already')?.evidence[0] ?? '',
    /reached from nowhere, so the pod itself may be broken/,
  );
});

test('ICMP alone is a note, not an accusation', () => {
  const judged = judge({ passes: (_, to, measure) => !(measure === 'icmp' && to === 1) });
  assert.equal(verdicts(judged)[ACROSS], 'holds');
  assert.deepEqual(judged.culprits, []);
  assert.match(judged.notes[0] ?? '', /ICMP echoes are not answered on \d+ paths on which TCP is/);
});

test('refusals on a probe server’s port are said to be somebody else’s', () => {
  const base = measured({});
  const cells = base.cells.map((cell) =>
    cell.role === 'pod' && cell.to === 1 && cell.measure === 'tcp'
      ? { ...cell, tries: [{ kind: 'refused' } as const] }
      : cell,
  );
  const judged = judgeVerification({ ...base, cells }, NETWORK);
  assert.equal(verdicts(judged)[ACROSS], 'violated');
  assert.match(evidence(judged), /were refused, on ports where a probe server listens/);
});

test('what was not tried keeps a promise open', () => {
  const base = measured({});
  const open = (parts: Partial<Measured>, promise: string): void => {
    assert.equal(verdicts(judgeVerification({ ...base, ...parts }, NETWORK))[promise], 'inconclusive', promise);
  };
  open({ cells: base.cells.filter((cell) => !(cell.role === 'peer' && cell.from === 2)) }, 'podToPod on one node');
  open({ untried: ['win-1 was not tried: the probe image is for Linux'] }, ACROSS);
  const existing = [{ name: 'pod shop/web-1', node: 1, policy: ALLOWED, otherPolicies: [] }];
  const withPod = measured({ existing });
  const silent: Outcome = { kind: 'toolFailed', tool: 'agnhost', cause: { kind: 'output', words: 'no answer' } };
  open(
    {
      ...withPod,
      cells: withPod.cells.map((cell) =>
        cell.role === 'existing' && cell.from === 0 ? { ...cell, tries: [silent] } : cell,
      ),
    },
    EXISTING,
  );
});

test('an address of the target’s own host tells of a proxy, not of translation', () => {
  const judged = judge({ seen: () => '127.0.0.6' });
  assert.notEqual(verdicts(judged)['withoutNat'], 'violated');
  assert.deepEqual(judged.culprits, []);
});

test('where pods reach no node at all, that is held against none of them', () => {
  const judged = judge({ passes: (from, to) => from !== 3 && to !== 3, toNode: () => false });
  assert.doesNotMatch(evidence(judged), /cut off, or down|the nodes reach each other/);
  const everywhere = judge({ passes: () => false, toNode: () => false });
  assert.doesNotMatch(evidence(everywhere), /the nodes reach each other/);
});
