/** Where the editor stands with a cluster, as one sum type, and what that is called in context keys and in words. */
import * as vscode from 'vscode';
import type { KubeconfigProblem } from '../kube/kubeconfig/model.js';
import type { ConnectionState } from '../kube/session.js';
import type { Cluster } from './cluster.js';
import type { PhaseKey } from './contributions.js';

export type Situation =
  /** The workspace is not trusted: no kubeconfig is read. */
  | { readonly kind: 'restricted' }
  /** Nothing of ours has been looked at yet. */
  | { readonly kind: 'idle' }
  /** The kubeconfig is being read. */
  | { readonly kind: 'loading' }
  /** `message` says why: which files were looked for, what is wrong with them, which context is not there. */
  | { readonly kind: 'noKubeconfig'; readonly message: string }
  | {
      readonly kind: 'badKubeconfig';
      readonly message: string;
      /** Where the first trouble is, if it is in a file. */
      readonly problem: KubeconfigProblem | undefined;
    }
  | {
      readonly kind: 'noContext';
      readonly message: string;
      /** A context is named, by the user or the kubeconfig, and is not there. */
      readonly named: boolean;
    }
  | { readonly kind: 'cluster'; readonly cluster: Cluster };

/** Whether there is something of the cluster to show, be it out of date. */
export function hasContent(cluster: Cluster): boolean {
  const { state, mirror } = cluster;
  return state.phase === 'connected' || mirror.nodeCount > 0 || mirror.podCount > 0 || mirror.unscheduledCount > 0;
}

export function phaseOf(situation: Situation): PhaseKey {
  switch (situation.kind) {
    case 'loading':
      return 'connecting';
    case 'cluster': {
      const { phase } = situation.cluster.state;
      return phase === 'idle' ? 'connecting' : phase;
    }
    case 'restricted':
    case 'idle':
    case 'noKubeconfig':
    case 'badKubeconfig':
    case 'noContext':
      return situation.kind;
  }
}

/** The words above the tree; undefined where a welcome view says it all, or nothing is to be said. */
export function messageOf(situation: Situation): string | undefined {
  switch (situation.kind) {
    case 'badKubeconfig':
      return vscode.l10n.t('The kubeconfig cannot be used: {0}', situation.message);
    case 'noContext':
      // A message takes the place of the welcome view, so it must tell more.
      return situation.named ? situation.message : undefined;
    case 'cluster':
      return stateMessage(situation.cluster.state, situation.cluster);
    case 'restricted':
    case 'idle':
    case 'loading':
    case 'noKubeconfig':
      return undefined;
  }
}

function stateMessage(state: ConnectionState, cluster: Cluster): string | undefined {
  switch (state.phase) {
    case 'idle':
    case 'connecting':
      return hasContent(cluster)
        ? vscode.l10n.t('Connecting again to {0} …', state.phase === 'idle' ? cluster.identity.server : state.server)
        : undefined;
    case 'connected':
      if (!state.complete) return readingMessage(cluster);
      return state.insecure
        ? vscode.l10n.t(
            'The identity of {0} is not verified: the kubeconfig switches certificate checks off.',
            state.server,
          )
        : undefined;
    case 'unreachable': {
      const what = vscode.l10n.t('{0} cannot be reached: {1}.', state.server, state.message);
      return [what, nextAttempt(state.retryAt), ...stale(cluster)].join(' ');
    }
    case 'unauthenticated': {
      const what = state.rejected
        ? vscode.l10n.t('{0} does not accept the credentials: {1}', state.server, state.message)
        : vscode.l10n.t('There are no credentials for {0}: {1}', state.server, state.message);
      const sentence = /[.!?…]$/.test(what) ? what : `${what}.`;
      return [sentence, nextAttempt(state.retryAt), ...stale(cluster)].join(' ');
    }
    case 'forbidden':
      return vscode.l10n.t('{0} lets you read nothing: {1}', state.server, state.message);
    case 'declined':
      return vscode.l10n.t('Not connected to {0}: {1}', state.server, state.message);
  }
}

/** Said beside rows that stand though nothing keeps them up to date. */
const stale = (cluster: Cluster): string[] =>
  hasContent(cluster) ? [vscode.l10n.t('What is shown is out of date.')] : [];

/** @param retryAt milliseconds since the epoch; Infinity: when asked to. */
function nextAttempt(retryAt: number): string {
  return Number.isFinite(retryAt)
    ? vscode.l10n.t('Trying again at {0}.', new Date(retryAt).toLocaleTimeString())
    : vscode.l10n.t('It is not tried again until you ask for it.');
}

function readingMessage(cluster: Cluster): string {
  const counts = Object.entries(cluster.mirror.kinds)
    .flatMap(([kind, state]) => (state.state === 'listing' ? [`${kind} ${state.items.toLocaleString()}`] : []))
    .join(', ');
  return counts === '' ? vscode.l10n.t('Reading the cluster …') : vscode.l10n.t('Reading the cluster: {0} …', counts);
}
