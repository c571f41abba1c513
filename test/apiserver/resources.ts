/**
 * What the simulated API server serves: the built-in resources with the names, scopes and short names of the real server
 * (`kubectl api-resources` of v1.34.4), those of CustomResourceDefinitions it holds, and kinds it merely holds objects of.
 */
import { at, isObject, listAt, textAt, type KubeObject } from './json.js';

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Custom resources are answered as JSON only, and their lists carry the kind in every item. */
  readonly custom: boolean;
  /** `additionalPrinterColumns` of a CustomResourceDefinition. */
  readonly columns: readonly PrinterColumn[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority: number;
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** group/version, then one resource a line: plural, kind, N for namespaced, short names, flags (`status`, `all`, `create` for create only). */
const BUILT_IN = `
v1
configmaps ConfigMap N cm
endpoints Endpoints N ep
events Event N ev
namespaces Namespace - ns status
nodes Node - no status
persistentvolumeclaims PersistentVolumeClaim N pvc status
persistentvolumes PersistentVolume - pv status
pods Pod N po status,all
replicationcontrollers ReplicationController N rc status,all
secrets Secret N
serviceaccounts ServiceAccount N sa
services Service N svc status,all
apiextensions.k8s.io/v1
customresourcedefinitions CustomResourceDefinition - crd,crds status
apps/v1
controllerrevisions ControllerRevision N
daemonsets DaemonSet N ds status,all
deployments Deployment N deploy status,all
replicasets ReplicaSet N rs status,all
statefulsets StatefulSet N sts status,all
authentication.k8s.io/v1
selfsubjectreviews SelfSubjectReview - - create
authorization.k8s.io/v1
selfsubjectaccessreviews SelfSubjectAccessReview - - create
selfsubjectrulesreviews SelfSubjectRulesReview - - create
batch/v1
cronjobs CronJob N cj status,all
jobs Job N - status,all
coordination.k8s.io/v1
leases Lease N
discovery.k8s.io/v1
endpointslices EndpointSlice N
networking.k8s.io/v1
ingressclasses IngressClass -
ingresses Ingress N ing status
ipaddresses IPAddress - ip
networkpolicies NetworkPolicy N netpol
servicecidrs ServiceCIDR - - status
policy/v1
poddisruptionbudgets PodDisruptionBudget N pdb status
rbac.authorization.k8s.io/v1
clusterrolebindings ClusterRoleBinding -
clusterroles ClusterRole -
rolebindings RoleBinding N
roles Role N
`;

const POD_SUBRESOURCES: readonly Subresource[] = [
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'ephemeralcontainers', kind: 'Pod', verbs: ['get', 'update', 'patch'] },
];

function parseBuiltIn(): Resource[] {
  const resources: Resource[] = [];
  let group = '';
  let version = '';
  for (const line of BUILT_IN.trim().split('\n')) {
    const [plural = '', kind, scope, short = '', flagText = ''] = line.split(' ');
    if (kind === undefined) {
      [group, version] = plural.includes('/') ? (plural.split('/') as [string, string]) : ['', plural];
      continue;
    }
    const flags = flagText.split(',');
    resources.push({
      group,
      version,
      plural,
      singular: kind.toLowerCase(),
      kind,
      namespaced: scope === 'N',
      shortNames: short === '' || short === '-' ? [] : short.split(','),
      categories: flags.includes('all') ? ['all'] : [],
      verbs: flags.includes('create') ? ['create'] : ALL_VERBS,
      subresources: [
        ...(plural === 'pods' ? POD_SUBRESOURCES : []),
        ...(flags.includes('status') ? [{ name: 'status', kind, verbs: STATUS_VERBS }] : []),
      ],
      custom: false,
      columns: [],
    });
  }
  return resources;
}

const builtIn: readonly Resource[] = parseBuiltIn();

/** `pods`, `daemonsets.apps`: how messages and rules name a resource. */
export function qualifiedName(resource: { readonly group: string; readonly plural: string }): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export class ResourceRegistry {
  readonly #resources: Resource[];

  /** `absent` are qualified names (`servicecidrs.networking.k8s.io`) that an older server does not have. */
  constructor(absent: readonly string[]) {
    this.#resources = builtIn.filter((resource) => !absent.includes(qualifiedName(resource)));
  }

  all(): readonly Resource[] {
    return this.#resources;
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#resources.find(
      (resource) => resource.group === group && resource.version === version && resource.plural === plural,
    );
  }

  ofKind(apiVersion: string, kind: string): Resource | undefined {
    const { group, version } = splitApiVersion(apiVersion);
    return this.#resources.find(
      (resource) => resource.group === group && resource.version === version && resource.kind === kind,
    );
  }

  /** The resource of an object; one of a kind that nothing declares is served under a guessed plural, as its definition would. */
  ensure(object: KubeObject): Resource {
    const known = this.ofKind(object.apiVersion, object.kind);
    if (known !== undefined) return known;
    const singular = object.kind.toLowerCase();
    const custom: Resource = {
      ...splitApiVersion(object.apiVersion),
      plural: plural(singular),
      singular,
      kind: object.kind,
      namespaced: object.metadata.namespace !== undefined,
      shortNames: [],
      categories: [],
      verbs: ALL_VERBS,
      subresources: [],
      custom: true,
      columns: [],
    };
    this.#resources.push(custom);
    return custom;
  }

  /** Serves what a CustomResourceDefinition declares. */
  define(definition: KubeObject): Resource[] {
    const names = at(definition, 'spec', 'names');
    const kind = textAt(names, 'kind') ?? '';
    const group = textAt(definition, 'spec', 'group') ?? '';
    const defined: Resource[] = [];
    for (const version of listAt(definition, 'spec', 'versions')) {
      if (at(version, 'served') === false) continue;
      const resource: Resource = {
        group,
        version: textAt(version, 'name') ?? 'v1',
        plural: textAt(names, 'plural') ?? '',
        singular: textAt(names, 'singular') ?? kind.toLowerCase(),
        kind,
        namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
        shortNames: listAt(names, 'shortNames').filter((name) => typeof name === 'string'),
        categories: listAt(names, 'categories').filter((name) => typeof name === 'string'),
        verbs: ALL_VERBS,
        subresources: isObject(at(version, 'subresources', 'status'))
          ? [{ name: 'status', kind, verbs: STATUS_VERBS }]
          : [],
        custom: true,
        columns: listAt(version, 'additionalPrinterColumns').map((column) => ({
          name: textAt(column, 'name') ?? '',
          type: textAt(column, 'type') ?? 'string',
          jsonPath: textAt(column, 'jsonPath') ?? '',
          priority: Number(at(column, 'priority') ?? 0),
        })),
      };
      this.withdraw((other) => other.group === group && other.version === resource.version && other.kind === kind);
      this.#resources.push(resource);
      defined.push(resource);
    }
    return defined;
  }

  /** Stops serving resources. */
  withdraw(which: (resource: Resource) => boolean): void {
    for (let index = this.#resources.length - 1; index >= 0; index--) {
      const resource = this.#resources[index];
      if (resource !== undefined && which(resource)) this.#resources.splice(index, 1);
    }
  }
}

function plural(singular: string): string {
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}
