/**
 * Before anything is created: pods that are there already try each other across nodes, from inside their own containers,
 * with the tools that they have. One a node tries one on the next node.
 */
import { setMaxListeners } from 'node:events';
import { isMeasured, type Outcome, reachOf } from '../../core/reach/outcome.js';
import { type Cell, type TargetRole } from '../../core/reach/matrix.js';
import { type Probe, summarise } from '../../core/reach/probe.js';
import type { ProbeReport } from '../../core/reach/report.js';
import type { EarlierPath } from '../../core/reach/verification.js';
import type { ProbeContext } from './context.js';
import type { ChosenPod } from './existingPods.js';
import { parsedAddresses } from './objects.js';
import { probePair } from './probePair.js';

/** Paths at the most: each costs a few exec streams. */
const MAX_PATHS = 16;
const LIMIT_MS = 25_000;

export interface EarlierPlan {
  /** Pods of one node, the first that has a tool is used. */
  readonly sources: readonly ChosenPod[];
  readonly target: ChosenPod;
}

/** From every node with chosen pods to the next such node; the last one tries the first. */
export function planEarlier(chosen: readonly ChosenPod[]): EarlierPlan[] {
  const nodes = [...new Set(chosen.map((pod) => pod.node))];
  if (nodes.length < 2) return [];
  return nodes.slice(0, MAX_PATHS).flatMap((node, index) => {
    const next = nodes[(index + 1) % nodes.length];
    const target = chosen.find((pod) => pod.node === next);
    return target === undefined ? [] : [{ sources: chosen.filter((pod) => pod.node === node), target }];
  });
}

/**
 * Tries the paths. Those that could not be tried – no tool, no right, no port, too slow – and those that a policy concerns
 * are left out. Throws only when cancelled.
 */
export async function tryEarlier(
  context: ProbeContext,
  plans: readonly EarlierPlan[],
  signal: AbortSignal,
): Promise<EarlierPath[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  // Many requests at the same time wait for it: no leak, and no warning.
  setMaxListeners(0, limit);
  const paths = await Promise.all(plans.map((plan) => tryPath(context, plan, limit)));
  signal.throwIfAborted();
  return paths.filter((path) => path !== undefined);
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
