/** Which rights a plan takes, asked for one by one (SelfSubjectAccessReview), and what the server's admission says. */
import { words } from '../../core/reach/outcome.js';
import type { PlannedRight } from '../../core/reach/plan.js';
import { pathOf } from '../api.js';
import { KubeError } from '../errors.js';
import type { ProbeContext } from './context.js';
import { nameOf, pinnedPod, type Role, type Run } from './manifests.js';
import { PODS } from './resources.js';

export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly optional?: true;
  readonly purpose: string;
}

/** Running programs in pods: both verbs, see `rightToExec`. */
export const EXEC_RIGHTS: readonly Right[] = [
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec', purpose: 'running the probes in the pods' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'exec', purpose: 'the same, as WebSockets ask for it' },
];

/** Objects under a deadline, and that nothing of them is left. */
export const LIFECYCLE_RIGHTS: readonly Right[] = [
  { verb: 'create', group: 'batch', resource: 'jobs', purpose: 'the Job that carries the deadline' },
  { verb: 'delete', group: 'batch', resource: 'jobs', purpose: 'cleaning up' },
  { verb: 'list', group: 'batch', resource: 'jobs', purpose: 'making sure that nothing is left' },
  { verb: 'list', group: '', resource: 'pods', purpose: 'following the probe pods as they start' },
  { verb: 'watch', group: '', resource: 'pods', purpose: 'following the probe pods as they start' },
  { verb: 'deletecollection', group: '', resource: 'pods', optional: true, purpose: 'cleaning up at once' },
  { verb: 'list', group: '', resource: 'events', optional: true, purpose: 'saying why a probe pod does not start' },
  {
    verb: 'get',
    group: '',
    resource: 'pods',
    subresource: 'log',
    optional: true,
    purpose: 'telling in which direction packets are lost',
  },
];

export const DAEMON_SET_RIGHTS: readonly Right[] = [
  { verb: 'create', group: 'apps', resource: 'daemonsets', purpose: 'a probe pod on every node' },
  { verb: 'delete', group: 'apps', resource: 'daemonsets', purpose: 'cleaning up' },
  { verb: 'list', group: 'apps', resource: 'daemonsets', purpose: 'making sure that nothing is left' },
];

/** Asks for all of them in a namespace. */
export async function askRights(
  context: ProbeContext,
  namespace: string,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<PlannedRight[]> {
  return await Promise.all(
    rights.map(async ({ verb, group, resource, subresource, optional = false, purpose }) => {
      const permission = { verb, group, resource, namespace, ...(subresource === undefined ? {} : { subresource }) };
      const { allowed } = await context.api.mayI(permission, signal);
      const name = subresource === undefined ? resource : `${resource}/${subresource}`;
      return { verb, resource: group === '' ? name : `${name}.${group}`, namespace, optional, allowed, purpose };
    }),
  );
}

/** What the server's admission says to such a pod, without making one (`dryRun`); empty when it would let it in. */
export async function rejectionOf(
  context: ProbeContext,
  run: Run,
  role: Role,
  node: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    await context.api.transport.request({
      method: 'POST',
      path: pathOf(PODS, run.namespace),
      query: { dryRun: 'All' },
      body: pinnedPod(run, role, node, nameOf(run, role), undefined),
      signal,
      limits: context.api.limits,
    });
    return '';
  } catch (error) {
    if (error instanceof KubeError && ['forbidden', 'invalid', 'notFound', 'server'].includes(error.kind))
      return words(error.message);
    throw error;
  }
}
