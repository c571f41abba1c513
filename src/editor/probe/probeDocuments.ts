/**
 * Reports and plans of probes as read-only pages (`cluster-network-probe:/Probe 1.md`), kept while the window lives: the
 * latest ones, so that a re-run can be compared with what was before.
 */
import * as vscode from 'vscode';
import { Scheme } from '../contributions.js';

/** Pages kept; an older one says that it is gone. */
const MAX_PAGES = 100;

export class ProbeDocuments implements vscode.Disposable {
  readonly #pages = new Map<string, string>();
  readonly #registration: vscode.Disposable;
  #next = 1;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(Scheme.probe, {
      provideTextDocumentContent: (uri) =>
        this.#pages.get(uri.path) ?? vscode.l10n.t('This page is no longer kept. Probe again.'),
    });
  }

  /**
   * Keeps a page; answers with its address.
   *
   * @param word what the page is, for its tab: `Probe`
   */
  add(word: string, markdown: string): vscode.Uri {
    const path = `/${word} ${this.#next++}.md`;
    this.#pages.set(path, markdown);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) break;
      this.#pages.delete(oldest);
    }
    return vscode.Uri.from({ scheme: Scheme.probe, path });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
