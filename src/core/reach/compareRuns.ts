/** What a verification found that is different from what an earlier one of the same cluster found. */
import { PROMISES, VERDICT_TITLES } from './promise.js';
import type { CountedVerdict, VerifyReport } from './verification.js';

export interface RunChanges {
  /** Verdicts that are others now, in sentences. */
  readonly verdicts: readonly string[];
  /** Culprits that were not there before, and that are gone. */
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

const keyOf = ({ promise, scope }: CountedVerdict): string => `${promise} ${scope}`;
const nameOf = ({ promise, scope }: CountedVerdict): string =>
  `${PROMISES[promise].title}${scope === '' ? '' : `, ${scope}`}`;

/** Both must have measured something; else nothing can be said. */
export function compareRuns(
  before: Pick<VerifyReport, 'promises' | 'culprits'>,
  now: Pick<VerifyReport, 'promises' | 'culprits'>,
): RunChanges {
  const earlier = new Map(before.promises.map((one) => [keyOf(one), one]));
  const verdicts = now.promises.flatMap((one) => {
    const was = earlier.get(keyOf(one));
    return was === undefined || was.verdict === one.verdict
      ? []
      : [`${nameOf(one)}: ${VERDICT_TITLES[one.verdict]}, before: ${VERDICT_TITLES[was.verdict]}`];
  });
  const wordsOf = (report: Pick<VerifyReport, 'culprits'>): string[] => report.culprits.map(({ words }) => words);
  const [old, current] = [new Set(wordsOf(before)), new Set(wordsOf(now))];
  return {
    verdicts,
    appeared: [...current].filter((words) => !old.has(words)),
    gone: [...old].filter((words) => !current.has(words)),
  };
}
