/** One run of the node script in a probe pod: the stream, its limit, and what it means that it could not be run. */
import {
  NODE_SCRIPT,
  readScript,
  scriptInput,
  scriptLimitMs,
  type ScriptOutput,
  type ScriptTarget,
} from '../../core/reach/nodeScript.js';
import { type Outcome, words } from '../../core/reach/outcome.js';
import type { ProbeContext } from './context.js';
import { type ContainerRef, exec, outcomeOf } from './exec.js';

export type NodeScriptRun =
  | { readonly kind: 'ran'; readonly output: ScriptOutput; readonly stderr: string }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

/** Tries the targets from that container. What cannot be run is an outcome; never throws for it. `maxBytes`: of its output. */
export async function runNodeScript(
  context: ProbeContext,
  ref: ContainerRef,
  targets: readonly ScriptTarget[],
  signal: AbortSignal,
  maxBytes?: number,
): Promise<NodeScriptRun> {
  const result = await exec(
    context.access,
    {
      ...ref,
      command: ['sh', '-c', NODE_SCRIPT],
      stdin: scriptInput(targets),
      limitMs: scriptLimitMs(targets),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    },
    signal,
  );
  if (result.kind === 'ran') return { kind: 'ran', output: readScript(result.run.stdout), stderr: result.run.stderr };
  return {
    kind: 'failed',
    outcome: result.kind === 'missing' ? { kind: 'noTool', looked: ['sh'] } : outcomeOf(result),
  };
}

/** The script ran and said nothing where it should have. `nothing`: what it said then, in words. */
export const silentScript = (stderr: string, nothing: string): Outcome => ({
  kind: 'toolFailed',
  tool: 'the probe script',
  cause: { kind: 'output', words: stderr.trim() === '' ? nothing : words(stderr) },
});
