/** What every probe works with: the cluster's API, its exec streams, and the model where there is one. */
import type { ClusterNetwork } from '../../core/network/clusterNetwork.js';
import type { ClusterAccess } from '../access.js';
import type { Api } from '../api.js';
import type { Log } from '../log.js';
import type { ToolCache } from './toolCache.js';

export interface ProbeContext {
  readonly access: ClusterAccess;
  readonly api: Api;
  /** The model as it is now; undefined before it was read. */
  readonly network: () => ClusterNetwork | undefined;
  /** Lives as long as the connection: what an image holds does not change. */
  readonly tools: ToolCache;
  readonly log: Log;
}
