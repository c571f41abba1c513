/** Probes that create something: the plan and its question, a probe by pods, and that nothing of them is left. */
import assert from 'node:assert/strict';
import type { ApiServer } from '../apiserver/server.js';
import { withCluster } from '../apiserver/withCluster.js';
import { eventually, uiTest, type Workbench } from '../host/workbench.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';

const ours = (server: ApiServer): string[] =>
  ['jobs.batch', 'pods'].flatMap((resource) =>
    server
      .objects(resource)
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('cluster-network-probe')),
  );

async function probeFrom(w: Workbench, kubeconfig: string, entry: RegExp): Promise<void> {
  w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
  await w.openView();
  await w.treeItem(/node1/).first().waitFor();
  await w.choose(/node1/, 'Probe From This Node');
  await w.quickPickRows().filter({ hasText: entry }).first().waitFor();
  await w.pick(entry);
  await w.page.getByText(/Probe From .* To/).waitFor();
  // Where something was probed before, that stands on top and pushes others out of sight.
  await w.quickInput().fill('shop/web');
  // A click on a row that filtering moves away is lost.
  await w.quickPickRows().filter({ hasText: 'kube-system' }).first().waitFor({ state: 'detached' });
  await w.pick(/shop\/web.*node2/);
  await w.pick('8080/TCP');
}

uiTest('a pod without tools is probed by pods, after a plan and a yes', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    await probeFrom(w, kubeconfig, /coredns/);
    await w.dialog().waitFor();
    const question = await w.dialog().innerText();
    for (const essential of [/Probe pod kube-system\/coredns/, /no program to probe with/, /agnhost/])
      assert.match(question, essential);
    assert.deepEqual(ours(server), []);
    await w.screenshots('probe-plan', ['light', 'dark', 'contrast']);
    await w.dialog().getByRole('button', { name: 'Create and Probe' }).click();
    const result = w.notification(/coredns.* → pod shop\/web/);
    await result.waitFor();
    await w.screenshot('probe-by-pods');
    assert.deepEqual(ours(server), []);
    await result.getByRole('button', { name: 'Show Evidence' }).click();
    await w.page.locator('iframe.webview.ready').first().waitFor();
    await w.screenshot('probe-by-pods-page');
  });
});

uiTest('a node itself is probed from by a probe pod on its own network; refused, nothing is created', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    await probeFrom(w, kubeconfig, /a short-lived probe pod/);
    await w.dialog().getByRole('button', { name: 'Cancel' }).click();
    await w.dialog().waitFor({ state: 'detached' });
    assert.deepEqual(ours(server), []);
    await probeFrom(w, kubeconfig, /a short-lived probe pod/);
    await w.dialog().getByRole('button', { name: 'Create and Probe' }).click();
    await w.notification(/node node1 → pod shop\/web/).waitFor();
    await eventually(() => Promise.resolve(ours(server)), []);
  });
});
