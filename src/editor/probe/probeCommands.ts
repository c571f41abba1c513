/**
 * *Probe Connectivity To…*, *Probe From This Node…* and *Probe Between Selected*: pick, plan, run with progress and cancel, and
 * say the verdict with its evidence. Where the source pod's own container has a tool, nothing is created; else the plan is
 * shown, and nothing is created before a yes.
 */
import * as vscode from 'vscode';
import { meansFacts, pairTitle, probePlanMarkdown } from '../../core/reach/planMarkdown.js';
import {
  formatSource,
  type PodName,
  type ProbePlan,
  type ProbeProgress,
  type ProbeReport,
  type ProbeRequest,
  type ProbeSource,
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
import { cap, inert } from '../markdown.js';
import { agreed } from '../planQuestion.js';
import { confirmedForProduction } from '../productionContexts.js';
import { pickSourceOnNode } from './pickSourceOnNode.js';
import { pickPort } from './pickPort.js';
import { pickProbeTarget } from './pickProbeTarget.js';
import type { ProbeDocuments } from './probeDocuments.js';
import { RecentTargets } from './recentTargets.js';
import { probeOptions } from './probeSettings.js';

const { t } = vscode.l10n;

export class ProbeCommands {
  readonly #connection: Connection;
  readonly #documents: ProbeDocuments;
  readonly #recents: RecentTargets;
  readonly #log: vscode.LogOutputChannel;

  constructor(connection: Connection, documents: ProbeDocuments, state: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#documents = documents;
    this.#recents = new RecentTargets(state);
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

  /** From a pod; from a node by one of its pods or by a probe pod, as the user picks. */
  async #probeFrom(cluster: Cluster, from: Target): Promise<void> {
    const source: ProbeSource | undefined = podOf(from) ?? (await this.#sourceOnNode(cluster, from));
    if (source === undefined) return;
    const recents = this.#recents.of(cluster.identity.context);
    const picked = await pickProbeTarget(cluster, t('Probe From {0} To', formatSource(source)), recents);
    if (picked === undefined) return;
    await this.#recents.use(cluster.identity.context, picked);
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

  async #sourceOnNode(cluster: Cluster, { ref, label }: Target): Promise<ProbeSource | undefined> {
    return ref?.kind === 'Node' ? await pickSourceOnNode(cluster, label) : undefined;
  }

  async #pickPortAndRun(cluster: Cluster, source: ProbeSource, target: ProbeTarget): Promise<void> {
    const port = await pickPort(cluster, target);
    if (port === undefined) return;
    await this.#planAndRun(cluster, {
      source,
      target,
      protocol: port.protocol,
      ...(port.port === undefined ? {} : { port: port.port }),
    });
  }

  /** Every probe comes by here, a repeated one too. */
  async #planAndRun(cluster: Cluster, request: ProbeRequest): Promise<void> {
    if (!(await confirmedForProduction(cluster, t('It is probed from {0}', formatSource(request.source))))) return;
    const plan = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: inert(t('Planning the probe from {0}', formatSource(request.source))),
      },
      () => this.#connection.during(() => cluster.request('probePlan', { request, options: probeOptions() })),
    );
    if (plan.means === undefined) {
      await this.#sayImpossible(cluster, plan);
      return;
    }
    const creates = plan.objects.length > 0;
    if (creates && !(await agreed(cluster, this.#question(cluster, plan)))) return;
    await this.#run(cluster, plan);
  }

  #question(cluster: Cluster, plan: ProbePlan) {
    return {
      question: t('Probe {0}?', cap(pairTitle(plan), 300)),
      essentials: essentialsOf(plan),
      yes: t('Create and Probe'),
      page: this.#documents.add(t('Plan'), probePlanMarkdown(plan, cluster.identity.context)),
    };
  }

  async #sayImpossible(cluster: Cluster, plan: ProbePlan): Promise<void> {
    const show = t('Show Reasons');
    const words = t('{0} cannot be probed: {1}', pairTitle(plan), plan.considered.at(-1)?.why ?? '');
    if ((await vscode.window.showWarningMessage(inert(words, 600), show)) !== show) return;
    const page = this.#documents.add(t('Plan'), probePlanMarkdown(plan, cluster.identity.context));
    await vscode.commands.executeCommand('vscode.open', page);
  }

  /** Shows the result, or says that the cluster was left meanwhile. */
  async #run(cluster: Cluster, plan: ProbePlan): Promise<void> {
    let report: ProbeReport;
    try {
      report = await this.#connection.during(() => this.#probe(cluster, plan));
    } catch (error) {
      if (!cluster.signal.aborted) throw error;
      this.#sayLeft(cluster, plan);
      return;
    }
    this.#log.info(`Probe: ${reportTitle(report)} (${reportReason(report)})`);
    await this.#show(cluster, report);
  }

  /** The session was ended by a change of context or of settings; its worker cleans up by itself. */
  #sayLeft({ identity }: Cluster, { objects, remains }: ProbePlan): void {
    const left = t('{0} was left while it was probed; there is no result.', identity.context);
    const names = objects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(', ');
    const after =
      objects.length === 0
        ? ''
        : remains === ''
          ? t('What was created there is being deleted: {0}.', names)
          : t('What remains: {0}.', remains);
    const words = `${left} ${after}`.trimEnd();
    this.#log.warn(words);
    void vscode.window.showWarningMessage(inert(words, 600));
  }

  async #probe(cluster: Cluster, plan: ProbePlan): Promise<ProbeReport> {
    const title = inert(t('Probing from {0}', formatSource(plan.request.source)));
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => {
          progress.report({ message: t('cancelled') });
          // The run ends by itself: it takes away what it created, and reports what it has.
          cluster.request('cancelRun', { run: plan.run }).catch((error: unknown) => {
            this.#log.warn(`The probe could not be cancelled: ${String(error)}`);
          });
        });
        return cluster.request('probeRun', { run: plan.run }, undefined, (step) => {
          if (!token.isCancellationRequested) progress.report({ message: inert(progressWords(step)) });
        });
      },
    );
  }

  async #show(cluster: Cluster, report: ProbeReport): Promise<void> {
    const page = this.#documents.add(t('Probe'), reportMarkdown(report));
    const left = report.left.length === 0 ? '' : ` ${t('Not deleted yet: {0}.', report.left.join(', '))}`;
    const words = inert(`${reportTitle(report)} – ${reportReason(report)}${left}`, 600);
    const details = t('Show Evidence');
    const again = t('Probe Again');
    const copy = t('Copy kubectl Command');
    const actions = [details, again, ...(report.reproduce.length > 0 ? [copy] : [])];
    const chosen = await showBy(report.promises[0]?.verdict ?? 'notRun')(words, ...actions);
    if (chosen === details) await vscode.commands.executeCommand('vscode.open', page);
    else if (chosen === again) await this.#planAndRun(cluster, report.request);
    else if (chosen === copy) await vscode.env.clipboard.writeText(report.reproduce.join('\n'));
  }
}

function essentialsOf(plan: ProbePlan): string[] {
  const dot = (text: string): string => `• ${cap(text, 300)}`;
  return [
    t('How it can be probed:'),
    ...meansFacts(plan).map(dot),
    '',
    t('Creates or changes:'),
    ...plan.objects.map(({ kind, namespace, name, purpose }) => dot(`${kind} ${namespace}/${name}: ${purpose}`)),
    dot(t('with the image {0}', plan.image)),
    '',
    t('It takes about {0} seconds.', plan.seconds),
    plan.remains === ''
      ? t('At the end, or when you cancel, everything is deleted.')
      : t('What remains: {0}.', plan.remains),
  ];
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
