/**
 * Where a field stands in a text: from a field path of an API object to the characters an editor underlines.
 *
 * Answers for one document of YAML, broken ones included, and for JSON or YAML inside its text values
 * (`data['net-conf.json'].Network`).
 */
import type { FieldPath } from '../network/place.js';
import { child, parseYaml, type TextSpan, type Value } from './value.js';

export type { TextSpan } from './value.js';

/** What is underlined: a value that stands on one line, else the key that leads to it, else the start of the value. */
function shown(value: Value | undefined, key: TextSpan | undefined, text: string): TextSpan | undefined {
  if (value === undefined) return key;
  const { span } = value;
  if (value.kind === 'scalar' && span.end > span.start && !text.slice(span.start, span.end).includes('\n')) return span;
  if (key !== undefined) return key;
  const line = text.indexOf('\n', span.start);
  return { start: span.start, end: line < 0 ? span.end : Math.min(line, span.end) };
}

/** The place of a part of a scalar, such as one CIDR of a comma-separated list; the whole scalar when it is not found. */
function partOf(value: Value, part: string): TextSpan {
  const at = value.text.indexOf(part);
  return (at < 0 ? undefined : value.spanWithin(at, at + part.length)) ?? value.span;
}

/** Answers where a field stands. */
export type FieldLocator = (path: FieldPath, part?: string) => TextSpan;

/**
 * Where fields stand below `root`. A field that is not there is answered with the nearest one above it that is; the empty
 * path, and an object without any part of the path, with its name (`metadata.name`), else with `fallback`. `part` narrows
 * the answer to that piece of the field's text.
 */
export function locatorOf(root: Value | undefined, text: string, fallback: TextSpan): FieldLocator {
  const walk = (path: FieldPath, part?: string): TextSpan | undefined => {
    let value = root;
    let best: TextSpan | undefined;
    let steps = 0;
    for (const step of path) {
      const next: ReturnType<typeof child> = value && child(value, step);
      if (next === undefined) break;
      best = shown(next.value, next.key, text) ?? best;
      value = next.value;
      steps++;
    }
    if (
      part !== undefined &&
      part !== '' &&
      steps === path.length &&
      value?.kind === 'scalar' &&
      value.text.includes(part)
    ) {
      return partOf(value, part);
    }
    return best;
  };
  return (path, part) => walk(path, part) ?? walk(['metadata', 'name']) ?? fallback;
}

/** Parses once and answers where fields stand. */
export function fieldLocator(text: string): FieldLocator {
  const end = text.indexOf('\n');
  return locatorOf(parseYaml(text), text, { start: 0, end: end < 0 ? text.length : end });
}
