/**
 * Every id that package.json contributes: commands, views, settings, context keys, and the words that make up a tree
 * item's `viewItem`. A test compares this file with package.json, both ways.
 */

export const EXTENSION_ID = 'cluster-network-inspector.cluster-network-inspector';

/** Commands that package.json declares. */
export const Command = {
  selectContext: 'clusterNetwork.selectContext',
  refresh: 'clusterNetwork.refresh',
  retry: 'clusterNetwork.retry',
  showLog: 'clusterNetwork.showLog',
  openMap: 'clusterNetwork.openMap',
  openSettings: 'clusterNetwork.openSettings',
  copyIp: 'clusterNetwork.copyIp',
  copyCidr: 'clusterNetwork.copyCidr',
  openObject: 'clusterNetwork.openObject',
  probeTo: 'clusterNetwork.probeTo',
  manageCredentialPrograms: 'clusterNetwork.manageCredentialPrograms',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** Commands that only our own items run; not declared, so that no menu or palette offers them. */
export const InternalCommand = {
  loadMorePods: '_clusterNetwork.loadMorePods',
} as const;
export type InternalCommand = (typeof InternalCommand)[keyof typeof InternalCommand];

export const View = {
  container: 'clusterNetwork',
  network: 'clusterNetwork.network',
} as const;

export const WebviewType = { map: 'clusterNetwork.map' } as const;

export const Setting = {
  kubeconfig: 'clusterNetwork.kubeconfig',
  context: 'clusterNetwork.context',
  requestTimeout: 'clusterNetwork.requestTimeoutSeconds',
} as const;
export type Setting = (typeof Setting)[keyof typeof Setting];

/** Context keys, each with what it says. */
export const ContextKey = {
  /** Why the view is empty or not: one of `ConnectionPhase`. */
  phase: 'clusterNetwork.phase',
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

/** Values of `ContextKey.phase`, for the welcome views. */
export const PHASE = [
  'restricted',
  'noKubeconfig',
  'badKubeconfig',
  'noContext',
  'connecting',
  'connected',
  'unreachable',
  'unauthenticated',
  'forbidden',
  'declined',
] as const;
export type PhaseKey = (typeof PHASE)[number];

/** Words of `viewItem`: an item's context value is some of these, separated by spaces; menus match them with `\b…\b`. */
export const ITEM_WORD = [
  'context',
  'node',
  'range',
  'pod',
  'hasIp',
  'hostNetwork',
  'running',
  'object',
  'more',
] as const;
export type ItemWord = (typeof ITEM_WORD)[number];
