/** Readings of real clusters: what each of the recorded networks is. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import { formatAddress } from '../../../src/core/ip/address.js';
import { RangeSet } from '../../../src/core/ip/rangeSet.js';
import { type Claim, isInForce, isPodRole } from '../../../src/core/network/claim.js';
import { explain } from '../../../src/core/network/explain.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { fixture } from '../../fixtures.js';

const read = (name: string): ClusterNetwork => readNetwork(factsFromObjects([fixture(`lab-${name}.json`)], ''));
const podClaims = ({ claims }: ClusterNetwork): Claim[] => claims.filter(({ role }) => isPodRole(role));
const used = (claim: Claim): string => (claim.used === undefined ? '?' : claim.used ? 'used' : 'unused');

/** Every pod that owns an address has one of a range in force: of its node, where the node has any. */
function assertPodsInside(network: ClusterNetwork): void {
  const { pods } = network.facts;
  let count = 0;
  for (const row of pods.rows()) {
    if (!pods.ownsAddresses(row)) continue;
    count++;
    const ofNode = podClaims(network).filter((claim) => isInForce(claim) && claim.node === pods.node(row));
    const ranges = RangeSet.of(ofNode.map(({ range }) => range));
    for (const address of pods.addresses(row)) assert.ok(ranges.has(address), formatAddress(address));
  }
  assert.ok(count >= 4);
}

test('Cilium: ranges are those of CiliumNodes, podCIDRs and the range they are cut from are unused', () => {
  const network = read('cilium');
  const { reading } = network;
  assert.deepEqual(
    [reading.solution, reading.version, reading.addressSource],
    ['cilium', 'v1.18.3', 'solution-per-node'],
  );
  assert.deepEqual([reading.others, reading.missing], [[], []]);
  assert.deepEqual([reading.datapath.encapsulation, reading.datapath.overheadBytes], ['vxlan', 50]);
  assert.equal(reading.datapath.enforcesPolicies, true);
  assert.equal(reading.details['kube-proxy-replacement'], 'false');
  assert.deepEqual(
    podClaims(network).map(
      (claim) =>
        `${claim.text} ${claim.owner} ${claim.place.kind === 'object' ? claim.place.object.kind : ''} ${used(claim)}`,
    ),
    [
      '10.244.0.0/16 cluster ConfigMap unused',
      '10.244.0.0/16 cluster ConfigMap unused',
      '10.0.0.0/8 Cilium cluster pool ConfigMap used',
      '10.0.0.0/24 node1 CiliumNode used',
      '10.0.1.0/24 node2 CiliumNode used',
      '10.244.0.0/24 node1 Node unused',
      '10.244.1.0/24 node2 Node unused',
    ],
  );
  assertPodsInside(network);
});

test("Cilium: the router's addresses are known", () => {
  const network = read('cilium');
  const router = network.reading.hostAddresses?.find(({ device }) => device === 'cilium_host');
  assert.ok(router);
  const answer = explain(network, formatAddress(router.address));
  assert.ok(answer.ok);
  assert.match(answer.summary, /: Cilium gives it to cilium_host on node1\.$/);
});

test('routed-bridge: no DaemonSet tells what it is, and the pods show that podCIDRs are used', () => {
  const network = read('routed-bridge');
  const { reading } = network;
  assert.deepEqual(
    [reading.solution, reading.confidence, reading.addressSource],
    ['unknown', 'probable', 'node-pod-cidr'],
  );
  assert.equal(reading.evidence[0]?.fact, "4 pods have an address of their node's spec.podCIDR, 0 do not (on 2 nodes)");
  assert.deepEqual(
    podClaims(network).map((claim) => `${claim.text} ${claim.owner} ${used(claim)}`),
    [
      '10.244.0.0/16 cluster used',
      '10.244.0.0/16 cluster used',
      '10.244.0.0/24 node1 used',
      '10.244.1.0/24 node2 used',
    ],
  );
  assertPodsInside(network);
});

test('uncoordinated: nodes without ranges, and pods that share addresses', () => {
  const network = read('uncoordinated');
  assert.deepEqual([network.reading.solution, network.reading.addressSource], ['unknown', 'unknown']);
  assert.ok(network.claims.every(({ role }) => role !== 'pod-node'));
  const answer = explain(network, '10.244.0.2');
  assert.ok(answer.ok);
  assert.equal(answer.summary, '2 pods have 10.244.0.2.');
});

test('on every network, services come from the ServiceCIDR, and every claim has a place', () => {
  for (const name of ['flannel-vxlan', 'cilium', 'routed-bridge', 'uncoordinated']) {
    const { claims } = read(name);
    const services = claims.filter(({ role }) => role === 'service');
    assert.deepEqual(
      services.map(({ text, provenance, repeats }) => [text, provenance, repeats]),
      [
        ['10.96.0.0/12', 'assigned', undefined],
        ['10.96.0.0/12', 'declared', true],
      ],
    );
    for (const { place } of claims) assert.notEqual(formatPlace(place), '');
  }
});
