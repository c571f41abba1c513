/** A value as plain data, for what reads API objects. Text values stay texts, whatever they hold. */
import type { Value } from './value.js';

/** Deeper than any API object; what lies below is left out. Also ends an alias that leads to itself. */
const MAX_DEPTH = 40;

/** The plain data of a value: maps as objects without a prototype's keys, numbers and booleans as JSON has them. */
export function toPlain(value: Value | undefined, depth = 0): unknown {
  if (value === undefined || depth > MAX_DEPTH) return null;
  switch (value.kind) {
    case 'map':
      return Object.fromEntries(
        value.entries
          .filter((entry) => entry.name !== '__proto__')
          .map((entry) => [entry.name, toPlain(entry.value, depth + 1)]),
      );
    case 'list':
      return value.items.map((item) => toPlain(item, depth + 1));
    case 'scalar': {
      if (value.isText) return value.text;
      if (value.text === 'true' || value.text === 'false') return value.text === 'true';
      const number = Number(value.text);
      return value.text !== '' && Number.isFinite(number) ? number : null;
    }
  }
}
