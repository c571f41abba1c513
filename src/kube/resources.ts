/** How the server serves a kind. */
import type { ObjectRef } from '../core/network/place.js';
import type { Api, Resource } from './api.js';
import { KubeError } from './errors.js';

/** By the server's discovery. Throws `notFound` when it does not serve the kind. */
export async function resourceOf(api: Api, ref: ObjectRef, signal: AbortSignal): Promise<Resource> {
  const resource = (await api.resourcesOf(ref.apiVersion, signal)).get(ref.kind);
  if (resource === undefined)
    throw new KubeError('notFound', `the API server does not serve ${ref.kind} of ${ref.apiVersion}`);
  return resource;
}
