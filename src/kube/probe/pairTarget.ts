/** The target of a pair's probe: where it is, and what is measured of it. */
import type { Address } from '../../core/ip/address.js';
import type { Endpoint } from '../../core/reach/endpoint.js';
import { addressOfHostPort } from '../../core/reach/nat.js';
import type { Outcome } from '../../core/reach/outcome.js';
import type { ProbeRequest } from '../../core/reach/report.js';
import type { ToolReading } from '../../core/reach/tools/tool.js';
import { formatEndpoint } from '../../core/reach/endpoint.js';
import type { ProbeContext } from './context.js';
import type { Measurement } from './measure.js';
import { NotMeasured } from './notMeasured.js';
import { type ContainerDetails, parsedAddresses, type PodDetails, readNode, readPod, readService } from './objects.js';

/** Tries of a channel; a probe that fails stops earlier. */
const TRIES = 3;
/** The kubelet listens on every node. https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
export const KUBELET_PORT = 10250;

export interface Target {
  readonly endpoint: Endpoint;
  /** Undefined: ICMP is all that can be tried. */
  readonly port: number | undefined;
  readonly protocol: 'tcp' | 'udp';
  readonly pod: PodDetails | undefined;
  /** The target answers `/clientip` and `/hostname`, as agnhost's `netexec` does. */
  readonly probeServer: boolean;
  /** The host name with which the target would answer; undefined when it cannot be told. */
  readonly hostname: string | undefined;
}

export async function resolveTarget(
  context: ProbeContext,
  request: Pick<ProbeRequest, 'target' | 'port' | 'protocol'>,
  signal: AbortSignal,
): Promise<Target> {
  const { target, port, protocol } = request;
  const plain = { pod: undefined, probeServer: false, hostname: undefined };
  switch (target.kind) {
    case 'pod': {
      const pod = await readPod(context, target, signal);
      const what = formatEndpoint(pod.endpoint);
      if (pod.terminating) throw new NotMeasured({ kind: 'podGone', pod: what });
      if (pod.phase === 'Succeeded' || pod.phase === 'Failed')
        throw new NotMeasured({
          kind: 'notRunning',
          what,
          words: `phase ${pod.phase}: its address may be another’s by now`,
        });
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
        hostname: pod.hostname,
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

/** Throws `NotMeasured` when the target pod is not any more what it was when it was read: then what failed, or who answered, says nothing of it. */
export async function confirmTarget(
  context: ProbeContext,
  { pod }: Pick<Target, 'pod'>,
  signal: AbortSignal,
): Promise<void> {
  if (pod === undefined) return;
  const now = await readPod(context, pod.endpoint, signal);
  const same = now.uid === pod.uid && now.phase === pod.phase && !now.terminating;
  if (!same || now.endpoint.addresses.join() !== pod.endpoint.addresses.join())
    throw new NotMeasured({ kind: 'podGone', pod: formatEndpoint(pod.endpoint) });
}

/** `registry.k8s.io/e2e-test-images/agnhost:2.53` and the like. */
const isProbeServer = (container: ContainerDetails): boolean =>
  /(?:^|\/)agnhost(?:[:@]|$)/.test(container.image) && container.running;

/** The target's addresses of a family that the source has. Throws `NotMeasured` when there is none. */
export function commonAddresses(source: Endpoint, target: Endpoint): Address[] {
  const families = new Set(parsedAddresses(source.addresses).map((address) => address.family));
  const addresses = parsedAddresses(target.addresses).filter((address) => families.has(address.family));
  if (addresses.length > 0) return addresses;
  throw new NotMeasured({
    kind: 'notRunning',
    what: formatEndpoint(target),
    words: target.addresses.length === 0 ? 'it has no address' : 'it has no address of a family that the source has',
  });
}

/** What is measured: every family that both have, by the channels that the target's port allows, and ICMP echoes. */
export function measurementsOf(source: Endpoint, target: Target): Measurement[] {
  return commonAddresses(source, target.endpoint).flatMap((address): Measurement[] => {
    const { port } = target;
    const icmp: Measurement = { channel: 'icmp', address, port: 0, data: '', tries: 1 };
    // The address of a Service stands for its ports only: what becomes of echoes to it says nothing.
    const echoes = target.endpoint.kind === 'service' ? [] : [{ ...icmp, optional: true as const }];
    if (port === undefined) return [icmp];
    if (target.protocol === 'udp') {
      const interpret = target.probeServer ? interpretClientIp : interpretSilence;
      return [{ channel: 'udp', address, port, data: 'clientip', tries: TRIES, interpret }, ...echoes];
    }
    const tcp: Measurement = { channel: 'tcp', address, port, data: '', tries: TRIES };
    if (!target.probeServer) return [tcp, ...echoes];
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
      ...echoes,
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
