/** What of a pod's JSON decides what a probe may conclude: the host name that it answers with, and a mesh's proxy in it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject } from '../../../src/core/network/json.js';
import { podDetails } from '../../../src/kube/probe/objects.js';

const pod = (name: string, spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, uid: '1', annotations },
  spec: { containers: [{ name: 'web' }], ...spec },
  status: { phase: 'Running' },
});

test('the host name is what the kubelet sets', () => {
  const long = `${'a'.repeat(62)}-bcd`;
  const cases: readonly (readonly [string, JsonObject, string | undefined])[] = [
    ['web-1', {}, 'web-1'],
    ['index-0-x7k2p', { hostname: 'index-0' }, 'index-0'],
    [long, {}, 'a'.repeat(62)],
    ['web-1', { hostnameOverride: 'web.example.org', hostname: 'web' }, 'web.example.org'],
    ['web-1', { hostname: 'web', subdomain: 'shop', setHostnameAsFQDN: true }, undefined],
    ['web-1', { hostNetwork: true }, undefined],
  ];
  for (const [name, spec, expected] of cases) assert.equal(podDetails(pod(name, spec)).hostname, expected, name);
});

test('a pod is in a mesh when the mesh says so, and not on its node’s own network', () => {
  const meshed = (annotations: JsonObject, spec: JsonObject = {}) => podDetails(pod('web-1', spec, annotations)).meshed;
  for (const annotations of [
    { 'sidecar.istio.io/status': '{}' },
    { 'ambient.istio.io/redirection': 'enabled' },
    { 'linkerd.io/proxy-version': 'edge-25.1.1' },
    { 'kuma.io/sidecar-injected': 'true' },
  ]) {
    assert.equal(meshed(annotations), true, JSON.stringify(annotations));
    assert.equal(meshed(annotations, { hostNetwork: true }), false);
  }
  for (const annotations of [
    {},
    { 'ambient.istio.io/redirection': 'disabled' },
    { 'kuma.io/sidecar-injected': 'false' },
  ])
    assert.equal(meshed(annotations), false, JSON.stringify(annotations));
});
