/** URIs of live objects: both ways without loss, whatever a context or an object is called. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as vscode from 'vscode';
import { objectUri, parseObjectUri } from '../../src/editor/objectUri.js';

describe('URIs of objects', () => {
  it('read as people would write them', () => {
    const path = (context: string, ref: Parameters<typeof objectUri>[0]['ref']) => objectUri({ context, ref }).path;
    assert.equal(path('lab', { apiVersion: 'v1', kind: 'Node', name: 'node-1' }), '/lab/nodes/node-1.yaml');
    assert.equal(
      path('lab', { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' }),
      '/lab/namespaces/shop/pods/web-1.yaml',
    );
    assert.equal(
      path('lab', { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', name: 'node-1' }),
      '/lab/CiliumNode.v2.cilium.io/node-1.yaml',
    );
  });

  it('lead back to the very object', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
    const kind = fc.constantFrom(
      { apiVersion: 'v1', kind: 'Node' },
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'v1', kind: 'Event' },
      { apiVersion: 'apps/v1', kind: 'DaemonSet' },
      { apiVersion: 'networking.k8s.io/v1beta1', kind: 'ServiceCIDR' },
    );
    fc.assert(
      fc.property(name, kind, label, fc.option(label, { nil: undefined }), (context, type, object, namespace) => {
        const ref = namespace === undefined ? { ...type, name: object } : { ...type, namespace, name: object };
        const uri = objectUri({ context, ref });
        assert.deepEqual(parseObjectUri(vscode.Uri.parse(uri.toString(), true)), { context, ref });
      }),
    );
  });

  it('what is none of ours is none', () => {
    for (const text of [
      'file:///a/nodes/b.yaml',
      'cluster-network:/',
      'cluster-network:/a',
      'cluster-network:/a/b/c/d/e.yaml',
      'cluster-network:/a/nodes/b',
      'cluster-network:/%25/nodes/%25.yaml',
    ])
      assert.equal(parseObjectUri(vscode.Uri.parse(text)), undefined, text);
  });
});
