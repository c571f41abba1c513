/**
 * The findings as the user wants them: with the severities of the settings, without what is off or hidden, in a stable
 * order, and found by object and by node.
 */
import * as vscode from 'vscode';
import { type Finding, SEVERITIES, type Severity } from '../core/checks/check.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import { type ObjectRef, objectPlace, placeKey } from '../core/network/place.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { Setting } from './contributions.js';
import type { HiddenFinding, HiddenFindings } from './hiddenFindings.js';
import type { MeasuredFindings } from './verify/verifications.js';

export interface ShownFinding {
  readonly finding: Finding;
  /** The user's severity, else the check's. */
  readonly severity: Severity;
}

/** What the settings say of checks: by code, what is not a severity is ignored. */
export type SeverityChoice = Readonly<Record<string, Severity | 'off'>>;

export function severityChoice(value: unknown): SeverityChoice {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).flatMap(([code, choice]): [string, Severity | 'off'][] => {
      const severity = choice === 'off' ? 'off' : SEVERITIES.find((known) => known === choice);
      return severity === undefined ? [] : [[code, severity]];
    }),
  );
}

const NONE: readonly ShownFinding[] = [];
/** The identity of an object, as `ofKey` takes it. */
export const objectKey = (ref: ObjectRef): string => placeKey(objectPlace(ref));
const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The worst severity among findings; undefined when there are none. */
export function worst(findings: readonly ShownFinding[]): Severity | undefined {
  return SEVERITIES.find((severity) => findings.some((shown) => shown.severity === severity));
}

export class ShownFindings implements vscode.Disposable {
  readonly #hiddenFindings: HiddenFindings;
  readonly #measured: MeasuredFindings;
  readonly #changed = new vscode.EventEmitter<ReadonlySet<string>>();
  readonly #subscriptions: vscode.Disposable;
  /** With the keys of the objects whose findings are others now (`objectKey`). */
  readonly onDidChange = this.#changed.event;
  readonly #connection: Connection;
  #cluster: Cluster | undefined;
  #mirror: { dispose(): void } | undefined;
  #shown: readonly ShownFinding[] = NONE;
  #severities: SeverityChoice = {};
  #measuredFindings: readonly Finding[] = [];
  #hidden: readonly HiddenFinding[] = [];
  #byObject = new Map<string, ShownFinding[]>();
  #byPlace = new Map<string, ShownFinding[]>();

  constructor(connection: Connection, hiddenFindings: HiddenFindings, measured: MeasuredFindings) {
    this.#connection = connection;
    this.#hiddenFindings = hiddenFindings;
    this.#measured = measured;
    this.#subscriptions = vscode.Disposable.from(
      connection.onDidChange(() => {
        this.#follow();
      }),
      hiddenFindings.onDidChange(() => {
        this.#compute();
      }),
      measured.onDidChange(() => {
        this.#compute();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(Setting.severity)) this.#compute();
      }),
    );
  }

  /** Most severe first, then by code, then by the first subject. */
  get shown(): readonly ShownFinding[] {
    return this.#shown;
  }
  /** What the settings say of checks, as it was applied last. */
  get severities(): SeverityChoice {
    return this.#severities;
  }
  /** Hidden ones that would be there now. */
  get hidden(): readonly HiddenFinding[] {
    return this.#hidden;
  }
  /** Whether it was measured by a verification, and stays until that is run again or it is dismissed. */
  isMeasured(id: string): boolean {
    return this.#measuredFindings.some((finding) => finding.id === id);
  }
  /** Those of the connected cluster that were measured, whatever the user wants of them. */
  get measured(): readonly Finding[] {
    return this.#measuredFindings;
  }
  ofObject(ref: ObjectRef): readonly ShownFinding[] {
    return this.ofKey(objectKey(ref));
  }
  ofKey(key: string): readonly ShownFinding[] {
    return this.#byObject.get(key) ?? NONE;
  }
  /** By `placeKey`. */
  ofPlace(key: string): readonly ShownFinding[] {
    return this.#byPlace.get(key) ?? NONE;
  }
  count(severity: Severity): number {
    return this.#shown.filter((shown) => shown.severity === severity).length;
  }

  dispose(): void {
    this.#mirror?.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #follow(): void {
    const { cluster } = this.#connection;
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#mirror?.dispose();
    this.#mirror = cluster?.mirror.onChange((change) => {
      if (change.findings) this.#compute();
    });
    this.#compute();
  }

  #compute(): void {
    const server = this.#cluster?.identity.server ?? '';
    const measured = this.#cluster === undefined ? [] : this.#measured.findings(server);
    this.#measuredFindings = measured;
    const findings = new Map<string, Finding>(this.#cluster?.mirror.findings);
    for (const finding of measured) findings.set(finding.id, finding);
    const choice = severityChoice(vscode.workspace.getConfiguration().get(Setting.severity));
    this.#severities = choice;
    const hidden = this.#hiddenFindings.of(server);
    const shown: ShownFinding[] = [];
    this.#hidden = [...findings.keys()].flatMap((id) => hidden.get(id) ?? []);
    const before = this.#byObject;
    this.#byObject = new Map();
    this.#byPlace = new Map();
    for (const finding of findings.values()) {
      const severity = choice[finding.code] ?? finding.severity;
      if (severity === 'off' || hidden.has(finding.id)) continue;
      const entry: ShownFinding = { finding, severity };
      shown.push(entry);
      for (const { place } of finding.subjects) {
        add(this.#byPlace, placeKey(place), entry);
        if (place.kind === 'object') add(this.#byObject, objectKey(place.object), entry);
      }
    }
    this.#shown = shown.sort(
      (a, b) =>
        rank(a.severity) - rank(b.severity) ||
        compareNatural(a.finding.code, b.finding.code) ||
        compareNatural(a.finding.subjects[0]?.label ?? '', b.finding.subjects[0]?.label ?? '') ||
        compareNatural(a.finding.id, b.finding.id),
    );
    this.#changed.fire(difference(before, this.#byObject));
  }
}

/** Keys whose lists differ. */
function difference(
  before: ReadonlyMap<string, readonly ShownFinding[]>,
  after: ReadonlyMap<string, readonly ShownFinding[]>,
): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(key) ?? NONE;
    const now = after.get(key) ?? NONE;
    const same =
      old.length === now.length &&
      now.every(({ finding, severity }, index) => old[index]?.finding === finding && old[index].severity === severity);
    if (!same) changed.add(key);
  }
  return changed;
}

function add(map: Map<string, ShownFinding[]>, key: string, entry: ShownFinding): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else if (list.at(-1) !== entry) list.push(entry);
}
