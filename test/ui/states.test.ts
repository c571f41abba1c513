/** What the view says when there is nothing to show, or not everything: each state in words, with what one can do. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withCluster } from '../apiserver/withCluster.js';
import { uiTest } from '../host/workbench.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';

/** A kubeconfig of one context; `user` is the user's entry in JSON. */
const config = (server: string, user: object, currentContext = 'team-a'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'team-a', context: { cluster: 'c', user: 'u' } }],
    'current-context': currentContext,
  });

uiTest('a cluster that is not there: the error in its own words, and another try', {}, async (w) => {
  w.writeFile('config', config('https://127.0.0.1:1', { token: 'secret' }));
  w.set({ 'clusterNetwork.kubeconfig': path.join(w.folder, 'config') });
  await w.openView();
  await w.viewMessage(/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*Trying again at/).waitFor();
  await w.treeItem('Try Again Now').waitFor();
  await w.screenshots('state-unreachable');
  await w.treeItem('Try Again Now').click();
  await w.viewMessage(/ECONNREFUSED/).waitFor();
});

uiTest(
  'a kubeconfig that cannot be read says where it is wrong, and is read again when it was mended',
  {},
  async (w) => {
    w.writeFile('config', 'apiVersion: v1\nkind: Config\ncontexts: [');
    w.set({ 'clusterNetwork.kubeconfig': path.join(w.folder, 'config') });
    await w.openView();
    await w.viewMessage(/config:\d+/).waitFor();
    await w.screenshots('state-bad-kubeconfig');
    await withCluster(lectureFixed, async ({ server }) => {
      w.writeFile('config', server.kubeconfig());
      await w.treeItem(/^node node1/).waitFor();
      assert.ok(!(await w.treeItem(/error/).isVisible()));
      await w.screenshot('network-healthy');
    });
  },
);

uiTest('no current context: one is picked, and the kubeconfig is not written', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server }) => {
    const file = path.join(w.folder, 'config');
    const text = server.kubeconfig().replace(/^current-context:.*$/m, '');
    writeFileSync(file, text);
    w.set({ 'clusterNetwork.kubeconfig': file });
    await w.openView();
    await w.welcome('no current context').waitFor();
    await w.screenshots('state-no-context');
    await w.page.getByRole('button', { name: 'Select Context', exact: true }).click();
    await w.quickPickRows().filter({ hasText: 'simulated-lecture-fixed' }).first().waitFor();
    await w.screenshot('select-context');
    await w.pick('simulated-lecture-fixed');
    await w.treeItem(/^node node1/).waitFor();
    assert.equal(readFileSync(file, 'utf8'), text);
  });
});

uiTest('credentials that the server does not accept', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server }) => {
    w.writeFile('config', config(server.url, { token: 'wrong' }));
    w.set({ 'clusterNetwork.kubeconfig': path.join(w.folder, 'config') });
    await w.openView();
    await w.viewMessage(/does not accept the credentials/).waitFor();
    await w.screenshots('state-unauthenticated');
  });
});

uiTest('a user who may read little sees that, and what may not be read', {}, async (w) => {
  await withCluster(lectureFixed, async ({ server }) => {
    w.writeFile('config', server.kubeconfig({ user: 'nobody' }));
    w.set({ 'clusterNetwork.kubeconfig': path.join(w.folder, 'config') });
    await w.openView();
    await w.treeItem(/^Not everything can be read: nodes, pods/).waitFor();
    // A pod that may be read, on a node that may not.
    server.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: 'mine', uid: 'uid-of-mine' },
      spec: { nodeName: 'node1', containers: [] },
      status: { phase: 'Running', podIP: '10.244.0.9', podIPs: [{ ip: '10.244.0.9' }] },
    });
    await w.expand(/^node node1, known from pods only/);
    await w.treeItem(/^pod default\/mine, 10\.244\.0\.9/).waitFor();
    await w.expand(/^Not everything/);
    await w.screenshots('state-partial');
  });
});

uiTest('a credential program is run only after the user agreed to that very command', { height: 900 }, async (w) => {
  await withCluster(lectureFixed, async ({ server }) => {
    const token = path.join(w.folder, 'credentials.json');
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: server.access.user('token')?.token ?? '' },
    };
    writeFileSync(token, JSON.stringify(credential));
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/cat',
      args: [token],
      interactiveMode: 'Never',
    };
    w.writeFile('config', config(server.url, { exec }));
    w.set({ 'clusterNetwork.kubeconfig': path.join(w.folder, 'config') });
    await w.openView();
    await w.dialog().waitFor();
    assert.match(await w.dialog().innerText(), /\/bin\/cat .*credentials\.json/);
    await w.screenshots('consent');
    await w.page.keyboard.press('Escape');
    await w.viewMessage(/Not connected to/).waitFor();
    await w.screenshots('state-declined');
    await w.treeItem('Try Again Now').click();
    await w.dialog().getByRole('button', { name: 'Run Program' }).click();
    await w.treeItem(/^node node1/).waitFor();
    await w.runCommand('Cluster Network: Manage Credential Programs…');
    await w.quickPickRows().filter({ hasText: '/bin/cat' }).first().waitFor();
    await w.screenshot('manage-credential-programs');
  });
});
