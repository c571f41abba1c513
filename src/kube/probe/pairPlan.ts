/**
 * How a pair is probed: by the first of three means that can be used – in the source's own container, in an ephemeral one,
 * by probe pods – and what that would create. Making a plan creates nothing: rights are asked for, and the server's
 * admission is asked without effect.
 */
import { describeOutcome, type Outcome } from '../../core/reach/outcome.js';
import { missingRights, type PlannedObject, type PlannedRight } from '../../core/reach/plan.js';
import type {
  ConsideredMeans,
  Means,
  ProbeOptions,
  ProbePlan,
  ProbeProgress,
  ProbeReport,
  ProbeRequest,
} from '../../core/reach/report.js';
import { methodsFor } from '../../core/reach/tools/index.js';
import { KubeError } from '../errors.js';
import type { ProbeContext } from './context.js';
import {
  addEphemeralContainer,
  endEphemeralContainer,
  EPHEMERAL_RIGHTS,
  ephemeralPatch,
  rejectionOfEphemeral,
} from './ephemeralContainer.js';
import { exec } from './exec.js';
import { end } from './lifecycle.js';
import { nameOf, pinnedPod, type Run } from './manifests.js';
import { NotMeasured } from './notMeasured.js';
import type { PodDetails } from './objects.js';
import { createPairPods, CREATE_PODS, GET_PODS, type PinnedRole } from './pairPods.js';
import type { Planned } from './plannedRuns.js';
import { probeBy, readEnds } from './probePair.js';
import { askRights, EXEC_RIGHTS, LIFECYCLE_RIGHTS, rejectionOf } from './rights.js';
import { type Ends, ownContainer, ownWay, type Way } from './vantage.js';
import { newRun, plannedJob, plannedObject } from './verifyPlan.js';

/** Starting with an image that has to be pulled, probing at its worst, cleaning up. */
const LIFETIME_SECONDS = 300;
/** When everything answers: in a container that runs, in one that must start, with pods that must. */
const SECONDS: Readonly<Record<Means, number>> = { exec: 3, ephemeral: 6, pods: 12 };

/** Everything that the choice depends on. */
interface Situation extends Ends {
  readonly context: ProbeContext;
  readonly request: ProbeRequest;
  readonly run: Run;
  readonly signal: AbortSignal;
}

/** One of the means, found usable or not. */
interface Weighed extends ConsideredMeans {
  readonly objects: readonly PlannedObject[];
  readonly rights: readonly PlannedRight[];
  readonly remains: string;
  /** Undefined where it is not usable. */
  readonly way: ((onProgress: (progress: ProbeProgress) => void) => Way) | undefined;
}

/**
 * Makes the plan, which can then be run once. What cannot be read ends with a plan that no means can carry out; throws a
 * `KubeError` only when the server cannot be asked.
 */
export async function prepareProbe(
  context: ProbeContext,
  request: ProbeRequest,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<Planned<ProbePlan, ProbeReport, ProbeProgress>> {
  const namespace = request.source.kind === 'node' ? context.access.namespace : request.source.namespace;
  const run = newRun(options, namespace, LIFETIME_SECONDS);
  const considered: Weighed[] = [];
  try {
    const situation: Situation = { context, request, run, signal, ...(await readEnds(context, request, signal)) };
    const order: readonly Means[] = options.means === undefined ? ['exec', 'ephemeral', 'pods'] : [options.means];
    for (const means of order) {
      const weighed = await WEIGH[means](situation);
      considered.push(weighed);
      if (weighed.usable) break;
    }
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    const [means = 'exec'] = options.means === undefined ? [] : [options.means];
    considered.push(unusable(means, `what is probed ${describeOutcome(error.outcome)}`));
  }
  const chosen = considered.find((one) => one.usable);
  const means = chosen?.means;
  const creates = chosen !== undefined && chosen.objects.length > 0;
  const plan: ProbePlan = {
    run: run.id,
    request,
    means,
    considered: considered.map(({ means: which, usable, why }) => ({ means: which, usable, why })),
    objects: chosen?.objects ?? [],
    image: creates ? run.image : '',
    namespace: run.namespace,
    rights: (chosen ?? considered.at(-1))?.rights ?? [],
    seconds: means === undefined ? 0 : SECONDS[means],
    lifetimeSeconds: creates ? run.lifetimeSeconds : 0,
    remains: chosen?.remains ?? '',
  };
  return {
    plan,
    ...(creates ? {} : { createsNothing: true as const }),
    run: (onProgress, stop) => {
      const way = chosen?.way?.(onProgress);
      if (way !== undefined) return probeBy(context, request, way, onProgress, stop);
      const why = plan.considered.map((one) => one.why).join('; ');
      return Promise.reject(new KubeError('invalid', `it cannot be probed: ${why}`));
    },
  };
}

const unusable = (means: Means, why: string, rights: readonly PlannedRight[] = []): Weighed => ({
  means,
  usable: false,
  why,
  objects: [],
  rights,
  remains: '',
  way: undefined,
});

const WEIGH: Readonly<Record<Means, (situation: Situation) => Promise<Weighed>>> = {
  exec: weighExec,
  ephemeral: weighEphemeral,
  pods: weighPods,
};

async function weighExec({ context, request, source, target, signal }: Situation): Promise<Weighed> {
  if (source === undefined || request.source.kind === 'node')
    return unusable('exec', 'a node has no container of its own to run a program in');
  try {
    const vantage = await ownContainer(context, source, request.source.container, signal);
    const tools = await context.tools.find(
      (one, stop) => exec(context.access, one, stop),
      vantage.ref,
      vantage.imageId,
      signal,
    );
    const channel = target.port === undefined ? 'icmp' : target.protocol;
    const [method] = methodsFor(channel, tools);
    const where = `container ${vantage.ref.container} of the pod`;
    if (method === undefined)
      return unusable(
        'exec',
        tools.length === 0
          ? `${where} has no program to probe with`
          : `${where} has no program that speaks ${channel.toUpperCase()} (only ${tools.map(({ tool }) => tool.title).join(', ')})`,
      );
    return {
      means: 'exec',
      usable: true,
      why: `${where} has ${method.found.tool.title}: nothing needs to be created`,
      objects: [],
      rights: [],
      remains: '',
      way: () => ownWay(context, vantage.ref.container),
    };
  } catch (error) {
    if (error instanceof NotMeasured)
      return unusable('exec', `running a program in the pod: it ${describeOutcome(error.outcome)}`);
    throw error;
  }
}

async function weighEphemeral({ context, run, source, signal }: Situation): Promise<Weighed> {
  if (source === undefined) return unusable('ephemeral', 'a node takes no ephemeral container');
  const { namespace, name } = source.endpoint;
  if (source.phase !== 'Running' || source.terminating)
    return unusable('ephemeral', `pod ${namespace}/${name} is not running`);
  const rights = await askRights(context, namespace, [...EPHEMERAL_RIGHTS, ...EXEC_RIGHTS], signal);
  const missing = missingRights(rights);
  if (missing.length > 0) return unusable('ephemeral', `rights are missing: ${missing.join(', ')}`, rights);
  const rejected = await rejectionOfEphemeral(context, run, source, signal);
  if (rejected !== '') return unusable('ephemeral', `the server does not let the container in: ${rejected}`, rights);
  return {
    means: 'ephemeral',
    usable: true,
    why: 'a container with tools can be added to the pod: what is measured in it is true of the pod itself',
    objects: [
      {
        kind: 'Pod',
        namespace,
        name,
        purpose: `is there already, and gets an ephemeral container, which ends after the probe, and by itself after ${run.lifetimeSeconds} s`,
        manifest: JSON.stringify(ephemeralPatch(run), undefined, 2),
      },
    ],
    rights,
    remains: `the ended container ${nameOf(run)} stays in the spec of pod ${namespace}/${name} until that pod is deleted: ephemeral containers cannot be taken away`,
    way: (onProgress) => wayOfEphemeral(context, run, source, onProgress),
  };
}

/** Adds the container, and ends it. One that was asked for and did not come to run is left, and said. */
function wayOfEphemeral(
  context: ProbeContext,
  run: Run,
  source: PodDetails,
  onProgress: (progress: ProbeProgress) => void,
): Way {
  const { namespace, name } = source.endpoint;
  let asked = false;
  return {
    means: 'ephemeral',
    open: async ({ source: now }, stop) => {
      if (now?.uid !== source.uid) throw new NotMeasured({ kind: 'podGone', pod: `pod ${namespace}/${name}` });
      onProgress({ step: 'creating', object: `container ${nameOf(run)}` });
      asked = true;
      try {
        return await addEphemeralContainer(context, run, now, stop);
      } catch (error) {
        // Not let in, or no pod to be in: then there is none.
        if (error instanceof NotMeasured && NONE_LEFT.has(error.outcome.kind)) asked = false;
        throw error;
      }
    },
    close: async (vantage) => {
      if (vantage !== undefined) await endEphemeralContainer(context, run, vantage);
      return vantage !== undefined || !asked
        ? []
        : [
            `container ${nameOf(run)} in the spec of pod ${namespace}/${name}, if it was added: it stays until the pod is deleted, and ends by itself ${run.lifetimeSeconds} s after its start`,
          ];
    },
  };
}

const NONE_LEFT: ReadonlySet<Outcome['kind']> = new Set(['rejected', 'notPermitted', 'podGone']);

/** The pods of a run: the one that tries, and one beside the target where that is a pod with a network of its own. */
function rolesOf({
  source,
  node,
  target,
}: Pick<Situation, 'source' | 'node' | 'target'>): [PinnedRole, ...PinnedRole[]] {
  const onHost = node !== undefined || source?.endpoint.hostNetwork === true;
  const on = node?.kind === 'node' ? node.name : (source?.endpoint.node ?? '');
  const { endpoint } = target;
  const peer: PinnedRole[] =
    endpoint.kind === 'pod' && !endpoint.hostNetwork && endpoint.node !== ''
      ? [{ role: 'peer', node: endpoint.node }]
      : [];
  return [{ role: onHost ? 'host' : 'probe', node: on }, ...peer];
}

async function weighPods(situation: Situation): Promise<Weighed> {
  const { context, run, signal } = situation;
  const roles = rolesOf(situation);
  const [first] = roles;
  if (first.node === '') return unusable('pods', 'the pod has no node yet');
  const wanted = [CREATE_PODS, GET_PODS, ...LIFECYCLE_RIGHTS, ...EXEC_RIGHTS];
  const rights = await askRights(context, run.namespace, wanted, signal);
  const missing = missingRights(rights);
  if (missing.length > 0) return unusable('pods', `rights are missing: ${missing.join(', ')}`, rights);
  const rejected = await rejectionOf(context, run, first.role, first.node, signal);
  if (rejected !== '') return unusable('pods', `the server does not let the probe pod in: ${rejected}`, rights);
  const owner = { name: nameOf(run), uid: '' };
  return {
    means: 'pods',
    usable: true,
    why:
      first.role === 'host'
        ? `a probe pod on the own network of ${first.node} speaks as the node does`
        : `a probe pod on ${first.node} can stand for the pod: it shares the node with it, not the pod’s own interface, labels and policies`,
    objects: [
      plannedJob(run),
      ...roles.map(({ role, node }) =>
        plannedObject(
          run,
          'Pod',
          nameOf(run, role),
          PURPOSE[role](node),
          pinnedPod(run, role, node, nameOf(run, role), owner),
        ),
      ),
    ],
    rights,
    remains: '',
    way: (onProgress) => ({
      means: 'pods',
      open: ({ node }, stop) => createPairPods(context, run, roles, node, onProgress, stop),
      close: async () => {
        onProgress({ step: 'cleaning' });
        const { left } = await end(context.api, run);
        return left.map((one) => `${one.kind} ${one.namespace}/${one.name}`);
      },
    }),
  };
}

const PURPOSE: Readonly<Record<PinnedRole['role'], (node: string) => string>> = {
  probe: (node) => `a probe pod on ${node}, which tries`,
  peer: (node) => `a probe pod on ${node}, beside the target, which answers`,
  host: (node) =>
    `a probe pod on the own network of ${node}, which tries (not allowed by the PodSecurity standards baseline and restricted)`,
};
