/** Our inventory of the pods alone, in a worker thread: what the others read, and no more. */
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { measure, memoryOfWorker, selectedContext, tell } from '../measure.js';

async function main(): Promise<void> {
  const workerData = await selectedContext();
  const measured = await measure(async () => {
    const worker = new Worker(path.join(__dirname, 'podsWorker.cjs'), { workerData });
    const [items] = (await once(worker, 'message')) as [number];
    return { items, kept: worker };
  });
  tell({ kind: 'measured', measured: { ...measured, keptBytes: measured.keptBytes + (await memoryOfWorker()) } });
  process.exit(0);
}

void main();
