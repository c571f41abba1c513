/**
 * Findings that the user hid, each with the reason given: kept per cluster on this machine, never in the cluster.
 *
 * A cluster is known by the address of its API server, so that a finding stays hidden whatever the context is called.
 */
import * as vscode from 'vscode';
import type { Finding } from '../core/checks/check.js';

export interface HiddenFinding {
  /** `Finding.id`. */
  readonly id: string;
  readonly code: string;
  /** What it said when it was hidden. */
  readonly message: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly hiddenAt: string;
}

const KEY = 'hiddenFindings';
/** Kept a cluster; hiding more forgets the oldest. */
const MAX_HIDDEN = 1000;

export class HiddenFindings implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #now: () => Date;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento, now: () => Date = () => new Date()) {
    this.#state = state;
    this.#now = now;
  }

  /** By `Finding.id`. */
  of(server: string): ReadonlyMap<string, HiddenFinding> {
    const stored = this.#all()[server];
    return new Map(Array.isArray(stored) ? stored.filter(isHiddenFinding).map((entry) => [entry.id, entry]) : []);
  }

  async hide(server: string, finding: Finding, reason: string): Promise<void> {
    const hidden = new Map(this.of(server));
    hidden.delete(finding.id);
    hidden.set(finding.id, {
      id: finding.id,
      code: finding.code,
      message: finding.message,
      reason,
      hiddenAt: this.#now().toISOString(),
    });
    await this.#store(server, [...hidden.values()].slice(-MAX_HIDDEN));
  }

  async show(server: string, id: string): Promise<void> {
    await this.#store(
      server,
      [...this.of(server).values()].filter((entry) => entry.id !== id),
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): Readonly<Record<string, unknown>> {
    return this.#state.get<Record<string, unknown>>(KEY, {});
  }
  async #store(server: string, entries: readonly HiddenFinding[]): Promise<void> {
    const all = new Map(Object.entries(this.#all()));
    if (entries.length === 0) all.delete(server);
    else all.set(server, entries);
    await this.#state.update(KEY, Object.fromEntries(all));
    this.#changed.fire();
  }
}

function isHiddenFinding(value: unknown): value is HiddenFinding {
  if (typeof value !== 'object' || value === null) return false;
  const { id, code, message, reason, hiddenAt } = value as Record<string, unknown>;
  return [id, code, message, reason, hiddenAt].every((field) => typeof field === 'string');
}
