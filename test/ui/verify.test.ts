/** Verify Network Model: the plan and its question, a run with its matrix, findings and their end, cancelling, production. */
import assert from 'node:assert/strict';
import type { ApiServer } from '../apiserver/server.js';
import { withCluster } from '../apiserver/withCluster.js';
import { eventually, uiTest, type Workbench } from '../host/workbench.js';
import { generated } from '../scenarios/generated.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';

const CREATE = 'Create and Verify';

/** What of ours is in the cluster, by kind. */
const ours = (server: ApiServer): string[] =>
  ['jobs.batch', 'daemonsets.apps', 'pods'].flatMap((resource) =>
    server
      .objects(resource)
      .filter(({ metadata }) => metadata.name.startsWith('cluster-network-probe'))
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
/** Requests that would have made something. */
const writes = (server: ApiServer): string[] =>
  server.requests
    .filter(({ method, url }) => method === 'POST' && !/selfsubject|dryRun|\/exec\?/.test(url))
    .map(({ url }) => url);

async function connected(w: Workbench, kubeconfig: string): Promise<void> {
  w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
  await w.openView();
  await w.treeItem(/node1/).first().waitFor();
}

/** Connected, and a verification agreed to. */
async function begun(w: Workbench, kubeconfig: string): Promise<void> {
  await connected(w, kubeconfig);
  await w.runCommand('Cluster Network: Verify Network Model…');
  await w.dialog().getByRole('button', { name: CREATE }).click();
}

/** UDP from node1 to node2 is dropped. */
const dropUdp = (server: ApiServer): (() => void) =>
  server.network.block(({ sourceNode, targetNode, protocol }) =>
    sourceNode === 'node1' && targetNode === 'node2' && protocol === 'UDP' ? 'timeout' : undefined,
  );

/** Programs in probe pods never end by themselves; tells whether one has begun. Those in other pods do as always. */
function hangProbes(server: ApiServer): () => boolean {
  let begun = false;
  const others = server.execHandler;
  server.execHandler = (request) => {
    if (!request.pod.metadata.name.startsWith('cluster-network-probe')) return others(request);
    begun = true;
    return new Promise((resolve) => request.signal.addEventListener('abort', () => resolve({ exitCode: 1 })));
  };
  return () => begun;
}

uiTest('the plan is shown, and refused creates nothing', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    await connected(w, kubeconfig);
    const entries = await w.contextMenu(/simulated-lecture-fixed/);
    assert.ok(
      entries.some((entry) => entry.includes('Verify Network Model…')),
      entries.join(', '),
    );
    await w.screenshots('verify-menu', ['light', 'dark']);
    await w.page.getByRole('menuitem', { name: 'Verify Network Model…' }).click();
    await w.dialog().waitFor();
    const question = await w.dialog().innerText();
    for (const essential of [/4 probe pods in namespace default/, /agnhost/, /DaemonSet/, /deleted/])
      assert.match(question, essential);
    await w.screenshots('verify-plan', ['light', 'dark', 'contrast']);
    await w.dialog().getByRole('button', { name: 'Show Whole Plan' }).click();
    const page = w.webview();
    await page.getByRole('heading', { name: /Plan: verify the network model/ }).waitFor();
    await w.screenshot('verify-plan-page');
    await w.notification('Verify the network model').getByRole('button', { name: CREATE }).click();
    await w.dialog().getByRole('button', { name: 'Cancel' }).click();
    await w.dialog().waitFor({ state: 'detached' });
    assert.deepEqual(writes(server), []);
    assert.deepEqual(ours(server), []);
  });
});

uiTest(
  'a run shows what fails, node by node; its findings stay until they are dismissed or it is run again',
  {},
  async (w) => {
    await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
      const mend = dropUdp(server);
      await begun(w, kubeconfig);
      const page = w.webview();
      await page.locator('#headline', { hasText: '1 promise of the network model is violated' }).waitFor();
      assert.deepEqual(ours(server), [], 'everything was taken away before the result came');
      await w.screenshots('verify-result');

      // The matrix by keyboard: from node1 to node2, then what was measured there.
      const cell = page.locator('#matrix-table td[data-row="0"][data-column="1"]');
      assert.match(
        (await cell.getAttribute('aria-label')) ?? '',
        /from node1 to node2: part of the traffic does not pass/,
      );
      await page.locator('#matrix-table td[tabindex="0"]').focus();
      await page.locator('#matrix-table td[tabindex="0"]').press('ArrowRight');
      await page.locator('#matrix-table td[tabindex="0"]').press('Enter');
      await page.locator('#path', { hasText: /UDP: .*did not answer/ }).waitFor();
      await page.locator('#layer').selectOption('Pod to pod: UDP');
      assert.match((await cell.getAttribute('aria-label')) ?? '', /nothing passes/);
      await w.screenshot('verify-matrix');

      // In Problems and in the view, at the nodes.
      const finding = w.page
        .locator('.sidebar')
        .getByRole('treeitem', { name: /UDP from node1 to node2 does not pass/ });
      await finding.waitFor();
      const problems = await w.problems();
      await problems.filter({ hasText: 'CN451' }).first().waitFor();
      await w.screenshots('verify-findings', ['light', 'dark', 'contrast']);
      await w.choose(finding, 'Dismiss Finding');
      await finding.waitFor({ state: 'detached' });
      await problems.filter({ hasText: 'CN451' }).first().waitFor({ state: 'detached' });

      // Mended and run again, it says what is different.
      mend();
      await page.locator('#again').click();
      await w.dialog().getByRole('button', { name: CREATE }).click();
      await page.locator('#headline', { hasText: 'Every promise of the network model holds' }).waitFor();
      const changes = await page.locator('#changes-list li').allInnerTexts();
      assert.equal(changes.length, 2, changes.join('\n'));
      assert.match(changes.join('\n'), /across nodes: holds, before: violated/);
      await w.screenshot('verify-again');
      await page.locator('#kept').selectOption({ index: 1 });
      await page.locator('#headline', { hasText: 'violated' }).waitFor();
    });
  },
);

uiTest('cancelled while it probes, it takes everything away', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    const probing = hangProbes(server);
    await begun(w, kubeconfig);
    await eventually(() => Promise.resolve(probing()), true);
    assert.ok(ours(server).length > 0);
    const progress = w.notification('Verifying the network model');
    await progress.waitFor();
    await w.screenshot('verify-progress');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await w.notification('Nothing of it is left in the cluster').waitFor();
    assert.deepEqual(ours(server), []);
  });
});

uiTest(
  'in a production context nothing is created before its name is typed',
  { settings: { 'clusterNetwork.productionContexts': ['*LECTURE*'] } },
  async (w) => {
    await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
      await begun(w, kubeconfig);
      await w.page.getByText('is a production context').waitFor();
      await w.screenshot('verify-production');
      await w.quickInput().fill('simulated');
      await w.page.keyboard.press('Enter');
      await w.page.keyboard.press('Escape');
      await w.quickInput().waitFor({ state: 'hidden' });
      assert.deepEqual(writes(server), []);
      await w.runCommand('Cluster Network: Verify Network Model…');
      await w.dialog().getByRole('button', { name: CREATE }).click();
      await w.page.getByText('is a production context').waitFor();
      await w.quickInput().fill('simulated-lecture-fixed');
      await w.page.keyboard.press('Enter');
      await w.webview().locator('#headline', { hasText: 'Every promise' }).waitFor();
    });
  },
);

uiTest('what an earlier run left is offered for removal after the connect, once', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    server.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'cluster-network-probe-0a1b2c3d',
        namespace: 'default',
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: {
          'app.kubernetes.io/managed-by': 'cluster-network-inspector',
          'cluster-network-inspector/run': '0a1b2c3d',
        },
      },
      spec: { activeDeadlineSeconds: 480, parallelism: 0 },
    });
    await connected(w, kubeconfig);
    await w.notification('1 object of an earlier probe').getByRole('button', { name: 'Show…' }).click();
    await w.dialog().waitFor();
    assert.match(await w.dialog().innerText(), /Job default\/cluster-network-probe-0a1b2c3d/);
    await w.screenshot('verify-leftovers');
    await w.dialog().getByRole('button', { name: 'Delete 1 object' }).click();
    await w.notification('1 object deleted').waitFor();
    assert.deepEqual(ours(server), []);
    await w.runCommand('Cluster Network: Remove Probe Leftovers…');
    await w.notification('Nothing of a probe is left').waitFor();
  });
});

uiTest('a node is probed from by one of its pods', {}, async (w) => {
  await withCluster(lectureFixed, async ({ kubeconfig }) => {
    await connected(w, kubeconfig);
    await w.choose(/node1/, 'Probe From This Node');
    await w.quickPickRows().filter({ hasText: 'shop/web' }).first().waitFor();
    await w.screenshot('verify-from-node');
    await w.pick(/shop\/web/);
    await w.pick(/shop\/web.*node2/);
    await w.pick('8080/TCP');
    await w.notification('holds').waitFor();
  });
});

uiTest('a cluster that is left while it is verified is left clean', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    const probing = hangProbes(server);
    await begun(w, kubeconfig);
    await eventually(() => Promise.resolve(probing()), true);
    w.set({ 'clusterNetwork.kubeconfig': `${kubeconfig}-of-nobody` });
    await w.notification('was left while it was verified').waitFor();
    await eventually(() => Promise.resolve(ours(server)), []);
  });
});

uiTest('a window that is closed while it verifies leaves nothing behind', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server, kubeconfig }) => {
    const probing = hangProbes(server);
    await begun(w, kubeconfig);
    await eventually(() => Promise.resolve(probing()), true);
    await w.runCommand('Developer: Reload Window');
    await eventually(() => Promise.resolve(ours(server)), []);
  });
});

uiTest('twenty nodes: a matrix that is read at a glance, and the fault on the map', { height: 1000 }, async (w) => {
  await withCluster(
    { ...generated, build: (options) => generated.build({ ...options, nodes: 20, pods: 60 }) },
    async ({ server, kubeconfig }) => {
      server.network.block(({ sourceNode, targetNode }) =>
        sourceNode !== targetNode && targetNode === 'node-7' ? 'timeout' : undefined,
      );
      w.set({ 'clusterNetwork.kubeconfig': kubeconfig });
      await w.openView();
      await w
        .treeItem(/node-7/)
        .first()
        .waitFor();
      await w.runCommand('Cluster Network: Verify Network Model…');
      await w.dialog().getByRole('button', { name: CREATE }).click();
      const page = w.webview();
      await page.locator('#headline', { hasText: 'violated' }).waitFor({ timeout: 90_000 });
      assert.match(await page.locator('#culprit-list').innerText(), /into node-7 does not pass/);
      await page.locator('#matrix-title').scrollIntoViewIfNeeded();
      await page.locator('#matrix-table td[data-row="2"][data-column="6"]').click();
      await page.locator('#path', { hasText: 'node-3 → node-7' }).waitFor();
      await page.locator('#legend').scrollIntoViewIfNeeded();
      await w.screenshots('verify-twenty', ['light', 'dark', 'contrast']);
      await w.runCommand('Cluster Network: Open Network Map');
      await w.webview(0).locator('#conflicts li', { hasText: 'node-7' }).first().waitFor();
      await w.screenshot('verify-map');
    },
  );
});
