/** CN301 to CN305: ranges and pools that are too small, or nearly used up. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { beyondTestedSize } from '../../../src/core/checks/beyondTestedSize.js';
import { clusterRangeFull } from '../../../src/core/checks/clusterRangeFull.js';
import { nodeRangeTooSmall } from '../../../src/core/checks/nodeRangeTooSmall.js';
import { poolFull } from '../../../src/core/checks/poolFull.js';
import { serviceRangeFull } from '../../../src/core/checks/serviceRangeFull.js';
import { formatPlace, nodeRef } from '../../../src/core/network/place.js';
import { PodTable } from '../../../src/core/network/podTable.js';
import { event, type Json, node, pod, service, serviceCIDR } from '../facts.js';
import { cilium, healthyCilium, healthyFlannel, kubeadm, together } from './clusters.js';
import { claim, honoursPodCidr, network, ownRanges, reading, readAll, run, told } from './network.js';

test('CN301: a node that takes more pods than its range has addresses', () => {
  const nodes = [
    node('node-1', { podCIDR: '10.244.0.0/26' }),
    node('node-2', { podCIDR: '10.244.0.64/26' }),
    node('node-3', { podCIDR: '10.244.1.0/24' }),
  ];
  const found = run(nodeRangeTooSmall, network({ nodes }, honoursPodCidr));
  assert.deepEqual(told(found), [
    'warning: node-1 and node-2 take up to 110 pods with addresses of their own, but their ranges (10.244.0.0/26, …) have room for 62 pods: pods beyond that stay in ContainerCreating',
  ]);
  assert.deepEqual(
    found[0]?.subjects.slice(0, 2).map((subject) => formatPlace(subject.place)),
    ['Node node-1 · spec.podCIDRs[0]', 'Node node-1 · status.allocatable.pods'],
  );
});

test('CN301: an error once every address is in use', () => {
  const pods = Array.from({ length: 5 }, (_, i) => pod(`p${i}`, { node: 'n', ip: `10.244.0.${i + 2}` }));
  const found = run(
    nodeRangeTooSmall,
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/29' })], pods }, honoursPodCidr),
  );
  assert.equal(found[0]?.severity, 'error');
  assert.match(found[0].message, /every address is in use/);
});

test('CN301: nothing on ranges that suffice, grow, are unused or unknown', () => {
  const cases = [
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/25' })] }, honoursPodCidr),
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/26', allocatablePods: 62 })] }, honoursPodCidr),
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/26', allocatablePods: null })] }, honoursPodCidr),
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/26' })] }, ownRanges),
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/26' })] }),
    network({ nodes: [node('n', { podCIDR: '10.244.0.0/26', os: 'windows' })] }, honoursPodCidr),
    network({ nodes: [node('n', { podCIDR: 'fd00::/64' })] }, honoursPodCidr),
    // Two of the 64 are pods on the host's network.
    network(
      {
        nodes: [node('n', { podCIDR: '10.244.0.0/26', allocatablePods: 64 })],
        pods: [pod('a', { node: 'n', hostNetwork: true }), pod('b', { node: 'n', hostNetwork: true })],
      },
      honoursPodCidr,
    ),
    readAll(healthyFlannel),
    readAll(healthyCilium),
  ];
  cases.forEach((on, index) => assert.deepEqual(told(run(nodeRangeTooSmall, on)), [], `case ${index}`));
});

/** Nodes `node-0` … with one /24 each, from the beginning of 10.244.0.0. */
const rangedNodes = (count: number): Json[] =>
  Array.from({ length: count }, (_, i) => node(`node-${i}`, { podCIDR: `10.244.${i}.0/24` }));

test('CN302: no block is left, and a node goes without', () => {
  const events = [event(nodeRef('late'), 'CIDRNotAvailable', 'Node late status is now: CIDRNotAvailable')];
  const found = run(
    clusterRangeFull,
    network(
      { nodes: [...rangedNodes(2), node('late')], ...kubeadm('10.244.0.0/23', '10.96.0.0/12'), events },
      honoursPodCidr,
    ),
  );
  assert.deepEqual(told(found), [
    'error: The pod range 10.244.0.0/23 has 2 blocks of /24, one for each node, and none is left: late has no range, and no pod there gets a network',
  ]);
  assert.match(found[0]?.evidence.at(-1) ?? '', /Event CIDRNotAvailable for late/);
});

test('CN302: full or nearly full, by how much it matters', () => {
  const severity = (count: number, range: string, more: readonly string[] = []): string[] =>
    run(
      clusterRangeFull,
      network({ nodes: rangedNodes(count), ...kubeadm(range, '10.96.0.0/12', more) }, honoursPodCidr),
    ).map((found) => found.severity);
  assert.deepEqual(severity(4, '10.244.0.0/22'), ['warning']);
  assert.deepEqual(severity(1, '10.244.0.0/24'), ['information']);
  assert.deepEqual(severity(13, '10.244.0.0/20'), ['warning']);
  assert.deepEqual(severity(7, '10.244.0.0/21'), ['information']);
  assert.deepEqual(severity(12, '10.244.0.0/20'), []);
  assert.deepEqual(severity(2, '10.244.0.0/16'), []);
  // A /25 for each node: twice as many fit.
  const halves = ['10.244.0.0/25', '10.244.0.128/25', '10.244.1.0/25', '10.244.1.128/25'];
  const nodes = halves.map((podCIDR, i) => node(`n${i}`, { podCIDR }));
  const plane = kubeadm('10.244.0.0/22', '10.96.0.0/12', ['--node-cidr-mask-size=25']);
  assert.deepEqual(run(clusterRangeFull, network({ nodes, ...plane }, honoursPodCidr)), []);
});

test('CN302: two nodes with one range use up one block', () => {
  const nodes = [node('a', { podCIDR: '10.244.0.0/24' }), node('b', { podCIDR: '10.244.0.0/24' })];
  assert.deepEqual(
    run(clusterRangeFull, network({ nodes, ...kubeadm('10.244.0.0/22', '10.96.0.0/12') }, honoursPodCidr)),
    [],
  );
});

test('CN302: nothing where podCIDRs are not used, or nobody allocates', () => {
  assert.deepEqual(
    run(clusterRangeFull, network({ nodes: rangedNodes(4), ...kubeadm('10.244.0.0/22', '10.96.0.0/12') }, ownRanges)),
    [],
  );
  assert.deepEqual(
    run(clusterRangeFull, network({ nodes: rangedNodes(4), ...kubeadm('10.244.0.0/22', '10.96.0.0/12') })),
    [],
  );
  assert.deepEqual(run(clusterRangeFull, network({ nodes: rangedNodes(4) }, honoursPodCidr)), []);
});

test("CN303: Cilium's pool without a range for the next node", () => {
  const ranges = { a: '10.0.0.0/24', b: '10.0.1.0/24' };
  const nodes = [node('a'), node('b'), node('c')];
  assert.deepEqual(told(run(poolFull, readAll(together({ nodes }, cilium(ranges, '10.0.0.0/23'))))), [
    'error: Cilium cluster pool (10.0.0.0/23) has 2 blocks of /24 for nodes, and none is left: c has none, and no pod there gets an address',
  ]);
  const two = run(poolFull, readAll(together({ nodes: nodes.slice(0, 2) }, cilium(ranges, '10.0.0.0/23'))));
  assert.equal(two[0]?.severity, 'warning');
  // Several ranges of one pool count together.
  assert.deepEqual(run(poolFull, readAll(together({ nodes }, cilium(ranges, '10.0.0.0/23 10.1.0.0/16')))), []);
});

test('CN303: blocks of Calico, most of them handed out', () => {
  const blocks = Array.from({ length: 14 }, (_, i) =>
    claim('pod-node', `10.0.0.${i * 16}/28`, { node: `n${i % 3}`, used: true, provenance: 'assigned' }),
  );
  const pool = claim('pod-pool', '10.0.0.0/24', { owner: 'pool default', used: true, blockPrefixLength: 28 });
  assert.deepEqual(told(run(poolFull, network({}, ownRanges, [pool, ...blocks]))), [
    'warning: pool default (10.0.0.0/24) has 16 blocks of /28 for nodes, and 87 % are handed out: 2 are left',
  ]);
});

test('CN303: pools of single addresses', () => {
  const pool = claim('pod-pool', '10.32.0.0/28', { owner: 'Weave', used: true });
  const pods = (count: number) =>
    Array.from({ length: count }, (_, i) => pod(`p${i}`, { node: 'n', ip: `10.32.0.${i + 1}` }));
  const weave = reading({ solution: 'weave', title: 'Weave Net', confidence: 'certain', addressSource: 'pools' });
  assert.deepEqual(run(poolFull, network({ pods: pods(11) }, weave, [pool])), []);
  assert.equal(run(poolFull, network({ pods: pods(12) }, weave, [pool]))[0]?.severity, 'warning');
  assert.equal(run(poolFull, network({ pods: pods(14) }, weave, [pool]))[0]?.severity, 'error');
});

test('CN303: nothing where it is not known what is handed out', () => {
  const pool = claim('pod-pool', '10.0.0.0/28', { owner: 'pool', used: true });
  const pods = Array.from({ length: 14 }, (_, i) => pod(`p${i}`, { node: 'n', ip: `10.0.0.${i + 1}` }));
  const cut = claim('pod-pool', '10.0.0.0/24', { owner: 'pool', used: true, blockPrefixLength: 24 });
  const cases = [
    network({ pods }, reading({ ...ownRanges, missing: ['ippools'] }), [pool]),
    network({ pods }, reading({ ...ownRanges, podsShareNodeSubnets: true }), [pool]),
    network({ pods, gaps: [{ resource: 'pods', reason: 'limited', detail: '' }] }, ownRanges, [pool]),
    network({ pods }, ownRanges, [{ ...pool, used: false }]),
    network({ pods }, ownRanges, [cut]),
    readAll(healthyCilium),
  ];
  cases.forEach((on, index) => assert.deepEqual(told(run(poolFull, on)), [], `case ${index}`));
});

const services = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => service(`s${i}`, { clusterIP: `${prefix}${i + 1}` }));

test('CN304: addresses for Services run out', () => {
  const on = (count: number, ...cidrs: string[]) =>
    run(
      serviceRangeFull,
      network({
        services: services(count, '10.96.0.'),
        objects: cidrs.map((cidr, i) => serviceCIDR([cidr], `range-${i}`)),
      }),
    );
  assert.deepEqual(on(11, '10.96.0.0/28'), []);
  assert.deepEqual(told(on(12, '10.96.0.0/28')), [
    'warning: The service range 10.96.0.0/28: 85 % of the addresses are in use, 2 are left for new Services',
  ]);
  assert.equal(on(14, '10.96.0.0/28')[0]?.severity, 'error');
  assert.deepEqual(on(14, '10.96.0.0/28', '10.97.0.0/24'), []);
});

test('CN304: nothing on inferred ranges, and where Services could not be read', () => {
  assert.deepEqual(run(serviceRangeFull, network({ services: services(14, '10.96.0.') })), []);
  const gaps = [{ resource: 'services', reason: 'forbidden', detail: '' }] as const;
  assert.deepEqual(
    run(
      serviceRangeFull,
      network({ services: services(14, '10.96.0.'), objects: [serviceCIDR(['10.96.0.0/28'])], gaps }),
    ),
    [],
  );
});

test('CN305: information on sizes beyond those that are tested', () => {
  const pods = Array.from({ length: 120 }, (_, i) =>
    pod(`p${i}`, { node: 'n', ip: `10.244.0.${i + 1}`, phase: i < 5 ? 'Succeeded' : 'Running' }),
  );
  assert.deepEqual(told(run(beyondTestedSize, network({ nodes: [node('n', { allocatablePods: 250 })], pods }))), [
    'information: n runs 115 pods: more than the 110 a node that Kubernetes is tested with',
  ]);
  assert.deepEqual(run(beyondTestedSize, network({ nodes: [node('n')], pods: pods.slice(0, 110) })), []);
  const base = network({ nodes: [node('n')] });
  const many = new PodTable(
    (function* () {
      for (let i = 0; i <= 150_000; i++)
        yield {
          namespace: 'x',
          name: `p${i}`,
          uid: '',
          node: '',
          phase: 'Pending' as const,
          hostNetwork: false,
          ips: [],
          ready: false,
          terminating: false,
          network: '',
        };
    })(),
  );
  const found = run(beyondTestedSize, { ...base, facts: { ...base.facts, pods: many } });
  assert.match(found[0]?.message ?? '', /150,001 pods/);
});
