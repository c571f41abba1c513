/**
 * How long all checks take on a cluster of 5,000 nodes and 150,000 pods, healthy and with faults, beside a baseline that
 * compares every range with every other one and keeps every pod's address in a map: `node --import tsx test/bench/checks.ts`.
 */
import { CHECKS, runChecks } from '../../src/core/checks/index.js';
import { nodePodRangesOverlap } from '../../src/core/checks/nodePodRangesOverlap.js';
import { podAddressShared } from '../../src/core/checks/podAddressShared.js';
import { readNetwork } from '../../src/core/cni/index.js';
import { overlaps } from '../../src/core/ip/range.js';
import type { ClusterNetwork } from '../../src/core/network/clusterNetwork.js';
import { factsFromObjects } from '../../src/core/network/fromObjects.js';
import { type PodFacts, PodTable } from '../../src/core/network/podTable.js';
import { flannel, kubeadm } from '../core/checks/clusters.js';
import { node, serviceCIDR } from '../core/facts.js';

export interface Size {
  readonly nodes: number;
  readonly pods: number;
  /** Nodes that have the range of another one; their pods share addresses. */
  readonly faults: number;
}

export interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly bestMs: number;
  readonly note: string;
}

const prefixOf = (i: number): string => `10.${32 + (i >> 8)}.${i & 255}`;

/** A cluster on flannel with a /24 for each node; the last `faults` nodes have the first node's. */
export function clusterOf({ nodes: count, pods: podCount, faults }: Size): ClusterNetwork {
  const names = Array.from({ length: count }, (_, i) => `node-${i}`);
  const prefixes = names.map((_, i) => prefixOf(i >= count - faults ? 0 : i));
  const nodes = names.map((name, i) =>
    node(name, { ip: `172.20.${i >> 8}.${i & 255}`, podCIDR: `${prefixes[i] ?? ''}.0/24` }),
  );
  const plane = kubeadm('10.32.0.0/11', '10.96.0.0/12');
  const solution = flannel('10.32.0.0/11', names);
  const objects = [
    ...nodes,
    ...plane.pods,
    ...plane.configMaps,
    ...solution.pods,
    ...solution.configMaps,
    ...solution.workloads,
    serviceCIDR(['10.96.0.0/12']),
  ];
  const pods = new PodTable(
    (function* (): Generator<PodFacts> {
      for (let i = 0; i < podCount; i++)
        yield {
          namespace: `team-${i % 50}`,
          name: `pod-${i}`,
          uid: `uid-${i}`,
          node: names[i % count] ?? '',
          phase: 'Running',
          hostNetwork: false,
          ips: [`${prefixes[i % count] ?? ''}.${2 + Math.floor(i / count)}`],
          ready: true,
          terminating: false,
          network: '',
        };
    })(),
  );
  return readNetwork({ ...factsFromObjects(objects, '2026-01-01T00:00:00Z'), pods });
}

function measure(name: string, run: () => number, runs: number, noun: string): Measured {
  const times: number[] = [];
  let result = 0;
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    result = run();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return {
    name,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    bestMs: times[0] ?? 0,
    note: `${result} ${noun}`,
  };
}

/** Every pair of nodes' ranges. */
function naiveOverlaps({ claims }: ClusterNetwork): number {
  const ranges = claims.filter((claim) => claim.role === 'pod-node').map((claim) => claim.range);
  let found = 0;
  for (const [i, a] of ranges.entries())
    for (let j = i + 1; j < ranges.length; j++) {
      const b = ranges[j];
      if (b !== undefined && overlaps(a, b)) found++;
    }
  return found;
}

/** Every pod's address as a text in a map. */
function naiveDuplicates({ facts: { pods } }: ClusterNetwork): number {
  const holders = new Map<string, string[]>();
  for (const row of pods.rows()) {
    if (!pods.ownsAddresses(row)) continue;
    for (const ip of pods.ips(row)) {
      const names = holders.get(ip) ?? [];
      names.push(`${pods.namespace(row)}/${pods.name(row)}`);
      holders.set(ip, names);
    }
  }
  return [...holders.values()].filter((names) => names.length > 1).length;
}

/** Everything that is measured, in the order in which it is shown. */
export function benchmarkChecks(size: Omit<Size, 'faults'> = { nodes: 5_000, pods: 150_000 }, runs = 9): Measured[] {
  const healthy = clusterOf({ ...size, faults: 0 });
  const faulty = clusterOf({ ...size, faults: 20 });
  return [
    measure(
      `all ${CHECKS.length} checks, healthy (${size.nodes} nodes, ${size.pods} pods)`,
      () => runChecks(healthy).length,
      runs,
      'findings',
    ),
    measure('all checks, 20 nodes with the range of another one', () => runChecks(faulty).length, runs, 'findings'),
    measure('overlaps of node ranges (CN101)', () => nodePodRangesOverlap.run(faulty).length, runs, 'findings'),
    measure('the same, naively: every pair', () => naiveOverlaps(faulty), 3, 'pairs'),
    measure('shared pod addresses (CN201)', () => podAddressShared.run(healthy).length, runs, 'findings'),
    measure('the same, naively: a map of texts', () => naiveDuplicates(healthy), 3, 'addresses'),
  ];
}

/** A table for people. */
export const benchmarkText = (rows: readonly Measured[]): string =>
  rows
    .map(
      ({ name, medianMs, bestMs, note }) =>
        `${name.padEnd(64)} median ${medianMs.toFixed(1).padStart(8)} ms  best ${bestMs.toFixed(1).padStart(8)} ms  ${note}`,
    )
    .join('\n');

if (process.argv[1] === import.meta.filename) console.log(benchmarkText(benchmarkChecks()));
