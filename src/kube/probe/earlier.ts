/**
 * Before anything is created: pods that are there already try each other across nodes, from inside their own containers,
 * with the tools that they have. One a node tries one on the next node; around what fails more is tried, so that it can be
 * told which node it is.
 */
import { setMaxListeners } from 'node:events';
import { isMeasured, type Outcome, reachOf } from '../../core/reach/outcome.js';
import { pairsAround, planCoverage } from '../../core/reach/coverage.js';
import { acrossNodes, type Cell, stateOf, type TargetRole } from '../../core/reach/matrix.js';
import { type Probe, summarise } from '../../core/reach/probe.js';
import type { ProbeReport } from '../../core/reach/report.js';
import type { EarlierPath } from '../../core/reach/verification.js';
import type { ProbeContext } from './context.js';
import type { ChosenPod } from './existingPods.js';
import { parsedAddresses } from './objects.js';
import { probePair } from './probePair.js';

/** Paths at the most: each costs a few exec streams. */
const MAX_PATHS = 16;
const LIMIT_MS = 45_000;

export interface EarlierPlan {
  /** Pods of one node, the first that has a tool is used. */
  readonly sources: readonly ChosenPod[];
  readonly target: ChosenPod;
}

/** From every node with chosen pods to the next such node; the last one tries the first. */
export function planEarlier(chosen: readonly ChosenPod[]): EarlierPlan[] {
  const nodes = [...new Set(chosen.map((pod) => pod.node))];
  if (nodes.length < 2) return [];
  return nodes.slice(0, MAX_PATHS).flatMap((node, index) => path(chosen, node, nodes[(index + 1) % nodes.length]));
}

function path(chosen: readonly ChosenPod[], from: number, to: number | undefined): EarlierPlan[] {
  const sources = chosen.filter((pod) => pod.node === from);
  const target = chosen.find((pod) => pod.node === to);
  return target === undefined || sources.length === 0 ? [] : [{ sources, target }];
}

/** Further paths around those that failed: the way back, and between their nodes and others. */
export function planAround(chosen: readonly ChosenPod[], earlier: readonly EarlierPath[]): EarlierPlan[] {
  const keyOf = (from: number, to: number): string => `${from} ${to}`;
  const across = earlier.flatMap(({ cells }) => cells.filter(acrossNodes));
  const done = new Set(across.map((cell) => keyOf(cell.from, cell.to)));
  const failing = across.filter((cell) => stateOf(cell) === 'broken').map(({ from, to }) => [from, to] as const);
  const nodes = Math.max(0, ...chosen.map((pod) => pod.node + 1));
  const isDone = (from: number, to: number): boolean => done.has(keyOf(from, to));
  const back = failing.map(([from, to]) => [to, from] as const).filter(([from, to]) => !isDone(from, to));
  const around = pairsAround(planCoverage(nodes), failing, isDone, MAX_PATHS);
  const pairs = new Map([...back, ...around].map((pair) => [keyOf(...pair), pair]));
  return [...pairs.values()].slice(0, MAX_PATHS).flatMap(([from, to]) => path(chosen, from, to));
}

/**
 * Tries the paths. Those that could not be tried – no tool, no right, no port, too slow – and those that a policy concerns
 * are left out. Throws only when cancelled.
 */
export async function tryEarlier(
  context: ProbeContext,
  chosen: readonly ChosenPod[],
  signal: AbortSignal,
): Promise<EarlierPath[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  // Many requests at the same time wait for it: no leak, and no warning.
  setMaxListeners(0, limit);
  const tryAll = async (plans: readonly EarlierPlan[]): Promise<EarlierPath[]> => {
    const paths = await Promise.all(plans.map((plan) => tryPath(context, plan, limit)));
    signal.throwIfAborted();
    return paths.filter((one) => one !== undefined);
  };
  const first = await tryAll(planEarlier(chosen));
  return [...first, ...(await tryAll(planAround(chosen, first)))];
}

async function tryPath(
  context: ProbeContext,
  { sources, target }: EarlierPlan,
  signal: AbortSignal,
): Promise<EarlierPath | undefined> {
  for (const source of sources) {
    const request = { source, target: { kind: 'pod', namespace: target.namespace, name: target.name } } as const;
    const report = await probePair(context, request, () => undefined, signal, { brief: true });
    const tcp = report.probes.filter((probe) => probe.channel === 'tcp' && probe.tries.some(isMeasured));
    if (tcp.length === 0) continue;
    if (report.policy?.kind !== 'allowed') return undefined;
    return {
      source: `pod ${source.namespace}/${source.name}`,
      target: `pod ${target.namespace}/${target.name}`,
      cells: [
        ...tcp.flatMap((probe) => cellOf(source.node, target.node, 'pod', probe)),
        ...nodesOf(report).flatMap((probe) => cellOf(source.node, target.node, 'node', probe)),
      ],
    };
  }
  return undefined;
}

const nodesOf = (report: ProbeReport): Probe[] =>
  report.around.flatMap(({ what, probe }) => (what.kind === 'node' ? [probe] : []));

/** Whether it is listened on a declared port is the pod's own affair: what came back at all is answered. */
const CAME_BACK: Outcome = { kind: 'answered', rttMs: undefined, seenSource: undefined, answerer: undefined };

function cellOf(from: number, to: number, role: TargetRole, probe: Probe): Cell[] {
  const [address] = parsedAddresses([probe.address]);
  const { outcome } = summarise(probe.tries);
  if (address === undefined || !isMeasured(outcome)) return [];
  return [
    {
      from,
      to,
      source: 'pod',
      role,
      family: address.family,
      measure: 'tcp',
      address: probe.address,
      port: probe.port,
      tries: reachOf(outcome) === 'unreached' ? probe.tries : [CAME_BACK],
      arrived: undefined,
      seenSource: '',
      name: '',
    },
  ];
}
