/** Picks what is probed: the targets used last on top, then what is typed as an address, nodes, Services and pods. */
import * as vscode from 'vscode';
import { formatAddress, parseAddress } from '../../core/ip/address.js';
import type { ProbeTarget } from '../../core/reach/report.js';
import type { Cluster } from '../cluster.js';
import type { RecentTarget } from './recentTargets.js';

const { t } = vscode.l10n;
const MAX_NODES = 20;
const MAX_FOUND = 100;
/** Typing is waited for so long before things are looked for. */
const TYPING_MS = 150;

interface TargetItem extends vscode.QuickPickItem {
  readonly recent?: RecentTarget;
}

const separator = (label: string): TargetItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
const group = (label: string, items: readonly TargetItem[]): TargetItem[] =>
  items.length === 0 ? [] : [separator(label), ...items];

const item = (icon: string, label: string, description: string, target: ProbeTarget): TargetItem => ({
  label: `$(${icon}) ${label}`,
  description,
  recent: { label, target },
});

async function itemsFor(cluster: Cluster, text: string, recents: readonly RecentTarget[]): Promise<TargetItem[]> {
  const address = parseAddress(text);
  const typed = address.ok
    ? [
        item('globe', formatAddress(address.value), t('this address'), {
          kind: 'address',
          address: formatAddress(address.value),
        }),
      ]
    : [];
  const nodes: TargetItem[] = [];
  for (const name of cluster.mirror.nodeNames) {
    const ips = cluster.mirror.node(name)?.internalIPs ?? [];
    if (![name, ...ips].some((word) => word.includes(text))) continue;
    nodes.push(item('server', name, ips.join(', '), { kind: 'node', name }));
    if (nodes.length === MAX_NODES) break;
  }
  const [{ pods }, { services }] = await Promise.all([
    cluster.request('findPods', { text, limit: MAX_FOUND }),
    cluster.request('findServices', { text, limit: MAX_FOUND }),
  ]);
  return [
    ...group(
      t('Used last'),
      recents
        .filter(({ label }) => label.includes(text))
        .map((recent) => ({ label: `$(history) ${recent.label}`, recent })),
    ),
    ...group(t('Address'), typed),
    ...group(
      t('Pods'),
      pods
        .filter(({ ips }) => ips.length > 0)
        .map(({ namespace, name, ips, node }) =>
          item('package', `${namespace}/${name}`, `${ips.join(', ')} · ${node}`, { kind: 'pod', namespace, name }),
        ),
    ),
    ...group(
      t('Services'),
      services.map(({ namespace, name, clusterIPs }) =>
        item('gripper', `${namespace}/${name}`, clusterIPs.join(', '), { kind: 'service', namespace, name }),
      ),
    ),
    ...group(t('Nodes'), nodes),
  ];
}

/** Lets the user choose; undefined when the pick was left, or the cluster. */
export function pickProbeTarget(
  cluster: Cluster,
  title: string,
  recents: readonly RecentTarget[],
): Promise<RecentTarget | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<TargetItem>();
    let typing: NodeJS.Timeout | undefined;
    let asked = 0;
    const find = async (text: string): Promise<void> => {
      const turn = ++asked;
      pick.busy = true;
      let items: TargetItem[];
      try {
        items = await itemsFor(cluster, text, recents);
      } catch (error) {
        items = [
          {
            label: t('Targets cannot be looked for'),
            detail: error instanceof Error ? error.message : String(error),
            alwaysShow: true,
          },
        ];
      }
      if (turn !== asked) return;
      pick.busy = false;
      pick.items = items;
    };
    const left = (): void => {
      pick.hide();
    };
    pick.title = title;
    pick.placeholder = t('Name or address of a pod, Service or node, or any address');
    pick.matchOnDescription = true;
    pick.onDidChangeValue((text) => {
      clearTimeout(typing);
      typing = setTimeout(() => void find(text.trim()), TYPING_MS);
    });
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.recent === undefined) return;
      resolve(chosen.recent);
      pick.hide();
    });
    pick.onDidHide(() => {
      clearTimeout(typing);
      asked = Number.POSITIVE_INFINITY;
      cluster.signal.removeEventListener('abort', left);
      resolve(undefined);
      pick.dispose();
    });
    cluster.signal.addEventListener('abort', left);
    pick.show();
    void find('');
  });
}
