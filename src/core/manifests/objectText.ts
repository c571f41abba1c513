/** The text of one live object as people read it: YAML, fields in the API server's order, as `kubectl get -o yaml` writes it. */
import { stringify } from 'yaml';

/** Longest text that is converted; an object in etcd is at most about 1.5 MB, so a longer answer is not one. */
const MAX_LENGTH = 4_000_000;

/**
 * Writes an object's JSON as YAML. Quotes what YAML 1.1 would not read as text, as Kubernetes' own writer does. JSON that
 * does not parse, or is too long, is given as it is (cut): its own words say more than an error about its first character.
 */
export function objectText(json: string): string {
  if (json.length > MAX_LENGTH) return json.slice(0, MAX_LENGTH);
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return json;
  }
  return stringify(content, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}
