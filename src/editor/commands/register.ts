/** Registers commands: every declared one has a handler, or this does not compile. */
import * as vscode from 'vscode';
import type { Command, InternalCommand } from '../contributions.js';
import { inert } from '../markdown.js';

/** Arguments are whatever the caller passes; a handler looks at them before it uses them. */
export type Handler = (...args: readonly unknown[]) => unknown;

/** Characters of an error that are shown. */
const MAX_WORDS = 1000;

/** An error of a handler is logged with its stack, and shown by the workbench: as text, for a cluster may have worded it. */
export function registerCommands(
  handlers: Readonly<Record<Command | InternalCommand, Handler>>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        log.error(error instanceof Error ? error : String(error), id);
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(inert(words, MAX_WORDS), { cause: error });
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
