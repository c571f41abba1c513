/** Registers commands: every declared one has a handler, or this does not compile. */
import * as vscode from 'vscode';
import type { Command, InternalCommand } from '../contributions.js';

/** Arguments are whatever the caller passes; a handler looks at them before it uses them. */
export type Handler = (...args: readonly unknown[]) => unknown;

/** An error of a handler is shown by the workbench and logged with its stack. */
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
        throw error;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
