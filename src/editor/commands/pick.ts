/** Picks for commands that are run from the palette: a node, or a pod found as one types. */
import * as vscode from 'vscode';
import type { Cluster } from '../cluster.js';
import { nodeTarget, podTarget, type Target } from './target.js';

const { t } = vscode.l10n;
const MAX_NODES = 50;
const MAX_PODS = 100;
/** Typing is waited for so long before pods are looked for. */
const TYPING_MS = 150;

interface TargetItem extends vscode.QuickPickItem {
  readonly target?: Target;
}

/** Lets the user choose a node or a pod; undefined when the pick was left, or the cluster. */
export function pickNodeOrPod(cluster: Cluster, title: string): Promise<Target | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<TargetItem>();
    let typing: NodeJS.Timeout | undefined;
    let asked = 0;
    const find = async (text: string): Promise<void> => {
      const turn = ++asked;
      const nodes = nodeItems(cluster, text);
      pick.busy = true;
      let pods: readonly TargetItem[];
      try {
        pods = await podItems(cluster, text);
      } catch (error) {
        pods = [
          {
            label: t('Pods cannot be looked for'),
            detail: error instanceof Error ? error.message : String(error),
            alwaysShow: true,
          },
        ];
      }
      if (turn !== asked) return;
      pick.busy = false;
      pick.items = [...nodes, ...pods];
    };
    const left = (): void => {
      pick.hide();
    };
    pick.title = title;
    pick.placeholder = t('Name or address of a node or a pod');
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.onDidChangeValue((text) => {
      clearTimeout(typing);
      typing = setTimeout(() => void find(text.trim()), TYPING_MS);
    });
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.target === undefined) return;
      resolve(chosen.target);
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

function nodeItems({ mirror }: Cluster, text: string): TargetItem[] {
  const found: TargetItem[] = [];
  for (const name of mirror.nodeNames) {
    const node = mirror.node(name);
    if (node === undefined || ![name, ...node.internalIPs].some((word) => word.includes(text))) continue;
    found.push({
      label: `$(server) ${name}`,
      description: node.internalIPs.join(', '),
      target: nodeTarget(name, node.internalIPs),
    });
    if (found.length === MAX_NODES) break;
  }
  return found.length === 0 ? [] : [separator(t('Nodes')), ...found];
}

async function podItems(cluster: Cluster, text: string): Promise<TargetItem[]> {
  const { pods } = await cluster.request('findPods', { text, limit: MAX_PODS });
  const items = pods.map((pod): TargetItem => ({
    label: `$(package) ${pod.namespace}/${pod.name}`,
    description: pod.ips.join(', '),
    target: podTarget(pod.namespace, pod.name, pod.ips),
  }));
  return items.length === 0 ? [] : [separator(t('Pods')), ...items];
}

const separator = (label: string): TargetItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
