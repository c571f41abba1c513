/**
 * The pods of a cluster in columns, not an object a pod: 150,000 pods in about 12 MB, updated in place.
 *
 * Answers for: rows by identity (namespace/name), pods of a node, addresses as numbers. Rows of deleted pods are reused.
 * The order of rows means nothing. Not answered here: labels, containers – ask the API server for the one pod.
 */
import { InternedTexts } from './internedTexts.js';
import { copied, PackedTexts } from './packedTexts.js';
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
const FIRST_CAPACITY = 64;

/** What the columns hold of a pod, besides its name: `words` are the 32-bit words of the IPv6 address, highest first. */
interface Coded {
  readonly flags: number;
  readonly v4: number;
  readonly words: Words;
}
type Words = readonly [number, number, number, number];
const NO_WORDS: Words = [0, 0, 0, 0];

/** The flags and addresses of a pod: the first address of each family counts, any other text makes it `malformed`. */
function encode(pod: PodFacts): Coded {
  let flags: number = FLAG.used;
  let v4 = 0;
  let words = NO_WORDS;
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
      words = wordsOf(value);
      if ((flags & FLAG.v4) === 0) flags |= FLAG.v6First;
    } else {
      flags |= FLAG.malformed;
    }
  }
  return { flags, v4, words };
}

const wordsOf = (value: bigint): Words => [
  Number(value >> 96n),
  Number((value >> 64n) & 0xffffffffn),
  Number((value >> 32n) & 0xffffffffn),
  Number(value & 0xffffffffn),
];

const UUID_LENGTH = 36;
const DASH = 0x2d;
const isDash = (at: number): boolean => at === 8 || at === 13 || at === 18 || at === 23;

/** The 32-bit words of a UUID in lower case; undefined for any other text, which could not be given back as it was. */
function uuidWords(text: string): Words | undefined {
  if (text.length !== UUID_LENGTH) return undefined;
  const words: [number, number, number, number] = [0, 0, 0, 0];
  let word = 0;
  let digits = 0;
  for (let at = 0; at < UUID_LENGTH; at++) {
    const code = text.charCodeAt(at);
    if (isDash(at)) {
      if (code !== DASH) return undefined;
      continue;
    }
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) return undefined;
    word = (word << 4) | digit;
    if ((++digits & 7) === 0) words[(digits >> 3) - 1] = word >>> 0;
  }
  return words;
}
function uuidOf([a, b, c, d]: Words): string {
  const hex = [a, b, c, d].map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** FNV-1a over the name, begun with the namespace's number. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(namespaceId: number, name: string): number {
  let hash = 0x811c9dc5 ^ namespaceId;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  // The low bits choose the slot, and FNV's are its worst.
  return (hash ^ (hash >>> 15)) >>> 0;
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
  /** The network's number plus one, 0 for the default network; empty until the first pod of another network comes. */
  #networkOf = new Uint32Array(0);
  #v4 = new Uint32Array(0);
  /** Four words a row; empty until the first pod with an IPv6 address comes. */
  #v6 = new Uint32Array(0);
  /** Four words a row. */
  #uid = new Uint32Array(0);
  /** UIDs that are no UUIDs: nothing says that they must be. */
  readonly #otherUids = new Map<number, string>();
  readonly #names = new PackedTexts();
  #nextOfNode = new Int32Array(0);
  #previousOfNode = new Int32Array(0);
  readonly #nodes = new InternedTexts();
  readonly #namespaces = new InternedTexts();
  readonly #networks = new InternedTexts();
  readonly #firstOfNode: number[] = [];
  #hash = new Uint32Array(0);
  /** A hash table with linear probing: the row plus one, or 0. Its length is a power of two, at most two thirds of it used. */
  #slots = new Uint32Array(0);

  constructor(pods: Iterable<PodFacts> = []) {
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
    const namespaceId = this.#namespaces.find(namespace);
    return namespaceId === NONE ? NONE : this.#find(namespaceId, name, hashOf(namespaceId, name));
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
    return this.#namespaces.uses(this.#namespaces.find(namespace));
  }
  /** Names of nodes that have pods; `''` where there are pods without a node. */
  nodeNames(): IterableIterator<string> {
    return this.#nodes.texts();
  }
  countOfNode(node: string): number {
    return this.#nodes.uses(this.#nodes.find(node));
  }

  namespace(row: number): string {
    return this.#namespaces.text(this.#namespaceId[row] ?? 0);
  }
  name(row: number): string {
    return this.#names.text(row);
  }
  uid(row: number): string {
    if (!this.has(row)) return '';
    return this.#otherUids.get(row) ?? uuidOf(wordsAt(this.#uid, row));
  }
  node(row: number): string {
    return this.#nodes.text(this.#nodeId[row] ?? 0);
  }
  network(row: number): string {
    const network = this.#networkOf[row] ?? 0;
    return network === 0 ? '' : this.#networks.text(network - 1);
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
    const [a, b, c, d] = wordsAt(this.#v6, row);
    return (BigInt(a) << 96n) | (BigInt(b) << 64n) | (BigInt(c) << 32n) | BigInt(d);
  }
  /**
   * A whole number that is equal for equal IPv6 addresses, and different for nearly all different ones; -1 without one.
   * For finding candidates among many pods: numbers sort many times faster than bigints.
   */
  ipv6Hash(row: number): number {
    if (!this.#flag(row, FLAG.v6)) return NONE;
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (let at = 4 * row; at < 4 * row + 4; at++) {
      const word = this.#v6[at] ?? 0;
      a = Math.imul(a ^ word, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b + word, 0x85ebca6b);
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

  /** Adds a pod or puts it in place of the one of that namespace and name. Returns its row. */
  set(pod: PodFacts): number {
    return this.#put(this.rowOf(pod.namespace, pod.name), pod, encode(pod));
  }

  /**
   * The same as `set`, but for a pod of which the table says all that it keeps already: then it answers false. The nodes
   * whose pods changed, the one that the pod was on before among them, are added to `nodes`.
   */
  change(pod: PodFacts, nodes: Set<string>): boolean {
    const row = this.rowOf(pod.namespace, pod.name);
    const coded = encode(pod);
    if (row !== NONE) {
      if (this.#equals(row, pod, coded)) return false;
      nodes.add(this.node(row));
    }
    nodes.add(pod.node);
    this.#put(row, pod, coded);
    return true;
  }

  /** Whether the table has that pod of another one, and says the same of it. */
  saysRow(other: PodTable, row: number): boolean {
    const own = this.rowOf(other.namespace(row), other.name(row));
    return own !== NONE && this.#equals(own, other.facts(row), other.#coded(row));
  }

  /** Puts a pod of another table into this one; returns its row. */
  setRow(other: PodTable, row: number): number {
    const pod = other.facts(row);
    return this.#put(this.rowOf(pod.namespace, pod.name), pod, other.#coded(row));
  }

  /** Removes a pod; false when it was not there. */
  delete(namespace: string, name: string): boolean {
    const row = this.rowOf(namespace, name);
    if (row === NONE) return false;
    this.#vacate(row);
    this.#unlink(row);
    this.#namespaces.release(this.#namespaceId[row] ?? 0);
    this.#setNetwork(row, '');
    this.#flags[row] = 0;
    this.#names.clear(row);
    this.#otherUids.delete(row);
    this.#free.push(row);
    this.#size--;
    return true;
  }

  /** Gives back memory that is not needed: for when many pods have come or gone at once. */
  trim(): void {
    // Some room for the pods that come next, or the first of them would cost a copy of everything.
    if (this.#capacity > this.#end * 1.1 + FIRST_CAPACITY) this.#resize(Math.ceil(this.#end * 1.05) + FIRST_CAPACITY);
    this.#names.trim();
  }

  /** `known`: the row of the pod of that namespace and name, or -1. */
  #put(known: number, pod: PodFacts, { flags, v4, words }: Coded): number {
    let row = known;
    if (row === NONE) {
      row = this.#free.pop() ?? this.#end++;
      if (row >= this.#capacity) this.#resize(Math.max(FIRST_CAPACITY, Math.ceil(this.#capacity * 1.5)));
      const namespaceId = this.#namespaces.use(pod.namespace);
      this.#namespaceId[row] = namespaceId;
      this.#hash[row] = hashOf(namespaceId, pod.name);
      this.#names.set(row, pod.name);
      this.#size++;
      this.#occupy(row);
    } else {
      this.#unlink(row);
    }
    this.#setNetwork(row, pod.network);
    const uuid = uuidWords(pod.uid);
    if (uuid === undefined) this.#otherUids.set(row, pod.uid);
    else {
      this.#otherUids.delete(row);
      setWords(this.#uid, row, uuid);
    }
    this.#phase[row] = PHASES.indexOf(pod.phase);
    this.#flags[row] = flags;
    this.#v4[row] = v4;
    if ((flags & FLAG.v6) !== 0 && this.#v6.length === 0) this.#v6 = new Uint32Array(4 * this.#capacity);
    if (this.#v6.length > 0) setWords(this.#v6, row, words);
    this.#link(row, this.#nodes.use(pod.node));
    return row;
  }

  #setNetwork(row: number, network: string): void {
    const before = this.#networkOf[row] ?? 0;
    if (before === 0 && network === '') return;
    if (this.#networkOf.length === 0) this.#networkOf = new Uint32Array(this.#capacity);
    // First the new one, so that the number of a text that stays is not given away between.
    this.#networkOf[row] = network === '' ? 0 : this.#networks.use(network) + 1;
    if (before > 0) this.#networks.release(before - 1);
  }

  #coded(row: number): Coded {
    return {
      flags: this.#flags[row] ?? 0,
      v4: this.#v4[row] ?? 0,
      words: this.#v6.length === 0 ? NO_WORDS : wordsAt(this.#v6, row),
    };
  }

  #equals(row: number, pod: PodFacts, coded: Coded): boolean {
    const own = this.#coded(row);
    return (
      own.flags === coded.flags &&
      own.v4 === coded.v4 &&
      own.words.every((word, index) => word === coded.words[index]) &&
      this.phase(row) === pod.phase &&
      this.node(row) === pod.node &&
      this.network(row) === pod.network &&
      this.uid(row) === pod.uid
    );
  }

  #flag(row: number, flag: number): boolean {
    return ((this.#flags[row] ?? 0) & flag) !== 0;
  }
  #link(row: number, nodeId: number): void {
    const first = this.#nodes.uses(nodeId) === 1 ? NONE : (this.#firstOfNode[nodeId] ?? NONE);
    this.#nodeId[row] = nodeId;
    this.#nextOfNode[row] = first;
    this.#previousOfNode[row] = NONE;
    if (first !== NONE) this.#previousOfNode[first] = row;
    this.#firstOfNode[nodeId] = row;
  }
  #unlink(row: number): void {
    const nodeId = this.#nodeId[row] ?? 0;
    const next = this.#nextOfNode[row] ?? NONE;
    const previous = this.#previousOfNode[row] ?? NONE;
    if (previous === NONE) this.#firstOfNode[nodeId] = next;
    else this.#nextOfNode[previous] = next;
    if (next !== NONE) this.#previousOfNode[next] = previous;
    this.#nodes.release(nodeId);
  }

  #find(namespaceId: number, name: string, hash: number): number {
    const mask = this.#slots.length - 1;
    if (mask < 0) return NONE;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0) return NONE;
      if (this.#hash[row] === hash && this.#namespaceId[row] === namespaceId && this.#names.equals(row, name))
        return row;
    }
  }
  /** Enters the row into the hash table. */
  #occupy(row: number): void {
    if (this.#size * 3 > this.#slots.length * 2) {
      this.#slots = new Uint32Array(Math.max(FIRST_CAPACITY * 2, this.#slots.length * 2));
      for (const known of this.rows()) this.#insert(known);
    }
    this.#insert(row);
  }
  #insert(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hash[row] ?? 0) & mask;
    while ((this.#slots[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
  }
  /** Takes the row out of the hash table, and moves what was pushed behind it up, so that no gap ends a search early. */
  #vacate(row: number): void {
    const mask = this.#slots.length - 1;
    let gap = (this.#hash[row] ?? 0) & mask;
    while (this.#slots[gap] !== row + 1) gap = (gap + 1) & mask;
    for (let slot = (gap + 1) & mask; (this.#slots[slot] ?? 0) !== 0; slot = (slot + 1) & mask) {
      const home = (this.#hash[(this.#slots[slot] ?? 0) - 1] ?? 0) & mask;
      // It may move into the gap unless its home lies behind the gap, up to where it is now.
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot] ?? 0;
      gap = slot;
    }
    this.#slots[gap] = 0;
  }

  #resize(capacity: number): void {
    this.#flags = copied(new Uint8Array(capacity), this.#flags);
    this.#phase = copied(new Uint8Array(capacity), this.#phase);
    this.#nodeId = copied(new Uint32Array(capacity), this.#nodeId);
    this.#namespaceId = copied(new Uint32Array(capacity), this.#namespaceId);
    if (this.#networkOf.length > 0) this.#networkOf = copied(new Uint32Array(capacity), this.#networkOf);
    this.#v4 = copied(new Uint32Array(capacity), this.#v4);
    if (this.#v6.length > 0) this.#v6 = copied(new Uint32Array(4 * capacity), this.#v6);
    this.#uid = copied(new Uint32Array(4 * capacity), this.#uid);
    this.#hash = copied(new Uint32Array(capacity), this.#hash);
    this.#nextOfNode = copied(new Int32Array(capacity), this.#nextOfNode);
    this.#previousOfNode = copied(new Int32Array(capacity), this.#previousOfNode);
    this.#names.resize(capacity);
    this.#capacity = capacity;
  }
}

const wordsAt = (words: Uint32Array, row: number): Words => [
  words[4 * row] ?? 0,
  words[4 * row + 1] ?? 0,
  words[4 * row + 2] ?? 0,
  words[4 * row + 3] ?? 0,
];

function setWords(words: Uint32Array, row: number, [a, b, c, d]: Words): void {
  words[4 * row] = a;
  words[4 * row + 1] = b;
  words[4 * row + 2] = c;
  words[4 * row + 3] = d;
}
