/** What happens in open manifests: problems, quick fixes, hovers. Works without a cluster and in any workspace. */
import * as vscode from 'vscode';
import { Setting } from '../contributions.js';
import { severityChoice } from '../shownFindings.js';
import { AddressHover } from './hover.js';
import { ManifestFixes } from './manifestFixes.js';
import { ManifestProblems } from './manifestProblems.js';

const YAML: vscode.DocumentSelector = { language: 'yaml' };

export function registerManifests(): vscode.Disposable {
  const settingsChanged = new vscode.EventEmitter<void>();
  const problems = new ManifestProblems(
    () => severityChoice(vscode.workspace.getConfiguration().get(Setting.severity)),
    settingsChanged.event,
  );
  return vscode.Disposable.from(
    settingsChanged,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(Setting.severity)) settingsChanged.fire();
    }),
    problems,
    vscode.languages.registerCodeActionsProvider(YAML, new ManifestFixes(problems), ManifestFixes.metadata),
    vscode.languages.registerHoverProvider(YAML, new AddressHover()),
  );
}
