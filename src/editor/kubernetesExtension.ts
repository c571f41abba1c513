/**
 * Rows of the Kubernetes extension's cluster tree as targets of our commands, where that extension is installed. Nothing of
 * ours needs it; what it hands over is looked at before it is used.
 *
 * https://github.com/vscode-kubernetes-tools/vscode-kubernetes-tools/blob/master/docs/extending/commandtargets.md
 */
import * as vscode from 'vscode';
import type { Cluster } from './cluster.js';
import { nodeTarget, podTarget, type Target } from './commands/target.js';
import type { Connection } from './connection.js';
import { Command } from './contributions.js';
import { inert } from './markdown.js';

const { t } = vscode.l10n;
const EXTENSION = 'ms-kubernetes-tools.vscode-kubernetes-tools';

type Resolve = (row: unknown) => unknown;

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** Its function that tells what a row is; undefined where it is not installed, not running, or another one than we know. */
function resolver(): Resolve | undefined {
  const extension = vscode.extensions.getExtension<unknown>(EXTENSION);
  if (extension?.isActive !== true) return undefined;
  const get = property(extension.exports, 'get');
  if (typeof get !== 'function') return undefined;
  const explorer: unknown = Reflect.apply(get, extension.exports, ['clusterexplorer', 'v1']);
  const api = property(explorer, 'api');
  const resolve = property(api, 'resolveCommandTarget');
  return typeof resolve === 'function' ? (row) => Reflect.apply(resolve, api, [row]) as unknown : undefined;
}

/**
 * The pods and nodes among the rows; undefined when the first is none of that tree. Rows of another context than the one
 * that is connected are refused, with the reason said: a pod of the same name may be there too.
 */
export function targetsOfKubernetesExtension(
  connection: Connection,
  cluster: Cluster,
  argument: unknown,
  selection: unknown,
): readonly Target[] | undefined {
  const resolve = typeof argument === 'object' && argument !== null ? resolver() : undefined;
  if (resolve === undefined || property(resolve(argument), 'nodeType') !== 'resource') return undefined;
  const { kubeconfig } = connection;
  const shown = kubeconfig?.currentContext ?? '';
  if (shown !== cluster.identity.context) {
    void refuse(shown, cluster.identity.context);
    return [];
  }
  const own = kubeconfig?.contexts.find(({ name }) => name === shown)?.namespace;
  const rows: readonly unknown[] = Array.isArray(selection) && selection.includes(argument) ? selection : [argument];
  return rows.flatMap((row) => targetOf(resolve(row), own === undefined || own === '' ? 'default' : own));
}

function targetOf(resource: unknown, contextNamespace: string): Target[] {
  const name = property(resource, 'name');
  const namespace = property(resource, 'namespace');
  if (property(resource, 'nodeType') !== 'resource' || typeof name !== 'string') return [];
  switch (property(property(resource, 'resourceKind'), 'manifestKind')) {
    case 'Pod':
      return [podTarget(typeof namespace === 'string' ? namespace : contextNamespace, name, [])];
    case 'Node':
      return [nodeTarget(name, [])];
    default:
      return [];
  }
}

async function refuse(shown: string, connected: string): Promise<void> {
  const select = t('Select Context…');
  const answer = await vscode.window.showWarningMessage(
    inert(t('The Kubernetes view shows the context {0}; Cluster Network is connected to {1}.', shown, connected)),
    select,
  );
  if (answer === select) await vscode.commands.executeCommand(Command.selectContext);
}
