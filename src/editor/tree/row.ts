/** A row of any of our views: every field a row needs, and no tooltip, so that the workbench asks for it when hovered. */
import * as vscode from 'vscode';
import type { ItemWord } from '../contributions.js';

export interface Row {
  /** Unique within the view, and the same for the same thing after every refresh. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon: vscode.ThemeIcon;
  readonly state?: vscode.TreeItemCollapsibleState;
  /** What menus match with `\b…\b`. */
  readonly words: readonly ItemWord[];
  /** What a screen reader says. */
  readonly speech: string;
  readonly command?: vscode.Command;
  readonly resourceUri?: vscode.Uri;
}

export function treeItem(row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, row.state ?? vscode.TreeItemCollapsibleState.None);
  item.id = row.id;
  if (row.description !== undefined) item.description = row.description;
  item.iconPath = row.icon;
  item.contextValue = row.words.join(' ');
  item.accessibilityInformation = { label: row.speech };
  if (row.command !== undefined) item.command = row.command;
  if (row.resourceUri !== undefined) item.resourceUri = row.resourceUri;
  return item;
}
