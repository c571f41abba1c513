/** Our worker thread, which also tells how much memory it holds, when it is asked on a channel of its own. */
import { BroadcastChannel } from 'node:worker_threads';
import '../../../src/kube/worker.js';
import { heldBytes } from '../measure.js';

const before = heldBytes();
const channel = new BroadcastChannel('memory');
channel.onmessage = ({ data }) => {
  if (data === 'how much') channel.postMessage(heldBytes() - before);
};
channel.unref();
