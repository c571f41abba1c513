/**
 * From a plan to a yes: the essentials in a modal dialog, the whole of it on a page. Nothing is created before.
 */
import * as vscode from 'vscode';
import type { Cluster } from './cluster.js';
import { inert } from './markdown.js';

const { t } = vscode.l10n;

export interface PlanQuestion {
  /** `Verify the network model of kind-a?` */
  readonly question: string;
  /** The essentials, a line each. */
  readonly essentials: readonly string[];
  /** Title of the button that says yes. */
  readonly yes: string;
  /** The page with the whole plan. */
  readonly page: vscode.Uri;
}

/** Whether the user said yes. After a look at the whole plan the question is asked again, when the user comes back to it. */
export async function agreed(cluster: Cluster, plan: PlanQuestion): Promise<boolean> {
  const whole = t('Show Whole Plan');
  for (;;) {
    const answer = await vscode.window.showWarningMessage(
      plan.question,
      { modal: true, detail: plan.essentials.join('\n') },
      plan.yes,
      whole,
    );
    if (cluster.signal.aborted) return false;
    if (answer === plan.yes) return true;
    if (answer !== whole) return false;
    await vscode.commands.executeCommand('vscode.open', plan.page);
    const back = t('{0}…', plan.yes);
    if ((await vscode.window.showInformationMessage(inert(plan.question), back)) !== back) return false;
  }
}
