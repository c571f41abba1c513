/** The recorded files of test/fixtures. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The value that a JSON fixture holds. */
export const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8')) as unknown;
