/**
 * Manifests → findings: what a cluster would be like if it were made of these documents.
 *
 * The documents become the same facts, claims and checks as a live cluster's objects; then every place of an object is put
 * back to the characters of its document. Nothing about a solution is known here.
 */
import { type Finding, finding, type Severity, type Subject } from '../checks/check.js';
import { type CheckSettings, compareFindings, runChecks } from '../checks/index.js';
import { readNetwork } from '../cni/index.js';
import { factsFromObjects } from '../network/fromObjects.js';
import type { FieldPath, ObjectRef, Place } from '../network/place.js';
import { isPlaceholder, type ManifestDocument, readDocuments } from './documents.js';
import { checkFields } from './fieldRules.js';
import { KINDS, WORDS } from './kinds/index.js';
import type { ManifestKind } from './kinds/kind.js';
import { type FieldLocator, locatorOf } from './locate.js';
import { toPlain } from './plain.js';
import { valueAt } from './value.js';

export interface ManifestText {
  readonly uri: string;
  readonly text: string;
}

/** A document that stands for an API object, and the way back from the object's fields to the document's. */
interface Origin {
  readonly document: ManifestDocument;
  readonly object: unknown;
  readonly prefix: FieldPath;
  readonly locate: FieldLocator;
  readonly companions: readonly unknown[];
}

interface Recognised {
  readonly document: ManifestDocument;
  readonly kind: ManifestKind;
}

function recognise(text: ManifestText): Recognised[] {
  return readDocuments(text.uri, text.text, WORDS).flatMap((document) =>
    KINDS.filter((kind) => kind.matches(document)).map((kind) => ({ document, kind })),
  );
}

/** Whether a range of the document is still to be filled in; then nothing can be said about how its ranges lie. */
const isTemplate = ({ document, kind }: Recognised): boolean =>
  kind.fields.some((field) => isPlaceholder(valueAt(document.root, ...field.path)?.text ?? ''));

function originOf({ document, kind }: Recognised, text: string): Origin {
  const { object, prefix } = kind.inCluster?.(document) ?? { object: toPlain(document.root), prefix: [] };
  return {
    document,
    object,
    prefix,
    locate: locatorOf(document.root, text, document.span),
    companions: kind.companions?.(document) ?? [],
  };
}

const keyOf = (ref: ObjectRef): string => JSON.stringify([ref.kind, ref.namespace ?? '', ref.name]);

/** The identity of the object that a document stands for. */
function objectKey(object: unknown): string {
  const metadata = field(object, 'metadata');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return JSON.stringify([
    text(field(object, 'kind')),
    text(field(metadata, 'namespace')),
    text(field(metadata, 'name')),
  ]);
}
function field(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** What holds for a cluster made of these documents, at the documents' places. */
function checkTogether(origins: readonly Origin[], settings: CheckSettings): Finding[] {
  const byKey = new Map(origins.map((origin) => [objectKey(origin.object), origin]));
  const companions = origins.flatMap((origin) => origin.companions).filter((object) => !byKey.has(objectKey(object)));
  const network = readNetwork(factsFromObjects([...origins.map((origin) => origin.object), ...companions], ''));
  return runChecks(network, settings).flatMap((found) => relocate(found, byKey) ?? []);
}

function relocate(found: Finding, byKey: ReadonlyMap<string, Origin>): Finding | undefined {
  const subjects = found.subjects.flatMap((subject) => relocateSubject(subject, byKey) ?? []);
  if (subjects.length === 0) return undefined;
  const documents = new Set(subjects.map(({ place }) => (place.kind === 'document' ? place.uri : '')));
  // Nobody said that two files are for one cluster: what follows from both is likely, not certain.
  const severity: Severity = documents.size > 1 && found.severity === 'error' ? 'warning' : found.severity;
  return finding(found, {
    severity,
    message: found.message,
    subjects,
    evidence:
      documents.size > 1
        ? [...found.evidence, 'the files are taken to be for one cluster, since they stand in one folder']
        : found.evidence,
  });
}

function relocateSubject(subject: Subject, byKey: ReadonlyMap<string, Origin>): Subject | undefined {
  const { place } = subject;
  if (place.kind !== 'object') return undefined;
  const origin = byKey.get(keyOf(place.object));
  if (origin === undefined) return undefined;
  const path = origin.prefix.every((step, index) => place.path[index] === step)
    ? place.path.slice(origin.prefix.length)
    : place.path;
  const moved: Place = { kind: 'document', uri: origin.document.uri, ...origin.locate(path, subject.text) };
  return { ...subject, place: moved };
}

/**
 * Checks documents that may be for one cluster (the callers put together those of one folder). An object that several
 * documents define – overlays, examples for several clusters – is checked in each by itself and compared with no other.
 */
export function lintManifests(texts: readonly ManifestText[], settings: CheckSettings = {}): Finding[] {
  const findings: Finding[] = [];
  const origins: Origin[] = [];
  for (const text of texts) {
    for (const recognised of recognise(text)) {
      for (const found of checkFields(recognised.document, recognised.kind)) {
        const setting = settings[found.code];
        if (setting !== 'off') findings.push(setting === undefined ? found : { ...found, severity: setting });
      }
      if (!isTemplate(recognised)) origins.push(originOf(recognised, text.text));
    }
  }
  const groups = new Map<string, Origin[]>();
  for (const origin of origins) {
    const key = objectKey(origin.object);
    groups.set(key, [...(groups.get(key) ?? []), origin]);
  }
  const together = [...groups.values()].flatMap((group) => (group.length === 1 ? group : []));
  if (together.length > 0) findings.push(...checkTogether(together, settings));
  for (const group of groups.values()) {
    if (group.length > 1) for (const origin of group) findings.push(...checkTogether([origin], settings));
  }
  return findings.sort(compareFindings);
}
