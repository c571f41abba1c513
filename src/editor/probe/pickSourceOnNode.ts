/** Picks from where on a node it is probed: one of its running pods, those on the pod network first, or a probe pod. */
import * as vscode from 'vscode';
import type { ProbeSource } from '../../core/reach/report.js';
import type { PodSummary } from '../../kube/session.js';
import type { Cluster } from '../cluster.js';

const { t } = vscode.l10n;
/** Pods that are offered; one is as good as another to tell how its node reaches others. */
const MAX_PODS = 500;

interface SourceItem extends vscode.QuickPickItem {
  readonly source?: ProbeSource;
}

/** Undefined when the pick was left. */
export async function pickSourceOnNode(cluster: Cluster, node: string): Promise<ProbeSource | undefined> {
  const { pods } = await cluster.request('podsOfNode', { node, offset: 0, limit: MAX_PODS });
  const running = pods.filter(({ phase, terminating, ips }) => phase === 'Running' && !terminating && ips.length > 0);
  const chosen = await vscode.window.showQuickPick<SourceItem>(
    [
      ...group(
        t('On the pod network'),
        running.filter(({ hostNetwork }) => !hostNetwork),
      ),
      ...group(
        t('On the node’s own network'),
        running.filter(({ hostNetwork }) => hostNetwork),
      ),
      { label: t('Made for the probe'), kind: vscode.QuickPickItemKind.Separator },
      {
        label: `$(server) ${node}`,
        description: t('a short-lived probe pod on the node’s own network, after a plan'),
        source: { kind: 'node', name: node },
      },
    ],
    {
      title: t('Probe From {0}', node),
      placeHolder: t('The pod on {0} that probes, or a probe pod', node),
      matchOnDescription: true,
    },
  );
  return chosen?.source;
}

function group(label: string, pods: readonly PodSummary[]): SourceItem[] {
  if (pods.length === 0) return [];
  const items = pods.map(({ namespace, name, ips }): SourceItem => ({
    label: `$(package) ${namespace}/${name}`,
    description: ips.join(', '),
    source: { namespace, name },
  }));
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
