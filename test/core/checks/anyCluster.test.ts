/** Whatever a cluster or a file holds: checks do not throw, and findings are well-formed and the same in any order of objects. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MAX_SUBJECTS } from '../../../src/core/checks/check.js';
import { runChecks } from '../../../src/core/checks/index.js';
import { readNetwork } from '../../../src/core/cni/index.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { configMap, type Json, node, object, pod, service, serviceCIDR } from '../facts.js';
import { cilium, flannel, kubeadm } from './clusters.js';

const NOW = '2026-01-01T00:00:00Z';
const nodeNames = fc.constantFrom('node-1', 'node-2', 'node-10', 'virtual');
/** Few addresses, so that they meet; and some that are none. */
const address = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom('10.244.0.', '10.244.1.', '10.96.0.', '192.168.1.', '172.17.0.', '169.254.0.'),
        fc.integer({ min: 0, max: 6 }),
      )
      .map(([prefix, last]) => `${prefix}${last}`),
  },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }).map((last) => `fd00:${last}::${last}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '::ffff:10.244.0.1', '010.0.0.1', 'x', '999.1.1.1', 'fe80::1%eth0') },
);
const range = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(address, fc.constantFrom(8, 16, 20, 24, 25, 30, 32))
      .map(([start, length]) => `${start}/${length}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '0.0.0.0/0', '::/0', '10.0.0.0', '10.244.0.0/33', 'nonsense') },
);
const condition = fc.record({
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: fc.constantFrom('', 'KubeletNotReady', 'NodeStatusUnknown', 'NodeStatusNeverUpdated'),
  message: fc.constantFrom('', 'NetworkPluginNotReady', 'PLEG is not healthy'),
  lastTransitionTime: fc.constantFrom('', '2025-12-31T23:59:55Z', 'x'),
});
const anyNode = fc
  .record({
    name: nodeNames,
    ips: fc.array(address, { maxLength: 2 }),
    podCIDRs: fc.array(range, { maxLength: 2 }),
    ready: condition,
    unavailable: condition,
    allocatablePods: fc.constantFrom(null, 3, 110),
    created: fc.constantFrom('', '2025-12-31T23:59:50Z', '2025-01-01T00:00:00Z'),
    os: fc.constantFrom('linux', 'windows'),
    annotations: fc.dictionary(
      fc.constantFrom(
        'flannel.alpha.coreos.com/backend-type',
        'flannel.alpha.coreos.com/public-ip',
        'projectcalico.org/IPv4Address',
        'k3s.io/node-args',
      ),
      fc.oneof(address, range, fc.constantFrom('vxlan', '["server","--cluster-dns","10.96.0.5"]', '{')),
    ),
  })
  .map(({ name, created, ready, unavailable, ...options }): Json => {
    const built = node(name, {
      ...options,
      conditions: { Ready: ready, NetworkUnavailable: unavailable },
      labels: name === 'virtual' ? { type: 'virtual-kubelet' } : {},
    });
    return { ...built, metadata: { ...(built['metadata'] as Json), creationTimestamp: created } };
  });
const anyPod = fc
  .record({
    name: fc.integer({ min: 0, max: 30 }),
    node: fc.oneof(nodeNames, fc.constant('nowhere')),
    ips: fc.array(address, { maxLength: 2 }),
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'odd'),
    hostNetwork: fc.boolean(),
    terminating: fc.boolean(),
  })
  .map(({ name, ...options }) => pod(`shop/p${name}`, options));
const anyOther = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.array(address, { maxLength: 2 }))
    .map(([i, clusterIPs]) => service(`shop/s${i}`, { clusterIPs })),
  fc
    .tuple(fc.constantFrom('kubernetes', 'more'), fc.array(range, { maxLength: 2 }))
    .map(([name, cidrs]) => serviceCIDR(cidrs, name)),
  fc
    .tuple(nodeNames, fc.array(range, { maxLength: 2 }))
    .map(([name, podCIDRs]) => object('cilium.io/v2', 'CiliumNode', name, { spec: { ipam: { podCIDRs } } })),
  fc
    .tuple(fc.constantFrom('a', 'b'), range, fc.constantFrom('Always', 'Never'))
    .map(([name, cidr, ipipMode]) => object('crd.projectcalico.org/v1', 'IPPool', name, { spec: { cidr, ipipMode } })),
  fc.constantFrom(
    configMap('kube-system/kubelet-config', { kubelet: 'clusterDNS: [10.96.0.3]' }),
    configMap('kube-system/kube-proxy', { 'config.conf': '{' }),
  ),
);
interface Part {
  readonly pods: readonly Json[];
  readonly configMaps: readonly Json[];
  readonly workloads?: readonly Json[];
  readonly objects?: readonly Json[];
}
const objectsOf = ({ pods, configMaps, workloads = [], objects = [] }: Part): readonly Json[] => [
  ...pods,
  ...configMaps,
  ...workloads,
  ...objects,
];
const anySolution = fc.constantFrom<readonly Json[]>(
  [],
  objectsOf(flannel('10.244.0.0/16', ['node-1', 'node-2'])),
  objectsOf(cilium({ 'node-1': '10.244.0.0/24', 'node-2': '10.244.0.0/25' }, '10.244.0.0/16')),
  objectsOf(kubeadm('10.244.0.0/16', '10.96.0.0/12')),
);
/** One object a kind and name: of two, the later one counts, so that their order would matter. */
const distinct = (objects: readonly Json[]): Json[] => [
  ...new Map(
    objects.map((one) => {
      const { namespace, name } = one['metadata'] as Json;
      return [JSON.stringify([one['kind'], namespace, name]), one] as const;
    }),
  ).values(),
];
const anyCluster = fc
  .tuple(
    fc.array(anyNode, { maxLength: 4 }),
    fc.array(anyPod, { maxLength: 12 }),
    fc.array(anyOther, { maxLength: 6 }),
    anySolution,
  )
  .map((parts) => distinct(parts.flat()));

test('findings are well-formed, whatever is read', () => {
  fc.assert(
    fc.property(anyCluster, (objects) => {
      const ids = new Set<string>();
      for (const found of runChecks(readNetwork(factsFromObjects(objects, NOW)))) {
        assert.ok(!ids.has(found.id), `two findings ${found.id}`);
        ids.add(found.id);
        assert.ok(found.message.length > 0 && !found.message.endsWith('.'), found.message);
        assert.doesNotMatch(found.message, /undefined|null|NaN|\[object/);
        assert.ok(found.subjects.length > 0 && found.subjects.length <= MAX_SUBJECTS && found.moreSubjects >= 0);
        assert.ok(found.evidence.length > 0);
        for (const line of found.evidence) assert.doesNotMatch(line, /undefined|NaN|\[object/);
      }
    }),
    { numRuns: 300 },
  );
});

test('which findings there are does not depend on the order of the objects', () => {
  const tell = (objects: readonly Json[]): string[] =>
    runChecks(readNetwork(factsFromObjects(objects, NOW))).map(({ id, severity }) => `${severity} ${id}`);
  const inTwoOrders = anyCluster.chain((objects) =>
    fc.shuffledSubarray(objects, { minLength: objects.length }).map((shuffled) => ({ objects, shuffled })),
  );
  fc.assert(
    fc.property(inTwoOrders, ({ objects, shuffled }) => {
      assert.deepEqual(tell(shuffled), tell(objects));
    }),
    { numRuns: 300 },
  );
});
