/** A context key with a type: sent to the workbench only when its value changes. */
import * as vscode from 'vscode';
import type { ContextKey } from './contributions.js';

export class TypedContextKey<T extends string | boolean | number> {
  readonly #name: ContextKey;
  #value: T | undefined;

  constructor(name: ContextKey) {
    this.#name = name;
  }

  async set(value: T): Promise<void> {
    if (value === this.#value) return;
    this.#value = value;
    await vscode.commands.executeCommand('setContext', this.#name, value);
  }
}
