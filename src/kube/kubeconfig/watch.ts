/**
 * Says when a kubeconfig's files changed: written in place, replaced by renaming, reached through a link that now leads
 * elsewhere (as Kubernetes updates mounted ConfigMaps and Secrets: `..data` is switched), appearing, disappearing.
 *
 * The system's events come from the directories that hold the files and the links on the way to them. An event is only a
 * hint to look: what is told is decided by comparing the files before and after. Where a directory cannot be watched (it
 * does not exist, the system's limit is reached), the nearest one above is, and if there is none, the files are looked at
 * every few seconds.
 */
import { watch, type FSWatcher } from 'node:fs';
import { lstat, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable, Listener } from '../session.js';
import { errorCode } from './surroundings.js';

/** Events of one save come in bursts; this long after the last one, or `MAX_DELAY_MS` after the first, it is time to look. */
const QUIET_MS = 100;
const MAX_DELAY_MS = 1_000;
const POLL_MS = 5_000;
/** As many links on one way as Linux follows. */
const MAX_LINKS = 40;

/**
 * Watches the absolute paths, and calls `changed` once after each burst of changes of any of them. Every change after the
 * promise was kept is told: watch first, then load. `failed` hears, in words, what cannot be watched.
 */
export async function watchFiles(
  files: readonly string[],
  changed: () => void,
  failed: Listener<string>,
): Promise<Disposable> {
  const watcher = new FilesWatcher(files, changed, failed);
  await watcher.look();
  return watcher;
}

interface Way {
  /** Directory → names in it on which the file depends. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** Differs when the file is another one, or was written. */
  readonly version: string;
}

class FilesWatcher implements Disposable {
  readonly #files: readonly string[];
  readonly #changed: () => void;
  readonly #failed: Listener<string>;
  readonly #watchers = new Map<string, FSWatcher>();
  /** Directories of which was told that they cannot be watched. */
  readonly #told = new Set<string>();
  #names: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #version: string | undefined;
  #disposed = false;
  #looking = false;
  #again = false;
  #quiet: NodeJS.Timeout | undefined;
  #firstEventAt = 0;
  #poll: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], changed: () => void, failed: Listener<string>) {
    this.#files = files;
    this.#changed = changed;
    this.#failed = failed;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#quiet);
    clearInterval(this.#poll);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #event(directory: string, name: string | null): void {
    if (name === null || name === path.basename(directory)) {
      // Its own name comes when a directory was moved or removed itself: another may stand in its place now.
      this.#unwatch(directory);
    } else if (this.#names.get(directory)?.has(name) !== true) return;
    const now = Date.now();
    if (this.#quiet === undefined) this.#firstEventAt = now;
    clearTimeout(this.#quiet);
    const delay = Math.max(0, Math.min(QUIET_MS, this.#firstEventAt + MAX_DELAY_MS - now));
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      void this.look();
    }, delay);
  }

  /** Compares, tells, and watches what is to be watched now. One look at a time; a hint meanwhile means another look. */
  async look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      do {
        this.#again = false;
        const ways = await Promise.all(this.#files.map(wayTo));
        if (this.#disposed) return;
        const grown = this.#rearm(ways);
        const version = ways.map((way) => way.version).join('\n');
        const before = this.#version;
        this.#version = version;
        if (before !== undefined && before !== version) this.#changed();
        // Between the look and the start of a watch nothing was seen: look once more.
        if (grown) this.#again = true;
      } while (this.#again);
    } catch (error) {
      this.#failed(`The kubeconfig's files cannot be watched: ${String(error)}`);
    } finally {
      this.#looking = false;
    }
  }

  /** Whether a directory is watched now that was not before. */
  #rearm(ways: readonly Way[]): boolean {
    const names = new Map<string, Set<string>>();
    for (const way of ways) {
      for (const [directory, concerned] of way.names) {
        const all = names.get(directory) ?? new Set<string>();
        for (const name of concerned) all.add(name);
        names.set(directory, all);
      }
    }
    this.#names = names;
    for (const directory of [...this.#watchers.keys()]) if (!names.has(directory)) this.#unwatch(directory);
    let grown = false;
    let blind = false;
    for (const directory of names.keys()) {
      if (this.#watchers.has(directory)) continue;
      if (this.#watch(directory)) grown = true;
      else blind = true;
    }
    if (!blind) {
      clearInterval(this.#poll);
      this.#poll = undefined;
    } else this.#poll ??= setInterval(() => void this.look(), POLL_MS).unref();
    return grown;
  }

  #watch(directory: string): boolean {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => this.#event(directory, name));
      watcher.on('error', () => this.#event(directory, null));
      this.#watchers.set(directory, watcher);
      this.#told.delete(directory);
      return true;
    } catch (error) {
      if (!this.#told.has(directory))
        this.#failed(`${directory} cannot be watched and is looked at every ${POLL_MS / 1000} s: ${String(error)}`);
      this.#told.add(directory);
      return false;
    }
  }

  #unwatch(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}

/** Follows the path component by component, as the system does, and notes what its meaning depends on. */
async function wayTo(file: string): Promise<Way> {
  const names = new Map<string, Set<string>>();
  const note = (directory: string, name: string): void => {
    names.set(directory, (names.get(directory) ?? new Set()).add(name));
  };
  let { root: at } = path.parse(file);
  let rest = file.slice(at.length).split(path.sep);
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      at = path.dirname(at);
      continue;
    }
    const next = path.join(at, name);
    const component = await readComponent(next);
    if (component.kind === 'missing') {
      note(at, name);
      return { names, version: `missing ${next}` };
    }
    if (component.kind === 'plain') {
      if (rest.every((part) => part === '')) note(at, name);
      at = next;
      continue;
    }
    note(at, name);
    links += 1;
    if (links > MAX_LINKS) return { names, version: 'too many links' };
    const absolute = path.resolve(at, component.target);
    ({ root: at } = path.parse(absolute));
    rest = [...absolute.slice(at.length).split(path.sep), ...rest];
  }
  return { names, version: await versionOf(at) };
}

type Component =
  { readonly kind: 'missing' } | { readonly kind: 'plain' } | { readonly kind: 'link'; readonly target: string };

async function readComponent(file: string): Promise<Component> {
  try {
    return (await lstat(file)).isSymbolicLink() ? { kind: 'link', target: await readlink(file) } : { kind: 'plain' };
  } catch (error) {
    if (errorCode(error) !== undefined) return { kind: 'missing' };
    throw error;
  }
}

async function versionOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return `${file} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    const code = errorCode(error);
    if (code !== undefined) return `${file} ${code}`;
    throw error;
  }
}
