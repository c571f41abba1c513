/**
 * The shape of a tool that may be found in a container's image: how it is called, and how what it printed is read.
 *
 * Arguments are arrays whose data are parsed addresses and numbers; where a script is needed it is a constant, and the data
 * are its positional parameters. What a tool printed is hostile: it is matched against known sentences, and quoted capped.
 */
import { type Address, formatAddress } from '../../ip/address.js';
import { type Outcome, type ToolFailure, words } from '../outcome.js';

/** How a program ended: by itself with a code, or not before `limitMs`, when its stream was closed. */
export type ToolExit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'timeLimit'; readonly limitMs: number }
  /** It printed more than is kept, and was given up. */
  | { readonly kind: 'outputLimit' };

/** What came of running a program in a container. The texts may be cut off at the cap of the stream. */
export interface ToolRun {
  readonly exit: ToolExit;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolTarget {
  readonly address: Address;
  readonly port: number;
  /** How long the tool is to wait for an answer, in whole seconds. */
  readonly limitSeconds: number;
}

/** An outcome, and the body of the answer where the method asks for one. */
export interface ToolReading {
  readonly outcome: Outcome;
  readonly body?: string;
}

/** A program as it was found in an image: where, and which of its dialects (`openbsd`, `busybox`, …; empty where there is one only). */
export interface FoundTool {
  readonly tool: Tool;
  readonly program: string;
  readonly dialect: string;
}

/** `data` is the path of an HTTP request or the payload of a datagram, a constant of ours; TCP and ICMP methods ignore it. */
export interface Method {
  readonly args: (found: FoundTool, target: ToolTarget, data: string) => readonly string[];
  readonly read: (run: ToolRun, target: ToolTarget) => ToolReading;
}

export const CHANNELS = ['tcp', 'http', 'udp', 'icmp'] as const;
/** What is measured: a TCP connection, an HTTP request, a datagram and its echo, an ICMP echo. */
export type Channel = (typeof CHANNELS)[number];

export interface Tool {
  readonly id: string;
  /** As it is called in sentences: `curl`, `bash’s /dev/tcp`. */
  readonly title: string;
  /** Names to look for, the preferred one first. */
  readonly programs: readonly string[];
  /**
   * The arguments that make the program say who it is, for images without a shell and for telling dialects apart. They
   * must end at once and touch no network.
   */
  readonly introduction: readonly string[];
  /** The dialect, from what the introduction printed (both streams); undefined: this program cannot be used. */
  readonly recognise: (introduction: string) => string | undefined;
  /** The method of a channel, for a dialect; undefined where the tool cannot do it. */
  readonly method: (channel: Channel, dialect: string) => Method | undefined;
}

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function hostPort(target: ToolTarget): string {
  const address = formatAddress(target.address);
  return target.address.family === 6 ? `[${address}]:${target.port}` : `${address}:${target.port}`;
}

export const limitMsOf = (target: ToolTarget): number => target.limitSeconds * 1000;

/**
 * What went wrong with the program itself: null when it ended well, or with a code below 128 of its own choosing, whose
 * meaning the tool knows. A code above 128 is how shells and container runtimes report a signal (128 + its number).
 */
export function failureOf(run: ToolRun): ToolFailure | null {
  if (run.exit.kind === 'timeLimit') return { kind: 'timeLimit', limitMs: run.exit.limitMs };
  if (run.exit.kind === 'outputLimit') return { kind: 'output', words: 'more than is kept' };
  const { code } = run.exit;
  if (code > 128 && code <= 192) return { kind: 'signal', number: code - 128 };
  // 126 and 127: the runtime or the shell could not start it.
  if (code === 126 || code === 127) return { kind: 'exit', code, words: words(`${run.stderr} ${run.stdout}`) };
  return null;
}

/** The failure as a reading; `title` names the tool. */
export const failed = (title: string, cause: ToolFailure): ToolReading => ({
  outcome: { kind: 'toolFailed', tool: title, cause },
});

/** For output that no rule explains: the exit code and the words, or what it printed in spite of ending well. */
export function unexplained(title: string, run: ToolRun): ToolReading {
  const said = words(`${run.stderr} ${run.stdout}`);
  if (run.exit.kind === 'code' && run.exit.code !== 0)
    return failed(title, { kind: 'exit', code: run.exit.code, words: said });
  return failed(title, { kind: 'output', words: said });
}

export const answered = (rttMs?: number): Outcome => ({
  kind: 'answered',
  rttMs,
  seenSource: undefined,
  answerer: undefined,
});

/** A number of milliseconds out of a tool's output, or undefined when it is none or absurd. */
export function milliseconds(text: string | undefined, factor = 1): number | undefined {
  if (text === undefined || !/^\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
  return Number(text) * factor;
}
