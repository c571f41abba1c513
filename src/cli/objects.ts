/** Objects out of files: what `kubectl get … -o json` (or `-o yaml`) wrote. */
import { readFile, stat } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

/** Longest file that is read as YAML: its parser takes a hundred times as long as that of JSON. */
const MAX_YAML_BYTES = 64 << 20;

export interface ObjectsFile {
  /** The values of the file: a `List`, or objects one by one. */
  readonly values: readonly unknown[];
  /** When it was written, as RFC 3339; for standard input: now. */
  readonly writtenAt: string;
}

/** The values of a text that is JSON or YAML. Throws an error that names the file. */
export function parseObjects(text: string, file: string): unknown[] {
  const first = text.trimStart()[0];
  if (first === '{' || first === '[') {
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) ? (value as unknown[]) : [value];
    } catch (error) {
      // YAML knows flow mappings too, and comments; a broken JSON file is most often meant to be JSON.
      throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
    }
  }
  if (text.length > MAX_YAML_BYTES)
    throw new Error(`${file} is too large for YAML (${text.length >> 20} MB): write it with "-o json".`);
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.map((document): unknown => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(`${file} is not YAML: ${problem.message}`);
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  });
}

/** Reads one file, or standard input for `-`. Throws an error in words for people. */
export async function readObjects(file: string, signal: AbortSignal): Promise<ObjectsFile> {
  if (file === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) {
      signal.throwIfAborted();
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
    return {
      values: parseObjects(textOf(Buffer.concat(chunks), 'standard input'), 'standard input'),
      writtenAt: new Date().toISOString(),
    };
  }
  let bytes: Buffer;
  let writtenAt: string;
  try {
    bytes = await readFile(file, { signal });
    writtenAt = (await stat(file)).mtime.toISOString();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return { values: parseObjects(textOf(bytes, file), file), writtenAt };
}

function textOf(bytes: Buffer, file: string): string {
  try {
    return bytes.toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`${file} is too large (${bytes.length >> 20} MB): leave pods out, or read the cluster itself.`, {
      cause: error,
    });
  }
}
