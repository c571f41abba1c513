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
  openSettings: 'clusterNetwork.openSettings',
  copyIp: 'clusterNetwork.copyIp',
  copyCidr: 'clusterNetwork.copyCidr',
  openObject: 'clusterNetwork.openObject',
  openMap: 'clusterNetwork.openMap',
  probeTo: 'clusterNetwork.probeTo',
  probeBetween: 'clusterNetwork.probeBetween',
  probeFromNode: 'clusterNetwork.probeFromNode',
  verify: 'clusterNetwork.verify',
  removeLeftovers: 'clusterNetwork.removeLeftovers',
  manageCredentialPrograms: 'clusterNetwork.manageCredentialPrograms',
  hideFinding: 'clusterNetwork.hideFinding',
  showHiddenFinding: 'clusterNetwork.showHiddenFinding',
  copyFinding: 'clusterNetwork.copyFinding',
  explainFinding: 'clusterNetwork.explainFinding',
  dismissFinding: 'clusterNetwork.dismissFinding',
  whatIsThisIp: 'clusterNetwork.whatIsThisIp',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** Commands that only our own items run; not declared, so that no menu or palette offers them. */
export const InternalCommand = {
  loadMore: '_clusterNetwork.loadMore',
} as const;
export type InternalCommand = (typeof InternalCommand)[keyof typeof InternalCommand];

export const View = {
  container: 'clusterNetwork',
  network: 'clusterNetwork.network',
  ranges: 'clusterNetwork.ranges',
  findings: 'clusterNetwork.findings',
} as const;

/** Schemes of documents and rows. */
export const Scheme = {
  /** Read-only documents of live objects. */
  object: 'cluster-network',
  /** Pages that say what a check means. */
  checks: 'cluster-network-checks',
  /** Pages of probes' reports and plans. */
  probe: 'cluster-network-probe',
  /** Rows that findings decorate. */
  row: 'cluster-network-row',
} as const;

export const WebviewType = { map: 'clusterNetwork.map', result: 'clusterNetwork.result' } as const;

export const Setting = {
  kubeconfig: 'clusterNetwork.kubeconfig',
  context: 'clusterNetwork.context',
  namespaces: 'clusterNetwork.namespaces',
  requestTimeout: 'clusterNetwork.requestTimeoutSeconds',
  workstation: 'clusterNetwork.compareWithWorkstation',
  severity: 'clusterNetwork.checks.severity',
  productionContexts: 'clusterNetwork.productionContexts',
  probeImage: 'clusterNetwork.probe.image',
  probeNamespace: 'clusterNetwork.probe.namespace',
  probePullSecrets: 'clusterNetwork.probe.pullSecrets',
  probeHostNetwork: 'clusterNetwork.probe.hostNetwork',
  probeExistingPods: 'clusterNetwork.probe.existingPods',
} as const;
export type Setting = (typeof Setting)[keyof typeof Setting];

/** Context keys, each with what it says. */
export const ContextKey = {
  /** Why the view is empty or not: one of `ConnectionPhase`. */
  phase: 'clusterNetwork.phase',
  /** Whether there is something of a cluster to show, be it out of date. */
  hasContent: 'clusterNetwork.hasContent',
  /** Whether all of the cluster has been read once: before that, nothing found says nothing. */
  complete: 'clusterNetwork.complete',
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

/** Values of `ContextKey.phase`, for the welcome views. */
export const PHASE = [
  'restricted',
  'idle',
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
  'check',
  'finding',
  'measured',
  'subject',
  'hidden',
] as const;
export type ItemWord = (typeof ITEM_WORD)[number];
