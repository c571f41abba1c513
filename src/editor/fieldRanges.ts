/** Where fields stand in documents that are open. The YAML parser is loaded with the first of them. */
import * as vscode from 'vscode';
import type { FieldPath } from '../core/network/place.js';

export type RangeFinder = (path: FieldPath) => vscode.Range;

export async function rangeFinder(document: vscode.TextDocument): Promise<RangeFinder> {
  const { fieldLocator } = await import('../core/manifests/locate.js');
  const locate = fieldLocator(document.getText());
  return (path) => {
    const { start, end } = locate(path);
    return new vscode.Range(document.positionAt(start), document.positionAt(end));
  };
}
