/**
 * Our session, as the editor starts it: a worker thread lists, watches, models and checks; the main thread gets summaries.
 * The time is until everything is read and checked, not the pods alone; the memory is that of both threads.
 */
import { once } from 'node:events';
import path from 'node:path';
import type { KindState } from '../../../src/kube/session.js';
import { WorkerSession } from '../../../src/kube/workerSession.js';
import { epochMs, measure, memoryOfWorker, selectedContext, taskOfArguments, tell } from '../measure.js';

const isRead = (kinds: Readonly<Record<string, KindState>>): boolean =>
  kinds['pods']?.state === 'ok' &&
  Object.values(kinds).every(({ state }) => state !== 'waiting' && state !== 'listing');

async function main(): Promise<void> {
  const task = taskOfArguments();
  const selected = await selectedContext();
  const connect = (): WorkerSession =>
    new WorkerSession(
      path.join(__dirname, 'ourWorker.cjs'),
      selected,
      { namespaces: [], severities: {}, workstation: false, requestTimeoutSeconds: 30 },
      {
        log: ({ level, text }) => {
          if (level === 'error' || level === 'warn') console.error(text);
        },
        mayRun: () => Promise.resolve(false),
      },
    );
  let session: WorkerSession | undefined;
  const measured = await measure(async () => {
    const started = connect();
    session = started;
    let kinds: Readonly<Record<string, KindState>> = {};
    let podCount = 0;
    await new Promise<void>((resolve) => {
      const listener = started.onChange((change) => {
        kinds = change.kinds ?? kinds;
        podCount = change.podCount ?? podCount;
        if (podCount !== task.pods || !isRead(kinds)) return;
        listener.dispose();
        resolve();
      });
    });
    return { items: podCount, kept: started };
  });
  const keptBytes = measured.keptBytes + (await memoryOfWorker());
  tell({ kind: 'measured', measured: { ...measured, keptBytes } });
  session?.onChange(({ podCount }) => {
    if (podCount !== undefined) tell({ kind: 'seen', at: epochMs() });
  });
  tell({ kind: 'watching' });
  await once(process.stdin.resume(), 'end');
  session?.dispose();
}

void main();
