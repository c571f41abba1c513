/**
 * Which credential programs the user allowed or refused, remembered by what would run: path, command, arguments, and the
 * variables that the kubeconfig adds, because those can make another program of it (`NODE_OPTIONS`, `PATH`). A change of
 * any of them asks again. Nothing secret is kept: values that look so are masked in what is stored and shown.
 */
import { createHash } from 'node:crypto';
import { printable } from '../errors.js';
import type { CredentialCommand } from '../session.js';

/** Where decisions are kept; VS Code's `Memento` is one. */
export interface ConsentMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface Consent {
  /** Stands for the very command; see `consentKey`. */
  readonly key: string;
  readonly path: string;
  /** As `commandLine` shows it. */
  readonly commandLine: string;
  /** The kubeconfig file that named it when the user decided. */
  readonly source: string;
  readonly allowed: boolean;
  /** ISO 8601. */
  readonly decidedAt: string;
}

const MEMORY_KEY = 'credentialPrograms';
const SECRET_NAME = /(secret|password|passwd|passphrase|token|credentials?|key)$/i;
const MASK = '•••';

export class Consents {
  readonly #memory: ConsentMemory;
  readonly #now: () => Date;

  constructor(memory: ConsentMemory, now: () => Date = () => new Date()) {
    this.#memory = memory;
    this.#now = now;
  }

  /** What the user decided about this very command; undefined: not asked yet. */
  decisionOn(command: CredentialCommand): boolean | undefined {
    const key = consentKey(command);
    return this.list().find((consent) => consent.key === key)?.allowed;
  }

  async remember(command: CredentialCommand, allowed: boolean): Promise<void> {
    const consent: Consent = {
      key: consentKey(command),
      path: command.path,
      commandLine: commandLine(command),
      source: command.source,
      allowed,
      decidedAt: this.#now().toISOString(),
    };
    await this.#memory.update(MEMORY_KEY, [...this.list().filter(({ key }) => key !== consent.key), consent]);
  }

  /** Every decision, the latest last. */
  list(): readonly Consent[] {
    const stored = this.#memory.get(MEMORY_KEY);
    return Array.isArray(stored) ? stored.filter(isConsent) : [];
  }

  /** Forgets decisions: the next start asks again. */
  async revoke(keys: readonly string[]): Promise<void> {
    await this.#memory.update(
      MEMORY_KEY,
      this.list().filter(({ key }) => !keys.includes(key)),
    );
  }
}

export function consentKey({ path, command, args, env }: CredentialCommand): string {
  const variables = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([path, command, args, variables]))
    .digest('hex');
}

/** The command in one line to be read, not to be run: variables, path and arguments, secrets masked. */
export function commandLine({ path, args, env }: CredentialCommand): string {
  const variables = Object.entries(env).map(
    ([name, value]) => `${name}=${SECRET_NAME.test(name) ? MASK : word(value)}`,
  );
  const words = args.map((argument, index) => {
    const option = /^(--?[^=]+)=/.exec(argument)?.[1];
    if (option !== undefined && SECRET_NAME.test(option)) return `${option}=${MASK}`;
    const before = args[index - 1];
    return before !== undefined && /^--?[^=]+$/.test(before) && SECRET_NAME.test(before) ? MASK : word(argument);
  });
  return printable([...variables, word(path), ...words].join(' '));
}

function word(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : JSON.stringify(text);
}

function isConsent(value: unknown): value is Consent {
  if (typeof value !== 'object' || value === null) return false;
  const fields = ['key', 'path', 'commandLine', 'source', 'decidedAt'];
  const record: Record<string, unknown> = { ...value };
  return typeof record['allowed'] === 'boolean' && fields.every((name) => typeof record[name] === 'string');
}
