import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { podAddressShared as check } from '../../../src/core/checks/podAddressShared.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, pod } from '../facts.js';
import { honoursPodCidr, network, run, told } from './network.js';

const nodes = [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.1.0/24' })];

test('two pods with one address, as in the lecture, and the ranges as the cause', () => {
  const found = run(
    check,
    network({
      nodes: [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.0.0/24' })],
      pods: [
        pod('shop/web-b', { node: 'node-2', ip: '10.244.0.2' }),
        pod('shop/web-a', { node: 'node-1', ip: '10.244.0.2' }),
      ],
    }),
  );
  assert.deepEqual(told(found), [
    'error: 10.244.0.2 is the address of 2 pods, shop/web-a on node-1 and shop/web-b on node-2: a connection to it reaches only one of them, and not always the same one; node-1 and node-2 hand out overlapping ranges (CN101)',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => [formatPlace(subject.place), subject.text, subject.node]),
    [
      ['Pod shop/web-a · status.podIPs[0].ip', '10.244.0.2', 'node-1'],
      ['Pod shop/web-b · status.podIPs[0].ip', '10.244.0.2', 'node-2'],
    ],
  );
});

test('the cause on nodes that have no range, and on a node that gave out a foreign address', () => {
  const pods = [pod('a', { node: 'node-1', ip: '10.244.0.2' }), pod('b', { node: 'node-2', ip: '10.244.0.2' })];
  assert.match(
    run(check, network({ nodes: [node('node-1'), node('node-2')], pods }))[0]?.message ?? '',
    /node-1 and node-2 have no spec.podCIDR/,
  );
  assert.match(
    run(check, network({ nodes, pods }, honoursPodCidr))[0]?.message ?? '',
    /belongs to 10.244.0.0\/24 of node-1, yet node-2 gave it out as well/,
  );
});

test('IPv6 addresses are compared as a whole, and stand at their own index', () => {
  const found = run(
    check,
    network({
      nodes,
      pods: [
        pod('a', { node: 'node-1', ips: ['10.244.0.2', 'fd00:1::2'] }),
        pod('b', { node: 'node-2', ips: ['fd00:1::2', '10.244.1.2'] }),
        pod('c', { node: 'node-2', ips: ['10.244.1.3', 'fd00:2::2'] }),
      ],
    }),
  );
  assert.deepEqual(
    found.map(({ subjects }) => subjects.map((subject) => formatPlace(subject.place))),
    [['Pod default/a · status.podIPs[1].ip', 'Pod default/b · status.podIPs[0].ip']],
  );
});

test('an IPv4-mapped text is the IPv4 address', () => {
  const pods = [pod('a', { node: 'node-1', ip: '::ffff:10.244.0.2' }), pod('b', { node: 'node-2', ip: '10.244.0.2' })];
  assert.equal(run(check, network({ nodes, pods })).length, 1);
});

test('a warning where one pod may be gone already', () => {
  const silent = [node('node-1', { ready: 'Unknown' }), node('node-2')];
  const pods = [pod('a', { node: 'node-1', ip: '10.244.0.2' }), pod('b', { node: 'node-2', ip: '10.244.0.2' })];
  const [onSilent] = run(check, network({ nodes: silent, pods }));
  assert.equal(onSilent?.severity, 'warning');
  assert.match(onSilent.message, /node-1 no longer reports/);
  const restarted = [
    pod('a', { node: 'node-1', ip: '10.244.0.2' }),
    pod('b', { node: 'node-1', ip: '10.244.0.2', ready: false }),
  ];
  assert.equal(run(check, network({ nodes, pods: restarted }))[0]?.severity, 'warning');
  const other = [
    pod('a', { node: 'node-1', ip: '10.244.0.2' }),
    pod('b', { node: 'node-2', ip: '10.244.0.2', ready: false }),
  ];
  assert.equal(run(check, network({ nodes, pods: other }))[0]?.severity, 'error');
});

test('nothing on pods that do not own their address', () => {
  const one = pod('a', { node: 'node-1', ip: '10.244.0.2' });
  for (const harmless of [
    pod('b', { node: 'node-2', ip: '10.244.0.2', hostNetwork: true }),
    pod('b', { node: 'node-2', ip: '10.244.0.2', phase: 'Succeeded' }),
    pod('b', { node: 'node-2', ip: '10.244.0.2', phase: 'Failed' }),
    pod('b', { node: 'node-2', ip: '10.244.0.2', terminating: true }),
    pod('b', { node: 'node-2', ip: '10.244.0.2', annotations: { 'ovn.kubernetes.io/vpc': 'vpc-1' } }),
    pod('b', { node: 'virtual', ip: '10.244.0.2' }),
    pod('b', { node: 'node-2', ip: '10.244.0.3' }),
    pod('b', { node: 'node-2' }),
  ]) {
    const read = network({
      nodes: [...nodes, node('virtual', { labels: { type: 'virtual-kubelet' } })],
      pods: [one, harmless],
    });
    assert.deepEqual(run(check, read), []);
  }
});

test('addresses repeat legally between networks, not within one', () => {
  const inVpc = (id: string, vpc: string) =>
    pod(id, { node: 'node-1', ip: '10.244.0.2', annotations: { 'ovn.kubernetes.io/vpc': vpc } });
  const pods = [inVpc('a', 'vpc-1'), inVpc('b', 'vpc-2'), pod('c', { node: 'node-2', ip: '10.244.0.2' })];
  assert.deepEqual(run(check, network({ nodes, pods })), []);
  assert.equal(run(check, network({ nodes, pods: [...pods, inVpc('d', 'vpc-1')] })).length, 1);
});

test('beyond fifty addresses, one finding speaks for the rest', () => {
  const pods = Array.from({ length: 80 }, (_, i) => [
    pod(`a-${i}`, { node: 'node-1', ip: `10.244.0.${i + 1}` }),
    pod(`b-${i}`, { node: 'node-2', ip: `10.244.0.${i + 1}` }),
  ]).flat();
  const found = run(check, network({ nodes, pods }));
  assert.equal(found.length, 51);
  assert.match(
    found.at(-1)?.message ?? '',
    /^30 further addresses \(10.244.0.51, 10.244.0.52, 10.244.0.53 and 27 more\)/,
  );
});

test('agrees with counting in a map, on any pods', () => {
  const anyPod = fc.record({
    node: fc.constantFrom('node-1', 'node-2'),
    v4: fc.option(fc.integer({ min: 0, max: 30 })),
    v6: fc.option(fc.integer({ min: 0, max: 30 })),
    hostNetwork: fc.boolean(),
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
  });
  fc.assert(
    fc.property(fc.array(anyPod, { maxLength: 40 }), (list) => {
      const counts = new Map<string, number>();
      const pods = list.map((one, i) => {
        const ips = [
          ...(one.v4 === null ? [] : [`10.244.0.${one.v4}`]),
          ...(one.v6 === null ? [] : [`fd00::${(one.v6 + 1).toString(16)}`]),
        ];
        if (!one.hostNetwork && one.phase !== 'Succeeded' && one.phase !== 'Failed')
          for (const ip of ips) counts.set(ip, (counts.get(ip) ?? 0) + 1);
        return pod(`p${i}`, { node: one.node, ips, hostNetwork: one.hostNetwork, phase: one.phase });
      });
      const expected = [...counts].filter(([, count]) => count > 1).map(([ip]) => ip);
      const found = run(check, network({ nodes, pods })).map(({ subjects }) => subjects[0]?.text ?? '');
      assert.deepEqual(found.sort(), expected.sort());
    }),
  );
});

test('a warning where the node of one of the pods has been deleted and its range given out again', () => {
  const pods = [pod('a', { node: 'node-9', ip: '10.244.1.2' }), pod('b', { node: 'node-2', ip: '10.244.1.2' })];
  assert.deepEqual(told(run(check, network({ nodes, pods }, honoursPodCidr))), [
    'warning: 10.244.1.2 is the address of 2 pods, default/a on node-9 and default/b on node-2: if all of them still run, a connection reaches only one of them; node-9 is no longer there, so its pod may be gone',
  ]);
  const gaps = [{ resource: 'nodes', reason: 'forbidden', detail: '' } as const];
  assert.equal(run(check, network({ pods, gaps }, honoursPodCidr))[0]?.severity, 'error');
});
