/** The probe pods of a run: what became of each, why one does not start, and what their servers wrote down. */
import { podFacts } from '../../core/network/fromObjects.js';
import { at, type JsonObject, listOf, parseJson, textMapOf, textOf } from '../../core/network/json.js';
import { words } from '../../core/reach/outcome.js';
import { type Api, pathOf, type Scope } from '../api.js';
import { KubeError } from '../errors.js';
import { jsonCodec } from '../inventory/codec.js';
import { followPods, listPods, type Wait } from './followPods.js';
import { PROBE_CONTAINER, type Role, roleOf, type Run, selectRun } from './manifests.js';
import { canonical } from './objects.js';
import { EVENTS, PODS } from './resources.js';

export interface ProbePod {
  readonly name: string;
  readonly uid: string;
  readonly role: Role;
  readonly node: string;
  readonly addresses: readonly string[];
  /** ready: the kubelet reached it. running: its servers run, and the kubelet has not reached it yet. */
  readonly state: 'ready' | 'running' | 'starting' | 'failed';
  /** Why it is not ready, in the server's words; empty while it is only starting. */
  readonly words: string;
}

/** A pod that can be tried and try others: its servers run, whether its kubelet reaches it or not. */
export function isUsable(pod: ProbePod | undefined): pod is ProbePod {
  return pod !== undefined && (pod.state === 'ready' || pod.state === 'running') && pod.addresses.length > 0;
}

/** Reasons of waiting containers that time does not mend. */
export const HOPELESS: ReadonlySet<string> = new Set([
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
]);

/** A probe pod out of its JSON; undefined for one that is none, or is being deleted. */
export function probePodOf(object: JsonObject): ProbePod | undefined {
  const facts = podFacts(object);
  const role = roleOf(textMapOf(at(object, 'metadata', 'labels')));
  if (role === undefined || facts.terminating) return undefined;
  const status = at(object, 'status');
  const containers = listOf(at(status, 'containerStatuses'));
  const hopeless = containers
    .map((container) => at(container, 'state', 'waiting'))
    .find((waiting) => HOPELESS.has(textOf(at(waiting, 'reason'))));
  const running = containers.length > 0 && containers.every((one) => at(one, 'state', 'running') !== undefined);
  const over = facts.phase === 'Failed' || facts.phase === 'Succeeded';
  const unscheduled = listOf(at(status, 'conditions')).find(
    (one) => at(one, 'type') === 'PodScheduled' && at(one, 'status') === 'False',
  );
  const why = hopeless ?? (over ? status : unscheduled);
  return {
    name: facts.name,
    uid: facts.uid,
    role,
    node: facts.node || intendedNode(object),
    addresses: canonical(facts.ips),
    state: over || hopeless !== undefined ? 'failed' : facts.ready ? 'ready' : running ? 'running' : 'starting',
    words: why === undefined ? '' : words(`${textOf(at(why, 'reason'))}: ${textOf(at(why, 'message'))}`),
  };
}

/** The node that a pinned pod, or a DaemonSet's, is meant for while it is not scheduled. */
function intendedNode(object: JsonObject): string {
  const terms = at(
    object,
    ...['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'],
  );
  return textOf(at(terms, 0, 'matchFields', 0, 'values', 0));
}

/** How long a pod whose servers run may take to be found ready by its kubelet. */
export const READY_GRACE_MS = 8_000;

/** Tells of a pod whether nothing more is to be expected of it: to be asked again and again, as time goes by. */
export function settling(): (pod: ProbePod) => boolean {
  const runningSince = new Map<string, number>();
  return (pod) => {
    if (pod.state !== 'running') return pod.state !== 'starting';
    const since = runningSince.get(pod.name) ?? Date.now();
    runningSince.set(pod.name, since);
    return Date.now() - since >= READY_GRACE_MS;
  };
}

const codec = jsonCodec(probePodOf);
const scopeOf = (run: Pick<Run, 'id' | 'namespace'>): Scope => ({
  namespace: run.namespace,
  labelSelector: selectRun(run.id),
});

/** The probe pods of a run as they are now. */
export const podsNow = async (
  api: Api,
  run: Pick<Run, 'id' | 'namespace'>,
  signal: AbortSignal,
): Promise<ProbePod[]> => [...(await listPods(api, scopeOf(run), codec, signal)).items()];

/** Follows the probe pods of a run until there are enough, or the limit is reached; answers with them as they are then. */
export const waitForPods = (
  api: Api,
  run: Pick<Run, 'id' | 'namespace'>,
  wait: Wait<ProbePod>,
  signal: AbortSignal,
): Promise<ProbePod[]> => followPods(api, scopeOf(run), codec, wait, signal);

/** What events tell of an object, the latest last: why a pod has no sandbox, or a DaemonSet makes no pods. Empty where they may not be read. */
export async function eventsOf(
  api: Api,
  namespace: string,
  object: { readonly name: string; readonly uid?: string },
  signal: AbortSignal,
): Promise<string[]> {
  const uid = object.uid === undefined ? '' : `,involvedObject.uid=${object.uid}`;
  const scope = { namespace, fieldSelector: `involvedObject.name=${object.name}${uid}` };
  try {
    const page = await api.page(EVENTS, { ...scope, limit: 100 }, 'application/json', signal);
    return listOf(at(parseJson(page.text), 'items'))
      .filter((event) => at(event, 'type') === 'Warning')
      .map((event) => words(`${textOf(at(event, 'reason'))}: ${textOf(at(event, 'message'))}`));
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'forbidden') return [];
    throw error;
  }
}

const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** A probe pod server's log, undefined where it cannot be read, its right may be missing or its kubelet gone, and where it is too long. */
export async function logOf(
  api: Api,
  namespace: string,
  pod: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await api.transport.request({
      method: 'GET',
      path: pathOf(PODS, namespace, pod, 'log'),
      query: { container: PROBE_CONTAINER, limitBytes: MAX_LOG_BYTES },
      accept: 'text/plain, application/json',
      signal,
      limits: api.limits,
    });
    // A log that fills the cap was flooded: what is missing in it says nothing.
    return answer.length >= MAX_LOG_BYTES ? undefined : answer.text;
  } catch (error) {
    if (error instanceof KubeError && error.kind !== 'cancelled') return undefined;
    throw error;
  }
}
