/**
 * An ephemeral container in the source pod: it shares the pod's network, so that what is measured in it is true of the pod.
 * It cannot be taken away again: it ends, and stays in the pod's spec until the pod is deleted.
 * https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
import { at, type JsonObject, listOf, textOf } from '../../core/network/json.js';
import { words } from '../../core/reach/outcome.js';
import { pathOf } from '../api.js';
import { KubeError } from '../errors.js';
import { jsonCodec } from '../inventory/codec.js';
import type { ProbeContext } from './context.js';
import { exec } from './exec.js';
import { followPods } from './followPods.js';
import { CONTAINER_SECURITY, nameOf, type Run } from './manifests.js';
import { NotMeasured, outcomeOfError } from './notMeasured.js';
import { type PodDetails, podDetails } from './objects.js';
import { HOPELESS } from './probePods.js';
import { PODS } from './resources.js';
import type { Right } from './rights.js';
import type { Vantage } from './vantage.js';

export const EPHEMERAL_RIGHTS: readonly Right[] = [
  {
    verb: 'patch',
    group: '',
    resource: 'pods',
    subresource: 'ephemeralcontainers',
    purpose: 'adding the ephemeral container',
  },
  { verb: 'list', group: '', resource: 'pods', purpose: 'following the container as it starts' },
  { verb: 'watch', group: '', resource: 'pods', purpose: 'following the container as it starts' },
];

/** Waits until it is asked to end, and so many seconds at the most. A shell ends at once only while it waits, not while it sleeps. */
const HOLD = 'trap "exit 0" TERM; sleep "$1" & wait';
/**
 * Ends the container whose run is named: in a pod that shares its processes its first process is not number 1, and those of
 * other containers are to be seen. The two parts of the name are put together here only, so that this program does not find
 * itself; `read` leaves out the zero bytes between arguments.
 */
const RELEASE = `
for process in /proc/[0-9]*; do
  read -r line <"$process/cmdline"
  case $line in *"$1-$2"*) kill "\${process#/proc/}" ;; esac
done
`.trim();

/** What is added to the pod, as a strategic merge patch of its subresource `ephemeralcontainers`. */
export const ephemeralPatch = (run: Run): JsonObject => ({
  spec: {
    ephemeralContainers: [
      {
        name: nameOf(run),
        image: run.image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', HOLD, nameOf(run), String(run.lifetimeSeconds)],
        securityContext: CONTAINER_SECURITY,
        terminationMessagePolicy: 'File',
      },
    ],
  },
});

async function patch(
  context: ProbeContext,
  run: Run,
  pod: PodDetails,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = pod.endpoint;
  await context.api.transport.request({
    method: 'PATCH',
    path: pathOf(PODS, namespace, name, 'ephemeralcontainers'),
    ...(dryRun ? { query: { dryRun: 'All' } } : {}),
    contentType: 'application/strategic-merge-patch+json',
    body: ephemeralPatch(run),
    signal,
    limits: context.api.limits,
  });
}

/** What the server says to such a container, without adding one; empty when it would let it in. */
export async function rejectionOfEphemeral(
  context: ProbeContext,
  run: Run,
  pod: PodDetails,
  signal: AbortSignal,
): Promise<string> {
  try {
    await patch(context, run, pod, true, signal);
    return '';
  } catch (error) {
    if (error instanceof KubeError && ['forbidden', 'invalid', 'notFound', 'server'].includes(error.kind))
      return words(error.message);
    throw error;
  }
}

/** For the image to be pulled, and the container to start. */
const START_LIMIT_MS = 90_000;
const LOOK_AGAIN_MS = 5_000;

interface Started {
  /** The pod's. */
  readonly name: string;
  readonly state: 'running' | 'starting' | 'failed';
  readonly words: string;
  readonly imageId: string;
  readonly pod: PodDetails;
}

function startedOf(object: JsonObject, container: string): Started {
  const pod = podDetails(object);
  const status = listOf(at(object, 'status', 'ephemeralContainerStatuses')).find(
    (one) => at(one, 'name') === container,
  );
  const waiting = at(status, 'state', 'waiting');
  const ended = at(status, 'state', 'terminated');
  const why = ended ?? waiting;
  const said = `${textOf(at(why, 'reason'))}${textOf(at(why, 'message')) === '' ? '' : `: ${textOf(at(why, 'message'))}`}`;
  return {
    name: pod.endpoint.name,
    state:
      at(status, 'state', 'running') !== undefined
        ? 'running'
        : ended !== undefined || HOPELESS.has(textOf(at(waiting, 'reason')))
          ? 'failed'
          : 'starting',
    words: words(said),
    imageId: textOf(at(status, 'imageID')),
    pod,
  };
}

/** Adds the container and waits until it runs. Throws `NotMeasured`. */
export async function addEphemeralContainer(
  context: ProbeContext,
  run: Run,
  source: PodDetails,
  signal: AbortSignal,
): Promise<Vantage> {
  const { namespace, name } = source.endpoint;
  const container = nameOf(run);
  const what = `container ${container} of pod ${namespace}/${name}`;
  try {
    await patch(context, run, source, false, signal);
  } catch (error) {
    // The right was asked for when the plan was made: what refuses now is the server's admission.
    if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'invalid'))
      throw new NotMeasured({ kind: 'rejected', what, words: words(error.message) });
    throw new NotMeasured(outcomeOfError(error, `pod ${namespace}/${name}`, `patch pods in namespace ${namespace}`));
  }
  const scope = { namespace, fieldSelector: `metadata.name=${name}` };
  const isOver = ([one]: readonly Started[]): boolean =>
    one !== undefined && (one.state !== 'starting' || one.pod.terminating || one.pod.uid !== source.uid);
  let seen = false;
  const wait = {
    // A pod that is not there any more never starts anything.
    enough: (pods: readonly Started[]) => (seen && pods.length === 0) || isOver(pods),
    limitMs: START_LIMIT_MS,
    graceMs: LOOK_AGAIN_MS,
    onChange: () => {
      seen = true;
    },
  };
  const [now] = await followPods(
    context.api,
    scope,
    jsonCodec((object) => startedOf(object, container)),
    wait,
    signal,
  );
  if (now === undefined || now.pod.terminating || now.pod.uid !== source.uid)
    throw new NotMeasured({ kind: 'podGone', pod: `pod ${namespace}/${name}` });
  if (now.state !== 'running') {
    const late = `it did not start within ${START_LIMIT_MS / 1000} s${now.words === '' ? '' : ` (${now.words})`}`;
    throw new NotMeasured({ kind: 'notRunning', what, words: now.state === 'failed' ? now.words : late });
  }
  return {
    means: 'ephemeral',
    ref: { namespace, pod: name, container },
    source: now.pod.endpoint,
    pod: now.pod,
    image: run.image,
    imageId: now.imageId,
    peer: undefined,
  };
}

const RELEASE_LIMIT_MS = 10_000;

/** Ends the container. Where that cannot be done it ends by itself, at its limit. Never throws. */
export async function endEphemeralContainer(context: ProbeContext, run: Run, vantage: Vantage): Promise<void> {
  const name = nameOf(run);
  const cut = name.lastIndexOf('-');
  const command = ['sh', '-c', RELEASE, 'release', name.slice(0, cut), name.slice(cut + 1)];
  const signal = AbortSignal.timeout(RELEASE_LIMIT_MS);
  await exec(context.access, { ...vantage.ref, command, limitMs: RELEASE_LIMIT_MS }, signal);
}
