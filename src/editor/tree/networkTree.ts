/**
 * The view *Network*'s data: the context, what could not be read, the nodes with their ranges and pods.
 *
 * Answers for: the same elements for the same things, pages, refreshing the smallest element, and dropping what a context
 * switch made stale. Never throws and shows no messages: what went wrong is a row.
 */
import * as vscode from 'vscode';
import { groupBy } from '../../core/checks/groupBy.js';
import type { Gap } from '../../core/network/facts.js';
import { compareNatural } from '../../core/network/naturalOrder.js';
import type { NodeSummary } from '../../kube/session.js';
import type { Cluster } from '../cluster.js';
import type { Connection } from '../connection.js';
import { Command } from '../contributions.js';
import type { MirrorChange } from '../mirror.js';
import { objectKey, type ShownFindings } from '../shownFindings.js';
import { hasContent, type Situation } from '../situation.js';
import {
  ContextElement,
  GapElement,
  GapsElement,
  MoreElement,
  type NetworkElement,
  NodeElement,
  NoteElement,
  type PodElement,
  type PodParent,
  UnscheduledElement,
  unreadNode,
} from './elements.js';
import { itemOf } from './items.js';
import { tooltipOf } from './tooltips.js';

const { t } = vscode.l10n;

/** Nodes that are shown at first, and added by each "show more". */
export const NODE_PAGE = 500;
/** Changes are gathered for so long before rows are drawn again. */
const REFRESH_MS = 100;

export class NetworkTree implements vscode.TreeDataProvider<NetworkElement>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #findings: ShownFindings;
  readonly #changed = new vscode.EventEmitter<NetworkElement[] | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;
  #content: Content | undefined;
  #pending: Set<NetworkElement> | 'everything' = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, findings: ShownFindings) {
    this.#connection = connection;
    this.#findings = findings;
    this.#subscriptions = vscode.Disposable.from(
      connection.onDidChange(() => {
        this.#follow();
        this.#refresh('everything');
      }),
      findings.onDidChange((objects) => {
        for (const element of this.#content?.objects() ?? [])
          if (objects.has(objectKey(element.ref))) this.#refresh(element);
      }),
    );
    this.#follow();
  }

  getTreeItem(element: NetworkElement): vscode.TreeItem {
    return itemOf(element, this.#content?.cluster, this.#findings);
  }

  resolveTreeItem(item: vscode.TreeItem, element: NetworkElement): vscode.TreeItem {
    if (this.#content !== undefined) {
      const tooltip = tooltipOf(element, this.#content.cluster, this.#findings);
      if (tooltip !== undefined) item.tooltip = tooltip;
    }
    return item;
  }

  getParent(element: NetworkElement): NetworkElement | undefined {
    return element.parent;
  }

  async getChildren(element?: NetworkElement): Promise<NetworkElement[]> {
    if (element === undefined) return this.#roots();
    switch (element.kind) {
      case 'gaps':
        return [...element.gaps];
      case 'node':
      case 'unscheduled':
        return this.#childrenOf(element);
      case 'context':
      case 'note':
      case 'gap':
      case 'range':
      case 'pod':
      case 'more':
        return [];
    }
  }

  /** Shows the next page of a list. */
  async showMore(element: MoreElement): Promise<void> {
    const content = this.#content;
    if (content === undefined) return;
    if (element.parent === undefined) {
      content.nodeLimit += NODE_PAGE;
      this.#refresh('everything');
      return;
    }
    element.parent.pods.showMore();
    await this.#reload(content, element.parent);
  }

  /** The children of the element are no longer looked at. */
  collapsed(element: NetworkElement): void {
    if (element.kind === 'node' || element.kind === 'unscheduled') element.pods.live = false;
  }

  /** The element of a node, made visible by showing more nodes where it must; undefined when there is no such node. */
  node(name: string): NodeElement | undefined {
    const content = this.#content;
    if (content === undefined) return undefined;
    const { nodeNames, unreadNodes } = content.cluster.mirror;
    const known = nodeNames.indexOf(name);
    const index = known >= 0 ? known : unreadNodes.findIndex((node) => node.name === name);
    if (index < 0) return undefined;
    if (index >= content.nodeLimit) {
      content.nodeLimit = Math.ceil((index + 1) / NODE_PAGE) * NODE_PAGE;
      this.#changed.fire(undefined);
    }
    return content.nodeElement(name);
  }

  /** The element of a pod, made visible by showing more of its node's pods; undefined when it is not there. */
  async pod(node: string, namespace: string, name: string): Promise<PodElement | undefined> {
    const content = this.#content;
    const parent = node === '' ? content?.unscheduled : this.node(node);
    if (content === undefined || parent === undefined) return undefined;
    const find = (): PodElement | undefined =>
      parent.pods.elements?.find(({ summary }) => summary.namespace === namespace && summary.name === name);
    if (find() === undefined) {
      parent.pods.growTo(parent.kind === 'node' ? parent.summary.podCount : parent.count);
      await this.#reload(content, parent);
    }
    return find();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#content?.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Holds on to the elements of a cluster for as long as that very cluster is shown. */
  #follow(): void {
    const { cluster } = this.#connection;
    if (cluster === this.#content?.cluster) return;
    this.#content?.dispose();
    this.#content =
      cluster === undefined
        ? undefined
        : new Content(cluster, (change) => {
            this.#apply(change);
          });
  }

  #roots(): NetworkElement[] {
    const { situation } = this.#connection;
    const content = this.#content;
    if (situation.kind !== 'cluster' || content === undefined) return notesOf(situation);
    return hasContent(situation.cluster) ? content.roots() : notesOf(situation, content.context);
  }

  async #childrenOf(parent: PodParent): Promise<NetworkElement[]> {
    const content = this.#content;
    if (content === undefined) return [];
    parent.pods.live = true;
    if (parent.pods.elements === undefined) {
      try {
        await parent.pods.load((limit) => content.podsOf(parent, limit));
      } catch (error) {
        if (content.cluster.signal.aborted) return [];
        const label = t('The pods cannot be shown: {0}', error instanceof Error ? error.message : String(error));
        const command = { command: Command.refresh, title: t('Refresh') };
        return [
          ...rangesOf(parent),
          new NoteElement({ id: `${parent.id}/error`, parent, label, icon: 'error', command }),
        ];
      }
      if (this.#content !== content) return [];
    }
    const more = content.more(parent, parent.pods.remaining);
    return [...rangesOf(parent), ...(parent.pods.elements ?? []), ...(more === undefined ? [] : [more])];
  }

  #apply(change: MirrorChange): void {
    const content = this.#content;
    if (content === undefined) return;
    const { unscheduledCount } = content.cluster.mirror;
    const appears = content.unscheduled.count > 0 !== unscheduledCount > 0;
    if (change.membership || change.gaps || appears) this.#refresh('everything');
    if (change.reading) this.#refresh(content.context);
    if (content.unscheduled.count !== unscheduledCount) {
      content.unscheduled.count = unscheduledCount;
      this.#refresh(content.unscheduled);
    }
    for (const name of change.nodes) {
      const update = content.update(name);
      if (update !== undefined) this.#refresh(update);
    }
    for (const parent of change.reset
      ? content.parents()
      : change.podsOfNodes.flatMap((name) => content.parent(name) ?? [])) {
      if (parent.pods.live) {
        void this.#reload(content, parent);
      } else {
        parent.pods.forget();
        this.#refresh(parent);
      }
    }
  }

  /** Fetches the pods that are shown again, and refreshes no more than what differs. */
  async #reload(content: Content, parent: PodParent): Promise<void> {
    try {
      const change = await parent.pods.load((limit) => content.podsOf(parent, limit));
      if (this.#content !== content) return;
      if (change === 'structure') this.#refresh(parent);
      else change.forEach((pod) => this.#refresh(pod));
    } catch {
      // Said by a row: the next `getChildren` asks again, and shows the error's words when it fails again.
      parent.pods.forget();
      if (this.#content === content) this.#refresh(parent);
    }
  }

  #refresh(what: NetworkElement | 'everything'): void {
    if (what === 'everything') this.#pending = what;
    else if (this.#pending !== 'everything') this.#pending.add(what);
    this.#timer ??= setTimeout(() => {
      const pending = this.#pending;
      this.#timer = undefined;
      this.#pending = new Set();
      this.#changed.fire(pending === 'everything' ? undefined : [...pending]);
    }, REFRESH_MS);
  }
}

function rangesOf(parent: PodParent): readonly NetworkElement[] {
  return parent.kind === 'node' ? parent.ranges : [];
}

/** Rows for states that say why in the error's own words (above the tree): what one can do about it. */
function notesOf(situation: Situation, top?: NetworkElement): NetworkElement[] {
  const note = (id: string, label: string, icon: string, command: string, ...args: readonly unknown[]): NoteElement =>
    new NoteElement({ id: `note/${id}`, label, icon, command: { command, title: label, arguments: [...args] } });
  const retry = note('retry', t('Try Again Now'), 'refresh', Command.retry);
  const select = note('select', t('Select Another Context…'), 'arrow-swap', Command.selectContext);
  const log = note('log', t('Show Log'), 'output', Command.showLog);
  if (situation.kind === 'badKubeconfig') {
    const { problem } = situation;
    const settings = note('settings', t('Open Settings'), 'gear', Command.openSettings);
    if (problem === undefined) return [retry, settings];
    const at = new vscode.Position(Math.max(0, problem.line - 1), Math.max(0, problem.column - 1));
    const options: vscode.TextDocumentShowOptions = { selection: new vscode.Range(at, at) };
    const open = note(
      'open',
      t('Open Kubeconfig'),
      'go-to-file',
      'vscode.open',
      vscode.Uri.file(problem.file),
      options,
    );
    return [open, retry, settings];
  }
  if (situation.kind === 'noContext' && situation.named) return [select];
  if (situation.kind !== 'cluster') return [];
  switch (situation.cluster.state.phase) {
    case 'unreachable':
    case 'unauthenticated':
    case 'forbidden':
    case 'declined':
      return [...(top === undefined ? [] : [top]), retry, select, log];
    case 'idle':
    case 'connecting':
    case 'connected':
      return [];
  }
}

/** What the views are made of comes first among what cannot be read. */
const IMPORTANT = ['nodes', 'pods', 'services', 'namespaces'];
const importance = ({ resource }: Gap): number => {
  const index = IMPORTANT.indexOf(resource);
  return index < 0 ? IMPORTANT.length : index;
};

/** The elements of one cluster. */
class Content implements vscode.Disposable {
  readonly cluster: Cluster;
  readonly context: ContextElement;
  readonly unscheduled: UnscheduledElement;
  nodeLimit = NODE_PAGE;
  readonly #gaps: GapsElement;
  readonly #nodes = new Map<string, NodeElement>();
  readonly #more = new Map<string, MoreElement>();
  readonly #subscription: { dispose(): void };

  constructor(cluster: Cluster, onChange: (change: MirrorChange) => void) {
    const { context } = cluster.identity;
    this.cluster = cluster;
    this.context = new ContextElement(context);
    this.unscheduled = new UnscheduledElement(context);
    this.#gaps = new GapsElement(context);
    this.#subscription = cluster.mirror.onChange(onChange);
  }

  roots(): NetworkElement[] {
    const { mirror } = this.cluster;
    const names = mirror.nodeNames.slice(0, this.nodeLimit);
    const unread = new Set(mirror.unreadNodes.map(({ name }) => name));
    for (const name of this.#nodes.keys())
      if (mirror.node(name) === undefined && !unread.has(name)) this.#nodes.delete(name);
    this.#gaps.gaps = this.#gapElements(mirror.gaps);
    this.unscheduled.count = mirror.unscheduledCount;
    const more = this.more(undefined, mirror.nodeCount - names.length);
    return [
      this.context,
      ...(this.#gaps.gaps.length > 0 ? [this.#gaps] : []),
      ...names.flatMap((name) => this.nodeElement(name) ?? []),
      ...mirror.unreadNodes.slice(0, this.nodeLimit).map((node) => this.#element(unreadNode(node), false)),
      ...(more === undefined ? [] : [more]),
      ...(mirror.unscheduledCount > 0 ? [this.unscheduled] : []),
    ];
  }

  /** What holds the pods of a node that was shown before; of none, for `''`. */
  parent(node: string): PodParent | undefined {
    return node === '' ? this.unscheduled : this.#nodes.get(node);
  }
  parents(): PodParent[] {
    return [...this.#nodes.values(), this.unscheduled];
  }

  nodeElement(name: string): NodeElement | undefined {
    const summary = this.cluster.mirror.node(name);
    if (summary !== undefined) return this.#element(summary, true);
    const unread = this.cluster.mirror.unreadNodes.find((node) => node.name === name);
    return unread === undefined ? undefined : this.#element(unreadNode(unread), false);
  }

  /** Hands a node's new summary to its element, if it has one. A node that took another's name needs a new element. */
  update(name: string): NodeElement | 'everything' | undefined {
    const summary = this.cluster.mirror.node(name);
    const element = this.#nodes.get(name);
    if (summary === undefined || element === undefined) return undefined;
    if (summary.uid !== element.summary.uid) return 'everything';
    element.update(summary);
    return element;
  }

  /** Every element that stands for an object and has been shown. */
  *objects(): IterableIterator<NodeElement | PodElement> {
    for (const node of this.#nodes.values()) {
      yield node;
      yield* node.pods.elements ?? [];
    }
    yield* this.unscheduled.pods.elements ?? [];
  }

  more(parent: PodParent | undefined, remaining: number): MoreElement | undefined {
    if (remaining <= 0) return undefined;
    const key = parent?.id ?? '';
    let element = this.#more.get(key);
    if (element === undefined) {
      element = new MoreElement(parent, this.cluster.identity.context);
      this.#more.set(key, element);
    }
    element.remaining = remaining;
    return element;
  }

  podsOf(parent: PodParent, limit: number) {
    const node = parent.kind === 'node' ? parent.summary.name : '';
    return this.cluster.request('podsOfNode', { node, offset: 0, limit });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #element(summary: NodeSummary, readable: boolean): NodeElement {
    const known = this.#nodes.get(summary.name);
    // Another node of the same name is another element.
    if (known?.summary.uid === summary.uid && known.readable === readable) {
      known.update(summary);
      return known;
    }
    const element = new NodeElement(this.cluster.identity.context, summary, readable);
    this.#nodes.set(summary.name, element);
    return element;
  }

  /** A resource that the server does not have leaves nothing out, and one that is being read is no gap for long. */
  #gapElements(gaps: readonly Gap[]): readonly GapElement[] {
    const { kinds } = this.cluster.mirror;
    const reading = (resource: string): boolean => ['waiting', 'listing'].includes(kinds[resource]?.state ?? '');
    const byResource = groupBy(
      gaps.filter((gap) => gap.reason !== 'absent' && !reading(gap.resource)),
      (gap) => gap.resource,
    );
    return [...byResource.values()]
      .flatMap((same) => same.find((gap) => gap.reason === 'limited') ?? same[0] ?? [])
      .sort((a, b) => importance(a) - importance(b) || compareNatural(a.resource, b.resource))
      .map((gap) => {
        const kept = this.#gaps.gaps.find((element) => element.gap.resource === gap.resource);
        return kept?.gap.detail === gap.detail && kept.gap.reason === gap.reason
          ? kept
          : new GapElement(this.#gaps, gap);
      });
  }
}
