/**
 * The panel *Network Model*: the result of a verification, one panel at a time. Nothing is kept alive while it is hidden; a
 * shown page asks anew, and every message of it is treated as input from outside.
 */
import * as vscode from 'vscode';
import { headlineOf, pathDetails, resultView } from '../../core/reach/resultView.js';
import { type FromResult, readFromResult, type ResultPage, type ToResult } from '../../protocol.js';
import type { Connection } from '../connection.js';
import { Command, WebviewType } from '../contributions.js';
import { inert } from '../markdown.js';
import type { NetworkView } from '../networkView.js';
import { prepareWebview } from '../webviewDocument.js';
import { resultHtml } from './resultHtml.js';
import type { KeptVerification, Verifications } from './verifications.js';

const { t } = vscode.l10n;

export interface ResultParts {
  readonly extensionUri: vscode.Uri;
  readonly connection: Connection;
  readonly verifications: Verifications;
  readonly network: NetworkView;
  readonly log: vscode.LogOutputChannel;
  /** Shows the plan that a run had. */
  readonly showPlan: (kept: KeptVerification) => void;
}

export class ResultPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: ResultParts;
  readonly #registration: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #listening: vscode.Disposable | undefined;
  #ready = false;
  #run = '';

  constructor(parts: ResultParts) {
    this.#parts = parts;
    this.#registration = vscode.window.registerWebviewPanelSerializer(WebviewType.result, this);
  }

  /** Shows a result, in the panel that is there or in a new one. */
  show(kept: KeptVerification): void {
    this.#run = kept.run;
    if (this.#panel === undefined)
      this.#take(vscode.window.createWebviewPanel(WebviewType.result, t('Network Model'), vscode.ViewColumn.Active));
    else this.#panel.reveal();
    this.#send();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel === undefined) this.#take(panel);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#registration.dispose();
  }

  #take(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#ready = false;
    const { connection } = this.#parts;
    // A panel that a reload brought back connects to nothing by itself.
    if (connection.cluster !== undefined) connection.setVisible(WebviewType.result, panel.visible);
    const document = prepareWebview(panel, this.#parts.extensionUri, 'result');
    const { webview } = panel;
    this.#listening = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
        if (!panel.visible || connection.cluster !== undefined)
          connection.setVisible(WebviewType.result, panel.visible);
      }),
      panel.onDidDispose(() => {
        this.#listening?.dispose();
        connection.setVisible(WebviewType.result, false);
        if (this.#panel === panel) this.#panel = undefined;
      }),
    );
    webview.html = resultHtml(document);
  }

  #post(message: ToResult): void {
    if (this.#ready) void this.#panel?.webview.postMessage(message);
  }

  #receive(raw: unknown): void {
    const message = readFromResult(raw);
    if (message === undefined) {
      this.#parts.log.warn('The page of a verification sent a message that is not known; it was ignored.');
      return;
    }
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        if (this.#run === '') this.#run = message.run;
        this.#send();
        break;
      case 'show':
        this.#run = message.run;
        this.#send();
        break;
      case 'path':
        this.#sendPath(message);
        break;
      case 'node':
        if (!this.#isOfAnotherCluster()) void this.#parts.network.reveal({ kind: 'node', node: message.node });
        break;
      case 'again':
        if (!this.#isOfAnotherCluster()) void vscode.commands.executeCommand(Command.verify);
        break;
      case 'plan':
        this.#withRun(message.run, this.#parts.showPlan);
        break;
      case 'save':
        this.#withRun(message.run, (kept) => {
          this.#save(kept).catch((error: unknown) => {
            const words = t(
              'The verification was not saved: {0}',
              error instanceof Error ? error.message : String(error),
            );
            this.#parts.log.error(words);
            void vscode.window.showErrorMessage(inert(words, 600));
          });
        });
        break;
    }
  }

  /** Whether the result is of another cluster than the one that is connected, which is said then: names are the same there. */
  #isOfAnotherCluster(): boolean {
    const shown = this.#parts.verifications.find(this.#run)?.identity;
    const connected = this.#parts.connection.cluster?.identity;
    if (shown === undefined || connected === undefined || shown.server === connected.server) return false;
    const words = t('This is a result of {0}; Cluster Network is connected to {1}.', shown.context, connected.context);
    void vscode.window.showWarningMessage(inert(words));
    return true;
  }

  #withRun(run: string, action: (kept: KeptVerification) => void): void {
    const kept = this.#parts.verifications.find(run);
    if (kept !== undefined) action(kept);
  }

  #sendPath({ run, from, to }: Extract<FromResult, { type: 'path' }>): void {
    this.#withRun(run, ({ report }) => {
      this.#post({ type: 'path', run, from, to, sentences: pathDetails(report, from, to) });
    });
  }

  #send(): void {
    const kept = this.#parts.verifications.find(this.#run);
    const message = t('This result is kept no longer. Run “Cluster Network: Verify Network Model” again.');
    this.#post(
      kept === undefined
        ? { type: 'result', page: undefined, message }
        : { type: 'result', page: this.#page(kept), message: '' },
    );
  }

  #page(kept: KeptVerification): ResultPage {
    const { verifications } = this.#parts;
    return {
      run: kept.run,
      context: kept.identity.context,
      view: resultView(kept.report),
      changes: verifications.changes(kept),
      kept: verifications
        .of(kept.identity.server)
        .map(({ run, report }) => ({ run, startedAt: report.startedAt, headline: headlineOf(report) }))
        .reverse(),
    };
  }

  async #save({ identity, report }: KeptVerification): Promise<void> {
    const name = `network-model-${report.startedAt.slice(0, 19).replaceAll(':', '-')}.json`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const file = await vscode.window.showSaveDialog({
      title: t('Save Verification'),
      filters: { JSON: ['json'] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (file === undefined) return;
    const text = JSON.stringify({ context: identity.context, server: identity.server, ...report }, undefined, 2);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${text}\n`));
  }
}
