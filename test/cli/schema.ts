/** As much of JSON Schema as docs/report.schema.json uses; an unknown keyword is an error, so that none is silently ignored. */
import assert from 'node:assert/strict';

type Schema = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KNOWN = new Set([
  '$schema',
  '$defs',
  '$ref',
  'title',
  'description',
  'type',
  'required',
  'additionalProperties',
  'properties',
  'items',
  'enum',
  'const',
  'anyOf',
  'pattern',
  'minimum',
]);

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;

function problems(root: Schema, schema: unknown, value: unknown, at: string): string[] {
  assert.ok(isObject(schema), `${at}: no schema`);
  for (const keyword of Object.keys(schema)) assert.ok(KNOWN.has(keyword), `keyword ${keyword} is not known`);
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    const definitions = root['$defs'];
    const name = ref.replace('#/$defs/', '');
    return problems(root, isObject(definitions) ? definitions[name] : undefined, value, at);
  }
  const found: string[] = [];
  const types = schema['type'];
  if (types !== undefined) {
    const allowed = (Array.isArray(types) ? types : [types]) as readonly unknown[];
    if (!allowed.includes(typeOf(value))) found.push(`${at} is ${typeOf(value)}, not ${allowed.join(' or ')}`);
  }
  if ('const' in schema && schema['const'] !== value) found.push(`${at} is not ${String(schema['const'])}`);
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value))
    found.push(`${at}: ${String(value)} is not allowed`);
  const pattern = schema['pattern'];
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern).test(value))
    found.push(`${at}: ${value} does not match ${pattern}`);
  const minimum = schema['minimum'];
  if (typeof minimum === 'number' && typeof value === 'number' && value < minimum)
    found.push(`${at} is below ${minimum}`);
  if (Array.isArray(schema['anyOf'])) {
    const options = (schema['anyOf'] as readonly unknown[]).map((option) => problems(root, option, value, at));
    if (options.every((option) => option.length > 0)) found.push(...options.flat());
  }
  if (Array.isArray(value) && schema['items'] !== undefined)
    value.forEach((item, index) => found.push(...problems(root, schema['items'], item, `${at}[${index}]`)));
  if (isObject(value)) {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    for (const name of (schema['required'] ?? []) as readonly string[])
      if (!Object.hasOwn(value, name)) found.push(`${at}.${name} is missing`);
    for (const [name, content] of Object.entries(value)) {
      if (Object.hasOwn(properties, name)) found.push(...problems(root, properties[name], content, `${at}.${name}`));
      else if (schema['additionalProperties'] === false) found.push(`${at}.${name} is not in the schema`);
    }
  }
  return found;
}

/** What is wrong with the value, by the schema; nothing when it fits. */
export const schemaProblems = (schema: unknown, value: unknown): string[] =>
  isObject(schema) ? problems(schema, schema, value, '$') : ['the schema is no object'];
