/**
 * The pods of one node as far as they are shown: a page at first, more on demand, each pod with the same element for as
 * long as it is the same pod.
 */
import type { PodPage, PodSummary } from '../../kube/session.js';

/** Pods that are shown at first, and added by each "show more". */
export const POD_PAGE = 100;

/** What tells one pod from another that had its name before. */
export const podIdentity = (pod: PodSummary): string => (pod.uid === '' ? `${pod.namespace}/${pod.name}` : pod.uid);

/** `structure`: pods came, went, or moved within the list. Else the elements whose summary is another one. */
export type PodListChange<E> = 'structure' | readonly E[];

export class PodList<E extends { summary: PodSummary }> {
  readonly #create: (summary: PodSummary) => E;
  #elements: readonly E[] | undefined;
  #byIdentity = new Map<string, E>();
  #total = 0;
  #limit = POD_PAGE;
  #serial = 0;
  /** Whether somebody looks: the children were asked for and have not been collapsed since. */
  live = false;

  constructor(create: (summary: PodSummary) => E) {
    this.#create = create;
  }

  /** Undefined until loaded, and again after `forget`. */
  get elements(): readonly E[] | undefined {
    return this.#elements;
  }
  /** How many pods are there beyond those that are shown. */
  get remaining(): number {
    return Math.max(0, this.#total - (this.#elements?.length ?? 0));
  }

  /** Shows at least so many from now on; takes effect with the next `load`. */
  growTo(count: number): void {
    this.#limit = Math.max(this.#limit, Math.ceil(count / POD_PAGE) * POD_PAGE);
  }
  showMore(): void {
    this.#limit += POD_PAGE;
  }

  /** What is held is out of date and nobody looks: the next `load` fetches it again. */
  forget(): void {
    this.#serial++;
    this.#elements = undefined;
  }

  /**
   * Fetches what is to be shown. Of several calls at the same time the last one wins; the others give an empty change.
   * Rejects as `fetch` does, and then keeps what it had.
   */
  async load(fetch: (limit: number) => Promise<PodPage>): Promise<PodListChange<E>> {
    const serial = ++this.#serial;
    const page = await fetch(this.#limit);
    if (serial !== this.#serial) return [];
    const before = this.#elements;
    const changed: E[] = [];
    const byIdentity = new Map<string, E>();
    const elements = page.pods.map((summary) => {
      const identity = podIdentity(summary);
      const element = this.#byIdentity.get(identity) ?? this.#create(summary);
      if (element.summary !== summary && !sameSummary(element.summary, summary)) changed.push(element);
      element.summary = summary;
      byIdentity.set(identity, element);
      return element;
    });
    const total = this.#total;
    this.#byIdentity = byIdentity;
    this.#elements = elements;
    this.#total = page.total;
    const same =
      before !== undefined &&
      before.length === elements.length &&
      total === page.total &&
      elements.every((element, index) => element === before[index]);
    return same ? changed : 'structure';
  }
}

function sameSummary(a: PodSummary, b: PodSummary): boolean {
  return (
    a.phase === b.phase &&
    a.ready === b.ready &&
    a.terminating === b.terminating &&
    a.hostNetwork === b.hostNetwork &&
    a.node === b.node &&
    a.ips.length === b.ips.length &&
    a.ips.every((ip, index) => ip === b.ips[index])
  );
}
