/** Log lines of the cluster side: a sentence and named fields. Fields are texts of our own or of the server; never headers, tokens or keys. */
import { printable } from './errors.js';
import type { Listener, LogLine } from './session.js';

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: LogLine['level'], sentence: string, fields?: Fields) => void;

const MAX_FIELD = 300;

/** `pods: watch ended` and `{ reason: 'gone', code: 410 }` become `pods: watch ended reason=gone code=410`. */
export function logTo(listener: Listener<LogLine>): Log {
  return (level, sentence, fields = {}) => {
    let text = sentence;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      const words = printable(String(value)).slice(0, MAX_FIELD);
      text += ` ${name}=${/^[\w.:/-]+$/.test(words) ? words : JSON.stringify(words)}`;
    }
    listener({ level, text });
  };
}
