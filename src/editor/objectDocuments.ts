/**
 * Read-only documents of live objects: asked for when opened, and asked for again while they are open when something of
 * the cluster changes that may concern them.
 */
import * as vscode from 'vscode';
import { objectText } from '../core/manifests/objectText.js';
import { formatRef, type ObjectRef } from '../core/network/place.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import type { MirrorChange } from './mirror.js';
import { Scheme } from './contributions.js';
import { type ObjectAddress, parseObjectUri } from './objectUri.js';

const { t } = vscode.l10n;
/** Changes are gathered for so long before open documents are asked for again. */
const REFRESH_MS = 300;

export class ObjectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  #cluster: Cluster | undefined;
  #mirror: { dispose(): void } | undefined;
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(Scheme.object, this),
      connection.onDidChange(() => {
        this.#follow();
      }),
    );
    this.#follow();
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const address = parseObjectUri(uri);
    if (address === undefined) return comment(t('This is not the address of an object.'));
    const { cluster } = this.#connection;
    if (cluster?.identity.context !== address.context)
      return comment(t('Not connected to the context "{0}"; this shows when it is.', address.context));
    try {
      const { json } = await cluster.request('object', { ref: address.ref }, token);
      return objectText(json);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return comment(t('{0} cannot be shown: {1}', formatRef(address.ref), words));
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#mirror?.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Another cluster, or none: what is open is asked for again. */
  #follow(): void {
    const { cluster } = this.#connection;
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#mirror?.dispose();
    this.#mirror = cluster?.mirror.onChange((change) => {
      this.#refreshWhere(({ ref }) => concerns(change, ref));
    });
    this.#refreshWhere(() => true);
  }

  #refreshWhere(test: (address: ObjectAddress) => boolean): void {
    for (const document of vscode.workspace.textDocuments) {
      const address = parseObjectUri(document.uri);
      if (address !== undefined && test(address)) this.#due.add(document.uri.toString());
    }
    if (this.#due.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const due = [...this.#due];
      this.#due.clear();
      for (const uri of due) this.#changed.fire(vscode.Uri.parse(uri, true));
    }, REFRESH_MS);
  }
}

/** Whether an open object may be another one now. Summaries tell of nodes and pods; of other kinds, only what was concluded from them. */
function concerns(change: MirrorChange, ref: ObjectRef): boolean {
  if (ref.kind === 'Node') return change.nodes.includes(ref.name) || change.membership;
  if (ref.kind === 'Pod') return change.podsOfNodes.length > 0;
  return change.claims || change.findings || change.reading || change.gaps;
}

const comment = (text: string): string =>
  `${text
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n')}\n`;
