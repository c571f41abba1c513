/** An object's facts with its name: how a kind's objects are told apart. */
import { refOf } from '../../core/network/fromObjects.js';
import type { JsonObject } from '../../core/network/json.js';

export interface Entry<T> {
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly value: T;
}

/** The entry of an object; undefined for one without a name, which no API server sends. */
export function entryOf<T>(object: JsonObject, facts: (object: JsonObject) => T): Entry<T> | undefined {
  const { namespace = '', name } = refOf(object);
  return name === '' ? undefined : { namespace, name, value: facts(object) };
}
