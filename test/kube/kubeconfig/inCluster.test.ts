import assert from 'node:assert/strict';
import test from 'node:test';
import { IN_CLUSTER } from '../../../src/kube/kubeconfig/inCluster.js';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { surroundings } from './surroundings.js';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const pod = { [`${ACCOUNT}/token`]: 't', [`${ACCOUNT}/ca.crt`]: 'ca', [`${ACCOUNT}/namespace`]: 'shop\n' };
const service = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const config = '/home/system/.kube/config';
const signal = new AbortController().signal;

async function select(files: Record<string, string>, environment: Record<string, string>) {
  return selectContext(await loadKubeconfig(undefined, surroundings(files, { environment }), signal));
}

test('in a pod without a kubeconfig, the service account is who we are', async () => {
  const selection = await select(pod, service);
  assert.ok(selection.ok);
  const { context, cluster, user } = selection.selected;
  assert.equal(context.name, IN_CLUSTER);
  assert.equal(context.namespace, 'shop');
  assert.equal(cluster.server, 'https://10.96.0.1:443');
  assert.equal(cluster.certificateAuthority, `${ACCOUNT}/ca.crt`);
  assert.equal(user?.tokenFile, `${ACCOUNT}/token`);
});

test('an IPv6 service address stands in brackets, and POD_NAMESPACE beats the file', async () => {
  const selection = await select(pod, { ...service, KUBERNETES_SERVICE_HOST: 'fd00::1', POD_NAMESPACE: 'p' });
  assert.ok(selection.ok);
  assert.equal(selection.selected.cluster.server, 'https://[fd00::1]:443');
  assert.equal(selection.selected.context.namespace, 'p');
});

test('a kubeconfig that chooses a context wins; one that chooses none does not', async () => {
  const entries =
    'clusters: [{name: k, cluster: {server: "https://k"}}]\ncontexts: [{name: c, context: {cluster: k}}]\n';
  const chosen = await select({ ...pod, [config]: `${entries}current-context: c\n` }, service);
  assert.ok(chosen.ok);
  assert.equal(chosen.selected.context.name, 'c');
  const unchosen = await select({ ...pod, [config]: entries }, service);
  assert.ok(unchosen.ok);
  assert.equal(unchosen.selected.context.name, IN_CLUSTER);
});

test('without the environment, without the token, or beside a broken file there is no in-cluster access', async () => {
  const reasons = await Promise.all([
    select(pod, {}),
    select(pod, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }),
    select({}, service),
    select({ ...pod, [config]: 'clusters: [' }, service),
  ]);
  assert.deepEqual(
    reasons.map((selection) => (selection.ok ? selection.selected.context.name : selection.reason)),
    ['noKubeconfig', 'noKubeconfig', 'noKubeconfig', 'badKubeconfig'],
  );
});
