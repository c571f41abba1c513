/** The list of tools, the preferred first: those that measure without sending data, and say most, come before the others. */
import { agnhost } from './agnhost.js';
import { bash } from './bash.js';
import { curl } from './curl.js';
import { busyboxNetcat, netcat } from './netcat.js';
import { ping } from './ping.js';
import { node, perl, python } from './scripted.js';
import type { Channel, FoundTool, Method, Tool } from './tool.js';
import { wget } from './wget.js';

export const TOOLS: readonly Tool[] = [agnhost, python, node, perl, bash, netcat, busyboxNetcat, curl, wget, ping];

/** The best of the tools that were found for a channel, and those after it, for when the best one fails. */
export function methodsFor(channel: Channel, found: readonly FoundTool[]): { found: FoundTool; method: Method }[] {
  const methods: { found: FoundTool; method: Method }[] = [];
  for (const tool of TOOLS) {
    for (const one of found) {
      const method = one.tool === tool ? tool.method(channel, one.dialect) : undefined;
      if (method !== undefined) methods.push({ found: one, method });
    }
  }
  return methods;
}
