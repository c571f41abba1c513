/** A verification as text for people and as JSON: the plan, what goes on, verdicts, culprits, the matrix. */
import { counted } from '../core/checks/wording.js';
import { type Cell, MEASURE_TITLES, MEASURES, stateOf } from '../core/reach/matrix.js';
import { formatMs } from '../core/reach/outcome.js';
import { PROMISES, VERDICT_TITLES } from '../core/reach/promise.js';
import type { VerifyPlan, VerifyProgress, VerifyReport } from '../core/reach/verification.js';
import { printable } from '../kube/errors.js';

/** Lines made harmless for a terminal, their indentation kept. */
const text = (lines: readonly string[]): string =>
  lines.map((line) => `${' '.repeat(line.length - line.trimStart().length)}${printable(line)}\n`).join('');

/** What would be created, which rights it takes, what is tried, and what remains. */
export function planText(plan: VerifyPlan): string {
  const { coverage } = plan;
  const missing = plan.rights.filter((right) => !right.allowed);
  const share =
    coverage.strides === undefined
      ? 'all of them'
      : `${(coverage.share * 100).toFixed(2)} % of them: each node as source and as target ${coverage.perNode} times, and more around what fails`;
  return text([
    `Plan ${plan.run}: verify the network model on ${counted(coverage.nodes, 'node')}`,
    '',
    `Creates in namespace ${plan.namespace}, with the image ${plan.image}:`,
    ...plan.objects.map((object) => `  ${object.kind} ${object.name}: ${object.purpose}`),
    `  that is ${counted(plan.pods, 'pod')}, and no other object`,
    '',
    `Tries ${counted(coverage.pairs, 'path')} between nodes (${share}),`,
    `  in ${counted(coverage.sessions, 'session')} of about ${Math.ceil(plan.bytes / 1000)} kB in all`,
    plan.existingPods === 0
      ? '  and no pod that is there already'
      : `  and ${counted(plan.existingPods, 'pod')} that were there already, with a connection that is closed at once`,
    ...(plan.sources === 0
      ? []
      : [
          `  and, before anything is created, a connection in ${counted(plan.sources, 'pod')} that ${plan.sources === 1 ? 'is' : 'are'} there already, with the tools of their images`,
        ]),
    ...plan.leftOut.map(({ node, why }) => `  not ${node}: ${why}`),
    '',
    `Takes about ${plan.seconds} s when everything answers. At the end everything is deleted; were this program killed,`,
    `  the server would do it ${plan.lifetimeSeconds} s after the start.`,
    ...(missing.length === 0 ? ['Every right that it takes is there.'] : ['Rights that are missing:']),
    ...missing.map(
      ({ verb, resource, namespace, purpose, optional }) =>
        `  ${verb} ${resource} in namespace ${namespace}, for ${purpose}${optional ? ' (it goes without)' : ''}`,
    ),
    ...(plan.rejected === '' ? [] : [`The server does not let probe pods in: ${plan.rejected}`]),
  ]);
}

/** One line for what is going on. */
export function progressText(progress: VerifyProgress): string {
  switch (progress.step) {
    case 'before':
      return `trying ${counted(progress.paths, 'path')} between pods that are there already\n`;
    case 'creating':
      return `creating ${progress.object}\n`;
    case 'starting':
      return `starting probe pods: ${progress.ready} of ${progress.wanted} ready\n`;
    case 'probing':
      return `probing: ${progress.done} of ${counted(progress.sessions, 'session')} done\n`;
    case 'confirming':
      return `trying ${counted(progress.paths, 'path')} again\n`;
    case 'cleaning':
      return 'deleting what was created\n';
  }
}

export function verifyText(report: VerifyReport): string {
  const indented = (lines: readonly string[], by = '    '): string[] => lines.map((line) => `${by}${line}`);
  return text([
    '',
    ...(report.stopped === '' ? [] : [`Stopped: ${report.stopped}`, '']),
    ...report.promises.flatMap(({ promise, scope, verdict, evidence }) => [
      `${VERDICT_TITLES[verdict].toUpperCase().padEnd(18)} ${PROMISES[promise].title}${scope === '' ? '' : `, ${scope}`}`,
      ...indented(evidence),
    ]),
    ...(report.culprits.length === 0 ? [] : ['', 'Culprits']),
    ...report.culprits.flatMap(({ words, evidence }) => [`  ${words}`, ...indented(evidence)]),
    ...(report.notes.length === 0 ? [] : ['', 'Notes', ...indented(report.notes, '  ')]),
    ...matrixText(report),
    '',
    [
      `${counted(report.sessions, 'session')}, ${formatMs(report.durationMs)}`,
      ...report.phases.map(({ name, ms }) => `${name} ${formatMs(ms)}`),
    ].join(', '),
    ...(report.left.length === 0
      ? []
      : [`Not deleted yet; the server does it at its deadline: ${report.left.join(', ')}`]),
  ]);
}

/** Nodes of a matrix that fits a terminal; `--json` has all cells. */
const MAX_NODES = 16;
const SIGNS = { ok: '+', lossy: '~', broken: 'x', misdirected: '!', unknown: '?' } as const;
const sign = (cell: Cell | undefined): string => (cell === undefined ? '.' : SIGNS[stateOf(cell)]);

/** A table for each measure and family in which something is not as it should be. */
function matrixText(report: VerifyReport): string[] {
  const names = report.nodes.map((node) => node.name);
  if (names.length < 2 || names.length > MAX_NODES) return [];
  const width = Math.max(...names.map((name) => name.length));
  const own = report.cells.filter((cell) => cell.source === 'pod' && (cell.role === 'pod' || cell.role === 'peer'));
  return ([4, 6] as const).flatMap((family) =>
    MEASURES.flatMap((measure) => {
      const cells = own.filter((cell) => cell.family === family && cell.measure === measure);
      if (cells.every((cell) => stateOf(cell) === 'ok' || stateOf(cell) === 'unknown')) return [];
      return [
        '',
        `${MEASURE_TITLES[measure]}${family === 6 ? ' over IPv6' : ''}, from (rows) to (columns): + answered, ~ at times, x not, ! by another host, ? not measured, . not tried`,
        `  ${' '.repeat(width)}  ${names.join('  ')}`,
        ...names.map((name, from) => {
          const row = names.map((column, to) =>
            sign(cells.find((cell) => cell.from === from && cell.to === to)).padEnd(column.length),
          );
          return `  ${name.padEnd(width)}  ${row.join('  ')}`;
        }),
      ];
    }),
  );
}

/** The report as it is, with the official sentences of its promises. */
export const verifyJson = (report: VerifyReport): unknown => ({
  ...report,
  promises: report.promises.map((one) => ({ ...PROMISES[one.promise], ...one })),
  culprits: report.culprits.map(({ culprit: { trouble, place, directionSeen }, words, evidence }) => ({
    words,
    trouble,
    place,
    directionSeen,
    evidence,
  })),
});
