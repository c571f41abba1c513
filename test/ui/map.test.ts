/** The network map on the lecture's cluster: what is drawn, selecting from it, its table, its menu. */
import assert from 'node:assert/strict';
import { withCluster } from '../apiserver/withCluster.js';
import { uiTest } from '../host/workbench.js';
import { lecture } from '../scenarios/lecture.js';

uiTest('the map draws the conflict, selects in the tree and is a table too', {}, async (w) => {
  await withCluster(lecture, async ({ kubeconfig }) => {
    w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
    await w.openView();
    await w.treeItem(/node1/).first().waitFor();
    await w.runCommand('Cluster Network: Open Network Map');
    const map = w.webview();
    await map.locator('#conflicts li').first().waitFor();
    assert.match((await map.locator('#headline').textContent()) ?? '', /simulated.*2 nodes/);
    await w.screenshots('map');

    // By keyboard: the first node, then into its range; Enter selects in the tree.
    await map.locator('#map').focus();
    await map.locator('#map').press('ArrowDown');
    assert.match((await map.locator('#live').textContent()) ?? '', /range 10\.244\.0\.0\/24/);
    await map.locator('#map').press('Enter');
    await w.page.locator('.sidebar [role="treeitem"][aria-selected="true"]', { hasText: '10.244.0.0/24' }).waitFor();
    await w.screenshot('map-selected');

    await map.locator('#show-table').click();
    await map.locator('#table tbody tr').first().waitFor();
    await w.screenshot('map-table');
    const entries = await w.contextMenu(map.locator('#table tbody tr', { hasText: '10.244.0.2' }).first());
    assert.ok(
      entries.some((entry) => entry.includes('Copy IP')),
      entries.join(', '),
    );
    await w.screenshot('map-menu');
  });
});
