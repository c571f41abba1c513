/**
 * URIs of the read-only documents of live objects: `cluster-network:/<context>/nodes/node-1.yaml`,
 * `cluster-network:/<context>/namespaces/shop/pods/web-1.yaml`. Both ways, without losing anything.
 */
import * as vscode from 'vscode';
import { Scheme } from './contributions.js';
import type { ObjectRef } from '../core/network/place.js';

/** How kinds of the core API are called in paths; all others as `Kind.version.group` (`CiliumNode.v2.cilium.io`). */
const CORE_KINDS: Readonly<Record<string, string>> = {
  nodes: 'Node',
  pods: 'Pod',
  services: 'Service',
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
};

export interface ObjectAddress {
  readonly context: string;
  readonly ref: ObjectRef;
}

function kindSegment({ apiVersion, kind }: ObjectRef): string {
  const plural = apiVersion === 'v1' ? Object.keys(CORE_KINDS).find((name) => CORE_KINDS[name] === kind) : undefined;
  if (plural !== undefined) return plural;
  const [first = '', second] = apiVersion.split('/');
  return second === undefined ? `${kind}.${first}` : `${kind}.${second}.${first}`;
}

export function objectUri({ context, ref }: ObjectAddress): vscode.Uri {
  const namespace = ref.namespace === undefined ? [] : ['namespaces', ref.namespace];
  const segments = [context, ...namespace, kindSegment(ref), `${ref.name}.yaml`];
  return vscode.Uri.from({ scheme: Scheme.object, path: `/${segments.map(encodeURIComponent).join('/')}` });
}

/** What a URI of ours stands for; undefined for any other. */
export function parseObjectUri(uri: vscode.Uri): ObjectAddress | undefined {
  if (uri.scheme !== Scheme.object) return undefined;
  const segments = decode(uri.path.slice(1).split('/'));
  const [context, ...rest] = segments ?? [];
  const inNamespace = rest.length === 4 && rest[0] === 'namespaces';
  const [kindText, file] = inNamespace ? rest.slice(2) : rest;
  if (context === undefined || kindText === undefined || !file?.endsWith('.yaml')) return undefined;
  if (!inNamespace && rest.length !== 2) return undefined;
  const kind = parseKind(kindText);
  if (kind === undefined) return undefined;
  const name = file.slice(0, -'.yaml'.length);
  const namespace = inNamespace ? rest[1] : undefined;
  return { context, ref: namespace === undefined ? { ...kind, name } : { ...kind, namespace, name } };
}

function parseKind(segment: string): { apiVersion: string; kind: string } | undefined {
  const core = CORE_KINDS[segment];
  if (core !== undefined) return { apiVersion: 'v1', kind: core };
  const [kind, version, ...group] = segment.split('.');
  if (kind === undefined || version === undefined) return undefined;
  return { apiVersion: group.length === 0 ? version : `${group.join('.')}/${version}`, kind };
}

function decode(segments: readonly string[]): string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch (error) {
    // A percent sign that starts no escape: not a URI that we made.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
