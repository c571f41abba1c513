/** The connection against a server whose answers are told beforehand: what it takes for gone, and when it gives up. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import { AccessError } from '../../src/kube/access.js';
import type { Api } from '../../src/kube/api.js';
import { Connection, type LinkState } from '../../src/kube/connection.js';
import { errorOfSocket, errorOfStatus, KubeError, type KubeErrorKind } from '../../src/kube/errors.js';
import { TIMING } from '../../src/kube/timing.js';

/** `program-failed`: a credential program did, before anything was asked; `program-waited`: after it had waited for somebody. */
type Answer = 'v1.34.4' | KubeErrorKind | 'program-failed' | 'program-waited';
const CODES: Partial<Record<KubeErrorKind, number>> = { unauthenticated: 401, server: 503, tooManyRequests: 429 };

/** Connects to a server that gives these answers to its version's question, and then the last one for ever. */
function connect(t: TestContext, answers: readonly Answer[]) {
  const states: LinkState[] = [];
  const listeners = new Set<() => void>();
  let asked = 0;
  let dropped = 0;
  const look = (): void => {
    for (const listener of [...listeners]) listener();
  };
  // What of the API the connection uses.
  const api = {
    version: async (signal: AbortSignal) => {
      // As over a network: not before everything else had its turn.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? 'unreachable';
      look();
      if (answer === 'v1.34.4') return answer;
      if (answer === 'program-failed' || answer === 'program-waited')
        throw errorOfSocket(new AccessError('unauthenticated', answer, undefined, answer === 'program-failed'));
      throw new KubeError(answer, `it is ${answer}`, { httpCode: CODES[answer] });
    },
    transport: { lastByteAt: 0, dropConnections: () => dropped++ },
  } as unknown as Api;
  const end = new AbortController();
  const timing = { ...TIMING, backoffFirstMs: 1, backoffMaxMs: 4, silenceMs: 1 };
  const connection = new Connection(
    api,
    () => undefined,
    timing,
    (state) => {
      states.push(state);
      look();
    },
  );
  const running = connection.run(end.signal);
  t.after(async () => {
    end.abort(new Error('the test is over'));
    await running.catch(() => undefined);
  });
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      check();
    });
  return { connection, states, until, asked: () => asked, dropped: () => dropped };
}
const links = (states: readonly LinkState[]): readonly string[] =>
  states.map(({ link }) => link).filter((link, index, all) => link !== all[index - 1]);

test('a refusal after an outage is asked about again, however long the outage was', { timeout: 30_000 }, async (t) => {
  const outage: Answer[] = Array<Answer>(6).fill('unreachable');
  const of = connect(t, ['v1.34.4', ...outage, 'unauthenticated', 'unauthenticated', 'unauthenticated', 'v1.34.4']);
  await of.until(() => of.asked() >= 12);
  assert.deepEqual(links(of.states), [
    'connecting',
    'up',
    'down',
    'refused',
    'connecting',
    'refused',
    'connecting',
    'refused',
    'connecting',
    'up',
  ]);
});

test(
  'credentials that were never taken are tried three times, and then not until somebody asks',
  { timeout: 30_000 },
  async (t) => {
    const of = connect(t, ['unreachable', 'unauthenticated', 'unauthenticated', 'unauthenticated', 'v1.34.4']);
    await of.until(() => of.asked() === 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(of.asked(), 4);
    assert.equal(of.connection.state.link, 'refused');
    of.connection.retry();
    await of.until(() => of.connection.state.link === 'up');
  },
);

test('a credential program that fails by itself is started again three times', { timeout: 30_000 }, async (t) => {
  const of = connect(t, ['v1.34.4', ...Array<Answer>(4).fill('program-failed'), 'v1.34.4']);
  await of.until(() => of.states.filter(({ link }) => link === 'refused').length === 4);
  const refused = of.states.flatMap((state) => (state.link === 'refused' ? [state] : []));
  assert.deepEqual(
    refused.map(({ rejected, retryAt }) => [rejected, Number.isFinite(retryAt)]),
    [
      [false, true],
      [false, true],
      [false, true],
      [false, false],
    ],
    'it is said whether it is tried again',
  );
  assert.equal(of.asked(), 5);
  of.connection.retry();
  await of.until(() => of.connection.state.link === 'up');
});

test('a computer that wakes up before its network does needs no click', { timeout: 30_000 }, async (t) => {
  const of = connect(t, ['v1.34.4', 'program-failed', 'program-failed', 'v1.34.4', 'program-failed', 'v1.34.4']);
  await of.until(() => of.asked() >= 7);
  assert.deepEqual(
    links(of.states).filter((link) => link !== 'connecting'),
    ['up', 'refused', 'refused', 'up', 'refused', 'up'],
  );
});

for (const answer of ['program-failed', 'program-waited', 'declined'] as const)
  test(`what a person was asked for is not tried again without one: ${answer}`, { timeout: 30_000 }, async (t) => {
    const of = connect(t, [answer, 'v1.34.4']);
    await of.until(() => of.connection.state.link === 'refused');
    assert.ok(of.connection.state.link === 'refused' && of.connection.state.retryAt === Infinity);
    assert.equal(of.asked(), 1);
    of.connection.setActive(false);
    of.connection.setActive(true);
    assert.equal(of.connection.state.link, 'refused', 'also when it is looked at again');
    of.connection.retry();
    await of.until(() => of.connection.state.link === 'up');
    assert.equal(of.asked(), 2);
  });

test('a server that is away is not asked while nobody looks', { timeout: 30_000 }, async (t) => {
  const of = connect(t, ['v1.34.4', 'unreachable', 'v1.34.4']);
  await of.until(() => of.asked() >= 2 && of.connection.state.link === 'down');
  of.connection.setActive(false);
  const asked = of.asked();
  of.connection.retry();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(of.asked(), asked);
  of.connection.setActive(true);
  await of.until(() => of.connection.state.link === 'up');
});

for (const bad of ['server', 'tooManyRequests'] as const) {
  test(`a server that is there and answers ${bad} once or twice is not gone`, { timeout: 30_000 }, async (t) => {
    const of = connect(t, ['v1.34.4', bad, bad, 'v1.34.4', bad, 'v1.34.4']);
    const epoch = await of.connection.up(new AbortController().signal);
    await of.until(() => of.asked() >= 8);
    assert.deepEqual(links(of.states), ['connecting', 'up']);
    assert.ok(!epoch.aborted, 'what runs goes on');
    assert.equal(of.dropped(), 0);
  });

  test(`a server that answers ${bad} again and again counts as gone`, { timeout: 30_000 }, async (t) => {
    const of = connect(t, ['v1.34.4', bad]);
    const epoch = await of.connection.up(new AbortController().signal);
    await of.until(() => of.connection.state.link === 'down');
    assert.ok(epoch.aborted);
    assert.equal(of.asked(), 4);
  });
}

test('what a server asks to wait is bounded', () => {
  const status = { message: 'too many', reason: 'TooManyRequests', code: 429, retryAfterSeconds: 86_400 };
  assert.equal(errorOfStatus(status, 429).retryAfterMs, 300_000);
  assert.equal(errorOfStatus({ ...status, retryAfterSeconds: 0 }, 429, 3e12).retryAfterMs, 300_000);
  assert.equal(errorOfStatus({ ...status, retryAfterSeconds: 2 }, 429).retryAfterMs, 2_000);
});
