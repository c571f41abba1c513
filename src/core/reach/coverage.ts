/**
 * Coverage: which nodes' probe pods try which others, so that every node is tried in both roles and a culprit can be told.
 *
 * Up to `FULL_MATRIX` nodes each tries each. Above, each tries its neighbours at growing distances on a ring of all nodes
 * (1, 2, 4, …): every node is source and target equally often, by ever other partners, at a cost that grows with n log n.
 */

/** Up to this many nodes the matrix is full: 64 sessions with 63 targets each. */
export const FULL_MATRIX = 64;

export interface Coverage {
  readonly nodes: number;
  /** Distances on the ring; undefined: every node tries every other. */
  readonly strides: readonly number[] | undefined;
  /** Ordered pairs of different nodes that are tried. */
  readonly pairs: number;
  /** Of all ordered pairs, 0 to 1. */
  readonly share: number;
  /** Exec sessions: one a node, whatever the number of targets. */
  readonly sessions: number;
  /** Times that each node is tried as a source, and as often as a target. */
  readonly perNode: number;
}

export function planCoverage(nodes: number): Coverage {
  const all = nodes * (nodes - 1);
  if (nodes <= FULL_MATRIX)
    return {
      nodes,
      strides: undefined,
      pairs: all,
      share: 1,
      sessions: nodes,
      perNode: Math.max(0, nodes - 1),
    };
  const strides: number[] = [];
  for (let stride = 1; stride <= nodes / 2; stride *= 2) strides.push(stride);
  const pairs = nodes * strides.length;
  return { nodes, strides, pairs, share: pairs / all, sessions: nodes, perNode: strides.length };
}

/** The nodes, by index, that node `source` tries. */
export function targetsOf(coverage: Coverage, source: number): number[] {
  const { nodes, strides } = coverage;
  if (strides !== undefined) return strides.map((stride) => (source + stride) % nodes);
  return Array.from({ length: nodes }, (_, index) => index).filter((index) => index !== source);
}

/** Further pairs around the nodes in question, at the most. */
const MAX_AROUND = 12;

/**
 * Pairs to try next, so that it can be told whether a failing pair is the source's fault, the target's, or the pair's own:
 * both nodes of every failing pair, in both roles, against nodes that had no failure. Pairs tried already are left out.
 */
export function pairsAround(
  coverage: Coverage,
  failing: readonly (readonly [source: number, target: number])[],
  tried: (source: number, target: number) => boolean,
  limit: number,
): (readonly [source: number, target: number])[] {
  const suspects = [...new Set(failing.flat())].sort((a, b) => a - b);
  const suspected = new Set(suspects);
  const pairs: (readonly [number, number])[] = [];
  // Steps that are prime to the number of nodes come to every partner, and at first to those far from the ring's strides.
  const stride = [7, 5, 11, 3].find((one) => coverage.nodes % one !== 0) ?? 1;
  for (const suspect of suspects) {
    let found = 0;
    for (let step = 0; step < coverage.nodes && found < MAX_AROUND; step++) {
      const partner = (suspect + step * stride + 3) % coverage.nodes;
      if (partner === suspect || suspected.has(partner)) continue;
      for (const pair of [[suspect, partner] as const, [partner, suspect] as const]) {
        if (tried(...pair) || pairs.some(([a, b]) => a === pair[0] && b === pair[1])) continue;
        if (pairs.length >= limit) return pairs;
        pairs.push(pair);
        found++;
      }
    }
  }
  return pairs;
}

/** Bytes of one exec session beside its targets: the request with the script, the WebSocket, the first lines. */
const SESSION_BYTES = 6_000;
/** Bytes of one target: its line of input, and about ten lines of results. */
const TARGET_BYTES = 1_300;

/** About how many bytes travel between this machine and the API server for a coverage, without the pods' own watch. */
export const estimateBytes = (coverage: Coverage): number =>
  coverage.sessions * SESSION_BYTES + coverage.pairs * TARGET_BYTES;
