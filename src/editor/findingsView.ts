/** The view *Findings*. */
import * as vscode from 'vscode';
import type { Connection } from './connection.js';
import { View } from './contributions.js';
import type { ShownFindings } from './shownFindings.js';
import { type FindingsElement, FindingsTree } from './tree/findingsTree.js';

export class FindingsView implements vscode.Disposable {
  readonly tree: FindingsTree;
  readonly #view: vscode.TreeView<FindingsElement>;
  readonly #subscriptions: vscode.Disposable;

  constructor(connection: Connection, findings: ShownFindings) {
    this.tree = new FindingsTree(connection, findings);
    this.#view = vscode.window.createTreeView(View.findings, { treeDataProvider: this.tree, showCollapseAll: true });
    this.#subscriptions = vscode.Disposable.from(
      this.tree,
      this.#view,
      this.#view.onDidChangeVisibility(({ visible }) => {
        connection.setVisible(View.findings, visible);
      }),
    );
    if (this.#view.visible) connection.setVisible(View.findings, true);
  }

  /** Selects a finding in the view; nothing happens when it is gone. */
  async reveal(id: string): Promise<void> {
    const element = this.tree.find(id);
    if (element !== undefined) await this.#view.reveal(element, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
