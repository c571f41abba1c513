/**
 * Read-only documents of live objects: asked for when opened, and watched for as long as they are open, so that what is
 * shown follows the cluster.
 */
import * as vscode from 'vscode';
import { formatRef, type ObjectRef } from '../core/network/place.js';
import type { LiveObject } from '../kube/session.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { Scheme } from './contributions.js';
import { objectUri, parseObjectUri } from './objectUri.js';

const { t } = vscode.l10n;

export class ObjectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  #cluster: Cluster | undefined;
  #listening: { dispose(): void } | undefined;
  /** By URI: the latest of what is watched; undefined for an object that does not exist (any more). */
  readonly #live = new Map<string, string | undefined>();
  /** URIs that the session was told to watch. */
  #observed = '';

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(Scheme.object, this),
      connection.onDidChange(() => {
        this.#follow();
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (uri.scheme === Scheme.object) this.#observe();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === Scheme.object) this.#observe();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#seen();
      }),
    );
    this.#follow();
    this.#seen();
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const address = parseObjectUri(uri);
    if (address === undefined) return comment(t('This is not the address of an object.'));
    const { context, ref } = address;
    const { cluster } = this.#connection;
    if (cluster?.identity.context !== context)
      return comment(t('Not connected to the context "{0}". The object shows here when it is.', context));
    const key = uri.toString();
    if (this.#live.has(key)) return this.#live.get(key) ?? comment(t('{0} does not exist any more.', formatRef(ref)));
    try {
      return (await cluster.request('objectText', { ref }, token)).text;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return comment(t('{0} cannot be shown: {1}', formatRef(ref), words));
    }
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** What is looked at is kept up to date, whether a view of ours is open or not. */
  #seen(): void {
    const isSeen = vscode.window.visibleTextEditors.some(({ document }) => document.uri.scheme === Scheme.object);
    this.#connection.setVisible(Scheme.object, isSeen);
  }

  /** Another cluster, or none: what is open is asked for again. */
  #follow(): void {
    const { cluster } = this.#connection;
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#listening?.dispose();
    this.#listening = cluster?.session.onChange((change) => {
      // A session that began anew knows of no documents.
      if (change.reset === true) this.#observe(true);
      for (const object of change.objects ?? []) this.#update(cluster, object);
    });
    this.#live.clear();
    this.#observe(true);
    for (const { uri } of this.#documents()) this.#changed.fire(uri);
  }

  #update(cluster: Cluster, { ref, text }: LiveObject): void {
    const uri = objectUri({ context: cluster.identity.context, ref });
    this.#live.set(uri.toString(), text);
    this.#changed.fire(uri);
  }

  /** Has the session watch what is open, and forgets what is not. */
  #observe(again = false): void {
    const cluster = this.#cluster;
    const open = this.#documents(cluster?.identity.context);
    const uris = new Set(open.map(({ uri }) => uri.toString()));
    for (const uri of this.#live.keys()) if (!uris.has(uri)) this.#live.delete(uri);
    const observed = [...uris].sort().join('\n');
    if (cluster === undefined || (observed === this.#observed && !again)) return;
    this.#observed = observed;
    cluster.request('observe', { refs: open.map(({ ref }) => ref) }).catch((error: unknown) => {
      if (!cluster.signal.aborted) this.#connection.log.warn(error instanceof Error ? error.message : String(error));
    });
  }

  /** The open documents of objects, of one context or of all. */
  #documents(context?: string): readonly { readonly uri: vscode.Uri; readonly ref: ObjectRef }[] {
    return vscode.workspace.textDocuments.flatMap(({ uri, isClosed }) => {
      const address = isClosed ? undefined : parseObjectUri(uri);
      return address === undefined || (context !== undefined && address.context !== context)
        ? []
        : [{ uri, ref: address.ref }];
    });
  }
}

const comment = (text: string): string =>
  `${text
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n')}\n`;
