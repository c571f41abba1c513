/**
 * Lists: whole or in pages of one consistent state, with the API server's meaning of resourceVersion
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions,
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
 */
import { gzipSync, constants } from 'node:zlib';
import { listBytes, type Format, type ListMetadata } from './formats.js';
import { isObject, parseJson } from './json.js';
import type { Resource } from './resources.js';
import { everything, parseFieldSelector, parseLabelSelector, type Matcher } from './selectors.js';
import { badRequest, continueExpired, revisionTooLarge, type Failure } from './status.js';
import type { Store, StoredObject } from './store.js';

export interface Selection {
  readonly namespace: string;
  readonly matches: Matcher;
}

export type Selected = { readonly selection: Selection } | { readonly failure: Failure };

/** The namespace and selectors of a request for a list or a watch. `name` selects one object, as a watch on its URL does. */
export function selectionOf(resource: Resource, namespace: string, name: string, query: URLSearchParams): Selected {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if ('failure' in labels) return labels;
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', resource.plural);
  if ('failure' in fields) return fields;
  const parts = [labels.matches, fields.matches].filter((matches) => matches !== everything);
  if (name !== '') parts.push((object) => object.metadata.name === name);
  return {
    selection: {
      namespace,
      matches: parts.length === 0 ? everything : (object) => parts.every((matches) => matches(object)),
    },
  };
}

export function isSelected(object: StoredObject, selection: Selection): boolean {
  if (selection.namespace !== '' && object.namespace !== selection.namespace) return false;
  return selection.matches === everything || selection.matches(object.value());
}

interface Token {
  /** −1: whatever there is now. */
  readonly revision: number;
  /** The list goes on after this key. */
  readonly after: string;
}

function writeToken(token: Token): string {
  const start = `${token.after}\u0000`;
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start })).toString('base64url');
}

function readToken(text: string): Token | undefined {
  const parsed = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  if (!('value' in parsed) || !isObject(parsed.value)) return undefined;
  const { rv, start } = parsed.value;
  return typeof rv === 'number' && typeof start === 'string' ? { revision: rv, after: start.slice(0, -1) } : undefined;
}

/** How a fault bends a list. */
export interface ListFault {
  /** The further page is too old, whatever its age. */
  readonly expired?: boolean;
  /** Answer a page of no items that goes on. */
  readonly emptyPage?: boolean;
  readonly ignoreLimit?: boolean;
  /** Answer with a state this many revisions old, if history reaches that far. */
  readonly staleBy?: number;
}

export interface Listed {
  readonly resource: Resource;
  readonly objects: readonly StoredObject[];
  readonly metadata: ListMetadata;
  /** The state that the page was cut from, and where: pages of one state have the same bytes. */
  readonly state: readonly StoredObject[];
  readonly page: string;
}

/** The objects and metadata of a list, or why there are none. */
export function list(
  store: Store,
  resource: Resource,
  selection: Selection,
  query: URLSearchParams,
  fault: ListFault = {},
): Listed | { readonly failure: Failure } {
  const limitText = query.get('limit') ?? '';
  if (!/^\d*$/.test(limitText)) {
    return { failure: badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limitText)}: invalid syntax`) };
  }
  const asked = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(asked)) {
    return {
      failure: badRequest(
        `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(asked)}: strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`,
      ),
    };
  }
  // The watch cache, which answers resourceVersion=0, knows no pages.
  const limit = asked === '0' || fault.ignoreLimit === true || limitText === '' ? 0 : Number(limitText);
  const collection = store.collection(resource);
  const continueText = query.get('continue') ?? '';
  let revision = store.revision;
  let after = '';
  let state: readonly StoredObject[];
  if (continueText !== '') {
    const token = readToken(continueText);
    if (token === undefined) return { failure: badRequest('invalid continue token: continue key is not valid') };
    after = token.after;
    if (token.revision >= 0) revision = token.revision;
    const found = token.revision < 0 ? collection.objects() : collection.at(token.revision);
    if (found === undefined || fault.expired === true) {
      return { failure: continueExpired(writeToken({ revision: -1, after })) };
    }
    state = found;
  } else {
    if (Number(asked) > store.revision) return { failure: revisionTooLarge(Number(asked), store.revision) };
    if (query.get('resourceVersionMatch') === 'Exact' && asked !== '' && asked !== '0') revision = Number(asked);
    if (fault.staleBy !== undefined) revision = Math.max(revision - fault.staleBy, collection.floor, Number(asked));
    const found = collection.at(revision);
    if (found === undefined) {
      return {
        failure: {
          code: 410,
          reason: 'Expired',
          message: 'The resourceVersion for the provided list is too old.',
        },
      };
    }
    state = found;
  }
  const unfiltered = selection.matches === everything;
  const [start, end] = bounds(state, selection.namespace, after);
  const objects: StoredObject[] = [];
  let index = start;
  const stop = fault.emptyPage === true ? 0 : limit === 0 ? Infinity : limit;
  for (; index < end && objects.length < stop; index++) {
    const object = state[index];
    if (object !== undefined && (unfiltered || selection.matches(object.value()))) objects.push(object);
  }
  const more = index < end && (limit > 0 || fault.emptyPage === true);
  if (more) collection.hold(revision, state);
  const last = index === start ? after : (state[index - 1]?.key ?? after);
  return {
    resource,
    objects,
    metadata: {
      resourceVersion: String(revision),
      ...(more ? { continue: writeToken({ revision, after: last }) } : {}),
      ...(more && unfiltered ? { remainingItemCount: end - index } : {}),
    },
    state,
    page: unfiltered ? `${selection.namespace}|${start}|${index}|${revision}` : '',
  };
}

/** The part of a state that a namespace takes up after a key. Keys are `namespace/name`, in order. */
function bounds(state: readonly StoredObject[], namespace: string, after: string): readonly [number, number] {
  const first = (isBefore: (key: string) => boolean): number => {
    let low = 0;
    let high = state.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(state[middle]?.key ?? '')) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const start = first((key) => key <= after && after !== '');
  if (namespace === '') return [start, state.length];
  // '0' is the character after '/'.
  return [
    Math.max(
      start,
      first((key) => key < `${namespace}/`),
    ),
    first((key) => key < `${namespace}0`),
  ];
}

const cache = new WeakMap<readonly StoredObject[], Map<string, ListBody>>();

export interface ListBody {
  readonly bytes: Buffer;
  readonly gzipped: boolean;
}

/** The real server compresses answers of this size and more. */
const GZIP_FROM_BYTES = 128 * 1024;

const MANY_OBJECTS = 5000;

/** The bytes of a list, compressed when the client takes it and it is worth it; pages of one state are compressed only once. */
export function listBody(listed: Listed, format: Format, now: Date, acceptsGzip: boolean): ListBody {
  const make = (): ListBody => {
    const bytes = listBytes(listed.resource, listed.objects, listed.metadata, format, now);
    return acceptsGzip && bytes.length >= GZIP_FROM_BYTES
      ? { bytes: gzipSync(bytes, { level: constants.Z_BEST_SPEED }), gzipped: true }
      : { bytes, gzipped: false };
  };
  if (!acceptsGzip || listed.page === '') return make();
  // A table shows ages. Those of a big cluster may be ten minutes old, so that its pages are not made anew for every reader.
  const isTable = format.form === 'table';
  if (isTable && listed.state.length < MANY_OBJECTS) return make();
  const pages = cache.get(listed.state) ?? new Map<string, ListBody>();
  cache.set(listed.state, pages);
  const time = isTable ? `${format.includeObject}|${Math.floor(now.getTime() / 600_000)}` : '';
  const key = `${format.form}|${time}|${listed.page}`;
  const known = pages.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (made.gzipped) pages.set(key, made);
  return made;
}
