/** Commands of the view *Findings*: hide one for this cluster with a reason, show it again, copy it, explain its check. */
import * as vscode from 'vscode';
import type { Connection } from '../connection.js';
import { documentationOf } from '../documentation.js';
import type { HiddenFindings } from '../hiddenFindings.js';
import type { Verifications } from '../verify/verifications.js';
import type { ShownFinding, ShownFindings } from '../shownFindings.js';
import { CheckElement, FindingElement, HiddenElement } from '../tree/findingsTree.js';
import { severityIcon } from '../tree/words.js';

const { t } = vscode.l10n;
const MAX_REASON = 500;

export class FindingCommands {
  readonly #connection: Connection;
  readonly #findings: ShownFindings;
  readonly #hidden: HiddenFindings;
  readonly #verifications: Verifications;

  constructor(connection: Connection, findings: ShownFindings, hidden: HiddenFindings, verifications: Verifications) {
    this.#connection = connection;
    this.#findings = findings;
    this.#hidden = hidden;
    this.#verifications = verifications;
  }

  /** Takes a measured finding back; the next verification finds it again, if it is still so. */
  async dismiss(argument: unknown): Promise<void> {
    const { cluster } = this.#connection;
    const measured = this.#findings.shown.filter(({ finding }) => this.#findings.isMeasured(finding.id));
    if (cluster === undefined) return;
    if (measured.length === 0) {
      void vscode.window.showInformationMessage(t('There is no measured finding. Others go when their cause goes.'));
      return;
    }
    const shown = await this.#given(argument, t('Dismiss a Measured Finding'), measured);
    if (shown !== undefined) this.#verifications.dismiss(cluster.identity.server, shown.finding.id);
  }

  async hide(argument: unknown): Promise<void> {
    const { cluster } = this.#connection;
    const shown = await this.#given(argument, t('Hide a Finding for This Cluster'));
    if (shown === undefined || cluster === undefined) return;
    const reason = await vscode.window.showInputBox({
      title: t('Hide {0} for This Cluster', shown.finding.code),
      prompt: t('Why is this no problem here? The reason is shown with the hidden finding.'),
      validateInput: (text) =>
        text.trim() === ''
          ? t('A reason is needed.')
          : text.length > MAX_REASON
            ? t('At most {0} characters.', MAX_REASON)
            : '',
    });
    if (reason !== undefined) await this.#hidden.hide(cluster.identity.server, shown.finding, reason.trim());
  }

  async showHidden(argument: unknown): Promise<void> {
    const { cluster } = this.#connection;
    if (cluster === undefined) return;
    const { server } = cluster.identity;
    if (argument instanceof HiddenElement) {
      await this.#hidden.show(server, argument.hidden.id);
      return;
    }
    const items = [...this.#hidden.of(server).values()].map((hidden) => ({
      label: hidden.code,
      description: hidden.reason,
      detail: hidden.message,
      id: hidden.id,
    }));
    if (items.length === 0) {
      void vscode.window.showInformationMessage(t('No finding is hidden for this cluster.'));
      return;
    }
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: t('Hidden Findings'),
      placeHolder: t('Choose those to show again'),
    });
    for (const { id } of chosen ?? []) await this.#hidden.show(server, id);
  }

  async copy(argument: unknown): Promise<void> {
    const shown = await this.#given(argument, t('Copy a Finding as JSON'));
    if (shown === undefined) return;
    const { finding, severity } = shown;
    await vscode.env.clipboard.writeText(JSON.stringify({ ...finding, severity }, null, 2));
  }

  async explain(argument: unknown): Promise<void> {
    const code =
      argument instanceof CheckElement
        ? argument.code
        : (await this.#given(argument, t('Explain a Finding')))?.finding.code;
    if (code !== undefined) await vscode.commands.executeCommand('markdown.showPreview', documentationOf(code));
  }

  /** The finding that a command was called on, else one that the user picks. */
  async #given(
    argument: unknown,
    title: string,
    among: readonly ShownFinding[] = this.#findings.shown,
  ): Promise<ShownFinding | undefined> {
    if (argument instanceof FindingElement) return argument.shown;
    const items = among.map((shown) => ({
      label: shown.finding.code,
      iconPath: severityIcon(shown.severity),
      detail: shown.finding.message,
      shown,
    }));
    if (items.length === 0) {
      void vscode.window.showInformationMessage(t('There are no findings.'));
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.shown;
  }
}
