/**
 * The commands that are run in containers to probe a network: what they print and how they end, given what the simulated
 * network does. Words and exit codes were taken from the real programs: agnhost 2.55, busybox 1.35, curl 7.88, bash 5.2 and
 * containerd's words for a command that does not exist.
 *
 * A container has the tools of its image; an image that is not known has none, as a distroless one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NODE_SCRIPT } from '../../../src/core/reach/nodeScript.js';
import { DISCOVERY_SCRIPT } from '../../../src/core/reach/tools/discovery.js';
import { TOOLS } from '../../../src/core/reach/tools/index.js';
import type { ExecEnd, ExecHandler, ExecRequest } from '../exec.js';
import { listAt, textAt, type KubeObject } from '../json.js';
import { addressesOf, type Outcome, type SimulatedNetwork } from './network.js';
import { nodeScript } from './nodeScript.js';

interface Toolbox {
  readonly image: RegExp;
  readonly tools: readonly string[];
}

const BUSYBOX = ['sh', 'nc', 'wget', 'ping', 'hostname', 'cat', 'echo', 'true', 'false', 'timeout', 'ls'];

const TOOLBOXES: readonly Toolbox[] = [
  { image: /agnhost/, tools: [...BUSYBOX, '/agnhost'] },
  { image: /busybox|alpine/, tools: BUSYBOX },
  { image: /curl/, tools: ['sh', 'curl', 'cat', 'echo', 'true', 'false'] },
  {
    image: /nginx|debian|ubuntu|httpd|redis|postgres/,
    tools: ['sh', 'bash', 'hostname', 'cat', 'echo', 'true', 'false', 'timeout', 'ls'],
  },
  { image: /netshoot/, tools: [...BUSYBOX, 'bash', 'curl'] },
];

/** A running command: where its output goes, and how patient the simulation is. */
interface Context {
  readonly request: ExecRequest;
  readonly network: SimulatedNetwork;
  readonly tools: readonly string[];
  /** Simulated seconds last this many real ones. */
  readonly timeScale: number;
}

export interface SimulationOptions {
  /** 1: a command that waits two seconds takes two seconds. 0: it takes none. */
  readonly timeScale: number;
}

/** What `kubectl exec` does in a simulated cluster. */
export function simulatedExec(network: SimulatedNetwork, options: SimulationOptions): ExecHandler {
  return (request) => {
    const image = imageOf(request.pod, request.container);
    const tools = TOOLBOXES.find((toolbox) => toolbox.image.test(image))?.tools ?? [];
    return run({ request, network, tools, timeScale: options.timeScale }, request.command);
  };
}

function imageOf(pod: KubeObject, container: string): string {
  const all = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'ephemeralContainers')];
  const found = all.find((candidate) => textAt(candidate, 'name') === container);
  return textAt(found, 'image') ?? '';
}

async function run(context: Context, command: readonly string[]): Promise<ExecEnd> {
  const [program = '', ...args] = command;
  const tool = toolNamed(context, program);
  if (tool === undefined) return notStarted(context.request, program);
  return { exitCode: await runTool(context, tool, args) };
}

/** The tool behind a word: `nc`, `/bin/nc`, `/agnhost`. */
function toolNamed({ tools }: Context, word: string): string | undefined {
  const bare = word.replace(/^(\/usr)?\/bin\//, '');
  return tools.includes(bare) ? bare : undefined;
}

function notStarted(request: ExecRequest, program: string): ExecEnd {
  const why = program.startsWith('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  const id = (request.pod.metadata.uid ?? '').replace(/-/g, '').repeat(2);
  return {
    notStarted: `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(program)}: ${why}: unknown`,
  };
}

async function runTool(context: Context, tool: string, args: readonly string[]): Promise<number> {
  const { request } = context;
  switch (tool) {
    case '/agnhost':
      return agnhost(context, args);
    case 'nc':
      return netcat(context, args);
    case 'wget':
      return wget(context, args);
    case 'curl':
      return curl(context, args);
    case 'ping':
      return ping(context, args);
    case 'sh':
    case 'bash':
      return shell(context, tool, args);
    case 'timeout':
      return timeout(context, args);
    case 'hostname':
      request.stdout(`${args.includes('-i') ? (addressesOf(request.pod)[0] ?? '') : request.pod.metadata.name}\n`);
      return 0;
    case 'echo':
      request.stdout(`${args.join(' ')}\n`);
      return 0;
    case 'cat':
      return cat(context, args);
    case 'ls':
      request.stdout('bin\ndev\netc\nproc\nsys\ntmp\nvar\n');
      return 0;
    default:
      return tool === 'false' ? 1 : 0;
  }
}

async function cat({ request }: Context, args: readonly string[]): Promise<number> {
  if (args[0] === '/etc/resolv.conf') {
    const namespace = request.pod.metadata.namespace ?? 'default';
    request.stdout(
      `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`,
    );
    return 0;
  }
  if (args.length > 0) {
    request.stderr(`cat: can't open '${args[0] ?? ''}': No such file or directory\n`);
    return 1;
  }
  for await (const bytes of request.stdin) request.stdout(bytes);
  return 0;
}

/** Waits as long as the command would have waited; ends early when the client is gone. */
async function wait({ request, timeScale }: Context, seconds: number): Promise<void> {
  if (timeScale <= 0) return;
  // An aborted wait is the end of the command, not an error of it.
  await delay(seconds * 1000 * timeScale, undefined, { signal: request.signal }).catch(() => undefined);
}

interface Attempt {
  readonly outcome: Outcome | { readonly kind: 'unknown-host' };
  readonly address: string;
  /** Whether the tool's own limit ended it. */
  readonly limited: boolean;
}

const NEIGHBOUR_SECONDS = 3.1;

/** Tries to reach a host (name or address) and waits as the tool would. */
async function attempt(
  context: Context,
  host: string,
  port: number,
  protocol: 'TCP' | 'UDP' | 'ICMP',
  limitSeconds: number,
): Promise<Attempt> {
  const { network, request } = context;
  const literal = /^[\d.]+$/.test(host) || host.includes(':');
  const address = literal ? host : network.resolve(request.pod, host);
  if (address === undefined) return { outcome: { kind: 'unknown-host' }, address: host, limited: false };
  const outcome = network.connect(request.pod, { address, port, protocol });
  const patience = outcome.kind === 'timeout' ? limitSeconds : outcome.kind === 'no-route' ? NEIGHBOUR_SECONDS : 0;
  const limited = outcome.kind === 'timeout' || patience > limitSeconds;
  await wait(context, Math.min(patience, limitSeconds));
  return { outcome, address, limited };
}

function splitHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^\[([^\]]+)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  return match === null ? undefined : { host: match[1] ?? '', port: Number(match[2]) };
}

/** `2s`, `500ms`, `1m30s` in seconds. */
function goDuration(text: string): number {
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    seconds += Number(number) * (unit === 'ms' ? 0.001 : unit === 'm' ? 60 : unit === 'h' ? 3600 : 1);
  }
  return seconds;
}

/** The beginning of `agnhost connect --help`, agnhost 2.55. */
const CONNECT_HELP = `Tries to open a TCP, UDP or SCTP connection to the given host and port. On error it prints an error message prefixed with a specific fixed string that test cases can check for:

* UNKNOWN - Generic/unknown (non-network) error (eg, bad arguments)
* TIMEOUT - The connection attempt timed out
* DNS - An error in DNS resolution
* REFUSED - Connection refused
* OTHER - Other networking error (eg, "no route to host")

Usage:
  app connect [host:port] [flags]
`;

async function agnhost(context: Context, args: readonly string[]): Promise<number> {
  const { request } = context;
  const [command, ...rest] = args;
  if (command !== 'connect') {
    request.stdout('Usage:\n  app [command]\n');
    return command === undefined ? 0 : 1;
  }
  if (rest.includes('--help')) {
    request.stdout(CONNECT_HELP);
    return 0;
  }
  const option = (name: string): string | undefined => {
    const index = rest.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
    const arg = rest[index];
    return arg === undefined ? undefined : arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : rest[index + 1];
  };
  const destination = rest
    .filter((arg, index) => !arg.startsWith('--') && !/^--\w+$/.test(rest[index - 1] ?? ''))
    .at(-1);
  const parsed = splitHostPort(destination ?? '');
  const fail = (text: string): number => {
    request.stderr(`${text}\n`);
    return 1;
  };
  if (parsed === undefined) return fail(`UNKNOWN: address ${destination ?? ''}: missing port in address`);
  const { host, port } = parsed;
  const udp = (option('protocol') ?? 'tcp').toLowerCase() === 'udp';
  const limit = goDuration(option('timeout') ?? '0s') || 60;
  const { outcome, address, limited } = await attempt(context, host, port, udp ? 'UDP' : 'TCP', limit);
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  if (limited) return fail(udp ? `TIMEOUT: read udp ${ownAddress(context)}:54194->${where}: i/o timeout` : 'TIMEOUT');
  switch (outcome.kind) {
    case 'answered':
      return 0;
    case 'refused':
      return fail(
        udp ? `REFUSED: read udp ${ownAddress(context)}:54194->${where}: read: connection refused` : 'REFUSED',
      );
    case 'timeout':
      return fail('TIMEOUT');
    case 'no-route':
      return fail(`OTHER: dial ${udp ? 'udp' : 'tcp'} ${where}: connect: no route to host`);
    case 'unreachable':
      return fail(`OTHER: dial ${udp ? 'udp' : 'tcp'} ${where}: connect: network is unreachable`);
    case 'unknown-host':
      return fail(`DNS: lookup ${host} on 10.96.0.10:53: no such host`);
  }
}

function ownAddress({ request }: Context): string {
  return addressesOf(request.pod)[0] ?? '0.0.0.0';
}

/** The kernel's words for an outcome that is no answer. */
function kernelWords(kind: Exclude<Outcome['kind'], 'answered'>): string {
  switch (kind) {
    case 'refused':
      return 'Connection refused';
    case 'timeout':
      return 'Connection timed out';
    case 'no-route':
      return 'No route to host';
    case 'unreachable':
      return 'Network is unreachable';
  }
}

/** How long the kernel itself tries to connect, without a limit of the tool. */
const KERNEL_SECONDS = 130;

/** busybox nc: `nc [-w SECONDS] HOST PORT`, and nothing like -z. */
async function netcat(context: Context, args: readonly string[]): Promise<number> {
  const { request } = context;
  const strange = args.find((arg) => /^-[^wupiNlfe]/.test(arg));
  if (strange !== undefined) {
    request.stderr(
      `nc: invalid option -- '${strange.slice(1, 2)}'\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.\n\nUsage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n`,
    );
    return 1;
  }
  let limit = KERNEL_SECONDS;
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '-w') limit = Number(args[++index]);
    else if (arg.startsWith('-w')) limit = Number(arg.slice(2));
    else if (!arg.startsWith('-')) words.push(arg);
  }
  const [host = '', port = ''] = words;
  const { outcome, address, limited } = await attempt(context, host, Number(port), 'TCP', limit);
  if (limited && limit < KERNEL_SECONDS) {
    request.stderr('nc: timed out\n');
    return 1;
  }
  if (outcome.kind === 'unknown-host') {
    request.stderr(`nc: bad address '${host}'\n`);
    return 1;
  }
  if (outcome.kind !== 'answered') {
    request.stderr(`nc: can't connect to remote host (${address}): ${kernelWords(outcome.kind)}\n`);
    return 1;
  }
  return 0;
}

interface ParsedUrl {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): ParsedUrl | undefined {
  const match = /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(text);
  if (match === null) return undefined;
  const [, scheme = 'http', host = '', port, path = '/'] = match;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? (scheme === 'https' ? 443 : 80)), path };
}

/** The body of agnhost's netexec, which answers everything that answers in a simulated cluster. */
function httpBody(outcome: Extract<Outcome, { kind: 'answered' }>, path: string): string {
  if (path.startsWith('/clientip')) return `${outcome.clientAddress}:57630`;
  if (path.startsWith('/hostname')) return outcome.by.name;
  return `NOW: ${new Date().toISOString().replace('T', ' ').replace('Z', ' +0000 UTC')}`;
}

/** busybox wget as Debian builds it: it dies of a segmentation fault when it is given -T. */
async function wget(context: Context, args: readonly string[]): Promise<number> {
  const { request } = context;
  if (args.some((arg) => arg.startsWith('-T'))) return 139;
  const quiet = args.some((arg) => /^-\w*q/.test(arg));
  const url = parseUrl(args.at(-1) ?? '');
  const output = args[args.indexOf('-O') + 1];
  if (url === undefined) return 1;
  const { outcome, address } = await attempt(context, url.host, url.port, 'TCP', KERNEL_SECONDS);
  if (outcome.kind === 'unknown-host') {
    request.stderr(`wget: bad address '${url.host}'\n`);
    return 1;
  }
  if (!quiet) request.stderr(`Connecting to ${url.host}:${url.port} (${address}:${url.port})\n`);
  if (outcome.kind !== 'answered') {
    request.stderr(`wget: can't connect to remote host (${address}): ${kernelWords(outcome.kind)}\n`);
    return 1;
  }
  if (output === '-') request.stdout(httpBody(outcome, url.path));
  return 0;
}

async function curl(context: Context, args: readonly string[]): Promise<number> {
  const { request } = context;
  let limit = 300;
  let silent = false;
  let showErrors = false;
  let discard = false;
  let format = '';
  let target = '';
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '-m' || arg === '--max-time' || arg === '--connect-timeout') {
      limit = Math.min(limit, Number(args[++index]));
    } else if (arg === '-o' || arg === '--output') discard = args[++index] === '/dev/null';
    else if (arg === '-w' || arg === '--write-out') format = args[++index] ?? '';
    else if (arg.startsWith('--')) silent ||= arg === '--silent';
    else if (arg.startsWith('-')) {
      silent ||= arg.includes('s');
      showErrors ||= arg.includes('S');
    } else target = arg;
  }
  const say = (text: string): void => {
    if (!silent || showErrors) request.stderr(`curl: ${text}\n`);
  };
  const url = parseUrl(target);
  if (url === undefined) {
    say('(3) URL using bad/illegal format or missing URL');
    return 3;
  }
  const { outcome, address, limited } = await attempt(context, url.host, url.port, 'TCP', limit);
  const answered = outcome.kind === 'answered';
  if (answered && !discard) request.stdout(httpBody(outcome, url.path));
  request.stdout(
    format
      .replaceAll('%{http_code}', answered ? '200' : '000')
      .replaceAll('%{remote_ip}', answered ? address : '')
      .replaceAll('%{time_connect}', answered ? '0.000412' : '0.000000')
      .replaceAll('%{time_total}', answered ? '0.001034' : '0.000000')
      .replaceAll('\\n', '\n'),
  );
  if (outcome.kind === 'unknown-host') {
    say(`(6) Could not resolve host: ${url.host}`);
    return 6;
  }
  if (limited) {
    say(`(28) Connection timed out after ${Math.round(limit * 1000) + 1} milliseconds`);
    return 28;
  }
  if (!answered) {
    say(`(7) Failed to connect to ${url.host} port ${url.port} after 0 ms: Couldn't connect to server`);
    return 7;
  }
  return 0;
}

async function ping(context: Context, args: readonly string[]): Promise<number> {
  const { request } = context;
  const value = (option: string, otherwise: number): number => {
    const index = args.indexOf(option);
    return index < 0 ? otherwise : Number(args[index + 1]);
  };
  const host = args.at(-1) ?? '';
  const count = value('-c', 1);
  const { outcome, address } = await attempt(context, host, 0, 'ICMP', value('-W', 10));
  if (outcome.kind === 'unknown-host') {
    request.stderr(`ping: bad address '${host}'\n`);
    return 1;
  }
  request.stdout(`PING ${host} (${address}): 56 data bytes\n`);
  const answered = outcome.kind === 'answered';
  for (let sequence = 0; answered && sequence < count; sequence++) {
    request.stdout(`64 bytes from ${address}: seq=${sequence} ttl=62 time=0.250 ms\n`);
  }
  const received = answered ? count : 0;
  request.stdout(
    `\n--- ${host} ping statistics ---\n${count} packets transmitted, ${received} packets received, ${answered ? 0 : 100}% packet loss\n${answered ? 'round-trip min/avg/max = 0.250/0.250/0.250 ms\n' : ''}`,
  );
  return answered ? 0 : 1;
}

/** `timeout SECONDS COMMAND…`: the limit reaches the tools by their patience only when they have none of their own. */
async function timeout(context: Context, args: readonly string[]): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const limit = Number((words[0] ?? '').replace(/s$/, ''));
  const rest = args.slice(args.indexOf(words[0] ?? '') + 1);
  const [program = '', ...own] = rest;
  const tool = toolNamed(context, program);
  if (tool === undefined) {
    context.request.stderr(`timeout: can't execute '${program}': No such file or directory\n`);
    return 127;
  }
  const clock = new AbortController();
  const patient = {
    ...context,
    request: { ...context.request, signal: AbortSignal.any([context.request.signal, clock.signal]) },
  };
  const ended = runTool(patient, tool, own);
  // Without real time nothing is waited for, and the tool's own end is the end.
  if (context.timeScale <= 0) return ended;
  const done = new AbortController();
  const first = await Promise.race([
    ended,
    delay(limit * 1000 * context.timeScale, undefined, { signal: done.signal }).catch(() => undefined),
  ]);
  done.abort();
  clock.abort();
  return first ?? 143;
}

/** `sh -c SCRIPT`: simple commands joined by `;`, `&&`, `||` and newlines, redirections of output, /dev/tcp in bash. */
/** What the product's question for tools prints: a mark for each program that is there, and what it says of itself. */
async function introductions(context: Context): Promise<number> {
  const { request, tools } = context;
  const together = { ...context, request: { ...request, stderr: request.stdout } };
  for (const { programs, introduction } of TOOLS) {
    for (const program of programs) {
      if (!tools.includes(program)) continue;
      request.stdout(`\n--- tool ${program}\n`);
      await runTool(together, program, introduction);
    }
  }
  return 0;
}

async function shell(context: Context, name: string, args: readonly string[]): Promise<number> {
  if (args[0] !== '-c') {
    let script = '';
    for await (const bytes of context.request.stdin) script += bytes.toString('utf8');
    return shell(context, name, ['-c', script]);
  }
  if (args[1] === DISCOVERY_SCRIPT) return introductions(context);
  if (args[1] === NODE_SCRIPT)
    return nodeScript(context.request, (tool, words, request) => runTool({ ...context, request }, tool, words));
  let exitCode = 0;
  let join = ';';
  for (const [, text = '', operator = ';'] of `${args[1] ?? ''};`.matchAll(
    /((?:'[^']*'|"[^"]*"|[<>]&\d|&>|[^;&|\n'"])*)(;|&&|\|\||\n|$)/g,
  )) {
    const skip = (join === '&&' && exitCode !== 0) || (join === '||' && exitCode === 0);
    if (text.trim() !== '' && !skip) {
      const end = await simpleCommand(context, name, text.trim(), exitCode);
      if (typeof end === 'object') return end.exit;
      exitCode = end;
    }
    if (text.trim() !== '' || operator !== ';') join = operator;
  }
  return exitCode;
}

async function simpleCommand(
  context: Context,
  shellName: string,
  text: string,
  lastCode: number,
): Promise<number | { readonly exit: number }> {
  const words = [...text.matchAll(/(?:'([^']*)'|"([^"]*)"|((?:[^\s'"])+))/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  let request = context.request;
  const plain: string[] = [];
  const socket = /\/dev\/tcp\/([^/\s]+)\/(\d+)/.exec(text);
  for (const word of words) {
    if (/^(1|&)?>(\/dev\/null|&2)$/.test(word))
      request = { ...request, stdout: word.includes('&2') ? request.stderr : () => undefined };
    if (word === '2>/dev/null' || word === '&>/dev/null') request = { ...request, stderr: () => undefined };
    if (word === '2>&1') request = { ...request, stderr: request.stdout };
    if (!/^(\d|&)?[<>]/.test(word)) plain.push(word);
  }
  const redirected = { ...context, request };
  const [program = '', ...args] = plain;
  if (socket !== null && shellName === 'bash') {
    const [, host = '', port = ''] = socket;
    const { outcome } = await attempt(redirected, host, Number(port), 'TCP', KERNEL_SECONDS);
    if (outcome.kind === 'answered') return 0;
    const why = outcome.kind === 'unknown-host' ? 'Name or service not known' : kernelWords(outcome.kind);
    request.stderr(`bash: connect: ${why}\nbash: line 1: /dev/tcp/${host}/${port}: ${why}\n`);
    return 1;
  }
  if (program === 'exit') return { exit: args[0] === undefined ? lastCode : Number(args[0]) };
  if (program === ':' || program === 'exec' || program === '') return 0;
  if (program === 'command' && args[0] === '-v') {
    const found = args.slice(1).filter((word) => toolNamed(context, word) !== undefined);
    // busybox ash looks at the first word only.
    const first = found[0] !== undefined && found[0] === args[1] ? found[0] : undefined;
    if (first !== undefined) request.stdout(`${first.startsWith('/') ? first : `/bin/${first}`}\n`);
    return first === undefined ? 127 : 0;
  }
  const tool = toolNamed(context, program);
  if (tool === undefined) {
    request.stderr(`${shellName}: ${program}: not found\n`);
    return 127;
  }
  return runTool(redirected, tool, args);
}
