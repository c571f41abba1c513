/**
 * Places: where a claim, an address or a finding stands – an API object and a field, a document and a text range, or this
 * workstation.
 */

/** Names one API object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A field of an object: `['spec', 'podCIDRs', 0]`. Empty means the object as a whole. */
export type FieldPath = readonly (string | number)[];

export interface ObjectPlace {
  readonly kind: 'object';
  readonly object: ObjectRef;
  readonly path: FieldPath;
}
/** A text range in a document; offsets count UTF-16 code units from the start of the text, `end` exclusive. */
export interface DocumentPlace {
  readonly kind: 'document';
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}
/** Something of this machine, such as a network interface. Never leaves it. */
export interface WorkstationPlace {
  readonly kind: 'workstation';
  readonly name: string;
  /** A route over that interface, not its own network. */
  readonly route?: true;
}
/** A setting of the user's. */
export interface SettingPlace {
  readonly kind: 'setting';
  readonly name: string;
}
export type Place = ObjectPlace | DocumentPlace | WorkstationPlace | SettingPlace;

export const objectPlace = (object: ObjectRef, ...path: FieldPath): ObjectPlace => ({ kind: 'object', object, path });

export const nodeRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Node', name });
export const podRef = (namespace: string, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name,
});

/** `Node node-1`, `Pod shop/web-1`: how an object is named to people. */
export function formatRef(ref: ObjectRef): string {
  return ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** `spec.podCIDRs[0]`; a key that is not a plain word is quoted as in JSONPath: `data['net-conf.json']`. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `['${step}']`;
  }
  return text;
}

/** `Node node-1 · spec.podCIDR`: a place in words. */
export function formatPlace(place: Place): string {
  switch (place.kind) {
    case 'object':
      return place.path.length === 0
        ? formatRef(place.object)
        : `${formatRef(place.object)} · ${formatPath(place.path)}`;
    case 'document':
      return place.uri;
    case 'workstation':
      return `this workstation · ${place.route === true ? 'route over ' : ''}${place.name}`;
    case 'setting':
      return `setting ${place.name}`;
  }
}

/** A text that is equal for equal places only: the identity of a place. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'object': {
      const { apiVersion, kind, namespace, name } = place.object;
      return JSON.stringify(['o', apiVersion, kind, namespace ?? '', name, place.path]);
    }
    case 'document':
      return JSON.stringify(['d', place.uri, place.start, place.end]);
    case 'workstation':
    case 'setting':
      return JSON.stringify([place.kind, place.name]);
  }
}
