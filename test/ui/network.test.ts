/** The views on the lecture's cluster: what is shown, what a right-click offers, and the problem that leads to its field. */
import assert from 'node:assert/strict';
import { at } from '../../src/core/network/json.js';
import { withCluster } from '../apiserver/withCluster.js';
import { eventually, uiTest } from '../host/workbench.js';
import { lecture } from '../scenarios/lecture.js';

uiTest('the tree shows nodes, ranges and pods with the conflict, and follows the cluster', {}, async (w) => {
  await withCluster(lecture, async ({ kubeconfig, server }) => {
    // Hovers would cover the rows.
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig, 'workbench.hover.delay': 60_000 });
    await w.openView();
    await w.expand(/^node node1/);
    const web = w.treeItem(/^pod shop\/web-/, 'Network').first();
    await web.waitFor();
    // Rows show before everything is read, and findings after.
    await w
      .treeItem(/^pod shop\/web-\w+, .*1 error/, 'Network')
      .first()
      .waitFor();
    const rows = await w.treeItems();
    assert.match(rows[0] ?? '', /^context simulated-lecture, v1\.34\.4\+simulated, server https:/);
    assert.ok(
      rows.some((row) => /^node node1, 192\.168\.1\.2, Ready, 4 pods, \d error/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /^pod range 10\.244\.0\.0\/24 of node node1, 1 error/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /^pod shop\/web-\w+, 10\.244\.0\.2, Running, 1 error/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /^pod shop\/agent-\w+, 192\.168\.1\.2, host network, Running/.test(row)),
      rows.join('\n'),
    );
    await w.screenshots('network');

    await w
      .treeItem(/^pod range 10\.244\.0\.0\/24/)
      .first()
      .click({ button: 'right' });
    await w.page.getByRole('menuitem', { name: 'Copy CIDR' }).waitFor();
    await w.screenshot('network-menu-range');
    await w.page.getByRole('menuitem', { name: 'Copy CIDR' }).click();
    await eventually(() => w.clipboard(), '10.244.0.0/24');
    await w.choose(web, 'Copy IP Address');
    await eventually(() => w.clipboard(), '10.244.0.2');

    // Live: a pod comes, and goes, without a refresh; the node stays open.
    const pod = server
      .objects('pods')
      .find((each) => each.metadata.name.startsWith('web-') && at(each, 'spec', 'nodeName') === 'node1');
    assert.ok(pod !== undefined);
    server.apply({ ...pod, metadata: { ...pod.metadata, name: 'web-new', uid: 'a-new-pod' } });
    await w.treeItem(/^pod shop\/web-new/, 'Network').waitFor();
    server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-new' });
    await w.treeItem(/^pod shop\/web-new/, 'Network').waitFor({ state: 'detached' });
    await web.waitFor();
  });
});

uiTest('a tooltip says the facts and where they come from', {}, async (w) => {
  await withCluster(lecture, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.treeItem(/^CN101/).waitFor();
    const text = await w.tooltip(w.treeItem(/^node node1/, 'Network'), /CN101, error/);
    assert.match(text, /CN101, error: node1 and node2 both hand out/);
    assert.match(text, /Internal addresses: 192\.168\.1\.2 — status\.addresses/);
    assert.match(text, /Pod range: 10\.244\.0\.0\/24 — spec\.podCIDRs\[0\]/);
    await w.page.screenshot({ path: 'test-results/network-tooltip.png' });
  });
});

uiTest(
  'a problem leads to the very field of a read-only document, and is gone when it is mended',
  { height: 900 },
  async (w) => {
    await withCluster(lecture, async ({ kubeconfig, server }) => {
      w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
      await w.openView();
      await w.treeItem(/^node node1/).waitFor();
      const problems = await w.problems();
      await problems.filter({ hasText: 'CN201' }).first().waitFor();
      await w.screenshots('problems');
      // The list draws what is in sight only.
      await w.page.getByPlaceholder(/^Filter \(e\.g/).fill('both hand out');
      await problems
        .filter({ hasText: /both hand out/ })
        .first()
        .dblclick();
      await w.editorTab(/node1\.yaml|node2\.yaml/).waitFor();
      await w.squiggles('error').first().waitFor();
      await w.screenshots('problem-document');

      const node = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2');
      assert.ok(node !== undefined);
      server.apply({ ...node, spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } });
      await problems
        .filter({ hasText: /both hand out/ })
        .first()
        .waitFor({ state: 'detached' });
      await w.screenshot('problems-mended');
    });
  },
);

uiTest('ranges, findings and hiding one with a reason', { height: 1000 }, async (w) => {
  await withCluster(lecture, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.treeItem(/^CN101/).waitFor();
    await w.page.locator('.sidebar .pane-header', { hasText: 'Network' }).click();
    await w.page.getByRole('button', { name: 'Ranges Section' }).click();
    await w.treeItem(/^Pods of a Node/).waitFor();
    await w.screenshots('ranges-findings');
    await w.choose(/^error CN101/, 'Hide Finding for This Cluster…');
    await w.quickInput().fill('the lecture shows it on purpose');
    await w.page.keyboard.press('Enter');
    await w.treeItem(/1 hidden finding/).waitFor();
    await w.expand(/1 hidden finding/);
    await w.screenshot('finding-hidden');
    await w.choose(/^hidden: CN101/, 'Show Hidden Finding Again…');
    await w.treeItem(/^error CN101/).waitFor();
    await w.choose(/^error CN101/, 'Explain Finding');
    await w.webview().getByRole('heading', { level: 1 }).waitFor();
    await w.screenshot('finding-explained');
  });
});

uiTest('what is this IP', {}, async (w) => {
  await withCluster(lecture, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.treeItem(/^CN101/).waitFor();
    await w.runCommand('Cluster Network: What Is This IP?');
    await w.quickInput().fill('10.244.0.2');
    await w.page.keyboard.press('Enter');
    await w.quickPickRows().filter({ hasText: 'shop/web-' }).first().waitFor();
    await w.quickPickRows().filter({ hasText: 'service shop/web has it as an endpoint' }).first().waitFor();
    await w.screenshots('what-is-this-ip');
    await w.quickPickRows().filter({ hasText: 'shop/web-' }).first().click();
    await w.editorTab(/web-.*\.yaml/).waitFor();
  });
});
