/** How a probe ends without a measurement: an error that carries its outcome, and the outcome that an error of the API means. */
import { type Outcome, type UnmeasuredOutcome, words } from '../../core/reach/outcome.js';
import { KubeError } from '../errors.js';

/** A way out of a probe with an outcome instead of a measurement. */
export class NotMeasured extends Error {
  override readonly name = 'NotMeasured';
  readonly outcome: UnmeasuredOutcome;
  constructor(outcome: UnmeasuredOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** The outcome that an error of the API means for a probe; `what` names what was asked for, `right` the right it takes. */
export function outcomeOfError(error: unknown, what: string, right: string): UnmeasuredOutcome {
  if (error instanceof NotMeasured) return error.outcome;
  if (!(error instanceof KubeError)) throw error;
  switch (error.kind) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'forbidden':
      return { kind: 'notPermitted', right, words: words(error.message) };
    case 'notFound':
      return { kind: 'podGone', pod: what };
    default:
      return { kind: 'apiGone', words: words(error.message) };
  }
}

export const isUnmeasured = (outcome: Outcome, kind: UnmeasuredOutcome['kind']): boolean => outcome.kind === kind;
