/**
 * Consent to credential programs. A kubeconfig may name a program that is started to get credentials; none is started
 * before the user agreed to that very command once. The answer is kept on this machine and can be taken back.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import * as vscode from 'vscode';
import type { CredentialCommand } from '../kube/session.js';

const { t } = vscode.l10n;
const KEY = 'credentialPrograms';
const MAX_SHOWN = 2000;

/** What was agreed to: everything that decides what is run. */
interface Consent {
  readonly path: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const keyOf = ({ path, command, args, env }: Consent): string =>
  JSON.stringify([path, command, args, Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))]);

export class CredentialConsent {
  readonly #state: vscode.Memento;
  /** Questions that stand open: the same command is asked about once. */
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Whether the command may be started: as remembered, else as the user answers. A signal that aborts answers no. */
  async mayRun(command: CredentialCommand, signal: AbortSignal): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return false;
    const key = keyOf(command);
    if (this.#remembered().some((consent) => keyOf(consent) === key)) return true;
    let question = this.#asking.get(key);
    if (question === undefined) {
      question = this.#ask(command).finally(() => this.#asking.delete(key));
      this.#asking.set(key, question);
    }
    return (await question) && !signal.aborted;
  }

  /** Lists what was agreed to, and lets the user take it back. */
  async manage(): Promise<void> {
    const remembered = this.#remembered();
    if (remembered.length === 0) {
      void vscode.window.showInformationMessage(t('No credential program was allowed on this machine.'));
      return;
    }
    const items = remembered.map((consent) => ({ label: commandLine(consent), description: consent.path, consent }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: t('Credential Programs'),
      placeHolder: t('Choose those that may no longer run without asking'),
    });
    if (chosen === undefined || chosen.length === 0) return;
    const revoked = new Set(chosen.map(({ consent }) => keyOf(consent)));
    await this.#remember(this.#remembered().filter((consent) => !revoked.has(keyOf(consent))));
  }

  async #ask(command: CredentialCommand): Promise<boolean> {
    const allow = t('Run Program');
    const lines = [
      commandLine(command),
      '',
      t('Program: {0}', command.path),
      t('Named by: {0}', command.source),
      ...Object.entries(command.env).map(([name, value]) => t('Environment: {0}', `${name}=${value}`)),
      '',
      t(
        'It runs with your rights on this machine. The answer is remembered for exactly this command; "Cluster Network: Manage Credential Programs" takes it back.',
      ),
    ];
    const answer = await vscode.window.showWarningMessage(
      t('To connect, the kubeconfig wants to run a program. Allow it?'),
      { modal: true, detail: lines.join('\n').slice(0, MAX_SHOWN) },
      allow,
    );
    if (answer !== allow) return false;
    const { path, command: name, args, env } = command;
    await this.#remember([...this.#remembered(), { path, command: name, args, env }]);
    return true;
  }

  #remembered(): readonly Consent[] {
    const stored = this.#state.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.filter(isConsent) : [];
  }
  async #remember(consents: readonly Consent[]): Promise<void> {
    await this.#state.update(KEY, consents);
  }
}

/** The command as one line, with what a shell would need quoted; for reading, never for a shell. */
export function commandLine({ command, args }: { readonly command: string; readonly args: readonly string[] }): string {
  return [command, ...args].map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function isConsent(value: unknown): value is Consent {
  if (typeof value !== 'object' || value === null) return false;
  const { path, command, args, env } = value as Record<string, unknown>;
  return (
    typeof path === 'string' &&
    typeof command === 'string' &&
    Array.isArray(args) &&
    args.every((word) => typeof word === 'string') &&
    typeof env === 'object' &&
    env !== null &&
    Object.values(env).every((text) => typeof text === 'string')
  );
}
