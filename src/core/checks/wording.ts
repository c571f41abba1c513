/** How findings speak: lists of names, counts and sizes in plain English. */
import { compareNatural } from '../network/naturalOrder.js';

/** `a`, `a and b`, `a, b and c`, `a, b, c and 7 more`. The names are told in the order given. */
export function listing(names: readonly string[], most = 3): string {
  return listingOf(names, (name) => name, names.length, most);
}

/** As `listing`, for items that are many: `items` may be the first ones of `total`, and only those that are told are named. */
export function listingOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  total: number = items.length,
  most = 3,
): string {
  const told = items.slice(0, total > most + 1 ? most : most + 1).map(nameOf);
  const rest = total - told.length;
  if (rest > 0) return `${told.join(', ')} and ${formatCount(rest)} more`;
  const last = told.at(-1) ?? '';
  return told.length < 2 ? last : `${told.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * The first `count` items in the given order, without sorting the others: findings list some twenty of what may be
 * 100,000.
 */
export function firstInOrder<T>(items: Iterable<T>, compare: (a: T, b: T) => number, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    const last = first.at(-1);
    if (first.length === count && last !== undefined && compare(item, last) >= 0) continue;
    let at = first.length;
    while (at > 0) {
      const before = first[at - 1];
      if (before === undefined || compare(item, before) >= 0) break;
      at--;
    }
    first.splice(at, 0, item);
    if (first.length > count) first.pop();
  }
  return first;
}

/** `1 pod`, `5,000 pods`. The plural is the noun with an s unless it is given. */
export const counted = (count: number | bigint, noun: string, plural = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 || count === 1n ? noun : plural}`;

/** The verb's form for so many subjects: `agree(1, 'has', 'have')`. */
export const agree = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** Digits in groups of three (`65,536`); numbers above 10^12 that are powers of two as such (`2^64`). */
export function formatCount(count: number | bigint): string {
  const value = BigInt(count);
  if (value > 1_000_000_000_000n && (value & (value - 1n)) === 0n) return `2^${value.toString(2).length - 1}`;
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share as whole percent, rounded down: 100 only when all of it is meant. */
export function percent(part: bigint | number, whole: bigint | number): string {
  const of = BigInt(whole);
  return of === 0n ? '0 %' : `${(BigInt(part) * 100n) / of} %`;
}

/** The distinct texts, in natural order. */
export const distinct = (texts: Iterable<string>): string[] => [...new Set(texts)].sort(compareNatural);

/** A text of the cluster's for use inside a sentence: one line, cut to `most` characters, without its own full stop. */
export function quoted(text: string, most = 200): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
