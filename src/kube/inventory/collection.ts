/** What was listed of one kind (in one namespace, where it had to be split), kept equal to the server's list. */
import { isDeepStrictEqual } from 'node:util';

import type { Entry } from './entry.js';
import type { Sink } from './reflector.js';

export class Collection<T> implements Sink<Entry<T>> {
  readonly #onChange: () => void;
  #items = new Map<string, T>();
  /** A list under way that replaces `#items` at its end, so that nothing in between can be seen. */
  #aside: Map<string, T> | undefined;

  /** `onChange` is called after every change that shows in the facts: a heartbeat that changes none is no change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#items.size;
  }
  /** By namespace and name. */
  entries(): IterableIterator<[string, T]> {
    return this.#items.entries();
  }

  begin(): void {
    // The first list shows as it arrives: what is there is true, and that more is to come is said elsewhere.
    this.#aside = this.#items.size === 0 ? undefined : new Map();
  }
  add(items: Iterable<Entry<T>>): void {
    const target = this.#aside ?? this.#items;
    for (const item of items) target.set(keyOf(item), item.value);
    if (this.#aside === undefined && target.size > 0) this.#onChange();
  }
  end(): void {
    const listed = this.#aside;
    this.#aside = undefined;
    if (listed === undefined) return;
    const before = this.#items;
    this.#items = listed;
    const same =
      listed.size === before.size && [...listed].every(([key, value]) => isDeepStrictEqual(before.get(key), value));
    if (!same) this.#onChange();
  }
  put(item: Entry<T>): void {
    const key = keyOf(item);
    const known = this.#items.get(key);
    if (known !== undefined && isDeepStrictEqual(known, item.value)) return;
    this.#items.set(key, item.value);
    this.#onChange();
  }
  remove(item: Entry<T>): void {
    if (this.#items.delete(keyOf(item))) this.#onChange();
  }
  clear(): void {
    this.#aside = undefined;
    if (this.#items.size === 0) return;
    this.#items = new Map();
    this.#onChange();
  }
}

/** A slash is in no name of Kubernetes. */
const keyOf = (item: { readonly namespace: string; readonly name: string }): string => `${item.namespace}/${item.name}`;
