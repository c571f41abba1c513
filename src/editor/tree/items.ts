/** Elements of the view *Network* as rows: what each says, shows and lets one do. Tooltips are made when asked for (`tooltips.ts`). */
import * as vscode from 'vscode';
import { placeKey } from '../../core/network/place.js';
import type { Cluster } from '../cluster.js';
import { InternalCommand } from '../contributions.js';
import { decorationUri } from '../decorations.js';
import { type ShownFindings, worst } from '../shownFindings.js';
import type {
  ContextElement,
  GapElement,
  GapsElement,
  MoreElement,
  NetworkElement,
  NodeElement,
  NoteElement,
  PodElement,
  RangeElement,
  UnscheduledElement,
} from './elements.js';
import { POD_PAGE } from './podList.js';
import { treeItem } from './row.js';
import { findingsWord, join, podWord, rangeWord, readyWord, severityIcon } from './words.js';

const { t } = vscode.l10n;
const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** So many rows of what cannot be read are shown at once; more would push the rest out of sight. */
const FEW_GAPS = 4;

export function itemOf(
  element: NetworkElement,
  cluster: Cluster | undefined,
  findings: ShownFindings,
): vscode.TreeItem {
  switch (element.kind) {
    case 'context':
      return contextItem(element, cluster);
    case 'note':
      return noteItem(element);
    case 'gaps':
      return gapsItem(element);
    case 'gap':
      return gapItem(element);
    case 'node':
      return nodeItem(element, findings);
    case 'range':
      return rangeItem(element, findings);
    case 'unscheduled':
      return unscheduledItem(element);
    case 'pod':
      return podItem(element, findings);
    case 'more':
      return moreItem(element);
  }
}

function contextItem(element: ContextElement, cluster: Cluster | undefined): vscode.TreeItem {
  const state = cluster?.state;
  const server = cluster?.identity.server;
  const reading = cluster?.mirror.reading;
  const solution = reading === undefined || reading.solution === 'unknown' ? '' : reading.title;
  const connected = state?.phase === 'connected';
  const words = connected ? join([state.version, solution]) : t('not connected');
  return treeItem({
    id: element.id,
    label: element.context,
    description: join([words, server]),
    icon: connected
      ? new vscode.ThemeIcon('globe')
      : new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('problemsWarningIcon.foreground')),
    words: ['context'],
    speech: t('context {0}, {1}, server {2}', element.context, words, server ?? ''),
  });
}

function noteItem(element: NoteElement): vscode.TreeItem {
  return treeItem({
    id: element.id,
    label: element.label,
    icon: new vscode.ThemeIcon(element.icon),
    words: [],
    speech: element.label,
    ...(element.command === undefined ? {} : { command: element.command }),
  });
}

function gapsItem(element: GapsElement): vscode.TreeItem {
  const names = element.gaps.map(({ gap }) => gap.resource).join(', ');
  return treeItem({
    id: element.id,
    label: t('Not everything can be read'),
    description: names,
    icon: severityIcon('warning'),
    state: element.gaps.length <= FEW_GAPS ? Expanded : Collapsed,
    words: [],
    speech: t('Not everything can be read: {0}', names),
  });
}

function gapItem({ id, gap }: GapElement): vscode.TreeItem {
  return treeItem({
    id,
    label: gap.resource,
    description: gap.detail,
    icon: new vscode.ThemeIcon(gap.reason === 'forbidden' ? 'lock' : 'circle-slash'),
    words: [],
    speech: t('{0} cannot be read: {1}', gap.resource, gap.detail),
  });
}

function unreadNodeItem({ id, summary }: NodeElement): vscode.TreeItem {
  const pods = t('{0} pods', summary.podCount);
  return treeItem({
    id,
    label: summary.name,
    description: join([t('known from pods only'), pods]),
    icon: new vscode.ThemeIcon('question'),
    state: Collapsed,
    words: ['node'],
    speech: t('node {0}, known from pods only, {1}', summary.name, pods),
  });
}

function nodeItem(element: NodeElement, shownFindings: ShownFindings): vscode.TreeItem {
  if (!element.readable) return unreadNodeItem(element);
  const node = element.summary;
  const findings = shownFindings.ofObject(element.ref);
  const severity = worst(findings);
  const serious = severity === 'error' || severity === 'warning';
  const cordoned = node.unschedulable ? t('unschedulable') : undefined;
  const addresses = node.internalIPs.length === 0 ? t('no address') : node.internalIPs.join(', ');
  const icon =
    severity === 'error'
      ? severityIcon('error')
      : serious || node.ready !== 'Ready'
        ? severityIcon('warning')
        : new vscode.ThemeIcon('server');
  return treeItem({
    id: element.id,
    label: node.name,
    description: join([addresses, findingsWord(findings), readyWord(node), cordoned]),
    icon,
    state: Collapsed,
    words: ['node', 'object', ...(node.internalIPs.length > 0 ? (['hasIp'] as const) : [])],
    speech: join(
      [
        t('node {0}', node.name),
        addresses,
        readyWord(node),
        cordoned,
        t('{0} pods', node.podCount),
        findingsWord(findings),
      ],
      ', ',
    ),
    resourceUri: decorationUri(element.context, element.ref),
  });
}

function rangeItem(element: RangeElement, shownFindings: ShownFindings): vscode.TreeItem {
  const { range } = element;
  const findings = shownFindings.ofPlace(placeKey(range.place));
  const severity = range.problem === undefined ? worst(findings) : 'error';
  const words = rangeWord(range);
  return treeItem({
    id: element.id,
    label: range.text,
    description: join([t('pod range'), findingsWord(findings), words]),
    icon:
      severity === undefined
        ? new vscode.ThemeIcon(range.used === false ? 'circle-slash' : 'symbol-array')
        : severityIcon(severity),
    words: ['range', 'object'],
    speech: join(
      [t('pod range {0} of node {1}', range.text, element.parent.summary.name), words, findingsWord(findings)],
      ', ',
    ),
  });
}

function unscheduledItem(element: UnscheduledElement): vscode.TreeItem {
  return treeItem({
    id: element.id,
    label: t('Pods without a node'),
    description: String(element.count),
    icon: new vscode.ThemeIcon('clock'),
    state: Collapsed,
    words: [],
    speech: t('{0} pods without a node', element.count),
  });
}

function podItem(element: PodElement, shownFindings: ShownFindings): vscode.TreeItem {
  const pod = element.summary;
  const findings = shownFindings.ofObject(element.ref);
  const severity = worst(findings);
  const addresses = pod.ips.length === 0 ? t('no address') : pod.ips.join(', ');
  const host = pod.hostNetwork ? t('host network') : undefined;
  const name = `${pod.namespace}/${pod.name}`;
  return treeItem({
    id: element.id,
    label: name,
    description: join([addresses, findingsWord(findings), host, podWord(pod)]),
    icon: severity === undefined ? podIcon(element) : severityIcon(severity),
    words: [
      'pod',
      'object',
      ...(pod.ips.length > 0 ? (['hasIp'] as const) : []),
      ...(pod.hostNetwork ? (['hostNetwork'] as const) : []),
      ...(pod.phase === 'Running' && !pod.terminating ? (['running'] as const) : []),
    ],
    speech: join([t('pod {0}', name), addresses, host, podWord(pod), findingsWord(findings)], ', '),
    resourceUri: decorationUri(element.parent.context, element.ref),
  });
}

function podIcon({ summary }: PodElement): vscode.ThemeIcon {
  if (summary.phase === 'Succeeded') return new vscode.ThemeIcon('check');
  if (summary.phase === 'Failed') return severityIcon('warning');
  if (summary.phase === 'Pending') return new vscode.ThemeIcon('clock');
  return new vscode.ThemeIcon(summary.hostNetwork ? 'vm-connect' : 'package');
}

function moreItem(element: MoreElement): vscode.TreeItem {
  const label =
    element.parent === undefined ? t('Show more nodes') : t('Show {0} more', Math.min(POD_PAGE, element.remaining));
  return treeItem({
    id: element.id,
    label,
    description: t('{0} not shown', element.remaining),
    icon: new vscode.ThemeIcon('ellipsis'),
    words: ['more'],
    speech: t('{0}, {1} are not shown', label, element.remaining),
    command: { command: InternalCommand.loadMore, title: label, arguments: [element] },
  });
}
