/**
 * The simulated server of the benchmark, in a process of its own. It obeys lines on its standard input and answers each with
 * one line of JSON:
 *
 *     sent          bytes sent so far
 *     lists         the lists that were asked for since the last time, as paths with queries
 *     prepare N     makes N changes ready: N − 1 pods that change, and at last a pod that is new
 *     go            makes them at once
 *     add, remove   one pod more or less
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { tokenUser } from '../apiserver/access.js';
import { isObject, type KubeObject } from '../apiserver/json.js';
import { ApiServer } from '../apiserver/server.js';
import { generated } from '../scenarios/generated.js';
import { epochMs } from './measure.js';

export interface ServerOptions {
  readonly folder: string;
  readonly nodes: number;
  readonly pods: number;
  readonly seed: number;
}

export interface ServerReady {
  readonly url: string;
  readonly token: string;
  /** Paths of files. */
  readonly kubeconfig: string;
  readonly authority: string;
}

/** A pod that comes or goes, in a namespace where nothing else is. */
function marker(index: number): KubeObject {
  const address = `10.0.0.${254 - (index % 2)}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'bench', name: `marker-${index}`, uid: `marker-${index}` },
    spec: { nodeName: 'node-1', containers: [] },
    status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
  };
}

async function main(): Promise<void> {
  const { folder, ...size } = JSON.parse(process.argv[2] ?? '{}') as ServerOptions;
  const server = await ApiServer.start({ cluster: generated.build({ ...size, now: new Date() }), seed: size.seed });
  server.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } });
  const kubeconfig = path.join(folder, 'kubeconfig');
  const authority = path.join(folder, 'authority.pem');
  writeFileSync(kubeconfig, server.kubeconfig({ user: tokenUser.name }), { mode: 0o600 });
  writeFileSync(authority, server.authorityCertificate);
  const ready: ServerReady = { url: server.url, token: tokenUser.token ?? '', kubeconfig, authority };
  console.log(JSON.stringify(ready));

  let told = 0;
  let markers = 0;
  let play: () => void = () => undefined;
  const answer = (command: string, count: number): unknown => {
    switch (command) {
      case 'sent':
        return server.bytesSent;
      case 'lists': {
        const news = server.requests.slice(told);
        told = server.requests.length;
        return news
          .filter(({ method, url, status }) => method === 'GET' && status === 200 && !url.includes('watch='))
          .map(({ url }) => url);
      }
      case 'prepare': {
        const pods = server.objects('pods').slice(0, count - 1);
        const changed = pods.map((pod, index) => ({
          ...pod,
          status: { ...(isObject(pod['status']) ? pod['status'] : {}), message: `change ${index}` },
        }));
        play = server.prepare([...changed, marker(++markers)]);
        return changed.length + 1;
      }
      case 'go': {
        const at = epochMs();
        play();
        return at;
      }
      case 'add':
        server.apply(marker(++markers));
        return epochMs();
      case 'remove':
        server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'bench', name: `marker-${markers--}` });
        return epochMs();
      default:
        throw new Error(`unknown command ${command}`);
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [command = '', count = '0'] = line.split(' ');
    console.log(JSON.stringify(answer(command, Number(count))));
  }
  await server.close();
}

void main();
