/**
 * The benchmark of the inventory: our session side by side with what else can read all pods of a cluster, each in a process
 * of its own, against the simulated API server in another one.
 *
 *     --nodes N --pods N   the size; 5,000 and 150,000 unless told otherwise
 *     --small              1,000 nodes and 30,000 pods
 *     --seed N
 *     --only A,B           of: ours, fetch, client, kubectl, informer, events
 *
 * The server makes its answers before they are measured, so that its work is not in the numbers. Exit code 1: a goal was
 * missed; 2: something failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { Child } from './child.js';
import { download } from './download.js';
import { type Measured, type Message, percentile, type Task } from './measure.js';
import type { ServerOptions, ServerReady } from './server.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const FOLDER = path.join(ROOT, 'test-results', 'bench');
const PROGRAMS = [
  'idle',
  'ourPods',
  'podsWorker',
  'ours',
  'ourWorker',
  'floor',
  'fetchParse',
  'clientList',
  'clientInformer',
];
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';
/** Some of those that are compared hold whole objects. */
const HEAP_MB = 12_288;
const ROUNDS = 3;
const WARM_ROUNDS = 2;
const LATENCY_ROUNDS = 20;
const MOST_CHANGES = 20_000;

interface Row extends Measured {
  readonly name: string;
  readonly wireBytes: number;
}

/** What one of our programs measured, beside the bare download of what it asked for. */
interface Ours {
  readonly row: Row;
  readonly floor: Row;
}

/** How a reader takes changes. */
interface Changes {
  readonly name: string;
  readonly count: number;
  readonly perSecond: number;
  /** From the server's change of one pod to what the reader was told, in milliseconds, sorted. */
  readonly latenciesMs: readonly number[];
}

async function bundle(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries([
      ['server', 'test/bench/server.ts'],
      ...PROGRAMS.map((name) => [name, `test/bench/programs/${name}.ts`]),
    ]) as Record<string, string>,
    outdir: FOLDER,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // jsonc-parser's main file requires its parts by computed names.
    mainFields: ['module', 'main'],
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'error',
  });
}

function start(name: string, argument: Task | ServerOptions, env: Readonly<Record<string, string>> = {}): Child {
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`];
  return new Child(name, process.execPath, [...flags, path.join(FOLDER, `${name}.cjs`), JSON.stringify(argument)], env);
}

/** The cluster that is read. */
class Bench {
  readonly server: Child;
  readonly ready: ServerReady;
  readonly pods: number;

  constructor(server: Child, ready: ServerReady, pods: number) {
    this.server = server;
    this.ready = ready;
    this.pods = pods;
  }

  async bytesSent(): Promise<number> {
    return (await this.server.ask('sent')) as number;
  }

  /** The lists that were asked for since the last time. */
  async lists(): Promise<readonly string[]> {
    return (await this.server.ask('lists')) as readonly string[];
  }

  /** Starts a program, waits until it has measured itself, and leaves it running. */
  async begin(name: string, program: string, requests: readonly string[] = []): Promise<{ row: Row; child: Child }> {
    const { kubeconfig, url, token, authority } = this.ready;
    const before = await this.bytesSent();
    const child = start(
      program,
      { kubeconfig, url, token, pods: this.pods, requests },
      { NODE_EXTRA_CA_CERTS: authority },
    );
    const message = (await child.next()) as Message;
    if (message.kind !== 'measured') throw new Error(`${program} did not measure itself`);
    return { row: { name, ...message.measured, wireBytes: (await this.bytesSent()) - before }, child };
  }

  async run(name: string, program: string, requests: readonly string[] = []): Promise<Row> {
    const { row, child } = await this.begin(name, program, requests);
    await child.end();
    return row;
  }

  /** Reads all pods in pages of 500 in some form and throws them away: afterwards the server has them at hand. */
  async warm(accept: string): Promise<void> {
    const agent = new https.Agent({ keepAlive: true, ca: readFileSync(this.ready.authority) });
    let next = '';
    do {
      const { pieces } = await download(agent, `${this.ready.url}/api/v1/pods?limit=500&continue=${next}`, {
        authorization: `Bearer ${this.ready.token}`,
        accept,
      });
      next = /"continue":"([^"]+)"/.exec(pieces[0]?.toString('utf8', 0, 2000) ?? '')?.[1] ?? '';
    } while (next !== '');
    agent.destroy();
  }
}

/** Of an odd number of rounds the middle one. */
function median(rows: readonly Row[]): Row {
  const middle = [...rows].sort((a, b) => a.wallMs - b.wallMs)[rows.length >> 1];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

/** One of our programs some times, and after each time the bare download of what it asked for. */
async function oursAndFloor(bench: Bench, name: string, program: string): Promise<Ours> {
  // Pages grow with the speed that is seen, so the first times ask for others than those that follow.
  for (let round = 0; round < WARM_ROUNDS; round++) await bench.run('to get warm', program);
  const ours: Row[] = [];
  const floor: Row[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await bench.lists();
    ours.push(await bench.run(name, program));
    floor.push(await bench.run('  bare download and decoding of the same', 'floor', await bench.lists()));
  }
  return { row: median(ours), floor: median(floor) };
}

async function kubectl(bench: Bench): Promise<Row | undefined> {
  if (spawnSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' }).status !== 0) {
    console.log('kubectl is left out: neither in KUBECTL nor in PATH');
    return undefined;
  }
  await bench.warm('application/json;as=Table;v=v1;g=meta.k8s.io');
  const before = await bench.bytesSent();
  const started = performance.now();
  const args = ['--kubeconfig', bench.ready.kubeconfig, 'get', 'pods', '-A', '-o', 'wide', '--chunk-size=500'];
  const child = spawn(KUBECTL, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  let peakBytes = 0;
  const memory = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), 50);
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) lines++;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(memory);
  if (code !== 0) throw new Error(`kubectl ended with ${String(code)}`);
  return {
    name: 'kubectl get pods -A -o wide, peak memory',
    items: lines - 1, // without the header
    wallMs: performance.now() - started,
    cpuMs: NaN,
    longestBlockMs: NaN,
    keptBytes: peakBytes === 0 ? NaN : peakBytes,
    wireBytes: (await bench.bytesSent()) - before,
  };
}

/** The most memory that a process ever had, in bytes, where /proc tells; else 0. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // Not Linux, or the process has just ended: then there is nothing to tell.
    return 0;
  }
}

async function expectMessage(child: Child, kind: 'watching' | 'seen'): Promise<number> {
  const message = (await child.next()) as Message;
  if (message.kind !== kind) throw new Error(`${message.kind} instead of ${kind}`);
  return message.kind === 'seen' ? message.at : 0;
}

/** Changes for a reader that has read everything and watches: many at once, then one after the other. */
async function changesFor(bench: Bench, name: string, child: Child): Promise<Changes> {
  await expectMessage(child, 'watching');
  const count = (await bench.server.ask(`prepare ${Math.min(MOST_CHANGES, bench.pods)}`)) as number;
  const at = (await bench.server.ask('go')) as number;
  const perSecond = count / (((await expectMessage(child, 'seen')) - at) / 1000);
  const latenciesMs: number[] = [];
  for (let round = 0; round < LATENCY_ROUNDS; round++) {
    const changedAt = (await bench.server.ask(round % 2 === 0 ? 'add' : 'remove')) as number;
    latenciesMs.push((await expectMessage(child, 'seen')) - changedAt);
  }
  // What was added last goes, so that the next reader finds what was promised.
  await bench.server.ask('remove');
  await expectMessage(child, 'seen');
  return { name, count, perSecond, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}

const inMs = (ms: number): string => (Number.isNaN(ms) ? '–' : ms.toFixed(1));
const inMB = (bytes: number): string => (Number.isNaN(bytes) ? '–' : (bytes / 1e6).toFixed(1));

function printTable(rows: readonly Row[], ours: Row | undefined): void {
  const cells = [
    ['', 'pods', 'wall s', '× ours', 'CPU s', 'longest block ms', 'kept MB', 'MB on the wire'],
    ...rows.map((row) => [
      row.name,
      String(row.items),
      (row.wallMs / 1000).toFixed(2),
      ours === undefined || row.items === 0 ? '–' : (row.wallMs / ours.wallMs).toFixed(1),
      Number.isNaN(row.cpuMs) ? '–' : (row.cpuMs / 1000).toFixed(2),
      inMs(row.longestBlockMs),
      inMB(row.keptBytes),
      inMB(row.wireBytes),
    ]),
  ];
  const width = (column: number): number => Math.max(...cells.map((line) => line[column]?.length ?? 0));
  for (const line of cells) {
    const padded = line.map((cell, column) =>
      column === 0 ? cell.padEnd(width(column)) : cell.padStart(width(column)),
    );
    console.log(padded.join('  '));
  }
}

interface Goal {
  readonly words: string;
  readonly met: boolean;
}

/** What the others read is the pods: that is what is held against them. */
function goalsOf(pods: Ours, everything: Ours, client: Row | undefined): Goal[] {
  const ofClient: Goal[] =
    client === undefined
      ? []
      : [
          {
            words: `the pods in 1/${(client.wallMs / pods.row.wallMs).toFixed(1)} of the official client's time; goal: 1/10 at most`,
            met: pods.row.wallMs <= client.wallMs / 10,
          },
        ];
  return [
    ...ofClient,
    {
      words: `the pods in ${(pods.row.wallMs / pods.floor.wallMs).toFixed(2)} × a bare download; goal: 1.3 at most`,
      met: pods.row.wallMs <= 1.3 * pods.floor.wallMs,
    },
    { words: `the pods kept in ${inMB(pods.row.keptBytes)} MB; goal: 15 at most`, met: pods.row.keptBytes <= 15e6 },
    {
      words: `longest block ${inMs(pods.row.longestBlockMs)} ms reading the pods, ${inMs(everything.row.longestBlockMs)} ms reading everything; goal: 16 at most`,
      met: Math.max(pods.row.longestBlockMs, everything.row.longestBlockMs) <= 16,
    },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string' },
      pods: { type: 'string' },
      small: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const nodes = Number(values.nodes ?? (values.small ? 1000 : 5000));
  const podCount = Number(values.pods ?? (values.small ? 30_000 : 150_000));
  const chosen = values.only?.split(',');
  const wanted = (name: string): boolean => chosen?.includes(name) ?? true;

  await bundle();
  console.log(
    `${nodes} nodes, ${podCount} pods; Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? '?'}, load ${inMs(os.loadavg()[0] ?? NaN)}\n`,
  );
  const server = start('server', { folder: FOLDER, nodes, pods: podCount, seed: Number(values.seed) });
  try {
    const bench = new Bench(server, (await server.next()) as ServerReady, podCount);
    const rows: Row[] = [await bench.run('an idle process', 'idle')];
    const changes: Changes[] = [];
    let pods: Ours | undefined;
    let everything: Ours | undefined;
    let client: Row | undefined;
    if (wanted('ours')) {
      pods = await oursAndFloor(bench, 'this inventory, the pods', 'ourPods');
      everything = await oursAndFloor(bench, 'this inventory, everything, with model and checks', 'ours');
      rows.push(pods.row, pods.floor, everything.row, everything.floor);
    }
    if (wanted('fetch') || wanted('client') || wanted('informer')) await bench.warm('application/json');
    if (wanted('fetch')) rows.push(await bench.run('fetch and JSON.parse, pages of 500', 'fetchParse'));
    if (wanted('client')) {
      client = await bench.run('official client, typed, pages of 500', 'clientList');
      rows.push(client);
    }
    if (wanted('kubectl')) {
      const row = await kubectl(bench);
      if (row !== undefined) rows.push(row);
    }
    if (wanted('informer')) {
      const { row, child } = await bench.begin("official client's informer, pages of 500", 'clientInformer');
      rows.push(row);
      if (wanted('events')) changes.push(await changesFor(bench, row.name, child));
      await child.end();
    }
    if (wanted('events')) {
      const { row, child } = await bench.begin('this inventory', 'ours');
      changes.push(await changesFor(bench, row.name, child));
      await child.end();
    }
    printTable(rows, pods?.row);
    if (changes.length > 0) console.log('');
    for (const { name, count, perSecond, latenciesMs } of changes) {
      console.log(
        `${name}: ${count} changes at once are told at ${Math.round(perSecond)} a second; one change after ${inMs(percentile(latenciesMs, 0.5))} ms (median), ${inMs(percentile(latenciesMs, 0.95))} ms (95 %)`,
      );
    }
    const goals = pods === undefined || everything === undefined ? [] : goalsOf(pods, everything, client);
    if (goals.length > 0) console.log('');
    for (const { words, met } of goals) console.log(`${met ? 'met   ' : 'MISSED'}  ${words}`);
    const result = { nodes, pods: podCount, rows, changes, goals };
    writeFileSync(path.join(FOLDER, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    if (goals.some(({ met }) => !met)) process.exitCode = 1;
    await server.end();
  } finally {
    server.kill();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
