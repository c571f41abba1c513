/** Texts of a cluster in Markdown pages: escaped, so that none can become a link, a picture, a heading or HTML. */

/** Markdown's own characters, and those of HTML, as text. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+\-.!|<>~&:@]/g, '\\$&').replace(/\s+/g, ' ');

export const bullet = (text: string): string => `- ${escapeMarkdown(text)}`;

/** A block that shows text as it is; the fence is longer than any within. */
export function codeBlock(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence].join('\n');
}

/** A table; cells are escaped, headings are ours. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(escapeMarkdown)))].join('\n');
}
