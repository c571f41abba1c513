/** The view *Network*: its tree, and the words, the badge and the context keys around it. */
import * as vscode from 'vscode';
import type { MapTarget } from '../core/map/model.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { TypedContextKey } from './contextKey.js';
import { ContextKey, type PhaseKey, View } from './contributions.js';
import type { ShownFindings } from './shownFindings.js';
import { hasContent, messageOf, phaseOf } from './situation.js';
import type { NetworkElement } from './tree/elements.js';
import { NetworkTree } from './tree/networkTree.js';

const { t } = vscode.l10n;

export class NetworkView implements vscode.Disposable {
  readonly tree: NetworkTree;
  readonly view: vscode.TreeView<NetworkElement>;
  readonly #connection: Connection;
  readonly #findings: ShownFindings;
  readonly #phase = new TypedContextKey<PhaseKey>(ContextKey.phase);
  readonly #hasContent = new TypedContextKey<boolean>(ContextKey.hasContent);
  readonly #complete = new TypedContextKey<boolean>(ContextKey.complete);
  readonly #subscriptions: vscode.Disposable;
  /** Whether all of the present cluster has been read once. */
  #wasComplete = false;
  #cluster: Cluster | undefined;
  #mirror: { dispose(): void } | undefined;

  constructor(connection: Connection, findings: ShownFindings) {
    this.#connection = connection;
    this.#findings = findings;
    this.tree = new NetworkTree(connection, findings);
    this.view = vscode.window.createTreeView(View.network, {
      treeDataProvider: this.tree,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.tree,
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => {
        connection.setVisible(View.network, visible);
      }),
      this.view.onDidCollapseElement(({ element }) => {
        this.tree.collapsed(element);
      }),
      connection.onDidChange(() => {
        this.#update();
      }),
      findings.onDidChange(() => {
        this.#updateBadge();
      }),
    );
    this.#update();
    if (this.view.visible) connection.setVisible(View.network, true);
  }

  /** Selects what was pointed at on the map; nothing happens when it is gone. */
  async reveal(target: MapTarget): Promise<void> {
    const element = await this.#element(target);
    if (element !== undefined) await this.view.reveal(element, { select: true, focus: false });
  }

  dispose(): void {
    this.#mirror?.dispose();
    this.#subscriptions.dispose();
  }

  async #element(target: MapTarget): Promise<NetworkElement | undefined> {
    switch (target.kind) {
      case 'node':
        return this.tree.node(target.node);
      case 'range':
        return this.tree.node(target.node)?.ranges.find(({ range }) => range.text === target.cidr);
      case 'pod':
        return this.tree.pod(target.node, target.namespace, target.name);
    }
  }

  #update(): void {
    const { situation, cluster } = this.#connection;
    if (cluster !== this.#cluster) {
      this.#cluster = cluster;
      this.#wasComplete = false;
      this.#mirror?.dispose();
      // How much has been read so far.
      this.#mirror = cluster?.mirror.onChange(({ kinds }) => {
        if (kinds) this.#updateMessage();
      });
    }
    this.#updateMessage();
    this.view.description = cluster?.identity.context ?? '';
    void this.#phase.set(phaseOf(situation));
    void this.#hasContent.set(cluster !== undefined && hasContent(cluster));
    if (cluster?.state.phase === 'connected' && cluster.state.complete) this.#wasComplete = true;
    void this.#complete.set(this.#wasComplete);
    this.#updateBadge();
  }

  #updateMessage(): void {
    // An empty message leaves the place to the welcome view.
    const message = messageOf(this.#connection.situation) ?? '';
    if (message !== this.view.message) this.view.message = message;
  }

  /** Counts what is wrong, not what is merely to be known. */
  #updateBadge(): void {
    const errors = this.#findings.count('error');
    const warnings = this.#findings.count('warning');
    const value = errors + warnings;
    this.view.badge =
      value === 0
        ? undefined
        : { value, tooltip: t('{0} errors and {1} warnings in the cluster network', errors, warnings) };
  }
}
