/** The kinds that probing reads or creates, as the API serves them. */
import type { Resource } from '../api.js';

const resource = (group: string, version: string, plural: string, kind: string, namespaced = true): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});

export const PODS = resource('', 'v1', 'pods', 'Pod');
export const NODES = resource('', 'v1', 'nodes', 'Node', false);
export const SERVICES = resource('', 'v1', 'services', 'Service');
export const NAMESPACES = resource('', 'v1', 'namespaces', 'Namespace', false);
export const EVENTS = resource('', 'v1', 'events', 'Event');
export const NETWORK_POLICIES = resource('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy');
export const JOBS = resource('batch', 'v1', 'jobs', 'Job');
export const DAEMON_SETS = resource('apps', 'v1', 'daemonsets', 'DaemonSet');
