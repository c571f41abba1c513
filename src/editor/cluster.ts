/**
 * One connected cluster as the editor sees it: the session, its mirror, and a signal that ends with it.
 *
 * Whoever awaits something of a cluster passes its signal on, so that a late answer of a cluster that was left is never shown.
 */
import type * as vscode from 'vscode';
import type { ClusterSession, ProgressOf, SessionRequests } from '../kube/session.js';
import { SessionMirror } from './mirror.js';

export interface ClusterIdentity {
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** Address of the API server, without user information. */
  readonly server: string;
}

export class Cluster implements vscode.Disposable {
  readonly identity: ClusterIdentity;
  readonly session: ClusterSession;
  readonly mirror = new SessionMirror();
  readonly #end = new AbortController();

  constructor(identity: ClusterIdentity, session: ClusterSession) {
    this.identity = identity;
    this.session = session;
    session.onChange((change) => {
      this.mirror.apply(change);
    });
  }

  /** Aborted when the cluster is left. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Asks the session; rejects when the cluster is left or the token is cancelled. */
  request<K extends keyof SessionRequests>(
    kind: K,
    params: SessionRequests[K]['params'],
    token?: vscode.CancellationToken,
    onProgress?: (progress: ProgressOf<K>) => void,
  ): Promise<SessionRequests[K]['result']> {
    if (token === undefined) return this.session.request(kind, params, this.signal, onProgress);
    const cancel = new AbortController();
    const listener = token.onCancellationRequested(() => {
      cancel.abort();
    });
    return this.session.request(kind, params, AbortSignal.any([this.signal, cancel.signal]), onProgress).finally(() => {
      listener.dispose();
    });
  }

  dispose(): void {
    this.#end.abort(new Error(`The cluster ${this.identity.context} was left.`));
    this.session.dispose();
  }
}
