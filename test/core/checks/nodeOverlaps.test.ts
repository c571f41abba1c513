/** CN103 and CN104: ranges that cover addresses of nodes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { podNodeOverlap } from '../../../src/core/checks/podNodeOverlap.js';
import { serviceNodeOverlap } from '../../../src/core/checks/serviceNodeOverlap.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, service, serviceCIDR } from '../facts.js';
import { cilium, flannel, healthyCilium, healthyFlannel, kubeadm, together } from './clusters.js';
import { claim, honoursPodCidr, network, ownRanges, reading, readAll, run, told } from './network.js';

test("CN103: a node's range that covers another node", () => {
  const nodes = [
    node('node-1', { ip: '10.244.1.7', podCIDR: '10.244.0.0/24' }),
    node('node-2', { ip: '192.168.1.3', podCIDR: '10.244.1.0/24' }),
  ];
  const found = run(podNodeOverlap, network({ nodes, ...kubeadm('10.244.0.0/16', '10.96.0.0/12') }, honoursPodCidr));
  assert.deepEqual(told(found), [
    'error: The pod range 10.244.1.0/24 of node-2 covers the address of node-1 10.244.1.7: traffic for that node goes to node-2 instead, and a pod may get the very address',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['Node node-2 · spec.podCIDRs[0]', 'Node node-1 · status.addresses[0].address'],
  );
});

test('CN103: IPv6 and external addresses', () => {
  const nodes = [
    node('node-1', { ips: ['192.168.1.2', 'fd00:1::9'], podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] }),
    node('node-2', { ip: '192.168.1.3', externalIP: '10.244.0.77', podCIDR: '10.244.1.0/24' }),
  ];
  assert.equal(run(podNodeOverlap, network({ nodes }, honoursPodCidr)).length, 2);
});

test('CN103: the cluster range covers nodes, while no node has that part for its pods', () => {
  const nodes = [
    node('node-1', { ip: '10.244.99.2', podCIDR: '10.244.0.0/24' }),
    node('node-2', { ip: '10.244.99.3', podCIDR: '10.244.1.0/24' }),
  ];
  const found = run(
    podNodeOverlap,
    readAll(
      together({ nodes }, kubeadm('10.244.0.0/16', '10.96.0.0/12'), flannel('10.244.0.0/16', ['node-1', 'node-2'])),
    ),
  );
  assert.deepEqual(told(found), [
    'warning: The pod range 10.244.0.0/16 covers the addresses of node-1 10.244.99.2 and node-2 10.244.99.3: after 97 more nodes, the next one gets that part for its pods, and traffic for those nodes then goes there',
  ]);
});

test("CN103: Cilium's default pool over the nodes, by how far the handing out is", () => {
  const severity = (ip: string, range: string): string[] =>
    run(podNodeOverlap, readAll(together({ nodes: [node('node-1', { ip })] }, cilium({ 'node-1': range })))).map(
      (found) => found.severity,
    );
  assert.deepEqual(severity('10.0.0.4', '10.0.0.0/24'), ['error']);
  assert.deepEqual(severity('10.0.1.4', '10.0.0.0/24'), ['warning']);
  assert.deepEqual(severity('10.0.1.4', '10.0.9.0/24'), ['warning']);
  assert.deepEqual(severity('10.200.1.4', '10.0.0.0/24'), ['information']);
});

test("CN103: Calico's default pool over a home network is an error", () => {
  const pool = claim('pod-pool', '192.168.0.0/16', {
    owner: 'pool default-ipv4-ippool',
    used: true,
    blockPrefixLength: 26,
  });
  const nodes = [node('node-1', { ip: '192.168.50.4' })];
  const found = run(podNodeOverlap, network({ nodes }, reading({ ...ownRanges, solution: 'calico' }), [pool]));
  assert.equal(found[0]?.severity, 'error');
  assert.match(
    found[0].message,
    /^pool default-ipv4-ippool: 192.168.0.0\/16 covers the address of node-1 192.168.50.4/,
  );
});

test('CN103: nothing on separate and shared subnets, unused ranges and virtual nodes', () => {
  assert.deepEqual(run(podNodeOverlap, readAll(healthyFlannel)), []);
  assert.deepEqual(run(podNodeOverlap, readAll(healthyCilium)), []);
  const flat = reading({ addressSource: 'pools', podsShareNodeSubnets: true });
  const subnet = claim('pod-pool', '10.0.0.0/16', { used: true });
  assert.deepEqual(run(podNodeOverlap, network({ nodes: [node('n', { ip: '10.0.0.4' })] }, flat, [subnet])), []);
  assert.deepEqual(
    run(podNodeOverlap, network({ nodes: [node('n', { ip: '10.244.0.4', podCIDR: '10.244.0.0/24' })] }, ownRanges)),
    [],
  );
  const virtual = node('v', { ip: '10.244.0.4', labels: { type: 'virtual-kubelet' } });
  assert.deepEqual(
    run(podNodeOverlap, network({ nodes: [node('n', { podCIDR: '10.244.0.0/24' }), virtual] }, honoursPodCidr)),
    [],
  );
  // The subnet around a node's address is wider than the nodes; Calico's annotation names it.
  const annotated = node('n', { ip: '10.0.0.4', annotations: { 'projectcalico.org/IPv4Address': '10.0.0.4/8' } });
  assert.deepEqual(
    run(
      podNodeOverlap,
      network({ nodes: [annotated] }, ownRanges, [claim('pod-pool', '10.244.0.0/16', { used: true })]),
    ),
    [],
  );
});

test('CN104: a node inside of a service range, the flag-made or a later one', () => {
  const nodes = [node('node-1', { ip: '192.168.1.2' }), node('node-2', { ip: '192.168.1.3' })];
  const objects = [serviceCIDR(['10.96.0.0/12']), serviceCIDR(['192.168.0.0/20'], 'more')];
  assert.deepEqual(told(run(serviceNodeOverlap, network({ nodes, objects }))), [
    'error: The service range 192.168.0.0/20 covers the addresses of node-1 192.168.1.2 and node-2 192.168.1.3: a Service that is given such an address takes all traffic for the machine',
  ]);
});

test('CN104: a warning where the service range is inferred', () => {
  const services = [service('a', { clusterIP: '10.0.0.10' }), service('b', { clusterIP: '10.0.1.200' })];
  assert.equal(
    run(serviceNodeOverlap, network({ nodes: [node('n', { ip: '10.0.1.4' })], services }))[0]?.severity,
    'warning',
  );
});

test('CN104: nothing on separate ranges, subnets around addresses, and virtual nodes', () => {
  const nodes = [
    node('n', { ip: '192.168.1.2', annotations: { 'projectcalico.org/IPv4Address': '10.0.0.4/8' } }),
    node('v', { ip: '10.96.0.4', labels: { type: 'virtual-kubelet' } }),
  ];
  assert.deepEqual(run(serviceNodeOverlap, network({ nodes, objects: [serviceCIDR(['10.96.0.0/12'])] })), []);
  assert.deepEqual(run(serviceNodeOverlap, readAll(healthyFlannel)), []);
});
