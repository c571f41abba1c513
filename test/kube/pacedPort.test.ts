/** Messages of another thread: their order, that others get their turn between them, and that none is lost at the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PacedPort } from '../../src/kube/pacedPort.js';

/** Posts the numbers from `first`, so many. */
function post(port: PacedPort<number>, first: number, count: number): void {
  for (let number = first; number < first + count; number++) port.sender.postMessage(number);
  port.wake();
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Busy for so long, as unpacking a large message is. */
function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('everything arrives in its order, whenever it was posted', async () => {
  const seen: number[] = [];
  const port = new PacedPort<number>((message) => {
    seen.push(message);
    busy(1);
  });
  post(port, 0, 20);
  post(port, 20, 20);
  await turn();
  post(port, 40, 20);
  while (seen.length < 60) await turn();
  assert.deepEqual(seen, numbers(60));
  port.drain();
});

test('everything else has its turn between them', async () => {
  let seen = 0;
  const port = new PacedPort<number>(() => {
    seen++;
    busy(3);
  });
  post(port, 0, 30);
  const between = new Set<number>();
  while (seen < 30) {
    between.add(seen);
    await turn();
  }
  // Two of them fill a slice; another program may make it one.
  assert.ok(between.size >= 10, `${between.size} turns`);
  port.drain();
});

test('a message that comes while one is taken is taken after it, and once', async () => {
  const seen: number[] = [];
  const port: PacedPort<number> = new PacedPort<number>((message) => {
    seen.push(message);
    if (message === 0) post(port, 1, 2);
  });
  post(port, 0, 1);
  await turn();
  assert.deepEqual(seen, [0, 1, 2]);
  port.drain();
});

test('at the end what is left comes at once, and nothing twice', async () => {
  const seen: number[] = [];
  const port = new PacedPort<number>((message) => {
    seen.push(message);
    busy(5);
  });
  post(port, 0, 12);
  assert.ok(seen.length < 12);
  port.drain();
  assert.deepEqual(seen, numbers(12));
  await turn();
  assert.deepEqual(seen, numbers(12));
});
