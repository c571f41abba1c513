/** Picks the pod of a node from which it is probed: running ones, those on the pod network first. */
import * as vscode from 'vscode';
import type { PodName } from '../../core/reach/report.js';
import type { PodSummary } from '../../kube/session.js';
import type { Cluster } from '../cluster.js';

const { t } = vscode.l10n;
/** Pods that are offered; one is as good as another to tell how its node reaches others. */
const MAX_PODS = 500;

interface PodItem extends vscode.QuickPickItem {
  readonly pod?: PodName;
}

/** Undefined when the pick was left, or there is no such pod; the latter is said. */
export async function pickPodOfNode(cluster: Cluster, node: string): Promise<PodName | undefined> {
  const { pods } = await cluster.request('podsOfNode', { node, offset: 0, limit: MAX_PODS });
  const running = pods.filter(({ phase, terminating, ips }) => phase === 'Running' && !terminating && ips.length > 0);
  if (running.length === 0) {
    void vscode.window.showWarningMessage(t('No pod runs on {0} from which it could be probed.', node));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick<PodItem>(
    [
      ...group(
        t('On the pod network'),
        running.filter(({ hostNetwork }) => !hostNetwork),
      ),
      ...group(
        t('On the node’s own network'),
        running.filter(({ hostNetwork }) => hostNetwork),
      ),
    ],
    { title: t('Probe From {0}', node), placeHolder: t('The pod on {0} that probes', node), matchOnDescription: true },
  );
  return chosen?.pod;
}

function group(label: string, pods: readonly PodSummary[]): PodItem[] {
  if (pods.length === 0) return [];
  const items = pods.map(({ namespace, name, ips }): PodItem => ({
    label: `$(package) ${namespace}/${name}`,
    description: ips.join(', '),
    pod: { namespace, name },
  }));
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
