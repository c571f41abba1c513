/** EndpointSlices are read, kept up to date, and answered from as they are at that moment; no model is made of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Explained } from '../../../src/core/network/explain.js';
import { at, listOf, textOf } from '../../../src/core/network/json.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { simulatedAccess } from '../simulated.js';
import { watchHost } from '../watching.js';

test(
  'an address names the Services of which it is an endpoint, also after a change',
  { timeout: 60_000 },
  async (t) => {
    const server = await ApiServer.start({
      cluster: generated.build({ now: new Date(), seed: 1, nodes: 4, pods: 40 }),
    });
    t.after(() => server.close());
    const watching = watchHost(await simulatedAccess(server));
    t.after(() => watching.end());
    await watching.complete();
    const signal = new AbortController().signal;
    const [slice] = server
      .objects('endpointslices.discovery.k8s.io')
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] !== 'kubernetes');
    assert.ok(slice);
    const service = `${slice.metadata.namespace ?? ''}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;
    const [endpoint] = listOf(slice['endpoints']);
    const text = textOf(at(endpoint, 'addresses', 0));
    const endpoints = async (): Promise<readonly Explained[]> => {
      const answer = await watching.host.request('explain', { text }, signal);
      assert.ok(answer.ok);
      assert.equal(answer.items[0]?.kind, 'pod');
      return answer.items.filter(({ kind }) => kind === 'endpoint');
    };
    assert.deepEqual(
      (await endpoints()).map((item) => item.text),
      [`service ${service} has it as an endpoint (8080/TCP; ready)`],
    );

    const told = watching.changes.length;
    server.apply({ ...slice, endpoints: [{ addresses: [text], conditions: { ready: false } }] });
    // Nothing is told of it: it is asked for until it is there, and the test's own limit ends that.
    while ((await endpoints())[0]?.text !== `service ${service} has it as an endpoint (8080/TCP; not ready)`)
      await new Promise((resolve) => setImmediate(resolve));
    server.remove({
      apiVersion: slice.apiVersion,
      kind: slice.kind,
      namespace: slice.metadata.namespace ?? '',
      name: slice.metadata.name,
    });
    while ((await endpoints()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(watching.changes.length, told);
  },
);
