/**
 * *Verify Network Model*: a plan, a yes, a run with progress that can be cancelled at any moment, and the result. One run at
 * a time; what it created is taken away before it ends, cancelled or not.
 */
import * as vscode from 'vscode';
import { counted } from '../../core/checks/wording.js';
import { planFacts, planMarkdown, planObstacles } from '../../core/reach/planMarkdown.js';
import { headlineOf } from '../../core/reach/resultView.js';
import type { VerifyPlan, VerifyProgress, VerifyReport } from '../../core/reach/verification.js';
import type { Cluster } from '../cluster.js';
import { neededCluster } from '../commands/clusterCommands.js';
import type { Connection } from '../connection.js';
import { View } from '../contributions.js';
import { cap, inert } from '../markdown.js';
import { agreed } from '../planQuestion.js';
import { confirmedForProduction } from '../productionContexts.js';
import type { ProbeDocuments } from '../probe/probeDocuments.js';
import { verifyOptions } from '../probe/probeSettings.js';
import type { ResultPanel } from './resultPanel.js';
import type { KeptVerification, Verifications } from './verifications.js';

const { t } = vscode.l10n;

export class VerifyCommands {
  readonly #connection: Connection;
  readonly #documents: ProbeDocuments;
  readonly #verifications: Verifications;
  readonly #log: vscode.LogOutputChannel;
  #running = false;

  constructor(
    connection: Connection,
    documents: ProbeDocuments,
    verifications: Verifications,
    log: vscode.LogOutputChannel,
  ) {
    this.#connection = connection;
    this.#documents = documents;
    this.#verifications = verifications;
    this.#log = log;
  }

  async verify(panel: ResultPanel): Promise<void> {
    const cluster = await neededCluster(this.#connection);
    if (cluster === undefined) return;
    if (this.#isRunning()) return;
    try {
      const report = await this.#planAndRun(cluster);
      if (report !== undefined) this.#show(cluster, report, panel);
    } catch (error) {
      if (cluster.signal.aborted) return;
      const words = error instanceof Error ? error.message : String(error);
      this.#log.error(`Verify Network Model: ${words}`);
      void vscode.window.showErrorMessage(inert(t('The network model cannot be verified: {0}', cap(words, 500)), 600));
    }
  }

  /** Whether a run is under way; where one is, that is said. A question that stands open is none. */
  #isRunning(): boolean {
    if (this.#running) void vscode.window.showInformationMessage(t('The network model is being verified already.'));
    return this.#running;
  }

  /** Shows the plan that a run had. */
  readonly showPlan = ({ identity, report }: KeptVerification): void => {
    const page = this.#documents.add(t('Plan'), planMarkdown(report.plan, identity.context));
    void vscode.commands.executeCommand('vscode.open', page);
  };

  /** Undefined when the user said no, or it cannot be run. */
  async #planAndRun(cluster: Cluster): Promise<VerifyReport | undefined> {
    const { context } = cluster.identity;
    const plan = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: t('Planning the verification') },
      () => this.#connection.during(() => cluster.request('verifyPlan', verifyOptions())),
    );
    const page = this.#documents.add(t('Plan'), planMarkdown(plan, context));
    const obstacles = planObstacles(plan);
    if (obstacles.length > 0) {
      const show = t('Show Plan');
      const words = t('The network model of {0} cannot be verified: {1}.', context, cap(obstacles.join('; '), 500));
      const chosen = await vscode.window.showErrorMessage(inert(words, 1000), show);
      if (chosen === show) await vscode.commands.executeCommand('vscode.open', page);
      return undefined;
    }
    const yes = await agreed(cluster, {
      question: t('Verify the network model of {0}?', context),
      essentials: essentialsOf(plan),
      yes: t('Create and Verify'),
      page,
    });
    const action = t('{0} are created', counted(plan.pods, 'probe pod'));
    if (!yes || !(await confirmedForProduction(cluster, action)) || this.#isRunning()) return undefined;
    this.#running = true;
    const run = { begun: false };
    try {
      return await this.#connection.during(() => this.#run(cluster, plan, run));
    } finally {
      this.#running = false;
      if (run.begun && cluster.signal.aborted) this.#sayLeft(cluster);
    }
  }

  /** Notes when the run has begun: from then on things of it may be in the cluster. */
  async #run(cluster: Cluster, plan: VerifyPlan, run: { begun: boolean }): Promise<VerifyReport> {
    const cancel = (): void => {
      // The run ends by itself: it takes away what it created, and reports what it has.
      cluster.request('cancelRun', { run: plan.run }).catch((error: unknown) => {
        this.#log.warn(`Verify Network Model could not be cancelled: ${String(error)}`);
      });
    };
    const title = inert(t('Verifying the network model of {0}', cluster.identity.context));
    const work = vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        let percent = 0;
        let cancelled = false;
        token.onCancellationRequested(() => {
          cancelled = true;
          progress.report({ message: t('cancelled; the probe pods are taken away') });
          cancel();
        });
        return await cluster.request('verify', { run: plan.run }, undefined, (step) => {
          run.begun = true;
          const now = percentOf(step);
          if (!cancelled)
            progress.report({ message: inert(progressWords(step)), increment: Math.max(0, now - percent) });
          percent = Math.max(percent, now);
        });
      },
    );
    return await vscode.window.withProgress({ location: { viewId: View.network } }, () => work);
  }

  /** The session was ended by a change of context or of settings; its worker cleans up by itself. */
  #sayLeft({ identity }: Cluster): void {
    const words = t('{0} was left while it was verified. What was created there is being deleted.', identity.context);
    this.#log.warn(words);
    void vscode.window.showWarningMessage(inert(words));
  }

  #show(cluster: Cluster, report: VerifyReport, panel: ResultPanel): void {
    const headline = headlineOf(report);
    this.#log.info(`Verify Network Model: ${headline}${report.stopped === '' ? '' : ` (${report.stopped})`}`);
    const left = report.left.length === 0 ? '' : t('Not deleted yet: {0}.', cap(report.left.join(', '), 300));
    if (report.promises.length === 0) {
      const nothing = report.left.length === 0 ? t('Nothing of it is left in the cluster.') : left;
      const words = t('Nothing was measured: {0}. {1}', cap(report.stopped, 500), nothing);
      void vscode.window.showWarningMessage(inert(words, 1000));
      return;
    }
    panel.show(this.#verifications.add(cluster.identity, report));
    if (left !== '') void vscode.window.showWarningMessage(inert(left));
  }
}

function essentialsOf(plan: VerifyPlan): string[] {
  const dot = (text: string): string => `• ${cap(text, 300)}`;
  return [
    t('Creates {0} in namespace {1}, by:', counted(plan.pods, 'probe pod'), plan.namespace),
    ...plan.objects.map(({ kind, name }) => dot(`${kind} ${name}`)),
    dot(t('with the image {0}', plan.image)),
    '',
    t('Tries:'),
    ...planFacts(plan).slice(0, 6).map(dot),
    '',
    t('Every right that it takes is there.'),
    t('It takes about {0} seconds. At the end, or when you cancel, everything is deleted.', plan.seconds),
    t('Should this machine go away, the server deletes it {0} minutes after the start.', minutes(plan.lifetimeSeconds)),
  ];
}

const minutes = (seconds: number): number => Math.round(seconds / 60);

function progressWords(step: VerifyProgress): string {
  switch (step.step) {
    case 'before':
      return t('trying {0} paths between pods that are there already', step.paths);
    case 'creating':
      return t('creating {0}', step.object);
    case 'starting':
      return t('starting probe pods, {0} of {1} ready', step.ready, step.wanted);
    case 'probing':
      return t('probing, {0} of {1} nodes done', step.done, step.sessions);
    case 'confirming':
      return t('trying {0} paths again that failed', step.paths);
    case 'cleaning':
      return t('taking the probe pods away');
  }
}

/** How far it is, roughly. */
function percentOf(step: VerifyProgress): number {
  switch (step.step) {
    case 'before':
      return 2;
    case 'creating':
      return 5;
    case 'starting':
      return 5 + 25 * (step.ready / Math.max(1, step.wanted));
    case 'probing':
      return 30 + 50 * (step.done / Math.max(1, step.sessions));
    case 'confirming':
      return 85;
    case 'cleaning':
      return 95;
  }
}
