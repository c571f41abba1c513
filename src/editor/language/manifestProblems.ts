/**
 * Problems in manifests as one types: without a cluster, in untrusted and virtual workspaces alike.
 *
 * Only open documents are read. A change checks the documents of its folder anew, after a pause in typing; documents in
 * which none of the words of a network configuration occur cost one regular expression.
 */
import * as vscode from 'vscode';
import type { Finding, Fix, Severity, Subject } from '../../core/checks/check.js';
import type { CheckSettings } from '../../core/checks/index.js';
import { lintManifests } from '../../core/manifests/lint.js';
import { documentationOf } from '../documentation.js';
import { folderOf, isManifest, textOf } from './manifestDocuments.js';

/** Time without a key before documents are checked. */
const PAUSE_MS = 300;

const SEVERITY: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** A comment at the end of a line that silences the named code there, or every code. */
const DISABLE = /#\s*cluster-network-disable-line(?:\s+([\w\s,]+))?/;

interface Entry {
  readonly diagnostic: vscode.Diagnostic;
  readonly fixes: readonly Fix[];
}
/** What was found in one version of a document. */
interface Checked {
  readonly version: number;
  readonly entries: readonly Entry[];
}

export class ManifestProblems implements vscode.Disposable {
  readonly #settings: () => CheckSettings;
  readonly #collection = vscode.languages.createDiagnosticCollection('cluster-network manifests');
  readonly #checked = new Map<string, Checked>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable;

  constructor(settings: () => CheckSettings, onSettings: vscode.Event<void>) {
    this.#settings = settings;
    const changed = (document: vscode.TextDocument): void => {
      if (isManifest(document)) this.#later(folderOf(document.uri));
    };
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      vscode.workspace.onDidOpenTextDocument(changed),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) changed(event.document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#collection.delete(document.uri);
        this.#checked.delete(document.uri.toString());
        changed(document);
      }),
      onSettings(() => {
        this.#all();
      }),
    );
    this.#all();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }

  /** The fixes of the problems that touch a range; none while the document has changed since it was checked. */
  fixesAt(document: vscode.TextDocument, range: vscode.Range): readonly Entry[] {
    const checked = this.#checked.get(document.uri.toString());
    if (checked?.version !== document.version) return [];
    return checked.entries.filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined);
  }

  #all(): void {
    for (const folder of new Set(
      vscode.workspace.textDocuments.filter(isManifest).map((document) => folderOf(document.uri)),
    ))
      this.#later(folder);
  }

  #later(folder: string): void {
    clearTimeout(this.#timers.get(folder));
    this.#timers.set(
      folder,
      setTimeout(() => {
        this.#timers.delete(folder);
        this.#check(folder);
      }, PAUSE_MS),
    );
  }

  #check(folder: string): void {
    const documents = new Map<string, vscode.TextDocument>();
    const texts: { uri: string; text: string }[] = [];
    for (const document of vscode.workspace.textDocuments) {
      if (!isManifest(document) || folderOf(document.uri) !== folder) continue;
      const text = textOf(document);
      if (text === undefined) continue;
      documents.set(document.uri.toString(), document);
      texts.push({ uri: document.uri.toString(), text });
    }
    const byDocument = new Map<string, Entry[]>();
    for (const found of lintManifests(texts, this.#settings())) {
      for (const subject of found.subjects) {
        const diagnostic = diagnosticOf(found, subject, documents);
        if (diagnostic === undefined || subject.place.kind !== 'document') continue;
        const { uri } = subject.place;
        byDocument.set(uri, [...(byDocument.get(uri) ?? []), { diagnostic, fixes: found.fixes }]);
      }
    }
    for (const [uri, document] of documents) {
      const entries = byDocument.get(uri) ?? [];
      this.#checked.set(uri, { version: document.version, entries });
      this.#collection.set(
        document.uri,
        entries.map((entry) => entry.diagnostic),
      );
    }
  }
}

function rangeOf(
  subject: Subject,
  documents: ReadonlyMap<string, vscode.TextDocument>,
): { document: vscode.TextDocument; range: vscode.Range } | undefined {
  const { place } = subject;
  if (place.kind !== 'document') return undefined;
  const document = documents.get(place.uri);
  return (
    document && { document, range: new vscode.Range(document.positionAt(place.start), document.positionAt(place.end)) }
  );
}

function isDisabled(document: vscode.TextDocument, line: number, code: string): boolean {
  const comment = DISABLE.exec(document.lineAt(line).text);
  if (comment === null) return false;
  const codes = (comment[1] ?? '').split(/[\s,]+/).filter((part) => part !== '');
  return codes.length === 0 || codes.includes(code);
}

function diagnosticOf(
  found: Finding,
  subject: Subject,
  documents: ReadonlyMap<string, vscode.TextDocument>,
): vscode.Diagnostic | undefined {
  const at = rangeOf(subject, documents);
  if (at === undefined || isDisabled(at.document, at.range.end.line, found.code)) return undefined;
  const diagnostic = new vscode.Diagnostic(at.range, found.message, SEVERITY[found.severity]);
  diagnostic.source = 'cluster-network';
  diagnostic.code = { value: found.code, target: documentationOf(found.code) };
  diagnostic.relatedInformation = found.subjects
    .filter((other) => other !== subject)
    .flatMap((other) => {
      const there = rangeOf(other, documents);
      return there === undefined
        ? []
        : [
            new vscode.DiagnosticRelatedInformation(
              new vscode.Location(there.document.uri, there.range),
              `${other.label}: ${other.text}`,
            ),
          ];
    });
  return diagnostic;
}
