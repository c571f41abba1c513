/**
 * What the kubeconfig code knows of the machine it runs on: files, environment, platform, time. Handed in, so that tests
 * choose it, and so that the rules of Windows are tried on every platform.
 */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  /** Differs when the file was written or replaced. Links are followed. */
  readonly version: string;
}

/** File access by absolute path. Errors are Node's, with their `code`. */
export interface FileSystem {
  read(file: string, signal?: AbortSignal): Promise<Uint8Array>;
  facts(file: string): Promise<FileFacts>;
  /** Whether the user may execute (Windows: whether it exists) or write it. Answers false where it does not exist. */
  allows(file: string, right: 'execute' | 'write'): Promise<boolean>;
}

export interface Surroundings {
  readonly files: FileSystem;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory as the system knows it, should the environment not say. */
  readonly home: string;
  readonly currentDirectory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const nodeFiles: FileSystem = {
  read: (file, signal) => readFile(file, { signal }),
  async facts(file) {
    const entry = await stat(file);
    return {
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other',
      size: entry.size,
      version: `${entry.mtimeMs} ${entry.ctimeMs} ${entry.ino} ${entry.size}`,
    };
  },
  async allows(file, right) {
    try {
      await access(file, right === 'execute' ? constants.X_OK : constants.W_OK);
      return true;
    } catch (error) {
      if (errorCode(error) !== undefined) return false;
      throw error;
    }
  },
};

export function thisMachine(): Surroundings {
  return {
    files: nodeFiles,
    environment: process.env,
    platform: process.platform,
    home: os.homedir(),
    currentDirectory: process.cwd(),
    now: Date.now,
  };
}

/**
 * A variable of the environment, `''` where it is not set. Windows knows no case in their names, but a worker thread's copy
 * of them does (https://nodejs.org/api/process.html#processenv).
 */
export function variable(
  { environment, platform }: Pick<Surroundings, 'environment' | 'platform'>,
  name: string,
): string {
  const exact = environment[name];
  if (exact !== undefined || platform !== 'win32') return exact ?? '';
  const found = Object.keys(environment).find((key) => key.toUpperCase() === name.toUpperCase());
  return found === undefined ? '' : (environment[found] ?? '');
}

/** Path rules of the platform, whichever platform this is. */
export function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}

/**
 * Whether the path means one place only, as Go sees it. On Windows that takes a drive or a share: `\\x` depends on the
 * current drive, and `C:x` on that drive's current directory.
 */
export function isAbsolutePath(path: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? /^([a-zA-Z]:[\\/]|[\\/]{2})/.test(path) : path.startsWith('/');
}

/** `ENOENT`, `EACCES`, …; undefined for an error that is not the system's. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a system error says, without the path that Node puts in front. */
export function errorWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^[A-Z0-9_]+: /, '').replace(/, \w+( '.*')?$/, '');
}
