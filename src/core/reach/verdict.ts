/**
 * Verdicts on the probes of one pair: which promise they touch, and whether it holds, is violated, was not promised, is
 * blocked by a policy, was not run, or cannot be told – with the evidence in words.
 *
 * A false accusation costs more than a missed one: whatever has a second explanation (a shared address, a policy that may
 * or may not apply, a tool that failed) is inconclusive and says which.
 */
import type { PolicyAnswer } from '../policy/evaluate.js';
import { formatRef } from '../network/place.js';
import { describeEndpoint, type Endpoint, formatEndpoint, sharedAddresses } from './endpoint.js';
import { classifyNat, describeNat, type NatContext, tellsOfNat } from './nat.js';
import { describeOutcome, isMeasured, type Outcome, reachOf } from './outcome.js';
import { type Around, placeFailure } from './placement.js';
import { describeProbe, type Probe, type Summary, summarise } from './probe.js';
import type { PromiseId, PromiseVerdict, Verdict } from './promise.js';
import { onHostNetwork, type Route } from './route.js';

export interface PairFacts {
  readonly source: Endpoint;
  readonly target: Endpoint;
  readonly probes: readonly Probe[];
  readonly around: readonly Around[];
  readonly route: Route;
  /** What NetworkPolicies say of what a probe tried: of the family that it used. */
  readonly policyFor: (probe: Probe) => PolicyAnswer;
  /** Policies of other kinds that may concern the pair, in words. They are not evaluated; looked for where something failed. */
  readonly otherPolicies: readonly string[];
  readonly nat: NatContext;
  /** Other pods that have one of the target's addresses, in words. */
  readonly alsoAt: readonly string[];
  /** Whether the networking solution enforces NetworkPolicies; undefined: unknown. */
  readonly enforcesPolicies: boolean | undefined;
  readonly solution: string;
  /** A service mesh's proxy in the source takes its TCP connections, and accepts them before there is one to the target. */
  readonly proxied: boolean;
  /** Of a target that is a Service: its endpoints, and how many of them are ready; undefined: not known. */
  readonly endpoints: { readonly all: number; readonly ready: number } | undefined;
  /** A server is known to listen on every port that was tried, so that a refusal is not the target's own. */
  readonly listens: boolean;
  /** Why there is no probe, or why it broke off before everything was looked at. */
  readonly notRun: Outcome | undefined;
}

export interface PairVerdict {
  /** The promise that the pair is about stands first. */
  readonly promises: readonly PromiseVerdict[];
  /** What should be known beside the verdicts: an unenforced policy, a masquerade by design. */
  readonly notes: readonly string[];
}

/** The promise that a connection between these two is about. */
export function promiseOf(source: Endpoint, target: Endpoint, sameNode: boolean): PromiseId {
  if (target.kind === 'service') return 'podToService';
  if (target.kind === 'address') return 'podToAddress';
  if (onHostNetwork(target)) return 'podToNode';
  if (onHostNetwork(source)) return sameNode ? 'nodeToLocalPod' : 'nodeToRemotePod';
  return 'podToPod';
}

const PROMISED: ReadonlySet<PromiseId> = new Set(['podToPod', 'nodeToLocalPod', 'withoutNat', 'uniqueAddress']);

export function judgePair(facts: PairFacts): PairVerdict {
  const sameNode = facts.nat.sourceNode !== '' && facts.nat.sourceNode === facts.nat.targetNode;
  const promise = promiseOf(facts.source, facts.target, sameNode);
  const reach = judgeReach(facts, promise);
  const promises = [reach.verdict];
  if (promise === 'podToPod') {
    promises.push(judgeNat(facts));
    const shared = judgeAddress(facts);
    if (shared !== undefined) promises.push(shared);
  }
  return {
    promises,
    notes: [
      ...new Set([...reach.notes, ...endpointNotes(facts), ...natNotes(facts, promise), ...unmeasuredNotes(facts)]),
    ],
  };
}

interface Judged {
  readonly verdict: PromiseVerdict;
  readonly notes: readonly string[];
}

function judgeReach(facts: PairFacts, promise: PromiseId): Judged {
  const { source, target } = facts;
  const say = (verdict: Verdict, evidence: readonly string[], notes: readonly string[] = []): Judged => ({
    verdict: { promise, verdict, evidence },
    notes,
  });
  const summaries = facts.probes.map((probe) => ({ probe, summary: summarise(probe.tries) }));
  const measured = summaries.filter(({ summary }) => isMeasured(summary.outcome));
  const lines = measured.map(({ probe }) => describeProbe(probe));

  const shared = sharedAddresses(source, target);
  if (shared.length > 0)
    return say('inconclusive', [
      `${formatEndpoint(source)} and ${formatEndpoint(target)} both have ${shared.join(', ')}: a connection to it need not leave the source, so its result says nothing about the way to the target`,
      ...lines,
    ]);
  if (measured.length === 0) {
    const outcome = facts.notRun ?? summaries[0]?.summary.outcome;
    const why = outcome === undefined ? 'nothing was tried' : `${formatEndpoint(target)} ${describeOutcome(outcome)}`;
    return say(outcome === undefined || WITHOUT_ATTEMPT.has(outcome.kind) ? 'notRun' : 'inconclusive', [why]);
  }

  const misdirected = measured.filter(({ summary }) => reachOf(summary.outcome) === 'misdirected');
  if (misdirected.length > 0) {
    const evidence = [...misdirected.map(({ probe }) => describeProbe(probe)), ...also(facts)];
    return brokenOff(facts, promise, evidence) ?? say(broken(promise), evidence);
  }
  const reached = measured.filter(({ summary }) => summary.reached > 0);
  const silent = measured.filter(({ summary }) => summary.reached === 0);
  // ICMP alone proves little: many networks drop it on purpose while they pass everything else.
  const failed = silent.filter(({ probe }) => probe.channel !== 'icmp');
  const echoes = silent.filter(({ probe }) => probe.channel === 'icmp').map(({ probe }) => describeProbe(probe));
  const lossy = reached.filter(({ summary }) => summary.lost > 0);
  if (reached.length > 0 && facts.alsoAt.length > 0 && !reached.some(({ summary }) => identified(summary)))
    return say('inconclusive', [
      `${facts.alsoAt.join(', ')} has the address of ${formatEndpoint(target)} too, and what answered did not say who it is`,
      ...lines,
    ]);
  if (failed.length > 0) {
    const evidence = [...failed.map(({ probe }) => describeProbe(probe)), ...echoes];
    const others = reached.map(({ probe }) => `but ${describeProbe(probe)}`);
    const unfinished = brokenOff(facts, promise, [...evidence, ...others]);
    if (unfinished !== undefined && facts.notRun?.kind === 'podGone') return unfinished;
    const { denials, doubts } = policyWords(facts, failed);
    if (denials.length > 0) return say('blockedByPolicy', [...denials, ...evidence, ...others]);
    if (doubts.length > 0 && facts.enforcesPolicies !== false)
      return say('inconclusive', [...evidence, ...doubts, ...others]);
    if (unfinished !== undefined) return unfinished;
    return say(broken(promise), [...evidence, ...others, ...placeFailure(source, facts.route, facts.around)]);
  }
  if (reached.length === 0)
    return say(unproven(promise), [...echoes, 'ICMP echoes alone prove little: many networks drop them on purpose']);
  const answers = reached.map(({ probe }) => describeProbe(probe));
  const connected = reached.filter(({ probe }) => probe.channel !== 'icmp');
  if (facts.listens && connected.some(({ summary }) => summary.outcome.kind === 'refused'))
    return say(
      unproven(promise),
      [...answers, 'a probe server listens there: something on the way, or on the target’s node, rejects'],
      echoes,
    );
  if (facts.proxied && connected.some(isTcp) && !connected.some(({ summary }) => identified(summary)))
    return say(
      unproven(promise),
      [
        `a service mesh’s proxy in ${formatEndpoint(source)} accepts every connection itself: that it stood says nothing of the way`,
        ...answers,
      ],
      echoes,
    );
  // What a policy says of the port, it does not say of echoes.
  const { denials } = policyWords(facts, connected);
  if (denials.length > 0) {
    // Some policy engines answer with a reset instead of silence.
    if (connected.every(({ summary }) => summary.outcome.kind === 'refused') && facts.enforcesPolicies !== false)
      return say(
        'inconclusive',
        [...answers, ...denials.map((denial) => `${denial}; some policy engines reject instead of dropping`)],
        echoes,
      );
    return say(kept(promise), answers, [...notEnforced(facts, connected), ...echoes]);
  }
  if (lossy.length > 0) {
    const evidence = lossy.map(({ probe }) => `packets are lost: ${describeProbe(probe)}`);
    return brokenOff(facts, promise, evidence) ?? say(broken(promise), evidence, echoes);
  }
  return say(kept(promise), answers, echoes);
}

/** Of a failure whose other explanations – policies, a target that is gone – were not looked for to the end: nobody is accused. */
function brokenOff({ notRun, target }: PairFacts, promise: PromiseId, evidence: readonly string[]): Judged | undefined {
  if (notRun === undefined || !PROMISED.has(promise)) return undefined;
  const why = `what may explain it was not looked for to the end: ${formatEndpoint(target)} ${describeOutcome(notRun)}`;
  return { verdict: { promise, verdict: 'inconclusive', evidence: [...evidence, why] }, notes: [] };
}

const isTcp = ({ probe }: { readonly probe: Probe }): boolean => probe.channel === 'tcp' || probe.channel === 'http';

/** What policies say of these probes: who denies, and who may. */
function policyWords(
  facts: PairFacts,
  of: readonly { readonly probe: Probe }[],
): { denials: string[]; doubts: string[] } {
  const answers = of.map(({ probe }) => facts.policyFor(probe));
  const unknown = answers.flatMap((answer) => (answer.kind === 'unknown' ? answer.reasons : []));
  return {
    denials: unique(
      answers.flatMap((answer) => (answer.kind === 'denied' ? answer.denials.map(({ why }) => why) : [])),
    ),
    doubts: [
      ...unique(unknown).map((reason) => `a NetworkPolicy may block it: ${reason}`),
      ...facts.otherPolicies.map((policy) => `it may be blocked by policy: ${policy}`),
    ],
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Outcomes for which nothing was attempted at all. */
const WITHOUT_ATTEMPT: ReadonlySet<Outcome['kind']> = new Set([
  'notPermitted',
  'noTool',
  'notRunning',
  'rejected',
  'podGone',
  'cancelled',
]);

const kept = (promise: PromiseId): Verdict => (PROMISED.has(promise) ? 'holds' : 'notPromised');
const broken = (promise: PromiseId): Verdict => (PROMISED.has(promise) ? 'violated' : 'notPromised');
const unproven = (promise: PromiseId): Verdict => (PROMISED.has(promise) ? 'inconclusive' : 'notPromised');
const identified = (summary: Summary): boolean =>
  summary.outcome.kind === 'answered' && summary.outcome.answerer !== undefined;

const also = (facts: PairFacts): string[] =>
  facts.alsoAt.map((pod) => `${pod} has the address of ${formatEndpoint(facts.target)} too`);

function notEnforced(facts: PairFacts, of: readonly { readonly probe: Probe }[]): string[] {
  const answers = of.map(({ probe }) => facts.policyFor(probe));
  const denials = answers.flatMap((answer) => (answer.kind === 'denied' ? answer.denials : []));
  const names = unique(denials.flatMap((denial) => denial.policies.map(formatRef))).join(', ');
  const why =
    facts.enforcesPolicies === false
      ? `${facts.solution} has no policy engine, and no other was recognised`
      : 'what was measured got through';
  return [`${names} is not enforced: it denies this connection, and the connection was answered (${why})`];
}

function judgeNat(facts: PairFacts): PromiseVerdict {
  const promise: PromiseId = 'withoutNat';
  if (sharedAddresses(facts.source, facts.target).length > 0)
    return { promise, verdict: 'notRun', evidence: ['the source and the target have one address'] };
  if (facts.alsoAt.length > 0)
    return {
      promise,
      verdict: 'notRun',
      evidence: ['who saw the source need not be the target: other pods have its address', ...also(facts)],
    };
  const seen = seenSources(facts);
  if (seen.length === 0)
    return {
      promise,
      verdict: 'notRun',
      evidence: [
        facts.probes.some((probe) => probe.tries.some(isReached))
          ? 'the target does not say which source address it saw: only a probe server, such as agnhost, does'
          : 'the target was not reached',
      ],
    };
  const classes = seen.map((address) => ({ address, nat: classifyNat(address, facts.nat) }));
  const evidence = classes.map(({ address, nat }) => describeNat(address, nat, facts.source, facts.target));
  if (classes.some(({ nat }) => !tellsOfNat(nat))) return { promise, verdict: 'inconclusive', evidence };
  return { promise, verdict: classes.every(({ nat }) => nat.kind === 'preserved') ? 'holds' : 'violated', evidence };
}

const isReached = (outcome: Outcome): boolean => reachOf(outcome) === 'reached';

const seenSources = (facts: PairFacts): string[] => [
  ...new Set(
    facts.probes.flatMap((probe) =>
      probe.tries.flatMap((one) => (one.kind === 'answered' && one.seenSource !== undefined ? [one.seenSource] : [])),
    ),
  ),
];

function judgeAddress(facts: PairFacts): PromiseVerdict | undefined {
  const shared = sharedAddresses(facts.source, facts.target);
  if (shared.length === 0 && facts.alsoAt.length === 0) return undefined;
  // A pod that is gone has given its address back: that another has it then is as it should be.
  if (facts.notRun?.kind === 'podGone') return undefined;
  return {
    promise: 'uniqueAddress',
    verdict: 'violated',
    evidence:
      shared.length > 0
        ? [`${describeEndpoint(facts.source)} and ${describeEndpoint(facts.target)} share ${shared.join(', ')}`]
        : also(facts),
  };
}

/**
 * A Service of which no endpoint is ready, where nobody answered: the way to it need not be why. A refusal may be the node's
 * own, of a Service that has nowhere to send a connection.
 */
function endpointNotes({ target, endpoints, probes }: PairFacts): string[] {
  if (endpoints === undefined || endpoints.ready > 0 || target.addresses.length === 0) return [];
  if (probes.some(({ tries }) => tries.some((one) => isReached(one) && one.kind !== 'refused'))) return [];
  return [
    endpoints.all === 0
      ? `no EndpointSlice has an endpoint of ${formatEndpoint(target)}`
      : `${formatEndpoint(target)} has no endpoint that is ready (and ${endpoints.all} that ${endpoints.all === 1 ? 'is' : 'are'} not)`,
  ];
}

/** Where translation is nobody's broken promise, it is explained instead. */
function natNotes(facts: PairFacts, promise: PromiseId): string[] {
  if (promise === 'podToPod') return [];
  return seenSources(facts).flatMap((address) => {
    const nat = classifyNat(address, facts.nat);
    if (nat.kind === 'preserved') return [];
    const why = facts.route.masquerade === undefined ? 'no promise is about it' : facts.route.masquerade;
    return [`${describeNat(address, nat, facts.source, facts.target)} – ${why}`];
  });
}

/** Probes that measured nothing beside others that did; echoes, which few images may send, are no loss. */
const unmeasuredNotes = (facts: PairFacts): string[] =>
  facts.probes.flatMap((probe, index) =>
    isMeasured(summarise(probe.tries).outcome) || (probe.channel === 'icmp' && index > 0) ? [] : [describeProbe(probe)],
  );
