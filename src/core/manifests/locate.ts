/**
 * Where a field stands in a YAML text: from a field path of an API object to the characters an editor underlines.
 *
 * Answers for one document of plain block or flow YAML, broken ones included (the `yaml` package keeps positions where the
 * rest still parses). What stands inside a text value (JSON in a ConfigMap) is not looked into.
 */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { FieldPath } from '../network/place.js';

/** A piece of a text, in UTF-16 code units from its start; `end` is exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

interface Found {
  /** The key that leads to the value; undefined for items of a list and for the document. */
  readonly key: TextSpan | undefined;
  readonly value: Node | undefined;
}

function spanOf(node: Node | undefined): TextSpan | undefined {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}

function step(node: Node | undefined, name: string | number): Found | undefined {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isScalar(pair.key) || String(pair.key.value) !== String(name)) continue;
      return { key: spanOf(pair.key), value: asNode(pair.value) };
    }
    return undefined;
  }
  if (isSeq(node) && typeof name === 'number') {
    const item = asNode(node.items[name]);
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  return undefined;
}

function asNode(value: unknown): Node | undefined {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : undefined;
}

/** What is underlined: a value that stands on one line, else the key that leads to it, else the start of the value. */
function shown(found: Found, text: string): TextSpan | undefined {
  const value = spanOf(found.value);
  if (value === undefined) return found.key;
  if (isScalar(found.value) && value.end > value.start && !text.slice(value.start, value.end).includes('\n'))
    return value;
  if (found.key !== undefined) return found.key;
  const line = text.indexOf('\n', value.start);
  return { start: value.start, end: line < 0 ? value.end : Math.min(line, value.end) };
}

/**
 * Parses once and answers where fields stand. A field that is not there is answered with the nearest one above it that
 * is; the empty path, and an object without any part of the path, with its name (`metadata.name`), else its first line.
 */
export function fieldLocator(text: string): (path: FieldPath) => TextSpan {
  const root = asNode(parseDocument(text, { logLevel: 'silent', uniqueKeys: false }).contents);
  const walk = (path: FieldPath): TextSpan | undefined => {
    let node = root;
    let best: TextSpan | undefined;
    for (const name of path) {
      const next = step(node, name);
      if (next === undefined) break;
      best = shown(next, text) ?? best;
      node = next.value;
    }
    return best;
  };
  return (path) => walk(path) ?? walk(['metadata', 'name']) ?? firstLine(text);
}

function firstLine(text: string): TextSpan {
  const end = text.indexOf('\n');
  return { start: 0, end: end < 0 ? text.length : end };
}
