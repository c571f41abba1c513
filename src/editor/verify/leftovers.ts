/**
 * Leftovers: objects of ours that outlived their run, because the machine that made them went away. They are looked for once
 * after each connect and offered for removal once; the command removes them at any time.
 */
import * as vscode from 'vscode';
import type { LeftoverSummary } from '../../kube/session.js';
import type { Cluster } from '../cluster.js';
import { neededCluster } from '../commands/clusterCommands.js';
import type { Connection } from '../connection.js';
import { cap, inert } from '../markdown.js';

const { t } = vscode.l10n;

/** Objects that a dialog names. */
const MAX_NAMED = 8;

export class Leftovers implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #subscription: vscode.Disposable;
  /** Clusters in which they were looked for. */
  readonly #asked = new WeakSet<Cluster>();
  /** What was offered already, so that a connection that comes and goes does not ask again and again. */
  readonly #offered = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#subscription = connection.onDidChange(() => {
      const { cluster } = connection;
      if (cluster?.state.phase !== 'connected' || !cluster.state.complete || this.#asked.has(cluster)) return;
      this.#asked.add(cluster);
      this.#offer(cluster).catch((error: unknown) => {
        this.#sayFailed(cluster, error);
      });
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** Names what is there, and deletes it after a yes. */
  async remove(): Promise<void> {
    const cluster = await neededCluster(this.#connection);
    if (cluster === undefined) return;
    const { objects } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: t('Looking for probe leftovers') },
      () => cluster.request('leftovers', {}),
    );
    if (objects.length === 0) {
      void vscode.window.showInformationMessage(
        inert(t('Nothing of a probe is left in {0}.', cluster.identity.context)),
      );
      return;
    }
    const fresh = objects.filter(({ stale }) => !stale);
    const yes = t('Delete {0}', objectsWord(objects.length));
    const detail = [
      ...named(objects),
      ...(fresh.length === 0
        ? []
        : ['', t('{0} may belong to a run that still goes on, here or elsewhere.', objectsWord(fresh.length))]),
    ];
    const answer = await vscode.window.showWarningMessage(
      t('Delete what probes left in {0}?', cluster.identity.context),
      { modal: true, detail: detail.join('\n') },
      yes,
    );
    if (answer === yes) await this.#sweep(cluster, true);
  }

  async #offer(cluster: Cluster): Promise<void> {
    let stale: readonly LeftoverSummary[];
    try {
      stale = (await cluster.request('leftovers', {})).objects.filter((object) => object.stale);
    } catch (error) {
      // Nobody asked for it: that it cannot be looked for is for the log.
      const words = error instanceof Error ? error.message : String(error);
      if (!cluster.signal.aborted) this.#connection.log.warn(`Probe leftovers could not be looked for: ${words}`);
      return;
    }
    const key = [cluster.identity.server, ...stale.map(nameOf)].join('\n');
    if (stale.length === 0 || this.#offered.has(key)) return;
    this.#offered.add(key);
    const remove = t('Delete');
    const list = t('Show…');
    const answer = await vscode.window.showInformationMessage(
      inert(t('{0} of an earlier probe are left in {1}.', objectsWord(stale.length), cluster.identity.context)),
      remove,
      list,
    );
    if (cluster.signal.aborted) return;
    if (answer === remove) await this.#sweep(cluster, false);
    else if (answer === list) await this.remove();
  }

  /** What the user chose in a notification has no command that would say it. */
  #sayFailed(cluster: Cluster, error: unknown): void {
    if (cluster.signal.aborted) return;
    const words = t(
      'Probe leftovers could not be deleted: {0}',
      error instanceof Error ? error.message : String(error),
    );
    this.#connection.log.error(words);
    void vscode.window.showErrorMessage(inert(words, 600));
  }

  async #sweep(cluster: Cluster, all: boolean): Promise<void> {
    const { removed } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Deleting probe leftovers') },
      () => cluster.request('sweep', { all }),
    );
    void vscode.window.showInformationMessage(t('{0} deleted.', objectsWord(removed.length)));
  }
}

const objectsWord = (count: number): string => (count === 1 ? t('1 object') : t('{0} objects', count));

const nameOf = ({ kind, namespace, name }: LeftoverSummary): string => `${kind} ${namespace}/${name}`;

function named(objects: readonly LeftoverSummary[]): string[] {
  const lines = objects
    .slice(0, MAX_NAMED)
    .map((object) => `• ${cap(nameOf(object), 200)}, ${new Date(object.createdAt).toLocaleString()}`);
  const more = objects.length - lines.length;
  return more > 0 ? [...lines, t('and {0} more', more)] : lines;
}
