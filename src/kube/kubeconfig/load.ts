/**
 * Loads and merges the kubeconfig as kubectl does: the first file wins for every entry and for `current-context`, a missing
 * file is passed over (unless the user named that very file), relative paths are relative to the file they stand in, and
 * access from within a pod comes last. Nothing is executed and nothing is written.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/loader.go (`Load`, `ResolveLocalPaths`)
 */
import { decodeKubeconfig, type DecodeResult, type PathRules } from './decode.js';
import { inClusterConfig } from './inCluster.js';
import { kubeconfigLocations } from './locations.js';
import type { KubeconfigFile, MergedKubeconfig } from './model.js';
import { errorCode, errorWords, isAbsolutePath, pathsOf, type Surroundings } from './surroundings.js';

/** More than any kubeconfig with thousands of clusters; a file that is larger is not one. */
const MAX_BYTES = 32 * 1024 * 1024;

type ReadResult = DecodeResult | 'missing';

/**
 * @param file what the user named (`--kubeconfig`, a setting), if anything
 * @throws only the signal's reason; what is wrong with files stands in `problems`
 */
export async function loadKubeconfig(
  file: string | undefined,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<MergedKubeconfig> {
  const { files, chosenBy } = await kubeconfigLocations(file, surroundings);
  const results = await Promise.all(
    files.map(async (path) => ({ path, result: await readOne(path, chosenBy === 'user', surroundings, signal) })),
  );
  signal.throwIfAborted();
  const read = results.flatMap(({ result }) => (result !== 'missing' && result.ok ? [result.file] : []));
  const merged = merge(read);
  const problems = results.flatMap(({ result }) => (result !== 'missing' && !result.ok ? [result.problem] : []));
  const inCluster = problems.length === 0 ? await inClusterConfig(merged, surroundings) : undefined;
  return {
    ...(inCluster ?? merged),
    files: results.map(({ path, result }) => ({
      path,
      state: result === 'missing' ? 'missing' : result.ok ? 'read' : 'broken',
    })),
    problems,
  };
}

async function readOne(
  file: string,
  chosenByUser: boolean,
  { files, platform }: Surroundings,
  signal: AbortSignal,
): Promise<ReadResult> {
  const refuse = (message: string): DecodeResult => ({ ok: false, problem: { file, line: 0, column: 0, message } });
  try {
    const { kind, size } = await files.facts(file);
    if (kind === 'directory') return refuse('this is a directory');
    // A pipe may never end; only who names one knows what it is good for (`--kubeconfig <(decrypt …)`).
    if (kind === 'other' && !chosenByUser) return refuse('this is not a regular file');
    if (size > MAX_BYTES) return refuse(`this is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return decodeKubeconfig(await files.read(file, signal), file, pathRules(file, platform));
  } catch (error) {
    signal.throwIfAborted();
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return chosenByUser ? refuse('no such file') : 'missing';
    return refuse(`cannot be read: ${errorWords(error)}`);
  }
}

/**
 * A program with a separator in its name is relative to the kubeconfig too; a bare name is looked up in PATH later. On
 * Windows client-go takes `bin/x` for relative to the current directory; here it never is.
 */
function pathRules(file: string, platform: NodeJS.Platform): PathRules {
  const paths = pathsOf(platform);
  const directory = paths.dirname(file);
  const resolve = (path: string): string => (isAbsolutePath(path, platform) ? path : paths.join(directory, path));
  const separator = platform === 'win32' ? /[\\/]/ : /\//;
  return { file: resolve, program: (command) => (separator.test(command) ? resolve(command) : command) };
}

function merge(files: readonly KubeconfigFile[]): KubeconfigFile {
  return {
    clusters: firstWins(files.flatMap(({ clusters }) => clusters)),
    users: firstWins(files.flatMap(({ users }) => users)),
    contexts: firstWins(files.flatMap(({ contexts }) => contexts)),
    currentContext: files.map(({ currentContext }) => currentContext).find((name) => name !== '') ?? '',
  };
}

function firstWins<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}
