/** Tooltips: facts with where they come from. Texts of a cluster are hostile; they enter as text, capped, never as markup. */
import * as vscode from 'vscode';

/** Characters of one text in a tooltip. */
const MAX_TEXT = 400;

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Where it was read, in words. */
  readonly source?: string;
}

export function cap(text: string, length = MAX_TEXT): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/**
 * Text that may be shown in a notification, in progress or under an input box: the workbench makes links, of commands too, out
 * of `[words](command:…)` there. A word joiner between the brackets keeps it text.
 * https://github.com/microsoft/vscode/blob/main/src/vs/base/common/linkedText.ts
 */
export const inert = (text: string, length?: number): string => cap(text, length).replaceAll('](', ']\u2060(');

/** `appendText` turns each run of spaces into ones that do not break; word by word, long sentences still wrap. */
function appendWords(markdown: vscode.MarkdownString, text: string): void {
  cap(text)
    .split(/\s+/)
    .filter((word) => word !== '')
    .forEach((word, index) => {
      if (index > 0) markdown.appendMarkdown(' ');
      markdown.appendText(word);
    });
}

/** A title, paragraphs, and facts one a line. */
export function tooltip(parts: {
  readonly title: string;
  readonly paragraphs?: readonly string[];
  readonly facts?: readonly Fact[];
}): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**');
  appendWords(markdown, parts.title);
  markdown.appendMarkdown('**\n\n');
  for (const paragraph of parts.paragraphs ?? []) {
    appendWords(markdown, paragraph);
    markdown.appendMarkdown('\n\n');
  }
  for (const fact of parts.facts ?? []) {
    markdown.appendMarkdown('- **');
    appendWords(markdown, `${fact.label}:`);
    markdown.appendMarkdown('** ');
    appendWords(markdown, fact.value);
    if (fact.source !== undefined) {
      markdown.appendMarkdown(' — *');
      appendWords(markdown, fact.source);
      markdown.appendMarkdown('*');
    }
    markdown.appendMarkdown('\n');
  }
  return markdown;
}
