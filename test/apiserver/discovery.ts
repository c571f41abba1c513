/**
 * What the server says about itself: groups, versions and resources, in the old form and aggregated
 * (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api), and just enough OpenAPI for kubectl to see
 * that the server validates fields itself.
 */
import type { Json, JsonObject } from './json.js';
import { apiVersionOf, type Resource } from './resources.js';

export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupVersion {
  readonly version: string;
  readonly resources: readonly Resource[];
}

function groupsOf(resources: readonly Resource[]): Map<string, GroupVersion[]> {
  const groups = new Map<string, GroupVersion[]>();
  for (const resource of resources) {
    const versions = groups.get(resource.group) ?? [];
    groups.set(resource.group, versions);
    const known = versions.findIndex(({ version }) => version === resource.version);
    const entry = versions[known];
    if (entry === undefined) versions.push({ version: resource.version, resources: [resource] });
    else versions[known] = { ...entry, resources: [...entry.resources, resource] };
  }
  return groups;
}

export function apiVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

function apiGroup(name: string, versions: readonly GroupVersion[]): JsonObject {
  const entries = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, ...(entries[0] === undefined ? {} : { preferredVersion: entries[0] }) };
}

export function apiGroupList(resources: readonly Resource[]): JsonObject {
  const groups = [...groupsOf(resources)].filter(([name]) => name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(([name, versions]) => apiGroup(name, versions)) };
}

/** One group, or undefined when it is not served. */
export function oneApiGroup(resources: readonly Resource[], name: string): JsonObject | undefined {
  const versions = groupsOf(resources).get(name);
  return versions === undefined || name === ''
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(name, versions) };
}

/** The resources of a group's version, or undefined when it is not served. */
export function apiResourceList(
  resources: readonly Resource[],
  group: string,
  version: string,
): JsonObject | undefined {
  const found = groupsOf(resources)
    .get(group)
    ?.find((entry) => entry.version === version);
  if (found === undefined) return undefined;
  const list: Json[] = [];
  for (const resource of found.resources) {
    list.push({
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    });
    for (const sub of resource.subresources) {
      list.push({
        name: `${resource.plural}/${sub.name}`,
        singularName: '',
        namespaced: resource.namespaced,
        kind: sub.kind,
        verbs: sub.verbs,
      });
    }
  }
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: list,
  };
}

/** The aggregated form: of the core group for /api, of all others for /apis. */
export function aggregatedDiscovery(resources: readonly Resource[], core: boolean): JsonObject {
  const groups = [...groupsOf(resources)].filter(([name]) => (name === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, resources: list }) => ({
        version,
        resources: list.map((resource) => ({
          resource: resource.plural,
          responseKind: { group: '', version: '', kind: resource.kind },
          scope: resource.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: resource.singular,
          verbs: resource.verbs,
          ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
          ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
          ...(resource.subresources.length === 0
            ? {}
            : {
                subresources: resource.subresources.map((sub) => ({
                  subresource: sub.name,
                  responseKind: { group: '', version: '', kind: sub.kind },
                  verbs: sub.verbs,
                })),
              }),
        })),
        freshness: 'Current',
      })),
    })),
  };
}

/** Where the OpenAPI documents of the versions are. */
export function openApiIndex(resources: readonly Resource[]): JsonObject {
  const paths: Record<string, Json> = {};
  for (const resource of resources) {
    const path = resource.group === '' ? `api/${resource.version}` : `apis/${apiVersionOf(resource)}`;
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
  }
  return { paths };
}

/** The paths of a version with the one parameter that kubectl looks for before it sends an object. */
export function openApiDocument(resources: readonly Resource[], group: string, version: string): JsonObject {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const paths: Record<string, Json> = {};
  for (const resource of resources) {
    if (resource.group !== group || resource.version !== version) continue;
    const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
    const operation = {
      'x-kubernetes-group-version-kind': { group, version, kind: resource.kind },
      parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
      responses: {},
    };
    paths[`${base}${scope}/${resource.plural}/{name}`] = { patch: operation };
  }
  return { openapi: '3.0.0', info: { title: 'Simulated Kubernetes', version: 'unversioned' }, paths };
}
