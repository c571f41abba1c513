/**
 * What happens to objects that clients create, as scheduler, kubelets and the DaemonSet controller would make it happen:
 * pods find a node, get an address of it and run; a DaemonSet has a pod on every node that its pods tolerate; a pod's
 * deadline ends it. Images of a registry in `.invalid` cannot be pulled.
 */
import type { Cluster } from '../cluster.js';
import { at, isObject, listAt, numberAt, textAt, type Json, type JsonObject, type KubeObject } from '../json.js';
import type { StoredObject } from '../store.js';
import { addressesOf } from './network.js';

export interface ControllerOptions {
  /** Ranges out of which the network plugin gives addresses, by node, where they are not the node's podCIDRs. */
  readonly podRanges?: Readonly<Record<string, readonly string[]>>;
  /** Every node gives out its range without regard to the others. */
  readonly islands: boolean;
  /** Simulated seconds last this many real ones. */
  readonly timeScale: number;
}

const START_SECONDS = 0.3;

/** An image that nobody can pull: its registry's name never resolves (RFC 2606). */
const isMissing = (image: string): boolean => /^[^/]+\.invalid\//.test(image);

export class SimulatedControllers {
  readonly #cluster: Cluster;
  readonly #now: () => Date;
  readonly #options: ControllerOptions;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(cluster: Cluster, now: () => Date, options: ControllerOptions) {
    this.#cluster = cluster;
    this.#now = now;
    this.#options = options;
  }

  /** To be told of every object that a client created. */
  created(stored: StoredObject): void {
    const object = stored.value();
    if (object.kind === 'Pod' && textAt(object, 'status', 'phase') === 'Running')
      this.#soon(() => this.#startEphemeral(object));
    else if (object.kind === 'Pod') this.#soon(() => this.#schedule(object));
    if (object.kind === 'DaemonSet') this.#soon(() => this.#startDaemons(object));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #soon(action: () => void, seconds = START_SECONDS): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        action();
      },
      seconds * 1000 * this.#options.timeScale,
    );
    this.#timers.add(timer);
  }

  /** The pod as it is now, if it is still the same one. */
  #current(pod: KubeObject): KubeObject | undefined {
    const { namespace, name, uid } = pod.metadata;
    const found = this.#cluster
      .find({ apiVersion: 'v1', kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name })
      ?.value();
    return found?.metadata.uid === uid ? found : undefined;
  }

  #schedule(created: KubeObject): void {
    const pod = this.#current(created);
    if (pod === undefined) return;
    const nodes = this.#cluster.objects('nodes');
    const wanted = textAt(pod, 'spec', 'nodeName');
    const node =
      wanted === undefined
        ? nodes.find((candidate) => fits(pod, candidate))
        : nodes.find((candidate) => candidate.metadata.name === wanted);
    if (node === undefined) {
      this.#setStatus(pod, {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: `0/${nodes.length} nodes are available`,
          },
        ],
      });
      return;
    }
    const bound = {
      ...pod,
      spec: { ...objectOf(pod['spec']), nodeName: node.metadata.name },
    };
    this.#cluster.writer.apply(bound);
    this.#soon(() => this.#run(bound, node));
  }

  #run(scheduled: KubeObject, node: KubeObject): void {
    const pod = this.#current(scheduled);
    if (pod === undefined) return;
    const missing = listAt(pod, 'spec', 'containers').find((one) => isMissing(textAt(one, 'image') ?? ''));
    if (missing !== undefined) {
      const waiting = {
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "${textAt(missing, 'image') ?? ''}"`,
      };
      this.#setStatus(pod, {
        phase: 'Pending',
        containerStatuses: [{ name: textAt(missing, 'name') ?? '', state: { waiting }, ready: false }],
      });
      return;
    }
    const time = this.#now().toISOString().replace(/\.\d+/, '');
    const hostIPs = listAt(node, 'status', 'addresses')
      .filter((entry) => textAt(entry, 'type') === 'InternalIP')
      .map((entry) => textAt(entry, 'address') ?? '');
    const ips = at(pod, 'spec', 'hostNetwork') === true ? hostIPs : this.#allocate(node);
    const condition = (type: string): JsonObject => ({ type, status: 'True', lastTransitionTime: time });
    this.#setStatus(pod, {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: hostIPs[0],
      hostIPs: hostIPs.map((ip) => ({ ip })),
      ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
      startTime: time,
      containerStatuses: listAt(pod, 'spec', 'containers').map((container) => ({
        name: textAt(container, 'name') ?? '',
        state: { running: { startedAt: time } },
        lastState: {},
        ready: true,
        started: true,
        restartCount: 0,
        image: textAt(container, 'image') ?? '',
        imageID: '',
        containerID: `containerd://${(pod.metadata.uid ?? '').replaceAll('-', '').repeat(2)}`,
      })),
    });
    this.#updateOwner(pod);
    const deadline = numberAt(pod, 'spec', 'activeDeadlineSeconds');
    if (deadline !== undefined && this.#options.timeScale > 0) {
      this.#soon(() => {
        const late = this.#current(pod);
        if (late === undefined) return;
        this.#setStatus(late, {
          phase: 'Failed',
          reason: 'DeadlineExceeded',
          message: 'Pod was active on the node longer than the specified deadline',
        });
      }, deadline);
    }
  }

  /** Starts the ephemeral containers that were added to a running pod. */
  #startEphemeral(changed: KubeObject): void {
    const pod = this.#current(changed);
    if (pod === undefined) return;
    const startedAt = this.#now().toISOString().replace(/\.\d+/, '');
    const statuses = listAt(pod, 'spec', 'ephemeralContainers').map((container) => ({
      name: textAt(container, 'name') ?? '',
      image: textAt(container, 'image') ?? '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { running: { startedAt } },
      lastState: {},
    }));
    this.#setStatus(pod, { ephemeralContainerStatuses: statuses });
  }

  #setStatus(pod: KubeObject, status: JsonObject): void {
    this.#cluster.writer.apply({ ...pod, status: { ...objectOf(pod['status']), ...status } });
  }

  /** The lowest free address of every range of the node, from the second on; the first is the gateway's. */
  #allocate(node: KubeObject): string[] {
    const { name } = node.metadata;
    const ranges =
      this.#options.podRanges?.[name] ?? listAt(node, 'spec', 'podCIDRs').filter((range) => typeof range === 'string');
    const taken = new Set(
      this.#cluster
        .objects('pods')
        .filter((pod) => !this.#options.islands || textAt(pod, 'spec', 'nodeName') === name)
        .flatMap(addressesOf),
    );
    return ranges.map((range) => {
      const base = range.slice(0, range.indexOf('/'));
      const nth = (host: number): string =>
        base.includes(':') ? `${base.replace(/::$/, '')}::${host.toString(16)}` : base.replace(/\d+$/, String(host));
      let host = 2;
      while (taken.has(nth(host))) host++;
      return nth(host);
    });
  }

  #startDaemons(daemonSet: KubeObject): void {
    const template = at(daemonSet, 'spec', 'template');
    const { namespace, name, uid } = daemonSet.metadata;
    const resource = this.#cluster.registry.ofKind('v1', 'Pod');
    if (resource === undefined || namespace === undefined) return;
    for (const node of this.#cluster.objects('nodes')) {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...objectOf(at(template, 'metadata')),
          generateName: `${name}-`,
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true, blockOwnerDeletion: true },
          ],
        },
        spec: { ...objectOf(at(template, 'spec')), nodeName: node.metadata.name },
      };
      if (!tolerates(pod.spec, node, DAEMON_TOLERATED) || !selects(pod.spec, node)) continue;
      const created = this.#cluster.writer.create({ resource, namespace }, pod, false);
      if (!('failure' in created)) this.created(created);
    }
    this.#updateStatusOf(daemonSet);
  }

  #updateOwner(pod: KubeObject): void {
    const owner = listAt(pod, 'metadata', 'ownerReferences')[0];
    if (textAt(owner, 'kind') !== 'DaemonSet') return;
    const { namespace } = pod.metadata;
    const found = this.#cluster.find({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      ...(namespace === undefined ? {} : { namespace }),
      name: textAt(owner, 'name') ?? '',
    });
    if (found !== undefined) this.#updateStatusOf(found.value());
  }

  #updateStatusOf(daemonSet: KubeObject): void {
    const { namespace = '', name, uid } = daemonSet.metadata;
    const current = this.#cluster.find({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name })?.value();
    if (current === undefined || current.metadata.uid !== uid) return;
    const pods = this.#cluster
      .objects('pods')
      .filter((pod) => listAt(pod, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid));
    const ready = pods.filter((pod) => textAt(pod, 'status', 'phase') === 'Running').length;
    this.#cluster.writer.apply({
      ...current,
      status: {
        currentNumberScheduled: pods.length,
        numberMisscheduled: 0,
        desiredNumberScheduled: pods.length,
        numberReady: ready,
        observedGeneration: 1,
        updatedNumberScheduled: pods.length,
        numberAvailable: ready,
      },
    });
  }
}

/** Taints that the DaemonSet controller tolerates for its pods. */
const DAEMON_TOLERATED = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/network-unavailable',
];

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function fits(pod: KubeObject, node: KubeObject): boolean {
  const spec = objectOf(pod['spec']);
  return at(node, 'spec', 'unschedulable') !== true && tolerates(spec, node, []) && selects(spec, node);
}

function tolerates(spec: JsonObject, node: KubeObject, always: readonly string[]): boolean {
  return listAt(node, 'spec', 'taints').every((taint) => {
    const key = textAt(taint, 'key') ?? '';
    if (textAt(taint, 'effect') === 'PreferNoSchedule' || always.includes(key)) return true;
    return listAt(spec, 'tolerations').some((toleration) => {
      const wanted = textAt(toleration, 'key');
      const effect = textAt(toleration, 'effect');
      return (
        (wanted === undefined || wanted === '' || wanted === key) &&
        (effect === undefined || effect === '' || effect === textAt(taint, 'effect')) &&
        (textAt(toleration, 'operator') === 'Exists' ||
          (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? ''))
      );
    });
  });
}

/** nodeSelector, and the affinity by name or by `In` that DaemonSets and probes use. */
function selects(spec: JsonObject, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = objectOf(spec['nodeSelector']);
  if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) return false;
  const terms = listAt(
    spec,
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  if (terms.length === 0) return true;
  const meets = (requirement: Json, value: string | undefined): boolean => {
    const values = listAt(requirement, 'values');
    switch (textAt(requirement, 'operator')) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  };
  return terms.some(
    (term) =>
      listAt(term, 'matchFields').every((requirement) => meets(requirement, node.metadata.name)) &&
      listAt(term, 'matchExpressions').every((requirement) =>
        meets(requirement, labels[textAt(requirement, 'key') ?? '']),
      ),
  );
}
