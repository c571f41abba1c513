/** The shape that every check's file has, and what it finds. `index.ts` is the list. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Place, placeKey } from '../network/place.js';

export const SEVERITIES = ['error', 'warning', 'information', 'hint'] as const;
/** Follows certainty: an error is certain; what is only probably wrong is a warning that says so. */
export type Severity = (typeof SEVERITIES)[number];

/** One place where a finding stands. A finding with two sides has two subjects; each is shown with the others as related. */
export interface Subject {
  readonly place: Place;
  /** `node-1`, `pod shop/web-1`: in words. */
  readonly label: string;
  /** Text at the place, such as `10.244.0.0/24`. */
  readonly text: string;
  /** Node whose tree item this decorates, when there is one. */
  readonly node?: string;
}

/** A computed correction of a document's text. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly place: Place; readonly newText: string }[];
  readonly preferred: boolean;
}

export interface Finding {
  /** Equal for the same finding on the next run: code and places, never counts or times. */
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  /** The fact and its consequence, in one or two sentences. Contains texts from the cluster: show it as text, never as markup. */
  readonly message: string;
  readonly subjects: readonly Subject[];
  /** What was seen, each with what it shows. Never empty. */
  readonly evidence: readonly string[];
  /** More subjects than are listed (lists are capped). */
  readonly moreSubjects: number;
  readonly fixes: readonly Fix[];
}

export interface Check {
  /** `CN101`. Stable for ever: settings, suppressions and links name it. */
  readonly code: string;
  /** `nodePodRangesOverlap`: for tests and logs. */
  readonly name: string;
  readonly title: string;
  /** Markdown for docs/checks.md: what it means, what breaks, what to do, what it does not report. */
  readonly explanation: string;
  readonly source: { readonly sentence: string; readonly url: string };
  readonly run: (network: ClusterNetwork) => readonly Finding[];
}

/** Places a finding lists at the most; the rest is counted in `moreSubjects`. */
export const MAX_SUBJECTS = 20;

/**
 * Builds a finding: caps subjects and computes the identity. `key` tells apart findings of one check that share their
 * first places. `total` counts the subjects where the caller lists only the first ones: a fault may have 100,000.
 */
export function finding(
  check: { readonly code: string },
  parts: {
    readonly severity: Severity;
    readonly message: string;
    readonly subjects: readonly Subject[];
    readonly evidence: readonly string[];
    readonly fixes?: readonly Fix[];
    readonly key?: string;
    readonly total?: number;
  },
): Finding {
  const subjects = parts.subjects.slice(0, MAX_SUBJECTS);
  const identity = parts.key ?? subjects.map((subject) => placeKey(subject.place)).join(' ');
  return {
    id: `${check.code} ${identity}`,
    code: check.code,
    severity: parts.severity,
    message: parts.message,
    subjects,
    evidence: parts.evidence,
    moreSubjects: Math.max(parts.total ?? 0, parts.subjects.length) - subjects.length,
    fixes: parts.fixes ?? [],
  };
}
