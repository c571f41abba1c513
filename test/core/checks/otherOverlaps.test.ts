/** CN105 to CN111: pools, Docker, this workstation, special and public addresses, the solution's own ranges, load balancers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { dockerOverlap } from '../../../src/core/checks/dockerOverlap.js';
import { loadBalancerOverlap } from '../../../src/core/checks/loadBalancerOverlap.js';
import { poolsOverlap } from '../../../src/core/checks/poolsOverlap.js';
import { publicRange } from '../../../src/core/checks/publicRange.js';
import { solutionRangeOverlap } from '../../../src/core/checks/solutionRangeOverlap.js';
import { specialRange } from '../../../src/core/checks/specialRange.js';
import { workstationOverlap } from '../../../src/core/checks/workstationOverlap.js';
import { node, object, service, serviceCIDR } from '../facts.js';
import { healthyCilium, healthyFlannel, kubeadm, together } from './clusters.js';
import { claim, honoursPodCidr, network, ownRanges, reading, readAll, run, told } from './network.js';

const pool = (owner: string, text: string, more = {}) => claim('pod-pool', text, { owner, used: true, ...more });

test('CN105: two pools that overlap, in either order', () => {
  for (const pools of [
    [pool('pool a', '10.0.0.0/16'), pool('pool b', '10.0.128.0/17')],
    [pool('pool b', '10.0.128.0/17'), pool('pool a', '10.0.0.0/16')],
  ])
    assert.deepEqual(told(run(poolsOverlap, network({}, ownRanges, pools))), [
      'error: pool a and pool b overlap (10.0.0.0/16 and 10.0.128.0/17): two pods can get one address, and the solution may refuse one of the ranges',
    ]);
  const equal = [pool('pool a', '10.0.0.0/16'), pool('pool b', '10.0.0.0/16')];
  assert.equal(run(poolsOverlap, network({}, ownRanges, equal)).length, 1);
  const ofOne = [pool('Cilium cluster pool', '10.0.0.0/8'), pool('Cilium cluster pool', '10.1.0.0/16')];
  assert.match(
    run(poolsOverlap, network({}, ownRanges, ofOne))[0]?.message ?? '',
    /^Cilium cluster pool has ranges that overlap/,
  );
  const subnets = [
    claim('pod-namespace', '10.16.0.0/16', { owner: 'subnet a' }),
    claim('pod-namespace', '10.16.1.0/24', { owner: 'subnet b' }),
  ];
  assert.equal(run(poolsOverlap, network({}, ownRanges, subnets)).length, 1);
});

test('CN105: nothing on separate, disabled, repeated pools and different networks', () => {
  for (const pools of [
    [pool('a', '10.0.0.0/16'), pool('b', '10.1.0.0/16')],
    [pool('a', '10.0.0.0/16'), pool('b', '10.0.0.0/24', { used: false })],
    [pool('a', '10.0.0.0/16'), pool('a', '10.0.0.0/16')],
    [pool('a', '10.0.0.0/16', { network: 'vpc-1' }), pool('b', '10.0.0.0/16', { network: 'vpc-2' })],
    // A namespace's subnet is cut from a pool by design.
    [pool('a', '10.0.0.0/16'), claim('pod-namespace', '10.0.1.0/24', { owner: 'ns' })],
  ])
    assert.deepEqual(run(poolsOverlap, network({}, ownRanges, pools)), []);
});

test("CN106: a warning where a node's runtime is Docker, information elsewhere", () => {
  const cluster = (runtime: string) => {
    const built = node('n', { ip: '192.168.1.2', podCIDR: '172.17.0.0/24' });
    const status = built['status'] as Record<string, unknown>;
    return network(
      {
        nodes: [
          { ...built, status: { ...status, nodeInfo: { operatingSystem: 'linux', containerRuntimeVersion: runtime } } },
        ],
      },
      honoursPodCidr,
    );
  };
  assert.deepEqual(told(run(dockerOverlap, cluster('docker://24.0.7'))), [
    "warning: The pod range 172.17.0.0/24 overlaps Docker's bridge network 172.17.0.0/16: nodes whose runtime is Docker send such packets to their own bridge",
  ]);
  assert.equal(run(dockerOverlap, cluster('containerd://2.0.0'))[0]?.severity, 'information');
});

test('CN106: nothing where nothing overlaps, or the range is unused', () => {
  assert.deepEqual(run(dockerOverlap, readAll(healthyFlannel)), []);
  assert.deepEqual(run(dockerOverlap, network({ nodes: [node('n', { podCIDR: '172.17.0.0/24' })] }, ownRanges)), []);
});

test("CN107: a VPN's network over pods, as a local warning", () => {
  const workstation = [{ name: 'tun0', cidr: '10.244.7.9/20' }];
  const found = run(workstationOverlap, readAll({ ...healthyFlannel, workstation }));
  assert.deepEqual(told(found), [
    "warning: The pod range 10.244.0.0/16 overlaps 10.244.0.0/20 of this workstation's tun0: answers of the cluster to this machine, and packets from here to the range, may go astray",
  ]);
  assert.equal(found[0]?.subjects[0]?.place.kind, 'workstation');
});

test('CN107: nothing on the network in which the nodes stand, loopback, and a machine that is a node', () => {
  for (const workstation of [
    [{ name: 'eth0', cidr: '192.168.1.77/24' }],
    [
      { name: 'lo', cidr: '127.0.0.1/8' },
      { name: 'eth0', cidr: 'fe80::1/64' },
    ],
    [
      { name: 'eth0', cidr: '192.168.1.2/24' },
      { name: 'cni0', cidr: '10.244.0.1/24' },
    ],
    [],
  ])
    assert.deepEqual(run(workstationOverlap, readAll({ ...healthyFlannel, workstation })), []);
});

const eth0 = { name: 'eth0', cidr: '192.168.7.20/24' };
const uplink = { name: 'eth0', cidr: '0.0.0.0/0', gateway: '192.168.7.1' };

test('CN107: a route to a network inside of the pod range is a warning, a wider one information', () => {
  const toldWith = (cidr: string) =>
    told(
      run(
        workstationOverlap,
        readAll({ ...healthyFlannel, workstation: [eth0, uplink, { name: 'tun0', cidr, gateway: '10.8.0.1' }] }),
      ),
    );
  assert.deepEqual(toldWith('10.244.8.0/24'), [
    "warning: The pod range 10.244.0.0/16 overlaps 10.244.8.0/24 of this workstation's route over tun0 by 10.8.0.1: packets from here to these addresses go there, not to the cluster",
  ]);
  assert.match(toldWith('10.0.0.0/8')[0] ?? '', /^information: .* overlap 10\.0\.0\.0\/8 of/);
});

test('CN107: information on what the cluster never meets, and on routes that are exactly a range of it', () => {
  const toldOn = (workstation: readonly { name: string; cidr: string; gateway?: string }[]) =>
    told(run(workstationOverlap, readAll({ ...healthyFlannel, workstation })));
  // A bridge of Docker Compose, while the nodes are somewhere behind the router.
  const bridge = { name: 'br-3f2a', cidr: '10.244.0.1/16' };
  assert.match(
    toldOn([eth0, uplink, { ...bridge, cidr: '10.244.0.9/16' }])[0] ?? '',
    /^information: .* stay in that network$/,
  );
  // Nodes are reached over the very interface, or stand beside this machine.
  const tunnel = { name: 'tun0', cidr: '10.244.7.9/20' };
  const toNodes = { name: 'tun0', cidr: '192.168.1.0/24', gateway: '10.244.0.1' };
  assert.match(toldOn([eth0, uplink, tunnel, toNodes])[0] ?? '', /^warning: /);
  assert.match(toldOn([{ name: 'eth1', cidr: '192.168.1.77/24' }, uplink, bridge])[0] ?? '', /^warning: /);
  assert.match(
    toldOn([eth0, uplink, { name: 'utun4', cidr: '10.244.0.0/16', gateway: '100.64.0.1' }])[0] ?? '',
    /^information: /,
  );
});

test('CN107: nothing on routes that lead to the cluster, to everything, or to one machine', () => {
  const nodes = { name: 'eth1', cidr: '192.168.1.77/24' };
  for (const workstation of [
    [eth0, uplink],
    // OpenVPN's halves of everything.
    [eth0, uplink, { name: 'tun0', cidr: '0.0.0.0/1', gateway: '10.8.0.1' }],
    // The nodes are reached by the same router.
    [eth0, uplink, { name: 'eth0', cidr: '10.244.0.0/16', gateway: '192.168.7.1' }],
    // The nodes are reached over the same VPN.
    [
      eth0,
      uplink,
      { name: 'tun0', cidr: '192.168.1.0/24', gateway: '10.8.0.1' },
      { name: 'tun0', cidr: '10.244.0.0/16', gateway: '10.8.0.1' },
    ],
    // A node is the gateway: minikube tunnel, routes set by hand.
    [nodes, { name: 'eth1', cidr: '10.96.0.0/12', gateway: '192.168.1.2' }],
    // The route that the kernel makes for an interface's own network.
    [nodes, { name: 'eth1', cidr: '192.168.1.0/24', gateway: '' }],
    [eth0, uplink, { name: 'tun0', cidr: '10.244.0.9/32', gateway: '' }],
    // Telepresence gives its device the networks' own addresses.
    [eth0, uplink, { name: 'tel0', cidr: '10.244.0.0/16' }],
    [eth0, uplink, { name: 'tun0', cidr: '224.0.0.0/8', gateway: '' }],
    // A development container that is a pod of this cluster.
    [
      { name: 'eth0', cidr: '10.244.1.2/24' },
      { name: 'eth0', cidr: '10.244.0.0/16', gateway: '10.244.1.1' },
    ],
  ])
    assert.deepEqual(
      told(run(workstationOverlap, readAll({ ...healthyFlannel, workstation }))),
      [],
      JSON.stringify(workstation),
    );
});

test('CN108: ranges that hosts do not forward', () => {
  const severity = (pods: string, services = '10.96.0.0/12'): string[] =>
    run(specialRange, network({ configMaps: kubeadm(pods, services).configMaps }, honoursPodCidr)).map(
      (found) => found.severity,
    );
  assert.deepEqual(severity('169.254.0.0/16'), ['error']);
  assert.deepEqual(severity('10.244.0.0/16', '127.0.0.0/12'), ['error']);
  assert.deepEqual(severity('224.0.0.0/8'), ['error']);
  assert.deepEqual(severity('fe80::/64'), ['error']);
  assert.deepEqual(severity('240.0.0.0/8'), ['warning']);
  for (const fine of [
    '10.244.0.0/16',
    '100.64.0.0/16',
    '198.18.0.0/16',
    '203.0.113.0/24',
    'fd00::/48',
    '2001:db8::/48',
  ])
    assert.deepEqual(severity(fine), [], fine);
});

test('CN108: the range of a node is told only where no wider one says it', () => {
  const alone = network({ nodes: [node('n', { podCIDR: '169.254.7.0/24' })] }, honoursPodCidr);
  assert.equal(run(specialRange, alone).length, 1);
  const both = network(
    {
      nodes: [node('n', { podCIDR: '169.254.7.0/24' })],
      configMaps: kubeadm('169.254.0.0/16', '10.96.0.0/12').configMaps,
    },
    honoursPodCidr,
  );
  assert.deepEqual(
    run(specialRange, both).map(({ subjects }) => subjects[0]?.text),
    ['169.254.0.0/16'],
  );
  assert.deepEqual(run(specialRange, network({ nodes: [node('n', { podCIDR: '169.254.7.0/24' })] }, ownRanges)), []);
});

test('CN109: public IPv4 ranges, the slip of the pen among them', () => {
  const found = (pods: string, services = '10.96.0.0/12') =>
    run(publicRange, network({ configMaps: kubeadm(pods, services).configMaps }, honoursPodCidr));
  assert.deepEqual(told(found('172.0.0.0/8')), [
    'warning: The pod range 172.0.0.0/8 holds public addresses: unless they are yours, the cluster cannot reach the servers on the Internet that have them',
  ]);
  assert.equal(found('10.244.0.0/16', '11.0.0.0/16').length, 1);
  assert.equal(found('192.167.0.0/12').length, 1);
  assert.equal(found('192.0.0.0/8').length, 1);
  for (const fine of [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '198.18.0.0/15',
    '203.0.113.0/24',
    '2001:cafe:42::/56',
    '240.0.0.0/8',
  ])
    assert.deepEqual(found(fine), [], fine);
});

test('CN109: nothing on the Services of GKE', () => {
  const services = kubeadm('10.244.0.0/16', '34.118.224.0/20').configMaps;
  assert.deepEqual(told(run(publicRange, network({ configMaps: services }, honoursPodCidr))), []);
});

test('CN109: nothing on pods that live in the subnets of the nodes', () => {
  const flat = reading({ addressSource: 'pools', podsShareNodeSubnets: true });
  assert.deepEqual(run(publicRange, network({}, flat, [pool('subnet', '20.0.0.0/16')])), []);
});

const join = (text: string, more = {}) => claim('join', text, { owner: 'OVN join', used: true, ...more });

test('CN110: the join range over pods, nodes, services and another internal range', () => {
  assert.deepEqual(
    told(
      run(
        solutionRangeOverlap,
        network({ nodes: [node('n', { ip: '100.64.0.9' })] }, ownRanges, [join('100.64.0.0/16')]),
      ),
    ),
    [
      'error: OVN join 100.64.0.0/16 overlaps n 100.64.0.9/32: packets for these addresses are delivered inside of the solution and never arrive',
    ],
  );
  for (const other of [
    pool('pool', '100.64.0.0/10'),
    pool('pool', '100.64.0.0/16'),
    join('100.64.8.0/24', { owner: 'OVN transit' }),
  ])
    assert.equal(run(solutionRangeOverlap, network({}, ownRanges, [join('100.64.0.0/16'), other])).length, 1);
  const services = network({ objects: [serviceCIDR(['100.64.0.0/20'])] }, ownRanges, [join('100.64.0.0/16')]);
  assert.equal(run(solutionRangeOverlap, services).length, 1);
});

test('CN110: nothing on separate ranges, other networks, and clusters without such ranges', () => {
  for (const other of [
    pool('pool', '10.128.0.0/14'),
    pool('pool', '100.64.0.0/16', { network: 'udn-1' }),
    pool('p', '100.64.0.0/16', { used: false }),
  ])
    assert.deepEqual(run(solutionRangeOverlap, network({}, ownRanges, [join('100.64.0.0/16'), other])), []);
  assert.deepEqual(run(solutionRangeOverlap, readAll(healthyCilium)), []);
});

const metalLb = (...addresses: string[]) => ({
  objects: [object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system/first', { spec: { addresses } })],
});
const balanced = (ip: string) => ({
  services: [service('shop/web', { type: 'LoadBalancer', clusterIP: '10.96.0.9', loadBalancerIPs: [ip] })],
});

test('CN111: a load-balancer pool over pods, Services or a node', () => {
  for (const [addresses, expected] of [
    [
      '10.244.1.0/28',
      'warning: The load-balancer pool first (10.244.1.0/28) shares addresses with the pod range 10.244.0.0/16: a Service that is given such an address takes the traffic that is meant for the other',
    ],
    [
      '10.96.0.0-10.96.0.20',
      'warning: The load-balancer pool first (10.96.0.0-10.96.0.20) shares addresses with the service range 10.96.0.0/12: a Service that is given such an address takes the traffic that is meant for the other',
    ],
    [
      '192.168.1.0/24',
      'warning: The load-balancer pool first (192.168.1.0/24) shares addresses with the address 192.168.1.2 of node-1 and the address 192.168.1.3 of node-2: a Service that is given such an address takes the traffic that is meant for the other',
    ],
  ] as const)
    assert.deepEqual(told(run(loadBalancerOverlap, readAll(together(healthyFlannel, metalLb(addresses))))), [expected]);
});

test('CN111: an error once a Service has such an address', () => {
  const found = run(
    loadBalancerOverlap,
    readAll(together(healthyFlannel, metalLb('10.244.1.0/28'), balanced('10.244.1.7'))),
  );
  assert.match(told(found)[0] ?? '', /^error: .*and a Service has such an address/);
});

test('CN111: information far behind in a pool that is handed out in order', () => {
  const lb = object('cilium.io/v2', 'CiliumLoadBalancerIPPool', 'blue', {
    spec: { blocks: [{ cidr: '10.200.0.0/24' }] },
  });
  const found = run(loadBalancerOverlap, readAll(together(healthyCilium, { objects: [lb] })));
  assert.deepEqual(
    found.map(({ severity }) => severity),
    ['information'],
  );
});

test('CN111: nothing in the nodes’ subnet beside them, on nodes’ own addresses, and without a pool', () => {
  for (const extra of [
    metalLb('192.168.1.240-192.168.1.250', 'fd00:1::/120'),
    together(metalLb('192.168.1.240-192.168.1.250'), balanced('192.168.1.241')),
    metalLb('192.168.1.2/32', '192.168.1.2-192.168.1.3'),
    balanced('192.168.1.2'),
    balanced('10.244.1.7'),
  ])
    assert.deepEqual(told(run(loadBalancerOverlap, readAll(together(healthyFlannel, extra)))), []);
});
