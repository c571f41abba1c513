/**
 * One connected cluster as the editor sees it: the session, its mirror, and a signal that ends with it.
 *
 * Whoever awaits something of a cluster passes its signal on, so that a late answer of a cluster that was left is never shown.
 */
import type * as vscode from 'vscode';
import type { ClusterSession, ConnectionState, ProgressOf, SessionRequests } from '../kube/session.js';
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
  #state: ConnectionState;
  readonly #end = new AbortController();

  constructor(identity: ClusterIdentity, session: ClusterSession) {
    this.identity = identity;
    this.session = session;
    this.#state = session.state;
    session.onState((state) => {
      // An attempt to end a trouble does not end it yet.
      if (state.phase !== 'connecting' || !isTrouble(this.#state)) this.#state = state;
    });
    session.onChange((change) => {
      this.mirror.apply(change);
    });
  }

  /** The state to show: of attempts to connect again, only the outcome. */
  get state(): ConnectionState {
    return this.#state;
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

const isTrouble = ({ phase }: ConnectionState): boolean => !['idle', 'connecting', 'connected'].includes(phase);
