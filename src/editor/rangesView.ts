/** The view *Ranges*. */
import * as vscode from 'vscode';
import type { Connection } from './connection.js';
import { View } from './contributions.js';
import type { ShownFindings } from './shownFindings.js';
import { RangesTree } from './tree/rangesTree.js';

export class RangesView implements vscode.Disposable {
  readonly tree: RangesTree;
  readonly #subscriptions: vscode.Disposable;

  constructor(connection: Connection, findings: ShownFindings) {
    this.tree = new RangesTree(connection, findings);
    const view = vscode.window.createTreeView(View.ranges, {
      treeDataProvider: this.tree,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.tree,
      view,
      view.onDidChangeVisibility(({ visible }) => {
        connection.setVisible(View.ranges, visible);
      }),
    );
    if (view.visible) connection.setVisible(View.ranges, true);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
