/** Answers to what the other side asks: one function a request, all of them in one table that must be complete. */
import { parseAddress } from '../core/ip/address.js';
import { buildMapModel } from '../core/map/build.js';
import { customObject } from '../core/network/fromObjects.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import type { ObjectRef } from '../core/network/place.js';
import type { PodTable } from '../core/network/podTable.js';
import type { Api, Resource } from './api.js';
import { KubeError } from './errors.js';
import type { ConnectionState, PodPage, SessionRequests } from './session.js';
import type { Model } from './model.js';
import { podSummary } from './summaries.js';

/** What the answers are made from. */
export interface RequestContext {
  readonly api: Api;
  readonly pods: PodTable;
  readonly model: Model;
  readonly state: () => ConnectionState;
}

export type Handlers = {
  readonly [K in keyof SessionRequests]: (
    context: RequestContext,
    params: SessionRequests[K]['params'],
    signal: AbortSignal,
  ) => SessionRequests[K]['result'] | Promise<SessionRequests[K]['result']>;
};

export const HANDLERS: Handlers = {
  overview: ({ model, state }) => ({ state: state(), ...model.picture }),
  podsOfNode: ({ pods }, { node, offset, limit }) => podsOfNode(pods, node, offset, limit),
  findPods: ({ pods }, { text, limit }) => findPods(pods, text, limit),
  object: async ({ api }, { ref }, signal) => {
    if (ref.kind === 'Secret') throw new KubeError('forbidden', 'Secrets are never read');
    const resource = await resourceOf(api, ref, signal);
    const object = await api.get(resource, resource.namespaced ? ref.namespace : undefined, ref.name, signal);
    return { json: JSON.stringify(customObject(object).content) };
  },
  map: ({ model, state }, { context, severities, hidden }) => {
    if (model.network === undefined) return { model: undefined };
    const isHidden = new Set(hidden);
    const findings = model.picture.findings.flatMap((found) => {
      const severity = severities[found.code] ?? found.severity;
      return severity === 'off' || isHidden.has(found.id) ? [] : [{ ...found, severity }];
    });
    return { model: buildMapModel(model.network, findings, { context, simulated: isSimulated(state()) }) };
  },
};

/** Whether the API server says of itself that it is a simulated one. */
const isSimulated = (state: ConnectionState): boolean =>
  state.phase === 'connected' && state.version.includes('+simulated');

/** The most that one answer carries. */
const MAX_ROWS = 5_000;

function comparePods(pods: PodTable, a: number, b: number): number {
  return compareNatural(pods.namespace(a), pods.namespace(b)) || compareNatural(pods.name(a), pods.name(b));
}

function podsOfNode(pods: PodTable, node: string, offset: number, limit: number): PodPage {
  const rows = [...pods.rowsOfNode(node)].sort((a, b) => comparePods(pods, a, b));
  const page = rows.slice(offset, offset + Math.min(limit, MAX_ROWS));
  return { total: rows.length, pods: page.map((row) => podSummary(pods, row)) };
}

/** The first pods in natural order whose `namespace/name` or address contains the text; an address in full finds it in any spelling. */
function findPods(pods: PodTable, text: string, limit: number): PodPage {
  const wanted = text.trim().toLowerCase();
  const address = parseAddress(wanted);
  const looksLikeAddress = /^[0-9a-f.:]+$/.test(wanted) && /[.:]/.test(wanted);
  const matches = (row: number): boolean => {
    if (`${pods.namespace(row)}/${pods.name(row)}`.includes(wanted)) return true;
    if (address.ok)
      return address.value.family === 4
        ? pods.ipv4(row) === Number(address.value.value)
        : pods.ipv6(row) === address.value.value;
    return looksLikeAddress && pods.ips(row).some((ip) => ip.includes(wanted));
  };
  const most = Math.min(limit, MAX_ROWS);
  const found: number[] = [];
  let total = 0;
  for (const row of pods.rows()) {
    if (!matches(row)) continue;
    total++;
    // Only the first few are kept, in order: sorting all 150,000 would take a second.
    const last = found.at(-1);
    if (found.length === most && (last === undefined || comparePods(pods, row, last) >= 0)) continue;
    let at = found.length;
    while (at > 0 && comparePods(pods, row, found[at - 1] ?? row) < 0) at--;
    found.splice(at, 0, row);
    if (found.length > most) found.pop();
  }
  return { total, pods: found.map((row) => podSummary(pods, row)) };
}

/** How the server serves this kind, by its discovery. Throws `notFound` when it does not. */
async function resourceOf(api: Api, ref: ObjectRef, signal: AbortSignal): Promise<Resource> {
  const resource = (await api.resourcesOf(ref.apiVersion, signal)).get(ref.kind);
  if (resource === undefined)
    throw new KubeError('notFound', `the API server does not serve ${ref.kind} of ${ref.apiVersion}`);
  return resource;
}
