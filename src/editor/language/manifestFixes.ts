/** Quick fixes for manifests: the corrections that the checks computed. */
import * as vscode from 'vscode';
import { isManifest } from './manifestDocuments.js';
import type { ManifestProblems } from './manifestProblems.js';

export class ManifestFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };
  readonly #problems: ManifestProblems;

  constructor(problems: ManifestProblems) {
    this.#problems = problems;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    if (!isManifest(document)) return [];
    return this.#problems.fixesAt(document, range).flatMap(({ diagnostic, fixes }) => {
      return fixes.map((fix) => {
        const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.isPreferred = fix.preferred;
        action.edit = new vscode.WorkspaceEdit();
        for (const { place, newText } of fix.edits) {
          if (place.kind !== 'document' || place.uri !== document.uri.toString()) continue;
          action.edit.replace(
            document.uri,
            new vscode.Range(document.positionAt(place.start), document.positionAt(place.end)),
            newText,
          );
        }
        return action;
      });
    });
  }
}
