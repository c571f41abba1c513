/** The official client's informer, fed in pages of 500: fed at once it fails on a large cluster. */
import { once } from 'node:events';
import { CoreV1Api, KubeConfig, makeInformer, type V1PodList } from '@kubernetes/client-node';
import { epochMs, measure, taskOfArguments, tell } from '../measure.js';

async function main(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(taskOfArguments().kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const whole = async (): Promise<V1PodList> => {
    const list = await api.listPodForAllNamespaces({ limit: 500 });
    for (let next = list.metadata?._continue; next !== undefined && next !== '';) {
      const page = await api.listPodForAllNamespaces({ limit: 500, _continue: next });
      for (const pod of page.items) list.items.push(pod);
      next = page.metadata?._continue;
    }
    return list;
  };
  const informer = makeInformer(config, '/api/v1/pods', whole);
  let watching = false;
  for (const verb of ['add', 'delete'] as const) {
    informer.on(verb, () => {
      if (watching) tell({ kind: 'seen', at: epochMs() });
    });
  }
  informer.on('error', (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  const measured = await measure(async () => {
    await informer.start();
    return { items: informer.list().length, kept: informer };
  });
  tell({ kind: 'measured', measured });
  watching = true;
  tell({ kind: 'watching' });
  await once(process.stdin.resume(), 'end');
  process.exit(0);
}

void main();
