import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import { capacityOf, runsOutFirst, sampleOf } from '../../../src/core/network/capacity.js';
import type { Role } from '../../../src/core/network/claim.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { podRef, nodeRef } from '../../../src/core/network/place.js';
import {
  configMap,
  daemonSet,
  event,
  facts,
  type FactsOptions,
  node,
  object,
  pod,
  service,
  serviceCIDR,
  staticPod,
} from '../facts.js';

const flannel = daemonSet('kube-flannel/kube-flannel-ds', { args: ['--kube-subnet-mgr'] });
const manager = (...flags: string[]) =>
  staticPod('kube-controller-manager', 'n1', ['kube-controller-manager', '--allocate-node-cidrs=true', ...flags]);
const cluster = (options: FactsOptions): ClusterNetwork => readNetwork(facts({ workloads: [flannel], ...options }));
const useOf = (network: ClusterNetwork, role: Role) => capacityOf(network).find(({ claim }) => claim.role === role);

describe('how full ranges are', () => {
  const network = cluster({
    nodes: [node('n1', { podCIDR: '10.244.0.0/24' }), node('n2', { podCIDR: '10.244.1.0/24' })],
    pods: [
      manager('--cluster-cidr=10.244.0.0/16', '--node-cidr-mask-size=24'),
      pod('a/1', { node: 'n1', ip: '10.244.0.2' }),
      pod('a/2', { node: 'n1', ip: '10.244.0.3' }),
      pod('a/twin', { node: 'n1', ip: '10.244.0.3' }),
      pod('a/done', { node: 'n1', ip: '10.244.0.4', phase: 'Succeeded' }),
      pod('a/host', { node: 'n1', ip: '192.168.1.2', hostNetwork: true }),
      pod('a/3', { node: 'n2', ip: '10.244.1.2' }),
    ],
    services: [service('a/s', { clusterIP: '10.96.0.1' }), service('a/t', { clusterIP: '10.96.0.9' })],
    objects: [serviceCIDR(['10.96.0.0/12'])],
  });

  test("a node's range: addresses that pods have, each once", () => {
    const use = useOf(network, 'pod-node');
    assert.deepEqual([use?.size, use?.usable, use?.usedAddresses, use?.blocks], [256n, 254n, 2, undefined]);
  });
  test("the cluster's range: nodes' ranges, their addresses, and those still free", () => {
    const use = useOf(network, 'pod-cluster');
    assert.deepEqual(
      [use?.size, use?.assignedRanges, use?.assignedAddresses, use?.usedAddresses],
      [65536n, 2, 512n, 3],
    );
    assert.deepEqual(use?.blocks, { prefixLength: 24, total: 256n, free: 254n });
  });
  test('the service range', () => {
    const use = useOf(network, 'service');
    assert.deepEqual([use?.size, use?.usedAddresses], [1048576n, 2]);
  });
  test('what could not be read is not counted as empty', () => {
    const blind = readNetwork({
      ...network.facts,
      gaps: [
        { resource: 'pods', reason: 'forbidden', detail: '' },
        { resource: 'services', reason: 'limited', detail: '' },
      ],
    });
    assert.equal(useOf(blind, 'pod-node')?.usedAddresses, undefined);
    assert.equal(useOf(blind, 'service')?.usedAddresses, undefined);
  });
  test('blocks that the service range covers are not free, where the allocator was told', () => {
    const pods = [manager('--cluster-cidr=10.96.0.0/11', '--service-cluster-ip-range=10.96.0.0/12')];
    const use = useOf(cluster({ nodes: [node('n1', { podCIDR: '10.112.0.0/24' })], pods }), 'pod-cluster');
    assert.deepEqual(use?.blocks, { prefixLength: 24, total: 8192n, free: 4095n });
  });
  test('both families', () => {
    const dual = cluster({
      nodes: [node('n1', { podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'] })],
      pods: [pod('a/1', { node: 'n1', ips: ['10.244.0.2', 'fd00:10:244::2'] })],
      configMaps: [
        configMap('kube-system/kubeadm-config', {
          ClusterConfiguration:
            'kind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.244.0.0/16,fd00:10:244::/56\n',
        }),
      ],
    });
    assert.deepEqual(
      capacityOf(dual)
        .filter(({ claim }) => claim.role.startsWith('pod'))
        .map(({ claim, usedAddresses, blocks }) => [claim.text, usedAddresses, blocks?.free]),
      [
        ['10.244.0.0/16', 1, 255n],
        ['fd00:10:244::/56', 1, 255n],
        ['10.244.0.0/24', 1, undefined],
        ['fd00:10:244::/64', 1, undefined],
      ],
    );
  });
  test("Cilium's pool and what CiliumNodes have of it; unused podCIDRs do not count", () => {
    const network = readNetwork(
      facts({
        nodes: [node('n1', { podCIDR: '10.0.7.0/24' })],
        pods: [pod('a/1', { node: 'n1', ip: '10.0.0.5' })],
        workloads: [daemonSet('kube-system/cilium')],
        configMaps: [
          configMap('kube-system/cilium-config', { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': '10.0.0.0/20' }),
        ],
        objects: [object('cilium.io/v2', 'CiliumNode', 'n1', { spec: { ipam: { podCIDRs: ['10.0.0.0/24'] } } })],
      }),
    );
    const use = useOf(network, 'pod-pool');
    assert.deepEqual([use?.assignedRanges, use?.usedAddresses, use?.blocks?.free], [1, 1, 15n]);
  });
});

describe('what runs out first', () => {
  const texts = (network: ClusterNetwork) =>
    runsOutFirst(network).map(
      ({ resource, claim, left, total }) => `${resource} of ${claim.text}: ${left} of ${total} left`,
    );

  test('in order of the part in use', () => {
    const network = cluster({
      nodes: [
        node('n1', { podCIDR: '10.244.0.0/28', allocatablePods: 110 }),
        node('n2', { podCIDR: '10.244.0.16/28' }),
      ],
      pods: [
        manager('--cluster-cidr=10.244.0.0/26', '--node-cidr-mask-size=28'),
        ...Array.from({ length: 13 }, (_, index) => pod(`a/${index}`, { node: 'n1', ip: `10.244.0.${index + 2}` })),
      ],
      services: [service('a/s', { clusterIP: '10.96.0.1' })],
      objects: [serviceCIDR(['10.96.0.0/24'])],
    });
    assert.deepEqual(texts(network), [
      'pod addresses of 10.244.0.0/28: 1 of 14 left',
      'blocks of 10.244.0.0/26: 2 of 4 left',
      'service addresses of 10.96.0.0/24: 253 of 254 left',
      'pod addresses of 10.244.0.16/28: 14 of 14 left',
    ]);
  });
  test('a range with room for all that the kubelet allows never ends', () => {
    assert.deepEqual(texts(cluster({ nodes: [node('n1', { podCIDR: '10.244.0.0/24', allocatablePods: 110 })] })), []);
  });
  test('a range that is only inferred has no end that is known, and an unused one none at all', () => {
    assert.deepEqual(texts(cluster({ services: [service('a/s', { clusterIP: '10.96.0.1' })] })), []);
    const weave = readNetwork(
      facts({
        nodes: [node('n1', { podCIDR: '10.244.0.0/28' })],
        workloads: [daemonSet('kube-system/weave-net')],
      }),
    );
    assert.deepEqual(runsOutFirst(weave), []);
  });

  test('growth that was seen puts the soonest first', () => {
    const at = (readAt: string, pods: number, services: number): ClusterNetwork => {
      const network = cluster({
        nodes: [node('n1', { podCIDR: '10.244.0.0/25', allocatablePods: 250 })],
        pods: Array.from({ length: pods }, (_, index) =>
          pod(`a/${index}`, { node: 'n1', ip: `10.244.0.${index + 2}` }),
        ),
        services: Array.from({ length: services }, (_, index) =>
          service(`a/s${index}`, { clusterIP: `10.96.0.${index + 1}` }),
        ),
        objects: [serviceCIDR(['10.96.0.0/24'])],
      });
      return { ...network, facts: { ...network.facts, readAt } };
    };
    const earlier = sampleOf(at('2026-01-01T00:00:00Z', 100, 10));
    const later = at('2026-01-01T02:00:00Z', 100, 50);
    const [first, second] = runsOutFirst(later, capacityOf(later), earlier);
    assert.deepEqual(
      [first?.resource, first?.perHour, first?.hoursLeft, second?.resource, second?.perHour, second?.hoursLeft],
      ['service addresses', 20, 10.2, 'pod addresses', 0, undefined],
    );
    const tooSoon = at('2026-01-01T00:01:00Z', 100, 50);
    assert.equal(runsOutFirst(tooSoon, capacityOf(tooSoon), earlier)[0]?.perHour, undefined);
  });

  test('events that say that it is over', () => {
    const network = cluster({
      nodes: [node('n1', { podCIDR: '10.244.0.0/28' })],
      pods: [
        manager('--cluster-cidr=10.244.0.0/28', '--node-cidr-mask-size=28'),
        pod('a/stuck', { node: 'n1', phase: 'Pending' }),
      ],
      events: [
        event(
          podRef('a', 'stuck'),
          'FailedCreatePodSandBox',
          'failed: no IP addresses available in range set: 10.244.0.1-10.244.0.14',
        ),
        event(nodeRef('n2'), 'CIDRNotAvailable', 'Node n2 status is now: CIDRNotAvailable', { type: 'Normal' }),
        event(podRef('a', 'stuck'), 'FailedCreatePodSandBox', 'something else'),
      ],
    });
    assert.deepEqual(
      runsOutFirst(network).map(({ resource, evidence }) => [resource, evidence]),
      [
        ['blocks', ['CIDRNotAvailable for n2, last at 2026-01-01T00:00:00Z']],
        ['pod addresses', ['FailedCreatePodSandBox for pod a/stuck, last at 2026-01-01T00:00:00Z']],
      ],
    );
  });
});
