/** What the programs of the inventory's benchmark measure about themselves, and how they tell it. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { loadKubeconfig } from '../../src/kube/kubeconfig/load.js';
import { type SelectedContext, selectContext } from '../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../src/kube/kubeconfig/surroundings.js';

/** What a program is told, as JSON in its first argument. */
export interface Task {
  readonly kubeconfig: string;
  readonly url: string;
  readonly token: string;
  readonly pods: number;
  /** Paths and queries to ask for, for the bare download. */
  readonly requests?: readonly string[];
}

export interface Measured {
  readonly items: number;
  readonly wallMs: number;
  /** Processor time of all threads: what a busy machine changes least. */
  readonly cpuMs: number;
  /** The longest time that the event loop of the main thread was blocked. */
  readonly longestBlockMs: number;
  /** What is still held at the end, after a garbage collection, above what was held at the start. */
  readonly keptBytes: number;
}

/** What programs print, one line of JSON each. */
export type Message =
  | { readonly kind: 'measured'; readonly measured: Measured }
  /** Everything is listed and watched: changes may come. */
  | { readonly kind: 'watching' }
  /** A change of the number of pods was told, at a time in milliseconds since the epoch. */
  | { readonly kind: 'seen'; readonly at: number };

export function tell(message: Message): void {
  console.log(JSON.stringify(message));
}

export function taskOfArguments(): Task {
  return JSON.parse(process.argv[2] ?? '{}') as Task;
}

/** The context of the task's kubeconfig. */
export async function selectedContext(): Promise<SelectedContext> {
  const { kubeconfig } = taskOfArguments();
  const selection = selectContext(await loadKubeconfig(kubeconfig, thisMachine(), AbortSignal.timeout(10_000)));
  if (!selection.ok) throw new Error(selection.message);
  return selection.selected;
}

/** What a worker thread holds that answers on the channel for it. */
export async function memoryOfWorker(): Promise<number> {
  const channel = new BroadcastChannel('memory');
  const answer = new Promise<number>((resolve) => {
    channel.onmessage = ({ data }) => resolve(Number(data));
  });
  channel.postMessage('how much');
  const bytes = await answer;
  channel.close();
  return bytes;
}

/** Milliseconds since the epoch, with fractions; the same clock in all processes of a machine. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The value that so large a part of the sorted ones does not exceed. */
export const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;

/** Bytes held by this thread's heap and its buffers, after full collections. */
export function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('memory is measured with --expose-gc only');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const RESOLUTION_MS = 1;

/** Does a piece of work and measures it. What it answers is held until the memory was measured. */
export async function measure(
  work: () => Promise<{ readonly items: number; readonly kept: unknown }>,
): Promise<Measured> {
  const before = heldBytes();
  const blocks = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  blocks.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  // One more turn, so that a block at the very end is seen.
  await delay(2 * RESOLUTION_MS);
  blocks.disable();
  const keptBytes = heldBytes() - before;
  if (result.kept === undefined) throw new Error('nothing was kept');
  return {
    items: result.items,
    wallMs,
    cpuMs: (user + system) / 1000,
    longestBlockMs: Math.max(0, blocks.max / 1e6 - RESOLUTION_MS),
    keptBytes,
  };
}

/** What a consumer keeps of a pod: no more than an inspector of networks needs. */
export interface SlimPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ips: readonly string[];
  readonly phase: string;
  readonly hostNetwork: boolean;
}
