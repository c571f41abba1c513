/** Patterns for names, as settings have them: `*` stands for any characters, letters count without their case. */

/** Whether the pattern stands for the whole name. Takes time in proportion to both, whatever the pattern is. */
export function matchesWildcard(name: string, pattern: string): boolean {
  const text = name.toLowerCase();
  const [head = '', ...pieces] = pattern.trim().toLowerCase().split('*');
  const tail = pieces.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
