/**
 * What a probe pod on the target's node adds to the verdict on the target itself: it answers everything, so that it shows
 * what source address arrives there, and whether a failure is of the way or of the target.
 */
import { describeEndpoint, type Endpoint } from './endpoint.js';
import type { OutcomeKind } from './outcome.js';
import { describeProbe, type Probe, summarise } from './probe.js';
import type { PromiseVerdict } from './promise.js';
import type { LargestPacket } from './report.js';
import type { PairVerdict } from './verdict.js';

/** How much a search in steps may miss, in bytes. */
const SEARCH_STEP = 8;

/** A note when packets of the interface's size do not pass; none when they do. */
export function sizeNotes(target: Endpoint, size: LargestPacket | undefined): string[] {
  if (size?.interfaceMtu === undefined || size.bytes + SEARCH_STEP >= size.interfaceMtu) return [];
  return [
    `the largest packet that came through to ${describeEndpoint(target)} has ${size.bytes} bytes, and the source’s own interface takes ${size.interfaceMtu}: larger ones are lost`,
  ];
}

const cameTo = (probe: Probe, kind: OutcomeKind): boolean => summarise(probe.tries).outcome.kind === kind;

/** What the neighbour, on which a probe server listens, says of a failure of the target: only an answer shows that the way is whole. */
function besideFailure(target: Endpoint, small: readonly Probe[]): string {
  const neighbour = `${describeEndpoint(target)}, a probe pod on the same node,`;
  const answered = small.find((probe) => cameTo(probe, 'answered'));
  if (answered !== undefined)
    return `${neighbour} does answer: ${describeProbe(answered)}; what does not pass is the target’s own`;
  const refused = small.find((probe) => cameTo(probe, 'refused'));
  return refused === undefined
    ? `${neighbour} does not answer either`
    : `${neighbour} cannot be reached either: ${describeProbe(refused)}; a probe server listens there, so that something on the way, or on its node, rejects`;
}

/**
 * The verdicts on the target, with what its neighbour adds.
 *
 * @param own the verdicts on the target itself, and whether it was reached at all
 */
export function withBeside(
  own: PairVerdict & { readonly failed: boolean },
  beside: { readonly target: Endpoint; readonly probes: readonly Probe[]; readonly size: LargestPacket | undefined },
  verdict: PairVerdict,
): PairVerdict {
  const small = beside.probes.filter((probe) => probe.bytes === undefined && probe.channel !== 'icmp');
  const besideReach = verdict.promises[0];
  const promises = own.promises.map((one, index): PromiseVerdict => {
    if (one.promise === 'withoutNat' && one.verdict === 'notRun')
      return verdict.promises.find(({ promise }) => promise === 'withoutNat') ?? one;
    if (index > 0 || besideReach === undefined) return one;
    if (own.failed) return { ...one, evidence: [...one.evidence, besideFailure(beside.target, small)] };
    // Reached, and packets of another kind or size do not pass to its node: that is broken for the target too.
    return one.verdict === 'holds' && (besideReach.verdict === 'violated' || besideReach.verdict === 'inconclusive')
      ? { ...one, verdict: besideReach.verdict, evidence: [...besideReach.evidence, ...one.evidence] }
      : one;
  });
  const notes = [...own.notes, ...verdict.notes, ...sizeNotes(beside.target, beside.size)];
  return { promises, notes: [...new Set(notes)] };
}
