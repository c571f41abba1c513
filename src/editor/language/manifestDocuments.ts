/** Which open documents are looked at, and which of them belong together. */
import type * as vscode from 'vscode';
import { MAX_TEXT } from '../../core/manifests/documents.js';

/** Schemes whose documents are copies of another one, or not written by anybody: comparing them with it would find everything twice. */
const IGNORED_SCHEMES: readonly string[] = [
  'git',
  'output',
  'cluster-network',
  'vscode-scm',
  'comment',
  'search-editor',
];

export const isManifest = (document: vscode.TextDocument): boolean =>
  document.languageId === 'yaml' && !IGNORED_SCHEMES.includes(document.uri.scheme);

/** A document beyond the limit is left alone; the text of an ordinary one. */
export function textOf(document: vscode.TextDocument): string | undefined {
  // The last position is cheap; the text of a document that is too long need not be made.
  if (document.offsetAt(document.lineAt(document.lineCount - 1).range.end) > MAX_TEXT) return undefined;
  return document.getText();
}

/** Documents of one folder are taken to be for one cluster; each unsaved document stands alone. */
export const folderOf = (uri: vscode.Uri): string =>
  uri.scheme === 'untitled'
    ? uri.toString()
    : uri.with({ path: uri.path.slice(0, uri.path.lastIndexOf('/') + 1), query: '', fragment: '' }).toString();
