/**
 * Values with places: one view of YAML, of JSON, and of either inside a text value, so that a rule is written once and its
 * place is right wherever the value stands.
 *
 * A scalar's text is entered when a path goes through it: `data['net-conf.json'].Network` leads into the JSON in the
 * ConfigMap. Go reads JSON keys without regard to case, so a key is looked up exactly first, then without regard to case.
 */
import { type Node as JsonNode, parseTree } from 'jsonc-parser';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document } from 'yaml';
import { scalarOffsets } from './nested.js';

/** A piece of a text, in UTF-16 code units from its start; `end` is exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface Value {
  readonly kind: 'map' | 'list' | 'scalar';
  /** Where the value stands in the document, quotes included. */
  readonly span: TextSpan;
  /** A scalar's text; numbers and booleans as written. Empty for maps and lists. */
  readonly text: string;
  /** Whether a scalar is a text (quoted or plain), as opposed to a number, boolean or null. */
  readonly isText: boolean;
  readonly entries: readonly { readonly name: string; readonly key: TextSpan; readonly value: Value | undefined }[];
  readonly items: readonly (Value | undefined)[];
  /** What a scalar's text holds, where that is JSON or YAML of its own; undefined where it is plain text. */
  readonly nested: () => Value | undefined;
  /** The document's characters of a piece of a scalar's text; undefined when its source is not known. */
  readonly spanWithin: (start: number, end: number) => TextSpan | undefined;
}

/** Nested texts beyond this length, and nesting beyond this depth, are not looked into. */
const MAX_NESTED = 1_000_000;
const MAX_DEPTH = 3;

type ToDocument = (offset: number) => number;
const identity: ToDocument = (offset) => offset;

const nothing = {
  entries: [],
  items: [],
  text: '',
  isText: false,
  nested: () => undefined,
  spanWithin: () => undefined,
} as const;

function fromJson(node: JsonNode, text: string, toDocument: ToDocument): Value {
  const span = { start: toDocument(node.offset), end: toDocument(node.offset + node.length) };
  switch (node.type) {
    case 'object':
      return {
        ...nothing,
        kind: 'map',
        span,
        get entries() {
          return (node.children ?? []).flatMap((property) => {
            const [key, value] = property.children ?? [];
            if (key === undefined) return [];
            return [
              {
                name: String(key.value),
                key: { start: toDocument(key.offset), end: toDocument(key.offset + key.length) },
                value: value && fromJson(value, text, toDocument),
              },
            ];
          });
        },
      };
    case 'array':
      return {
        ...nothing,
        kind: 'list',
        span,
        get items() {
          return (node.children ?? []).map((item) => fromJson(item, text, toDocument));
        },
      };
    case 'string': {
      // Positions within a JSON string hold while it has no escapes; addresses have none.
      const plain = node.length === String(node.value).length + 2;
      return {
        ...nothing,
        kind: 'scalar',
        span,
        text: String(node.value),
        isText: true,
        spanWithin: (start, end) =>
          plain ? { start: toDocument(node.offset + 1 + start), end: toDocument(node.offset + 1 + end) } : span,
      };
    }
    case 'property':
    case 'number':
    case 'boolean':
    case 'null':
      return { ...nothing, kind: 'scalar', span, text: text.slice(node.offset, node.offset + node.length) };
  }
}

/** JSON as it is found in the wild: comments, trailing commas and unquoted placeholders are tolerated. */
export function parseJson(text: string, toDocument: ToDocument = identity): Value | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  return root && fromJson(root, text, toDocument);
}

class YamlReader {
  readonly #document: Document;
  readonly #text: string;
  readonly #toDocument: ToDocument;
  readonly #depth: number;

  constructor(document: Document, text: string, toDocument: ToDocument, depth: number) {
    this.#document = document;
    this.#text = text;
    this.#toDocument = toDocument;
    this.#depth = depth;
  }

  read(node: unknown): Value | undefined {
    // What an alias stands for has its place where the anchor is: there it would have to be corrected.
    if (isAlias(node)) return this.read(node.resolve(this.#document));
    if (isMap(node)) {
      const read = (pair: unknown): Value | undefined => this.read(pair);
      const spanOf = (key: Node): TextSpan => this.#span(key);
      return {
        ...nothing,
        kind: 'map',
        span: this.#span(node),
        get entries() {
          return node.items.flatMap((pair) =>
            isScalar(pair.key)
              ? [{ name: String(pair.key.value), key: spanOf(pair.key), value: read(pair.value) }]
              : [],
          );
        },
      };
    }
    if (isSeq(node)) {
      const read = (item: unknown): Value | undefined => this.read(item);
      return {
        ...nothing,
        kind: 'list',
        span: this.#span(node),
        get items() {
          return node.items.map(read);
        },
      };
    }
    if (!isScalar(node) || !node.range) return undefined;
    const span = this.#span(node);
    const isText = typeof node.value === 'string';
    const text = typeof node.value === 'string' ? node.value : this.#text.slice(node.range[0], node.range[1]);
    const offsets = (): ToDocument | undefined => {
      const map = scalarOffsets(node, this.#text);
      return map && ((offset) => this.#toDocument(map.at(offset)));
    };
    return {
      ...nothing,
      kind: 'scalar',
      span,
      text,
      isText,
      nested: () => {
        if (!isText || this.#depth >= MAX_DEPTH || text.length > MAX_NESTED) return undefined;
        const toDocument = offsets();
        return toDocument && nestedValue(text, toDocument, this.#depth + 1);
      },
      spanWithin: (start, end) => {
        const toDocument = isText ? offsets() : undefined;
        return (
          toDocument && { start: toDocument(start), end: end > start ? toDocument(end - 1) + 1 : toDocument(start) }
        );
      },
    };
  }

  #span(node: Node): TextSpan {
    const range = node.range ?? [0, 0, 0];
    return { start: this.#toDocument(range[0]), end: this.#toDocument(range[1]) };
  }
}

function nestedValue(text: string, toDocument: ToDocument, depth: number): Value | undefined {
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return parseJson(text, toDocument);
  if (!/^[\w"'.$/-]+\s*:(\s|$)/m.test(text)) return undefined;
  return parseYaml(text, toDocument, depth);
}

/** The first document of a YAML text; broken texts give what can be read of them. Undefined when there is nothing. */
export function parseYaml(text: string, toDocument: ToDocument = identity, depth = 0): Value | undefined {
  const document = parseDocument(text, {
    logLevel: 'silent',
    uniqueKeys: false,
    strict: false,
    lineCounter: new LineCounter(),
  });
  return new YamlReader(document, text, toDocument, depth).read(document.contents);
}

/** One step of a path: a map's entry by name, a list's item by index. */
export function child(
  value: Value,
  step: string | number,
): { readonly key: TextSpan | undefined; readonly value: Value | undefined } | undefined {
  if (value.kind === 'scalar') {
    const nested = value.nested();
    return nested && child(nested, step);
  }
  if (value.kind === 'list') return typeof step === 'number' ? { key: undefined, value: value.items[step] } : undefined;
  const name = String(step);
  const entries = value.entries;
  return (
    entries.find((entry) => entry.name === name) ??
    entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase())
  );
}

/** The value at a path, entering nested texts on the way. */
export function valueAt(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let found = value;
  for (const step of path) found = found && child(found, step)?.value;
  return found;
}
