/**
 * The forms in which an answer can go out, chosen by the request's Accept header as the API server chooses
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources), and the bytes of
 * objects, lists and watch events in each.
 */
import type { JsonObject } from './json.js';
import { encodeMessage, envelope, listParts, watchFrame } from './protobuf/encode.js';
import { messageOf } from './protobuf/schema.js';
import { apiVersionOf, splitApiVersion, type Resource } from './resources.js';
import { statusObject, type Failure } from './status.js';
import type { EventType, StoredObject } from './store.js';
import { metadataOnly, table, type IncludeObject } from './table.js';

export type Format =
  | { readonly form: 'json' }
  | { readonly form: 'protobuf' }
  | { readonly form: 'table'; readonly includeObject: IncludeObject }
  | { readonly form: 'metadata' };

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** The first acceptable form, or undefined (406). `protobuf` says whether the answer has one. */
export function negotiate(
  accept: string | undefined,
  protobuf: boolean,
  includeObject: string | null,
): Format | undefined {
  if (accept === undefined || accept === '') return { form: 'json' };
  for (const clause of accept.split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (type === JSON_TYPE || type === '*/*' || type === 'application/*') {
      if (as === 'Table') {
        return {
          form: 'table',
          includeObject: includeObject === 'None' || includeObject === 'Object' ? includeObject : 'Metadata',
        };
      }
      if (as === 'PartialObjectMetadataList' || as === 'PartialObjectMetadata') return { form: 'metadata' };
      if (as === undefined) return { form: 'json' };
    }
    if (type === PROTOBUF_TYPE && as === undefined && protobuf) return { form: 'protobuf' };
  }
  return undefined;
}

export function contentType(format: Format, watch: boolean): string {
  if (format.form === 'protobuf') return watch ? `${PROTOBUF_TYPE};stream=watch` : PROTOBUF_TYPE;
  return JSON_TYPE;
}

function withType(object: StoredObject): Buffer[] {
  const type = `{"kind":${JSON.stringify(object.resource.kind)},"apiVersion":${JSON.stringify(apiVersionOf(object.resource))},`;
  return [Buffer.from(type), object.json().subarray(1)];
}

/** Any JSON object with apiVersion and kind, as JSON or in protobuf where the kind has it. */
export function plainBytes(object: JsonObject & { apiVersion: string; kind: string }, format: Format): Buffer {
  const message = messageOf(splitApiVersion(object.apiVersion).group, object.kind);
  if (format.form === 'protobuf' && message !== undefined) {
    return envelope(object.apiVersion, object.kind, [encodeMessage(message, object)]);
  }
  return Buffer.from(JSON.stringify(object));
}

export function failureBytes(failure: Failure, format: Format): Buffer {
  return plainBytes({ ...statusObject(failure), apiVersion: 'v1', kind: 'Status' }, format);
}

export function objectBytes(object: StoredObject, format: Format, now: Date): Buffer {
  switch (format.form) {
    case 'json':
      return Buffer.concat(withType(object));
    case 'protobuf':
      return envelope(apiVersionOf(object.resource), object.resource.kind, [object.protobuf() ?? Buffer.alloc(0)]);
    case 'table':
      return Buffer.from(
        JSON.stringify(
          table(object.resource, [object.value()], {
            metadata: { resourceVersion: String(object.revision) },
            now,
            includeObject: format.includeObject,
            withColumns: true,
          }),
        ),
      );
    case 'metadata':
      return Buffer.from(JSON.stringify(metadataOnly(object.value())));
  }
}

export interface ListMetadata extends JsonObject {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function listBytes(
  resource: Resource,
  objects: readonly StoredObject[],
  metadata: ListMetadata,
  format: Format,
  now: Date,
): Buffer {
  const kind = `${resource.kind}List`;
  const apiVersion = apiVersionOf(resource);
  switch (format.form) {
    case 'json': {
      const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`;
      const parts: Buffer[] = [Buffer.from(head)];
      for (const [index, object] of objects.entries()) {
        if (index > 0) parts.push(COMMA);
        if (resource.custom) parts.push(...withType(object));
        else parts.push(object.json());
      }
      parts.push(Buffer.from(']}\n'));
      return Buffer.concat(parts);
    }
    case 'protobuf':
      return envelope(
        apiVersion,
        kind,
        listParts(
          metadata,
          objects.map((object) => object.protobuf() ?? Buffer.alloc(0)),
        ),
      );
    case 'table':
      return Buffer.from(
        JSON.stringify(
          table(
            resource,
            objects.map((object) => object.value()),
            { metadata, now, includeObject: format.includeObject, withColumns: true },
          ),
        ),
      );
    case 'metadata':
      return Buffer.from(
        JSON.stringify({
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata,
          items: objects.map((object) => metadataOnly(object.value())),
        }),
      );
  }
}

const COMMA = Buffer.from(',');

/** One event of a watch. `first` is the first of the stream: only then a Table tells its columns. */
export function eventBytes(type: EventType, object: StoredObject, format: Format, now: Date, first: boolean): Buffer {
  switch (format.form) {
    case 'json':
      return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), ...withType(object), END_OF_EVENT]);
    case 'protobuf':
      return watchFrame(type, objectBytes(object, format, now));
    case 'table':
      return jsonEvent(
        type,
        table(object.resource, [object.value()], {
          metadata: { resourceVersion: String(object.revision) },
          now,
          includeObject: format.includeObject,
          withColumns: first,
        }),
      );
    case 'metadata':
      return jsonEvent(type, metadataOnly(object.value()));
  }
}

const END_OF_EVENT = Buffer.from('}\n');

function jsonEvent(type: string, object: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`);
}

/** A bookmark: an object of the kind with nothing but a revision. `initialEnd` marks the end of the initial events. */
export function bookmarkBytes(
  resource: Resource,
  revision: number,
  format: Format,
  now: Date,
  initialEnd: boolean,
): Buffer {
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  const metadata: JsonObject = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  switch (format.form) {
    case 'protobuf':
      return watchFrame('BOOKMARK', plainBytes({ kind, apiVersion, metadata }, format));
    case 'table':
      return jsonEvent(
        'BOOKMARK',
        table(resource, [], { metadata, now, includeObject: format.includeObject, withColumns: false }),
      );
    case 'metadata':
      return jsonEvent('BOOKMARK', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
    case 'json':
      return jsonEvent('BOOKMARK', { kind, apiVersion, metadata });
  }
}

/** The event that ends a watch that cannot go on. */
export function errorEventBytes(failure: Failure, format: Format): Buffer {
  return format.form === 'protobuf'
    ? watchFrame('ERROR', failureBytes(failure, format))
    : jsonEvent('ERROR', statusObject(failure));
}
