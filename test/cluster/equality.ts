/**
 * What kubectl reads of a cluster and what the inventory holds, one line an object: when all lines are equal, nothing is lost
 * and nothing invented. kubectl's JSON is read here by hand, not by the code that is tested.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import { formatAddress } from '../../src/core/ip/address.js';
import { endpointsOf } from '../../src/core/network/endpointSlice.js';
import { type ClusterFacts, ENDPOINT_SLICES } from '../../src/core/network/facts.js';
import { at, isObject, listOf, textOf } from '../../src/core/network/json.js';
import type { Watching } from '../kube/watching.js';
import { kubectl } from './lab.js';

/** What is compared of an object. */
type Line = readonly unknown[];

interface Compared {
  /** As kubectl names it: `pods`, `ciliumnodes.cilium.io`. */
  readonly resource: string;
  readonly kind: string;
  /** Of kubectl's object; undefined when it is none that the inventory reads. */
  readonly truth: (object: unknown) => Line | undefined;
  readonly ours: (facts: ClusterFacts) => readonly Line[];
}

const texts = (value: unknown): string[] => listOf(value).map(String);
const nameOf = (object: unknown): string =>
  `${textOf(at(object, 'metadata', 'namespace'))}/${textOf(at(object, 'metadata', 'name'))}`;
const nameOfRef = (ref: { readonly namespace?: string; readonly name: string }): string =>
  `${ref.namespace ?? ''}/${ref.name}`;
const isReady = (object: unknown): boolean =>
  listOf(at(object, 'status', 'conditions')).some((c) => at(c, 'type') === 'Ready' && at(c, 'status') === 'True');

/** ConfigMaps with ranges or addresses: those of kubeadm and kubelet, and those of the solutions that the lab runs. */
const CONFIG_MAPS = [
  'kube-system/kubeadm-config',
  'kube-system/kube-proxy',
  'kube-system/kubelet-config',
  'kube-flannel/kube-flannel-cfg',
  'kube-system/kube-flannel-cfg',
  'kube-system/cilium-config',
  'cilium/cilium-config',
];
/** DaemonSets of these solutions, whose pods are read in full. */
const AGENTS = ['kube-flannel/kube-flannel-ds', 'kube-system/cilium'];
const EVENTS = ['FailedCreatePodSandBox', 'CIDRNotAvailable', 'CIDRAssignmentFailed'];

const isAgentsPod = (pod: unknown): boolean =>
  listOf(at(pod, 'metadata', 'ownerReferences')).some(
    (owner) =>
      at(owner, 'kind') === 'DaemonSet' &&
      AGENTS.includes(`${textOf(at(pod, 'metadata', 'namespace'))}/${textOf(at(owner, 'name'))}`),
  );
const isControlPlanePod = (pod: unknown): boolean =>
  at(pod, 'metadata', 'namespace') === 'kube-system' && at(pod, 'metadata', 'labels', 'tier') === 'control-plane';

/** A kind that is kept as it is. */
const asItIs = (resource: string, kind: string): Compared => ({
  resource,
  kind,
  truth: (object) => [nameOf(object), at(object, 'spec'), at(object, 'status')],
  ours: ({ custom }) =>
    (custom.get(resource) ?? []).map(({ ref, content }) => [nameOfRef(ref), content['spec'], content['status']]),
});

const COMPARED: readonly Compared[] = [
  {
    resource: 'pods',
    kind: 'Pod',
    truth: (object) => {
      const { spec, status } = { spec: at(object, 'spec'), status: at(object, 'status') };
      return [
        nameOf(object),
        at(object, 'metadata', 'uid'),
        at(spec, 'nodeName') ?? '',
        at(status, 'phase'),
        listOf(at(status, 'podIPs')).map((entry) => at(entry, 'ip')),
        at(spec, 'hostNetwork') === true,
        at(object, 'metadata', 'deletionTimestamp') !== undefined,
        isReady(object),
      ];
    },
    ours: ({ pods }) =>
      [...pods.rows()].map((row) => {
        const pod = pods.facts(row);
        const { uid, node, phase, ips, hostNetwork, terminating, ready } = pod;
        return [nameOfRef(pod), uid, node, phase, ips, hostNetwork, terminating, ready];
      }),
  },
  {
    resource: 'pods',
    kind: 'Pod',
    truth: (object) =>
      isAgentsPod(object) || isControlPlanePod(object)
        ? [
            'in full',
            nameOf(object),
            at(object, 'spec', 'nodeName') ?? '',
            at(object, 'status', 'phase'),
            isReady(object),
            listOf(at(object, 'spec', 'containers')).map((container) => at(container, 'image')),
            [
              ...listOf(at(object, 'status', 'initContainerStatuses')),
              ...listOf(at(object, 'status', 'containerStatuses')),
            ]
              .map((container) => at(container, 'state', 'waiting', 'reason'))
              .filter((reason) => reason !== undefined),
          ]
        : undefined,
    ours: ({ systemPods }) =>
      systemPods.map(({ ref, node, phase, ready, containers, waiting }) => [
        'in full',
        nameOfRef(ref),
        node,
        phase,
        ready,
        containers.map(({ image }) => image),
        waiting,
      ]),
  },
  {
    resource: 'nodes',
    kind: 'Node',
    truth: (object) => [
      nameOf(object),
      at(object, 'metadata', 'uid'),
      texts(at(object, 'spec', 'podCIDRs')),
      listOf(at(object, 'status', 'addresses'))
        .filter((address) => at(address, 'type') === 'InternalIP')
        .map((address) => at(address, 'address')),
      // Those that say something about a network.
      listOf(at(object, 'status', 'conditions'))
        .map((condition) => [at(condition, 'type'), at(condition, 'status')])
        .filter(([type]) => type === 'Ready' || type === 'NetworkUnavailable'),
    ],
    ours: ({ nodes }) =>
      nodes.map(({ name, uid, podCIDRs, internalIPs, conditions }) => [
        nameOfRef({ name }),
        uid,
        podCIDRs.map(({ text }) => text),
        internalIPs.map(({ text }) => text),
        conditions.map(({ type, status }) => [type, status]),
      ]),
  },
  {
    resource: 'services',
    kind: 'Service',
    truth: (object) => [nameOf(object), texts(at(object, 'spec', 'clusterIPs')).filter((ip) => ip !== 'None')],
    ours: ({ services }) => services.map((service) => [nameOfRef(service), service.clusterIPs.map(({ text }) => text)]),
  },
  {
    resource: ENDPOINT_SLICES,
    kind: 'EndpointSlice',
    truth: (object) => [
      nameOf(object),
      at(object, 'metadata', 'labels', 'kubernetes.io/service-name'),
      listOf(at(object, 'ports')).map((port) => [at(port, 'port'), at(port, 'protocol')]),
      listOf(at(object, 'endpoints')).map((endpoint) => [
        at(endpoint, 'addresses', 0),
        at(endpoint, 'conditions', 'ready') !== false,
      ]),
    ],
    ours: ({ endpointSlices }) =>
      endpointSlices.map((slice) => [
        nameOfRef(slice),
        slice.service,
        slice.ports.map(({ port, protocol }) => [port, protocol]),
        endpointsOf(slice).map(({ address, state }) => [formatAddress(address), state === 'ready']),
      ]),
  },
  {
    resource: 'namespaces',
    kind: 'Namespace',
    truth: (object) => [nameOf(object)],
    ours: ({ namespaces }) => namespaces.map(({ name }) => [nameOfRef({ name })]),
  },
  {
    resource: 'daemonsets.apps',
    kind: 'DaemonSet',
    truth: (object) => [
      nameOf(object),
      at(object, 'status', 'desiredNumberScheduled'),
      at(object, 'status', 'numberReady'),
    ],
    ours: ({ workloads }) => workloads.map(({ ref, desired, ready }) => [nameOfRef(ref), desired, ready]),
  },
  {
    resource: 'configmaps',
    kind: 'ConfigMap',
    truth: (object) => (CONFIG_MAPS.includes(nameOf(object)) ? [nameOf(object), at(object, 'data') ?? {}] : undefined),
    ours: ({ configMaps }) => configMaps.map(({ ref, data }) => [nameOfRef(ref), data]),
  },
  {
    resource: 'events',
    kind: 'Event',
    truth: (object) => {
      const about = at(object, 'involvedObject');
      const reason = textOf(at(object, 'reason'));
      return EVENTS.includes(reason)
        ? [
            at(about, 'kind'),
            `${textOf(at(about, 'namespace'))}/${textOf(at(about, 'name'))}`,
            reason,
            at(object, 'message'),
            at(object, 'series', 'count') ?? at(object, 'count') ?? 1,
          ]
        : undefined;
    },
    ours: ({ events }) =>
      events.map(({ regarding, reason, message, count }) => [
        regarding.kind,
        nameOfRef(regarding),
        reason,
        message,
        count,
      ]),
  },
  {
    resource: 'networkpolicies.networking.k8s.io',
    kind: 'NetworkPolicy',
    truth: (object) => [nameOf(object), at(object, 'spec')],
    ours: ({ policies }) => policies.map(({ ref, content }) => [nameOfRef(ref), content['spec']]),
  },
  asItIs('servicecidrs.networking.k8s.io', 'ServiceCIDR'),
  asItIs('ipaddresses.networking.k8s.io', 'IPAddress'),
  asItIs('ciliumnodes.cilium.io', 'CiliumNode'),
  asItIs('ciliumloadbalancerippools.cilium.io', 'CiliumLoadBalancerIPPool'),
  asItIs('ciliumpodippools.cilium.io', 'CiliumPodIPPool'),
];

/** One text for equal values: the order of an object's fields means nothing. */
const textOfLine = (kind: string, line: Line): string =>
  JSON.stringify([kind, ...line], (_key, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );

const linesOf = (facts: ClusterFacts, compared: readonly Compared[]): string[] =>
  compared.flatMap(({ kind, ours }) => ours(facts).map((line) => textOfLine(kind, line))).sort();

async function truth(compared: readonly Compared[]): Promise<string[]> {
  const resources = [...new Set(compared.map(({ resource }) => resource))].join(',');
  const json: unknown = JSON.parse(await kubectl('get', resources, '-A', '-o', 'json'));
  const items = at(json, 'items');
  assert.ok(Array.isArray(items));
  return items
    .flatMap((object: unknown) =>
      compared
        .filter(({ kind }) => kind === textOf(at(object, 'kind')))
        .flatMap(({ kind, truth: lineOf }) => {
          const line = lineOf(object);
          return line === undefined ? [] : [textOfLine(kind, line)];
        }),
    )
    .sort();
}

/** The resources that the cluster serves: what it does not have cannot be asked for. */
let served: Promise<string> | undefined;

export interface Agreement {
  readonly limitMs?: number;
  /** Resources that the watcher's user may not read. */
  readonly without?: readonly string[];
}

/**
 * Waits until both say the same; answers with what they say. Both sides change all the time: they agree when one reading of
 * kubectl's equals ours at some moment after it.
 */
export async function agree(
  watcher: Watching,
  { limitMs = 30_000, without = [] }: Agreement = {},
): Promise<readonly string[]> {
  served ??= kubectl('api-resources', '-o', 'name');
  const names = (await served).split('\n');
  const compared = COMPARED.filter(({ resource }) => names.includes(resource) && !without.includes(resource));
  const deadline = Date.now() + limitMs;
  for (;;) {
    const expected = await truth(compared);
    await wait(400);
    const { network } = watcher.host;
    const actual = network === undefined ? [] : linesOf(network.facts, compared);
    if (JSON.stringify(actual) === JSON.stringify(expected)) return actual;
    if (Date.now() > deadline) assert.deepEqual(actual, expected, watcher.lines.slice(-40).join('\n'));
  }
}
