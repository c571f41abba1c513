/** Commands that need a cluster: copying addresses and ranges, opening live objects. */
import * as vscode from 'vscode';
import type { FieldPath, ObjectRef } from '../../core/network/place.js';
import type { Cluster } from '../cluster.js';
import type { Connection } from '../connection.js';
import { rangeFinder } from '../fieldRanges.js';
import { inert } from '../markdown.js';
import { objectUri } from '../objectUri.js';
import { pickNodeOrPod } from './pick.js';
import { type Target, targetsOf } from './target.js';

const { t } = vscode.l10n;

/** The cluster, once it is clear how it stands with it; the reason is said where there is none. */
export async function neededCluster(connection: Connection): Promise<Cluster | undefined> {
  await connection.start();
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Connecting to the cluster') },
    () => connection.during(() => connection.settled()),
  );
  const { cluster } = connection;
  if (cluster?.state.phase === 'connected') return cluster;
  const words =
    connection.situation.kind === 'restricted'
      ? t('Clusters are not read in Restricted Mode. Trust the workspace first.')
      : t('Not connected to a cluster. The view Cluster Network says why.');
  void vscode.window.showWarningMessage(words);
  return undefined;
}

/** Copies addresses: all of those that are selected, or the one of several that the user picks. */
export async function copyIp(connection: Connection, argument: unknown, selection: unknown): Promise<void> {
  const cluster = await neededCluster(connection);
  if (cluster === undefined) return;
  const given = targetsOf(cluster, argument, selection);
  const target = given[0] ?? (await pickNodeOrPod(cluster, t('Copy IP Address')));
  if (target === undefined) return;
  const targets = given.length > 1 ? given : [target];
  const ips = targets.flatMap((each) => each.ips);
  if (ips.length === 0) {
    void vscode.window.showInformationMessage(inert(t('{0} has no address.', target.label)));
    return;
  }
  const text = targets.length > 1 || ips.length === 1 ? ips.join('\n') : await pickIp(target);
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
}

async function pickIp({ label, ips }: Target): Promise<string | undefined> {
  const items = [
    ...ips.map((ip): vscode.QuickPickItem & { text: string } => ({ label: ip, text: ip })),
    { label: t('All, one a line'), text: ips.join('\n') },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: t('Copy IP Address of {0}', label) });
  return chosen?.text;
}

/** Copies the text of ranges. */
export async function copyCidr(connection: Connection, argument: unknown, selection: unknown): Promise<void> {
  const cluster = await neededCluster(connection);
  if (cluster === undefined) return;
  const cidrs = targetsOf(cluster, argument, selection).flatMap(({ cidr }) => (cidr === undefined ? [] : [cidr]));
  const text = cidrs.length > 0 ? cidrs.join('\n') : await pickCidr(cluster);
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
}

async function pickCidr({ mirror }: Cluster): Promise<string | undefined> {
  const items = [...mirror.claims.values()].map(({ claim }) => ({
    label: claim.text,
    description: claim.owner,
    detail: claim.role,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Copy CIDR'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.label;
}

/** Opens the read-only document of a live object, at the field that is meant. */
export async function openObject(connection: Connection, argument: unknown, selection: unknown): Promise<void> {
  const cluster = await neededCluster(connection);
  if (cluster === undefined) return;
  const [given] = targetsOf(cluster, argument, selection);
  const target = given ?? (await pickNodeOrPod(cluster, t('Open Live Object')));
  if (target?.ref !== undefined) await showObject(cluster, target.ref, target.path);
}

export async function showObject(cluster: Cluster, ref: ObjectRef, path: FieldPath): Promise<void> {
  const document = await vscode.workspace.openTextDocument(objectUri({ context: cluster.identity.context, ref }));
  const options: vscode.TextDocumentShowOptions = { preview: true };
  if (path.length > 0) options.selection = (await rangeFinder(document))(path);
  await vscode.window.showTextDocument(document, options);
}
