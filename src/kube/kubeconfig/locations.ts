/**
 * Which files make up the kubeconfig: the one the user named, else those of `KUBECONFIG`, else `~/.kube/config`.
 * Nothing is read here but whether home directories exist, and no program is started to find out.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/loader.go (`NewDefaultClientConfigLoadingRules`)
 * and util/homedir/homedir.go. Not taken over: the copy of the older `~/.kube/.kubeconfig`, because nothing is written here.
 */
import { pathsOf, variable, type Surroundings } from './surroundings.js';

export interface KubeconfigLocations {
  /** Absolute paths, the first wins. */
  readonly files: readonly string[];
  readonly chosenBy: 'user' | 'KUBECONFIG' | 'home';
}

/**
 * @param file what the user named (`--kubeconfig`, a setting); `''` or undefined: nothing. A leading `~/` is the home
 * directory, because no shell expands a setting.
 */
export async function kubeconfigLocations(
  file: string | undefined,
  surroundings: Surroundings,
): Promise<KubeconfigLocations> {
  const { platform, currentDirectory } = surroundings;
  const paths = pathsOf(platform);
  if (file !== undefined && file !== '') {
    const expanded = /^~[/\\]/.test(file) ? paths.join(await homeDirectory(surroundings), file.slice(2)) : file;
    return { files: [paths.resolve(currentDirectory, expanded)], chosenBy: 'user' };
  }
  const list = variable(surroundings, 'KUBECONFIG');
  if (list !== '') {
    const files = splitPathList(list, platform)
      .filter((entry) => entry !== '')
      .map((entry) => paths.resolve(currentDirectory, entry));
    return { files: [...new Set(files)], chosenBy: 'KUBECONFIG' };
  }
  return { files: [paths.join(await homeDirectory(surroundings), '.kube', 'config')], chosenBy: 'home' };
}

/** The entries of a list of paths such as `PATH`. On Windows, quotes keep a `;` within an entry, and are removed. */
export function splitPathList(list: string, platform: NodeJS.Platform): string[] {
  if (list === '') return [];
  if (platform !== 'win32') return list.split(':');
  const entries: string[] = [];
  let entry = '';
  let quoted = false;
  for (const character of list) {
    if (character === '"') quoted = !quoted;
    else if (character === ';' && !quoted) {
      entries.push(entry);
      entry = '';
    } else entry += character;
  }
  return [...entries, entry];
}

/**
 * The home directory as client-go finds it. Where Linux and macOS have no `HOME`, the system's answer is taken; client-go
 * would look in the current directory, which may be somebody else's.
 */
async function homeDirectory(surroundings: Surroundings): Promise<string> {
  const { platform, files, home } = surroundings;
  const homeVariable = variable(surroundings, 'HOME');
  if (platform !== 'win32') return homeVariable === '' ? home : homeVariable;

  const drive = variable(surroundings, 'HOMEDRIVE');
  const directory = variable(surroundings, 'HOMEPATH');
  const homeDrivePath = drive !== '' && directory !== '' ? drive + directory : '';
  const userProfile = variable(surroundings, 'USERPROFILE');
  const set = (candidates: readonly string[]): string[] => candidates.filter((candidate) => candidate !== '');

  for (const candidate of set([homeVariable, homeDrivePath, userProfile])) {
    if (await exists(pathsOf(platform).join(candidate, '.kube', 'config'), files)) return candidate;
  }
  const inOrder = set([homeVariable, userProfile, homeDrivePath]);
  for (const candidate of inOrder) {
    if (await files.allows(candidate, 'write')) return candidate;
  }
  for (const candidate of inOrder) {
    if (await exists(candidate, files)) return candidate;
  }
  return inOrder[0] ?? home;
}

async function exists(file: string, files: Surroundings['files']): Promise<boolean> {
  return files.facts(file).then(
    () => true,
    () => false,
  );
}
