/**
 * Probes one pair: what *Probe Connectivity To…* does, from whichever vantage point.
 *
 * Answers with a report whatever happens; every way to fail has its outcome. What a way created is taken away before it answers.
 */
import { type Address, formatAddress } from '../../core/ip/address.js';
import { countEndpoints } from '../../core/network/endpointSlice.js';
import { ENDPOINT_SLICES, isKnown } from '../../core/network/facts.js';
import { evaluatePolicies, type PolicyAnswer, type PolicyEnd, strictest } from '../../core/policy/evaluate.js';
import type { Endpoint, NodeEndpoint } from '../../core/reach/endpoint.js';
import { natContextOf, othersAt } from '../../core/reach/owners.js';
import { type Outcome, reachOf, type UnmeasuredOutcome } from '../../core/reach/outcome.js';
import type { Around } from '../../core/reach/placement.js';
import { kubectlDebug, kubectlExec, kubectlRun, type Probe, summarise } from '../../core/reach/probe.js';
import { withBeside } from '../../core/reach/beside.js';
import { formatSource, type ProbeProgress, type ProbeReport, type ProbeRequest } from '../../core/reach/report.js';
import { isPodAddress, isServiceAddress, nodeOf, predictRoute } from '../../core/reach/route.js';
import { TOOL_TITLES } from '../../core/reach/tools/discovery.js';
import { judgePair, type PairFacts, type PairVerdict } from '../../core/reach/verdict.js';
import type { ProbeContext } from './context.js';
import { exec } from './exec.js';
import { portsOf } from './manifests.js';
import { canMeasure, measure, type Source } from './measure.js';
import { isUnmeasured, NotMeasured, outcomeOfError } from './notMeasured.js';
import { parsedAddresses, type PodDetails, policyPod, readNode, readPod, readPolicies } from './objects.js';
import { mayConcern, readOtherPolicies } from './otherPolicies.js';
import { confirmTarget, KUBELET_PORT, measurementsOf, resolveTarget, type Target } from './pairTarget.js';
import { probePeer } from './peer.js';
import { type Ends, ownWay, type Vantage, type Way } from './vantage.js';

/** `brief`: only whether the target answers, and if not, whether its node does. */
export interface Extent {
  readonly brief: boolean;
}

/** Probes from inside the source's own container. Creates nothing. */
export const probePair = (
  context: ProbeContext,
  request: ProbeRequest,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
  extent: Extent = { brief: false },
): Promise<ProbeReport> => {
  const container = request.source.kind === 'node' ? undefined : request.source.container;
  return probeBy(context, request, ownWay(context, container), onProgress, signal, extent);
};

type Policies = ReadonlyMap<Address['family'], PolicyAnswer>;

/** What is known so far; filled step by step, so that a probe that breaks off reports what it has. */
interface Found {
  ends?: Ends;
  vantage?: Vantage;
  /** What NetworkPolicies say, by the family of the addresses that are used. */
  policies: Policies;
  /** Those to the probe pod beside the target, by the protocol too: it listens on a port of each. */
  besidePolicies: Readonly<Record<'tcp' | 'udp', Policies>>;
  probes: Probe[];
  beside?: NonNullable<ProbeReport['beside']>;
  /** Probes of what lies around the target, made when it was not reached, each with what it is. */
  around: Around[];
  /** Policies of other kinds that may have blocked what was not reached; in words. */
  otherPolicies: readonly string[];
}

/** Probes by a way, and closes it. Answers whatever happens. */
export async function probeBy(
  context: ProbeContext,
  request: ProbeRequest,
  way: Way,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
  extent: Extent = { brief: false },
): Promise<ProbeReport> {
  const startedAt = new Date();
  const found: Found = {
    policies: new Map(),
    besidePolicies: { tcp: new Map(), udp: new Map() },
    probes: [],
    around: [],
    otherPolicies: [],
  };
  let notRun: UnmeasuredOutcome | undefined;
  try {
    await run(context, request, way, onProgress, signal, found, extent);
  } catch (error) {
    notRun = outcomeOfError(error, formatSource(request.source), 'read what is probed');
  }
  // Before anything is taken away: whose address is whose is looked up in the living model.
  const judged = judge(context, found, notRun);
  const left = await way.close(found.vantage);
  return report(context, request, way, found, judged, { notRun, left, startedAt });
}

/** Reads both ends of a request. Throws `NotMeasured`. */
export async function readEnds(context: ProbeContext, request: ProbeRequest, signal: AbortSignal): Promise<Ends> {
  const { source } = request;
  const [from, target] = await Promise.all([
    source.kind === 'node' ? readNode(context, source.name, signal) : readPod(context, source, signal),
    resolveTarget(context, request, signal),
  ]);
  return 'kind' in from ? { source: undefined, node: from, target } : { source: from, node: undefined, target };
}

async function run(
  context: ProbeContext,
  request: ProbeRequest,
  way: Way,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
  found: Found,
  { brief }: Extent,
): Promise<void> {
  onProgress({ step: 'reading' });
  const ends = await readEnds(context, request, signal);
  found.ends = ends;
  const { target } = ends;
  const vantage = await way.open(ends, signal);
  found.vantage = vantage;
  found.policies = await policyAnswers(context, vantage, target, signal);
  onProgress({ step: 'finding-tools', image: vantage.image });
  const runIn: Source['run'] = (one, stop) => exec(context.access, one, stop);
  const tools = await context.tools.find(runIn, vantage.ref, vantage.imageId, signal);
  const from: Source = {
    ref: vantage.ref,
    tools,
    run: runIn,
    onProgress,
    diagnose: (words, stop) => diagnose(context, vantage.pod, words, stop),
  };
  if (tools.length === 0) throw new NotMeasured({ kind: 'noTool', looked: TOOL_TITLES });
  const silent = new Set<string>();
  for (const measurement of measurementsOf(vantage.source, target)) {
    if (brief && (measurement.channel === 'http' || measurement.optional === true)) continue;
    if (measurement.optional === true && !canMeasure(from, measurement.channel)) continue;
    // Requests need the connection: where none was to be had, they would only wait for it once more.
    if (measurement.channel === 'http' && silent.has(formatAddress(measurement.address))) continue;
    const probe = await measure(from, measurement, signal);
    found.probes.push(probe);
    if (reachOf(summarise(probe.tries).outcome) === 'unreached') silent.add(probe.address);
  }
  if (vantage.peer !== undefined) {
    const { endpoint } = vantage.peer;
    onProgress({ step: 'probing', channel: 'tcp', address: endpoint.addresses[0] ?? '', attempt: 1 });
    const ports = portsOf('peer');
    const pod = vantage.peer;
    const to = (protocol: 'tcp' | 'udp') =>
      policyAnswers(context, vantage, { endpoint, pod, port: ports[protocol], protocol }, signal);
    found.besidePolicies = { tcp: await to('tcp'), udp: await to('udp') };
    found.beside = { target: endpoint, ...(await probePeer(context, vantage, pod, signal)) };
  }
  const failed = failures(found.probes);
  const shared = othersAt(target.endpoint, vantage.source, context.network()).length > 0;
  if (shared || found.probes.some(isTrouble)) await confirmTarget(context, target, signal);
  if (failed.length === 0 && failures(found.beside?.probes ?? []).length === 0) return;
  await lookAround(context, from, found, vantage, target, failed, signal);
  if (!brief) found.otherPolicies = await otherPoliciesOf(context, vantage, target, signal);
}

const failures = (probes: readonly Probe[]): Probe[] =>
  probes.filter((probe) => reachOf(summarise(probe.tries).outcome) === 'unreached');

/** Whether something was lost, or another answered: what a pod that is gone explains. */
const isTrouble = ({ tries }: Probe): boolean =>
  tries.map(reachOf).some((reach) => reach === 'unreached' || reach === 'misdirected');

/** After a stream broke off without a status: whether the pod is still there, and whether the API server is. */
async function diagnose(
  context: ProbeContext,
  pod: PodDetails,
  words: string,
  signal: AbortSignal,
): Promise<NotMeasured> {
  const { namespace, name } = pod.endpoint;
  const gone = new NotMeasured({ kind: 'podGone', pod: `pod ${namespace}/${name}` });
  try {
    const now = await readPod(context, { namespace, name }, signal);
    return now.uid !== pod.uid || now.terminating ? gone : new NotMeasured({ kind: 'nodeGone', words });
  } catch (error) {
    return error instanceof NotMeasured ? error : gone;
  }
}

const NOT_A_POD: PolicyAnswer = {
  kind: 'unknown',
  reasons: ['policies apply to the pods behind a Service, not to its address'],
  policies: [],
};

const SELECTED_BY_LABELS: PolicyAnswer = {
  kind: 'unknown',
  reasons: ['the address is a pod’s or a Service’s, or may be: policies select those by labels'],
  policies: [],
};

/** Whether an address that was typed in may stand for something that policies select by labels. */
function mayBeSelected(endpoint: Endpoint, network: ReturnType<ProbeContext['network']>): boolean {
  if (endpoint.kind !== 'address') return false;
  const [text] = endpoint.addresses;
  return network === undefined || isPodAddress(text, network) || isServiceAddress(text, network);
}

/** What NetworkPolicies say of the connection, for each family that both ends have: an `ipBlock` means the address that is used. */
async function policyAnswers(
  context: ProbeContext,
  { pod: source }: Vantage,
  { pod, endpoint, port, protocol }: Pick<Target, 'pod' | 'endpoint' | 'port' | 'protocol'>,
  signal: AbortSignal,
): Promise<Policies> {
  const families = [...new Set(parsedAddresses(endpoint.addresses).map(({ family }) => family))];
  if (endpoint.kind === 'service') return new Map(families.map((family) => [family, NOT_A_POD]));
  if (mayBeSelected(endpoint, context.network()))
    return new Map(families.map((family) => [family, SELECTED_BY_LABELS]));
  const namespaces = [source.endpoint.namespace, ...(pod === undefined ? [] : [pod.endpoint.namespace])];
  const [policies, from, to] = await Promise.all([
    readPolicies(context, namespaces, signal),
    policyPod(context, source, signal),
    pod === undefined ? hostEnd(context, endpoint) : policyPod(context, pod, signal),
  ]);
  const traffic = {
    protocol: port === undefined ? ('ICMP' as const) : protocol === 'udp' ? ('UDP' as const) : ('TCP' as const),
    port,
  };
  return new Map(
    families.map((family) => [
      family,
      evaluatePolicies(policies, ofFamily(from, family), ofFamily(to, family), traffic),
    ]),
  );
}

const ofFamily = <E extends PolicyEnd>(end: E, family: Address['family']): E => ({
  ...end,
  addresses: end.addresses.filter((address) => address.family === family),
});

const hostEnd = (context: ProbeContext, endpoint: Endpoint): PolicyEnd => ({
  kind: 'host',
  node: nodeOf(endpoint, context.network()),
  addresses: parsedAddresses(endpoint.addresses),
});

/** Policies of kinds that are not evaluated, and may concern one of the two ends. */
async function otherPoliciesOf(
  context: ProbeContext,
  { pod: source, peer }: Vantage,
  { pod }: Target,
  signal: AbortSignal,
): Promise<string[]> {
  const ends = [source, pod, peer].flatMap((one) => one ?? []).filter(({ endpoint }) => !endpoint.hostNetwork);
  const policies = await readOtherPolicies(context.api, signal);
  return policies
    .filter((policy) =>
      ends.some(({ endpoint, labels }) => mayConcern(policy, { namespace: endpoint.namespace, labels })),
    )
    .map(({ words }) => words);
}

/** When the target was not reached: does ICMP, does its node? Both places the failure. */
async function lookAround(
  context: ProbeContext,
  from: Source,
  found: Found,
  vantage: Vantage,
  target: Target,
  failed: readonly Probe[],
  signal: AbortSignal,
): Promise<void> {
  for (const { address } of failed.filter(({ channel }) => channel !== 'icmp').slice(0, 2)) {
    const [parsed] = parsedAddresses([address]);
    const name = target.pod?.endpoint.node ?? '';
    const own = nodeOf(vantage.source, context.network());
    if (parsed === undefined || name === '' || name === own || target.pod?.endpoint.hostNetwork === true) continue;
    const node = await nodeIfReadable(context, name, signal);
    const nodeAddress = parsedAddresses(node?.addresses ?? []).find((one) => one.family === parsed.family);
    if (node === undefined || nodeAddress === undefined) continue;
    const probe = await measure(
      from,
      { channel: 'tcp', address: nodeAddress, port: KUBELET_PORT, data: '', tries: 1 },
      signal,
    );
    found.around.push({ what: node, probe });
  }
}

async function nodeIfReadable(
  context: ProbeContext,
  name: string,
  signal: AbortSignal,
): Promise<NodeEndpoint | undefined> {
  try {
    return await readNode(context, name, signal);
  } catch (error) {
    // Without the right to read nodes the failure is placed less exactly; that is all.
    if (error instanceof NotMeasured && isUnmeasured(error.outcome, 'notPermitted')) return undefined;
    throw error;
  }
}

/** As whom the target sees the probe; before there is a vantage point, the source that was asked for. */
const sourceOf = ({ vantage, ends }: Found): Endpoint | undefined =>
  vantage?.source ?? ends?.source?.endpoint ?? ends?.node;

function judge(context: ProbeContext, found: Found, notRun: Outcome | undefined): PairVerdict {
  const network = context.network();
  const source = sourceOf(found);
  const { ends, vantage, beside, otherPolicies, probes, around } = found;
  if (source === undefined || ends === undefined) return { promises: [], notes: [] };
  const facts = (target: Endpoint) => ({
    source,
    target,
    route: predictRoute(source, target, network),
    nat: natContextOf(source, target, network),
    alsoAt: othersAt(target, source, network),
    enforcesPolicies: network?.reading.datapath.enforcesPolicies,
    solution: network?.reading.title ?? 'the network',
    otherPolicies,
    // A probe pod of ours is kept out of meshes.
    proxied: vantage !== undefined && vantage.means !== 'pods' && vantage.pod.meshed,
    endpoints: endpointsBehind(target, network),
    notRun,
  });
  const own = judgePair({
    ...facts(ends.target.endpoint),
    probes,
    around,
    listens: false,
    policyFor: answersOf(found.policies),
  });
  if (beside === undefined || notRun !== undefined) return own;
  const verdict = judgePair({
    ...facts(beside.target),
    probes: beside.probes,
    around: [],
    listens: true,
    policyFor: (probe) => answersOf(found.besidePolicies[probe.channel === 'udp' ? 'udp' : 'tcp'])(probe),
  });
  const failed = failures(probes).some(({ channel }) => channel !== 'icmp');
  return withBeside({ ...own, failed }, beside, verdict);
}

/** What a Service's connections may go to, where all EndpointSlices could be read. */
function endpointsBehind(target: Endpoint, network: ReturnType<ProbeContext['network']>): PairFacts['endpoints'] {
  if (target.kind !== 'service' || network === undefined || !isKnown(network.facts, ENDPOINT_SLICES)) return undefined;
  return countEndpoints(network.facts.endpointSlices, target);
}

const answersOf =
  (policies: Policies) =>
  ({ address }: Probe): PolicyAnswer => {
    const [parsed] = parsedAddresses([address]);
    return (parsed === undefined ? undefined : policies.get(parsed.family)) ?? NOT_EVALUATED;
  };

const NOT_EVALUATED: PolicyAnswer = { kind: 'unknown', reasons: ['not evaluated'], policies: [] };

function report(
  context: ProbeContext,
  request: ProbeRequest,
  { means }: Way,
  found: Found,
  { promises, notes }: PairVerdict,
  end: { readonly notRun: Outcome | undefined; readonly left: readonly string[]; readonly startedAt: Date },
): ProbeReport {
  const { vantage, ends, beside, probes, around } = found;
  const source = sourceOf(found);
  const target = ends?.target.endpoint;
  const [policy, ...policies] = found.policies.values();
  return {
    request,
    means,
    source,
    target,
    route: source && target ? predictRoute(source, target, context.network()) : undefined,
    policy: policy === undefined ? undefined : strictest(policy, ...policies),
    probes,
    around,
    beside,
    size: undefined,
    notRun: end.notRun,
    promises,
    notes: [...standInNotes(found), ...notes],
    reproduce:
      vantage === undefined
        ? []
        : [...probes, ...around.map(({ probe }) => probe)]
            .filter((probe) => probe.command.length > 0)
            .map((probe) => repeat(vantage, probe.command)),
    left: end.left,
    startedAt: end.startedAt.toISOString(),
    durationMs: Date.now() - end.startedAt.getTime(),
  };
}

/** The command that does the same by hand; what ran in a container of ours needs one of its own. */
function repeat({ means, ref, image, pod }: Vantage, command: readonly string[]): string {
  const { node, hostNetwork } = pod.endpoint;
  switch (means) {
    case 'exec':
      return kubectlExec(ref, command);
    case 'ephemeral':
      return kubectlDebug(ref, image, command);
    case 'pods':
      return kubectlRun({ namespace: ref.namespace, node, hostNetwork, image }, command);
  }
}

/** What a measurement from a probe pod does not show. */
function standInNotes({ vantage, ends }: Found): string[] {
  const asked = ends?.source;
  if (vantage?.means !== 'pods' || asked === undefined) return [];
  const { namespace, name, node } = asked.endpoint;
  return [
    `measured from a probe pod on ${node}, beside pod ${namespace}/${name}: what is only so for that pod – its own interface, policies that select it – is not seen`,
  ];
}
