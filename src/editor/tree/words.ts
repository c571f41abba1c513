/** How things of a cluster are called in rows and in speech. */
import * as vscode from 'vscode';
import type { Severity } from '../../core/checks/check.js';
import type { NodeSummary, PodSummary, RangeSummary } from '../../kube/session.js';
import type { ShownFinding } from '../shownFindings.js';

const { t } = vscode.l10n;
export const SEPARATOR = ' · ';

export const join = (parts: readonly (string | undefined)[], separator = SEPARATOR): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator);

export function readyWord(node: NodeSummary): string {
  switch (node.ready) {
    case 'Ready':
      return t('Ready');
    case 'NotReady':
      return t('Not ready');
    case 'Unknown':
      return t('Readiness unknown');
  }
}

export function severityWord(severity: Severity): string {
  switch (severity) {
    case 'error':
      return t('error');
    case 'warning':
      return t('warning');
    case 'information':
      return t('information');
    case 'hint':
      return t('hint');
  }
}

/** `1 error`, `2 warnings`: the worst kind among the findings, counted; empty without findings. */
export function findingsWord(findings: readonly ShownFinding[]): string {
  const count = (severity: Severity): number => findings.filter((shown) => shown.severity === severity).length;
  const errors = count('error');
  if (errors > 0) return errors === 1 ? t('1 error') : t('{0} errors', errors);
  const warnings = count('warning');
  if (warnings > 0) return warnings === 1 ? t('1 warning') : t('{0} warnings', warnings);
  return findings.length === 0 ? '' : findings.length === 1 ? t('1 note') : t('{0} notes', findings.length);
}

/** Whether addresses are taken from the range, in words. */
export function useWord(range: { readonly used?: boolean | undefined }): string {
  if (range.used === undefined) return t('not known whether used');
  return range.used ? '' : t('assigned, not used');
}

export function rangeWord(range: RangeSummary): string {
  return range.problem === undefined ? useWord(range) : t('not a range: {0}', range.problem);
}

export function podWord(pod: PodSummary): string {
  if (pod.terminating) return t('Terminating');
  return pod.phase === 'Running' && !pod.ready ? t('Running, not ready') : pod.phase;
}

/** The icon of the worst finding; colour repeats what the icon says. */
export function severityIcon(severity: Severity): vscode.ThemeIcon {
  switch (severity) {
    case 'error':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
    case 'warning':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    case 'information':
    case 'hint':
      return new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground'));
  }
}
