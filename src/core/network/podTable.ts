/**
 * The pods of a cluster in columns, not an object a pod: 150,000 pods in about 10 MB, updated in place.
 *
 * Answers for: rows by identity (namespace/name), pods of a node, addresses as numbers. Rows of deleted pods are reused.
 * The order of rows means nothing. Not answered here: labels, containers – ask the API server for the one pod.
 */
import { type Address, type Family, formatAddress, parseAddress, parseIPv4Number } from '../ip/address.js';

export const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
export type Phase = (typeof PHASES)[number];

/** One pod as it enters the table. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty while not scheduled. */
  readonly node: string;
  readonly phase: Phase;
  readonly hostNetwork: boolean;
  /** `status.podIPs`, or `status.podIP` alone; as written. */
  readonly ips: readonly string[];
  readonly ready: boolean;
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
  /**
   * Addresses on further networks (`k8s.v1.cni.cncf.io/network-status`) or a non-default primary network: then addresses
   * may legally repeat those of other networks. Empty for nearly all pods.
   */
  readonly network: string;
}
const FLAG = {
  used: 1,
  hostNetwork: 2,
  ready: 4,
  terminating: 8,
  v4: 16,
  v6: 32,
  malformed: 64,
  v6First: 128,
} as const;
const NONE = -1;
const LOW_64 = 0xffffffffffffffffn;

/** Texts kept once, named by a small number. */
class Names {
  readonly #texts: string[] = [];
  readonly #ids = new Map<string, number>();
  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#texts.push(text);
      this.#ids.set(text, id);
    }
    return id;
  }
  find(text: string): number {
    return this.#ids.get(text) ?? NONE;
  }
  text(id: number): string {
    return this.#texts[id] ?? '';
  }
}

/** The flags and addresses of a pod: the first address of each family counts, any other text makes it `malformed`. */
function encode(pod: PodFacts): { readonly flags: number; readonly v4: number; readonly v6: bigint } {
  let flags: number = FLAG.used;
  let v4 = 0;
  let v6 = 0n;
  if (pod.hostNetwork) flags |= FLAG.hostNetwork;
  if (pod.ready) flags |= FLAG.ready;
  if (pod.terminating) flags |= FLAG.terminating;
  for (const text of pod.ips) {
    const number = parseIPv4Number(text);
    const parsed = number >= 0 ? undefined : parseAddress(text);
    const family = number >= 0 ? 4 : parsed?.ok === true ? parsed.value.family : undefined;
    const value = parsed?.ok === true ? parsed.value.value : BigInt(Math.max(number, 0));
    if (family === 4 && (flags & FLAG.v4) === 0) {
      flags |= FLAG.v4;
      v4 = number >= 0 ? number : Number(value);
    } else if (family === 6 && (flags & FLAG.v6) === 0) {
      flags |= FLAG.v6;
      v6 = value;
      if ((flags & FLAG.v4) === 0) flags |= FLAG.v6First;
    } else {
      flags |= FLAG.malformed;
    }
  }
  return { flags, v4, v6 };
}

export class PodTable {
  #size = 0;
  #capacity = 0;
  #end = 0;
  readonly #free: number[] = [];
  #flags = new Uint8Array(0);
  #phase = new Uint8Array(0);
  #nodeId = new Uint32Array(0);
  #namespaceId = new Uint32Array(0);
  #networkId = new Uint16Array(0);
  #v4 = new Uint32Array(0);
  #v6High = new BigUint64Array(0);
  #v6Low = new BigUint64Array(0);
  /** The same addresses as 32-bit words; made anew after the columns grew. */
  #v6Words = { high: new Uint32Array(0), low: new Uint32Array(0) };
  #nextOfNode = new Int32Array(0);
  #previousOfNode = new Int32Array(0);
  readonly #name: string[] = [];
  readonly #uid: string[] = [];
  readonly #nodes = new Names();
  readonly #namespaces = new Names();
  readonly #networks = new Names();
  readonly #firstOfNode: number[] = [];
  readonly #countOfNode: number[] = [];
  readonly #countOfNamespace: number[] = [];
  readonly #rows = new Map<string, number>();

  constructor(pods: Iterable<PodFacts> = []) {
    this.#networks.idOf('');
    for (const pod of pods) this.set(pod);
  }

  /** How many pods. */
  get size(): number {
    return this.#size;
  }
  /** Rows are 0..end-1; those of deleted pods are empty (`has` is false) until they are used again. */
  get end(): number {
    return this.#end;
  }
  has(row: number): boolean {
    return ((this.#flags[row] ?? 0) & FLAG.used) !== 0;
  }
  *rows(): IterableIterator<number> {
    for (let row = 0; row < this.#end; row++) if (this.has(row)) yield row;
  }
  /** The row of a pod, or -1. */
  rowOf(namespace: string, name: string): number {
    return this.#rows.get(`${namespace}/${name}`) ?? NONE;
  }
  *rowsOfNode(node: string): IterableIterator<number> {
    const id = this.#nodes.find(node);
    if (id === NONE) return;
    for (let row = this.#firstOfNode[id] ?? NONE; row !== NONE; row = this.#nextOfNode[row] ?? NONE) yield row;
  }
  /** Looks at every row. */
  *rowsOfNamespace(namespace: string): IterableIterator<number> {
    const id = this.#namespaces.find(namespace);
    if (id === NONE) return;
    for (const row of this.rows()) if (this.#namespaceId[row] === id) yield row;
  }
  countOfNamespace(namespace: string): number {
    return this.#countOfNamespace[this.#namespaces.find(namespace)] ?? 0;
  }
  countOfNode(node: string): number {
    return this.#countOfNode[this.#nodes.find(node)] ?? 0;
  }

  namespace(row: number): string {
    return this.#namespaces.text(this.#namespaceId[row] ?? 0);
  }
  name(row: number): string {
    return this.#name[row] ?? '';
  }
  uid(row: number): string {
    return this.#uid[row] ?? '';
  }
  node(row: number): string {
    return this.#nodes.text(this.#nodeId[row] ?? 0);
  }
  network(row: number): string {
    return this.#networks.text(this.#networkId[row] ?? 0);
  }
  phase(row: number): Phase {
    return PHASES[this.#phase[row] ?? 4] ?? 'Unknown';
  }
  hostNetwork(row: number): boolean {
    return this.#flag(row, FLAG.hostNetwork);
  }
  ready(row: number): boolean {
    return this.#flag(row, FLAG.ready);
  }
  terminating(row: number): boolean {
    return this.#flag(row, FLAG.terminating);
  }
  /** Some text of `status.podIPs` was not an address, or stood twice in one family. */
  malformed(row: number): boolean {
    return this.#flag(row, FLAG.malformed);
  }
  /**
   * Whether the pod's addresses are its own and in force: not on the host's network, scheduled, not Succeeded or Failed
   * (those keep a `podIP` that may be another pod's by now).
   */
  ownsAddresses(row: number): boolean {
    const flags = this.#flags[row] ?? 0;
    const phase = this.#phase[row] ?? 4;
    return (flags & FLAG.used) !== 0 && (flags & FLAG.hostNetwork) === 0 && phase !== 2 && phase !== 3;
  }
  /** The IPv4 address as a number, or -1. */
  ipv4(row: number): number {
    return this.#flag(row, FLAG.v4) ? (this.#v4[row] ?? NONE) : NONE;
  }
  /** The IPv6 address, or undefined. */
  ipv6(row: number): bigint | undefined {
    if (!this.#flag(row, FLAG.v6)) return undefined;
    return ((this.#v6High[row] ?? 0n) << 64n) | (this.#v6Low[row] ?? 0n);
  }
  /**
   * A whole number that is equal for equal IPv6 addresses, and different for nearly all different ones; -1 without one.
   * For finding candidates among many pods: numbers sort many times faster than bigints.
   */
  ipv6Hash(row: number): number {
    if (!this.#flag(row, FLAG.v6)) return NONE;
    if (this.#v6Words.high.buffer !== this.#v6High.buffer)
      this.#v6Words = { high: new Uint32Array(this.#v6High.buffer), low: new Uint32Array(this.#v6Low.buffer) };
    const { high, low } = this.#v6Words;
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (const word of [high[2 * row], high[2 * row + 1], low[2 * row], low[2 * row + 1]]) {
      a = Math.imul(a ^ (word ?? 0), 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b + (word ?? 0), 0x85ebca6b);
      b ^= b >>> 13;
    }
    return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
  }
  /**
   * The index of the pod's address of that family in `status.podIPs`, for places: the list starts with the cluster's
   * primary family, whichever that is.
   */
  indexOfFamily(row: number, family: Family): number {
    return this.#flag(row, FLAG.v4) && this.#flag(row, FLAG.v6) && (family === 6) !== this.#flag(row, FLAG.v6First)
      ? 1
      : 0;
  }
  addresses(row: number): Address[] {
    const found: Address[] = [];
    const v4 = this.ipv4(row);
    if (v4 !== NONE) found.push({ family: 4, value: BigInt(v4) });
    const v6 = this.ipv6(row);
    if (v6 !== undefined) found.push({ family: 6, value: v6 });
    return found;
  }
  /** Canonical texts, IPv4 first. */
  ips(row: number): string[] {
    return this.addresses(row).map(formatAddress);
  }
  facts(row: number): PodFacts {
    return {
      namespace: this.namespace(row),
      name: this.name(row),
      uid: this.uid(row),
      node: this.node(row),
      phase: this.phase(row),
      hostNetwork: this.hostNetwork(row),
      ips: this.ips(row),
      ready: this.ready(row),
      terminating: this.terminating(row),
      network: this.network(row),
    };
  }

  /** Whether the row says all of this already; `namespace` and `name` are the row's own and not compared. */
  equals(row: number, pod: PodFacts): boolean {
    const { flags, v4, v6 } = encode(pod);
    return (
      this.#flags[row] === flags &&
      this.#v4[row] === v4 &&
      this.phase(row) === pod.phase &&
      this.node(row) === pod.node &&
      this.uid(row) === pod.uid &&
      this.network(row) === pod.network &&
      (this.ipv6(row) ?? 0n) === v6
    );
  }

  /** Adds a pod or puts it in place of the one of that namespace and name. Returns its row. */
  set(pod: PodFacts): number {
    const key = `${pod.namespace}/${pod.name}`;
    let row = this.#rows.get(key) ?? NONE;
    const added = row === NONE;
    if (added) {
      row = this.#free.pop() ?? this.#end++;
      if (row >= this.#capacity) this.#grow();
      this.#rows.set(key, row);
      this.#size++;
    } else {
      this.#unlink(row);
    }
    const { flags, v4, v6 } = encode(pod);
    const namespaceId = this.#namespaces.idOf(pod.namespace);
    if (added) this.#countOfNamespace[namespaceId] = (this.#countOfNamespace[namespaceId] ?? 0) + 1;
    this.#name[row] = pod.name;
    this.#uid[row] = pod.uid;
    this.#namespaceId[row] = namespaceId;
    this.#networkId[row] = this.#networks.idOf(pod.network);
    this.#phase[row] = PHASES.indexOf(pod.phase);
    this.#v4[row] = v4;
    this.#v6High[row] = v6 >> 64n;
    this.#v6Low[row] = v6 & LOW_64;
    this.#flags[row] = flags;
    this.#link(row, this.#nodes.idOf(pod.node));
    return row;
  }

  /** Removes a pod; false when it was not there. */
  delete(namespace: string, name: string): boolean {
    const key = `${namespace}/${name}`;
    const row = this.#rows.get(key);
    if (row === undefined) return false;
    this.#unlink(row);
    this.#flags[row] = 0;
    this.#name[row] = '';
    this.#uid[row] = '';
    this.#rows.delete(key);
    const namespaceId = this.#namespaceId[row] ?? 0;
    this.#countOfNamespace[namespaceId] = (this.#countOfNamespace[namespaceId] ?? 1) - 1;
    this.#free.push(row);
    this.#size--;
    return true;
  }

  #flag(row: number, flag: number): boolean {
    return ((this.#flags[row] ?? 0) & flag) !== 0;
  }
  #link(row: number, nodeId: number): void {
    const first = this.#firstOfNode[nodeId] ?? NONE;
    this.#nodeId[row] = nodeId;
    this.#nextOfNode[row] = first;
    this.#previousOfNode[row] = NONE;
    if (first !== NONE) this.#previousOfNode[first] = row;
    this.#firstOfNode[nodeId] = row;
    this.#countOfNode[nodeId] = (this.#countOfNode[nodeId] ?? 0) + 1;
  }
  #unlink(row: number): void {
    const nodeId = this.#nodeId[row] ?? 0;
    const next = this.#nextOfNode[row] ?? NONE;
    const previous = this.#previousOfNode[row] ?? NONE;
    if (previous === NONE) this.#firstOfNode[nodeId] = next;
    else this.#nextOfNode[previous] = next;
    if (next !== NONE) this.#previousOfNode[next] = previous;
    this.#countOfNode[nodeId] = (this.#countOfNode[nodeId] ?? 1) - 1;
  }
  #grow(): void {
    const capacity = Math.max(64, this.#capacity * 2);
    const grown = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#flags = grown(new Uint8Array(capacity), this.#flags);
    this.#phase = grown(new Uint8Array(capacity), this.#phase);
    this.#nodeId = grown(new Uint32Array(capacity), this.#nodeId);
    this.#namespaceId = grown(new Uint32Array(capacity), this.#namespaceId);
    this.#networkId = grown(new Uint16Array(capacity), this.#networkId);
    this.#v4 = grown(new Uint32Array(capacity), this.#v4);
    this.#v6High = grown(new BigUint64Array(capacity), this.#v6High);
    this.#v6Low = grown(new BigUint64Array(capacity), this.#v6Low);
    this.#nextOfNode = grown(new Int32Array(capacity), this.#nextOfNode);
    this.#previousOfNode = grown(new Int32Array(capacity), this.#previousOfNode);
    this.#capacity = capacity;
  }
}
