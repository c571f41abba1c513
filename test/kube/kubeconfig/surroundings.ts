/** Surroundings made of nothing but what a test says: files in memory, an environment, a platform, a clock. */
import type { FileSystem, Surroundings } from '../../../src/kube/kubeconfig/surroundings.js';

export interface MemoryFile {
  readonly content: string | Uint8Array;
  readonly executable?: boolean;
}

function missing(file: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
}

/** Files by absolute path. A path that is only the beginning of others is a directory, writable. */
export function memoryFiles(files: ReadonlyMap<string, MemoryFile>): FileSystem {
  const isDirectory = (path: string): boolean =>
    [...files.keys()].some((file) => file.startsWith(`${path}/`) || file.startsWith(`${path}\\`));
  return {
    read(path, signal) {
      signal?.throwIfAborted();
      const file = files.get(path);
      if (file === undefined) return Promise.reject(missing(path));
      return Promise.resolve(typeof file.content === 'string' ? Buffer.from(file.content) : file.content);
    },
    facts(path) {
      const file = files.get(path);
      if (file !== undefined)
        return Promise.resolve({ kind: 'file', size: file.content.length, version: String(file.content) });
      return isDirectory(path)
        ? Promise.resolve({ kind: 'directory', size: 0, version: '' })
        : Promise.reject(missing(path));
    },
    allows(path, right) {
      if (right === 'write') return Promise.resolve(isDirectory(path));
      return Promise.resolve(files.get(path)?.executable ?? false);
    },
  };
}

export function surroundings(
  files: Readonly<Record<string, string | Uint8Array | MemoryFile>>,
  other: Partial<Surroundings> = {},
): Surroundings {
  const content = (file: string | Uint8Array | MemoryFile): MemoryFile =>
    typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file;
  return {
    files: memoryFiles(new Map(Object.entries(files).map(([path, file]) => [path, content(file)]))),
    environment: {},
    platform: 'linux',
    home: '/home/system',
    currentDirectory: '/work',
    now: () => 0,
    ...other,
  };
}
