/** Healthy clusters: a false alarm costs more trust than a missed hint, so nothing above information is found on them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { runChecks } from '../../../src/core/checks/index.js';
import { readNetwork } from '../../../src/core/cni/index.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { fixture } from '../../fixtures.js';
import { healthyCilium, healthyFlannel } from './clusters.js';
import { readAll, told } from './network.js';

function assertQuiet(network: ClusterNetwork): void {
  const loud = runChecks(network).filter(({ severity }) => severity === 'error' || severity === 'warning');
  assert.deepEqual(told(loud), []);
}

test('a real cluster on flannel, as recorded', () => {
  const network = readNetwork(factsFromObjects([fixture('lab-flannel-vxlan.json')], '2026-11-24T06:10:00Z'));
  assert.equal(network.reading.solution, 'flannel');
  assert.deepEqual(told(runChecks(network)), []);
});

test('kubeadm with flannel', () => {
  assert.deepEqual(told(runChecks(readAll(healthyFlannel))), []);
});

test('kubeadm with Cilium, whose pool covers the service range far behind', () => {
  const network = readAll(healthyCilium);
  assert.equal(network.reading.solution, 'cilium');
  assertQuiet(network);
});
