/**
 * Which tools the image of a container has, found once for each image.
 *
 * Where the image has a shell, one constant script tells everything; where it has none, each program is called for its
 * introduction, until the first that can open a TCP connection is found.
 */
import { DISCOVERY_SCRIPT, readDiscovery, recogniseTool } from '../../core/reach/tools/discovery.js';
import { TOOLS } from '../../core/reach/tools/index.js';
import type { FoundTool } from '../../core/reach/tools/tool.js';
import { type ContainerRef, type ExecRequest, type ExecResult, outcomeOf } from './exec.js';
import { NotMeasured } from './notMeasured.js';

export type Run = (request: ExecRequest, signal: AbortSignal) => Promise<ExecResult>;

const LIMIT_MS = 8_000;
/** Calls at the same time in one container. */
const AT_ONCE = 3;
/** Images remembered; the oldest is forgotten. */
const MAX_IMAGES = 500;

export class ToolCache {
  readonly #images = new Map<string, readonly FoundTool[]>();

  /**
   * The tools of the container's image. `image` identifies what runs (`status.containerStatuses[].imageID`); empty: it is
   * not remembered, and neither is what was found before the script was cut short. Throws `NotMeasured` where exec itself
   * does not work.
   */
  async find(run: Run, ref: ContainerRef, image: string, signal: AbortSignal): Promise<readonly FoundTool[]> {
    const known = image === '' ? undefined : this.#images.get(image);
    if (known !== undefined) return known;
    const inShell = await withShell(run, ref, signal);
    const found = inShell?.tools ?? (await withoutShell(run, ref, signal));
    if (image !== '' && inShell?.cut !== true) {
      const oldest = this.#images.keys().next();
      if (this.#images.size >= MAX_IMAGES && oldest.done !== true) this.#images.delete(oldest.value);
      this.#images.set(image, found);
    }
    return found;
  }
}

/** `cut`: the script did not come to its end, so that there may be more. */
async function withShell(
  run: Run,
  ref: ContainerRef,
  signal: AbortSignal,
): Promise<{ readonly tools: FoundTool[]; readonly cut: boolean } | undefined> {
  const command = ['sh', '-c', DISCOVERY_SCRIPT];
  const result = await run({ ...ref, command, limitMs: LIMIT_MS }, signal);
  if (result.kind === 'ran') return { tools: readDiscovery(result.run.stdout), cut: result.run.exit.kind !== 'code' };
  if (result.kind === 'missing') return undefined;
  throw new NotMeasured(outcomeOf(result));
}

async function withoutShell(run: Run, ref: ContainerRef, signal: AbortSignal): Promise<FoundTool[]> {
  const left = TOOLS.flatMap((tool) => tool.programs.map((program) => ({ tool, program })));
  const found: FoundTool[] = [];
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const { tool, program } = one;
      if (found.some((earlier) => earlier.tool === tool || earlier.tool.method('tcp', earlier.dialect) !== undefined))
        continue;
      const result = await run({ ...ref, command: [program, ...tool.introduction], limitMs: LIMIT_MS }, signal);
      if (result.kind === 'missing') continue;
      if (result.kind !== 'ran') throw new NotMeasured(outcomeOf(result));
      const recognised = recogniseTool(tool, program, `${result.run.stdout}\n${result.run.stderr}`);
      if (recognised !== undefined) found.push(recognised);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}
