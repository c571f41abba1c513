/**
 * A text's YAML documents, and which of them are network configuration.
 *
 * Answers for: splitting without parsing, and parsing only what a kind's words are found in – a 13,000-line manifest holds
 * two or three documents that matter.
 */
import { parseYaml, type TextSpan, type Value, valueAt } from './value.js';

export interface ManifestDocument {
  readonly uri: string;
  /** The document's piece of the text. */
  readonly span: TextSpan;
  readonly text: string;
  /** Values of it carry places in the whole text. */
  readonly root: Value;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Longest text that is looked at, in UTF-16 code units. Editors stop colouring long before. */
export const MAX_TEXT = 5_000_000;

/** The pieces between lines that are `---` (with or without a comment behind it) or `...`. */
export function splitDocuments(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let start = 0;
  for (const separator of text.matchAll(/^(?:---(?=\s|$)|\.\.\.\s*$)/gm)) {
    if (text.slice(start, separator.index).trim() !== '') spans.push({ start, end: separator.index });
    start = separator.index + 3;
  }
  if (text.slice(start).trim() !== '') spans.push({ start, end: text.length });
  return spans;
}

const textOf = (value: Value | undefined): string => (value?.kind === 'scalar' ? value.text : '');

/** The documents of a text in which one of `words` occurs, parsed; each item of a `kind: List` is a document of its own. */
export function readDocuments(uri: string, text: string, words: RegExp): ManifestDocument[] {
  if (text.length > MAX_TEXT) return [];
  const found: ManifestDocument[] = [];
  for (const span of splitDocuments(text)) {
    const piece = text.slice(span.start, span.end);
    if (!words.test(piece)) continue;
    const root = parseYaml(piece, (offset) => span.start + offset);
    if (root?.kind !== 'map') continue;
    const items = textOf(valueAt(root, 'kind')) === 'List' ? (valueAt(root, 'items')?.items ?? []) : [root];
    for (const item of items) {
      if (item?.kind !== 'map') continue;
      found.push({
        uri,
        span,
        text: piece,
        root: item,
        apiVersion: textOf(valueAt(item, 'apiVersion')),
        kind: textOf(valueAt(item, 'kind')),
        name: textOf(valueAt(item, 'metadata', 'name')),
      });
    }
  }
  return found;
}

/**
 * Whether a text still has to be filled in: Helm and Go templates, shell and sed placeholders, angle brackets. Nothing can
 * be said about such a value. Forms seen in upstream files: `{{ .PodSubnet }}`, `${POD_CIDR}`, `%CLUSTERCIDR%`, `__CNI_MTU__`.
 */
export const isPlaceholder = (text: string): boolean => /\{\{|\$\{|\$\(|%[A-Z_]+%|__[A-Z0-9_]+__|^<.*>$/.test(text);
