/**
 * Label and field selectors, as the API server reads them
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors,
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/).
 */
import { at, type KubeObject } from './json.js';
import { badRequest, type Failure } from './status.js';

export type Matcher = (object: KubeObject) => boolean;
export type Parsed = { readonly matches: Matcher } | { readonly failure: Failure };

/** Matches everything; told apart from other matchers so that big lists need not be opened. */
export const everything: Matcher = () => true;

interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. */
export function parseLabelSelector(text: string): Parsed {
  if (text.trim() === '') return { matches: everything };
  const requirements: Requirement[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return { failure: badRequest(`unable to parse requirement: ${part.trim()}`) };
    requirements.push(requirement);
  }
  return {
    matches: (object) => {
      const labels = object.metadata.labels ?? {};
      return requirements.every((requirement) => meets(requirement, labels[requirement.key]));
    },
  };
}

const NAME = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const FORMS: readonly (readonly [RegExp, Requirement['operator']])[] = [
  [new RegExp(`^(${NAME})\\s+in\\s*\\(([^()]*)\\)$`), 'in'],
  [new RegExp(`^(${NAME})\\s+notin\\s*\\(([^()]*)\\)$`), 'notin'],
  [new RegExp(`^(${NAME})\\s*!=\\s*(\\S*)$`), 'notin'],
  [new RegExp(`^(${NAME})\\s*==?\\s*(\\S*)$`), 'in'],
  [new RegExp(`^(${NAME})\\s*>\\s*(-?\\d+)$`), 'gt'],
  [new RegExp(`^(${NAME})\\s*<\\s*(-?\\d+)$`), 'lt'],
  [new RegExp(`^!\\s*(${NAME})$`), 'absent'],
  [new RegExp(`^(${NAME})$`), 'exists'],
];

function parseRequirement(text: string): Requirement | undefined {
  for (const [form, operator] of FORMS) {
    const match = form.exec(text);
    if (match !== null) {
      return { key: match[1] ?? '', operator, values: (match[2] ?? '').split(',').map((value) => value.trim()) };
    }
  }
  return undefined;
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Fields that each resource can be selected by, besides its name and namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  services: ['spec.clusterIP', 'spec.type'],
  secrets: ['type'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** `spec.nodeName=node1,status.phase!=Running`. */
export function parseFieldSelector(text: string, plural: string): Parsed {
  if (text.trim() === '') return { matches: everything };
  const terms: { path: string[]; value: string; equal: boolean }[] = [];
  for (const part of text.split(',')) {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
    if (match === null) return { failure: badRequest(`invalid selector: '${text}'; can't understand '${part}'`) };
    const field = match[1] ?? '';
    if (!['metadata.name', 'metadata.namespace', ...(FIELDS[plural] ?? [])].includes(field)) {
      return { failure: badRequest(`field label not supported: ${field}`) };
    }
    terms.push({ path: field.split('.'), value: match[3] ?? '', equal: match[2] !== '!=' });
  }
  return {
    matches: (object) =>
      terms.every(({ path, value, equal }) => {
        const found = path[0] === 'source' ? at(object, 'source', 'component') : at(object, ...path);
        const text =
          found === undefined || found === null || typeof found === 'object'
            ? path.at(-1) === 'hostNetwork' || path.at(-1) === 'unschedulable'
              ? 'false'
              : ''
            : String(found);
        return (text === value) === equal;
      }),
  };
}
