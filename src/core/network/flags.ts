/**
 * Flags of programs that run in containers, as pflag reads them: `--name=value` and `--name value`, in `command` and in
 * `args`.
 */
import type { ContainerFacts } from './facts.js';
import type { FieldPath } from './place.js';

/** A flag's value and where it stands: the very argument, below the pod's or the template's `spec`. */
export interface Flag {
  readonly value: string;
  readonly path: FieldPath;
}

/** `spec` of a pod, or of the pod template of a workload: where `containers` stands. */
export const podSpecPath = (kind: string): FieldPath => (kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec']);

/** The last value of the flag in a list of arguments, which is the one that counts, and its index. */
export function lastFlag(words: readonly string[], name: string): { value: string; index: number } | undefined {
  let found: { value: string; index: number } | undefined;
  words.forEach((word, index) => {
    const next = words[index + 1];
    if (word.startsWith(`${name}=`)) found = { value: word.slice(name.length + 1), index };
    else if (word === name && next !== undefined) found = { value: next, index: index + 1 };
  });
  return found;
}

/**
 * The value of a flag (`--cluster-cidr`) among containers, and its place.
 *
 * @param kind Kind of the object that the containers belong to: decides where its pod spec stands.
 */
export function flagOf(containers: readonly ContainerFacts[], kind: string, name: string): Flag | undefined {
  for (const [index, container] of containers.entries()) {
    // The arguments come after the command, so they win.
    for (const list of ['args', 'command'] as const) {
      const found = lastFlag(container[list], name);
      if (found !== undefined)
        return { value: found.value, path: [...podSpecPath(kind), 'containers', index, list, found.index] };
    }
  }
  return undefined;
}

/**
 * Whether a switch (`--ip-masq`) is on: a flag that takes no separate value, but may be written `--ip-masq=false`.
 * Undefined when it is not given.
 */
export function switchOf(containers: readonly ContainerFacts[], name: string): boolean | undefined {
  const given = containers
    .flatMap((container) => [...container.command, ...container.args])
    .filter((word) => word === name || word.startsWith(`${name}=`))
    .at(-1);
  if (given === undefined) return undefined;
  // What Go's strconv.ParseBool takes for false; pflag refuses anything else that is not true.
  return !/^(0|f|false)$/i.test(given.slice(name.length + 1));
}

/** The last part of a program's path: `kube-apiserver` of `/usr/local/bin/kube-apiserver`. */
const programName = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** Whether a container runs that program, itself or through a wrapper such as `hyperkube` or `go-runner`. */
export const runs = (container: ContainerFacts, program: string): boolean =>
  [...container.command, ...container.args].some((word) => !word.startsWith('-') && programName(word) === program);
