/** The official client's typed list in pages of 500, of which no more is kept than is needed. */
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { measure, type SlimPod, taskOfArguments, tell } from '../measure.js';

function slim(pod: V1Pod): SlimPod {
  return {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    uid: pod.metadata?.uid ?? '',
    node: pod.spec?.nodeName ?? '',
    ips: (pod.status?.podIPs ?? []).map(({ ip }) => ip),
    phase: pod.status?.phase ?? '',
    hostNetwork: pod.spec?.hostNetwork === true,
  };
}

async function main(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(taskOfArguments().kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const measured = await measure(async () => {
    const pods: SlimPod[] = [];
    let next: string | undefined;
    do {
      const page = await api.listPodForAllNamespaces({
        limit: 500,
        ...(next === undefined ? {} : { _continue: next }),
      });
      for (const pod of page.items) pods.push(slim(pod));
      next = page.metadata?._continue;
    } while (next !== undefined && next !== '');
    return { items: pods.length, kept: pods };
  });
  tell({ kind: 'measured', measured });
}

void main();
