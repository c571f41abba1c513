/** Reads the objects that a probe is about, fresh from the API server, into endpoints and what policies ask of them. */
import { type Address, parseAddress, formatAddress } from '../../core/ip/address.js';
import { nodeFacts, podFacts, serviceFacts } from '../../core/network/fromObjects.js';
import { at, type JsonObject, listOf, numberOf, textMapOf, textOf } from '../../core/network/json.js';
import type { CustomObject, ServiceFacts } from '../../core/network/facts.js';
import type { NamedPort, PolicyPod } from '../../core/policy/evaluate.js';
import { type Policy, readPolicy } from '../../core/policy/policy.js';
import type { NodeEndpoint, PodEndpoint, ServiceEndpoint } from '../../core/reach/endpoint.js';
import type { PodName } from '../../core/reach/report.js';
import { customObject } from '../../core/network/fromObjects.js';
import { KubeError } from '../errors.js';
import type { ProbeContext } from './context.js';
import { NotMeasured, outcomeOfError } from './notMeasured.js';
import { NAMESPACES, NETWORK_POLICIES, NODES, PODS, SERVICES } from './resources.js';

export interface ContainerDetails {
  readonly name: string;
  readonly image: string;
  /** What really runs, with its digest; empty while nothing does. */
  readonly imageId: string;
  readonly running: boolean;
  readonly ports: readonly NamedPort[];
}

export interface PodDetails {
  readonly endpoint: PodEndpoint;
  readonly uid: string;
  readonly phase: string;
  readonly terminating: boolean;
  /** The host name that its containers see; undefined when it cannot be told. */
  readonly hostname: string | undefined;
  /** A service mesh's proxy takes its TCP connections. */
  readonly meshed: boolean;
  readonly containers: readonly ContainerDetails[];
  /** The container that `kubectl exec` would take. */
  readonly defaultContainer: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Canonical texts of those that are addresses. */
export const canonical = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? [formatAddress(parsed.value)] : [];
  });

export const parsedAddresses = (texts: readonly string[]): Address[] =>
  texts.flatMap((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? [parsed.value] : [];
  });

function portsOf(container: unknown): NamedPort[] {
  return listOf(at(container, 'ports')).flatMap((port) => {
    const number = numberOf(at(port, 'containerPort'));
    const name = textOf(at(port, 'name'));
    return number === undefined ? [] : [{ name, number, protocol: textOf(at(port, 'protocol')) || 'TCP' }];
  });
}

/** Longest host name that the kubelet sets. */
const MAX_HOSTNAME = 63;

/**
 * The host name that the kubelet gives a pod's containers: `spec.hostname`, else the pod's name, cut.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-hostname-and-subdomain-field
 */
function hostnameOf(object: JsonObject, name: string, hostNetwork: boolean): string | undefined {
  const override = textOf(at(object, 'spec', 'hostnameOverride'));
  if (override !== '') return override;
  // It is the node's, or has the domain behind it that the kubelet is configured with.
  if (hostNetwork || at(object, 'spec', 'setHostnameAsFQDN') === true) return undefined;
  const [label = ''] = textOf(at(object, 'spec', 'hostname')).split('.');
  return label === '' ? name.slice(0, MAX_HOSTNAME).replace(/[-.]+$/, '') : label;
}

/**
 * What meshes write on a pod whose connections their proxy takes.
 * https://istio.io/latest/docs/reference/config/annotations/ https://linkerd.io/2/reference/proxy-configuration/
 * https://kuma.io/docs/latest/reference/kubernetes-annotations/
 */
const isMeshed = (annotations: Readonly<Record<string, string>>): boolean =>
  annotations['sidecar.istio.io/status'] !== undefined ||
  annotations['ambient.istio.io/redirection'] === 'enabled' ||
  annotations['linkerd.io/proxy-version'] !== undefined ||
  annotations['kuma.io/sidecar-injected'] === 'true';

/** A pod out of its JSON. */
export function podDetails(object: JsonObject): PodDetails {
  const facts = podFacts(object);
  const statuses = listOf(at(object, 'status', 'containerStatuses'));
  const containers = listOf(at(object, 'spec', 'containers')).map((container) => {
    const name = textOf(at(container, 'name'));
    const status = statuses.find((one) => at(one, 'name') === name);
    return {
      name,
      image: textOf(at(container, 'image')),
      imageId: textOf(at(status, 'imageID')),
      running: at(status, 'state', 'running') !== undefined,
      ports: portsOf(container),
    };
  });
  const named = textOf(at(object, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container'));
  return {
    endpoint: {
      kind: 'pod',
      namespace: facts.namespace,
      name: facts.name,
      node: facts.node,
      addresses: canonical(facts.ips),
      hostNetwork: facts.hostNetwork,
    },
    uid: facts.uid,
    phase: facts.phase,
    terminating: facts.terminating,
    hostname: hostnameOf(object, facts.name, facts.hostNetwork),
    meshed: !facts.hostNetwork && isMeshed(textMapOf(at(object, 'metadata', 'annotations'))),
    containers,
    defaultContainer: containers.find((one) => one.name === named)?.name ?? containers[0]?.name ?? '',
    labels: textMapOf(at(object, 'metadata', 'labels')),
  };
}

export async function readPod(context: ProbeContext, pod: PodName, signal: AbortSignal): Promise<PodDetails> {
  try {
    return podDetails(await context.api.get(PODS, pod.namespace, pod.name, signal));
  } catch (error) {
    throw new NotMeasured(
      outcomeOfError(error, `pod ${pod.namespace}/${pod.name}`, `get pods in namespace ${pod.namespace}`),
    );
  }
}

export async function readNode(context: ProbeContext, name: string, signal: AbortSignal): Promise<NodeEndpoint> {
  try {
    const facts = nodeFacts(await context.api.get(NODES, undefined, name, signal));
    return { kind: 'node', name, addresses: canonical(facts.internalIPs.map((ip) => ip.text)) };
  } catch (error) {
    throw new NotMeasured(outcomeOfError(error, `node ${name}`, 'get nodes'));
  }
}

export async function readService(
  context: ProbeContext,
  { namespace, name }: PodName,
  signal: AbortSignal,
): Promise<{ endpoint: ServiceEndpoint; facts: ServiceFacts }> {
  try {
    const facts = serviceFacts(await context.api.get(SERVICES, namespace, name, signal));
    const addresses = canonical(facts.clusterIPs.map((ip) => ip.text));
    return { endpoint: { kind: 'service', namespace, name, addresses }, facts };
  } catch (error) {
    throw new NotMeasured(
      outcomeOfError(error, `service ${namespace}/${name}`, `get services in namespace ${namespace}`),
    );
  }
}

/** The pod as policies see it. Labels of its namespace are left open where they may not be read. */
export async function policyPod(context: ProbeContext, pod: PodDetails, signal: AbortSignal): Promise<PolicyPod> {
  const { endpoint } = pod;
  return {
    kind: 'pod',
    namespace: endpoint.namespace,
    name: endpoint.name,
    node: endpoint.node,
    labels: pod.labels,
    namespaceLabels: await namespaceLabels(context, endpoint.namespace, signal),
    addresses: parsedAddresses(endpoint.addresses),
    hostNetwork: endpoint.hostNetwork,
    ports: pod.containers.flatMap((container) => container.ports),
  };
}

async function namespaceLabels(
  context: ProbeContext,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const known = context.network()?.facts.namespaces.find((namespace) => namespace.name === name);
  if (known !== undefined) return known.labels;
  return await ifReadable(async () => {
    const namespace = await context.api.get(NAMESPACES, undefined, name, signal);
    return textMapOf(at(namespace, 'metadata', 'labels'));
  });
}

const MAX_POLICIES = 2_000;

/** The NetworkPolicies of these namespaces as they are now; undefined when they may not be read, or are too many. */
export async function readPolicies(
  context: ProbeContext,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly Policy[] | undefined> {
  return await ifReadable(async () => {
    const found: CustomObject[] = [];
    for (const namespace of new Set(namespaces)) {
      const page = await context.api.page(
        NETWORK_POLICIES,
        { namespace, limit: MAX_POLICIES },
        'application/json',
        signal,
      );
      const list = JSON.parse(page.text) as unknown;
      const items = at(list, 'items');
      if (textOf(at(list, 'metadata', 'continue')) !== '' || !Array.isArray(items)) return undefined;
      for (const item of items as readonly unknown[])
        found.push(customObject(item, 'networking.k8s.io/v1', 'NetworkPolicy'));
    }
    return found.map(readPolicy);
  });
}

/** What is read, or undefined where it may not be, or is not there: a gap, not a failure. */
async function ifReadable<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'notFound')) return undefined;
    throw error;
  }
}
