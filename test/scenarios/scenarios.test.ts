/** What every scenario promises, and what each is for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterSpec } from '../apiserver/cluster.js';
import { at, listAt, textAt, type KubeObject } from '../apiserver/json.js';
import { addressesOf } from '../apiserver/simulation/network.js';
import { SIMULATED_LABEL } from './objects.js';
import { scenarioNamed, scenarios } from './index.js';

const options = { now: new Date('2026-11-24T06:00:00Z'), seed: 5, nodes: 40, pods: 900 };

function built(name: string, changes: Partial<typeof options> = {}): ClusterSpec {
  const scenario = scenarioNamed(name);
  assert.ok(scenario !== undefined);
  return scenario.build({ ...options, ...changes });
}

function objectsOf(spec: ClusterSpec, kind: string): KubeObject[] {
  const lazy = (spec.lazy ?? []).flatMap(({ objects }) => objects.map((source) => source.build()));
  return [...spec.objects, ...lazy].filter((object) => object.kind === kind);
}

function ownNetwork(pods: readonly KubeObject[]): KubeObject[] {
  return pods.filter((pod) => at(pod, 'spec', 'hostNetwork') !== true);
}

for (const { name } of scenarios) {
  describe(name, () => {
    const spec = built(name);
    const nodes = objectsOf(spec, 'Node');
    const pods = objectsOf(spec, 'Pod');

    test('says that it is simulated', () => {
      assert.ok(spec.context.startsWith('simulated-'));
      assert.ok(nodes.length > 0);
      assert.ok(nodes.every((node) => node.metadata.labels?.[SIMULATED_LABEL] === 'true'));
    });

    test('is the same again from the same options', () => {
      assert.deepEqual(objectsOf(built(name), 'Pod'), pods);
    });

    test('names no object twice, and no uid', () => {
      const all = [...new Set(spec.objects.map(({ kind }) => kind)), 'Node', 'Pod'].flatMap((kind, index, kinds) =>
        kinds.indexOf(kind) === index ? objectsOf(spec, kind) : [],
      );
      const keys = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
      assert.equal(new Set(keys).size, keys.length);
      assert.equal(new Set(all.map(({ metadata }) => metadata.uid)).size, all.length);
    });

    test('places its pods on its nodes and in its namespaces', () => {
      const namespaces = new Set(objectsOf(spec, 'Namespace').map(({ metadata }) => metadata.name));
      const names = new Set(nodes.map(({ metadata }) => metadata.name));
      for (const pod of pods) {
        assert.ok(names.has(textAt(pod, 'spec', 'nodeName') ?? ''));
        assert.ok(namespaces.has(pod.metadata.namespace ?? ''));
      }
    });

    test(name === 'lecture' ? 'gives addresses twice, and that is its point' : 'gives no address twice', () => {
      const addresses = ownNetwork(pods).flatMap(addressesOf);
      assert.equal(new Set(addresses).size < addresses.length, name === 'lecture');
    });

    test('has slices that name its pods', () => {
      const byName = new Map(pods.map((pod) => [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod]));
      for (const slice of objectsOf(spec, 'EndpointSlice')) {
        for (const endpoint of listAt(slice, 'endpoints')) {
          if (at(endpoint, 'targetRef') === undefined) continue;
          const key = `${textAt(endpoint, 'targetRef', 'namespace') ?? ''}/${textAt(endpoint, 'targetRef', 'name') ?? ''}`;
          const pod = byName.get(key);
          assert.ok(pod !== undefined, key);
          assert.equal(textAt(endpoint, 'targetRef', 'uid'), pod.metadata.uid);
          assert.equal(textAt(endpoint, 'nodeName'), textAt(pod, 'spec', 'nodeName'));
          assert.ok(
            listAt(endpoint, 'addresses').every((address) => addressesOf(pod).some((one) => one === address)),
            key,
          );
        }
      }
    });
  });
}

test('lecture: both nodes have 10.244.0.0/24 and a pod 10.244.0.2, and no plugin coordinates', () => {
  const spec = built('lecture');
  assert.deepEqual(
    objectsOf(spec, 'Node').map((node) => [
      textAt(listAt(node, 'status', 'addresses')[0], 'address'),
      textAt(node, 'spec', 'podCIDR'),
    ]),
    [
      ['192.168.1.2', '10.244.0.0/24'],
      ['192.168.1.3', '10.244.0.0/24'],
    ],
  );
  const shared = objectsOf(spec, 'Pod').filter((pod) => addressesOf(pod).includes('10.244.0.2'));
  assert.deepEqual(shared.map((pod) => textAt(pod, 'spec', 'nodeName')).sort(), ['node1', 'node2']);
  assert.deepEqual(
    objectsOf(spec, 'DaemonSet').map(({ metadata }) => metadata.name),
    ['kube-proxy', 'web', 'api', 'agent'],
  );
});

test('lecture-fixed: Flannel gives every node a range of its own', () => {
  const spec = built('lecture-fixed');
  assert.deepEqual(
    objectsOf(spec, 'Node').map((node) => textAt(node, 'spec', 'podCIDR')),
    ['10.244.0.0/24', '10.244.1.0/24'],
  );
  for (const node of objectsOf(spec, 'Node')) {
    assert.equal(node.metadata.annotations?.['flannel.alpha.coreos.com/backend-type'], 'vxlan');
  }
  const config = objectsOf(spec, 'ConfigMap').find(({ metadata }) => metadata.name === 'kube-flannel-cfg');
  assert.match(textAt(config, 'data', 'net-conf.json') ?? '', /"Network": "10\.244\.0\.0\/16"/);
});

test('minikube: pods stand outside of a podCIDR that nobody reads', () => {
  const addresses = ownNetwork(objectsOf(built('minikube'), 'Pod')).flatMap(addressesOf);
  assert.ok(addresses.some((address) => address.startsWith('10.244.1.')));
  assert.ok(addresses.every((address) => address.startsWith('10.244.')));
});

test('dual-stack: every pod has both families', () => {
  for (const pod of ownNetwork(objectsOf(built('dual-stack'), 'Pod'))) {
    assert.deepEqual(
      addressesOf(pod).map((address) => address.includes(':')),
      [false, true],
    );
  }
});

test('cilium: pods are in the ranges of CiliumNodes and outside of podCIDRs', () => {
  const spec = built('cilium');
  const ranges = new Map(
    objectsOf(spec, 'CiliumNode').map((node) => [node.metadata.name, listAt(node, 'spec', 'ipam', 'podCIDRs')[0]]),
  );
  assert.deepEqual(Object.fromEntries(ranges), { node1: '10.0.0.0/24', node2: '10.0.1.0/24' });
  for (const pod of ownNetwork(objectsOf(spec, 'Pod'))) {
    const [address = ''] = addressesOf(pod);
    const range = ranges.get(textAt(pod, 'spec', 'nodeName') ?? '');
    assert.equal(range, address.replace(/\d+$/, '0/24'));
  }
});

describe('generated', () => {
  test('has the size that was asked for, with pods in the ranges of their nodes', () => {
    const spec = built('generated');
    const nodes = new Map(objectsOf(spec, 'Node').map((node) => [node.metadata.name, textAt(node, 'spec', 'podCIDR')]));
    const pods = objectsOf(spec, 'Pod');
    assert.equal(nodes.size, 40);
    assert.equal(pods.length, 900);
    for (const pod of ownNetwork(pods)) {
      const [address] = addressesOf(pod);
      if (address === undefined) assert.equal(textAt(pod, 'status', 'phase'), 'Pending');
      else assert.equal(address.replace(/\d+$/, '0/24'), nodes.get(textAt(pod, 'spec', 'nodeName') ?? ''));
    }
  });

  test('has pods of about 8 KB', () => {
    const pods = ownNetwork(objectsOf(built('generated'), 'Pod'));
    const size = pods.reduce((sum, pod) => sum + JSON.stringify(pod).length, 0) / pods.length;
    assert.ok(size > 7000 && size < 9000, `${size} bytes`);
  });

  test('has other pods from another seed, and refuses what has no room', () => {
    assert.notDeepEqual(objectsOf(built('generated', { seed: 6 }), 'Pod'), objectsOf(built('generated'), 'Pod'));
    assert.throws(() => built('generated', { nodes: 1, pods: 300 }), /have no room for/);
  });
});
