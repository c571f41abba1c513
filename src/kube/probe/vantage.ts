/**
 * Vantage points: the container in which a pair's probe runs – the source's own, an ephemeral one beside it, or that of a
 * probe pod which stands for the source.
 */
import { type Endpoint, formatEndpoint, type NodeEndpoint } from '../../core/reach/endpoint.js';
import type { Means } from '../../core/reach/report.js';
import type { ProbeContext } from './context.js';
import { type ContainerRef, rightToExec } from './exec.js';
import { NotMeasured } from './notMeasured.js';
import type { ContainerDetails, PodDetails } from './objects.js';
import type { Target } from './pairTarget.js';

export interface Vantage {
  readonly means: Means;
  readonly ref: ContainerRef;
  /** As whom the target sees the probe. */
  readonly source: Endpoint;
  /** The pod in which it runs. */
  readonly pod: PodDetails;
  readonly image: string;
  /** What really runs, with its digest; empty: unknown. */
  readonly imageId: string;
  /** A probe pod on the target's node, where one was made. */
  readonly peer: PodDetails | undefined;
}

/** Both ends of a pair, read from the server. */
export interface Ends {
  /** Undefined: the source is a node. */
  readonly source: PodDetails | undefined;
  /** The node, when the source is one. */
  readonly node: NodeEndpoint | undefined;
  readonly target: Target;
}

/** How a vantage point comes to be, and what is done when the probe is over. */
export interface Way {
  readonly means: Means;
  /** Throws `NotMeasured` when there is none to be had. */
  readonly open: (ends: Ends, signal: AbortSignal) => Promise<Vantage>;
  /** Called once, whatever happened; `vantage` undefined: it did not come to one. Answers with what is left in the cluster. */
  readonly close: (vantage: Vantage | undefined) => Promise<readonly string[]>;
}

/** The container that `kubectl exec` would take, or the one that is named. Throws `NotMeasured` when it does not run. */
export function containerOf(source: PodDetails, wanted: string | undefined): ContainerDetails {
  const { endpoint, phase, terminating } = source;
  const name = wanted ?? source.defaultContainer;
  const container = source.containers.find((one) => one.name === name);
  const what = formatEndpoint(endpoint);
  if (terminating) throw new NotMeasured({ kind: 'podGone', pod: what });
  if (container?.running !== true || phase !== 'Running')
    throw new NotMeasured({
      kind: 'notRunning',
      what: container === undefined ? `container ${name} of ${what}` : what,
      words: container === undefined ? 'there is no such container' : `phase ${phase}`,
    });
  return container;
}

/** The source's own container. Throws `NotMeasured` where it does not run, or nobody may run anything in it. */
export async function ownContainer(
  context: ProbeContext,
  source: PodDetails,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Vantage> {
  const container = containerOf(source, wanted);
  const { namespace, name } = source.endpoint;
  await mayExec(context, namespace, signal);
  return {
    means: 'exec',
    ref: { namespace, pod: name, container: container.name },
    source: source.endpoint,
    pod: source,
    image: container.image,
    imageId: container.imageId,
    peer: undefined,
  };
}

/** Asks before trying, so that the missing right can be named. Both verbs: see `rightToExec`. */
async function mayExec(context: ProbeContext, namespace: string, signal: AbortSignal): Promise<void> {
  for (const verb of ['create', 'get'] as const) {
    const permission = { verb, group: '', resource: 'pods', subresource: 'exec', namespace };
    const { allowed, reason } = await context.api.mayI(permission, signal);
    if (!allowed) throw new NotMeasured({ kind: 'notPermitted', right: rightToExec(verb, namespace), words: reason });
  }
}

/** Probes from the source's own container: creates nothing. */
export const ownWay = (context: ProbeContext, container: string | undefined): Way => ({
  means: 'exec',
  open: async ({ source, node }, signal) => {
    if (source !== undefined) return await ownContainer(context, source, container, signal);
    const what = node === undefined ? 'the source' : formatEndpoint(node);
    throw new NotMeasured({ kind: 'notRunning', what, words: 'a node has no container to run a program in' });
  },
  close: () => Promise.resolve([]),
});
