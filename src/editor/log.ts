/** The log: one channel, whose level the user sets. What comes from the session's thread goes there line by line. */
import type * as vscode from 'vscode';
import type { Listener, LogLine } from '../kube/session.js';

export function logTo(channel: vscode.LogOutputChannel): Listener<LogLine> {
  return ({ level, text }) => {
    channel[level](text);
  };
}
