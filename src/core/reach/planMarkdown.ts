/** A plan as a Markdown page: every object that would be created, the rights, what is tried, how long, and what remains. */
import { agree, counted, formatCount } from '../checks/wording.js';
import { bullet, codeBlock, escapeMarkdown, markdownTable } from './markdownText.js';
import { missingRights, type PlannedObject, type PlannedRight } from './plan.js';
import { formatSource, type Means, type ProbePlan, type ProbeTarget } from './report.js';
import type { VerifyPlan } from './verification.js';

/** What is tried of a plan, in phrases for a list. */
export function planFacts(plan: VerifyPlan): string[] {
  const { coverage } = plan;
  return [
    coverage.strides === undefined
      ? `${counted(coverage.pairs, 'path')} between ${counted(coverage.nodes, 'node')}: every node tries every other`
      : `${formatCount(coverage.pairs)} paths between ${formatCount(coverage.nodes)} nodes, ${(coverage.share * 100).toFixed(2)} % of all: each node is source and target ${coverage.perNode} times, and more is tried around what fails`,
    `${counted(coverage.sessions, 'exec session')}, about ${formatCount(Math.ceil(plan.bytes / 1000))} kB to and from the API server`,
    plan.existingPods === 0
      ? 'no pod that is there already is contacted'
      : `${counted(plan.existingPods, 'pod')} that are there already, with one connection each that is closed at once`,
    ...(plan.sources === 0
      ? []
      : [
          `before anything is created, a connection in ${counted(plan.sources, 'pod')} that ${agree(plan.sources, 'is', 'are')} there already, with the tools of their images`,
        ]),
    ...plan.leftOut.map(({ node, why }) => `not ${node}: ${why}`),
  ];
}

/** Why a plan cannot be run; empty when it can. */
export function planObstacles(plan: Pick<VerifyPlan, 'rights' | 'rejected'>): string[] {
  return [
    ...missingRights(plan.rights).map((right) => `the right to ${right} is missing`),
    ...(plan.rejected === '' ? [] : [`the server does not let probe pods in: ${plan.rejected}`]),
  ];
}

/** What an object's manifest is, on a page. A manifest that is not JSON is shown as it came. */
function objectSection({ kind, namespace, name, purpose, manifest }: PlannedObject): string[] {
  return [
    `### ${escapeMarkdown(`${kind} ${namespace}/${name}`)}`,
    '',
    escapeMarkdown(purpose),
    '',
    codeBlock('json', manifest),
    '',
  ];
}

export const rightsTable = (rights: readonly PlannedRight[]): string =>
  markdownTable(
    ['Right', 'Namespace', 'What for', 'There?'],
    rights.map(({ verb, resource, namespace, purpose, optional, allowed }) => [
      `${verb} ${resource}`,
      namespace,
      purpose,
      allowed ? 'yes' : optional ? 'no (it goes without)' : 'NO',
    ]),
  );

/** @param context the kubeconfig's context, which the page names */
export function planMarkdown(plan: VerifyPlan, context: string): string {
  const obstacles = planObstacles(plan);
  return [
    `# Plan: verify the network model of ${escapeMarkdown(context)}`,
    '',
    'Nothing of this exists yet.',
    '',
    ...(obstacles.length === 0 ? [] : ['## Why it cannot be run', '', ...obstacles.map(bullet), '']),
    '## What is created',
    '',
    bullet(
      `${counted(plan.objects.length, 'object')} in namespace ${plan.namespace}, which make ${counted(plan.pods, 'pod')}`,
    ),
    bullet(`image ${plan.image}`),
    '',
    markdownTable(
      ['Object', 'Name', 'What for'],
      plan.objects.map(({ kind, name, purpose }) => [kind, name, purpose]),
    ),
    '',
    '## What is tried',
    '',
    ...planFacts(plan).map(bullet),
    '',
    '## How long, and what remains',
    '',
    bullet(`about ${plan.seconds} s when everything answers`),
    bullet('at the end, and when it is cancelled, everything is deleted: nothing remains'),
    bullet(
      `should this window or machine go away meanwhile, the server deletes everything ${plan.lifetimeSeconds} s after the start`,
    ),
    '',
    '## Rights',
    '',
    rightsTable(plan.rights),
    '',
    '## The objects in full',
    '',
    ...plan.objects.flatMap(objectSection),
  ].join('\n');
}

/** What a means is called in lists. */
export const MEANS_TITLES: Readonly<Record<Means, string>> = {
  exec: 'in the pod’s own container',
  ephemeral: 'in an ephemeral container added to the pod',
  pods: 'by short-lived probe pods',
};

const formatTarget = (target: ProbeTarget): string => {
  switch (target.kind) {
    case 'address':
      return target.address;
    case 'node':
      return `node ${target.name}`;
    case 'pod':
    case 'service':
      return `${target.kind} ${target.namespace}/${target.name}`;
  }
};

/** `pod shop/web-1 → service shop/api`. */
export const pairTitle = ({ request }: Pick<ProbePlan, 'request'>): string =>
  `${formatSource(request.source)} → ${formatTarget(request.target)}`;

/** Why the means was chosen, and the ones before it were not: a sentence each. */
export const meansFacts = (plan: ProbePlan): string[] =>
  plan.considered.map(({ means, usable, why }) => `${MEANS_TITLES[means]}: ${usable ? 'yes' : 'no'}, ${why}`);

/** @param context the kubeconfig's context, which the page names */
export function probePlanMarkdown(plan: ProbePlan, context: string): string {
  return [
    `# Plan: probe ${escapeMarkdown(pairTitle(plan))} in ${escapeMarkdown(context)}`,
    '',
    'Nothing of this exists yet.',
    '',
    '## How it is probed',
    '',
    ...meansFacts(plan).map(bullet),
    '',
    ...(plan.objects.length === 0
      ? []
      : [
          '## What is created or changed',
          '',
          bullet(`image ${plan.image}`),
          '',
          markdownTable(
            ['Object', 'Namespace', 'Name', 'What for'],
            plan.objects.map(({ kind, namespace, name, purpose }) => [kind, namespace, name, purpose]),
          ),
          '',
        ]),
    '## How long, and what remains',
    '',
    bullet(`about ${plan.seconds} s when everything answers`),
    bullet(plan.remains === '' ? 'nothing remains' : plan.remains),
    ...(plan.lifetimeSeconds === 0
      ? []
      : [
          bullet(
            `should this window or machine go away meanwhile, it ends by itself ${plan.lifetimeSeconds} s after the start`,
          ),
        ]),
    '',
    ...(plan.rights.length === 0 ? [] : ['## Rights', '', rightsTable(plan.rights), '']),
    ...(plan.objects.length === 0 ? [] : ['## The objects in full', '', ...plan.objects.flatMap(objectSection)]),
  ].join('\n');
}
