/** The words above the tree for a server that cannot be reached, or not without credentials: they promise no time at which there is none. */
import assert from 'node:assert/strict';
import { Cluster } from '../../src/editor/cluster.js';
import { messageOf } from '../../src/editor/situation.js';
import type { ClusterSession, ConnectionState } from '../../src/kube/session.js';

const NOTHING = { dispose: (): void => undefined };

/** A session that is in one state and stays there. */
function stuck(state: ConnectionState): ClusterSession {
  return {
    state,
    onState: () => NOTHING,
    onChange: () => NOTHING,
    request: () => Promise.reject(new Error('not connected')),
    retry: () => undefined,
    setVisible: () => undefined,
    dispose: () => undefined,
    ended: Promise.resolve(),
  };
}

function wordsOf(state: ConnectionState): string {
  const cluster = new Cluster({ context: 'c', server: 'https://host' }, stuck(state));
  return messageOf({ kind: 'cluster', cluster }) ?? '';
}
const words = (retryAt: number): string =>
  wordsOf({
    phase: 'unreachable',
    server: 'https://host',
    message: 'the thread ended',
    attempt: 1,
    retryAt,
    wasConnected: true,
  });

describe('what is said of a server that cannot be reached', () => {
  it('when it is tried again, by the clock', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5);
    assert.equal(
      words(at.getTime()),
      `https://host cannot be reached: the thread ended. Trying again at ${at.toLocaleTimeString()}.`,
    );
  });

  it('that it is not tried again by itself', () => {
    assert.equal(
      words(Infinity),
      'https://host cannot be reached: the thread ended. It is not tried again until you ask for it.',
    );
  });
});

describe('what is said where there are no credentials', () => {
  const without = (rejected: boolean, message: string, retryAt: number): string =>
    wordsOf({ phase: 'unauthenticated', server: 'https://host', rejected, message, retryAt });

  it('whose fault it is, and when it is tried again', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5);
    assert.equal(
      without(false, 'token ended with exit code 1', at.getTime()),
      `There are no credentials for https://host: token ended with exit code 1. Trying again at ${at.toLocaleTimeString()}.`,
    );
    assert.equal(
      without(true, 'Unauthorized.', Infinity),
      'https://host does not accept the credentials: Unauthorized. It is not tried again until you ask for it.',
    );
  });
});
