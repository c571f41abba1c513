/** What the map is drawn from: the connected cluster's model with the findings as the user wants them. */
import * as vscode from 'vscode';
import type { MapModel, MapTarget } from '../../core/map/model.js';
import type { Connection } from '../connection.js';
import { WebviewType } from '../contributions.js';
import type { FindingsView } from '../findingsView.js';
import type { NetworkView } from '../networkView.js';
import type { ShownFindings } from '../shownFindings.js';
import { messageOf } from '../situation.js';
import type { MapSource } from './mapPanel.js';

export interface MapSourceParts {
  readonly connection: Connection;
  readonly findings: ShownFindings;
  readonly network: NetworkView;
  readonly found: FindingsView;
}

export class ConnectedMapSource implements MapSource, vscode.Disposable {
  readonly #parts: MapSourceParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #following: { dispose(): void } | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(parts: MapSourceParts) {
    this.#parts = parts;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      parts.connection.onDidChange(() => {
        this.#follow();
      }),
      parts.findings.onDidChange(() => {
        this.#changed.fire();
      }),
    );
    this.#follow();
  }

  async model(signal: AbortSignal): Promise<{ readonly model: MapModel | undefined; readonly message: string }> {
    const { connection, findings } = this.#parts;
    const { cluster, situation } = connection;
    const message = messageOf(situation) ?? '';
    if (cluster === undefined) {
      return { model: undefined, message: message === '' ? vscode.l10n.t('Not connected to a cluster.') : message };
    }
    const { model } = await cluster.session.request(
      'map',
      {
        context: cluster.identity.context,
        severities: findings.severities,
        hidden: findings.hidden.map(({ id }) => id),
        measured: findings.measured,
      },
      AbortSignal.any([signal, cluster.signal]),
    );
    return { model, message };
  }

  select(target: MapTarget): void {
    void this.#parts.network.reveal(target);
  }

  showFinding(id: string): void {
    void this.#parts.found.reveal(id);
  }

  setVisible(visible: boolean): void {
    this.#parts.connection.setVisible(WebviewType.map, visible);
  }

  dispose(): void {
    this.#following?.dispose();
    this.#subscriptions.dispose();
  }

  /** Listens to the cluster that is connected now, and to no other. */
  #follow(): void {
    this.#following?.dispose();
    this.#following = this.#parts.connection.cluster?.session.onChange(({ partial }) => {
      if (partial !== true) this.#changed.fire();
    });
    this.#changed.fire();
  }
}
