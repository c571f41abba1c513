/** A change in parts, each small enough that unpacking it holds up nothing. */
import type { Difference, SessionChange } from './session.js';

/** Summaries in one part. One is about a kilobyte, and unpacked in some 10 µs. */
const MOST = 100;

/**
 * Applied one after the other the parts make the same as the whole: lists in their order, the rest – what says how far the
 * reading is, too – with the last one. All but the last are marked as `partial`.
 */
export function* partsOf(change: SessionChange): IterableIterator<SessionChange> {
  const { nodes, claims, findings, podsOfNodes, reset, ...rest } = change;
  // What was known is void before the first of what comes.
  let mark: Pick<SessionChange, 'reset'> = reset === undefined ? {} : { reset };
  const lists: readonly Iterable<SessionChange>[] = [
    map(slices(nodes), (part) => ({ nodes: part })),
    map(slices(claims), (part) => ({ claims: part })),
    map(slices(findings), (part) => ({ findings: part })),
    map(pieces(podsOfNodes ?? []), (part) => ({ podsOfNodes: part })),
  ];
  let held: SessionChange | undefined;
  for (const list of lists) {
    for (const part of list) {
      if (held !== undefined) yield { partial: true, ...held };
      held = { ...mark, ...part };
      mark = {};
    }
  }
  yield { ...mark, ...held, ...rest };
}

function* slices<T>(difference: Difference<T> | undefined): IterableIterator<Difference<T>> {
  if (difference === undefined) return;
  for (const removed of pieces(difference.removed)) yield { upserted: [], removed };
  for (const upserted of pieces(difference.upserted)) yield { upserted, removed: [] };
}

function* pieces<T>(list: readonly T[]): IterableIterator<readonly T[]> {
  for (let at = 0; at < list.length; at += MOST) yield list.slice(at, at + MOST);
}

function* map<A, B>(values: Iterable<A>, to: (value: A) => B): IterableIterator<B> {
  for (const value of values) yield to(value);
}
