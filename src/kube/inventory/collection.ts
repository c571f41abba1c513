/**
 * What was listed of one kind, in the whole cluster or in single namespaces, kept equal to the server's lists.
 *
 * All of it is held in one place, so that the list of the whole cluster takes the place of what was read by namespaces in
 * one step: nothing vanishes in between, and nothing is there twice.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Entry } from './entry.js';
import type { Sink } from './reflector.js';

/** By namespace and name; of a namespace without any there is no entry. */
type Items<T> = Map<string, Map<string, T>>;

export class Collection<T> {
  readonly #onChange: () => void;
  readonly #items: Items<T> = new Map();

  /** `onChange` is called after every change that shows in the facts: a heartbeat that changes none is no change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** By `namespace/name`; a slash is in no name of Kubernetes. */
  *entries(): Generator<[string, T], void, undefined> {
    for (const [namespace, items] of this.#items)
      for (const [name, value] of items) yield [`${namespace}/${name}`, value];
  }

  clear(): void {
    if (this.#replace(new Map(), undefined)) this.#onChange();
  }

  /** Where one list goes: all objects, or those of a namespace. */
  sink(namespace?: string): Sink<Entry<T>> {
    /** A list under way that replaces what is held at its end, so that nothing in between can be seen. */
    let aside: Items<T> | undefined;
    const size = (): number => this.#size(namespace);
    return {
      get size(): number {
        return size();
      },
      begin: () => {
        // The first list shows as it arrives: what is there is true, and that more is to come is said elsewhere.
        aside = size() === 0 ? undefined : new Map();
      },
      add: (items) => {
        for (const item of items) set(aside ?? this.#items, item);
        if (aside === undefined && size() > 0) this.#onChange();
      },
      end: () => {
        const listed = aside;
        aside = undefined;
        if (listed !== undefined && this.#replace(listed, namespace)) this.#onChange();
      },
      put: (item) => {
        const known = this.#items.get(item.namespace)?.get(item.name);
        if (known !== undefined && isDeepStrictEqual(known, item.value)) return;
        set(this.#items, item);
        this.#onChange();
      },
      remove: ({ namespace: of, name }) => {
        const items = this.#items.get(of);
        if (items?.delete(name) !== true) return;
        if (items.size === 0) this.#items.delete(of);
        this.#onChange();
      },
      clear: () => {
        aside = undefined;
        if (this.#replace(new Map(), namespace)) this.#onChange();
      },
    };
  }

  #size(namespace: string | undefined): number {
    if (namespace !== undefined) return this.#items.get(namespace)?.size ?? 0;
    return [...this.#items.values()].reduce((sum, items) => sum + items.size, 0);
  }

  /** Makes what is held (or what is held of a namespace) equal to the list; answers whether it was not. */
  #replace(listed: Items<T>, namespace: string | undefined): boolean {
    const touched = namespace === undefined ? new Set([...this.#items.keys(), ...listed.keys()]) : [namespace];
    let changed = false;
    for (const name of touched) {
      const items = listed.get(name);
      if (isDeepStrictEqual(items, this.#items.get(name))) continue;
      changed = true;
      if (items === undefined) this.#items.delete(name);
      else this.#items.set(name, items);
    }
    return changed;
  }
}

function set<T>(items: Items<T>, { namespace, name, value }: Entry<T>): void {
  let ofNamespace = items.get(namespace);
  if (ofNamespace === undefined) items.set(namespace, (ofNamespace = new Map<string, T>()));
  ofNamespace.set(name, value);
}
