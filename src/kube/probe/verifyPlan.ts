/**
 * The plan of a verification: every object that would be created, the rights that it takes, what is tried, how long, and
 * what remains. Making a plan creates nothing: rights are asked for, and one probe pod is offered to the server without
 * effect, so that its admission can say no before anything exists.
 */
import { randomBytes } from 'node:crypto';
import type { ClusterNetwork } from '../../core/network/clusterNetwork.js';
import type { NodeFacts } from '../../core/network/facts.js';
import { compareNatural } from '../../core/network/naturalOrder.js';
import { estimateBytes, planCoverage } from '../../core/reach/coverage.js';
import type { PlannedObject } from '../../core/reach/plan.js';
import type { VerifyOptions, VerifyPlan } from '../../core/reach/verification.js';
import type { ProbeContext } from './context.js';
import { planEarlier } from './earlier.js';
import type { ChosenPod } from './existingPods.js';
import { daemonSet, deadlineJob, DEFAULT_IMAGE, nameOf, type Role, type Run } from './manifests.js';
import { askRights, DAEMON_SET_RIGHTS, EXEC_RIGHTS, LIFECYCLE_RIGHTS, rejectionOf, type Right } from './rights.js';

/**
 * How fast a cluster makes pods, a second, and how many sessions end a second, at the least: the controller manager's own
 * limit is 20 requests a second. https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
const PODS_A_SECOND = 15;
const SESSIONS_A_SECOND = 10;

/** How long probe pods may take to start before those that are there are used: images may have to be pulled. */
export const startLimitMs = (nodes: number): number => 90_000 + Math.ceil((nodes / PODS_A_SECOND) * 1000);

/** Seconds until the server takes everything away: starting, two rounds of probing at their worst, cleaning up. */
export const lifetimeSeconds = (nodes: number): number =>
  Math.ceil(480 + nodes / PODS_A_SECOND + (2 * nodes) / SESSIONS_A_SECOND);
/** Above this many nodes a second pod a node costs more than it tells. */
const MAX_NODES_WITH_PEERS = 200;

/** The nodes that can be tried, in natural order, and those that cannot. */
export function nodesToTry(network: ClusterNetwork): {
  readonly nodes: readonly NodeFacts[];
  readonly leftOut: VerifyPlan['leftOut'];
} {
  const sorted = [...network.facts.nodes].sort((a, b) => compareNatural(a.name, b.name));
  const why = (node: NodeFacts): string =>
    node.virtual
      ? 'it is a virtual node: no pod network of its own stands behind it'
      : node.os !== 'linux'
        ? 'the probe image is for Linux'
        : '';
  return {
    nodes: sorted.filter((node) => why(node) === ''),
    leftOut: sorted.flatMap((node) =>
      why(node) === '' ? [] : [{ node: node.name, why: why(node), runsPods: !node.virtual }],
    ),
  };
}

export const rolesOf = (options: VerifyOptions, nodes: number): Role[] => [
  'probe',
  ...(nodes <= MAX_NODES_WITH_PEERS ? (['peer'] as const) : []),
  ...(options.hostNetwork === true ? (['host'] as const) : []),
];

/** A run with an identity of its own. */
export const newRun = (
  options: Pick<VerifyOptions, 'image' | 'namespace' | 'pullSecrets'>,
  namespace: string,
  lifetimeSeconds: number,
): Run => ({
  id: randomBytes(4).toString('hex'),
  namespace: options.namespace ?? namespace,
  image: options.image ?? DEFAULT_IMAGE,
  pullSecrets: options.pullSecrets ?? [],
  lifetimeSeconds,
});

/** An object of a plan. What only the server knows is left out of its manifest. */
export const plannedObject = (
  run: Run,
  kind: string,
  name: string,
  purpose: string,
  manifest: unknown,
): PlannedObject => ({
  kind,
  namespace: run.namespace,
  name,
  purpose,
  manifest: JSON.stringify(manifest, (key, value: unknown) => (key === 'uid' ? undefined : value), 2),
});

export const plannedJob = (run: Run): PlannedObject =>
  plannedObject(
    run,
    'Job',
    nameOf(run),
    `runs nothing: it owns the others, and the server deletes all of them after ${run.lifetimeSeconds} s`,
    deadlineJob(run),
  );

export const PURPOSE: Readonly<Record<Role, string>> = {
  probe: 'a probe pod on every node, which tries those of other nodes',
  peer: 'a second probe pod on every node, for the way between two pods of one node',
  host: 'a probe pod on every node’s own network (not allowed by the PodSecurity standards baseline and restricted)',
};

const READ_PODS: Right = {
  verb: 'get',
  group: '',
  resource: 'pods',
  optional: true,
  purpose: 'reading the labels of pods that are tried as targets',
};
const TRY_POD: Right = {
  verb: 'create',
  group: '',
  resource: 'pods',
  optional: true,
  purpose: 'asking without effect whether the pods are let in',
};

export async function planVerification(
  context: ProbeContext,
  network: ClusterNetwork,
  run: Run,
  options: VerifyOptions,
  chosen: readonly ChosenPod[],
  signal: AbortSignal,
): Promise<VerifyPlan> {
  const { nodes, leftOut } = nodesToTry(network);
  const coverage = planCoverage(nodes.length);
  const roles = rolesOf(options, nodes.length);
  const rights = await askRights(
    context,
    run.namespace,
    [...LIFECYCLE_RIGHTS, ...DAEMON_SET_RIGHTS, ...EXEC_RIGHTS, TRY_POD, READ_PODS],
    signal,
  );
  const mayTry = rights.some((right) => right.purpose === TRY_POD.purpose && right.allowed);
  const [first] = nodes;
  const strictest = roles.includes('host') ? 'host' : 'probe';
  const owner = { name: nameOf(run), uid: '' };
  return {
    run: run.id,
    image: run.image,
    namespace: run.namespace,
    objects: [
      plannedJob(run),
      ...roles.map((role) =>
        plannedObject(run, 'DaemonSet', nameOf(run, role), PURPOSE[role], daemonSet(run, role, owner)),
      ),
    ],
    rights,
    rejected: mayTry && first !== undefined ? await rejectionOf(context, run, strictest, first.name, signal) : '',
    coverage,
    leftOut,
    pods: nodes.length * roles.length,
    bytes: estimateBytes(coverage),
    // Pods start in some seconds; then a few targets at a time, about a second each where they answer.
    seconds: Math.ceil(
      8 +
        coverage.perNode / 3 +
        (nodes.length > 50 ? nodes.length / PODS_A_SECOND + nodes.length / SESSIONS_A_SECOND : 0),
    ),
    lifetimeSeconds: run.lifetimeSeconds,
    existingPods: chosen.length,
    sources: planEarlier(chosen).length,
  };
}
