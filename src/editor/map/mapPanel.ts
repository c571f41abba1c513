/**
 * The panel *Network Map*: one at a time, made when the user asks for it, and made again after a reload of the window.
 *
 * Answers for: sending the model after `ready` and whenever the cluster changed while the panel is seen, and for treating
 * every message of the page as input from outside. Nothing is kept alive while hidden; a shown page asks anew.
 */
import * as vscode from 'vscode';
import type { MapModel, MapTarget } from '../../core/map/model.js';
import { readToEditor, type ToWebview } from '../../protocol.js';
import { WebviewType } from '../contributions.js';
import { prepareWebview } from '../webviewDocument.js';
import { mapHtml } from './html.js';

/** What the map stands on. */
export interface MapSource {
  /** The model of the cluster that is connected now, or why there is none. Rejects when the cluster is left meanwhile. */
  readonly model: (signal: AbortSignal) => Promise<{ readonly model: MapModel | undefined; readonly message: string }>;
  /** Fires when the model may be another one. */
  readonly onDidChange: vscode.Event<unknown>;
  readonly select: (target: MapTarget) => void;
  readonly showFinding: (id: string) => void;
  /** Whether the map is looked at; keeps the watches going. */
  readonly setVisible: (visible: boolean) => void;
}

/** Changes within this time are sent as one. */
const PAUSE_MS = 300;

export class MapPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #extensionUri: vscode.Uri;
  readonly #source: MapSource;
  readonly #log: vscode.LogOutputChannel;
  readonly #registration: vscode.Disposable;
  #shown: ShownPanel | undefined;

  constructor(extensionUri: vscode.Uri, source: MapSource, log: vscode.LogOutputChannel) {
    this.#extensionUri = extensionUri;
    this.#source = source;
    this.#log = log;
    this.#registration = vscode.window.registerWebviewPanelSerializer(WebviewType.map, this);
  }

  /** Shows the map: the one that is there, else a new one beside the editor. */
  open(): void {
    if (this.#shown !== undefined) {
      this.#shown.panel.reveal();
      return;
    }
    this.#take(
      vscode.window.createWebviewPanel(WebviewType.map, vscode.l10n.t('Network Map'), vscode.ViewColumn.Active),
    );
  }

  /** Points out a thing that was selected elsewhere. */
  select(target: MapTarget): void {
    this.#shown?.post({ type: 'select', target });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // The page restores its own view; what it kept is checked there.
    if (this.#shown === undefined) this.#take(panel);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#shown?.panel.dispose();
    this.#registration.dispose();
  }

  #take(panel: vscode.WebviewPanel): void {
    const shown = new ShownPanel(panel, this.#extensionUri, this.#source, this.#log);
    this.#shown = shown;
    panel.onDidDispose(() => {
      shown.dispose();
      if (this.#shown === shown) this.#shown = undefined;
    });
  }
}

/** One panel for as long as it is open. */
class ShownPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #source: MapSource;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];
  #ready = false;
  #timer: NodeJS.Timeout | undefined;
  #asking = new AbortController();

  constructor(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, source: MapSource, log: vscode.LogOutputChannel) {
    this.panel = panel;
    this.#source = source;
    this.#log = log;
    const { webview } = panel;
    webview.html = mapHtml(prepareWebview(panel, extensionUri, 'map'));
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
      panel.onDidChangeViewState(() => {
        source.setVisible(panel.visible);
        if (panel.visible) this.#send();
      }),
      source.onDidChange(() => {
        this.#later();
      }),
    ];
    source.setVisible(panel.visible);
  }

  post(message: ToWebview): void {
    if (this.#ready) void this.panel.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#source.setVisible(false);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #receive(raw: unknown): void {
    const message = readToEditor(raw);
    if (message === undefined) {
      this.#log.warn('The map sent a message that is not known; it was ignored.');
      return;
    }
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#send();
        break;
      case 'select':
        this.#source.select(message.target);
        break;
      case 'showFinding':
        this.#source.showFinding(message.id);
        break;
      case 'log':
        this.#log.warn(`Map: ${message.text}`);
        break;
    }
  }

  #later(): void {
    if (!this.#ready || !this.panel.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#send();
    }, PAUSE_MS);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#ready || !this.panel.visible) return;
    // A later question overtakes an earlier one.
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#source.model(asking.signal).then(
      ({ model, message }) => {
        if (!asking.signal.aborted) this.post({ type: 'model', model, message });
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        this.#log.warn(`The map could not be drawn: ${message}`);
        this.post({ type: 'model', model: undefined, message: message.slice(0, 1000) });
      },
    );
  }
}
