/**
 * YAML as kubectl reads it. kubectl's library speaks YAML 1.1 with habits of its own (`yes` is a boolean, `1_000` and `0o7`
 * are numbers, a date is text), and a kubeconfig that kubectl understands must mean the same here. So the `yaml` package
 * only parses, with every scalar left as text, and this file decides what a plain scalar is.
 *
 * Source: https://github.com/yaml/go-yaml/blob/v2.4.0/resolve.go, used by `sigs.k8s.io/yaml`.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node } from 'yaml';
import type { Json } from './model.js';

/** A value with the place (offset in the text) where it starts. */
export type Tree = { readonly at: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Tree> }
);

export interface YamlProblem {
  readonly at: number;
  readonly message: string;
}

export type YamlResult =
  | { readonly ok: true; readonly tree: Tree; readonly lines: LineCounter }
  | { readonly ok: false; readonly problem: YamlProblem; readonly lines: LineCounter };

/** Aliases can multiply a small text into a huge tree; a kubeconfig of thousands of clusters stays far below this. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 100;

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const DECIMAL = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const PREFIXED = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;

class TreeError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Whether Go's `strconv` takes the text for a number; what does not fit into 64 bits stays text. */
function isNumber(text: string): boolean {
  if (NOT_FINITE.test(text)) return true;
  if (!/^[-+0-9.]/.test(text)) return false;
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  if (DECIMAL.test(plain)) return Number.isFinite(Number(plain));
  const prefixed = PREFIXED.exec(plain);
  if (prefixed === null) return false;
  const size = BigInt(prefixed[2] ?? '0');
  return prefixed[1] === '-' ? size <= 2n ** 63n : size < 2n ** 64n;
}

function scalar(text: string, plain: boolean, tag: string | undefined, at: number): Tree {
  switch (tag) {
    case undefined:
      break;
    case 'tag:yaml.org,2002:binary':
      return { kind: 'text', text: Buffer.from(text, 'base64').toString('utf8'), at };
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
    case 'tag:yaml.org,2002:null':
      return scalar(text, true, undefined, at);
    default:
      // `!!str`, and local tags, which say nothing to kubectl.
      return { kind: 'text', text, at };
  }
  if (!plain) return { kind: 'text', text, at };
  if (NULL.has(text)) return { kind: 'null', at };
  if (TRUE.has(text)) return { kind: 'boolean', value: true, at };
  if (FALSE.has(text)) return { kind: 'boolean', value: false, at };
  return isNumber(text) ? { kind: 'number', text, at } : { kind: 'text', text, at };
}

class TreeBuilder {
  #nodes = 0;
  readonly #anchors = new Map<string, Node>();

  build(node: unknown, parentAt: number, depth: number): Tree {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH)
      throw new TreeError(parentAt, 'too many or too deeply nested values');
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) throw new TreeError(startOf(node, parentAt), 'an alias has no anchor');
      return this.build(target, parentAt, depth + 1);
    }
    if ((isScalar(node) || isSeq(node) || isMap(node)) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, node);
    if (isScalar(node)) {
      const text = typeof node.value === 'string' ? node.value : '';
      return scalar(text, node.type === 'PLAIN' || node.value === null, node.tag, startOf(node, parentAt));
    }
    if (isSeq(node)) {
      const at = startOf(node, parentAt);
      return { kind: 'list', items: node.items.map((item) => this.build(item, at, depth + 1)), at };
    }
    if (isMap(node)) {
      const at = startOf(node, parentAt);
      const fields = new Map<string, Tree>();
      for (const { key, value } of node.items) {
        const name = this.build(key, at, depth + 1);
        if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') {
          this.#merge(fields, this.build(value, name.at, depth + 1));
        } else {
          // Set again, a field moves nowhere and means the last value, as in kubectl.
          fields.set(keyText(name), this.build(value, name.at, depth + 1));
        }
      }
      return { kind: 'map', fields, at };
    }
    return { kind: 'null', at: parentAt };
  }

  #merge(fields: Map<string, Tree>, from: Tree): void {
    const sources = from.kind === 'list' ? [...from.items].reverse() : [from];
    for (const source of sources) {
      if (source.kind !== 'map')
        throw new TreeError(source.at, 'map merge requires map or sequence of maps as the value');
      for (const [name, value] of source.fields) fields.set(name, value);
    }
  }
}

function startOf(node: Node, otherwise: number): number {
  return node.range?.[0] ?? otherwise;
}

function keyText(key: Tree): string {
  switch (key.kind) {
    case 'text':
    case 'number':
      return key.text;
    case 'boolean':
      return String(key.value);
    case 'null':
      throw new TreeError(key.at, 'a key of a map is null');
    case 'list':
    case 'map':
      throw new TreeError(key.at, `a key of a map is a ${key.kind}`);
  }
}

/** Reads the first document of the text; what follows it is not looked at. Never throws. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const document = Array.isArray(parsed) ? parsed[0] : undefined;
  if (document === undefined) return { ok: true, tree: { kind: 'null', at: 0 }, lines };
  const error = document.errors[0];
  if (error !== undefined) return { ok: false, problem: { at: error.pos[0], message: error.message }, lines };
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.1')
    return { ok: false, problem: { at: 0, message: `kubectl reads YAML 1.1, not ${version}` }, lines };
  try {
    return { ok: true, tree: new TreeBuilder().build(document.contents, 0, 0), lines };
  } catch (problem) {
    if (problem instanceof TreeError) return { ok: false, problem, lines };
    throw problem;
  }
}

/** The value as JSON, for what is passed on without being understood. */
export function toJson(tree: Tree): Json {
  switch (tree.kind) {
    case 'null':
      return null;
    case 'boolean':
      return tree.value;
    case 'text':
      return tree.text;
    case 'number': {
      const plain = tree.text.replaceAll('_', '');
      const octal = /^([-+]?)0([0-7]+)$/.exec(plain);
      if (octal !== null) return Number(`0o${octal[2] ?? '0'}`) * (octal[1] === '-' ? -1 : 1);
      const prefixed = PREFIXED.exec(plain);
      if (prefixed !== null) return Number(prefixed[2]) * (prefixed[1] === '-' ? -1 : 1);
      return Number(plain);
    }
    case 'list':
      return tree.items.map(toJson);
    case 'map':
      return Object.fromEntries([...tree.fields].map(([name, value]) => [name, toJson(value)]));
  }
}
