/**
 * Text within text: from an offset in a scalar's value back to the document's characters.
 *
 * A ConfigMap holds JSON in a block, folded or quoted scalar; an error in that JSON is underlined in the YAML document. The
 * value differs from its source by indentation, folded line breaks and escapes only, so the two are walked side by side.
 */
import { type Scalar, Scalar as ScalarClass } from 'yaml';

/** Source offsets of a value's characters: `at(n)` for n of 0..length, the last one being the end. */
export interface OffsetMap {
  readonly at: (offset: number) => number;
}

const SPACE = /\s/;

/** Characters that `\x` stands for in a double-quoted scalar (YAML 1.2 §5.7), by how many characters of source they take. */
function escapeLength(source: string, at: number): number {
  switch (source[at + 1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

/**
 * Maps the value of a YAML scalar to its source. Exact for every character that is not white space; white space that was
 * folded is mapped to the white space it came from. Undefined when the node carries no source range.
 */
export function scalarOffsets(scalar: Scalar, source: string): OffsetMap | undefined {
  const range = scalar.range;
  if (!range || typeof scalar.value !== 'string') return undefined;
  const value = scalar.value;
  const type = scalar.type;
  const quoted = type === ScalarClass.QUOTE_DOUBLE || type === ScalarClass.QUOTE_SINGLE;
  const block = type === ScalarClass.BLOCK_LITERAL || type === ScalarClass.BLOCK_FOLDED;
  let from = range[0];
  let end = range[1];
  if (quoted) {
    from++;
    end--;
  } else if (block) {
    const headerEnd = source.indexOf('\n', from);
    from = headerEnd < 0 ? end : headerEnd + 1;
  }
  const offsets = new Uint32Array(value.length + 1);
  let at = from;
  const escapes = (what: RegExp): boolean =>
    type === ScalarClass.QUOTE_DOUBLE && source[at] === '\\' && what.test(source[at + 1] ?? '');
  const skipSpace = (): void => {
    while (at < end && SPACE.test(source[at] ?? '')) at++;
  };
  for (let i = 0; i < value.length; i++) {
    const wanted = value[i] ?? '';
    const isSpace = SPACE.test(wanted);
    // An escaped line break stands for nothing, nor does the indentation behind it.
    while (escapes(/[\r\n]/)) {
      at += 2;
      skipSpace();
    }
    // Space of the value was met before, however it was written: what is left of it in the source is passed over.
    if (!isSpace) {
      skipSpace();
      while (escapes(/[\sntrvf_LP]/)) {
        at += 2;
        skipSpace();
      }
    }
    offsets[i] = Math.min(at, end);
    if (type === ScalarClass.QUOTE_DOUBLE && source[at] === '\\') {
      at += escapeLength(source, at);
      // An escaped code point beyond the basic plane is two units of the value.
      if ((value.codePointAt(i) ?? 0) > 0xffff) offsets[++i] = Math.min(at, end);
    } else if (type === ScalarClass.QUOTE_SINGLE && wanted === "'" && source[at + 1] === "'") at += 2;
    else if (!isSpace || SPACE.test(source[at] ?? '')) at++;
  }
  offsets[value.length] = Math.min(at, end);
  return { at: (offset) => offsets[Math.max(0, Math.min(offset, value.length))] ?? end };
}
