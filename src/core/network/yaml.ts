/** YAML and JSON texts inside of objects: `ClusterConfiguration`, `config.conf`, `net-conf.json`. JSON is YAML too. */
import { parseAllDocuments } from 'yaml';

/** Longest text that is parsed, in UTF-16 code units. Real ones have a few thousand; parsing takes about 1 ms for 10,000. */
const MAX_TEXT = 131_072;

/**
 * The values of a text's YAML documents, those left out that are broken. A text that is too long has none. Aliases that
 * multiply beyond measure ("billion laughs") are refused by the parser.
 */
export function yamlValues(text: string): readonly unknown[] {
  if (text.length > MAX_TEXT) return [];
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent' });
    return Array.isArray(documents)
      ? documents.flatMap((document) =>
          document.errors.length > 0 ? [] : [document.toJS({ maxAliasCount: 100 }) as unknown],
        )
      : [];
  } catch {
    // Too many aliases, or nesting deeper than the stack: no value can be had of such a text.
    return [];
  }
}
