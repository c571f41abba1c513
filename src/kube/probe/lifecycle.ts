/**
 * The life of a run's objects: created under their deadline, deleted at the end, and – where a client was killed – found and
 * swept later.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { at, listOf, numberOf, parseJson, textMapOf, textOf } from '../../core/network/json.js';
import { type Api, pathOf, type Resource, type Scope } from '../api.js';
import { KubeError, type KubeErrorKind } from '../errors.js';
import { deadlineJob, nameOf, OURS, type Owner, type Run, runOf, selectRun } from './manifests.js';
import { DAEMON_SETS, JOBS, PODS } from './resources.js';

/** Creates the Job that owns everything else. From here on the server takes all of it away by itself. */
export async function begin(api: Api, run: Run, signal: AbortSignal): Promise<Owner> {
  const job = await api.create(JOBS, run.namespace, deadlineJob(run), signal);
  return { name: textOf(at(job, 'metadata', 'name')), uid: textOf(at(job, 'metadata', 'uid')) };
}

/** An object of ours in the cluster. */
export interface Leftover {
  readonly kind: 'Job' | 'DaemonSet' | 'Pod';
  readonly namespace: string;
  readonly name: string;
  readonly run: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** When the server will take it away by itself, as RFC 3339; empty where it has no deadline of its own. */
  readonly endsAt: string;
}

const KINDS = [
  ['Job', JOBS],
  ['DaemonSet', DAEMON_SETS],
  ['Pod', PODS],
] as const;
const PAGE = 500;

/** Objects of ours in one namespace: of one run, or of all of them. Kinds that may not be listed are left out. */
export async function findOurs(
  api: Api,
  where: { readonly namespace: string; readonly run?: string },
  signal: AbortSignal,
): Promise<Leftover[]> {
  const labelSelector = where.run === undefined ? OURS : selectRun(where.run);
  const found: Leftover[] = [];
  for (const [kind, resource] of KINDS) {
    await tolerating('forbidden', async () => {
      found.push(...(await list(api, kind, resource, { namespace: where.namespace, labelSelector }, signal)));
    });
  }
  return found;
}

/** Objects of ours in every namespace, of all runs; without the right to list them everywhere, those in `namespace`. */
export async function findAllOurs(api: Api, namespace: string, signal: AbortSignal): Promise<Leftover[]> {
  try {
    const kinds = KINDS.map(([kind, resource]) => list(api, kind, resource, { labelSelector: OURS }, signal));
    return (await Promise.all(kinds)).flat();
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'forbidden') return await findOurs(api, { namespace }, signal);
    throw error;
  }
}

async function list(
  api: Api,
  kind: Leftover['kind'],
  resource: Resource,
  scope: Scope,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const answer = await api.page(resource, { ...scope, limit: PAGE }, 'application/json', signal);
  return listOf(at(parseJson(answer.text), 'items')).map((item) => leftover(kind, item));
}

function leftover(kind: Leftover['kind'], item: unknown): Leftover {
  const createdAt = textOf(at(item, 'metadata', 'creationTimestamp'));
  const seconds = numberOf(at(item, 'spec', 'activeDeadlineSeconds'));
  const created = Date.parse(createdAt);
  return {
    kind,
    namespace: textOf(at(item, 'metadata', 'namespace')),
    name: textOf(at(item, 'metadata', 'name')),
    run: runOf(textMapOf(at(item, 'metadata', 'labels'))),
    createdAt,
    endsAt: seconds === undefined || Number.isNaN(created) ? '' : new Date(created + seconds * 1000).toISOString(),
  };
}

async function tolerating(kind: KubeErrorKind, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof KubeError && error.kind === kind)) throw error;
  }
}

/** Deletes an object and lets the server's garbage collector take what it owns. One that is gone already is deleted. */
const remove = (api: Api, resource: Resource, namespace: string, name: string, signal: AbortSignal): Promise<void> =>
  tolerating('notFound', () =>
    api.transport.request({
      method: 'DELETE',
      path: pathOf(resource, namespace, name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      signal,
      limits: api.limits,
    }),
  );

/** Deletes the pods of a run at once. Without the right to, the garbage collector does it a few seconds later. */
const removePods = (api: Api, namespace: string, run: string, signal: AbortSignal): Promise<void> =>
  tolerating('forbidden', () =>
    api.transport.request({
      method: 'DELETE',
      path: pathOf(PODS, namespace),
      query: { labelSelector: selectRun(run) },
      body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 },
      signal,
      limits: api.limits,
    }),
  );

/** Deletes these objects of ours: owners before what they own, or a DaemonSet would make its pods anew. */
export async function sweep(api: Api, objects: readonly Leftover[], signal: AbortSignal): Promise<void> {
  for (const [kind, resource] of KINDS.slice(0, 2)) {
    for (const { namespace, name } of objects.filter((one) => one.kind === kind))
      await remove(api, resource, namespace, name, signal);
  }
  const runs = new Map(objects.map((one) => [`${one.namespace} ${one.run}`, one]));
  for (const { namespace, run } of runs.values()) {
    if (run !== '') await removePods(api, namespace, run, signal);
  }
}

/** After the deadline clocks may differ, and the server needs some seconds itself. */
const MARGIN_MS = 60_000;
/** What has no deadline of its own is owned by something that has; an hour is longer than any run. */
const LONGEST_MS = 3_600_000;

/** Whether an object outlived its run: then nobody works with it any more. `now` in milliseconds since the epoch. */
export function isStale(object: Leftover, now: number): boolean {
  const ends = Date.parse(object.endsAt);
  return Number.isNaN(ends) ? now - Date.parse(object.createdAt) > LONGEST_MS : now > ends + MARGIN_MS;
}

export interface Cleanup {
  /** What was still there when waiting was given up: the server takes it away at its deadline. */
  readonly left: readonly Leftover[];
  readonly ms: number;
}

const CLEANUP_LIMIT_MS = 30_000;
const LOOK_AGAIN_MS = 300;
/** After an error: an API server that is down comes back after some seconds, mostly. */
const TRY_AGAIN_MS = 1_000;

/**
 * Deletes everything of a run, and waits until it is gone. Has a limit of its own and no other signal: it runs after a cancel
 * too. Never throws: what could not be deleted is what is left.
 */
export async function end(api: Api, run: Pick<Run, 'id' | 'namespace'>): Promise<Cleanup> {
  const started = Date.now();
  const signal = AbortSignal.timeout(CLEANUP_LIMIT_MS);
  const where = { namespace: run.namespace, run: run.id };
  // Until it was looked: the Job, which owns everything else.
  const job = { kind: 'Job', ...where, name: nameOf(run) } as const;
  let left: Leftover[] = [{ ...job, createdAt: new Date(started).toISOString(), endsAt: '' }];
  const isOver = (): boolean => signal.aborted;
  while (left.length > 0 && !isOver()) {
    try {
      left = await findOurs(api, where, signal);
      // More than once: a DaemonSet's controller that has not heard of the end yet makes a pod anew.
      await sweep(api, left, signal);
      // The garbage collector tells nobody when it is done; what it took is missing from lists.
      if (left.length > 0) await delay(LOOK_AGAIN_MS, undefined, { signal });
    } catch (error) {
      if (isOver()) break;
      if (!(error instanceof KubeError)) throw error;
      // The limit may come while waiting: then the loop ends.
      await delay(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return { left, ms: Date.now() - started };
}
