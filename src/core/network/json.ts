/**
 * Reading JSON that somebody else wrote.
 *
 * Answers for: taking values of an expected shape out of an unknown one. Nothing here throws, whatever it is given; every
 * text and every list has a limit, and a text that was cut says so with an ellipsis.
 */

/** An object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Longest texts kept, in UTF-16 code units. Names are at most 253 in Kubernetes; a ConfigMap holds at most 1 MiB. */
export const LIMITS = { name: 300, text: 1024, message: 4096, annotation: 65_536, data: 1_048_576 } as const;
/** Entries of a list or a map that are looked at. */
const MAX_ENTRIES = 1000;

/** The text, cut to `limit` code units; a cut one ends in an ellipsis. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NOTHING: JsonObject = {};
/** The value when it is an object, else an empty one. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : NOTHING);

/** The value at a path of keys and indices, own properties only; undefined when anything on the way is absent. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}

/** The entries when the value is a list, at most the first 1,000; else none. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]).slice(0, MAX_ENTRIES) : [];

/** The text when the value is one, else the empty text. */
export const textOf = (value: unknown, limit: number = LIMITS.text): string =>
  typeof value === 'string' ? cut(value, limit) : '';

/**
 * The value as a person would write it: a text as it is, anything else as JSON. A malformed value stays visible this way
 * instead of vanishing. Absent and null are the empty text.
 */
export function shown(value: unknown, limit: number = LIMITS.text): string {
  if (typeof value === 'string') return cut(value, limit);
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? '[…]' : '{…}';
}

/** The number when the value is a finite one, else undefined. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const textsOf = (value: unknown, limit: number = LIMITS.text): readonly string[] =>
  listOf(value).flatMap((entry) => (typeof entry === 'string' ? [cut(entry, limit)] : []));

/** A map of texts, such as labels; entries of another type are left out. */
export function textMapOf(value: unknown, limit: number = LIMITS.text): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const key in objectOf(value)) {
    if (entries.length === MAX_ENTRIES) break;
    const text = at(value, key);
    if (typeof text === 'string') entries.push([key, cut(text, limit)]);
  }
  return Object.fromEntries(entries);
}

/** The value that a JSON text writes; undefined when it writes none. */
export function parseJson(text: string): unknown {
  // Mostly there is no text at all, and an exception costs more than everything else here.
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A text that is no JSON has no value: exactly what undefined says to the caller.
    return undefined;
  }
}
