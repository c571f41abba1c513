/**
 * Decorations of rows that findings are about: a count and a colour beside the row, with words on hover.
 *
 * Rows carry URIs of a scheme of their own, not those of the objects' documents: on those the workbench counts problems itself.
 */
import * as vscode from 'vscode';
import { Scheme } from './contributions.js';
import type { ObjectRef } from '../core/network/place.js';
import { objectKey, type ShownFindings, worst } from './shownFindings.js';
import { findingsWord } from './tree/words.js';

/** The URI of an object's rows: a path that reads well where the workbench shows it, and the object's identity. */
export function decorationUri(context: string, ref: ObjectRef): vscode.Uri {
  const path = [context, ref.kind, ref.namespace, ref.name].filter((part) => part !== undefined);
  return vscode.Uri.from({
    scheme: Scheme.row,
    path: `/${path.map(encodeURIComponent).join('/')}`,
    query: objectKey(ref),
  });
}

export class FindingDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #findings: ShownFindings;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(findings: ShownFindings) {
    this.#findings = findings;
    this.#subscriptions = vscode.Disposable.from(
      findings.onDidChange(() => {
        this.#changed.fire(undefined);
      }),
      vscode.window.registerFileDecorationProvider(this),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== Scheme.row) return undefined;
    const findings = this.#findings.ofKey(uri.query);
    const severity = worst(findings);
    if (severity !== 'error' && severity !== 'warning') return undefined;
    const color = severity === 'error' ? 'list.errorForeground' : 'list.warningForeground';
    const badge = findings.length > 9 ? '9+' : String(findings.length);
    return new vscode.FileDecoration(badge, findingsWord(findings), new vscode.ThemeColor(color));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
