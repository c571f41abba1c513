/**
 * Namespaces of a user who may not list namespaces, where the cluster is an OpenShift: it lists to everybody the projects
 * that they may see, each of which is a namespace.
 * https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/project_apis/project-project-openshift-io-v1
 */
import type { Api, Resource } from '../api.js';
import type { Connection } from '../connection.js';
import { errorOfSocket } from '../errors.js';
import type { Log } from '../log.js';
import { spread, type Timing, wait } from '../timing.js';
import { jsonCodec } from './codec.js';
import { entryOf } from './entry.js';

const PROJECTS: Resource = {
  group: 'project.openshift.io',
  version: 'v1',
  plural: 'projects',
  kind: 'Project',
  namespaced: false,
};
const codec = jsonCodec((object) => entryOf(object, () => undefined));
/** More are neither shown nor read one by one. */
const MAX_PROJECTS = 5_000;

export interface ProjectsParts {
  readonly api: Api;
  readonly connection: Connection;
  readonly log: Log;
  readonly timing: Timing;
  readonly onProjects: (names: readonly string[]) => void;
}

/** Asks for the projects now and then, until the signal is aborted; then throws `cancelled`. A list of projects has no version to watch from. */
export async function followProjects(parts: ProjectsParts, signal: AbortSignal): Promise<never> {
  const { api, connection, log, timing, onProjects } = parts;
  for (;;) {
    await connection.up(signal);
    let againMs = timing.forbiddenRetryMs;
    try {
      const page = codec.page(await api.page(PROJECTS, { limit: MAX_PROJECTS }, codec.accept, signal));
      onProjects([...page.items()].map(({ name }) => name));
    } catch (thrown) {
      const error = errorOfSocket(thrown);
      if (signal.aborted) throw error;
      // "Forbidden" is also what other servers say of what they do not have.
      if (error.kind === 'notFound' || error.kind === 'forbidden') againMs = timing.absentRetryMs;
      log('debug', 'projects: could not be listed', { reason: error.message });
    }
    await wait(spread(againMs), signal);
  }
}
