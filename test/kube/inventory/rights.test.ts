/** What is read with few rights: what is not installed is no gap, and what may be read in some namespaces is read there. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import type { Timing } from '../../../src/kube/timing.js';
import type { Rule } from '../../apiserver/access.js';
import type { KubeObject } from '../../apiserver/json.js';
import { ApiServer } from '../../apiserver/server.js';
import { generated } from '../../scenarios/generated.js';
import { simulatedAccess } from '../simulated.js';
import { type Watching, watchHost } from '../watching.js';
import { SHORT } from './faultyServer.js';

/** Where many requests are made; a busy machine takes its time for them. */
const LIMIT_MS = 60_000;
const READ = ['get', 'list', 'watch'];
const PODS_OF_DEFAULT: Rule = { apiGroups: [''], resources: ['pods'], verbs: READ, namespaces: ['default'] };

interface Limited {
  readonly server: ApiServer;
  readonly watching: Watching;
  /** Gives the user these rights and no others. */
  readonly allow: (...rules: readonly Rule[]) => void;
  readonly gap: (resource: string) => string | undefined;
  readonly pods: () => readonly string[];
}

async function limited(
  t: TestContext,
  rules: readonly Rule[],
  {
    objects = [],
    absent = [],
    namespaces = [],
    timing = {},
  }: {
    objects?: readonly KubeObject[];
    absent?: readonly string[];
    namespaces?: readonly string[];
    timing?: Partial<Timing>;
  } = {},
): Promise<Limited> {
  const cluster = generated.build({ now: new Date(), seed: 1, nodes: 2, pods: 20 });
  const served = cluster.objects.filter(({ kind }) => !absent.some((name) => name.startsWith(kind.toLowerCase())));
  const server = await ApiServer.start({ cluster: { ...cluster, objects: served, absent }, bookmarkSeconds: 0.2 });
  t.after(() => server.close());
  const user = server.access.user('nobody');
  assert.ok(user);
  const allow = (...own: readonly Rule[]): void => server.access.setUser({ ...user, rules: own });
  allow(...rules);
  for (const object of objects) server.apply(object);
  const watching = watchHost(await simulatedAccess(server, 'nobody'), {
    timing: { ...SHORT, ...timing },
    options: { namespaces },
  });
  t.after(() => watching.end());
  const facts = () => watching.host.network?.facts;
  return {
    server,
    watching,
    allow,
    gap: (resource) => {
      const found = facts()?.gaps.find((gap) => gap.resource === resource);
      return found && `${found.reason}: ${found.detail}`;
    },
    pods: () => {
      const table = facts()?.pods;
      return table === undefined
        ? []
        : [...table.rows()].map((row) => `${table.namespace(row)}/${table.name(row)}`).sort();
    },
  };
}

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const pod = (inNamespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: inNamespace },
  spec: { containers: [{ name: 'main', image: 'registry.example/main:1' }] },
});

test('what is not installed is absent, also to whom the server calls it forbidden', { timeout: 60_000 }, async (t) => {
  const { server, watching, allow, gap } = await limited(t, [PODS_OF_DEFAULT], {
    absent: ['servicecidrs.networking.k8s.io'],
  });
  await watching.complete();
  assert.equal(gap('ipaddresspools.metallb.io'), undefined, 'a group that is not there');
  assert.equal(gap('servicecidrs.networking.k8s.io'), undefined, 'a group that is there, without the kind');
  assert.match(gap('ipaddresses.networking.k8s.io') ?? '', /^forbidden: ipaddresses\.networking\.k8s\.io is forbidden/);
  assert.match(gap('nodes') ?? '', /^forbidden: nodes is forbidden/);

  const pool = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' };
  server.apply({ ...pool, metadata: { name: 'public', namespace: 'metallb-system' }, spec: { addresses: [] } });
  await watching.until('what was installed meanwhile is missed', 20_000, () =>
    (gap('ipaddresspools.metallb.io') ?? '').startsWith('forbidden: ipaddresspools.metallb.io is forbidden'),
  );
  allow(PODS_OF_DEFAULT, { apiGroups: ['metallb.io'], resources: ['*'], verbs: READ });
  await watching.until('what was granted meanwhile is read', 20_000, () => {
    const facts = watching.host.network?.facts;
    return (
      gap('ipaddresspools.metallb.io') === undefined && facts?.custom.get('ipaddresspools.metallb.io')?.length === 1
    );
  });
});

test('what has no namespaces is not asked for in each of them', { timeout: 60_000 }, async (t) => {
  const listNamespaces: Rule = { apiGroups: [''], resources: ['namespaces'], verbs: READ };
  const { server, watching, gap } = await limited(t, [listNamespaces, PODS_OF_DEFAULT], {
    objects: [
      // The server takes the scope of a kind that nothing declares from the first object.
      { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name: 'public' } },
      { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'default' } },
    ],
  });
  const isForbidden = (resource: string): boolean => (gap(resource) ?? '').startsWith('forbidden');
  await watching.until('both are forbidden', 20_000, () =>
    ['ipaddresspools.metallb.io', 'daemonsets.apps'].every(isForbidden),
  );
  const askedIn = (path: string): boolean => server.requests.some(({ url }) => url.startsWith(`${path}/namespaces/`));
  assert.equal(askedIn('/apis/apps/v1'), true);
  assert.equal(askedIn('/apis/metallb.io/v1beta1'), false);
});

test(
  'of many namespaces those that may be read are found, and rights given later are noticed',
  { timeout: 300_000 },
  async (t) => {
    const teams = Array.from({ length: 120 }, (_, index) => `team-${String(index).padStart(3, '0')}`);
    const last = 'team-119';
    const listNamespaces: Rule = { apiGroups: [''], resources: ['namespaces'], verbs: READ };
    const podsOf = (...namespaces: string[]): Rule => ({
      apiGroups: [''],
      resources: ['pods'],
      verbs: READ,
      namespaces,
    });
    const { server, watching, allow, gap, pods } = await limited(t, [listNamespaces, podsOf(last)], {
      objects: [...teams.map(namespace), pod(last, 'web'), pod('team-007', 'db')],
    });
    await watching.until('the pods of the last namespace are read', LIMIT_MS, () => pods().join() === `${last}/web`);
    await watching.complete();
    await watching.until('it is said where', LIMIT_MS, () =>
      (gap('pods') ?? '').startsWith('limited: Read in team-119 only: pods is forbidden'),
    );

    allow(listNamespaces, podsOf(last, 'team-007'));
    await watching.until('another one was allowed', LIMIT_MS, () => pods().join() === `team-007/db,${last}/web`);
    // All were asked by the time that everything counted as read: none of them is news any more.
    const incomplete = (): number =>
      watching.states.filter((state) => state.phase === 'connected' && !state.complete).length;
    const before = incomplete();
    assert.equal(before, 1);
    const again = new Set<string>();
    let seen = server.requests.length;
    await watching.until('all are asked again', LIMIT_MS, () => {
      for (const { url } of server.requests.slice(seen))
        again.add(/^\/api\/v1\/namespaces\/([^/]+)\/services\?/.exec(url)?.[1] ?? '');
      seen = server.requests.length;
      return teams.every((team) => again.has(team));
    });
    assert.equal(incomplete(), before, 'which does not show');

    server.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'team-007' });
    await watching.until(
      'a namespace that is gone is not read any more',
      LIMIT_MS,
      () => pods().join() === `${last}/web`,
    );

    allow(listNamespaces, { apiGroups: [''], resources: ['pods'], verbs: READ });
    await watching.until('the whole cluster is read', LIMIT_MS, () => gap('pods') === undefined && pods().length > 20);
  },
);

test('what was read by namespaces stands until the whole cluster is read', { timeout: 60_000 }, async (t) => {
  const kinds = (namespaces?: readonly string[]): Rule => ({
    apiGroups: [''],
    resources: ['pods', 'services'],
    verbs: READ,
    ...(namespaces === undefined ? {} : { namespaces }),
  });
  const service = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { clusterIP: 'None' },
  });
  const { server, watching, allow, gap, pods } = await limited(t, [kinds(['shop'])], {
    objects: [namespace('shop'), pod('shop', 'web'), pod('shop', 'db'), service('web'), service('db')],
    namespaces: ['shop'],
  });
  const services = (): readonly string[] =>
    (watching.host.network?.facts.services ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
  const inShop = (names: readonly string[]): string => names.filter((name) => name.startsWith('shop/')).join();
  await watching.complete();
  await watching.until('the namespace is read', 20_000, () => services().length === 2 && pods().length === 2);

  // The server says that all may be read, and then takes three attempts to send it.
  for (const plural of ['pods', 'services'])
    server.faults.inject('unavailable', { verb: 'list', plural, namespace: '', after: 1, times: 3 });
  allow(kinds());
  const shown = new Set<string>();
  await watching.until('the whole cluster is read', 20_000, () => {
    for (const names of [pods(), services()]) shown.add(inShop(names));
    return gap('pods') === undefined && gap('services') === undefined && services().length > 2;
  });
  assert.equal(server.faults.log.length, 6);
  assert.deepEqual([...shown], ['shop/db,shop/web'], 'neither nothing nor anything twice');
  assert.equal(pods().length, server.objects('pods').length);
  assert.equal(services().length, server.objects('services').length);
});

test('a passing "forbidden" takes nothing away of a namespace either', { timeout: 60_000 }, async (t) => {
  const { server, watching, gap, pods } = await limited(t, [PODS_OF_DEFAULT], {
    objects: [pod('default', 'web')],
    timing: { forbiddenRetryMs: 600_000 },
  });
  await watching.until('the pods are read', 20_000, () => pods().includes('default/web'));
  await watching.complete();
  const before = pods();
  server.faults.inject('forbidden', { plural: 'pods', namespace: 'default', times: 3 });
  server.endWatches();
  const doubts = (): number => watching.lines.filter((line) => line.includes('pods: may not be read any more')).length;
  await watching.until('it is asked again each time', 20_000, () => {
    assert.deepEqual(pods(), before);
    return doubts() === 3;
  });
  server.apply(pod('default', 'later'));
  await watching.until('it is over', 20_000, () => pods().includes('default/later'));
  assert.equal(pods().length, before.length + 1);
  assert.match(gap('pods') ?? '', /^(?:limited|failing): /);
  server.faults.inject('forbidden', { plural: 'pods', namespace: 'default', times: 1_000 });
  server.endWatches();
  await watching.until('one that stays is believed', 20_000, () => (gap('pods') ?? '').startsWith('forbidden'));
  assert.deepEqual(pods(), []);
});

test('namespaces that do not answer leave room for everything else', { timeout: 60_000 }, async (t) => {
  const teams = Array.from({ length: 20 }, (_, index) => `team-${index}`);
  const { server, watching } = await limited(t, [PODS_OF_DEFAULT], {
    objects: [pod('default', 'web')],
    namespaces: ['default', ...teams],
  });
  await watching.complete();
  for (const namespace of teams) server.faults.inject('half-open', { verb: 'list', plural: 'services', namespace });
  await watching.until('four are asked', 20_000, () => server.faults.log.length >= 4);
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' };
  const { json } = await watching.host.request('object', { ref }, new AbortController().signal);
  assert.match(json, /"web"/);
  assert.equal(server.faults.log.length, 4);
});

test('a new namespace is asked at once, and no others with it', { timeout: 60_000 }, async (t) => {
  const listNamespaces: Rule = { apiGroups: [''], resources: ['namespaces'], verbs: READ };
  const { server, watching } = await limited(t, [listNamespaces, PODS_OF_DEFAULT], {
    objects: [namespace('shop')],
    timing: { forbiddenRetryMs: 600_000 },
  });
  await watching.complete();
  const before = server.requests.length;
  const refused = (): readonly string[] =>
    server.requests
      .slice(before)
      .filter(({ url, status }) => status === 403 && /^\/(api\/v1|apis\/apps\/v1)\//.test(url))
      .map(({ url }) => url);
  server.apply(namespace('later'));
  await watching.until('it is asked', 20_000, () => refused().some((url) => url.includes('daemonsets')));
  assert.deepEqual(
    refused().filter((url) => !url.includes('/namespaces/later/')),
    [],
  );
});

test('an answer that is no list does not pass for rights in the whole cluster', { timeout: 60_000 }, async (t) => {
  const { server, watching, pods } = await limited(t, [PODS_OF_DEFAULT], { objects: [pod('default', 'web')] });
  await watching.until('the pods of a namespace are read', 20_000, () => pods().includes('default/web'));
  server.faults.inject('wrong-content-type', { verb: 'list', plural: 'pods', namespace: '' });
  await watching.until('what was answered is said', 20_000, () =>
    watching.lines.some((line) => / pods: could not ask for the whole cluster reason="a list answered with/.test(line)),
  );
  assert.ok(!watching.lines.some((line) => line.includes('pods: may be read in the whole cluster')));
  assert.ok(pods().includes('default/web'), 'what was read stays');
});

test('namespaces that were chosen are read, and no others', { timeout: 60_000 }, async (t) => {
  const shop: Rule = { apiGroups: [''], resources: ['pods'], verbs: READ, namespaces: ['shop', 'default'] };
  const { server, watching, pods } = await limited(t, [shop], {
    objects: [namespace('shop'), pod('shop', 'web'), pod('default', 'other')],
    namespaces: ['shop', 'nowhere'],
  });
  await watching.until('its pods are read', 20_000, () => pods().join() === 'shop/web');
  await watching.complete();
  const asked = new Set(
    server.requests.flatMap(
      ({ url }) => /^\/api\/v1\/namespaces\/([^/]+)\/(?:pods|services)\?limit/.exec(url)?.[1] ?? [],
    ),
  );
  assert.deepEqual([...asked].sort(), ['nowhere', 'shop']);
});

test("an OpenShift's projects stand in for namespaces that may not be listed", { timeout: 60_000 }, async (t) => {
  const project = (name: string): KubeObject => ({
    apiVersion: 'project.openshift.io/v1',
    kind: 'Project',
    metadata: { name },
  });
  const rules: Rule[] = [
    { apiGroups: ['project.openshift.io'], resources: ['projects'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods'], verbs: READ, namespaces: ['shop', 'later'] },
  ];
  const { server, watching, gap, pods } = await limited(t, rules, {
    objects: [project('shop'), pod('shop', 'web'), pod('later', 'web')],
  });
  await watching.until('the pods of the project are read', 20_000, () => pods().join() === 'shop/web');
  server.apply(project('later'));
  await watching.until('a project that came later is read', 20_000, () => pods().join() === 'later/web,shop/web');
  assert.match(gap('namespaces') ?? '', /^forbidden/, 'their labels are still not known');
});

test("the kubelets' configuration is read: name servers that are none are found", { timeout: 60_000 }, async (t) => {
  const cluster = generated.build({ now: new Date(), seed: 1, nodes: 2, pods: 20 });
  const server = await ApiServer.start({ cluster });
  t.after(() => server.close());
  server.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubelet-config', namespace: 'kube-system' },
    data: { kubelet: 'kind: KubeletConfiguration\nclusterDNS:\n- 10.96.0.3\n' },
  });
  const watching = watchHost(await simulatedAccess(server), { timing: SHORT });
  t.after(() => watching.end());
  await watching.complete();
  const { findings } = await watching.host.request('overview', {}, new AbortController().signal);
  const found = findings.find(({ code }) => code === 'CN506');
  assert.match(JSON.stringify(found), /10\.96\.0\.3/);
});

test('of objects that may not be read it is not known whether there are any', { timeout: 60_000 }, async (t) => {
  const { watching, allow } = await limited(t, [PODS_OF_DEFAULT]);
  await watching.complete();
  const has = (): boolean | undefined => watching.host.network?.facts.custom.has('servicecidrs.networking.k8s.io');
  assert.equal(has(), false);
  allow(PODS_OF_DEFAULT, { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: READ });
  await watching.until('they are read once they may be', 30_000, () => has() === true);
});
