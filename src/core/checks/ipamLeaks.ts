/** CN508: addresses and ranges that are kept for nodes or pods that are gone. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type CustomObject, isKnown } from '../network/facts.js';
import { at, objectOf, textOf } from '../network/json.js';
import { compareNatural } from '../network/naturalOrder.js';
import { formatRef, objectPlace } from '../network/place.js';
import { calicoObjects } from './calicoObjects.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Subject } from './check.js';
import { capped } from './subjects.js';
import { agree, counted, listingOf } from './wording.js';

export const ipamLeaks: Check = {
  code: 'CN508',
  name: 'ipamLeaks',
  title: 'Ranges are kept for nodes or pods that are gone',
  explanation: `The solution's own objects keep ranges for nodes, or addresses for pods, that are no longer there. Nobody else gets them: a pool fills up though few pods run (CN303), and other nodes may still send packets to where they last were.

**What to do.** Check that the node or pod is really gone, then delete the object (\`CiliumNode\`), or let the solution's own tool release it (\`calicoctl ipam check\` and \`release\`, whereabouts' reconciler). Calico's and Cilium's controllers do it by themselves when they run.

**Severity.** A warning.

**Not reported.** Objects that are being deleted, Calico's virtual affinities, and anything while nodes or pods could not be read in full.`,
  source: {
    sentence: 'The ipam check command checks the integrity of the IPAM datastructures against Kubernetes.',
    url: 'https://docs.tigera.io/calico/latest/reference/calicoctl/ipam/check',
  },
  run,
};

interface Leak {
  readonly object: CustomObject;
  readonly subject: Subject;
  /** What it is kept for: `node old-1`, `pod shop/web-1`. */
  readonly for: string;
}

const isDeleting = ({ content }: CustomObject): boolean => at(content, 'metadata', 'deletionTimestamp') !== undefined;

const leakOf = (object: CustomObject, text: string, whom: string, ...path: readonly (string | number)[]): Leak => ({
  object,
  subject: { place: objectPlace(object.ref, ...path), label: formatRef(object.ref), text },
  for: whom,
});

/** Objects of nodes that are not there. */
function ofNodes(network: ClusterNetwork): Leak[] {
  const { facts } = network;
  if (!isKnown(facts, 'nodes') || facts.nodes.length === 0) return [];
  const nodes = new Set(facts.nodes.map((node) => node.name));
  const cilium = (facts.custom.get('ciliumnodes.cilium.io') ?? [])
    .filter((object) => !nodes.has(object.ref.name))
    .map((object) => leakOf(object, object.ref.name, `node ${object.ref.name}`, 'metadata', 'name'));
  const calico = (calicoObjects(network, 'blockaffinities') ?? [])
    .map((object) => ({ object, node: textOf(at(object.content, 'spec', 'node')) }))
    .filter(
      ({ object: { content }, node }) =>
        node !== '' &&
        !nodes.has(node) &&
        String(at(content, 'spec', 'deleted')) !== 'true' &&
        textOf(at(content, 'spec', 'type')) !== 'virtual',
    )
    .map(({ object, node }) =>
      leakOf(object, textOf(at(object.content, 'spec', 'cidr')), `node ${node}`, 'spec', 'cidr'),
    );
  const aci = (facts.custom.get('nodepodifs.aci.aw') ?? [])
    .filter((object) => !nodes.has(object.ref.name))
    .map((object) => leakOf(object, object.ref.name, `node ${object.ref.name}`, 'metadata', 'name'));
  return [...cilium, ...calico, ...aci];
}

/** Addresses of whereabouts for pods that are not there. */
function ofPods({ facts }: ClusterNetwork): Leak[] {
  if (!isKnown(facts, 'pods')) return [];
  return (facts.custom.get('ippools.whereabouts.cni.cncf.io') ?? []).flatMap((object) => {
    const allocations = objectOf(at(object.content, 'spec', 'allocations'));
    return Object.keys(allocations).flatMap((offset) => {
      const pod = textOf(at(allocations, offset, 'podref'));
      const slash = pod.indexOf('/');
      if (slash < 0 || facts.pods.rowOf(pod.slice(0, slash), pod.slice(slash + 1)) >= 0) return [];
      return [leakOf(object, pod, `pod ${pod}`, 'spec', 'allocations', offset, 'podref')];
    });
  });
}

function report(leaks: readonly Leak[], kind: string): Finding[] {
  if (leaks.length === 0) return [];
  const sorted = [...leaks].sort(
    (a, b) => compareNatural(a.for, b.for) || compareNatural(a.subject.text, b.subject.text),
  );
  const kinds = counted(sorted.length, `object of kind ${kind}`, `objects of kind ${kind}`);
  return [
    finding(ipamLeaks, {
      severity: 'warning',
      message: `${kinds} ${agree(sorted.length, 'is', 'are')} kept for what is gone (${listingOf(sorted, (leak) => leak.for)}): the addresses are given to nobody else`,
      subjects: sorted.slice(0, MAX_SUBJECTS).map((leak) => leak.subject),
      total: sorted.length,
      evidence: capped(
        sorted
          .slice(0, MAX_SUBJECTS)
          .map((leak) => `${leak.subject.label}: ${leak.subject.text}, for ${leak.for}, which does not exist`),
        sorted.length,
      ),
      key: kind,
    }),
  ];
}

function run(network: ClusterNetwork): Finding[] {
  const leaks = [...ofNodes(network), ...ofPods(network)].filter(({ object }) => !isDeleting(object));
  const kinds = [...new Set(leaks.map(({ object }) => object.ref.kind))].sort(compareNatural);
  return kinds.flatMap((kind) =>
    report(
      leaks.filter(({ object }) => object.ref.kind === kind),
      kind,
    ),
  );
}
