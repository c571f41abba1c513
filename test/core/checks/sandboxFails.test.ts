import assert from 'node:assert/strict';
import test from 'node:test';
import { sandboxFails as check } from '../../../src/core/checks/sandboxFails.js';
import { podRef } from '../../../src/core/network/place.js';
import { event, node, pod } from '../facts.js';
import { network, run, told } from './network.js';

const failed = (name: string, message: string) => event(podRef('shop', name), 'FailedCreatePodSandBox', message);
const full =
  'Failed to create pod sandbox: plugin type="host-local" failed (add): no IP addresses available in range set: 10.244.1.1-10.244.1.254';

test("the plugin's words name the cause", () => {
  const pods = [
    pod('shop/a', { node: 'node-2', phase: 'Pending' }),
    pod('shop/b', { node: 'node-2', phase: 'Pending' }),
  ];
  const found = run(
    check,
    network({ nodes: [node('node-2')], pods, events: [failed('a', full), failed('b', full), failed('a', full)] }),
  );
  assert.deepEqual(told(found), [
    "warning: 2 pods on node-2 (shop/a and shop/b) cannot be given a network: the node's range has no address left (CN301)",
  ]);
  assert.match(found[0]?.evidence[0] ?? '', /^shop\/a on node-2: Failed to create pod sandbox/);
});

test('known words of many plugins', () => {
  for (const words of [
    'range is full',
    'add cmd: failed to assign an IP address to container',
    'failed to request IPv4 addresses: cannot allocate new block due to per host block limit',
    'open /run/flannel/subnet.env: no such file or directory',
    'failed to set bridge addr: "cni0" already has an IP address different from 10.244.2.1/24',
    'unable to connect to Cilium daemon: failed to create cilium agent client',
    'dial unix /var/run/antrea/cni.sock: connect: connection refused',
    'failed to find plugin "bridge" in path [/opt/cni/bin]',
  ]) {
    const on = network({ pods: [pod('shop/a', { node: 'n', phase: 'Pending' })], events: [failed('a', words)] });
    assert.equal(run(check, on).length, 1, words);
  }
});

test('nothing on pods that have a network or are gone, and on unknown words', () => {
  const pending = pod('shop/a', { node: 'n', phase: 'Pending' });
  for (const on of [
    network({ pods: [pod('shop/a', { node: 'n', ip: '10.244.1.9' })], events: [failed('a', full)] }),
    network({ pods: [pod('shop/a', { node: 'n', phase: 'Pending', ip: '10.244.1.9' })], events: [failed('a', full)] }),
    network({ pods: [], events: [failed('a', full)] }),
    network({ pods: [pending], events: [failed('a', 'image pull failed')] }),
    network({ pods: [pending], events: [event(podRef('shop', 'a'), 'FailedMount', full)] }),
    network({
      pods: [pending],
      events: [failed('a', full)],
      gaps: [{ resource: 'pods', reason: 'limited', detail: '' }],
    }),
  ])
    assert.deepEqual(told(run(check, on)), []);
});
