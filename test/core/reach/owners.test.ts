/** Whose an address is. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import { othersAt } from '../../../src/core/reach/owners.js';
import type { PodEndpoint } from '../../../src/core/reach/endpoint.js';
import { facts, node, pod } from '../facts.js';

const endpoint = (name: string, address: string): PodEndpoint => ({
  kind: 'pod',
  namespace: 'shop',
  name,
  node: 'node-1',
  addresses: [address],
  hostNetwork: false,
});

test('a pod that runs shares the address; one that is done, being deleted or on a virtual node does not', () => {
  const network = readNetwork(
    facts({
      nodes: [node('node-1'), node('virtual', { labels: { type: 'virtual-kubelet' } })],
      pods: [
        pod('shop/target', { node: 'node-1', ip: '10.244.0.2' }),
        pod('shop/twin', { node: 'node-1', ip: '10.244.0.2' }),
        pod('shop/done', { node: 'node-1', ip: '10.244.0.2', phase: 'Succeeded' }),
        pod('shop/leaving', { node: 'node-1', ip: '10.244.0.2', terminating: true }),
        pod('shop/away', { node: 'virtual', ip: '10.244.0.2' }),
      ],
    }),
  );
  assert.deepEqual(othersAt(endpoint('target', '10.244.0.2'), endpoint('source', '10.244.0.9'), network), [
    'pod shop/twin',
  ]);
});
