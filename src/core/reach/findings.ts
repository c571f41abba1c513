/** Findings of a verification, for Problems: at the Node objects that a culprit names, with what was measured as evidence. */
import { type Finding, finding, type Subject } from '../checks/check.js';
import { nodeRef, objectPlace } from '../network/place.js';
import type { Trouble } from './culprits.js';
import { nodesOfPlace } from './culpritWords.js';
import { type PromiseId, PROMISES } from './promise.js';
import type { CountedVerdict, Measured, NamedCulprit } from './verification.js';

/** What a code means. Codes are stable for ever: settings and links name them. */
export interface ProbeFinding {
  readonly code: string;
  readonly title: string;
  /** Markdown for the documentation. */
  readonly explanation: string;
  /** The promise that is broken, or cannot be tried. */
  readonly promise: PromiseId;
}

export const PROBE_FINDINGS = {
  unreachable: {
    code: 'CN451',
    title: 'Pods do not reach each other',
    explanation:
      'A verification tried paths between probe pods on different nodes and on the same one, and those named here got no answer. The finding says which node, which direction and which traffic, as far as the pattern of all paths allows, and what else was answered. It stays until the verification is run again or it is dismissed. A warning where the paths passed again once probe pods had been made, because starting a pod sets its node up anew. Not reported: what a NetworkPolicy denies, or a policy of another kind may; ICMP alone.',
    promise: 'podToPod',
  },
  loss: {
    code: 'CN452',
    title: 'Packets are lost between nodes',
    explanation:
      'Some of several tries on the same path got no answer, and this was seen again when the path was tried once more. Where the servers wrote down what arrived, the direction is named. Loss that was seen once and not again stands among the notes of the verification.',
    promise: 'podToPod',
  },
  translated: {
    code: 'CN453',
    title: 'Pods see each other under another address',
    explanation:
      'A server in a probe pod saw a request come from an address that is not the sending pod’s. Kubernetes promises that pods communicate without address translation; NetworkPolicies, audit logs and services that go by source addresses are wrong where it happens.',
    promise: 'withoutNat',
  },
  misdirected: {
    code: 'CN454',
    title: 'Another host answers at a pod’s address',
    explanation:
      'A request to a probe pod’s address was answered by something that is not that pod: its answer named another host, or the pod’s own server wrote down none of the requests.',
    promise: 'uniqueAddress',
  },
  kubelet: {
    code: 'CN455',
    title: 'A kubelet does not reach pods on its own node',
    explanation:
      'The readiness probe of a probe pod fails although its server runs. Liveness and readiness probes of all pods on that node are in danger.',
    promise: 'nodeToLocalPod',
  },
  notStarted: {
    code: 'CN456',
    title: 'No probe pod could be started on a node',
    explanation:
      'What keeps a small pod from starting keeps others from it too: the event says what it is. Nothing was measured from or to this node’s new pods.',
    promise: 'podToPod',
  },
} as const satisfies Readonly<Record<Trouble | 'kubelet' | 'notStarted', ProbeFinding>>;

/** The same as checks explain themselves, with the official sentence. */
export const EXPLAINED_PROBE_FINDINGS = Object.entries(PROBE_FINDINGS).map(
  ([name, { code, title, explanation, promise }]) => ({ name, code, title, explanation, source: PROMISES[promise] }),
);

const subject = (measured: Measured, node: number): Subject => {
  const name = measured.nodes[node]?.name ?? '';
  return { place: objectPlace(nodeRef(name)), label: name, text: name, node: name };
};

const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `earlier`: culprits of what failed before probe pods were made, and no longer does. */
export function findingsOf(
  measured: Measured,
  promises: readonly CountedVerdict[],
  culprits: readonly NamedCulprit[],
  earlier: readonly NamedCulprit[],
): Finding[] {
  const violated = (scope: string): boolean =>
    promises.some((one) => one.promise === 'podToPod' && one.scope === scope && one.verdict === 'violated');
  const ofPresent = culprits
    // What a policy blocks, or may block, is nobody's fault.
    .filter(
      ({ culprit }) =>
        culprit.trouble === 'translated' || violated(culprit.place.kind === 'within' ? 'on one node' : 'across nodes'),
    )
    .map((one) => ({ ...one, mended: false }));
  const ofBoth = [...ofPresent, ...earlier.map((one) => ({ ...one, mended: true }))].map(
    ({ culprit, words, evidence, mended }) => {
      const named = nodesOfPlace(culprit.place);
      const nodes = named.length > 0 ? named : measured.nodes.map((_, index) => index);
      return finding(PROBE_FINDINGS[culprit.trouble], {
        severity: culprit.trouble === 'loss' || mended ? 'warning' : 'error',
        message: `${upper(words)}.`,
        subjects: nodes.map((node) => subject(measured, node)),
        evidence: evidence.length > 0 ? evidence : [words],
        key: `${JSON.stringify(culprit.place)} ${nodes.map((node) => measured.nodes[node]?.name ?? '').join(' ')}${mended ? ' mended' : ''}`,
      });
    },
  );
  const ofNodes = measured.nodes.flatMap((node, index): Finding[] => {
    if (node.kubelet.state === 'failed')
      return [
        finding(PROBE_FINDINGS.kubelet, {
          severity: 'error',
          message: `The kubelet of ${node.name} does not reach a pod on its own node.`,
          subjects: [subject(measured, index)],
          evidence: [node.kubelet.words],
        }),
      ];
    // Of a node that is not Ready other checks tell already.
    if (node.notProbed === '' || !node.ready) return [];
    return [
      finding(PROBE_FINDINGS.notStarted, {
        severity: 'warning',
        message: `No probe pod could be started on ${node.name}: ${node.notProbed}.`,
        subjects: [subject(measured, index)],
        evidence: [node.notProbed],
      }),
    ];
  });
  return [...ofBoth, ...ofNodes];
}
