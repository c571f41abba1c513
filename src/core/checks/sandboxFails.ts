/** CN414: a pod waits because its network cannot be set up, and the plugin says why. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type EventFacts, isKnown } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { objectPlace, podRef } from '../network/place.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { capped } from './subjects.js';
import { counted, distinct, firstInOrder, listing, listingOf, quoted } from './wording.js';

export const sandboxFails: Check = {
  code: 'CN414',
  name: 'sandboxFails',
  title: "A pod's network cannot be set up",
  explanation: `The kubelet reports \`FailedCreatePodSandBox\` for pods that still wait, and the network plugin's own words name a known cause: no address left, an agent that does not run, a bridge left over from another range, a configuration that is missing or broken.

**What to do.** It stands in the finding, with the plugin's words as evidence.

**Severity.** A warning: the event is certain, but the next attempt may succeed.

**Not reported.** Pods that have an address or are gone by now, and events whose words name no known cause.`,
  source: {
    sentence: 'A CNI plugin is required to implement the Kubernetes network model.',
    url: 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
  },
  run,
};

/** Texts of network plugins, each with what it means and what to do. The first that fits counts. */
const CAUSES: readonly (readonly [text: RegExp, cause: string])[] = [
  [/no IP addresses available in range set/, "the node's range has no address left (CN301)"],
  [/range is full/, 'Cilium has no address left on the node (CN301, CN303)'],
  [
    /failed to assign an IP address to container/,
    'the cloud has no address left for the node: its subnet or its interfaces are full',
  ],
  [/cannot allocate new block due to per host block limit/, "the node has reached Calico's limit of blocks"],
  [/not enough IPs available/, 'Azure has no address left for the node'],
  [/open \/run\/flannel\/subnet\.env: no such file/, 'flannel has not started on the node (CN401, CN404)'],
  [
    /"?cni0"? already has an IP address different from/,
    'the bridge cni0 is left over from another range: remove it on the node (ip link delete cni0)',
  ],
  [
    /unable to connect to Cilium daemon|dial unix \/var\/run\/cilium\/cilium\.sock/,
    "Cilium's agent does not run on the node, or its configuration file was left behind",
  ],
  [/dial unix \/var\/run\/antrea\/cni\.sock/, "Antrea's agent does not run on the node"],
  [
    /stat \/var\/lib\/calico\/nodename: no such file/,
    "Calico's agent does not run on the node, or its configuration file was left behind",
  ],
  [/no IP ranges specified/, 'the CNI configuration names no range'],
  [/range set \d+ overlaps with \d+/, 'the CNI configuration names ranges that overlap'],
  [/failed to find plugin "([\w-]+)"/, 'the program of the CNI plugin is missing on the node (in /opt/cni/bin)'],
  [/cni plugin not initialized|cni config uninitialized/, 'the node has no working CNI configuration (CN402)'],
];

const causeOf = (message: string): string | undefined => CAUSES.find(([text]) => text.test(message))?.[1];

function run({ facts }: ClusterNetwork): Finding[] {
  if (!isKnown(facts, 'pods')) return [];
  const { pods } = facts;
  const waiting: { readonly event: EventFacts; readonly row: number; readonly cause: string }[] = [];
  for (const event of facts.events) {
    if (event.reason !== 'FailedCreatePodSandBox' || event.regarding.kind !== 'Pod') continue;
    const row = pods.rowOf(event.regarding.namespace ?? '', event.regarding.name);
    if (row < 0 || pods.phase(row) !== 'Pending' || pods.addresses(row).length > 0) continue;
    const cause = causeOf(event.message);
    if (cause !== undefined) waiting.push({ event, row, cause });
  }
  const idOf = (row: number): string => `${pods.namespace(row)}/${pods.name(row)}`;
  return [...groupBy(waiting, ({ cause }) => cause)].map(([cause, group]) => {
    const rows = [...new Map(group.map((one) => [one.row, one])).values()];
    const first = firstInOrder(rows, (a, b) => compareNatural(idOf(a.row), idOf(b.row)), MAX_SUBJECTS);
    const nodes = distinct(rows.map(({ row }) => pods.node(row)));
    return finding(sandboxFails, {
      severity: 'warning',
      message: `${counted(rows.length, 'pod')} on ${listing(nodes)} (${listingOf(first, ({ row }) => idOf(row), rows.length)}) cannot be given a network: ${cause}`,
      subjects: first.map(({ row }) => ({
        place: objectPlace(podRef(pods.namespace(row), pods.name(row)), 'status', 'phase'),
        label: `pod ${idOf(row)}`,
        text: 'Pending',
        node: pods.node(row),
      })),
      total: rows.length,
      evidence: capped(
        first.map(({ event, row }) => `${idOf(row)} on ${pods.node(row)}: ${quoted(event.message, 300)}`),
        rows.length,
      ),
    });
  });
}
