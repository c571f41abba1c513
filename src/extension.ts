/** Activation: composes the parts. No network, no process, no file is touched here. */
import type * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  void context; // The parts are registered here as they land.
}
