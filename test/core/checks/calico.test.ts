/** CN409 and CN410: routes and addresses of Calico's nodes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { calicoNodeAddress } from '../../../src/core/checks/calicoNodeAddress.js';
import { calicoNoRoutes } from '../../../src/core/checks/calicoNoRoutes.js';
import { configMap, daemonSet, type Json, node, object } from '../facts.js';
import { healthyFlannel, together } from './clusters.js';
import { readAll, run, told } from './network.js';

const GROUP = 'crd.projectcalico.org/v1';
const pool = (name: string, spec: Json): Json =>
  object(GROUP, 'IPPool', name, { spec: { cidr: '10.1.0.0/16', ...spec } });
const meshOff = object(GROUP, 'BGPConfiguration', 'default', { spec: { nodeToNodeMeshEnabled: false } });
const peer = (spec: Json): Json => object(GROUP, 'BGPPeer', 'peer', { spec: { peerIP: '10.0.0.1', ...spec } });
const at = (name: string, address: string | undefined, more = {}): Json =>
  node(name, { ...more, annotations: address === undefined ? {} : { 'projectcalico.org/IPv4Address': address } });
const nodes = [at('node-1', '10.0.0.4/24'), at('node-2', '10.0.0.5/24')];
/** Resources that count as read, though empty. */
const empty = ['bgppeers.crd.projectcalico.org', 'felixconfigurations.crd.projectcalico.org'];
const cluster = (backend: string, objects: readonly Json[], others: readonly Json[] = nodes, read = empty) =>
  readAll({
    nodes: others,
    objects,
    empty: read,
    configMaps: [configMap('kube-system/calico-config', { calico_backend: backend, veth_mtu: '0' })],
    workloads: [
      daemonSet('kube-system/calico-node', { podLabels: { 'k8s-app': 'calico-node' }, desired: others.length }),
    ],
  });

test('CN409: IP-in-IP without BGP', () => {
  const found = run(calicoNoRoutes, cluster('vxlan', [pool('default', { ipipMode: 'Always' })]));
  assert.deepEqual(told(found), [
    "error: Calico's BGP is off, but pool default has no VXLAN: nodes do not learn the routes to each other's pods",
  ]);
  const felix = object(GROUP, 'FelixConfiguration', 'default', { spec: { programClusterRoutes: 'Enabled' } });
  assert.deepEqual(run(calicoNoRoutes, cluster('vxlan', [pool('default', { ipipMode: 'Always' }), felix])), []);
});

test('CN409: nothing where Felix may program the routes, for all that could be read', () => {
  const on = cluster('vxlan', [pool('default', { ipipMode: 'Always' })], nodes, ['bgppeers.crd.projectcalico.org']);
  assert.deepEqual(told(run(calicoNoRoutes, on)), []);
});

test('CN409: nothing where a cloud routes the podCIDRs', () => {
  const bare = [pool('default', { ipipMode: 'Never', vxlanMode: 'Never' })];
  const routed = nodes.map((each) => ({
    ...each,
    status: { conditions: [{ type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated' }] },
  }));
  assert.equal(run(calicoNoRoutes, cluster('none', bare)).length, 1);
  assert.deepEqual(told(run(calicoNoRoutes, cluster('none', bare, routed))), []);
});

test('CN409: the mesh is off, and not every node has a peer', () => {
  const ipip = pool('default', { ipipMode: 'Always' });
  assert.match(
    told(run(calicoNoRoutes, cluster('bird', [ipip, meshOff])))[0] ?? '',
    /no BGPPeer covers node-1 and node-2/,
  );
  assert.match(
    told(run(calicoNoRoutes, cluster('bird', [ipip, meshOff, peer({ node: 'node-1' })])))[0] ?? '',
    /no BGPPeer covers node-2: that node has no routes/,
  );
  for (const spec of [{}, { nodeSelector: 'all()' }, { nodeSelector: "rack in {'a'}" }])
    assert.deepEqual(run(calicoNoRoutes, cluster('bird', [ipip, meshOff, peer(spec)])), []);
  const labelled = [at('node-1', '10.0.0.4/24', { labels: { rack: 'a' } }), at('node-2', '10.0.0.5/24')];
  const half = run(calicoNoRoutes, cluster('bird', [ipip, meshOff, peer({ nodeSelector: "rack == 'a'" })], labelled));
  assert.match(told(half)[0] ?? '', /covers node-2/);
});

test('CN409: no encapsulation between subnets, for a warning', () => {
  const far = [at('node-1', '10.0.0.4/24'), at('node-2', '10.0.1.5/24')];
  const bare = pool('default', { ipipMode: 'Never', vxlanMode: 'Never' });
  assert.equal(run(calicoNoRoutes, cluster('bird', [bare], far))[0]?.severity, 'warning');
  assert.deepEqual(run(calicoNoRoutes, cluster('bird', [bare])), []);
  assert.deepEqual(run(calicoNoRoutes, cluster('bird', [bare, peer({})], far)), []);
});

test('CN409: nothing on healthy settings, switched-off pools and other solutions', () => {
  for (const on of [
    cluster('bird', [pool('default', { ipipMode: 'Always' })]),
    cluster('vxlan', [pool('default', { vxlanMode: 'CrossSubnet' })]),
    cluster('vxlan', [pool('default', { vxlanMode: 'Always' }), pool('old', { ipipMode: 'Always', disabled: true })]),
    cluster('bird', [pool('default', { vxlanMode: 'Always' }), meshOff]),
    cluster('vxlan', []),
    readAll(together(healthyFlannel, { objects: [pool('default', { ipipMode: 'Always' }), meshOff] })),
  ])
    assert.deepEqual(told(run(calicoNoRoutes, on)), []);
});

test('CN410: an address for two nodes, and none for one', () => {
  const shared = run(calicoNodeAddress, cluster('bird', [], [at('a', '10.0.2.15/24'), at('b', '10.0.2.15/24')]));
  assert.match(told(shared)[0] ?? '', /^error: Calico reaches 2 nodes \(a and b\) at one address, 10.0.2.15/);
  const missing = run(calicoNodeAddress, cluster('bird', [], [at('a', '10.0.0.4/24'), at('b', undefined)]));
  assert.match(told(missing)[0] ?? '', /^warning: Calico has no address for b/);
});

test('CN410: nothing on healthy, silent, Windows and unannotated nodes', () => {
  for (const others of [
    nodes,
    [at('a', '10.0.0.4/24'), at('b', undefined, { ready: 'Unknown' })],
    [at('a', '10.0.0.4/24'), at('b', undefined, { os: 'windows' })],
    [at('a', undefined), at('b', undefined)],
  ])
    assert.deepEqual(told(run(calicoNodeAddress, cluster('bird', [], others))), []);
});
