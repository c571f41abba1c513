/**
 * Targets that were probed last, by context: names and addresses, as they are shown, and nothing else. The workspace keeps
 * them; what it kept is read as if anybody had written it.
 */
import type { Memento } from 'vscode';
import type { ProbeTarget } from '../../core/reach/report.js';

export interface RecentTarget {
  readonly label: string;
  readonly target: ProbeTarget;
}

const KEY = 'probe.recentTargets';
const MAX_TARGETS = 5;
/** Contexts kept; the one that was used longest ago is forgotten. */
const MAX_CONTEXTS = 10;

export class RecentTargets {
  readonly #state: Pick<Memento, 'get' | 'update'>;

  constructor(state: Pick<Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  /** The targets of a context, the last used first. */
  of(context: string): readonly RecentTarget[] {
    return this.#all().find(([name]) => name === context)?.[1] ?? [];
  }

  async use(context: string, { label, target }: RecentTarget): Promise<void> {
    const before = this.of(context).filter((one) => one.label !== label);
    const targets = [{ label, target }, ...before].slice(0, MAX_TARGETS);
    const others = this.#all().filter(([name]) => name !== context);
    await this.#state.update(KEY, [[context, targets], ...others].slice(0, MAX_CONTEXTS));
  }

  /** Contexts with their targets, the last used first. */
  #all(): readonly (readonly [context: string, targets: readonly RecentTarget[]])[] {
    const stored = this.#state.get<unknown>(KEY);
    if (!Array.isArray(stored)) return [];
    return stored.flatMap((entry: unknown) => {
      if (!Array.isArray(entry)) return [];
      const [context, targets] = entry as readonly unknown[];
      return typeof context === 'string' && Array.isArray(targets) ? [[context, targets.filter(isRecentTarget)]] : [];
    });
  }
}

function isRecentTarget(value: unknown): value is RecentTarget {
  if (typeof value !== 'object' || value === null || !('label' in value) || !('target' in value)) return false;
  const { label, target } = value;
  if (typeof label !== 'string' || typeof target !== 'object' || target === null || !('kind' in target)) return false;
  const has = (...names: string[]): boolean => names.every((name) => typeof Reflect.get(target, name) === 'string');
  switch (target.kind) {
    case 'pod':
    case 'service':
      return has('namespace', 'name');
    case 'node':
      return has('name');
    case 'address':
      return has('address');
    default:
      return false;
  }
}
