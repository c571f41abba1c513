/** Pods and nodes of the Kubernetes extension's tree, played by a stand-in, as sources of probes. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { withCluster } from '../apiserver/withCluster.js';
import { uiTest } from '../host/workbench.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';

const STAND_IN = path.resolve(import.meta.dirname, '../host/stubs/kubernetes-tools');
const pods = lectureFixed
  .build({ now: new Date(), seed: 1, nodes: 0, pods: 0 })
  .objects.filter(({ kind, metadata }) => kind === 'Pod' && metadata.name.startsWith('web'))
  .map(({ metadata }) => metadata.name);
const options = {
  extensions: [STAND_IN],
  env: { KUBERNETES_ROWS: [...pods.map((name) => `pod shop/${name}`), 'node node1'].join(', ') },
};

uiTest('a pod and a node of the Kubernetes view are probed from', options, async (w) => {
  await withCluster(lectureFixed, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.treeItem(/node1/).first().waitFor();
    await w.openView('Kubernetes (stand-in)');
    const [first = ''] = pods;
    const entries = await w.contextMenu(first);
    assert.deepEqual(
      entries.filter((entry) => entry.includes('Probe')),
      ['Probe Connectivity To…'],
    );
    await w.screenshot('kubernetes-menu');
    await w.page.keyboard.press('Escape');
    await w.choose(first, 'Probe Connectivity To…');
    await w.pick(/shop\/web.*node2/);
    await w.pick('8080/TCP');
    await w.notification(`pod shop/${first}`).first().waitFor();
    await w.choose('node1', 'Probe From This Node…');
    await w.page.getByText('Probe From node1').waitFor();
    await w.pick(/shop\/api/);
    await w.page.getByText(/Probe From pod shop\/api.* To/).waitFor();
  });
});

uiTest('rows of another context than the connected one are refused', options, async (w) => {
  await withCluster(lectureFixed, async ({ server }) => {
    w.writeFile('config', server.kubeconfig().replace(/^current-context:.*$/m, 'current-context: elsewhere'));
    w.set({
      'clusterNetwork.kubeconfig': path.join(w.folder, 'config'),
      'clusterNetwork.context': 'simulated-lecture-fixed',
    });
    await w.openView();
    await w.treeItem(/node1/).first().waitFor();
    await w.openView('Kubernetes (stand-in)');
    await w.choose('node1', 'Probe From This Node…');
    await w.notification('The Kubernetes view shows the context elsewhere').waitFor();
  });
});
