/**
 * Policies of other kinds than NetworkPolicy: those of networking solutions, and cluster-wide ones. What they say is not
 * evaluated; that they are there is a reason not to call what they may block a fault.
 */
import { at, isObject, listOf, parseJson, textMapOf, textOf } from '../../core/network/json.js';
import { words } from '../../core/reach/outcome.js';
import { type Api, apiVersionOf, type Resource } from '../api.js';
import { KubeError } from '../errors.js';

/**
 * API versions that have policies, and those of their kinds that are. https://docs.cilium.io/en/stable/security/policy/,
 * https://network-policy-api.sigs.k8s.io/, https://docs.tigera.io/calico/latest/reference/resources/,
 * https://antrea.io/docs/main/docs/antrea-network-policy/
 */
const SOURCES: readonly (readonly [apiVersion: string, kinds: readonly string[]])[] = [
  ['cilium.io/v2', ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy']],
  ['policy.networking.k8s.io/v1alpha1', ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']],
  ['policy.networking.k8s.io/v1alpha2', ['ClusterNetworkPolicy']],
  ['crd.projectcalico.org/v1', ['GlobalNetworkPolicy', 'NetworkPolicy']],
  ['projectcalico.org/v3', ['GlobalNetworkPolicy', 'NetworkPolicy']],
  ['crd.antrea.io/v1beta1', ['ClusterNetworkPolicy', 'NetworkPolicy']],
];
const MAX_POLICIES = 500;

export interface OtherPolicy {
  /** Empty: cluster-wide. */
  readonly namespace: string;
  /** `CiliumNetworkPolicy shop/deny`, with why it may matter. */
  readonly words: string;
  /** Labels that a pod must have for it to be selected, as far as they can be read; empty: it may select every pod. */
  readonly labels: Readonly<Record<string, string>>;
}

/** All that are there. Kinds that the server does not have are none; those that may not be read are told as such. */
export async function readOtherPolicies(api: Api, signal: AbortSignal): Promise<OtherPolicy[]> {
  const found = await Promise.all(
    SOURCES.map(async ([apiVersion, kinds]) => {
      const resources = await servedBy(api, apiVersion, signal);
      const policies = kinds.map(async (kind) => {
        const resource = resources.get(kind);
        return resource === undefined ? [] : await list(api, resource, signal);
      });
      return (await Promise.all(policies)).flat();
    }),
  );
  return found.flat();
}

async function servedBy(api: Api, apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Resource>> {
  try {
    return await api.resourcesOf(apiVersion, signal);
  } catch (error) {
    // An aggregated API whose server is down answers with 503: then nobody can read its policies, and none is known.
    if (error instanceof KubeError && (error.kind === 'notFound' || error.kind === 'server')) return new Map();
    throw error;
  }
}

async function list(api: Api, resource: Resource, signal: AbortSignal): Promise<OtherPolicy[]> {
  try {
    const answer = await api.page(resource, { limit: MAX_POLICIES }, 'application/json', signal);
    return listOf(at(parseJson(answer.text), 'items')).map((item) => policyOf(resource, item));
  } catch (error) {
    if (!(error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'notFound'))) throw error;
    if (error.kind === 'notFound') return [];
    return [{ namespace: '', words: `${resource.kind} of ${apiVersionOf(resource)} may not be read`, labels: {} }];
  }
}

function policyOf(resource: Resource, item: unknown): OtherPolicy {
  const namespace = textOf(at(item, 'metadata', 'namespace'));
  const name = textOf(at(item, 'metadata', 'name'));
  const selector = at(item, 'spec', 'endpointSelector');
  return {
    namespace,
    words: words(
      `${resource.kind} ${namespace === '' ? name : `${namespace}/${name}`} (${apiVersionOf(resource)}) is not evaluated here`,
    ),
    labels: isObject(selector) ? textMapOf(at(selector, 'matchLabels')) : {},
  };
}

/** Labels that Cilium makes up itself, or that stand for other things than a pod's own labels. */
const SPECIAL = /^(?:reserved[:.]|(?:k8s[:.])?io\.(?:kubernetes|cilium)\b)/;

/** Whether a policy may concern a pod: not one of another namespace, and not one that asks for labels that the pod lacks. */
export function mayConcern(
  policy: OtherPolicy,
  pod: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> | undefined },
): boolean {
  if (policy.namespace !== '' && policy.namespace !== pod.namespace) return false;
  const { labels } = pod;
  if (labels === undefined) return true;
  return Object.entries(policy.labels).every(
    ([key, value]) => SPECIAL.test(key) || labels[key.replace(/^(?:k8s|any)[:.]/, '')] === value,
  );
}
