/** The simulated API server as the inventory's opponent: access to it, and what its objects come to. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import type { ClusterFacts } from '../../src/core/network/facts.js';
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

const RESOURCES = [
  'pods',
  'nodes',
  'services',
  'namespaces',
  'daemonsets.apps',
  'networkpolicies.networking.k8s.io',
  'servicecidrs.networking.k8s.io',
  'ipaddresses.networking.k8s.io',
  'configmaps',
  'events',
];

/** The facts of everything that the server holds. */
export const factsOf = (server: ApiServer): ClusterFacts =>
  factsFromObjects(
    RESOURCES.flatMap((resource) => server.objects(resource)),
    '',
  );

/** Every object that the inventory reads, by kind and name; of the rest of `facts` nothing. */
export function objectsOf(facts: ClusterFacts, configMaps: readonly string[], agent: Readonly<Record<string, string>>) {
  const named = <T extends { readonly ref: { readonly namespace?: string; readonly name: string } }>(
    values: readonly T[],
  ) => new Map(values.map((value) => [`${value.ref.namespace ?? ''}/${value.ref.name}`, value] as const).sort(byKey));
  const { pods } = facts;
  return {
    pods: new Map(
      [...pods.rows()].map((row) => [`${pods.namespace(row)}/${pods.name(row)}`, pods.facts(row)] as const).sort(byKey),
    ),
    nodes: new Map(facts.nodes.map((node) => [node.name, node] as const).sort(byKey)),
    services: new Map(
      facts.services.map((service) => [`${service.namespace}/${service.name}`, service] as const).sort(byKey),
    ),
    namespaces: new Map(facts.namespaces.map((namespace) => [namespace.name, namespace] as const).sort(byKey)),
    daemonSets: named(facts.workloads.filter(({ ref }) => ref.kind === 'DaemonSet')),
    policies: named(facts.policies),
    serviceCidrs: named(facts.custom.get('servicecidrs.networking.k8s.io') ?? []),
    ipAddresses: named(facts.custom.get('ipaddresses.networking.k8s.io') ?? []),
    configMaps: named(facts.configMaps.filter(({ ref }) => configMaps.includes(`${ref.namespace ?? ''}/${ref.name}`))),
    events: counted(
      facts.events
        .filter(({ reason }) => EVENT_REASONS.some((wanted) => wanted === reason))
        .map((event) => JSON.stringify(event)),
    ),
    systemPods: named(
      facts.systemPods.filter(
        ({ ref, labels }) =>
          (ref.namespace === 'kube-system' && labels['tier'] === 'control-plane') ||
          Object.entries(agent).every(([name, value]) => labels[name] === value),
      ),
    ),
  };
}

/** Facts of events do not tell the events' own names: what can be told apart, and how often it is there. */
function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** What flannel's agent pods have in common, and its ConfigMap: what the inventory reads because it recognised flannel. */
export const FLANNEL = {
  configMaps: [
    ...CONFIG_MAPS.map(({ namespace, name }) => `${namespace}/${name}`),
    'kube-flannel/kube-flannel-cfg',
    'kube-system/kube-flannel-cfg',
  ],
  agent: { app: 'flannel' },
} as const;

/** Which objects differ, by kind and name; empty when both hold the same objects with the same facts. */
export function differences(actual: ClusterFacts, server: ApiServer): readonly string[] {
  const ours = objectsOf(actual, FLANNEL.configMaps, FLANNEL.agent);
  const theirs = objectsOf(factsOf(server), FLANNEL.configMaps, FLANNEL.agent);
  return KINDS.flatMap((kind) => differencesOf(kind, ours[kind], theirs[kind]));
}

const KINDS = [
  'pods',
  'nodes',
  'services',
  'namespaces',
  'daemonSets',
  'policies',
  'serviceCidrs',
  'ipAddresses',
  'configMaps',
  'events',
  'systemPods',
] as const;

function differencesOf(kind: string, ours: ReadonlyMap<string, unknown>, theirs: ReadonlyMap<string, unknown>) {
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((name) => {
    if (!ours.has(name)) return [`lost: ${kind} ${name}`];
    if (!theirs.has(name)) return [`invented: ${kind} ${name}`];
    const [our, their] = [ours.get(name), theirs.get(name)];
    return isDeepStrictEqual(our, their) ? [] : [`${kind} ${name}: ${text(our)} instead of ${text(their)}`];
  });
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
