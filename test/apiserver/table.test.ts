/** The cells of tables: of real objects as the real server printed them, and of pods in every state. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../fixtures.js';
import { asKubeObject, type Json, type JsonObject, type KubeObject } from './json.js';
import { ResourceRegistry } from './resources.js';
import { cellsOf, columnsOf, humanDuration, podStatusWord } from './table.js';

const registry = new ResourceRegistry([]);

/** A recorded object by kind and name. */
function recorded(kind: string, name: string): KubeObject {
  const all = fixture('lab-protobuf.json') as readonly { apiVersion: string; kind: string; object: JsonObject }[];
  for (const { apiVersion, kind: itsKind, object } of all) {
    const whole = asKubeObject({ ...object, apiVersion, kind: itsKind });
    if (itsKind === kind && whole?.metadata.name === name) return whole;
  }
  throw new Error(`no ${kind} ${name} is recorded`);
}

describe('real objects', () => {
  // What the real server answered at this time for `application/json;as=Table;v=v1;g=meta.k8s.io`.
  const now = new Date('2026-11-24T06:01:52Z');
  const os = 'Debian GNU/Linux 12 (bookworm)';
  const image = 'ghcr.io/flannel-io/flannel:v0.28.10';
  const rows: readonly (readonly [kind: string, name: string, ...cells: Json[]])[] = [
    [
      'Node',
      'node1',
      'Ready',
      '<none>',
      '6m43s',
      'v1.34.4',
      '192.168.1.2',
      '<none>',
      os,
      '6.18.44-fc-v782',
      'containerd://1.6.20',
    ],
    ['Pod', 'kube-flannel-ds-2gxt5', '1/1', 'Running', '0', '6m41s', '192.168.1.2', 'node1', '<none>', '<none>'],
    ['Service', 'web', 'ClusterIP', '10.110.9.215', '<none>', '80/TCP', '6m25s', 'app=web'],
    ['EndpointSlice', 'web-j8kq4', 'IPv4', '8080', '10.244.0.2,10.244.1.2', '6m25s'],
    ['DaemonSet', 'kube-flannel-ds', 2, 2, 2, 2, 2, '<none>', '6m41s', 'kube-flannel', image, 'app=flannel'],
    ['ConfigMap', 'kube-flannel-cfg', 2, '6m41s'],
    ['ServiceCIDR', 'kubernetes', '10.96.0.0/12', '6m51s'],
    ['IPAddress', '10.110.9.215', 'services/shop/web'],
  ];
  for (const [kind, ...cells] of rows) {
    test(kind, () => {
      const object = recorded(kind, cells[0]);
      const resource = registry.ensure(object);
      assert.deepEqual(cellsOf(resource, object, now), cells);
      assert.equal(columnsOf(resource).length, cells.length);
      assert.equal(columnsOf(resource)[0]?.format, 'name');
    });
  }
});

test('durations as people read them', () => {
  const cases: readonly (readonly [seconds: number, text: string])[] = [
    [-5, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [346, '5m46s'],
    [600, '10m'],
    [10_799, '179m'],
    [10_800, '3h'],
    [12_600, '3h30m'],
    [28_800, '8h'],
    [172_799, '47h'],
    [172_800, '2d'],
    [180_000, '2d2h'],
    [691_200, '8d'],
    [63_072_000, '2y'],
    [64_072_000, '2y11d'],
    [315_360_000, '10y'],
  ];
  for (const [seconds, text] of cases) assert.equal(humanDuration(seconds * 1000), text);
});

describe('the word for a pod', () => {
  const container = (state: JsonObject, ready = false): JsonObject => ({ state, ready });
  const ended = (state: JsonObject): JsonObject => container({ terminated: state });
  const waiting = (reason: string): JsonObject => container({ waiting: { reason } });
  const deleted = { deletionTimestamp: '2026-11-24T06:00:00Z' };
  const cases: readonly (readonly [word: string, status: JsonObject, metadata?: JsonObject])[] = [
    ['Pending', { phase: 'Pending' }],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }],
    ['ContainerCreating', { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] }],
    ['CrashLoopBackOff', { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] }],
    ['Error', { phase: 'Failed', containerStatuses: [ended({ reason: 'Error', exitCode: 1 })] }],
    ['ExitCode:3', { phase: 'Failed', containerStatuses: [ended({ exitCode: 3 })] }],
    ['Signal:9', { phase: 'Failed', containerStatuses: [ended({ exitCode: 137, signal: 9 })] }],
    ['Init:0/2', { phase: 'Pending', initContainerStatuses: [container({ running: {} }), container({})] }],
    ['Init:1/2', { phase: 'Pending', initContainerStatuses: [ended({ exitCode: 0 }), container({ running: {} })] }],
    ['Init:Error', { phase: 'Pending', initContainerStatuses: [ended({ reason: 'Error', exitCode: 1 })] }],
    ['Terminating', { phase: 'Running' }, deleted],
    ['Unknown', { phase: 'Running', reason: 'NodeLost' }, deleted],
    [
      'Running',
      {
        phase: 'Running',
        containerStatuses: [ended({ reason: 'Completed', exitCode: 0 }), container({ running: {} }, true)],
      },
    ],
  ];
  for (const [word, status, metadata] of cases) {
    test(word, () => {
      const spec = { initContainers: [{}, {}], containers: [{}] };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec, status };
      assert.equal(podStatusWord(pod), word);
    });
  }
});
