/** A worker thread that keeps all pods of a cluster, with the parts that our own worker is made of, and nothing else. */
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { Api, limitsOf } from '../../../src/kube/api.js';
import { Connection } from '../../../src/kube/connection.js';
import { KIND } from '../../../src/kube/inventory/kinds.js';
import { PodStore } from '../../../src/kube/inventory/podStore.js';
import { Reflector } from '../../../src/kube/inventory/reflector.js';
import { accessTo } from '../../../src/kube/kubeconfig/access.js';
import type { SelectedContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { logTo } from '../../../src/kube/log.js';
import { podCodec } from '../../../src/kube/protobuf/codec.js';
import { TIMING } from '../../../src/kube/timing.js';
import { Transport } from '../../../src/kube/transport.js';
import { heldBytes } from '../measure.js';

const before = heldBytes();
const log = logTo(({ level, text }) => {
  if (level === 'error' || level === 'warn') console.error(text);
});
const { signal } = new AbortController();
const access = accessTo(workerData as SelectedContext, () => Promise.resolve(false), { log });
const api = new Api(new Transport(access, log), limitsOf(30));
const connection = new Connection(api, log, TIMING, () => undefined);
const store = new PodStore(() => undefined);
const channel = new BroadcastChannel('memory');
channel.onmessage = ({ data }) => {
  if (data === 'how much') channel.postMessage(heldBytes() - before);
};
channel.unref();

void connection.run(signal);
void new Reflector({
  api,
  connection,
  log,
  timing: TIMING,
  resource: { ...KIND.pods, version: 'v1' },
  scope: {},
  watchesEmpty: true,
  codec: podCodec,
  sink: store.sink(),
  onState: ({ state }) => {
    if (state === 'ok') parentPort?.postMessage(store.table.size);
  },
}).run(signal);
