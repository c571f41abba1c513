/** The view *Findings*: what was found, grouped by check, each with the places to jump to; hidden ones at the end. */
import * as vscode from 'vscode';
import { groupBy } from '../../core/checks/groupBy.js';
import type { Subject } from '../../core/checks/check.js';
import { formatPath, formatPlace, placeKey } from '../../core/network/place.js';
import { Target } from '../commands/target.js';
import type { Connection } from '../connection.js';
import { Command, InternalCommand } from '../contributions.js';
import { checksByCode } from '../documentation.js';
import type { HiddenFinding } from '../hiddenFindings.js';
import { cap, tooltip } from '../markdown.js';
import { type ShownFinding, type ShownFindings, worst } from '../shownFindings.js';
import { treeItem } from './row.js';
import { join, severityIcon, severityWord } from './words.js';

const { t } = vscode.l10n;
/** Findings of one check that are shown at first, and added by each "show more". */
const PAGE = 100;
const REFRESH_MS = 150;
/** Up to so many findings, everything is open from the start. */
const EXPANDED_UP_TO = 20;

export class CheckElement {
  readonly kind = 'check';
  readonly id: string;
  readonly parent = undefined;
  readonly code: string;
  title: string;
  findings: readonly FindingElement[] = [];
  limit = PAGE;
  constructor(code: string) {
    this.code = code;
    this.title = code;
    this.id = `check/${code}`;
  }
}
export class FindingElement {
  readonly kind = 'finding';
  readonly id: string;
  readonly parent: CheckElement;
  readonly shown: ShownFinding;
  constructor(parent: CheckElement, shown: ShownFinding) {
    this.parent = parent;
    this.shown = shown;
    this.id = `finding/${shown.finding.id}`;
  }
}
export class SubjectElement {
  readonly kind = 'subject';
  readonly id: string;
  readonly parent: FindingElement;
  readonly subject: Subject;
  constructor(parent: FindingElement, subject: Subject) {
    this.parent = parent;
    this.subject = subject;
    this.id = `${parent.id}/${placeKey(subject.place)}`;
  }
  get target(): Target {
    const { place, label } = this.subject;
    return place.kind === 'object'
      ? new Target({ label, ref: place.object, path: place.path })
      : new Target({ label, ref: undefined });
  }
}
export class MoreFindingsElement {
  readonly kind = 'moreFindings';
  readonly id: string;
  readonly parent: CheckElement;
  constructor(parent: CheckElement) {
    this.parent = parent;
    this.id = `${parent.id}/more`;
  }
}
export class HiddenGroupElement {
  readonly kind = 'hiddenGroup';
  readonly id = 'hidden';
  readonly parent = undefined;
}
export class HiddenElement {
  readonly kind = 'hidden';
  readonly id: string;
  readonly parent: HiddenGroupElement;
  readonly hidden: HiddenFinding;
  constructor(parent: HiddenGroupElement, hidden: HiddenFinding) {
    this.parent = parent;
    this.hidden = hidden;
    this.id = `hidden/${hidden.id}`;
  }
}
export type FindingsElement =
  CheckElement | FindingElement | SubjectElement | MoreFindingsElement | HiddenGroupElement | HiddenElement;

export class FindingsTree implements vscode.TreeDataProvider<FindingsElement>, vscode.Disposable {
  readonly #findings: ShownFindings;
  readonly #changed = new vscode.EventEmitter<FindingsElement | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly #checks = new Map<string, CheckElement>();
  readonly #hiddenGroup = new HiddenGroupElement();
  /** Titles by code; loaded once there is a finding. */
  #titles: ReadonlyMap<string, string> | undefined;
  readonly onDidChangeTreeData = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, findings: ShownFindings) {
    this.#findings = findings;
    const refresh = (): void => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#changed.fire(undefined);
      }, REFRESH_MS);
    };
    this.#subscriptions = vscode.Disposable.from(connection.onDidChange(refresh), findings.onDidChange(refresh));
  }

  getChildren(element?: FindingsElement): FindingsElement[] {
    switch (element?.kind) {
      case undefined:
        return this.#groups();
      case 'check': {
        const shown = element.findings.slice(0, element.limit);
        return shown.length < element.findings.length ? [...shown, new MoreFindingsElement(element)] : [...shown];
      }
      case 'finding':
        return element.shown.finding.subjects.map((subject) => new SubjectElement(element, subject));
      case 'hiddenGroup':
        return this.#findings.hidden.map((hidden) => new HiddenElement(element, hidden));
      case 'subject':
      case 'moreFindings':
      case 'hidden':
        return [];
    }
  }

  getTreeItem(element: FindingsElement): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const few = this.#findings.shown.length <= EXPANDED_UP_TO;
    switch (element.kind) {
      case 'check':
        return treeItem({
          id: element.id,
          label: element.title,
          description: `${element.code} · ${element.findings.length}`,
          icon: severityIcon(worst(element.findings.map(({ shown }) => shown)) ?? 'hint'),
          state: few ? Expanded : Collapsed,
          words: ['check'],
          speech: t('{0}, {1}, {2} findings', element.code, element.title, element.findings.length),
        });
      case 'finding': {
        const { finding, severity } = element.shown;
        return treeItem({
          id: element.id,
          label: cap(finding.message, 200),
          icon: severityIcon(severity),
          state: finding.subjects.length === 0 ? None : few ? Expanded : Collapsed,
          words: this.#findings.isMeasured(finding.id) ? ['finding', 'measured'] : ['finding'],
          speech: `${severityWord(severity)} ${finding.code}: ${finding.message}`,
        });
      }
      case 'subject':
        return subjectItem(element);
      case 'moreFindings':
        return treeItem({
          id: element.id,
          label: t('Show More'),
          description: t('{0} not shown', element.parent.findings.length - element.parent.limit),
          icon: new vscode.ThemeIcon('ellipsis'),
          words: ['more'],
          speech: t('Show more findings'),
          command: { command: InternalCommand.loadMore, title: t('Show More'), arguments: [element] },
        });
      case 'hiddenGroup':
        return treeItem({
          id: element.id,
          label: t('Hidden'),
          description: String(this.#findings.hidden.length),
          icon: new vscode.ThemeIcon('eye-closed'),
          state: Collapsed,
          words: [],
          speech: t('{0} hidden findings', this.#findings.hidden.length),
        });
      case 'hidden': {
        const { code, message, reason } = element.hidden;
        return treeItem({
          id: element.id,
          label: cap(message, 200),
          description: reason,
          icon: new vscode.ThemeIcon('eye-closed'),
          words: ['hidden'],
          speech: t('hidden: {0} {1}, because: {2}', code, message, reason),
        });
      }
    }
  }

  resolveTreeItem(item: vscode.TreeItem, element: FindingsElement): vscode.TreeItem {
    if (element.kind === 'finding') {
      const { finding, severity } = element.shown;
      item.tooltip = tooltip({
        title: `${finding.code}: ${element.parent.title}`,
        paragraphs: [finding.message],
        facts: [
          { label: t('Severity'), value: severityWord(severity) },
          ...finding.evidence.slice(0, 10).map((value) => ({ label: t('Seen'), value })),
        ],
      });
    } else if (element.kind === 'subject') {
      item.tooltip = tooltip({ title: element.subject.label, paragraphs: [formatPlace(element.subject.place)] });
    } else if (element.kind === 'hidden') {
      const { code, message, reason, hiddenAt } = element.hidden;
      item.tooltip = tooltip({
        title: code,
        paragraphs: [message],
        facts: [
          { label: t('Hidden because'), value: reason },
          { label: t('Hidden'), value: new Date(hiddenAt).toLocaleString() },
        ],
      });
    }
    return item;
  }

  getParent(element: FindingsElement): FindingsElement | undefined {
    return element.parent;
  }

  /** The element of a finding, made visible by showing more of its check's where it must; undefined when it is gone or hidden. */
  find(id: string): FindingElement | undefined {
    this.#groups();
    for (const check of this.#checks.values()) {
      const index = check.findings.findIndex(({ shown }) => shown.finding.id === id);
      if (index < 0) continue;
      if (index >= check.limit) {
        check.limit = Math.ceil((index + 1) / PAGE) * PAGE;
        this.#changed.fire(check);
      }
      return check.findings[index];
    }
    return undefined;
  }

  showMore(element: MoreFindingsElement): void {
    element.parent.limit += PAGE;
    this.#changed.fire(element.parent);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  async #loadTitles(): Promise<void> {
    this.#titles = new Map();
    const checks = await checksByCode();
    this.#titles = new Map([...checks].map(([code, { title }]) => [code, title]));
    this.#changed.fire(undefined);
  }

  #groups(): FindingsElement[] {
    if (this.#titles === undefined && this.#findings.shown.length > 0) void this.#loadTitles();
    const byCode = groupBy(this.#findings.shown, ({ finding }) => finding.code);
    for (const code of this.#checks.keys()) if (!byCode.has(code)) this.#checks.delete(code);
    const groups = [...byCode].map(([code, findings]) => {
      const element = this.#checks.get(code) ?? new CheckElement(code);
      element.title = this.#titles?.get(code) ?? code;
      this.#checks.set(code, element);
      const before = new Map(element.findings.map((finding) => [finding.shown.finding.id, finding]));
      element.findings = findings.map((shown) => {
        const kept = before.get(shown.finding.id);
        return kept?.shown.finding === shown.finding && kept.shown.severity === shown.severity
          ? kept
          : new FindingElement(element, shown);
      });
      return element;
    });
    return this.#findings.hidden.length > 0 ? [...groups, this.#hiddenGroup] : groups;
  }
}

function subjectItem(element: SubjectElement): vscode.TreeItem {
  const { label, text, place } = element.subject;
  // The label names the object already.
  const where = place.kind === 'object' ? formatPath(place.path) : formatPlace(place);
  return treeItem({
    id: element.id,
    label,
    description: join([text, where]),
    icon: new vscode.ThemeIcon(
      place.kind === 'object' ? 'go-to-file' : place.kind === 'workstation' ? 'device-desktop' : 'gear',
    ),
    words: place.kind === 'object' ? ['subject', 'object'] : ['subject'],
    speech: join([label, text, where], ', '),
    ...(place.kind === 'object'
      ? { command: { command: Command.openObject, title: t('Open'), arguments: [element] } }
      : {}),
  });
}
