/**
 * Probes of the probe pod on the target's node: one session tries everything that can be asked of a probe server – small and
 * full-sized, by TCP, UDP and ICMP, under which address it was seen, and the largest packet that comes through.
 */
import { type Address, formatAddress } from '../../core/ip/address.js';
import { readTarget, type ScriptTarget } from '../../core/reach/nodeScript.js';
import type { Outcome } from '../../core/reach/outcome.js';
import type { Probe } from '../../core/reach/probe.js';
import type { LargestPacket } from '../../core/reach/report.js';
import type { ProbeContext } from './context.js';
import { portsOf } from './manifests.js';
import { runNodeScript, silentScript } from './nodeScriptRun.js';
import type { PodDetails } from './objects.js';
import { commonAddresses } from './pairTarget.js';
import type { Vantage } from './vantage.js';

export interface PeerProbes {
  readonly probes: readonly Probe[];
  readonly size: LargestPacket | undefined;
}

/** Runs the session. What cannot be measured is an outcome; never throws for it. */
export async function probePeer(
  context: ProbeContext,
  vantage: Vantage,
  peer: PodDetails,
  signal: AbortSignal,
): Promise<PeerProbes> {
  const ports = portsOf('peer');
  const addresses = commonAddresses(vantage.source, peer.endpoint);
  const target = (id: number, kind: ScriptTarget['kind'], address: Address): ScriptTarget => ({
    id,
    kind,
    address,
    tcpPort: ports.tcp,
    udpPort: ports.udp,
    sourcePort: ports.source,
  });
  // Two numbers an address: an odd one for everything, and the next for the search of the largest packet.
  const targets = addresses.flatMap((address, index) => [
    target(2 * index + 1, 'pod', address),
    target(2 * index + 2, 'size', address),
  ]);
  const failed = (outcome: Outcome): PeerProbes => ({
    probes: addresses.map((address) => probe('tcp', address, ports.tcp, [outcome])),
    size: undefined,
  });
  const run = await runNodeScript(context, vantage.ref, targets, signal);
  if (run.kind === 'failed') return failed(run.outcome);
  const { mtu: deviceMtu, lines } = run.output;
  // A node has several ways out; the MTU of its default one says nothing of the way to a pod.
  const mtu = vantage.pod.endpoint.hostNetwork ? undefined : deviceMtu;
  if (lines.length === 0) return failed(silentScript(run.stderr, 'nothing'));
  const expected = peer.endpoint.name;
  const read = (id: number, address: Address) =>
    readTarget(
      lines.filter((line) => line.id === id),
      { address, port: ports.tcp, expected },
    );
  const sizes: number[] = [];
  const probes = addresses.flatMap((address, index) => {
    const reading = read(2 * index + 1, address);
    const { largestBytes } = read(2 * index + 2, address);
    // A search that found nothing ends with its own smallest size, which says that UDP does not pass at all.
    if (mtu !== undefined && reading.udpLarge.some(isAnswered)) sizes.push(mtu);
    else if (mtu !== undefined && largestBytes !== undefined && reading.udp.some(isAnswered)) sizes.push(largestBytes);
    const seen = seenBy(reading.tcp, reading.seenSource, expected);
    return [
      probe('tcp', address, ports.tcp, seen),
      probe('udp', address, ports.udp, reading.udp),
      ...(mtu === undefined
        ? []
        : [
            probe('tcp', address, ports.tcp, reading.tcpLarge, mtu),
            probe('udp', address, ports.udp, reading.udpLarge, mtu),
          ]),
      probe('icmp', address, undefined, reading.icmp),
    ].filter(({ tries }) => tries.length > 0);
  });
  return {
    probes,
    size: sizes.length === 0 ? undefined : { bytes: Math.min(...sizes), interfaceMtu: mtu },
  };
}

const isAnswered = ({ kind }: Outcome): boolean => kind === 'answered';

/** The tries of TCP, the answered ones with the source address that the server saw. */
const seenBy = (tries: readonly Outcome[], seenSource: string, answerer: string): Outcome[] =>
  tries.map((one) =>
    one.kind === 'answered' && seenSource !== '' ? { ...one, seenSource, answerer: one.answerer ?? answerer } : one,
  );

const probe = (
  channel: Probe['channel'],
  address: Address,
  port: number | undefined,
  tries: readonly Outcome[],
  bytes?: number,
): Probe => ({
  channel,
  address: formatAddress(address),
  port,
  ...(bytes === undefined ? {} : { bytes }),
  tool: 'the probe script',
  command: [],
  tries,
});
