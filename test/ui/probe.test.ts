/** Probing a pod from its row: the menu, the picks, the verdict in words, and the page with the evidence. */
import assert from 'node:assert/strict';
import { withCluster } from '../apiserver/withCluster.js';
import { uiTest } from '../host/workbench.js';
import { lecture } from '../scenarios/lecture.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';

uiTest('a probe across nodes answers, and its page shows the evidence', {}, async (w) => {
  await withCluster(lectureFixed, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.expand(w.treeItem(/node1/, 'Network'));
    const entries = await w.contextMenu(w.treeItem(/shop\/web/, 'Network'));
    assert.ok(
      entries.some((entry) => entry.includes('Probe Connectivity To')),
      entries.join(', '),
    );
    await w.screenshot('probe-menu');
    await w.page.getByRole('menuitem', { name: 'Probe Connectivity To' }).click();
    await w.quickPickRows().filter({ hasText: 'node2' }).first().waitFor();
    await w.screenshot('probe-target');
    await w.pick(/shop\/web.*node2/);
    await w.pick('8080/TCP');
    await w.notification('holds').waitFor();
    await w.screenshot('probe-holds');
    await w.notification('holds').getByRole('button', { name: 'Show Evidence' }).click();
    await w.webview().getByRole('heading', { level: 1 }).waitFor();
    await w.screenshots('probe-page', ['light', 'dark', 'contrast']);
  });
});

uiTest('a probe between pods of one address is inconclusive, never a success', {}, async (w) => {
  await withCluster(lecture, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.expand(w.treeItem(/node1/, 'Network'));
    await w.choose(w.treeItem(/shop\/web/, 'Network'), 'Probe Connectivity To');
    await w.pick(/shop\/web.*node2/);
    await w.pick('8080/TCP');
    await w.notification('inconclusive').waitFor();
    await w.screenshot('probe-inconclusive');
  });
});
