/**
 * The floor: the very lists that our session asked for, one after the other, downloaded and decoded with the same code, and
 * nothing kept.
 */
import https from 'node:https';
import { namespaceCodec, nodeCodec, podCodec, serviceCodec, systemPodCodec } from '../../../src/kube/protobuf/codec.js';
import { download } from '../download.js';
import { measure, taskOfArguments, tell } from '../measure.js';

const task = taskOfArguments();

async function read(agent: https.Agent, path: string): Promise<number> {
  const { pathname, searchParams } = new URL(path, task.url);
  const codec = codecOf(pathname, searchParams.has('labelSelector') || searchParams.has('fieldSelector'));
  const answer = await download(agent, `${task.url}${path}`, {
    authorization: `Bearer ${task.token}`,
    accept: codec?.accept ?? 'application/json',
  });
  if (codec === undefined) {
    JSON.parse(answer.text);
    return 0;
  }
  let items = 0;
  const decoded = codec.page(answer).items()[Symbol.iterator]();
  while (decoded.next().done !== true) items++;
  return codec === podCodec ? items : 0;
}

function codecOf(pathname: string, isSelected: boolean) {
  if (isSelected) return pathname.endsWith('/pods') ? systemPodCodec : undefined;
  switch (pathname) {
    case '/api/v1/pods':
      return podCodec;
    case '/api/v1/nodes':
      return nodeCodec;
    case '/api/v1/namespaces':
      return namespaceCodec;
    case '/api/v1/services':
      return serviceCodec;
    default:
      return undefined;
  }
}

async function main(): Promise<void> {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const measured = await measure(async () => {
    let items = 0;
    for (const path of task.requests ?? []) items += await read(agent, path);
    return { items, kept: true };
  });
  tell({ kind: 'measured', measured });
  agent.destroy();
}

void main();
