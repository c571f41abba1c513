/**
 * The worker thread: one connected cluster behind messages. The thread ends with the session.
 *
 * Its data is the port that messages go to; a message without content on the thread's own port says that there are some.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { AccessError } from './access.js';
import { partsOf } from './changeParts.js';
import { ClusterHost } from './clusterHost.js';
import { errorOfSocket, KubeError } from './errors.js';
import { accessTo } from './kubeconfig/access.js';
import type { SelectedContext } from './kubeconfig/selectContext.js';
import { logTo } from './log.js';
import type { CredentialCommand, SessionOptions, SessionRequests } from './session.js';
import type { FromWorker, RequestOf, ToWorker } from './workerProtocol.js';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

/** Where messages wait until the other side has time for them. */
const outbox = workerData as MessagePort;
const post = (message: FromWorker): void => {
  outbox.postMessage(message);
  port.postMessage(undefined);
};
const log = logTo((line) => post({ type: 'log', line }));
const running = new Map<number, AbortController>();
const consents = new Map<number, (allowed: boolean) => void>();
let nextConsent = 1;
let host: ClusterHost | undefined;

/** Asks the other side, where the user is. Nobody there to answer, or nobody waiting any more, means no. */
async function mayRun(command: CredentialCommand, signal: AbortSignal): Promise<boolean> {
  const id = nextConsent++;
  return new Promise((resolve) => {
    const over = (): void => {
      post({ type: 'mayRunOver', id });
      settle(false);
    };
    const settle = (allowed: boolean): void => {
      signal.removeEventListener('abort', over);
      consents.delete(id);
      resolve(allowed);
    };
    signal.addEventListener('abort', over, { once: true });
    consents.set(id, settle);
    post({ type: 'mayRun', id, command });
  });
}

function connect(selected: SelectedContext, options: SessionOptions): void {
  try {
    host ??= new ClusterHost({
      access: accessTo(selected, mayRun, { log }),
      options,
      log,
      onState: (state) => post({ type: 'state', state }),
      onChange: (change) => {
        for (const part of partsOf(change)) post({ type: 'change', change: part });
      },
    });
    host.start();
  } catch (error) {
    // A kubeconfig that turns out to be unusable; anything else is a fault of ours and ends the thread.
    if (!(error instanceof AccessError)) throw error;
    const { server } = selected.cluster;
    const state = { phase: error.kind, server, message: error.message, rejected: false, retryAt: Infinity };
    post({ type: 'state', state });
  }
}

async function answer<K extends keyof SessionRequests>({ id, kind, params }: RequestOf<K>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    if (host === undefined) throw new KubeError('cancelled', 'not connected');
    const tell = (progress: unknown): void => post({ type: 'progress', id, progress });
    post({ type: 'result', id, result: await host.request(kind, params, stop.signal, tell) });
  } catch (error) {
    const { kind: errorKind, message, httpCode, reason } = errorOfSocket(error);
    post({ type: 'error', id, error: { kind: errorKind, message, httpCode, reason } });
  } finally {
    running.delete(id);
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'connect':
      connect(message.selected, message.options);
      break;
    case 'request':
      void answer(message);
      break;
    case 'cancel':
      running.get(message.id)?.abort();
      break;
    case 'consent':
      consents.get(message.id)?.(message.allowed);
      break;
    case 'retry':
      host?.retry();
      break;
    case 'visible':
      host?.setVisible(message.visible);
      break;
    case 'end':
      host?.dispose();
      port.close();
      break;
  }
});
