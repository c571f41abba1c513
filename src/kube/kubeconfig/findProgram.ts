/**
 * Which file a credential program's name means: an absolute path, or a bare name looked up in PATH. Never in the current
 * directory, on no platform: a workspace may hold a file of that name.
 *
 * Source: https://pkg.go.dev/os/exec#LookPath, which refuses what it finds relative to the current directory.
 */
import { splitPathList } from './locations.js';
import { isAbsolutePath, pathsOf, variable, type Surroundings } from './surroundings.js';

export type FoundProgram =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly problem: string };

/** Extensions of programs where `PATHEXT` does not say (Windows). */
const EXTENSIONS = ['.com', '.exe', '.bat', '.cmd'];

/** The files that the command may mean, best first. `command` is bare or absolute, as `load.ts` leaves it. */
export function programCandidates(
  command: string,
  surroundings: Pick<Surroundings, 'environment' | 'platform'>,
): string[] {
  const { platform } = surroundings;
  const paths = pathsOf(platform);
  const isWindows = platform === 'win32';
  const bare = !command.includes('/') && !(isWindows && command.includes('\\'));
  if (bare && isWindows && command.includes(':')) return [];
  const places = bare
    ? splitPathList(variable(surroundings, 'PATH'), platform)
        .filter((directory) => isAbsolutePath(directory, platform))
        .map((directory) => paths.join(directory, command))
    : [command].filter((path) => isAbsolutePath(path, platform));
  if (!isWindows) return places;

  const list = variable(surroundings, 'PATHEXT')
    .split(';')
    .map((extension) => extension.trim().toLowerCase())
    .filter((extension) => extension !== '')
    .map((extension) => (extension.startsWith('.') ? extension : `.${extension}`));
  const extensions = list.length > 0 ? list : EXTENSIONS;
  const complete = extensions.includes(paths.extname(command).toLowerCase());
  return places.flatMap((place) => [
    ...(complete ? [place] : []),
    ...extensions.map((extension) => `${place}${extension}`),
  ]);
}

export async function findProgram(command: string, surroundings: Surroundings): Promise<FoundProgram> {
  const { files, platform } = surroundings;
  for (const path of programCandidates(command, surroundings)) {
    const isFile = await files.facts(path).then(
      ({ kind }) => kind === 'file',
      () => false,
    );
    if (!isFile || !(await files.allows(path, 'execute'))) continue;
    if (platform === 'win32' && /\.(bat|cmd)$/i.test(path))
      return {
        ok: false,
        problem: `${path} is a batch file: it would need a shell, and programs are started without one`,
      };
    return { ok: true, path };
  }
  return {
    ok: false,
    problem: isAbsolutePath(command, platform) ? 'it does not exist, or may not be executed' : 'it is not in PATH',
  };
}
