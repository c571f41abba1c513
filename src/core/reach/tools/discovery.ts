/**
 * Which tools an image has: one constant script where there is a shell, one call a tool where there is none.
 */
import { TOOLS } from './index.js';
import type { FoundTool, Tool } from './tool.js';

const MARK = '--- tool';

/** Programs whose introduction is asked for: every name of every tool, once. */
const introductions = TOOLS.flatMap((tool) => tool.programs.map((program) => ({ tool, program })));

/**
 * Prints, for every program that is there, a line `--- tool <program>` and what it says of itself. A constant: nothing is
 * put into it. Errors go to standard output, because `nc -h` speaks on either.
 */
export const DISCOVERY_SCRIPT = [
  'try() { command -v "$1" >/dev/null 2>&1 || return 0; echo; echo "' + MARK + ' $1"; "$@" </dev/null 2>&1; }',
  ...introductions.map(({ tool, program }) => `try ${[program, ...tool.introduction].join(' ')}`),
  'exit 0',
].join('\n');

/** Longest introduction that is looked at; `agnhost connect --help` has 900 characters. */
const MAX_INTRODUCTION = 4000;

/** The tool that an introduction belongs to, with its dialect; undefined when the program is not what its name says. */
export function recogniseTool(tool: Tool, program: string, introduction: string): FoundTool | undefined {
  const dialect = tool.recognise(introduction.slice(0, MAX_INTRODUCTION));
  return dialect === undefined ? undefined : { tool, program, dialect };
}

/** What `DISCOVERY_SCRIPT` printed, read. A tool stands once, under the first of its names that was recognised. */
export function readDiscovery(stdout: string): FoundTool[] {
  const found: FoundTool[] = [];
  for (const part of stdout.split(`\n${MARK} `).slice(1)) {
    const end = part.indexOf('\n');
    const program = end < 0 ? part : part.slice(0, end);
    for (const known of introductions) {
      if (known.program !== program || found.some((one) => one.tool === known.tool)) continue;
      const tool = recogniseTool(known.tool, program, end < 0 ? '' : part.slice(end + 1));
      if (tool !== undefined) found.push(tool);
    }
  }
  return found;
}

/** Names for the sentence "looked for …". */
export const TOOL_TITLES: readonly string[] = TOOLS.map((tool) => tool.id);
