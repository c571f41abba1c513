/** The report as text for people: nodes, ranges, findings with their evidence, and what could not be read. */
import { formatRange } from '../core/ip/range.js';
import { SEVERITIES, type Finding, type Severity } from '../core/checks/check.js';
import { counted } from '../core/checks/wording.js';
import { ROLES, type Role } from '../core/network/claim.js';
import { formatPlace } from '../core/network/place.js';
import { printable } from '../kube/errors.js';
import type { ClaimSummary, NodeSummary } from '../kube/session.js';
import { documentationOf } from './documentation.js';
import type { Reported } from './picture.js';

/** Lines of a table at the most; `--json` has everything. */
const MAX_ROWS = 50;
const MAX_RANGES_OF_A_ROLE = 20;

const ROLE_TITLES: Readonly<Record<Role, string>> = {
  'pod-cluster': 'Pods, of the cluster',
  'pod-pool': 'Pods, pools',
  'pod-namespace': 'Pods, of namespaces',
  'pod-node': 'Pods, of nodes',
  service: 'Services',
  node: 'Nodes',
  'load-balancer': 'Load balancers',
  join: 'Internal ranges of the solution',
  reserved: 'Reserved',
  docker: 'Docker',
  workstation: 'This workstation',
};

/** Columns as wide as their widest cell, two blanks apart. Texts of the cluster are made harmless for a terminal. */
function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths = (clean[0] ?? []).map((_, column) => Math.max(...clean.map((row) => (row[column] ?? '').length)));
  return clean.map((row) =>
    (indent + row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).trimEnd(),
  );
}

/** At most so many items, and a line that counts the others. */
function limited<T>(
  items: readonly T[],
  most: number,
  what: string,
): { readonly told: readonly T[]; readonly rest: string[] } {
  const told = items.length > most ? items.slice(0, most) : items;
  return {
    told,
    rest:
      told.length === items.length ? [] : [`  and ${counted(items.length - told.length, what)} more (--json has all)`],
  };
}

function head({ source, simulated, readAt, picture }: Reported): string[] {
  const { reading } = picture;
  const solution =
    reading.confidence === 'none'
      ? 'not recognised'
      : `${reading.title}${reading.version === undefined ? '' : ` ${reading.version}`} (${reading.confidence})`;
  const evidence = reading.evidence.map(({ fact }) => fact).join('; ');
  const rows = [
    ...(source.kind === 'objects'
      ? [['Objects', source.files.join(', ')]]
      : [
          ['Context', source.context],
          [
            'Server',
            `${source.server}, Kubernetes ${source.version}${source.insecure ? ', connection not protected' : ''}`,
          ],
        ]),
    ['As of', readAt],
    ['Solution', evidence === '' ? solution : `${solution}: ${evidence}`],
    [
      'Pods',
      `${counted(picture.podCount, 'pod')}${picture.unscheduledCount === 0 ? '' : `, ${picture.unscheduledCount} without a node`}`,
    ],
  ];
  return [...(simulated ? ['SIMULATED CLUSTER: no machine runs it.', ''] : []), ...table(rows, '')];
}

const usedText = (used: boolean | undefined): string => (used === false ? ' (unused)' : '');

function nodes(list: readonly NodeSummary[]): string[] {
  if (list.length === 0) return [];
  const { told, rest } = limited(list, MAX_ROWS, 'node');
  const rows = told.map((node) => [
    node.name,
    node.ready,
    node.internalIPs.join(' '),
    node.ranges
      .map((range) => `${range.text}${range.problem === undefined ? usedText(range.used) : ` (${range.problem})`}`)
      .join(' ') || 'none',
    String(node.podCount),
  ]);
  return ['', 'Nodes', ...table([['NAME', 'STATE', 'ADDRESSES', 'POD RANGES', 'PODS'], ...rows]), ...rest];
}

function use({ claim, size, usedAddresses }: ClaimSummary): string {
  const parts = [
    counted(BigInt(size), 'address', 'addresses'),
    ...(usedAddresses === undefined ? [] : [`${usedAddresses} in use`]),
    ...(claim.used === false ? ['unused'] : claim.repeats === true ? ['repeats'] : []),
  ];
  return parts.join(', ');
}

function ranges(claims: readonly ClaimSummary[]): string[] {
  const lines: string[] = [];
  for (const role of ROLES) {
    const ofRole = claims.filter(({ claim }) => claim.role === role);
    if (ofRole.length === 0) continue;
    const { told, rest } = limited(ofRole, MAX_RANGES_OF_A_ROLE, 'range');
    lines.push(
      `  ${ROLE_TITLES[role]}`,
      ...table(
        told.map((summary) => [
          formatRange(summary.claim.range),
          summary.claim.owner,
          summary.claim.provenance,
          use(summary),
          formatPlace(summary.claim.place),
        ]),
        '    ',
      ),
      ...rest.map((line) => `  ${line}`),
    );
  }
  return lines.length === 0 ? [] : ['', 'Ranges', ...lines];
}

function finding(found: Finding): string[] {
  const more = found.moreSubjects === 0 ? [] : [`    and ${counted(found.moreSubjects, 'more place')}`];
  return [
    `  ${found.severity} ${found.code}: ${printable(found.message)}`,
    ...found.subjects.map(({ place, text }) => `    at ${printable(formatPlace(place))}: ${printable(text)}`),
    ...more,
    ...found.evidence.map((line) => `    seen: ${printable(line)}`),
    `    ${documentationOf(found.code)}`,
  ];
}

/** How many findings of each severity. */
export function countsOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

const NOUNS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'information',
  hint: 'hint',
};

function summary(findings: readonly Finding[], complete: boolean): string {
  const counts = countsOf(findings);
  const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) =>
    counted(counts[severity], NOUNS[severity], severity === 'information' ? 'information' : `${NOUNS[severity]}s`),
  );
  if (parts.length > 0) return `${parts.join(', ')}.`;
  return complete ? 'No findings.' : 'No findings in what was read.';
}

/** The whole report, ending in a line break. */
export function reportText(reported: Reported): string {
  const { picture } = reported;
  const lines = [
    ...head(reported),
    ...nodes(picture.nodes),
    ...ranges(picture.claims),
    ...(picture.findings.length === 0 ? [] : ['', 'Findings', ...picture.findings.flatMap(finding)]),
    ...(picture.gaps.length === 0
      ? []
      : ['', 'Not read', ...table(picture.gaps.map((gap) => [gap.resource, gap.reason, gap.detail]))]),
    '',
    summary(picture.findings, picture.gaps.length === 0),
  ];
  return `${lines.join('\n')}\n`;
}
