import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { lintManifests, type ManifestText } from '../../../src/core/manifests/lint.js';

const flannel = (network: string): string => `kind: ConfigMap
apiVersion: v1
metadata: {name: kube-flannel-cfg, namespace: kube-flannel}
data:
  net-conf.json: |
    {
      "Network": "${network}",
      "Backend": {"Type": "vxlan"}
    }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-flannel-ds, namespace: kube-flannel, labels: {app: flannel}}
spec:
  template:
    spec:
      containers: [{name: kube-flannel, image: flannel:1, args: [--ip-masq, --kube-subnet-mgr]}]
`;
const kubeadm = (podSubnet: string, serviceSubnet = '10.96.0.0/12'): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking:
  podSubnet: ${podSubnet}
  serviceSubnet: ${serviceSubnet}
`;

/** `file: code severity underlined text`, for every place of every finding. */
function shown(files: Readonly<Record<string, string>>): string[] {
  const texts: ManifestText[] = Object.entries(files).map(([uri, text]) => ({ uri, text }));
  return lintManifests(texts).flatMap((found) =>
    found.subjects.map(({ place }) => {
      assert.equal(place.kind, 'document');
      return `${place.uri}: ${found.code} ${found.severity} ${files[place.uri]?.slice(place.start, place.end)}`;
    }),
  );
}
const errorsAndWarnings = (files: Readonly<Record<string, string>>): string[] =>
  shown(files).filter((line) => / (error|warning) /.test(line));

test('a pod range that overlaps the service range is underlined at both values', () => {
  const found = errorsAndWarnings({ 'kubeadm.yaml': kubeadm('10.100.0.0/16') });
  assert.equal(found.length, 2, found.join('\n'));
  assert.match(found[0] ?? '', /^kubeadm.yaml: CN1\d\d warning 10\.(100\.0\.0\/16|96\.0\.0\/12)$/);
  assert.match(found[1] ?? '', /^kubeadm.yaml: CN1\d\d warning 10\.(100\.0\.0\/16|96\.0\.0\/12)$/);
  assert.notEqual(found[0], found[1]);
});

test('two documents that disagree are underlined in both, in the nested text too', () => {
  const found = errorsAndWarnings({
    'kubeadm.yaml': kubeadm('10.32.0.0/16'),
    'flannel.yaml': flannel('10.244.0.0/16'),
  });
  assert.ok(
    found.some((line) => /^flannel.yaml: CN5\d\d warning 10.244.0.0\/16$/.test(line)),
    found.join('\n'),
  );
  assert.ok(
    found.some((line) => /^kubeadm.yaml: CN5\d\d warning 10.32.0.0\/16$/.test(line)),
    found.join('\n'),
  );
});

test('documents that agree, and flannel’s range around kubeadm’s, are healthy', () => {
  assert.deepEqual(
    errorsAndWarnings({ 'kubeadm.yaml': kubeadm('10.244.0.0/16'), 'flannel.yaml': flannel('10.244.0.0/16') }),
    [],
  );
  assert.deepEqual(
    errorsAndWarnings({ 'kubeadm.yaml': kubeadm('10.244.0.0/17'), 'flannel.yaml': flannel('10.244.0.0/16') }),
    [],
  );
});

test('one object that two documents define is compared with no other', () => {
  const files = {
    'a.yaml': kubeadm('10.32.0.0/16'),
    'b.yaml': kubeadm('10.244.0.0/16'),
    'flannel.yaml': flannel('10.244.0.0/16'),
  };
  assert.deepEqual(errorsAndWarnings(files), []);
});

test('a document that is still to be filled in is compared with nothing', () => {
  assert.deepEqual(
    errorsAndWarnings({ 'kubeadm.yaml': kubeadm('10.32.0.0/16'), 'flannel.yaml': flannel('{{ .podSubnet }}') }),
    [],
  );
});

test('a document alone says nothing of what is elsewhere', () => {
  assert.deepEqual(shown({ 'flannel.yaml': flannel('10.244.0.0/16') }), []);
  assert.deepEqual(shown({ 'kubeadm.yaml': kubeadm('10.244.0.0/16') }), []);
  assert.deepEqual(shown({ 'kubeadm.yaml': kubeadm('""') }), []);
});

test('upstream’s own files are healthy, each folder together', (t) => {
  const corpus = path.resolve(import.meta.dirname, '../../../../shared/corpus');
  if (!existsSync(corpus)) {
    t.skip('the corpus of upstream manifests is not here');
    return;
  }
  const wrong: string[] = [];
  for (const folder of readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const files = readdirSync(path.join(corpus, folder.name)).filter((file) => /\.ya?ml$/.test(file));
    const texts = Object.fromEntries(
      files.map((file) => [`${folder.name}/${file}`, readFileSync(path.join(corpus, folder.name, file), 'utf8')]),
    );
    wrong.push(...errorsAndWarnings(texts));
  }
  assert.deepEqual(wrong, []);
});
