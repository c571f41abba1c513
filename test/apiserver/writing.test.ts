/** Changes through the simulated server's API, who may make them, and the real server's words where they are refused. */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { at, isObject, listAt, textAt } from './json.js';
import { ask, askJson, jsonOf, type Ask } from './plainClient.js';
import { decodeObject } from './protobuf/decode.js';
import { encodeMessage, envelope } from './protobuf/encode.js';
import { messageOf } from './protobuf/schema.js';
import { ApiServer } from './server.js';
import { mergePatch } from './writes.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
let server: ApiServer | undefined;

async function started(): Promise<ApiServer> {
  await server?.close();
  server = await ApiServer.start({
    cluster: lectureFixed.build({ now: new Date('2026-11-24T06:00:00Z'), seed: 1, nodes: 2, pods: 0 }),
    now: () => new Date('2026-11-24T06:30:00.500Z'),
    timeScale: 0,
    seed: 5,
  });
  return server;
}
after(() => server?.close());

function sending(method: string, value: unknown, type = 'application/json'): Ask {
  return { method, body: JSON.stringify(value), headers: { 'content-type': type } };
}

function configMap(name: string, extra: Record<string, unknown> = {}): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...extra }, data: { a: 'b' } };
}

describe('objects', () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await started();
  });

  test('are created with what the server gives them', async () => {
    const reply = await ask(api, MAPS, sending('POST', configMap('x')));
    assert.equal(reply.status, 201);
    const { metadata } = jsonOf(reply);
    assert.ok(isObject(metadata));
    assert.equal(metadata['namespace'], 'default');
    assert.equal(metadata['creationTimestamp'], '2026-11-24T06:30:00Z');
    assert.equal(metadata['resourceVersion'], String(api.revision));
    assert.match(textAt(metadata, 'uid') ?? '', /^[0-9a-f]{8}-/);
    const named = await askJson(api, MAPS, sending('POST', configMap('', { generateName: 'probe-' })));
    assert.match(textAt(named, 'metadata', 'name') ?? '', /^probe-[a-z0-9]{5}$/);
  });

  const refusals: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['twice', MAPS, configMap('kept'), 409, /^configmaps "kept" already exists$/],
    ['in no namespace', '/api/v1/namespaces/nix/configmaps', configMap('x'), 404, /^namespaces "nix" not found$/],
    [
      'of another kind',
      MAPS,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } },
      400,
      /cannot be handled as a/,
    ],
    ['of another namespace', MAPS, configMap('x', { namespace: 'b' }), 400, /does not match the namespace sent/],
    ['without a name', MAPS, configMap(''), 422, /^ConfigMap "" is invalid: metadata.name: Required value/],
    ['with a bad name', MAPS, configMap('A_b'), 422, /a lowercase RFC 1123 subdomain must consist of/],
    ['that are nothing', MAPS, 'text', 400, /is unrecognized/],
  ];
  for (const [what, path, body, status, message] of refusals) {
    test(`are not created ${what}`, async () => {
      await ask(api, MAPS, sending('POST', configMap('kept')));
      const reply = await ask(api, path, sending('POST', body));
      assert.equal(reply.status, status);
      assert.match(textAt(jsonOf(reply), 'message') ?? '', message);
    });
  }

  test('are created in protobuf, too', async () => {
    const message = messageOf('', 'ConfigMap');
    assert.ok(message !== undefined);
    const body = envelope('v1', 'ConfigMap', [encodeMessage(message, { metadata: { name: 'p' }, data: { q: 'r' } })]);
    const reply = await ask(api, MAPS, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/vnd.kubernetes.protobuf',
        accept: 'application/vnd.kubernetes.protobuf',
      },
    });
    assert.equal(reply.status, 201);
    assert.deepEqual(decodeObject(reply.bytes)['data'], { q: 'r' });
  });

  test('a dry run changes nothing', async () => {
    const revision = api.revision;
    assert.equal((await ask(api, `${MAPS}?dryRun=All`, sending('POST', configMap('dry')))).status, 201);
    assert.equal(api.revision, revision);
    assert.equal((await ask(api, `${MAPS}/dry`)).status, 404);
  });

  test('are replaced only in their newest state', async () => {
    const created = await askJson(api, MAPS, sending('POST', configMap('r')));
    const revision = textAt(created, 'metadata', 'resourceVersion');
    const unchanged = await ask(api, `${MAPS}/r`, sending('PUT', configMap('r', { resourceVersion: revision })));
    assert.equal(textAt(jsonOf(unchanged), 'metadata', 'resourceVersion'), revision);
    const labels = { changed: 'yes' };
    const changed = await ask(api, `${MAPS}/r`, sending('PUT', configMap('r', { resourceVersion: revision, labels })));
    assert.equal(changed.status, 200);
    const stale = await ask(api, `${MAPS}/r`, sending('PUT', configMap('r', { resourceVersion: revision })));
    assert.equal(stale.status, 409);
    assert.match(textAt(jsonOf(stale), 'message') ?? '', /the object has been modified/);
    assert.equal(at(jsonOf(changed), 'metadata', 'uid'), at(created, 'metadata', 'uid'));
    assert.deepEqual(
      api.objects('configmaps').filter(({ metadata }) => metadata.name === 'r'),
      [jsonOf(changed)],
    );
  });

  test('are patched by merging', async () => {
    await ask(api, MAPS, sending('POST', configMap('m')));
    const patch = { data: { a: null, n: '1' } };
    const merged = await askJson(api, `${MAPS}/m`, sending('PATCH', patch, 'application/merge-patch+json'));
    assert.deepEqual(merged['data'], { n: '1' });
    assert.equal((await ask(api, `${MAPS}/m`, sending('PATCH', patch))).status, 415);
    assert.equal((await ask(api, `${MAPS}/gone`, sending('PATCH', patch, 'application/merge-patch+json'))).status, 404);
  });

  test('keep their status when they are patched, and the other way round', async () => {
    const type = 'application/strategic-merge-patch+json';
    const cordoned = await askJson(
      api,
      '/api/v1/nodes/node2',
      sending('PATCH', { spec: { unschedulable: true } }, type),
    );
    assert.equal(at(cordoned, 'spec', 'unschedulable'), true);
    assert.equal(textAt(cordoned, 'status', 'nodeInfo', 'kubeletVersion'), 'v1.34.4');
    const patch = { spec: { unschedulable: false }, status: { conditions: [{ type: 'Ready', status: 'False' }] } };
    const sick = await askJson(api, '/api/v1/nodes/node2/status', sending('PATCH', patch, type));
    assert.equal(at(sick, 'spec', 'unschedulable'), true);
    assert.equal(listAt(sick, 'status', 'conditions').length, 5);
    const ready = listAt(sick, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
    assert.equal(textAt(ready, 'status'), 'False');
  });

  test('are deleted with what they own and contain', async () => {
    const pods = (): number => api.objects('pods').filter((pod) => pod.metadata.namespace === 'shop').length;
    assert.equal(pods(), 6);
    const reply = await ask(api, '/apis/apps/v1/namespaces/shop/daemonsets/web', { method: 'DELETE' });
    assert.equal(reply.status, 200);
    assert.equal(textAt(jsonOf(reply), 'status'), 'Success');
    assert.equal(pods(), 4);
    await ask(api, '/apis/apps/v1/namespaces/shop/daemonsets/api?propagationPolicy=Orphan', { method: 'DELETE' });
    assert.equal(pods(), 4);
    await ask(api, '/api/v1/namespaces/shop', { method: 'DELETE' });
    assert.equal(pods(), 0);
    assert.equal((await ask(api, '/api/v1/namespaces/shop', { method: 'DELETE' })).status, 404);
  });

  test('are deleted by selector', async () => {
    const reply = await ask(api, '/api/v1/namespaces/shop/pods?labelSelector=app%3Dapi', { method: 'DELETE' });
    assert.equal(listAt(jsonOf(reply), 'items').length, 2);
    assert.equal(api.objects('pods').filter((pod) => pod.metadata.labels?.['app'] === 'api').length, 0);
  });

  test('of a new definition are served, and gone with it', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gadgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', shortNames: ['gg'] },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    };
    const gadgets = '/apis/example.com/v1/namespaces/default/gadgets';
    assert.equal((await ask(api, gadgets)).status, 404);
    await ask(api, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', sending('POST', definition));
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' }, spec: { any: ['thing'] } };
    assert.equal((await ask(api, gadgets, sending('POST', gadget))).status, 201);
    const list = await askJson(api, gadgets);
    assert.equal(textAt(listAt(list, 'items')[0], 'kind'), 'Gadget');
    assert.equal((await ask(api, gadgets, { headers: { accept: 'application/vnd.kubernetes.protobuf' } })).status, 406);
    await ask(api, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.example.com', { method: 'DELETE' });
    assert.equal((await ask(api, gadgets)).status, 404);
  });
});

describe('access', () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await started();
  });

  test('nobody is anonymous and may ask for the version', async () => {
    assert.equal((await ask(api, '/version', { token: '' })).status, 200);
    const refused = await ask(api, '/api/v1/nodes', { token: '' });
    assert.equal(refused.status, 403);
    assert.equal(
      textAt(jsonOf(refused), 'message'),
      'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
    );
  });

  test('an unknown or expired token is 401', async () => {
    assert.equal((await ask(api, '/api/v1/nodes', { token: 'wrong' })).status, 401);
    assert.equal((await ask(api, '/api/v1/nodes')).status, 200);
    api.access.expireToken('simulated-bearer-token');
    assert.equal((await ask(api, '/api/v1/nodes')).status, 401);
  });

  test('rules decide by verb, kind and namespace, and can change', async () => {
    const dev = {
      name: 'dev',
      groups: [],
      token: 'dev-token',
      rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'], namespaces: ['shop'] }],
    };
    api.access.setUser(dev);
    const status = async (path: string, method = 'GET') =>
      (await ask(api, path, { token: 'dev-token', method })).status;
    assert.equal(await status('/api/v1/namespaces/shop/pods'), 200);
    assert.equal(await status('/api/v1/namespaces/shop/pods?watch=1'), 403);
    assert.equal(await status('/api/v1/namespaces/default/pods'), 403);
    assert.equal(await status('/api/v1/pods'), 403);
    assert.equal(await status('/api/v1/namespaces/shop/services'), 403);
    assert.equal(await status('/api/v1/namespaces/shop/pods', 'DELETE'), 403);
    api.access.setUser({ ...dev, rules: [] });
    assert.equal(await status('/api/v1/namespaces/shop/pods'), 403);
  });

  test('a review tells beforehand', async () => {
    api.access.setUser({
      name: 'dev',
      groups: [],
      token: 'dev-token',
      rules: [{ verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] }],
    });
    const may = async (attributes: Record<string, string>) => {
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
      const reply = await askJson(api, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        ...sending('POST', { ...review, spec: { resourceAttributes: attributes } }),
        token: 'dev-token',
      });
      return at(reply, 'status', 'allowed');
    };
    assert.equal(await may({ verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'shop' }), true);
    assert.equal(await may({ verb: 'create', resource: 'pods', namespace: 'shop' }), false);
  });

  test('paths that are nothing are 404, methods that are nothing 405', async () => {
    assert.equal((await ask(api, '/nix')).status, 404);
    assert.equal((await ask(api, '/apis/apps/v9/daemonsets')).status, 404);
    assert.equal((await ask(api, '/api/v1/nodes/node1/nix')).status, 404);
    assert.equal((await ask(api, '/api/v1/nodes', { method: 'PUT' })).status, 405);
  });

  test('requests are remembered with who asked', async () => {
    await ask(api, '/api/v1/nodes', { headers: { 'user-agent': 'tester' } });
    assert.deepEqual(api.requests.at(-1), {
      method: 'GET',
      url: '/api/v1/nodes',
      user: 'token',
      userAgent: 'tester',
      status: 200,
    });
  });
});

describe('patches', () => {
  test('replace lists when they merge, and go into them when they are strategic', () => {
    const target = { list: [{ name: 'a', x: 1 }, { name: 'b' }], plain: [1, 2] };
    const patch = { list: [{ name: 'a', y: 2 }, { name: 'c' }], plain: [3] };
    assert.deepEqual(mergePatch(target, patch, false), patch);
    assert.deepEqual(mergePatch(target, patch, true), {
      list: [{ name: 'a', x: 1, y: 2 }, { name: 'b' }, { name: 'c' }],
      plain: [3],
    });
    assert.deepEqual(mergePatch(target, { list: [{ name: 'b', $patch: 'delete' }] }, true), {
      list: [{ name: 'a', x: 1 }],
      plain: [1, 2],
    });
  });
});
