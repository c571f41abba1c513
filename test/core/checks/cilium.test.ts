/** CN411 to CN413: routes, ranges and Services under Cilium. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ciliumNoRoutes } from '../../../src/core/checks/ciliumNoRoutes.js';
import { servicesNotProxied } from '../../../src/core/checks/servicesNotProxied.js';
import { solutionRangeMissing } from '../../../src/core/checks/solutionRangeMissing.js';
import { configMap, node, object } from '../facts.js';
import { cilium, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { readAll, run, told } from './network.js';

const ranges = { 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' };
const native = (config: Record<string, string>, nodes = twoNodes()) =>
  readAll(together(nodes, cilium(ranges, '10.0.0.0/8', { 'routing-mode': 'native', ...config })));

test('CN411: native routing, and nobody who spreads the routes', () => {
  const found = run(ciliumNoRoutes, native({}));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /^Cilium routes natively, but neither/);
  assert.equal(run(ciliumNoRoutes, native({ ipam: 'kubernetes' }))[0]?.severity, 'information');
});

test('CN411: nothing where routes are spread, tunnelled, or the cloud has them', () => {
  for (const on of [
    native({ 'auto-direct-node-routes': 'true' }),
    native({ 'enable-bgp-control-plane': 'true' }),
    native({ 'enable-endpoint-routes': 'true' }),
    native({ ipam: 'eni' }),
    native({}, { nodes: [node('node-1')] }),
    native(
      {},
      {
        nodes: ['node-1', 'node-2'].map((name) =>
          node(name, { conditions: { NetworkUnavailable: { status: 'False', reason: 'RouteCreated' } } }),
        ),
      },
    ),
    readAll(healthyCilium),
    readAll(healthyFlannel),
  ])
    assert.deepEqual(told(run(ciliumNoRoutes, on)), []);
});

test('CN412: a node of which Cilium knows no range', () => {
  const found = run(
    solutionRangeMissing,
    readAll(together({ nodes: [node('a'), node('b')] }, cilium({ a: '10.0.0.0/24' }))),
  );
  assert.deepEqual(told(found), [
    'error: Cilium has no pod range for b: its agent waits for one, and no pod on that node gets a network',
  ]);
  const without = object('cilium.io/v2', 'CiliumNode', 'b', { spec: { ipam: {} } });
  const bare = together({ nodes: [node('a'), node('b')], objects: [without] }, cilium({ a: '10.0.0.0/24' }));
  assert.equal(run(solutionRangeMissing, readAll(bare)).length, 1);
});

test('CN412: nothing on healthy, new, silent and foreign nodes, and where the objects could not be read', () => {
  const created = { metadata: { name: 'b', creationTimestamp: '2025-12-31T23:59:30Z' } };
  const one = cilium({ a: '10.0.0.0/24' });
  for (const on of [
    readAll(healthyCilium),
    readAll(healthyFlannel),
    readAll(together({ nodes: [node('a'), { ...node('b'), ...created }] }, one)),
    readAll(together({ nodes: [node('a'), node('b', { ready: 'Unknown' })] }, one)),
    readAll(together({ nodes: [node('a'), node('b', { os: 'windows' })] }, one)),
    readAll(together({ nodes: [node('a'), node('b', { labels: { type: 'virtual-kubelet' } })] }, one)),
    readAll(together({ nodes: [node('a'), node('b')] }, { ...one, objects: [] })),
  ])
    assert.deepEqual(told(run(solutionRangeMissing, on)), []);
});

test('CN413: kubeadm without kube-proxy, and Cilium that does not replace it', () => {
  const plane = kubeadm('10.244.0.0/16', '10.96.0.0/12');
  const record = plane.configMaps.slice(0, 1);
  const cluster = (config: Record<string, string>, configMaps = record) =>
    readAll(together(twoNodes(), { ...plane, configMaps }, cilium(ranges, '10.0.0.0/8', config)));
  assert.equal(run(servicesNotProxied, cluster({}))[0]?.severity, 'warning');
  assert.deepEqual(run(servicesNotProxied, cluster({ 'kube-proxy-replacement': 'true' })), []);
  assert.deepEqual(run(servicesNotProxied, cluster({}, plane.configMaps)), []);
  assert.deepEqual(run(servicesNotProxied, cluster({}, [configMap('kube-system/other', {})])), []);
  assert.deepEqual(run(servicesNotProxied, readAll(healthyCilium)), []);
  const gaps = [{ resource: 'configmaps', reason: 'limited', detail: '' }] as const;
  const unread = readAll({ ...together(twoNodes(), { ...plane, configMaps: record }, cilium(ranges)), gaps });
  assert.deepEqual(run(servicesNotProxied, unread), []);
});
