/**
 * Label selectors, as the API defines them. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 *
 * Answers with three values: what cannot be told – labels that were not read, an operator that does not exist – is neither
 * a match nor none.
 */
import { at, isObject, listOf, textMapOf, textOf, textsOf } from '../network/json.js';

export type Labels = Readonly<Record<string, string>>;

export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}
/** All requirements must hold; none at all selects everything. */
export interface Selector {
  readonly requirements: readonly Requirement[];
}

/** Yes, no, or it cannot be told. */
export type Tri = boolean | undefined;

/** Reads a `LabelSelector`; undefined when the field is absent, which is not the same as empty. */
export function readSelector(value: unknown): Selector | undefined {
  if (!isObject(value)) return undefined;
  const exact = Object.entries(textMapOf(at(value, 'matchLabels'))).map(([key, text]) => ({
    key,
    operator: 'In',
    values: [text],
  }));
  const expressions = listOf(at(value, 'matchExpressions')).map((expression) => ({
    key: textOf(at(expression, 'key')),
    operator: textOf(at(expression, 'operator')),
    values: textsOf(at(expression, 'values')),
  }));
  return { requirements: [...exact, ...expressions] };
}

function holds({ key, operator, values }: Requirement, labels: Labels): Tri {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return undefined;
  }
}

/** Whether the selector selects what has these labels; `labels` undefined: they could not be read. */
export function selects(selector: Selector, labels: Labels | undefined): Tri {
  if (selector.requirements.length === 0) return true;
  if (labels === undefined) return undefined;
  return all(selector.requirements.map((requirement) => holds(requirement, labels)));
}

/** No when one is no; else unknown when one is; else yes. */
export function all(values: readonly Tri[]): Tri {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

/** Yes when one is yes; else unknown when one is; else no. */
export function some(values: readonly Tri[]): Tri {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}
