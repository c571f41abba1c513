/**
 * Runs one program in a container through the API server's exec stream.
 *
 * Answers for: the WebSocket and its channels (v5, or v4 of older servers), the exit code out of the status channel, a time
 * limit, a cap on output, and a cancel that closes the stream. A program is a list of arguments, never a shell's line.
 * Closing the stream does not end the program: containerd and CRI-O let it go on. What runs longer than a moment must have
 * a limit of its own, or watch its standard input, which is closed with the stream.
 *
 * Protocol: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { at, listOf, parseJson, textOf } from '../../core/network/json.js';
import { type UnmeasuredOutcome, words } from '../../core/reach/outcome.js';
import type { ToolExit, ToolRun } from '../../core/reach/tools/tool.js';
import { AccessError, type ClusterAccess, type RequestCredentials } from '../access.js';

export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecRequest extends ContainerRef {
  readonly command: readonly string[];
  /** Written to the program's standard input, which then stays open until the program has ended. */
  readonly stdin?: string;
  readonly limitMs: number;
  /** The most that is kept of each of the two streams; what prints more is stopped. */
  readonly maxBytes?: number;
  /** Called with each piece of standard output as it comes. */
  readonly onStdout?: (text: string) => void;
}

export type ExecResult =
  /** The program ran, and ended or was given up. */
  | { readonly kind: 'ran'; readonly run: ToolRun }
  /** There is no such program in the container. */
  | { readonly kind: 'missing'; readonly words: string }
  /** The stream broke off without a status: the pod, its node or the API server may be gone. */
  | { readonly kind: 'lost'; readonly words: string }
  /** It did not come to running it. */
  | { readonly kind: 'failed'; readonly outcome: UnmeasuredOutcome };

/** What it means that a program that is there did not run to its end. */
export const outcomeOf = (result: Exclude<ExecResult, { kind: 'ran' | 'missing' }>): UnmeasuredOutcome =>
  result.kind === 'failed' ? result.outcome : { kind: 'nodeGone', words: result.words };

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;
const DEFAULT_MAX_BYTES = 64 * 1024;
/** For the connection, the TLS handshake and the kubelet's answer. */
const OPEN_LIMIT_MS = 15_000;
/** How long after the status the server may take to close, while the last output arrives. */
const CLOSE_LIMIT_MS = 2_000;
const MAX_STATUS_BYTES = 16 * 1024;

export const execPath = (ref: ContainerRef): string =>
  `/api/v1/namespaces/${encodeURIComponent(ref.namespace)}/pods/${encodeURIComponent(ref.pod)}/exec`;

/** The address of the stream. The server's own path is kept in front: some proxies serve each cluster below one. */
function urlOf(server: URL, request: ExecRequest): URL {
  const url = new URL(server.href);
  url.protocol = server.protocol === 'http:' ? 'ws:' : 'wss:';
  url.pathname = `${server.pathname.replace(/\/+$/, '')}${execPath(request)}`;
  url.searchParams.set('container', request.container);
  url.searchParams.set('stdout', 'true');
  url.searchParams.set('stderr', 'true');
  if (request.stdin !== undefined) url.searchParams.set('stdin', 'true');
  for (const argument of request.command) url.searchParams.append('command', argument);
  return url;
}

/** Runs the program. Never throws: whatever happens is a result. */
export async function exec(access: ClusterAccess, request: ExecRequest, signal: AbortSignal): Promise<ExecResult> {
  for (let attempt = 1; ; attempt++) {
    let credentials: RequestCredentials;
    try {
      credentials = await access.credentials(signal);
    } catch (error) {
      return signal.aborted ? cancelled : apiGone(error instanceof AccessError ? error.message : messageOf(error));
    }
    const answer = await stream(access.server, request, credentials, signal);
    if (answer !== 'unauthenticated') return answer;
    if (attempt > 1 || !access.invalidate(credentials)) return apiGone('the server does not accept our credentials');
  }
}

const cancelled: ExecResult = { kind: 'failed', outcome: { kind: 'cancelled' } };
const apiGone = (text: string): ExecResult => ({ kind: 'failed', outcome: { kind: 'apiGone', words: words(text) } });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function stream(
  server: URL,
  request: ExecRequest,
  credentials: RequestCredentials,
  signal: AbortSignal,
): Promise<ExecResult | 'unauthenticated'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(urlOf(server, request), PROTOCOLS, {
      headers: { ...credentials.headers },
      agent: credentials.agent,
      handshakeTimeout: OPEN_LIMIT_MS,
      followRedirects: false,
      perMessageDeflate: false,
    });
    const output = new Output(request.maxBytes ?? DEFAULT_MAX_BYTES);
    let ended: ExecResult | undefined;
    let limit: NodeJS.Timeout | undefined;

    const finish = (result: ExecResult | 'unauthenticated'): void => {
      clearTimeout(limit);
      signal.removeEventListener('abort', abort);
      socket.terminate();
      resolve(result);
    };
    const abort = (): void => finish(cancelled);
    const ran = (exit: ToolExit): ExecResult => ({ kind: 'ran', run: { exit, ...output.texts() } });
    signal.addEventListener('abort', abort, { once: true });

    socket.on('open', () => {
      limit = setTimeout(() => finish(ran({ kind: 'timeLimit', limitMs: request.limitMs })), request.limitMs);
      if (request.stdin !== undefined)
        socket.send(Buffer.concat([Buffer.of(CHANNEL.stdin), Buffer.from(request.stdin, 'utf8')]));
    });
    socket.on('message', (data) => {
      const frame = bytesOf(data);
      const channel = frame[0];
      const content = frame.subarray(1);
      if (channel === CHANNEL.stdout) request.onStdout?.(output.decode(content));
      if (channel === CHANNEL.stdout || channel === CHANNEL.stderr) {
        if (!output.add(channel, content)) finish(ran({ kind: 'outputLimit' }));
      } else if (channel === CHANNEL.status && ended === undefined) {
        ended = readStatus(content.toString('utf8', 0, MAX_STATUS_BYTES), request, ran);
        clearTimeout(limit);
        // Output may still be on its way; the server closes when all of it is sent.
        limit = setTimeout(() => settle(), CLOSE_LIMIT_MS);
      }
    });
    const settle = (): void => {
      if (ended?.kind === 'ran') finish(ran(ended.run.exit));
      else if (ended !== undefined) finish(ended);
    };
    socket.on('unexpected-response', (_, response) => {
      void refusalOf(response, request).then(finish);
    });
    // An error is followed by "close"; before the connection stood, it is the whole story.
    let failure = '';
    socket.on('error', (error) => {
      failure = error.message;
    });
    socket.on('close', (code, reason) => {
      if (ended !== undefined) settle();
      else if (limit === undefined) finish(apiGone(failure === '' ? 'the connection was closed' : failure));
      else
        finish({ kind: 'lost', words: words(failure || reason.toString('utf8') || `stream closed with code ${code}`) });
    });
    if (signal.aborted) abort();
  });
}

function bytesOf(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Both output streams, capped. */
class Output {
  readonly #max: number;
  readonly #parts: Readonly<Record<1 | 2, Buffer[]>> = { 1: [], 2: [] };
  readonly #lengths = { 1: 0, 2: 0 };
  readonly #decoder = new TextDecoder();

  constructor(max: number) {
    this.#max = max;
  }
  /** False when the cap is reached. */
  add(channel: 1 | 2, content: Buffer): boolean {
    const room = this.#max - this.#lengths[channel];
    this.#parts[channel].push(content.subarray(0, Math.max(0, room)));
    this.#lengths[channel] += content.length;
    return content.length <= room;
  }
  /** A piece of standard output as text; characters may be cut by frames. */
  decode(content: Buffer): string {
    return this.#decoder.decode(content, { stream: true });
  }
  texts(): { stdout: string; stderr: string } {
    return {
      stdout: Buffer.concat(this.#parts[1]).toString('utf8'),
      stderr: Buffer.concat(this.#parts[2]).toString('utf8'),
    };
  }
}

const MISSING =
  /executable file [`"']?[^`"']*[`"']? ?not found|no such file or directory|stat [^:]+: no such file|not found in \$PATH/i;

/** The status at the end: Success, an exit code, or why the program could not be run. */
function readStatus(text: string, request: ExecRequest, ran: (exit: ToolExit) => ExecResult): ExecResult {
  const status = parseJson(text);
  if (at(status, 'status') === 'Success') return ran({ kind: 'code', code: 0 });
  if (at(status, 'reason') === 'NonZeroExitCode') {
    const cause = listOf(at(status, 'details', 'causes')).find((one) => at(one, 'reason') === 'ExitCode');
    const code = textOf(at(cause, 'message'));
    if (/^\d{1,3}$/.test(code)) return ran({ kind: 'code', code: Number(code) });
  }
  return readFailure(textOf(at(status, 'message')) || text, request);
}

/** What the kubelet or the container runtime says when it cannot run a program. */
export function readFailure(message: string, ref: ContainerRef): ExecResult {
  const said = words(message.replace(/^(?:Internal error occurred: )+/, ''));
  if (MISSING.test(message)) return { kind: 'missing', words: said };
  const pod = `pod ${ref.namespace}/${ref.pod}`;
  if (/pods? .*not found|pod does not exist/i.test(message))
    return { kind: 'failed', outcome: { kind: 'podGone', pod } };
  if (/error dialing backend|no agent available|proxy error from/i.test(message))
    return { kind: 'failed', outcome: { kind: 'nodeGone', words: said } };
  if (
    /container not found|not (?:created or )?running|completed pod|does not have a host|stopped|not valid for pod|is not in running state/i.test(
      message,
    )
  )
    return {
      kind: 'failed',
      outcome: { kind: 'notRunning', what: `container ${ref.container} of ${pod}`, words: said },
    };
  return { kind: 'failed', outcome: { kind: 'nodeGone', words: said } };
}

/** An answer that is no stream: the server's refusal, in its own words. */
async function refusalOf(response: IncomingMessage, request: ExecRequest): Promise<ExecResult | 'unauthenticated'> {
  const code = response.statusCode ?? 0;
  if (code === 401) {
    response.destroy();
    return 'unauthenticated';
  }
  const message = await bodyOf(response);
  if (code === 403) {
    const verb = /cannot (get|create) resource "pods\/exec"/.exec(message)?.[1] ?? 'create';
    const right = rightToExec(verb === 'get' ? 'get' : 'create', request.namespace);
    return { kind: 'failed', outcome: { kind: 'notPermitted', right, words: words(message) } };
  }
  if (code === 404 || code === 400 || code === 500) return readFailure(message, request);
  return apiGone(`the server answered with status ${code}: ${message}`);
}

/**
 * A WebSocket begins with a GET, which servers up to 1.34 authorise as `get`, later ones as `create` too (kubectl falls back
 * to SPDY, a POST, where only `create` is granted). https://github.com/kubernetes/kubernetes/issues/133515
 */
export const rightToExec = (verb: 'get' | 'create', namespace: string): string =>
  `${verb} pods/exec in namespace ${namespace}`;

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      text += piece.toString('utf8');
      if (text.length > MAX_STATUS_BYTES) break;
    }
  } catch (error) {
    text += ` (${messageOf(error)})`;
  }
  return textOf(at(parseJson(text), 'message')) || text;
}
