/**
 * Probes one pair from inside the source's own container: what *Probe Connectivity To…* does.
 *
 * Answers with a report whatever happens; every way to fail has its outcome. Creates nothing in the cluster.
 */
import { formatAddress } from '../../core/ip/address.js';
import { evaluatePolicies, type PolicyAnswer, type PolicyEnd } from '../../core/policy/evaluate.js';
import { type Endpoint, formatEndpoint } from '../../core/reach/endpoint.js';
import { addressOfHostPort } from '../../core/reach/nat.js';
import { natContextOf, othersAt } from '../../core/reach/owners.js';
import type { Around } from '../../core/reach/placement.js';
import { type Outcome, reachOf, type UnmeasuredOutcome } from '../../core/reach/outcome.js';
import { kubectlExec, type Probe, summarise } from '../../core/reach/probe.js';
import type { ProbeProgress, ProbeReport, ProbeRequest } from '../../core/reach/report.js';
import { nodeOf, predictRoute } from '../../core/reach/route.js';
import { TOOL_TITLES } from '../../core/reach/tools/discovery.js';
import type { ToolReading } from '../../core/reach/tools/tool.js';
import { judgePair } from '../../core/reach/verdict.js';
import type { ProbeContext } from './context.js';
import { isUnmeasured, NotMeasured, outcomeOfError } from './notMeasured.js';
import { type ContainerRef, exec, rightToExec } from './exec.js';
import { canMeasure, measure, type Measurement, type Source } from './measure.js';
import {
  type ContainerDetails,
  parsedAddresses,
  type PodDetails,
  policyPod,
  readNode,
  readPod,
  readPolicies,
  readService,
} from './objects.js';

/** Tries of a channel; a probe that fails stops earlier. */
const TRIES = 3;
/** The kubelet listens on every node. https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const KUBELET_PORT = 10250;

/** `brief`: only whether the target answers, and if not, whether its node does. */
export async function probePair(
  context: ProbeContext,
  request: ProbeRequest,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
  how: { readonly brief: boolean } = { brief: false },
): Promise<ProbeReport> {
  const startedAt = new Date();
  const found: Found = { probes: [], around: [], container: undefined };
  let notRun: UnmeasuredOutcome | undefined;
  try {
    await run(context, request, onProgress, signal, found, how.brief);
  } catch (error) {
    notRun = outcomeOfError(error, `pod ${request.source.namespace}/${request.source.name}`, 'read what is probed');
  }
  return report(context, request, found, notRun, startedAt);
}

/** What is known so far; filled step by step, so that a probe that breaks off reports what it has. */
interface Found {
  source?: PodDetails;
  target?: Target;
  policy?: PolicyAnswer;
  probes: Probe[];
  /** Probes of what lies around the target, made when it was not reached, each with what it is. */
  around: Around[];
  container: ContainerRef | undefined;
}

interface Target {
  readonly endpoint: Endpoint;
  readonly port: number | undefined;
  readonly protocol: 'tcp' | 'udp';
  readonly pod: PodDetails | undefined;
  /** The target answers `/clientip` and `/hostname`, as agnhost's `netexec` does. */
  readonly probeServer: boolean;
  /** The host name with which the target would answer; undefined when it cannot be told. */
  readonly hostname: string | undefined;
}

async function run(
  context: ProbeContext,
  request: ProbeRequest,
  onProgress: (progress: ProbeProgress) => void,
  signal: AbortSignal,
  found: Found,
  brief: boolean,
): Promise<void> {
  onProgress({ step: 'reading' });
  const [source, target] = await Promise.all([
    readPod(context, request.source, signal),
    resolveTarget(context, request, signal),
  ]);
  found.source = source;
  found.target = target;
  found.policy = await policyOf(context, source, target, signal);
  const container = containerOf(source, request.source.container);
  await mayExec(context, source.endpoint.namespace, signal);
  const ref = { namespace: source.endpoint.namespace, pod: source.endpoint.name, container: container.name };
  found.container = ref;
  onProgress({ step: 'finding-tools', image: container.image });
  const runIn: Source['run'] = (one, stop) => exec(context.access, one, stop);
  const tools = await context.tools.find(runIn, ref, container.imageId, signal);
  const from: Source = {
    ref,
    tools,
    run: runIn,
    onProgress,
    diagnose: (words, stop) => diagnose(context, source, words, stop),
  };
  if (tools.length === 0) throw new NotMeasured({ kind: 'noTool', looked: TOOL_TITLES });
  const silent = new Set<string>();
  for (const measurement of measurementsOf(source, target)) {
    if (brief && measurement.channel === 'http') continue;
    // Requests need the connection: where none was to be had, they would only wait for it once more.
    if (measurement.channel === 'http' && silent.has(formatAddress(measurement.address))) continue;
    const probe = await measure(from, measurement, signal);
    found.probes.push(probe);
    if (reachOf(summarise(probe.tries).outcome) === 'unreached') silent.add(probe.address);
  }
  await lookAround(context, from, found, target, signal, brief);
}

async function resolveTarget(context: ProbeContext, request: ProbeRequest, signal: AbortSignal): Promise<Target> {
  const { target, port, protocol } = request;
  const plain = { pod: undefined, probeServer: false, hostname: undefined };
  switch (target.kind) {
    case 'pod': {
      const pod = await readPod(context, target, signal);
      const declared = pod.containers.flatMap((one) => one.ports.map((named) => ({ ...named, container: one })));
      const wanted = protocol?.toUpperCase();
      const chosen =
        declared.find((one) => one.number === port && (wanted === undefined || one.protocol === wanted)) ??
        (port === undefined ? declared.find((one) => one.protocol === (wanted ?? 'TCP')) : undefined);
      return {
        endpoint: pod.endpoint,
        port: port ?? chosen?.number,
        protocol: protocol ?? (chosen?.protocol === 'UDP' ? 'udp' : 'tcp'),
        pod,
        probeServer: pod.containers.some(isProbeServer),
        hostname: pod.endpoint.hostNetwork ? undefined : pod.endpoint.name,
      };
    }
    case 'node':
      return {
        endpoint: await readNode(context, target.name, signal),
        port: port ?? KUBELET_PORT,
        protocol: protocol ?? 'tcp',
        ...plain,
      };
    case 'service': {
      const { endpoint, facts } = await readService(context, target, signal);
      const first = facts.ports.find((one) => one.protocol === (protocol?.toUpperCase() ?? 'TCP'));
      return { endpoint, port: port ?? first?.port, protocol: protocol ?? 'tcp', ...plain };
    }
    case 'address': {
      const [address] = parsedAddresses([target.address]);
      if (address === undefined) throw new NotMeasured({ kind: 'nameError', words: 'not an IP address' });
      return {
        endpoint: { kind: 'address', addresses: [target.address] },
        port,
        protocol: protocol ?? 'tcp',
        ...plain,
      };
    }
  }
}

/** `registry.k8s.io/e2e-test-images/agnhost:2.53` and the like. */
const isProbeServer = (container: ContainerDetails): boolean =>
  /(?:^|\/)agnhost(?:[:@]|$)/.test(container.image) && container.running;

function containerOf(source: PodDetails, wanted: string | undefined): ContainerDetails {
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

/** Asks before trying, so that the missing right can be named. Both verbs: see `rightToExec`. */
async function mayExec(context: ProbeContext, namespace: string, signal: AbortSignal): Promise<void> {
  for (const verb of ['create', 'get'] as const) {
    const permission = { verb, group: '', resource: 'pods', subresource: 'exec', namespace };
    const { allowed, reason } = await context.api.mayI(permission, signal);
    if (!allowed) throw new NotMeasured({ kind: 'notPermitted', right: rightToExec(verb, namespace), words: reason });
  }
}

/** After a stream broke off without a status: whether the pod is still there, and whether the API server is. */
async function diagnose(
  context: ProbeContext,
  source: PodDetails,
  words: string,
  signal: AbortSignal,
): Promise<NotMeasured> {
  const { namespace, name } = source.endpoint;
  const gone = new NotMeasured({ kind: 'podGone', pod: formatEndpoint(source.endpoint) });
  try {
    const now = await readPod(context, { namespace, name }, signal);
    return now.uid !== source.uid || now.terminating ? gone : new NotMeasured({ kind: 'nodeGone', words });
  } catch (error) {
    return error instanceof NotMeasured ? error : gone;
  }
}

async function policyOf(
  context: ProbeContext,
  source: PodDetails,
  target: Target,
  signal: AbortSignal,
): Promise<PolicyAnswer> {
  if (target.endpoint.kind === 'service')
    return {
      kind: 'unknown',
      reasons: ['policies apply to the pods behind a Service, not to its address'],
      policies: [],
    };
  const { pod, endpoint } = target;
  const namespaces = [source.endpoint.namespace, ...(pod === undefined ? [] : [pod.endpoint.namespace])];
  const [policies, from, to] = await Promise.all([
    readPolicies(context, namespaces, signal),
    policyPod(context, source, signal),
    pod === undefined ? hostEnd(context, endpoint) : policyPod(context, pod, signal),
  ]);
  const protocol = target.port === undefined ? 'ICMP' : target.protocol === 'udp' ? 'UDP' : 'TCP';
  return evaluatePolicies(policies, from, to, { protocol, port: target.port });
}

const hostEnd = (context: ProbeContext, endpoint: Endpoint): PolicyEnd => ({
  kind: 'host',
  node: nodeOf(endpoint, context.network()),
  addresses: parsedAddresses(endpoint.addresses),
});

/** What is measured: every family that both have, by the channels that the target's port allows. */
function measurementsOf(source: PodDetails, target: Target): Measurement[] {
  const families = new Set(parsedAddresses(source.endpoint.addresses).map((address) => address.family));
  const addresses = parsedAddresses(target.endpoint.addresses).filter((address) => families.has(address.family));
  if (addresses.length === 0)
    throw new NotMeasured({
      kind: 'notRunning',
      what: formatEndpoint(target.endpoint),
      words:
        target.endpoint.addresses.length === 0
          ? 'it has no address'
          : 'it has no address of a family that the source has',
    });
  return addresses.flatMap((address): Measurement[] => {
    const { port } = target;
    if (port === undefined) return [{ channel: 'icmp', address, port: 0, data: '', tries: 1 }];
    if (target.protocol === 'udp') {
      const interpret = target.probeServer ? interpretClientIp : interpretSilence;
      return [{ channel: 'udp', address, port, data: 'clientip', tries: TRIES, interpret }];
    }
    const tcp: Measurement = { channel: 'tcp', address, port, data: '', tries: TRIES };
    if (!target.probeServer) return [tcp];
    const { hostname } = target;
    return [
      tcp,
      { channel: 'http', address, port, data: '/clientip', tries: 1, interpret: interpretClientIp },
      ...(hostname === undefined
        ? []
        : [
            {
              channel: 'http' as const,
              address,
              port,
              data: '/hostname',
              tries: 1,
              interpret: (reading: ToolReading) => interpretHostname(reading, hostname),
            },
          ]),
    ];
  });
}

/** `/clientip` answers with the address and port that the server saw. */
function interpretClientIp({ outcome, body }: ToolReading): Outcome {
  if (outcome.kind !== 'answered' || body === undefined) return outcome;
  return { ...outcome, seenSource: addressOfHostPort(body) };
}

function interpretHostname({ outcome, body }: ToolReading, expected: string): Outcome {
  if (outcome.kind !== 'answered' || body === undefined) return outcome;
  const answerer = body.trim();
  // What is no host name comes from a server that is something else than its image says.
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(answerer)) return outcome;
  if (answerer === expected) return { ...outcome, answerer };
  return { kind: 'wrongAnswerer', expected, answerer };
}

const interpretSilence = ({ outcome }: ToolReading): Outcome =>
  outcome.kind === 'timedOut' ? { kind: 'silence', limitMs: outcome.limitMs } : outcome;

/** When the target was not reached: does ICMP, does its node? Both places the failure. */
async function lookAround(
  context: ProbeContext,
  from: Source,
  found: Found,
  target: Target,
  signal: AbortSignal,
  brief: boolean,
): Promise<void> {
  const failed = found.probes.filter((probe) => reachOf(summarise(probe.tries).outcome) === 'unreached');
  for (const { channel, address } of failed.slice(0, 2)) {
    const [parsed] = parsedAddresses([address]);
    if (parsed === undefined) continue;
    if (!brief && channel !== 'icmp' && canMeasure(from, 'icmp'))
      found.around.push({
        what: target.endpoint,
        probe: await measure(from, { channel: 'icmp', address: parsed, port: 0, data: '', tries: 1 }, signal),
      });
    const name = target.pod?.endpoint.node ?? '';
    if (name === '' || name === found.source?.endpoint.node || target.pod?.endpoint.hostNetwork === true) continue;
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

async function nodeIfReadable(context: ProbeContext, name: string, signal: AbortSignal) {
  try {
    return await readNode(context, name, signal);
  } catch (error) {
    // Without the right to read nodes the failure is placed less exactly; that is all.
    if (error instanceof NotMeasured && isUnmeasured(error.outcome, 'notPermitted')) return undefined;
    throw error;
  }
}

function report(
  context: ProbeContext,
  request: ProbeRequest,
  found: Found,
  notRun: UnmeasuredOutcome | undefined,
  startedAt: Date,
): ProbeReport {
  const network = context.network();
  const source = found.source?.endpoint;
  const target = found.target?.endpoint;
  const route = source && target ? predictRoute(source, target, network) : undefined;
  const policy: PolicyAnswer = found.policy ?? { kind: 'unknown', reasons: ['not evaluated'], policies: [] };
  const judged =
    source && target && route
      ? judgePair({
          source,
          target,
          probes: found.probes,
          around: found.around,
          route,
          policy,
          nat: natContextOf(source, target, network),
          alsoAt: othersAt(target, source, network),
          enforcesPolicies: network?.reading.datapath.enforcesPolicies,
          solution: network?.reading.title ?? 'the network',
          notRun,
        })
      : undefined;
  const { container } = found;
  return {
    request,
    means: 'exec',
    source,
    target,
    route,
    policy: found.policy,
    probes: found.probes,
    around: found.around,
    notRun,
    promises: judged?.promises ?? [],
    notes: judged?.notes ?? [],
    reproduce:
      container === undefined
        ? []
        : [...found.probes, ...found.around.map(({ probe }) => probe)]
            .filter((probe) => probe.command.length > 0)
            .map((probe) => kubectlExec(container, probe.command)),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
  };
}
