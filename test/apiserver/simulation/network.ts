/**
 * Who reaches whom in a simulated cluster. It answers from the objects the server holds, so that pods that tests create or
 * delete count at once; a scenario says what is wrong with its network, and tests can break it further.
 */
import { at, listAt, numberAt, textAt, type Json, type KubeObject } from '../json.js';

export type Protocol = 'TCP' | 'UDP' | 'ICMP';

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Somebody who answers: a pod, a node, or the API server itself. */
export interface Responder {
  readonly name: string;
  readonly node: string;
  readonly pod: KubeObject | undefined;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly by: Responder; readonly clientAddress: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'timeout' }
  /** The kernel found no neighbour with this address, after three seconds. */
  | { readonly kind: 'no-route' }
  /** The source has no route for this family. */
  | { readonly kind: 'unreachable' };

/** The parts of the cluster that the network looks at. */
export interface ClusterView {
  pods(): readonly KubeObject[];
  nodes(): readonly KubeObject[];
  services(): readonly KubeObject[];
  endpointSlices(): readonly KubeObject[];
}

/** A packet on its way, as a rule of a broken network sees it. */
export interface Passage {
  readonly sourceNode: string;
  readonly source: KubeObject;
  readonly targetNode: string;
  readonly target: KubeObject | undefined;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface NetworkOptions {
  /** Every node's bridge is a network of its own: pods of other nodes do not exist for it. */
  readonly islands?: boolean;
}

/** Decides about a passage: undefined lets it pass. */
export type Blocker = (passage: Passage) => 'timeout' | 'refused' | undefined;

const isRunning = (pod: KubeObject): boolean => textAt(pod, 'status', 'phase') === 'Running';
const isOnHost = (pod: KubeObject): boolean => at(pod, 'spec', 'hostNetwork') === true;
const nodeOf = (pod: KubeObject): string => textAt(pod, 'spec', 'nodeName') ?? '';

export function addressesOf(pod: KubeObject): string[] {
  return listAt(pod, 'status', 'podIPs')
    .map((entry) => textAt(entry, 'ip'))
    .filter((ip) => ip !== undefined);
}

function nodeAddresses(node: KubeObject): string[] {
  return listAt(node, 'status', 'addresses')
    .filter((entry) => textAt(entry, 'type') === 'InternalIP')
    .map((entry) => textAt(entry, 'address') ?? '');
}

function containerPorts(pod: KubeObject): readonly Json[] {
  return listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
}

function listens(pod: KubeObject, port: number, protocol: Protocol): boolean {
  return (
    containerPorts(pod).some(
      (entry) => numberAt(entry, 'containerPort') === port && (textAt(entry, 'protocol') ?? 'TCP') === protocol,
    ) || agnhostListens(pod, port, protocol)
  );
}

/** agnhost's servers listen where their arguments say, declared or not. */
function agnhostListens(pod: KubeObject, port: number, protocol: Protocol): boolean {
  const options = protocol === 'UDP' ? ['--udp-port'] : ['--http-port', '--port'];
  return listAt(pod, 'spec', 'containers').some(
    (container) =>
      /agnhost/.test(textAt(container, 'image') ?? '') &&
      listAt(container, 'args').some((arg) => options.some((option) => arg === `${option}=${port}`)),
  );
}

const KUBELET_PORT = 10250;

export class SimulatedNetwork {
  readonly #blockers = new Set<Blocker>();

  readonly cluster: ClusterView;
  readonly options: NetworkOptions;

  constructor(cluster: ClusterView, options: NetworkOptions) {
    this.cluster = cluster;
    this.options = options;
  }

  /** Breaks the network until the returned function is called. */
  block(blocker: Blocker): () => void {
    this.#blockers.add(blocker);
    return () => this.#blockers.delete(blocker);
  }

  /** Addresses of a name as the cluster's DNS knows it; undefined when it does not. */
  resolve(source: KubeObject, name: string): string | undefined {
    const labels = name.replace(/\.$/, '').split('.');
    const [service, namespace = source.metadata.namespace, ...suffix] = labels;
    if (suffix.length > 0 && suffix[0] !== 'svc') return undefined;
    const found = this.cluster
      .services()
      .find((object) => object.metadata.name === service && object.metadata.namespace === namespace);
    return found === undefined ? undefined : textAt(found, 'spec', 'clusterIP');
  }

  connect(source: KubeObject, target: Target): Outcome {
    const service = this.cluster.services().find((object) => textAt(object, 'spec', 'clusterIP') === target.address);
    if (service !== undefined) return this.#viaService(source, service, target);
    return this.#direct(source, target);
  }

  #viaService(source: KubeObject, service: KubeObject, target: Target): Outcome {
    const port = listAt(service, 'spec', 'ports').find(
      (entry) => numberAt(entry, 'port') === target.port && (textAt(entry, 'protocol') ?? 'TCP') === target.protocol,
    );
    // kube-proxy leaves other ports of a service address to the default route, where nobody answers.
    if (port === undefined) return { kind: 'timeout' };
    const slices = this.cluster
      .endpointSlices()
      .filter(
        (slice) =>
          slice.metadata.namespace === service.metadata.namespace &&
          slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
      );
    for (const slice of slices) {
      const backend = listAt(slice, 'ports').find((entry) => textAt(entry, 'name') === textAt(port, 'name'));
      const number = numberAt(backend, 'port');
      const ready = listAt(slice, 'endpoints').find((endpoint) => at(endpoint, 'conditions', 'ready') !== false);
      const address = listAt(ready, 'addresses')[0];
      if (number === undefined || typeof address !== 'string') continue;
      if (service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default') {
        return this.#answered(source, { name: 'kube-apiserver', node: '', pod: undefined });
      }
      return this.#direct(source, { address, port: number, protocol: target.protocol });
    }
    return { kind: 'refused' };
  }

  #direct(source: KubeObject, target: Target): Outcome {
    const { address, port, protocol } = target;
    const sourceNode = nodeOf(source);
    const family = address.includes(':') ? 6 : 4;
    if (!addressesOf(source).some((own) => (own.includes(':') ? 6 : 4) === family)) return { kind: 'unreachable' };
    const node = this.cluster.nodes().find((candidate) => nodeAddresses(candidate).includes(address));
    if (node !== undefined) return this.#toNode(source, node, target);
    const bearers = this.cluster
      .pods()
      .filter((pod) => isRunning(pod) && !isOnHost(pod) && addressesOf(pod).includes(address));
    // A shared address reaches the pod itself, then one behind the same bridge.
    const pod =
      bearers.find((candidate) => candidate.metadata.uid === source.metadata.uid) ??
      bearers.find((candidate) => nodeOf(candidate) === sourceNode) ??
      (this.options.islands === true ? undefined : bearers[0]);
    if (pod === undefined) {
      return { kind: this.#sameSegment(source, address) ? 'no-route' : 'timeout' };
    }
    const passage = { source, sourceNode, target: pod, targetNode: nodeOf(pod), port, protocol };
    const blocked = pod === source ? undefined : this.#blocked(passage);
    if (blocked !== undefined) return { kind: blocked };
    if (protocol !== 'ICMP' && !listens(pod, port, protocol)) return { kind: 'refused' };
    return this.#answered(source, { name: pod.metadata.name, node: nodeOf(pod), pod });
  }

  #toNode(source: KubeObject, node: KubeObject, { port, protocol }: Target): Outcome {
    const targetNode = node.metadata.name;
    const sourceNode = nodeOf(source);
    const pod = this.cluster
      .pods()
      .find(
        (candidate) =>
          isOnHost(candidate) &&
          isRunning(candidate) &&
          nodeOf(candidate) === targetNode &&
          listens(candidate, port, protocol),
      );
    const blocked = this.#blocked({ source, sourceNode, target: pod, targetNode, port, protocol });
    if (blocked !== undefined) return { kind: blocked };
    const host = pod === undefined && (protocol === 'ICMP' || (protocol === 'TCP' && port === KUBELET_PORT));
    return pod !== undefined || host
      ? this.#answered(source, { name: pod?.metadata.name ?? targetNode, node: targetNode, pod })
      : { kind: 'refused' };
  }

  #answered(source: KubeObject, by: Responder): Outcome {
    return { kind: 'answered', by, clientAddress: addressesOf(source)[0] ?? '' };
  }

  /** Whether the source would look for the address on its own bridge: a network of 24 bits, as the bridge plugin makes it. */
  #sameSegment(source: KubeObject, address: string): boolean {
    const segment = (text: string): string => text.split('.').slice(0, 3).join('.');
    return !address.includes(':') && addressesOf(source).some((own) => segment(own) === segment(address));
  }

  #blocked(passage: Passage): 'timeout' | 'refused' | undefined {
    for (const blocker of this.#blockers) {
      const verdict = blocker(passage);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }
}
