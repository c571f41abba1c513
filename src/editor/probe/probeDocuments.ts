/**
 * Probe reports as read-only pages (`cluster-network-probe:/1.md`), kept while the window lives: the latest ones, so that a
 * re-run can be compared with what was before.
 */
import * as vscode from 'vscode';
import { reportMarkdown } from '../../core/reach/reportMarkdown.js';
import type { ProbeReport } from '../../core/reach/report.js';
import { Scheme } from '../contributions.js';

/** Reports kept; an older one's page says that it is gone. */
const MAX_REPORTS = 100;

export class ProbeDocuments implements vscode.Disposable {
  readonly #reports = new Map<string, ProbeReport>();
  readonly #registration: vscode.Disposable;
  #next = 1;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(Scheme.probe, {
      provideTextDocumentContent: (uri) => {
        const report = this.#reports.get(uri.path);
        return report === undefined
          ? vscode.l10n.t('This report is no longer kept. Probe again.')
          : reportMarkdown(report);
      },
    });
  }

  /** Keeps a report; answers with the address of its page. */
  add(report: ProbeReport): vscode.Uri {
    const path = `/${this.#next++}.md`;
    this.#reports.set(path, report);
    for (const oldest of this.#reports.keys()) {
      if (this.#reports.size <= MAX_REPORTS) break;
      this.#reports.delete(oldest);
    }
    return vscode.Uri.from({ scheme: Scheme.probe, path });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
