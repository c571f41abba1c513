/** Picks one of the kubeconfig's contexts for this workspace. The kubeconfig itself is never written. */
import * as vscode from 'vscode';
import type { Connection } from '../connection.js';
import { inert } from '../markdown.js';

const { t } = vscode.l10n;

interface ContextItem extends vscode.QuickPickItem {
  /** Undefined follows the settings and the kubeconfig. */
  readonly context: string | undefined;
}

export async function selectContextCommand(connection: Connection): Promise<void> {
  if (connection.situation.kind === 'restricted') {
    void vscode.window.showWarningMessage(t('Clusters are not read in Restricted Mode. Trust the workspace first.'));
    return;
  }
  await connection.start();
  const { kubeconfig, choice } = connection;
  if (kubeconfig === undefined || kubeconfig.contexts.length === 0) {
    const { situation } = connection;
    const words = 'message' in situation ? situation.message : t('The kubeconfig has no contexts.');
    void vscode.window.showWarningMessage(inert(words, 1000));
    return;
  }
  const shown = connection.cluster?.identity.context;
  const servers = new Map(kubeconfig.clusters.map(({ name, server }) => [name, server]));
  const follow: ContextItem = {
    label: t('$(sync) Follow the kubeconfig'),
    description:
      kubeconfig.currentContext === '' ? t('no current context') : t('current context: {0}', kubeconfig.currentContext),
    context: undefined,
  };
  const items: ContextItem[] = kubeconfig.contexts.map(({ name, cluster }) => ({
    label: name === shown ? `$(check) ${name}` : name,
    description: withoutUserInformation(servers.get(cluster) ?? t('no such cluster: {0}', cluster)),
    context: name,
  }));
  const chosen = await vscode.window.showQuickPick<ContextItem>(choice === undefined ? items : [follow, ...items], {
    title: t('Select Context'),
    placeHolder: t('For this workspace; the kubeconfig is not written'),
    matchOnDescription: true,
  });
  if (chosen !== undefined) await connection.choose(chosen.context);
}

/** A server's URL may carry a password. */
const withoutUserInformation = (server: string): string => server.replace(/\/\/[^/@]*@/, '//');
