/**
 * One probe: picks the tool, runs it several times in the source's container, and reads what it said. A tool that fails is
 * followed by the next best one.
 */
import { formatAddress, type Address } from '../../core/ip/address.js';
import { isMeasured, type Outcome, reachOf } from '../../core/reach/outcome.js';
import { CHANNEL_TITLES, type Probe } from '../../core/reach/probe.js';
import type { ProbeProgress } from '../../core/reach/report.js';
import { TOOL_TITLES } from '../../core/reach/tools/discovery.js';
import { methodsFor } from '../../core/reach/tools/index.js';
import type { Channel, FoundTool, ToolReading } from '../../core/reach/tools/tool.js';
import { NotMeasured } from './notMeasured.js';
import type { ContainerRef } from './exec.js';
import type { Run } from './toolCache.js';

export interface Measurement {
  readonly channel: Channel;
  readonly address: Address;
  /** Ignored for ICMP. */
  readonly port: number;
  /** HTTP: the path; UDP: the payload. */
  readonly data: string;
  readonly tries: number;
  /** Left out where the source has no tool for it. */
  readonly optional?: true;
  /** Makes more of a reading than the tool can: who answered, what source it saw. */
  readonly interpret?: (reading: ToolReading) => Outcome;
}

/** How long one attempt may wait for an answer: three SYNs (at 0, 1 and 3 s) have been sent by then, but not answered. */
export const LIMIT_SECONDS = 3;
/** What the stream's limit leaves a tool beyond its own, so that its silence can be told from its wait (`netcat.ts`). */
const MARGIN_MS = 2_500;

export interface Source {
  readonly ref: ContainerRef;
  readonly tools: readonly FoundTool[];
  readonly run: Run;
  readonly onProgress: (progress: ProbeProgress) => void;
  /** What became of the source when its stream broke off. */
  readonly diagnose: (words: string, signal: AbortSignal) => Promise<NotMeasured>;
}

/** Whether the source has a tool for this channel at all. */
export const canMeasure = (source: Source, channel: Channel): boolean => methodsFor(channel, source.tools).length > 0;

/** Measures. A probe without any try that could be measured ends with why. Throws `NotMeasured` when the source itself is lost. */
export async function measure(source: Source, measurement: Measurement, signal: AbortSignal): Promise<Probe> {
  const { channel, address, port } = measurement;
  const probe = { channel, address: formatAddress(address), port: channel === 'icmp' ? undefined : port };
  const methods = methodsFor(channel, source.tools);
  const none: Outcome = { kind: 'noTool', looked: TOOL_TITLES, speaks: CHANNEL_TITLES[channel] };
  let last: Probe = { ...probe, tool: '', command: [], tries: [none] };
  for (const { found, method } of methods) {
    const target = { address, port, limitSeconds: LIMIT_SECONDS };
    const command = method.args(found, target, measurement.data);
    const tries: Outcome[] = [];
    while (tries.length < measurement.tries) {
      source.onProgress({ step: 'probing', channel, address: probe.address, attempt: tries.length + 1 });
      const limitMs = LIMIT_SECONDS * 1000 + MARGIN_MS;
      const result = await source.run({ ...source.ref, command, limitMs }, signal);
      if (result.kind === 'failed') throw new NotMeasured(result.outcome);
      if (result.kind === 'lost') throw await source.diagnose(result.words, signal);
      const reading: ToolReading =
        result.kind === 'missing'
          ? {
              outcome: {
                kind: 'toolFailed',
                tool: found.tool.title,
                cause: { kind: 'exit', code: 127, words: result.words },
              },
            }
          : method.read(result.run, target);
      const outcome = measurement.interpret?.(reading) ?? reading.outcome;
      tries.push(outcome);
      if (!isMeasured(outcome)) break;
      // A second silence after a first one is enough: each has waited for the repeated packets already.
      if (reachOf(outcome) === 'unreached' && tries.length >= 2) break;
    }
    last = { ...probe, tool: found.tool.title, command, tries };
    if (tries.some(isMeasured)) return last;
  }
  return last;
}
