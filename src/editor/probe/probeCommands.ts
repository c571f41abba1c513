/**
 * *Probe Connectivity To…* and *Probe Between Selected*: pick, run with progress and cancel, and say the verdict with its
 * evidence. Nothing is created in the cluster: the probe runs in the source pod's own container, with a tool that is there.
 */
import * as vscode from 'vscode';
import {
  formatSource,
  type PodName,
  type ProbeProgress,
  type ProbeReport,
  type ProbeRequest,
  type ProbeTarget,
} from '../../core/reach/report.js';
import type { Verdict } from '../../core/reach/promise.js';
import { reportMarkdown, reportReason, reportTitle } from '../../core/reach/reportMarkdown.js';
import type { Cluster } from '../cluster.js';
import { neededCluster } from '../commands/clusterCommands.js';
import { pickNodeOrPod } from '../commands/pick.js';
import { type Target, targetsOf } from '../commands/target.js';
import type { Connection } from '../connection.js';
import { targetsOfKubernetesExtension } from '../kubernetesExtension.js';
import { cap } from '../markdown.js';
import { confirmedForProduction } from '../productionContexts.js';
import { pickPodOfNode } from './pickPodOfNode.js';
import { pickPort } from './pickPort.js';
import { pickProbeTarget, type RecentTarget } from './pickProbeTarget.js';
import type { ProbeDocuments } from './probeDocuments.js';

const { t } = vscode.l10n;
const RECENTS_KEY = 'probe.recentTargets';
const MAX_RECENTS = 5;

export class ProbeCommands {
  readonly #connection: Connection;
  readonly #documents: ProbeDocuments;
  readonly #state: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;

  constructor(connection: Connection, documents: ProbeDocuments, state: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#documents = documents;
    this.#state = state;
    this.#log = log;
  }

  /** From the pod of the row, the map or a pick, to a picked target. */
  async probeTo(argument: unknown, selection: unknown): Promise<void> {
    const cluster = await neededCluster(this.#connection);
    if (cluster === undefined) return;
    const [given] = this.#targets(cluster, argument, selection);
    const from = given ?? (argumentIsForeign(argument) ? undefined : await pickNodeOrPod(cluster, t('Probe From')));
    if (from !== undefined) await this.#probeFrom(cluster, from);
  }

  /** From a pod on the node of the row, the map or a pick, to a picked target. */
  async probeFromNode(argument: unknown, selection: unknown): Promise<void> {
    const cluster = await neededCluster(this.#connection);
    if (cluster === undefined) return;
    const [given] = this.#targets(cluster, argument, selection);
    const from =
      given ?? (argumentIsForeign(argument) ? undefined : await pickNodeOrPod(cluster, t('Probe From Node')));
    if (from !== undefined) await this.#probeFrom(cluster, from);
  }

  /** From a pod; from a node by one of its pods, which the user picks. */
  async #probeFrom(cluster: Cluster, from: Target): Promise<void> {
    const source = podOf(from) ?? (await this.#podOnNode(cluster, from));
    if (source === undefined) return;
    const recents = this.#recents(cluster);
    const picked = await pickProbeTarget(
      cluster,
      t('Probe From {0} To', `${source.namespace}/${source.name}`),
      recents,
    );
    if (picked === undefined) return;
    await this.#state.update(RECENTS_KEY, {
      ...this.#state.get<Readonly<Record<string, unknown>>>(RECENTS_KEY, {}),
      [cluster.identity.server]: [picked, ...recents.filter(({ label }) => label !== picked.label)].slice(
        0,
        MAX_RECENTS,
      ),
    });
    await this.#pickPortAndRun(cluster, source, picked.target);
  }

  /** From the first of two selected pods to the second. */
  async probeBetween(argument: unknown, selection: unknown): Promise<void> {
    const cluster = await neededCluster(this.#connection);
    if (cluster === undefined) return;
    const pods = this.#targets(cluster, argument, selection).flatMap((target) => podOf(target) ?? []);
    const [source, target] = pods;
    if (source === undefined || target === undefined || pods.length !== 2) {
      void vscode.window.showInformationMessage(t('Select two pods to probe between them.'));
      return;
    }
    await this.#pickPortAndRun(cluster, source, { kind: 'pod', ...target });
  }

  /** Rows of our own trees, things on the map, and rows of the Kubernetes extension's tree. */
  #targets(cluster: Cluster, argument: unknown, selection: unknown): readonly Target[] {
    return (
      targetsOfKubernetesExtension(this.#connection, cluster, argument, selection) ??
      targetsOf(cluster, argument, selection)
    );
  }

  async #podOnNode(cluster: Cluster, { ref, label }: Target): Promise<PodName | undefined> {
    return ref?.kind === 'Node' ? await pickPodOfNode(cluster, label) : undefined;
  }

  #recents(cluster: Cluster): readonly RecentTarget[] {
    const stored = this.#state.get<Readonly<Record<string, unknown>>>(RECENTS_KEY, {})[cluster.identity.server];
    return Array.isArray(stored) ? stored.filter(isRecentTarget) : [];
  }

  async #pickPortAndRun(cluster: Cluster, source: PodName, target: ProbeTarget): Promise<void> {
    const port = await pickPort(cluster, target);
    if (port === undefined) return;
    const action = t('A command is run in the pod {0}', `${source.namespace}/${source.name}`);
    if (!(await confirmedForProduction(cluster, action))) return;
    await this.#run(cluster, {
      source,
      target,
      protocol: port.protocol,
      ...(port.port === undefined ? {} : { port: port.port }),
    });
  }

  async #run(cluster: Cluster, request: ProbeRequest): Promise<void> {
    const title = t('Probing from {0}', formatSource(request.source));
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) =>
        cluster.request('probe', request, token, (step) => {
          progress.report({ message: progressWords(step) });
        }),
    );
    this.#log.info(`Probe: ${reportTitle(report)} (${reportReason(report)})`);
    await this.#show(cluster, report);
  }

  async #show(cluster: Cluster, report: ProbeReport): Promise<void> {
    const page = this.#documents.add(t('Probe'), reportMarkdown(report));
    const words = cap(`${reportTitle(report)} – ${reportReason(report)}`, 600);
    const details = t('Show Evidence');
    const again = t('Probe Again');
    const copy = t('Copy kubectl Command');
    const actions = [details, again, ...(report.reproduce.length > 0 ? [copy] : [])];
    const chosen = await showBy(report.promises[0]?.verdict ?? 'notRun')(words, ...actions);
    if (chosen === details) await vscode.commands.executeCommand('vscode.open', page);
    else if (chosen === again) await this.#run(cluster, report.request);
    else if (chosen === copy) await vscode.env.clipboard.writeText(report.reproduce.join('\n'));
  }
}

/** A violation is an error; what cannot be told, or was not promised, is no alarm. */
function showBy(verdict: Verdict): (message: string, ...items: string[]) => Thenable<string | undefined> {
  switch (verdict) {
    case 'violated':
      return (...parts) => vscode.window.showErrorMessage(...parts);
    case 'holds':
    case 'notPromised':
      return (...parts) => vscode.window.showInformationMessage(...parts);
    case 'blockedByPolicy':
    case 'notRun':
    case 'inconclusive':
      return (...parts) => vscode.window.showWarningMessage(...parts);
  }
}

/** A row of some other view: where it could not be told what it is, nothing is asked either. */
const argumentIsForeign = (argument: unknown): boolean => typeof argument === 'object' && argument !== null;

function podOf(target: Target | undefined): PodName | undefined {
  const ref = target?.ref;
  return ref?.kind === 'Pod' && ref.namespace !== undefined ? { namespace: ref.namespace, name: ref.name } : undefined;
}

function progressWords(step: ProbeProgress): string {
  switch (step.step) {
    case 'reading':
      return t('reading the pods');
    case 'creating':
      return t('creating {0}', step.object);
    case 'starting':
      return t('starting: {0}', step.what);
    case 'cleaning':
      return t('taking everything away again');
    case 'finding-tools':
      return t('looking for a tool in {0}', cap(step.image, 100));
    case 'probing':
      return t('{0} to {1}, try {2}', step.channel, step.address, step.attempt);
  }
}

function isRecentTarget(value: unknown): value is RecentTarget {
  if (typeof value !== 'object' || value === null || !('label' in value) || !('target' in value)) return false;
  const { label, target } = value;
  if (typeof label !== 'string' || typeof target !== 'object' || target === null || !('kind' in target)) return false;
  const has = (...names: string[]): boolean => names.every((name) => typeof Reflect.get(target, name) === 'string');
  switch (target.kind) {
    case 'pod':
    case 'service':
      return has('namespace', 'name');
    case 'node':
      return has('name');
    case 'address':
      return has('address');
    default:
      return false;
  }
}
