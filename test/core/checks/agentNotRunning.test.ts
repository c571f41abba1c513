import assert from 'node:assert/strict';
import test from 'node:test';
import { agentNotRunning as check } from '../../../src/core/checks/agentNotRunning.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { daemonSet, type FactsOptions, type Json, node, pod, type PodOptions } from '../facts.js';
import { honoursPodCidr, network, run, told } from './network.js';

const labels = { app: 'flannel' };
const flannel = {
  ...honoursPodCidr,
  agent: { daemonSet: 'kube-flannel-ds', namespace: 'kube-flannel', podLabels: labels },
};
const agent = (on: string, options: PodOptions = {}): Json =>
  pod(`kube-flannel/kube-flannel-ds-${on}`, {
    node: on,
    hostNetwork: true,
    owner: 'DaemonSet/kube-flannel-ds',
    labels,
    ...options,
  });
const nodes = [node('node-1'), node('node-2')];
const web = [
  pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' }),
  pod('shop/web-2', { node: 'node-2', ip: '10.244.1.2' }),
];
const cluster = (agents: readonly Json[], options: FactsOptions = {}, desired = 2) =>
  network(
    {
      nodes,
      workloads: [daemonSet('kube-flannel/kube-flannel-ds', { labels, desired })],
      ...options,
      pods: [...web, ...agents, ...(options.pods ?? [])],
    },
    flannel,
  );

test('an agent that crashes is an error on its pod, with the node named', () => {
  const found = run(check, cluster([agent('node-1'), agent('node-2', { ready: false, waiting: 'CrashLoopBackOff' })]));
  assert.deepEqual(told(found), [
    'error: The Flannel agent on node-2 is in CrashLoopBackOff: new pods there get no network, and routes to and from that node are no longer kept up',
  ]);
  const [subject] = found[0]?.subjects ?? [];
  assert.equal(subject && formatPlace(subject.place), 'Pod kube-flannel/kube-flannel-ds-node-2 · status');
  assert.equal(subject?.node, 'node-2');
});

test('an agent that is only not ready is a warning', () => {
  const found = run(check, cluster([agent('node-1'), agent('node-2', { ready: false })]));
  assert.equal(found[0]?.severity, 'warning');
  assert.match(found[0].message, /on node-2 is not ready: unless that passes/);
});

test('an agent that is wanted and missing is an error', () => {
  const found = run(check, cluster([agent('node-1')]));
  assert.deepEqual(told(found), [
    'error: No Flannel agent runs on node-2, although DaemonSet kube-flannel/kube-flannel-ds wants 2 pods: new pods there get no network, and routes to and from that node are no longer kept up',
  ]);
});

test('a node that the DaemonSet leaves out is a warning only where pods run', () => {
  const leftOut = run(check, cluster([agent('node-1')], {}, 1));
  assert.equal(leftOut[0]?.severity, 'warning');
  assert.match(
    leftOut[0].message,
    /on node-2, because DaemonSet kube-flannel\/kube-flannel-ds leaves it out, yet pods run there/,
  );
  const empty = network(
    {
      nodes,
      pods: [agent('node-1'), pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' })],
      workloads: [daemonSet('kube-flannel/kube-flannel-ds', { labels, desired: 1 })],
    },
    flannel,
  );
  assert.deepEqual(run(check, empty), []);
});

test('many nodes with one failure are one finding', () => {
  const many = Array.from({ length: 60 }, (_, i) => `node-${i}`);
  const found = run(
    check,
    network(
      {
        nodes: many.map((name) => node(name)),
        pods: many.map((name) => agent(name, { ready: false, waiting: 'ImagePullBackOff' })),
        workloads: [daemonSet('kube-flannel/kube-flannel-ds', { labels, desired: 60, ready: 0 })],
      },
      flannel,
    ),
  );
  assert.equal(found.length, 1);
  assert.equal(found[0]?.moreSubjects, 40);
});

test('nothing where all is well, or nothing can be said', () => {
  const joined = { metadata: { name: 'node-2', creationTimestamp: '2025-12-31T23:59:30Z' } };
  const cases = [
    cluster([agent('node-1'), agent('node-2')]),
    // A rolling update: the new pod is ready, the old one is on its way out.
    cluster([
      agent('node-1'),
      pod('kube-flannel/kube-flannel-ds-old', { node: 'node-2', hostNetwork: true, labels, ready: false }),
      agent('node-2'),
    ]),
    // The node is silent, which says more (CN405); or it just joined; or no agent belongs there.
    cluster([agent('node-1'), agent('node-2', { ready: false })], {
      nodes: [node('node-1'), node('node-2', { ready: 'Unknown' })],
    }),
    cluster([agent('node-1')], { nodes: [node('node-1'), { ...node('node-2'), ...joined }] }),
    cluster([agent('node-1')], { nodes: [node('node-1'), node('node-2', { os: 'windows' })] }),
    cluster([agent('node-1')], { nodes: [node('node-1'), node('node-2', { labels: { type: 'virtual-kubelet' } })] }),
    // Another DaemonSet of the same solution, for another architecture.
    cluster([agent('node-1'), agent('node-2', { owner: 'DaemonSet/kube-flannel-ds-arm64' })], {}, 1),
    // Pods or DaemonSets could not be read, or no solution was recognised.
    cluster([agent('node-1')], { gaps: [{ resource: 'pods', reason: 'forbidden', detail: '' }] }),
    cluster([agent('node-1')], { gaps: [{ resource: 'daemonsets.apps', reason: 'forbidden', detail: '' }] }),
    network({ nodes, pods: web }),
  ];
  cases.forEach((on, index) => assert.deepEqual(told(run(check, on)), [], `case ${index}`));
});
