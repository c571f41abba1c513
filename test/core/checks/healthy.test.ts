/** Healthy clusters: a false alarm costs more trust than a missed hint, so nothing above information is found on them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { runChecks } from '../../../src/core/checks/index.js';
import { readNetwork } from '../../../src/core/cni/index.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { fixture } from '../../fixtures.js';
import { scenarioNamed } from '../../scenarios/index.js';
import { healthyCilium, healthyFlannel } from './clusters.js';
import { readAll, told } from './network.js';

const NOW = '2026-11-24T12:00:00Z';

const loud = (network: ClusterNetwork): string[] =>
  told(runChecks(network).filter(({ severity }) => severity === 'error' || severity === 'warning'));

/** A scenario of the simulated API server, ten minutes after it was built. */
function scenario(name: string, size: { readonly nodes: number; readonly pods: number }): ClusterNetwork {
  const spec = scenarioNamed(name)?.build({ now: new Date(Date.parse(NOW) - 600_000), seed: 1, ...size });
  assert.ok(spec, `there is no scenario ${name}`);
  const lazy = (spec.lazy ?? []).flatMap(({ objects }) => objects.map((source) => source.build()));
  return readNetwork(factsFromObjects([...spec.objects, ...lazy], NOW));
}

for (const network of ['flannel-vxlan', 'cilium', 'routed-bridge']) {
  test(`a real cluster on ${network}, as recorded`, () => {
    const read = readNetwork(factsFromObjects([fixture(`lab-${network}.json`)], NOW));
    assert.equal(read.facts.nodes.length, 2);
    assert.deepEqual(loud(read), []);
  });
}

for (const name of ['lecture-fixed', 'single-node', 'minikube', 'dual-stack', 'cilium', 'generated']) {
  test(`the scenario ${name}`, () => {
    const read = scenario(name, { nodes: 40, pods: 1200 });
    assert.ok(read.facts.pods.size > 0);
    assert.deepEqual(loud(read), []);
  });
}

test('kubeadm with flannel, and with Cilium, whose pool covers the service range far behind', () => {
  assert.deepEqual(loud(readAll(healthyFlannel)), []);
  assert.deepEqual(loud(readAll(healthyCilium)), []);
  assert.equal(readAll(healthyCilium).reading.solution, 'cilium');
});

test("the lecture's mistake, simulated and as a real cluster made it", () => {
  const codes = (read: ClusterNetwork): string[] => [
    ...new Set(
      runChecks(read)
        .filter(({ severity }) => severity === 'error')
        .map(({ code }) => code),
    ),
  ];
  assert.deepEqual(codes(scenario('lecture', { nodes: 2, pods: 10 })), ['CN101', 'CN201']);
  const real = readNetwork(factsFromObjects([fixture('lab-uncoordinated.json')], NOW));
  // Its nodes have no podCIDR: that is said, and not guessed.
  assert.deepEqual(codes(real), ['CN201']);
  assert.match(loud(real).join('\n'), /warning: No node has a pod range \(spec.podCIDR is empty on node1 and node2\)/);
});
