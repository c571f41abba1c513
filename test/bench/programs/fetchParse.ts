/** The platform's own fetch and JSON.parse in pages of 500, of which no more is kept than is needed. */
import { measure, type SlimPod, taskOfArguments, tell } from '../measure.js';

interface PodPage {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
    readonly spec: { readonly nodeName?: string; readonly hostNetwork?: boolean };
    readonly status: { readonly phase: string; readonly podIPs?: readonly { readonly ip: string }[] };
  }[];
}

async function main(): Promise<void> {
  const { url, token } = taskOfArguments();
  const measured = await measure(async () => {
    const pods: SlimPod[] = [];
    let next = '';
    do {
      const response = await fetch(`${url}/api/v1/pods?limit=500&continue=${next}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const page = JSON.parse(await response.text()) as PodPage;
      for (const { metadata, spec, status } of page.items) {
        pods.push({
          namespace: metadata.namespace,
          name: metadata.name,
          uid: metadata.uid,
          node: spec.nodeName ?? '',
          ips: (status.podIPs ?? []).map(({ ip }) => ip),
          phase: status.phase,
          hostNetwork: spec.hostNetwork === true,
        });
      }
      next = page.metadata.continue ?? '';
    } while (next !== '');
    return { items: pods.length, kept: pods };
  });
  tell({ kind: 'measured', measured });
}

void main();
