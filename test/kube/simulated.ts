/** The simulated API server as the inventory's opponent: access to it, and what its objects come to. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { type ClusterFacts, ENDPOINT_SLICES } from '../../src/core/network/facts.js';
import { factsFromObjects } from '../../src/core/network/fromObjects.js';
import type { ClusterAccess } from '../../src/kube/access.js';
import { CONFIG_MAPS, EVENT_REASONS } from '../../src/kube/inventory/kinds.js';
import { accessTo } from '../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import { type SelectedContext, selectContext } from '../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';
import type { ApiServer } from '../apiserver/server.js';

/** The context of the server's kubeconfig for a user, read as any other kubeconfig is. */
export async function selectedContext(server: ApiServer, user = 'admin'): Promise<SelectedContext> {
  const directory = await mkdtemp(path.join(tmpdir(), 'simulated-'));
  try {
    const file = path.join(directory, 'kubeconfig');
    await writeFile(file, server.kubeconfig({ user }), { mode: 0o600 });
    const selection = selectContext(await loadKubeconfig(file, thisMachine(), new AbortController().signal));
    assert.ok(selection.ok, selection.ok ? '' : selection.message);
    return selection.selected;
  } finally {
    await rm(directory, { recursive: true });
  }
}

export async function simulatedAccess(server: ApiServer, user = 'admin'): Promise<ClusterAccess> {
  return accessTo(await selectedContext(server, user), () => Promise.resolve(false));
}

/** The ConfigMaps that are read: those of every cluster, and what solutions need that the fault suite's server has. */
const CONFIG_MAP_NAMES: readonly string[] = [
  ...CONFIG_MAPS.map(({ namespace, name }) => `${namespace}/${name}`),
  'kube-flannel/kube-flannel-cfg',
  'kube-system/kube-flannel-cfg',
  'kube-system/cilium-config',
  'cilium/cilium-config',
];
/** What flannel's agent pods have in common: they are read in full because flannel was recognised. */
const AGENT = { name: 'app', value: 'flannel' } as const;

type Named = { readonly ref: { readonly namespace?: string; readonly name: string } };
type Objects = ReadonlyMap<string, unknown>;
const named = (values: readonly Named[] = []): Objects =>
  new Map(values.map((value) => [`${value.ref.namespace ?? ''}/${value.ref.name}`, value]));

/** What is compared, object by object: the resource on the server, what it is called, and its objects in the facts, by name. */
const COMPARED: readonly (readonly [resource: string, what: string, objects: (facts: ClusterFacts) => Objects])[] = [
  [
    'pods',
    'pods',
    ({ pods }) => new Map([...pods.rows()].map((row) => [`${pods.namespace(row)}/${pods.name(row)}`, pods.facts(row)])),
  ],
  [
    'pods',
    'systemPods',
    ({ systemPods }) =>
      named(
        systemPods.filter(
          ({ ref, labels }) =>
            (ref.namespace === 'kube-system' && labels['tier'] === 'control-plane') ||
            labels[AGENT.name] === AGENT.value,
        ),
      ),
  ],
  ['nodes', 'nodes', ({ nodes }) => new Map(nodes.map((node) => [node.name, node]))],
  [
    'services',
    'services',
    ({ services }) => new Map(services.map((service) => [`${service.namespace}/${service.name}`, service])),
  ],
  [
    ENDPOINT_SLICES,
    'endpointSlices',
    ({ endpointSlices }) => new Map(endpointSlices.map((slice) => [`${slice.namespace}/${slice.name}`, slice])),
  ],
  ['namespaces', 'namespaces', ({ namespaces }) => new Map(namespaces.map((namespace) => [namespace.name, namespace]))],
  ['daemonsets.apps', 'daemonSets', ({ workloads }) => named(workloads.filter(({ ref }) => ref.kind === 'DaemonSet'))],
  ['networkpolicies.networking.k8s.io', 'policies', ({ policies }) => named(policies)],
  [
    'configmaps',
    'configMaps',
    ({ configMaps }) =>
      named(configMaps.filter(({ ref }) => CONFIG_MAP_NAMES.includes(`${ref.namespace ?? ''}/${ref.name}`))),
  ],
  [
    'events',
    'events',
    ({ events }) =>
      counted(
        events
          .filter(({ reason }) => EVENT_REASONS.some((wanted) => wanted === reason))
          .map((event) => JSON.stringify(event)),
      ),
  ],
  ...[
    'servicecidrs.networking.k8s.io',
    'ipaddresses.networking.k8s.io',
    'ciliumnodes.cilium.io',
    'ciliumloadbalancerippools.cilium.io',
  ].map(
    (resource) => [resource, resource, ({ custom }: ClusterFacts): Objects => named(custom.get(resource))] as const,
  ),
];

/** The facts of everything that the server holds. */
const factsOf = (server: ApiServer): ClusterFacts =>
  factsFromObjects(
    [...new Set(COMPARED.map(([resource]) => resource))].flatMap((resource) => server.objects(resource)),
    '',
  );

/** Facts of events do not tell the events' own names: what can be told apart, and how often it is there. */
function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The facts of a server's state, kept as long as it is the same: who waits until nothing differs asks often. */
const known = new WeakMap<ApiServer, { readonly revision: number; readonly objects: readonly Objects[] }>();

function objectsOf(server: ApiServer): readonly Objects[] {
  const before = known.get(server);
  if (before?.revision === server.revision) return before.objects;
  const facts = factsOf(server);
  const objects = COMPARED.map(([, , of]) => of(facts));
  known.set(server, { revision: server.revision, objects });
  return objects;
}

/** Which objects differ, by kind and name; empty when both hold the same objects with the same facts. */
export function differences(actual: ClusterFacts, server: ApiServer): readonly string[] {
  const expected = objectsOf(server);
  return COMPARED.flatMap(([, what, objects], index) =>
    differencesOf(what, objects(actual), expected[index] ?? new Map<string, unknown>()),
  );
}

function differencesOf(kind: string, ours: Objects, theirs: Objects): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((name) => {
    if (!ours.has(name)) return [`lost: ${kind} ${name}`];
    if (!theirs.has(name)) return [`invented: ${kind} ${name}`];
    const [our, their] = [ours.get(name), theirs.get(name)];
    return isDeepStrictEqual(our, their) ? [] : [`${kind} ${name}: ${text(our)} instead of ${text(their)}`];
  });
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
