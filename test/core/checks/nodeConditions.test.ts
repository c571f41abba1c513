/** CN402, CN403 and CN405: what the conditions of nodes say. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { networkPluginNotReady } from '../../../src/core/checks/networkPluginNotReady.js';
import { networkUnavailable } from '../../../src/core/checks/networkUnavailable.js';
import { nodeNotReady } from '../../../src/core/checks/nodeNotReady.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { type Json, node, type NodeOptions, pod } from '../facts.js';
import { honoursPodCidr, network, run, told } from './network.js';

const NOT_INITIALIZED =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** A node that joined `ago` seconds before the reading, and whose Ready condition changed `changed` seconds before it. */
function aged(name: string, ago: number, changed: number, options: NodeOptions): Json {
  const at = (seconds: number) => new Date(Date.parse('2026-01-01T00:00:00Z') - seconds * 1000).toISOString();
  const built = node(name, options) as { metadata: Json; status: { conditions: Json[] } };
  return {
    ...built,
    metadata: { ...built.metadata, creationTimestamp: at(ago) },
    status: {
      ...built.status,
      conditions: built.status.conditions.map((condition) =>
        condition['type'] === 'Ready' ? { ...condition, lastTransitionTime: at(changed) } : condition,
      ),
    },
  };
}
const broken = (message: string): NodeOptions => ({
  conditions: { Ready: { status: 'False', reason: 'KubeletNotReady', message } },
});
const lost: NodeOptions = {
  conditions: {
    Ready: { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
  },
};
const labels = { app: 'flannel' };
const flannel = {
  ...honoursPodCidr,
  agent: { daemonSet: 'kube-flannel-ds', namespace: 'kube-flannel', podLabels: labels },
};
const agent = (on: string, ready = true): Json =>
  pod(`kube-flannel/agent-${on}`, { node: on, hostNetwork: true, owner: 'DaemonSet/kube-flannel-ds', labels, ready });

test('CN402: a node without CNI configuration, and the agent as witness', () => {
  const nodes = [node('node-1'), node('node-2', broken(NOT_INITIALIZED))];
  const found = run(networkPluginNotReady, network({ nodes, pods: [agent('node-1'), agent('node-2')] }, flannel));
  assert.deepEqual(told(found), [
    'error: node-2 has no working CNI configuration: no new pod gets a network there, and the scheduler avoids the node, while running pods go on; the Flannel agent is ready there, so the file that it wrote is gone or another one is broken',
  ]);
  const [subject] = found[0]?.subjects ?? [];
  assert.equal(subject && formatPlace(subject.place), 'Node node-2 · status.conditions[0].message');
  assert.equal(subject?.text, NOT_INITIALIZED);
  assert.match(
    run(networkPluginNotReady, network({ nodes, pods: [agent('node-2', false)] }, flannel))[0]?.message ?? '',
    /agent, which writes the file, is not ready there \(CN401\)/,
  );
  assert.match(run(networkPluginNotReady, network({ nodes }))[0]?.message ?? '', /no usable file stands in/);
  // CN405 leaves it to the one that knows the cause.
  assert.deepEqual(run(nodeNotReady, network({ nodes })), []);
});

test('CN402: older words of the kubelet are understood', () => {
  const old =
    'runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized';
  assert.equal(run(networkPluginNotReady, network({ nodes: [node('node-1', broken(old))] })).length, 1);
});

test('CN402: information on a node that has not been ready yet; an error as soon as it was', () => {
  const starting = aged('node-1', 30, 30, broken(NOT_INITIALIZED));
  assert.deepEqual(told(run(networkPluginNotReady, network({ nodes: [starting] }))), [
    'information: node-1 has no working CNI configuration yet: the node joined less than two minutes ago',
  ]);
  const wasReady = aged('node-1', 60, 5, broken(NOT_INITIALIZED));
  assert.equal(run(networkPluginNotReady, network({ nodes: [wasReady] }))[0]?.severity, 'error');
});

test('CN402: nothing on ready nodes, other reasons, and virtual nodes', () => {
  const nodes = [
    node('node-1'),
    node('node-2', broken('PLEG is not healthy')),
    node('node-3', lost),
    node('node-4', { ...broken(NOT_INITIALIZED), labels: { type: 'virtual-kubelet' } }),
  ];
  assert.deepEqual(run(networkPluginNotReady, network({ nodes })), []);
});

const unavailable: NodeOptions['conditions'] = {
  NetworkUnavailable: { status: 'True', reason: 'NoRouteCreated', message: 'RouteController failed to create a route' },
};

test('CN403: a node whose network is unavailable', () => {
  const nodes = [node('node-1', { conditions: unavailable }), node('node-2')];
  assert.deepEqual(told(run(networkUnavailable, network({ nodes }))), [
    'error: node-1 reports that its network is unavailable: new pods are kept away, and pods there may not be reachable from other nodes',
  ]);
});

test('CN403: a warning where everything else says that the network works', () => {
  const nodes = [node('node-1', { conditions: unavailable })];
  const pods = [agent('node-1'), pod('web', { node: 'node-1', ip: '10.244.0.2' })];
  const found = run(networkUnavailable, network({ nodes, pods }, flannel));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /may be stale/);
});

test('CN403: nothing on False, on nodes that just joined, silent or virtual ones', () => {
  const nodes = [
    node('node-1', { conditions: { NetworkUnavailable: { status: 'False', reason: 'FlannelIsUp' } } }),
    aged('node-2', 20, 10, { conditions: unavailable }),
    node('node-3', { conditions: { ...lost.conditions, ...unavailable } }),
    node('node-4', { conditions: unavailable, labels: { type: 'virtual-kubelet' } }),
  ];
  assert.deepEqual(run(networkUnavailable, network({ nodes })), []);
});

test('CN405: a node that no longer reports, and its pods', () => {
  const nodes = [node('node-1'), node('node-2', lost)];
  const pods = [
    pod('a', { node: 'node-2', ip: '10.244.1.2' }),
    pod('b', { node: 'node-2', ip: '10.244.1.3' }),
    pod('c', { node: 'node-2', hostNetwork: true }),
    pod('d', { node: 'node-2', ip: '10.244.1.4', phase: 'Succeeded' }),
  ];
  assert.deepEqual(told(run(nodeNotReady, network({ nodes, pods }))), [
    'warning: node-2 no longer reports (Kubelet stopped posting node status): the machine is off or cut off from the API server; 2 pods there still say Running, but probably nobody reaches them',
  ]);
});

test('CN405: a node that is not ready says why; one that never reported is told apart', () => {
  assert.deepEqual(told(run(nodeNotReady, network({ nodes: [node('node-1', broken('PLEG is not healthy'))] }))), [
    'warning: node-1 is not ready (PLEG is not healthy): Services leave its pods out, and no new pod is placed there; no pods run there',
  ]);
  const never = { conditions: { Ready: { status: 'Unknown', reason: 'NodeStatusNeverUpdated' } } };
  assert.match(
    run(nodeNotReady, network({ nodes: [node('node-9', never)] }))[0]?.message ?? '',
    /^node-9 has never reported:/,
  );
});

test('CN405: a node lost in its first minute counts, one that starts does not', () => {
  assert.equal(run(nodeNotReady, network({ nodes: [aged('node-1', 60, 5, lost)] })).length, 1);
  assert.deepEqual(run(nodeNotReady, network({ nodes: [aged('node-1', 20, 20, broken('starting'))] })), []);
});

test('CN405: hundreds of lost nodes are one finding; cordoned ones are information', () => {
  const nodes = Array.from({ length: 300 }, (_, i) => node(`node-${i}`, lost));
  const found = run(nodeNotReady, network({ nodes: [...nodes, node('old', { ...lost, unschedulable: true })] }));
  assert.deepEqual(
    found.map(({ severity, subjects, moreSubjects }) => [severity, subjects.length + moreSubjects]),
    [
      ['warning', 300],
      ['information', 1],
    ],
  );
});

test('CN405: nothing on ready, virtual and unreported nodes', () => {
  const nodes = [
    node('node-1'),
    node('node-2', { ...lost, labels: { type: 'virtual-kubelet' } }),
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-3' } },
  ];
  assert.deepEqual(run(nodeNotReady, network({ nodes })), []);
});
