/** "What Is This IP?": everything that is known of an address or a range, with places to jump to. */
import * as vscode from 'vscode';
import type { Explained, Explanation } from '../../core/network/explain.js';
import { formatPlace } from '../../core/network/place.js';
import type { Cluster } from '../cluster.js';
import type { Connection } from '../connection.js';
import { cap, inert } from '../markdown.js';
import { neededCluster, showObject } from './clusterCommands.js';
import { targetsOf } from './target.js';

const { t } = vscode.l10n;
const MAX_INPUT = 64;

export async function whatIsThisIp(connection: Connection, argument: unknown, selection: unknown): Promise<void> {
  const cluster = await neededCluster(connection);
  if (cluster === undefined) return;
  const [target] = targetsOf(cluster, argument, selection);
  const text = target?.cidr ?? (target !== undefined && target.ips.length > 0 ? target.ips[0] : await ask(cluster));
  if (text === undefined) return;
  const answer = await cluster.request('explain', { text });
  if (!answer.ok) {
    void vscode.window.showWarningMessage(inert(`${cap(text, MAX_INPUT)} ${answer.reason}.`));
    return;
  }
  const chosen = await vscode.window.showQuickPick(itemsOf(answer), {
    title: answer.text,
    placeHolder: answer.summary,
    matchOnDetail: true,
  });
  const place = chosen?.place;
  if (place?.kind === 'object') await showObject(cluster, place.object, place.path);
}

/** Asks for an address or a range; says while one types what is neither. What is selected in the editor is offered. */
function ask(cluster: Cluster): Thenable<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection).trim() ?? '';
  return vscode.window.showInputBox({
    title: t('What Is This IP?'),
    prompt: t('An IPv4 or IPv6 address, or a range such as 10.244.0.0/24'),
    value: selected.length <= MAX_INPUT && /^[0-9a-fA-F.:/]+$/.test(selected) ? selected : '',
    validateInput: async (text) => {
      if (text.trim() === '') return '';
      const answer = await cluster.request('explain', { text });
      return answer.ok ? '' : inert(t('This {0}.', answer.reason));
    },
  });
}

interface ExplainedItem extends vscode.QuickPickItem {
  readonly place?: Explained['place'];
}

function itemsOf({ items, more, unknown }: Explanation): ExplainedItem[] {
  const shown = items.map((item): ExplainedItem => ({
    label: `$(${iconOf(item)}) ${item.text}`,
    ...(item.aside ? { description: t('side note') } : {}),
    ...(item.place === undefined ? {} : { detail: formatPlace(item.place), place: item.place }),
  }));
  const beyond = Object.values(more).reduce((sum, count) => sum + count, 0);
  const notes: ExplainedItem[] = [
    ...(beyond > 0 ? [{ label: `$(ellipsis) ${t('{0} more are not listed', beyond)}` }] : []),
    ...unknown.map((gap) => ({ label: `$(lock) ${t('Not everything can be read')}`, detail: gap })),
  ];
  return shown.length + notes.length > 0 ? [...shown, ...notes] : [{ label: t('Nothing is known of it') }];
}

function iconOf({ kind }: Explained): string {
  switch (kind) {
    case 'pod':
      return 'package';
    case 'node':
    case 'host-address':
      return 'server';
    case 'service':
      return 'globe';
    case 'endpoint':
      return 'arrow-right';
    case 'claim':
      return 'symbol-array';
    case 'special':
      return 'info';
  }
}
