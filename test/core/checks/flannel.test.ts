/** CN406 to CN408: flannel's network, backends and addresses of nodes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flannelBackendsDiffer } from '../../../src/core/checks/flannelBackendsDiffer.js';
import { flannelNetworkMissesRange } from '../../../src/core/checks/flannelNetworkMissesRange.js';
import { flannelPublicIp } from '../../../src/core/checks/flannelPublicIp.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { node, type NodeOptions } from '../facts.js';
import { flannel, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { readAll, run, told } from './network.js';

const on = (name: string, annotations: Record<string, string>, more: NodeOptions = {}) =>
  node(name, {
    ...more,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`flannel.alpha.coreos.com/${key}`, value]),
    ),
  });
const cluster = (nodes: ReturnType<typeof node>[]) =>
  readAll(
    together(
      { nodes },
      flannel(
        '10.244.0.0/16',
        nodes.map((_, i) => `node-${i + 1}`),
      ),
    ),
  );

test("CN406: a node's range outside of flannel's network, the classic mismatch", () => {
  const found = run(
    flannelNetworkMissesRange,
    readAll(
      together(
        twoNodes('10.10.0.0/24', '10.10.1.0/24'),
        kubeadm('10.10.0.0/16', '10.96.0.0/12'),
        flannel('10.244.0.0/16', ['node-1', 'node-2']),
      ),
    ),
  );
  assert.deepEqual(told(found), [
    "error: flannel's network 10.244.0.0/16 does not contain 10.10.0.0/24 of node-1 and 10.10.1.0/24 of node-2: flannel refuses the range, and pods on those nodes are not reachable from the others",
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    [
      "ConfigMap kube-flannel/kube-flannel-cfg · data['net-conf.json'].Network",
      'Node node-1 · spec.podCIDRs[0]',
      'Node node-2 · spec.podCIDRs[0]',
    ],
  );
});

test('CN406: nothing where the network contains the ranges, or flannel does not run', () => {
  assert.deepEqual(run(flannelNetworkMissesRange, readAll(healthyFlannel)), []);
  assert.deepEqual(run(flannelNetworkMissesRange, readAll(healthyCilium)), []);
  const kops = together(twoNodes('100.96.0.0/24', '100.96.1.0/24'), flannel('100.64.0.0/10', ['node-1', 'node-2']));
  assert.deepEqual(run(flannelNetworkMissesRange, readAll(kops)), []);
});

test('CN407: backends and VXLAN networks that differ', () => {
  const nodes = [
    on('node-1', { 'backend-type': 'vxlan', 'backend-data': '{"VNI":1}' }),
    on('node-2', { 'backend-type': 'host-gw', 'backend-data': 'null' }),
    on('node-3', { 'backend-type': 'vxlan', 'backend-data': '{"VNI":1}' }),
  ];
  const found = run(flannelBackendsDiffer, cluster(nodes));
  assert.deepEqual(told(found), [
    'error: flannel runs vxlan (VNI 1) on node-1 and node-3 and host-gw on node-2: nodes ignore those of another backend, so pods of the groups do not reach each other',
  ]);
  assert.equal(found[0]?.subjects[0]?.node, 'node-2');
  const identifiers = ['1', '42'].map((vni, i) =>
    on(`node-${i + 1}`, { 'backend-type': 'vxlan', 'backend-data': `{"VNI":${vni}}` }),
  );
  assert.equal(run(flannelBackendsDiffer, cluster(identifiers)).length, 1);
});

test('CN407: nothing on one backend, and on nodes that no longer report', () => {
  const vxlan = { 'backend-type': 'vxlan', 'backend-data': '{"VNI":1}' };
  assert.deepEqual(run(flannelBackendsDiffer, cluster([on('node-1', vxlan), on('node-2', vxlan)])), []);
  const gone = on('node-2', { 'backend-type': 'host-gw' }, { ready: 'Unknown' });
  assert.deepEqual(run(flannelBackendsDiffer, cluster([on('node-1', vxlan), gone])), []);
});

test('CN408: one address for several nodes', () => {
  const nodes = ['node-1', 'node-2'].map((name, i) =>
    on(name, { 'backend-type': 'vxlan', 'public-ip': '10.0.2.15' }, { ips: ['10.0.2.15', `192.168.56.1${i}`] }),
  );
  assert.deepEqual(told(run(flannelPublicIp, cluster(nodes))), [
    'error: flannel reaches 2 nodes (node-1 and node-2) at one address, 10.0.2.15: packets for the pods of all of them arrive at one node, or at none',
  ]);
});

test("CN408: information on an address that is not the node's", () => {
  const nodes = [on('node-1', { 'backend-type': 'vxlan', 'public-ip': '10.9.0.1' }, { ip: '192.168.1.2' })];
  assert.equal(run(flannelPublicIp, cluster(nodes))[0]?.severity, 'information');
});

test('CN408: nothing on own, overwritten and left-over addresses', () => {
  const annotations = { 'backend-type': 'vxlan', 'public-ip': '192.168.1.2' };
  assert.deepEqual(run(flannelPublicIp, cluster([on('node-1', annotations, { ip: '192.168.1.2' })])), []);
  const chosen = on('node-1', { ...annotations, 'public-ip-overwrite': '192.168.1.2' }, { ip: '10.0.0.1' });
  assert.deepEqual(run(flannelPublicIp, cluster([chosen])), []);
  const gone = on('node-2', annotations, { ip: '192.168.1.2', ready: 'Unknown' });
  assert.deepEqual(run(flannelPublicIp, cluster([on('node-1', annotations, { ip: '192.168.1.2' }), gone])), []);
  // Annotations outlive flannel.
  const left = together(healthyCilium, {
    nodes: [on('a', annotations, { ip: '1.1.1.1' }), on('b', annotations, { ip: '1.1.1.2' })],
  });
  assert.deepEqual(run(flannelPublicIp, readAll(left)), []);
});
