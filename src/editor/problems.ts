/**
 * Findings in the Problems panel: on the read-only document of the very object, the exact field underlined, the other sides
 * as related information; gone when the finding is gone.
 *
 * Where a field stands is asked of the session for objects that no editor shows, worst findings first and up to a limit;
 * what is open is located in the very text that is shown. Beyond the limit a problem stands at the start of its document
 * and moves to its field as soon as the document is opened.
 */
import * as vscode from 'vscode';
import type { Severity, Subject } from '../core/checks/check.js';
import { groupBy } from '../core/checks/groupBy.js';
import { type ObjectPlace, objectPlace, type ObjectRef, placeKey } from '../core/network/place.js';
import type { LineSpan } from '../kube/session.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { documentationOf } from './documentation.js';
import { type RangeFinder, rangeFinder } from './fieldRanges.js';
import { cap } from './markdown.js';
import { objectUri, parseObjectUri } from './objectUri.js';
import { objectKey, type ShownFinding, type ShownFindings } from './shownFindings.js';

/** Objects that are located without being open. Each costs one small request to the API server, once. */
export const MAX_LOCATED = 200;
/** Objects asked for at the same time. */
const CONCURRENCY = 4;
/** Related places of one problem; each one more makes the entry longer, not clearer. */
const MAX_RELATED = 10;
const MAX_MESSAGE = 2000;
const START = new vscode.Range(0, 0, 0, 0);

/** Stands for the cluster where a finding has no object of its own. Every cluster has it. */
const CLUSTER_OBJECT: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' };

interface Entry {
  readonly shown: ShownFinding;
  readonly place: ObjectPlace;
}

export class Problems implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #findings: ShownFindings;
  readonly #collection = vscode.languages.createDiagnosticCollection('cluster-network');
  readonly #subscriptions: vscode.Disposable;
  /** By object and place: where fields stand that no editor shows; the start while that is asked for, and where it failed. */
  readonly #located = new Map<string, Map<string, vscode.Range>>();
  /** By URI: where fields stand in the documents that are open. */
  readonly #open = new Map<string, RangeFinder>();
  #cluster: Cluster | undefined;

  constructor(connection: Connection, findings: ShownFindings) {
    this.#connection = connection;
    this.#findings = findings;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      findings.onDidChange(() => {
        this.#publish();
        void this.#locate();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => void this.#opened(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.#opened(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#open.delete(uri.toString());
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  /** Problems of an open document stand where the fields are in its very text. */
  async #opened(document: vscode.TextDocument): Promise<void> {
    if (parseObjectUri(document.uri) === undefined) return;
    const { version } = document;
    const find = await rangeFinder(document);
    if (document.isClosed || document.version !== version) return;
    this.#open.set(document.uri.toString(), find);
    this.#publish(document.uri);
  }

  /** @param only the one document whose text is another one now */
  #publish(only?: vscode.Uri): void {
    const { cluster } = this.#connection;
    if (cluster !== this.#cluster) {
      this.#cluster = cluster;
      this.#located.clear();
    }
    if (cluster === undefined) {
      this.#collection.clear();
      return;
    }
    const documents = new Map<string, { uri: vscode.Uri; diagnostics: vscode.Diagnostic[] }>();
    const range = (place: ObjectPlace): vscode.Range => this.#rangeOf(cluster, place);
    for (const entry of this.#entries()) {
      const uri = uriOf(cluster, entry.place);
      const key = uri.toString();
      if (only !== undefined && key !== only.toString()) continue;
      let document = documents.get(key);
      if (document === undefined) documents.set(key, (document = { uri, diagnostics: [] }));
      document.diagnostics.push(diagnosticOf(entry, cluster, range));
    }
    if (only === undefined) {
      const gone: vscode.Uri[] = [];
      this.#collection.forEach((uri) => {
        if (!documents.has(uri.toString())) gone.push(uri);
      });
      for (const uri of gone) this.#collection.delete(uri);
    }
    this.#collection.set([...documents.values()].map(({ uri, diagnostics }) => [uri, diagnostics]));
  }

  /** Every side of every finding that has a document. */
  #entries(): Entry[] {
    return this.#findings.shown.flatMap((shown) => {
      const places = shown.finding.subjects.flatMap(({ place }) => (place.kind === 'object' ? [place] : []));
      return (places.length > 0 ? places : [objectPlace(CLUSTER_OBJECT)]).map((place) => ({ shown, place }));
    });
  }

  /** Where a place stands: in the open document, as located before, or at its document's start. */
  #rangeOf(cluster: Cluster, place: ObjectPlace): vscode.Range {
    const open = this.#open.size === 0 ? undefined : this.#open.get(uriOf(cluster, place).toString());
    return open?.(place.path) ?? this.#located.get(objectKey(place.object))?.get(placeKey(place)) ?? START;
  }

  /** Asks for objects that were not asked for yet, a few at a time, until the limit is reached. */
  async #locate(): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    const byObject = groupBy(this.#entries(), ({ place }) => objectKey(place.object));
    for (const key of this.#located.keys()) if (!byObject.has(key)) this.#located.delete(key);
    const queue: { readonly ranges: Map<string, vscode.Range>; readonly places: readonly ObjectPlace[] }[] = [];
    for (const [key, entries] of byObject) {
      const ranges = this.#located.get(key) ?? new Map<string, vscode.Range>();
      const places = entries.map(({ place }) => place).filter((place) => !ranges.has(placeKey(place)));
      if (places.length === 0 || (ranges.size === 0 && this.#located.size >= MAX_LOCATED)) continue;
      for (const place of places) ranges.set(placeKey(place), START);
      this.#located.set(key, ranges);
      queue.push({ ranges, places });
    }
    if (queue.length === 0) return;
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        await locateObject(cluster, next.places, next.ranges);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (this.#cluster === cluster) this.#publish();
  }
}

/** Asks where places of one object stand, and adds what is answered. */
async function locateObject(
  cluster: Cluster,
  places: readonly ObjectPlace[],
  ranges: Map<string, vscode.Range>,
): Promise<void> {
  const [first] = places;
  if (first === undefined) return;
  try {
    const { spans } = await cluster.request('locate', { ref: first.object, paths: places.map(({ path }) => path) });
    places.forEach((place, index) => ranges.set(placeKey(place), rangeOfSpan(spans[index])));
  } catch {
    // It may not be read, or is gone already: the problem stays at the start of the document, which tells why when opened.
  }
}

const rangeOfSpan = (span: LineSpan | undefined): vscode.Range =>
  span === undefined ? START : new vscode.Range(span.line, span.start, span.line, span.end);

const uriOf = (cluster: Cluster, place: ObjectPlace): vscode.Uri =>
  objectUri({ context: cluster.identity.context, ref: place.object });

function diagnosticOf(
  { shown: { finding, severity }, place }: Entry,
  cluster: Cluster,
  range: (place: ObjectPlace) => vscode.Range,
): vscode.Diagnostic {
  const here = range(place);
  const own = placeKey(place);
  const others = finding.subjects.filter((subject) => placeKey(subject.place) !== own);
  const diagnostic = new vscode.Diagnostic(here, cap(finding.message, MAX_MESSAGE), severityOf(severity));
  diagnostic.source = 'cluster-network';
  diagnostic.code = { value: finding.code, target: documentationOf(finding.code) };
  diagnostic.relatedInformation = others.slice(0, MAX_RELATED).map((subject) => {
    const target = subject.place.kind === 'object' ? subject.place : place;
    const location = new vscode.Location(uriOf(cluster, target), range(target));
    return new vscode.DiagnosticRelatedInformation(location, subjectWords(subject));
  });
  return diagnostic;
}

function subjectWords({ label, text, place }: Subject): string {
  const what = text === '' ? label : `${label}: ${text}`;
  return cap(place.kind === 'workstation' ? vscode.l10n.t('{0} (this workstation)', what) : what);
}

function severityOf(severity: Severity): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'information':
      return vscode.DiagnosticSeverity.Information;
    case 'hint':
      return vscode.DiagnosticSeverity.Hint;
  }
}
