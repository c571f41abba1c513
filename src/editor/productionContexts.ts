/**
 * Production contexts: before anything is created in one, or probed from a pod of it, the user types the context's name.
 * Which contexts those are, patterns in a setting say.
 */
import * as vscode from 'vscode';
import { matchesWildcard } from '../core/network/wildcard.js';
import type { Cluster } from './cluster.js';
import { Setting } from './contributions.js';
import { cap, inert } from './markdown.js';

const { t } = vscode.l10n;

export function isProduction(context: string): boolean {
  const patterns: unknown = vscode.workspace.getConfiguration().get(Setting.productionContexts);
  return (
    Array.isArray(patterns) &&
    patterns.some(
      (pattern) => typeof pattern === 'string' && pattern.trim() !== '' && matchesWildcard(context, pattern),
    )
  );
}

/** Whether to go on: at once where the context is none for production, else when its name was typed. */
export async function confirmedForProduction(cluster: Cluster, action: string): Promise<boolean> {
  const { context } = cluster.identity;
  if (!isProduction(context)) return true;
  const typed = await vscode.window.showInputBox({
    title: t('{0} is a production context', cap(context, 100)),
    prompt: inert(t('{0}: type the name of the context to go on.', action)),
    placeHolder: context,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || text === context
        ? ''
        : { message: t('This is not the name of the context.'), severity: vscode.InputBoxValidationSeverity.Info },
  });
  if (typed === undefined) return false;
  if (typed === context) return true;
  void vscode.window.showWarningMessage(t('Nothing was done: the name of the context was not typed.'));
  return false;
}
