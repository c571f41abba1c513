/** The pods of the cluster, and of which nodes they changed since somebody asked. */
import { type PodFacts, PodTable } from '../../core/network/podTable.js';
import type { Sink } from './reflector.js';

export class PodStore {
  readonly table = new PodTable();
  readonly #onChange: () => void;
  #changedNodes = new Set<string>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Nodes whose pods changed since the last call; the empty name stands for pods without a node. */
  takeChangedNodes(): ReadonlySet<string> {
    const changed = this.#changedNodes;
    this.#changedNodes = new Set();
    return changed;
  }

  /** Where one list of pods goes: all pods, or those of a namespace. */
  sink(namespace?: string): Sink<PodFacts> {
    const size = (): number => (namespace === undefined ? this.table.size : this.table.countOfNamespace(namespace));
    let aside: PodTable | undefined;
    return {
      get size(): number {
        return size();
      },
      begin: () => {
        aside = size() === 0 ? undefined : new PodTable();
      },
      add: (pods) => {
        if (aside === undefined) {
          for (const pod of pods) this.table.change(pod, this.#changedNodes);
          if (size() > 0) this.#onChange();
        } else {
          for (const pod of pods) aside.set(pod);
        }
      },
      end: () => {
        const listed = aside;
        aside = undefined;
        this.table.trim();
        if (listed !== undefined && this.#replace(listed, namespace)) this.#onChange();
      },
      put: (pod) => {
        if (this.table.change(pod, this.#changedNodes)) this.#onChange();
      },
      remove: (pod) => {
        if (this.#remove(pod.namespace, pod.name)) this.#onChange();
      },
      clear: () => {
        aside = undefined;
        if (this.#replace(new PodTable(), namespace)) this.#onChange();
      },
    };
  }

  #remove(namespace: string, name: string): boolean {
    const row = this.table.rowOf(namespace, name);
    if (row < 0) return false;
    this.#changedNodes.add(this.table.node(row));
    return this.table.delete(namespace, name);
  }

  /** Makes the table (or a namespace of it) equal to the list, in one step. */
  #replace(listed: PodTable, namespace: string | undefined): boolean {
    let changed = false;
    const rows = namespace === undefined ? this.table.rows() : this.table.rowsOfNamespace(namespace);
    for (const row of [...rows]) {
      const pod = { namespace: this.table.namespace(row), name: this.table.name(row) };
      if (listed.rowOf(pod.namespace, pod.name) < 0) changed = this.#remove(pod.namespace, pod.name) || changed;
    }
    for (const row of listed.rows()) {
      if (this.table.saysRow(listed, row)) continue;
      const known = this.table.rowOf(listed.namespace(row), listed.name(row));
      if (known >= 0) this.#changedNodes.add(this.table.node(known));
      this.#changedNodes.add(listed.node(row));
      this.table.setRow(listed, row);
      changed = true;
    }
    return changed;
  }
}
