/** Answers to what the other side asks: one function a request, all of them in one table that must be complete. */
import { fieldLocator } from '../core/manifests/locate.js';
import { parseAddress } from '../core/ip/address.js';
import { buildMapModel } from '../core/map/build.js';
import { explain } from '../core/network/explain.js';
import type { ServiceFacts } from '../core/network/facts.js';
import { customObject } from '../core/network/fromObjects.js';
import type { JsonObject } from '../core/network/json.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import type { FieldPath, ObjectRef } from '../core/network/place.js';
import type { PodTable } from '../core/network/podTable.js';
import type { ProbePlan, ProbeProgress, ProbeReport } from '../core/reach/report.js';
import type { VerifyPlan, VerifyProgress, VerifyReport } from '../core/reach/verification.js';
import type { Api } from './api.js';
import { KubeError } from './errors.js';
import { liveText } from './liveObjects.js';
import { resourceOf } from './resources.js';
import { findAllOurs, isStale, type Leftover, sweep } from './probe/lifecycle.js';
import type { PlannedRuns, Turn } from './probe/plannedRuns.js';
import { prepareProbe } from './probe/pairPlan.js';
import { probePair } from './probe/probePair.js';
import { prepareVerification } from './probe/verify.js';
import type { ProbeContext } from './probe/context.js';
import type {
  ConnectionState,
  LeftoverSummary,
  LineSpan,
  Listener,
  PodPage,
  ProgressOf,
  ServiceSummary,
  SessionRequests,
} from './session.js';
import type { Model } from './model.js';
import { podSummary } from './summaries.js';

/** What the answers are made from. */
export interface RequestContext {
  readonly api: Api;
  readonly pods: PodTable;
  readonly model: Model;
  readonly state: () => ConnectionState;
  /** Watches these live objects and no others. */
  readonly observe: (refs: readonly ObjectRef[]) => void;
  readonly probing: ProbeContext;
  readonly turn: Turn;
  readonly probes: PlannedRuns<ProbePlan, ProbeReport, ProbeProgress>;
  readonly verifications: PlannedRuns<VerifyPlan, VerifyReport, VerifyProgress>;
}

export type Handlers = {
  readonly [K in keyof SessionRequests]: (
    context: RequestContext,
    params: SessionRequests[K]['params'],
    signal: AbortSignal,
    onProgress: Listener<ProgressOf<K>>,
  ) => SessionRequests[K]['result'] | Promise<SessionRequests[K]['result']>;
};

export const HANDLERS: Handlers = {
  overview: ({ model, state }) => ({ state: state(), ...model.picture }),
  podsOfNode: ({ pods }, { node, offset, limit }) => podsOfNode(pods, node, offset, limit),
  findServices: ({ model }, { text, limit }) => ({
    services: findServices(model.network?.facts.services ?? [], text, limit),
  }),
  findPods: ({ pods }, { text, limit }) => findPods(pods, text, limit),
  explain: ({ model }, { text }) =>
    model.network === undefined
      ? { ok: false, reason: 'cannot be looked up before the cluster was read' }
      : explain(model.network, text),
  object: async ({ api }, { ref }, signal) => ({
    json: JSON.stringify(customObject(await getObject(api, ref, signal)).content),
  }),
  objectText: async ({ api }, { ref }, signal) => ({ text: liveText(await getObject(api, ref, signal)) }),
  locate: async ({ api }, { ref, paths }, signal) => ({ spans: locate(await getObject(api, ref, signal), paths) }),
  observe: ({ observe }, { refs }) => {
    observe(refs);
    return {};
  },
  map: ({ model, state }, { context, severities, hidden, measured }) => {
    if (model.network === undefined) return { model: undefined };
    const isHidden = new Set(hidden);
    const findings = [...model.findings, ...measured].flatMap((found) => {
      const severity = severities[found.code] ?? found.severity;
      return severity === 'off' || isHidden.has(found.id) ? [] : [{ ...found, severity }];
    });
    return { model: buildMapModel(model.network, findings, { context, simulated: isSimulated(state()) }) };
  },
  probe: ({ probing }, request, signal, onProgress) => probePair(probing, request, onProgress, signal),
  probePlan: async ({ probing, probes }, { request, options }, signal) =>
    probes.keep(await prepareProbe(probing, request, options, signal)),
  probeRun: ({ probes }, { run }, signal, onProgress) => probes.run(run, onProgress, signal),
  verifyPlan: async ({ probing, verifications }, options, signal) =>
    verifications.keep(await prepareVerification(probing, options, signal)),
  verify: ({ verifications }, { run }, signal, onProgress) => verifications.run(run, onProgress, signal),
  cancelRun: ({ turn }, { run }) => {
    turn.cancel(run);
    return {};
  },
  leftovers: async ({ api, probing }, _, signal) => ({
    objects: (await findAllOurs(api, probing.access.namespace, signal)).map(summaryOf),
  }),
  sweep: async ({ api, probing }, { all }, signal) => {
    const ours = await findAllOurs(api, probing.access.namespace, signal);
    const found = ours.filter((one) => all || isStale(one, Date.now()));
    await sweep(api, found, signal);
    return { removed: found.map(summaryOf) };
  },
};

const summaryOf = (object: Leftover): LeftoverSummary => ({
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
  createdAt: object.createdAt,
  stale: isStale(object, Date.now()),
});

/** Whether the API server says of itself that it is a simulated one. */
const isSimulated = (state: ConnectionState): boolean =>
  state.phase === 'connected' && state.version.includes('+simulated');

async function getObject(api: Api, ref: ObjectRef, signal: AbortSignal): Promise<JsonObject> {
  if (ref.kind === 'Secret') throw new KubeError('forbidden', 'Secrets are never read');
  const resource = await resourceOf(api, ref, signal);
  return api.get(resource, resource.namespaced ? ref.namespace : undefined, ref.name, signal);
}

/** Where the fields stand in the object's text. What is located stands on one line. */
function locate(object: JsonObject, paths: readonly FieldPath[]): readonly LineSpan[] {
  const text = liveText(object);
  const find = fieldLocator(text);
  return paths.map((path) => {
    const { start, end } = find(path);
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    return { line: text.slice(0, start).split('\n').length - 1, start: start - lineStart, end: end - lineStart };
  });
}

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

function findServices(services: readonly ServiceFacts[], text: string, limit: number): ServiceSummary[] {
  const wanted = text.trim().toLowerCase();
  return services
    .map(({ namespace, name, clusterIPs }) => ({ namespace, name, clusterIPs: clusterIPs.map((ip) => ip.text) }))
    .filter(({ namespace, name, clusterIPs }) =>
      [`${namespace}/${name}`, ...clusterIPs].some((word) => word.includes(wanted)),
    )
    .sort((a, b) => compareNatural(a.namespace, b.namespace) || compareNatural(a.name, b.name))
    .slice(0, Math.min(limit, MAX_ROWS));
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
