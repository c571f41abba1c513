/**
 * Verifications that were run in this window: kept while it lives, by cluster, the latest last; and the findings of the
 * latest, which stay until it is run again or they are dismissed.
 */
import * as vscode from 'vscode';
import type { Finding } from '../../core/checks/check.js';
import { type RunChanges, compareRuns } from '../../core/reach/compareRuns.js';
import type { VerifyReport } from '../../core/reach/verification.js';
import type { ClusterIdentity } from '../cluster.js';

/** Runs kept of one cluster. */
const MAX_RUNS = 20;
/** Measurements kept of all runs of one cluster: those of 5,000 nodes are some hundred megabytes. */
const MAX_CELLS = 600_000;

export interface KeptVerification {
  /** The run's own name. */
  readonly run: string;
  readonly identity: ClusterIdentity;
  readonly report: VerifyReport;
}

/** Findings that were measured, beside those that checks find. */
export interface MeasuredFindings {
  readonly onDidChange: vscode.Event<void>;
  /** Of the cluster with that server. */
  findings(server: string): readonly Finding[];
}

interface OfCluster {
  runs: readonly KeptVerification[];
  findings: readonly Finding[];
}

const NOTHING: OfCluster = { runs: [], findings: [] };

export class Verifications implements MeasuredFindings, vscode.Disposable {
  readonly #clusters = new Map<string, OfCluster>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  /** The latest last. */
  of(server: string): readonly KeptVerification[] {
    return (this.#clusters.get(server) ?? NOTHING).runs;
  }

  find(run: string): KeptVerification | undefined {
    for (const { runs } of this.#clusters.values()) {
      const found = runs.find((one) => one.run === run);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  findings(server: string): readonly Finding[] {
    return (this.#clusters.get(server) ?? NOTHING).findings;
  }

  /** What is different from the last run before that measured something; undefined where there is none, or nothing to say. */
  changes({ identity, run, report }: KeptVerification): (RunChanges & { readonly since: string }) | undefined {
    const runs = this.of(identity.server);
    const before = runs
      .slice(
        0,
        runs.findIndex((one) => one.run === run),
      )
      .findLast(({ report: earlier }) => earlier.promises.length > 0);
    if (before === undefined || report.promises.length === 0) return undefined;
    return { ...compareRuns(before.report, report), since: before.report.startedAt };
  }

  add(identity: ClusterIdentity, report: VerifyReport): KeptVerification {
    const kept = { run: report.plan.run, identity, report };
    const { runs, findings } = this.#clusters.get(identity.server) ?? NOTHING;
    this.#clusters.set(identity.server, {
      runs: withinLimits([...runs, kept]),
      findings: afterRun(findings, report),
    });
    this.#changed.fire();
    return kept;
  }

  /** Takes a finding back; the next run finds it again, if it is still so. */
  dismiss(server: string, id: string): void {
    const known = this.#clusters.get(server);
    if (known === undefined) return;
    this.#clusters.set(server, { ...known, findings: known.findings.filter((one) => one.id !== id) });
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** The latest ones; the very last is kept whatever its size. */
function withinLimits(runs: readonly KeptVerification[]): readonly KeptVerification[] {
  let cells = 0;
  const kept = runs
    .slice(-MAX_RUNS)
    .reverse()
    .filter(({ report }, index) => {
      cells += report.cells.length;
      return index === 0 || cells <= MAX_CELLS;
    });
  return kept.reverse();
}

/** A run that went through replaces what was found before; one that was ended early only adds to it. */
function afterRun(before: readonly Finding[], report: VerifyReport): readonly Finding[] {
  const time = new Date(report.startedAt).toLocaleString();
  const found = report.findings.map((finding): Finding => ({
    ...finding,
    message: `${finding.message} ${vscode.l10n.t('(Measured {0}.)', time)}`,
    evidence: [...finding.evidence, vscode.l10n.t('measured by Verify Network Model, {0}', time)],
  }));
  if (report.stopped === '') return found;
  const again = new Set(found.map(({ id }) => id));
  return [...before.filter(({ id }) => !again.has(id)), ...found];
}
