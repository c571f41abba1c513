/**
 * What the page of a verification shows: verdicts, culprits and the matrix, in words and in states, and no more of it than
 * can be drawn – of a large cluster only the nodes and paths on which something failed, never all pairs.
 */
import { formatCount } from '../checks/wording.js';
import { describeCell } from './cellWords.js';
import { FULL_MATRIX } from './coverage.js';
import { nodesOfPlace } from './culpritWords.js';
import { type Cell, MEASURE_TITLES, MEASURES, stateOf } from './matrix.js';
import { formatMs } from './outcome.js';
import { PROMISES, type Verdict, VERDICT_TITLES } from './promise.js';
import type { CountedVerdict, VerifyReport } from './verification.js';

export const PATH_STATES = {
  ok: { symbol: '✓', words: 'everything was answered' },
  partly: { symbol: '◐', words: 'part of the traffic does not pass' },
  lossy: { symbol: '~', words: 'packets are lost at times' },
  broken: { symbol: '✕', words: 'nothing passes' },
  misdirected: { symbol: '!', words: 'another host answered' },
  translated: { symbol: '⇄', words: 'the target saw another source address' },
  unknown: { symbol: '?', words: 'could not be measured' },
  untried: { symbol: '·', words: 'not tried' },
} as const satisfies Readonly<Record<string, { readonly symbol: string; readonly words: string }>>;
export type PathState = keyof typeof PATH_STATES;
/** In the order in which one stands for several: the worst first. */
const WORST: readonly PathState[] = ['misdirected', 'broken', 'partly', 'translated', 'lossy', 'unknown', 'ok'];
/** As the matrix carries them, one character a cell. */
const STATE_CODES = Object.keys(PATH_STATES) as readonly PathState[];

export interface ShownPromise {
  readonly title: string;
  readonly scope: string;
  readonly verdict: Verdict;
  readonly verdictTitle: string;
  /** `12 kept, 3 broken`; empty where nothing is counted. */
  readonly counts: string;
  readonly evidence: readonly string[];
  readonly sentence: string;
  readonly url: string;
}
export interface ShownCulprit {
  readonly words: string;
  /** False for what only happens at times. */
  readonly grave: boolean;
  readonly evidence: readonly string[];
  /** Names of the nodes that it names. */
  readonly nodes: readonly string[];
}
/** One thing that was measured, between all nodes that are shown. */
export interface MatrixLayer {
  readonly title: string;
  /** Row by row, a digit a cell: `stateAt`. */
  readonly states: string;
  /** How many paths are in which state, of all that were tried and not only of those shown. */
  readonly counts: Readonly<Partial<Record<PathState, number>>>;
}
export interface ResultMatrix {
  /** Nodes in natural order; `note` says why one was not tried. */
  readonly nodes: readonly { readonly name: string; readonly note: string }[];
  /** Nodes that are left out, because nothing failed from or to them. */
  readonly leftOut: number;
  /** What is drawn first: the first with a failure. */
  readonly first: number;
  readonly layers: readonly MatrixLayer[];
}
export interface ShownFailure {
  readonly from: string;
  readonly to: string;
  readonly state: PathState;
  readonly words: string;
}
export interface ResultView {
  readonly verdict: Verdict;
  readonly headline: string;
  /** Facts of the run, each a short phrase. */
  readonly facts: readonly string[];
  readonly startedAt: string;
  /** Why it ended early; empty when it did not. */
  readonly stopped: string;
  readonly left: readonly string[];
  readonly promises: readonly ShownPromise[];
  readonly culprits: readonly ShownCulprit[];
  readonly matrix: ResultMatrix | undefined;
  /** Paths on which something failed, the first few. */
  readonly failures: readonly ShownFailure[];
  readonly moreFailures: number;
  readonly notes: readonly string[];
}

/** Failed paths that are listed one by one. */
const MAX_FAILURES = 200;
/** Sentences of one promise or culprit. */
const MAX_EVIDENCE = 20;

/** The state at a row and a column of a layer. */
export function stateAt(matrix: ResultMatrix, layer: MatrixLayer, row: number, column: number): PathState {
  return STATE_CODES[Number(layer.states[row * matrix.nodes.length + column])] ?? 'untried';
}

const isOnPodNetwork = (cell: Cell): boolean => cell.source === 'pod' && (cell.role === 'pod' || cell.role === 'peer');

/** The verdict that stands for all of them. What nobody promised does not count. */
export function overallVerdict(report: Pick<VerifyReport, 'promises' | 'stopped'>): Verdict {
  const verdicts = new Set(report.promises.map((one) => one.verdict));
  if (verdicts.has('violated')) return 'violated';
  if (verdicts.size === 0) return 'notRun';
  if (report.stopped !== '' || verdicts.has('inconclusive') || verdicts.has('notRun')) return 'inconclusive';
  return verdicts.has('blockedByPolicy') ? 'blockedByPolicy' : 'holds';
}

export function headlineOf(report: Pick<VerifyReport, 'promises' | 'stopped'>): string {
  const count = (verdict: Verdict): number => report.promises.filter((one) => one.verdict === verdict).length;
  const several = (number: number, one: string, many: string): string =>
    number === 1 ? `1 promise ${one}` : `${number} promises ${many}`;
  switch (overallVerdict(report)) {
    case 'violated':
      return several(count('violated'), 'of the network model is violated', 'of the network model are violated');
    case 'notRun':
      return 'Nothing was measured';
    case 'inconclusive':
      return report.stopped === ''
        ? `No violation was found, and ${several(count('inconclusive') + count('notRun'), 'could not be told', 'could not be told')}`
        : 'No violation was found before it ended';
    case 'blockedByPolicy':
      return 'Every promise holds, but for what NetworkPolicies block';
    case 'holds':
    case 'notPromised':
      return 'Every promise of the network model holds';
  }
}

function promiseOf({ promise, scope, verdict, evidence, ...counts }: CountedVerdict): ShownPromise {
  const { title, sentence, url } = PROMISES[promise];
  const parts = [
    [counts.kept, 'kept'],
    [counts.broken, 'broken'],
    [counts.blocked, 'blocked'],
    [counts.unknown, 'not known'],
  ] as const;
  return {
    title,
    scope,
    verdict,
    verdictTitle: VERDICT_TITLES[verdict],
    counts: parts
      .filter(([count]) => count > 0)
      .map(([count, word]) => `${formatCount(count)} ${word}`)
      .join(', '),
    evidence: evidence.slice(0, MAX_EVIDENCE),
    sentence,
    url,
  };
}

/** What a single cell says of its path. */
function stateOfCell(cell: Cell, report: VerifyReport, translation: boolean): PathState {
  const state = stateOf(cell);
  if (state !== 'ok' || !translation || cell.seenSource === '' || !isOnPodNetwork(cell)) return state;
  const own = report.nodes[cell.from]?.podAddresses ?? [];
  return own.includes(cell.seenSource) ? 'ok' : 'translated';
}

interface Sheet {
  readonly title: string;
  readonly states: ReadonlyMap<number, PathState>;
}

/** The states of a set of cells, by path. Where some kinds of traffic pass and others do not, the path is partly broken. */
function sheet(title: string, cells: readonly Cell[], report: VerifyReport, translation: boolean): Sheet {
  const { length } = report.nodes;
  const seen = new Map<number, Set<PathState>>();
  for (const cell of cells) {
    const key = cell.from * length + cell.to;
    const states = seen.get(key) ?? new Set<PathState>();
    states.add(stateOfCell(cell, report, translation));
    seen.set(key, states);
  }
  const states = new Map<number, PathState>();
  for (const [key, all] of seen) {
    const partly = all.has('broken') && [...all].some((one) => one !== 'broken' && one !== 'unknown');
    states.set(key, partly ? 'partly' : (WORST.find((one) => all.has(one)) ?? 'unknown'));
  }
  return { title, states };
}

const isBad = (state: PathState): boolean => !['ok', 'unknown', 'untried'].includes(state);

function sheetsOf(report: VerifyReport, translation: boolean): Sheet[] {
  const pods = report.cells.filter(isOnPodNetwork);
  const families = ([4, 6] as const).filter((family) => pods.some((cell) => cell.family === family));
  const name = (title: string, family: number): string => (families.length > 1 ? `${title}, IPv${family}` : title);
  // Echoes alone accuse nobody: networks may drop them on purpose.
  const traffic = pods.filter((cell) => cell.measure !== 'icmp');
  const some = (title: string, cells: readonly Cell[]): Sheet[] =>
    cells.length === 0 ? [] : [sheet(title, cells, report, translation)];
  return [
    ...some('Pod to pod: all traffic', traffic.length > 0 ? traffic : pods),
    ...families.flatMap((family) =>
      MEASURES.flatMap((measure) =>
        some(
          name(`Pod to pod: ${MEASURE_TITLES[measure]}`, family),
          pods.filter((cell) => cell.family === family && cell.measure === measure),
        ),
      ),
    ),
    ...some(
      'Pod to node',
      report.cells.filter((cell) => cell.source === 'pod' && cell.role === 'node'),
    ),
    ...some(
      'Node to pod',
      report.cells.filter((cell) => cell.source === 'host' && (cell.role === 'pod' || cell.role === 'peer')),
    ),
  ];
}

function matrixOf(report: VerifyReport, sheets: readonly Sheet[]): ResultMatrix | undefined {
  const { length } = report.nodes;
  if (sheets.length === 0) return undefined;
  let shown = report.nodes.map((_, index) => index);
  if (length > FULL_MATRIX) {
    const failing = new Map<number, number>();
    for (const { states } of sheets)
      for (const [key, state] of states) {
        if (!isBad(state)) continue;
        for (const node of [Math.floor(key / length), key % length]) failing.set(node, (failing.get(node) ?? 0) + 1);
      }
    shown = [...failing]
      .sort(([a, failuresOfA], [b, failuresOfB]) => failuresOfB - failuresOfA || a - b)
      .slice(0, FULL_MATRIX)
      .map(([node]) => node)
      .sort((a, b) => a - b);
  }
  const layers = sheets.map(({ title, states }): MatrixLayer => {
    const counts: Partial<Record<PathState, number>> = {};
    for (const state of states.values()) counts[state] = (counts[state] ?? 0) + 1;
    const codes = shown.flatMap((from) =>
      shown.map((to) => STATE_CODES.indexOf(states.get(from * length + to) ?? 'untried')),
    );
    return { title, counts, states: codes.join('') };
  });
  const first = sheets.findIndex(({ states }) => [...states.values()].some(isBad));
  return {
    nodes: shown.flatMap((index) => {
      const node = report.nodes[index];
      return node === undefined ? [] : [{ name: node.name, note: node.notProbed }];
    }),
    leftOut: length - shown.length,
    first: Math.max(0, first),
    layers,
  };
}

function failuresOf(report: VerifyReport, translation: boolean): { shown: ShownFailure[]; more: number } {
  const name = (index: number): string => report.nodes[index]?.name ?? '';
  const bad = report.cells
    .map((cell) => ({ cell, state: stateOfCell(cell, report, translation) }))
    .filter(({ state }) => isBad(state));
  const shown = bad.slice(0, MAX_FAILURES).map(({ cell, state }) => ({
    from: name(cell.from),
    to: cell.role === 'existing' ? cell.name : name(cell.to),
    state,
    words: sentenceOf(cell, report, state),
  }));
  return { shown, more: bad.length - shown.length };
}

const sentenceOf = (cell: Cell, report: VerifyReport, state: PathState): string =>
  state === 'translated'
    ? `${describeCell(cell, report)}; the target saw it come from ${cell.seenSource}`
    : describeCell(cell, report);

/** Address translation is pointed out where it breaks the promise; elsewhere it is by design. */
const showsTranslation = (report: VerifyReport): boolean =>
  report.promises.some((one) => one.promise === 'withoutNat' && one.verdict === 'violated');

/** Everything that was measured from one node to another, or within one, in sentences that do not name the two again. */
export function pathDetails(report: VerifyReport, from: string, to: string): string[] {
  const translation = showsTranslation(report);
  const cells = report.cells.filter(
    (cell) => report.nodes[cell.from]?.name === from && report.nodes[cell.to]?.name === to && cell.role !== 'existing',
  );
  return cells.map((cell) => {
    const sentence = sentenceOf(cell, report, stateOfCell(cell, report, translation));
    const names = `${from} → ${to}, `;
    const rest = sentence.startsWith(names) ? sentence.slice(names.length) : sentence;
    return cell.role === 'node' ? `to the node itself, ${rest}` : rest;
  });
}

export function resultView(report: VerifyReport): ResultView {
  const translation = showsTranslation(report);
  const sheets = sheetsOf(report, translation);
  const failures = failuresOf(report, translation);
  const { coverage } = report.plan;
  const tried = report.nodes.filter((node) => node.notProbed === '').length;
  return {
    verdict: overallVerdict(report),
    headline: headlineOf(report),
    facts: [
      `${formatCount(tried)} of ${formatCount(report.nodes.length)} nodes`,
      ...(coverage.strides === undefined
        ? ['every pair of nodes']
        : [`${formatCount(coverage.pairs)} pairs of nodes, ${(coverage.share * 100).toFixed(2)} % of all`]),
      `${formatCount(report.cells.length)} measurements`,
      formatMs(report.durationMs),
    ],
    startedAt: report.startedAt,
    stopped: report.stopped,
    left: report.left,
    promises: report.promises.map(promiseOf),
    culprits: report.culprits.map(({ culprit, words, evidence }) => ({
      words,
      grave: culprit.trouble !== 'loss',
      evidence: evidence.slice(0, MAX_EVIDENCE),
      nodes: nodesOfPlace(culprit.place).flatMap((index) => report.nodes[index]?.name ?? []),
    })),
    matrix: matrixOf(report, sheets),
    failures: failures.shown,
    moreFailures: failures.more,
    notes: report.notes,
  };
}
