/**
 * Consent to credential programs. A kubeconfig may name a program that is started to get credentials; none is started
 * before the user agreed to that very command once. The answer is kept on this machine and can be taken back.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import * as vscode from 'vscode';
import { commandLine, consentKey, Consents } from '../kube/kubeconfig/consents.js';
import type { CredentialCommand } from '../kube/session.js';
import { cap } from './markdown.js';

const { t } = vscode.l10n;
const MAX_SHOWN = 2000;

export class CredentialConsent {
  readonly #consents: Consents;
  /** Questions that stand open: the same command is asked about once. */
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(state: vscode.Memento) {
    this.#consents = new Consents(state);
  }

  /** Whether the command may be started: as remembered, else as the user answers. A signal that aborts answers no. */
  async mayRun(command: CredentialCommand, signal: AbortSignal): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return false;
    const decided = this.#consents.decisionOn(command);
    if (decided !== undefined) return decided;
    const key = consentKey(command);
    let question = this.#asking.get(key);
    if (question === undefined) {
      question = this.#ask(command).finally(() => this.#asking.delete(key));
      this.#asking.set(key, question);
    }
    return (await question) && !signal.aborted;
  }

  /** Forgets every no, so that the next start asks again: the user wants another try. */
  async forgetRefusals(): Promise<void> {
    const refused = this.#consents.list().filter(({ allowed }) => !allowed);
    if (refused.length > 0) await this.#consents.revoke(refused.map(({ key }) => key));
  }

  /** Lists what was decided, and lets the user take it back. */
  async manage(): Promise<void> {
    const decided = this.#consents.list();
    if (decided.length === 0) {
      void vscode.window.showInformationMessage(t('No credential program was allowed or refused on this machine.'));
      return;
    }
    const items = decided.map(({ key, commandLine: line, source, allowed, decidedAt }) => ({
      label: `${allowed ? '$(check)' : '$(circle-slash)'} ${line}`,
      description: allowed ? t('allowed') : t('refused'),
      detail: t('named by {0}, decided {1}', source, new Date(decidedAt).toLocaleString()),
      key,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: t('Credential Programs'),
      placeHolder: t('Choose those to forget: the next start asks again'),
    });
    if (chosen !== undefined && chosen.length > 0) await this.#consents.revoke(chosen.map(({ key }) => key));
  }

  async #ask(command: CredentialCommand): Promise<boolean> {
    const allow = t('Run Program');
    const refuse = t('Never Run It');
    const detail = [
      commandLine(command),
      '',
      t('Program: {0}', command.path),
      t('Named by: {0}', command.source),
      '',
      t(
        'It runs with your rights on this machine. The answer is remembered for exactly this command; "Cluster Network: Manage Credential Programs…" takes it back.',
      ),
    ].join('\n');
    const answer = await vscode.window.showWarningMessage(
      t('To connect, the kubeconfig wants to run a program. Allow it?'),
      { modal: true, detail: cap(detail, MAX_SHOWN) },
      allow,
      refuse,
    );
    // Closing the question answers it for now only.
    if (answer !== undefined) await this.#consents.remember(command, answer === allow);
    return answer === allow;
  }
}
