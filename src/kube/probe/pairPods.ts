/** Probe pods of one pair: one on the source's node, which tries, and one on the target's, which answers everything. */
import type { NodeEndpoint } from '../../core/reach/endpoint.js';
import { words } from '../../core/reach/outcome.js';
import type { ProbeProgress } from '../../core/reach/report.js';
import { KubeError } from '../errors.js';
import type { ProbeContext } from './context.js';
import { begin } from './lifecycle.js';
import { nameOf, pinnedPod, PROBE_CONTAINER, type Role, type Run } from './manifests.js';
import { NotMeasured, outcomeOfError } from './notMeasured.js';
import { readPod } from './objects.js';
import { eventsOf, isUsable, type ProbePod, READY_GRACE_MS, settling, waitForPods } from './probePods.js';
import { PODS } from './resources.js';
import type { Right } from './rights.js';
import type { Vantage } from './vantage.js';

export const CREATE_PODS: Right = { verb: 'create', group: '', resource: 'pods', purpose: 'the probe pods' };
export const GET_PODS: Right = { verb: 'get', group: '', resource: 'pods', purpose: 'reading the probe pods' };

/** A pod of the run, and the node that it is pinned to. */
export interface PinnedRole {
  readonly role: Role;
  readonly node: string;
}

const START_LIMIT_MS = 90_000;

/**
 * Creates the pods under their deadline and waits until they run. The first is the one that tries; `node` is what it stands
 * for when it is on a node's own network. Throws `NotMeasured`; what was created until then is there.
 */
export async function createPairPods(
  context: ProbeContext,
  run: Run,
  roles: readonly [PinnedRole, ...PinnedRole[]],
  node: NodeEndpoint | undefined,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
): Promise<Vantage> {
  const create = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    onProgress({ step: 'creating', object: what });
    try {
      await action();
    } catch (error) {
      // The right was asked for when the plan was made: what refuses now is the server's admission, or a quota.
      if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'invalid'))
        throw new NotMeasured({ kind: 'rejected', what, words: words(error.message) });
      throw new NotMeasured(outcomeOfError(error, what, `create it in namespace ${run.namespace}`));
    }
  };
  let owner = { name: nameOf(run), uid: '' };
  await create(`Job ${run.namespace}/${nameOf(run)}`, async () => {
    owner = await begin(context.api, run, signal);
  });
  for (const { role, node: on } of roles)
    await create(`Pod ${run.namespace}/${nameOf(run, role)}`, () =>
      context.api.create(PODS, run.namespace, pinnedPod(run, role, on, nameOf(run, role), owner), signal),
    );
  const pods = await started(context, run, roles, onProgress, signal);
  const of = (role: Role) => pods.find((pod) => pod.role === role);
  const [first] = roles;
  const source = of(first.role);
  if (!isUsable(source)) throw new NotMeasured(await whyNot(context, run, first, source, signal));
  const pod = await readPod(context, { namespace: run.namespace, name: source.name }, signal);
  const peer = of('peer');
  return {
    means: 'pods',
    ref: { namespace: run.namespace, pod: source.name, container: PROBE_CONTAINER },
    source: node ?? pod.endpoint,
    pod,
    image: run.image,
    imageId: pod.containers.find((one) => one.name === PROBE_CONTAINER)?.imageId ?? '',
    peer: isUsable(peer) ? await readPod(context, { namespace: run.namespace, name: peer.name }, signal) : undefined,
  };
}

async function started(
  context: ProbeContext,
  run: Run,
  roles: readonly PinnedRole[],
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
): Promise<readonly ProbePod[]> {
  const isSettled = settling();
  let listed = false;
  try {
    return await waitForPods(
      context.api,
      run,
      {
        enough: (now) =>
          (now.length >= roles.length && now.every(isSettled)) ||
          now.some((pod) => pod.state === 'failed' && pod.role === roles[0]?.role) ||
          // All of them were there when they had been created: somebody deleted them.
          (listed && now.length < roles.length),
        limitMs: START_LIMIT_MS,
        graceMs: READY_GRACE_MS,
        onChange: (now) => {
          listed = true;
          const ready = now.filter((pod) => pod.state === 'ready').length;
          onProgress({ step: 'starting', what: `${ready} of ${roles.length} probe pods` });
        },
      },
      signal,
    );
  } catch (error) {
    throw new NotMeasured(
      outcomeOfError(error, `the probe pods in namespace ${run.namespace}`, `list pods in namespace ${run.namespace}`),
    );
  }
}

async function whyNot(
  context: ProbeContext,
  run: Run,
  { role, node }: PinnedRole,
  pod: ProbePod | undefined,
  signal: AbortSignal,
) {
  const what = `probe pod ${run.namespace}/${nameOf(run, role)} on ${node}`;
  if (pod === undefined) return { kind: 'podGone', pod: what } as const;
  const events = pod.words === '' ? await eventsOf(context.api, run.namespace, pod, signal) : [];
  const said = pod.words === '' ? (events.at(-1) ?? 'the server does not say why') : pod.words;
  return { kind: 'notRunning', what, words: said } as const;
}
