import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Finding } from '../../../src/core/checks/check.js';
import { readDocuments, splitDocuments } from '../../../src/core/manifests/documents.js';
import { checkFields } from '../../../src/core/manifests/fieldRules.js';
import { KINDS, WORDS } from '../../../src/core/manifests/kinds/index.js';

const uri = 'file:///manifest.yaml';

function findingsOf(text: string): Finding[] {
  return readDocuments(uri, text, WORDS).flatMap((document) =>
    KINDS.filter((kind) => kind.matches(document)).flatMap((kind) => checkFields(document, kind)),
  );
}
/** `code severity underlined text`, for every finding. */
function shown(text: string): string[] {
  return findingsOf(text).map((found) => {
    const place = found.subjects[0]?.place;
    assert.equal(place?.kind, 'document');
    return `${found.code} ${found.severity} ${text.slice(place.start, place.end)}`;
  });
}

const flannel = (network: string): string => `kind: ConfigMap
apiVersion: v1
metadata: {name: kube-flannel-cfg, namespace: kube-flannel}
data:
  net-conf.json: |
    {
      "Network": "${network}",
      "Backend": {"Type": "vxlan"}
    }
`;
const kubeadm = (podSubnet: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking:
  podSubnet: ${podSubnet}
  serviceSubnet: 10.96.0.0/12
`;

test('a range that cannot be read is an error at the value', () => {
  assert.deepEqual(shown(flannel('10.244.0.0/33')), ['CN590 error 10.244.0.0/33']);
  assert.deepEqual(shown(flannel('10.244.0.0')), ['CN590 error 10.244.0.0']);
  assert.deepEqual(shown(flannel('010.244.0.0/16')), ['CN590 error 010.244.0.0/16']);
  assert.deepEqual(shown(kubeadm('10.244.0.0/16, 10.x/8')), ['CN590 error 10.x/8']);
  assert.match(findingsOf(flannel('010.244.0.0/16'))[0]?.message ?? '', /leading zero/);
});

test('a range of the wrong family is an error', () => {
  assert.deepEqual(shown(flannel('fd00::/48')), ['CN590 error fd00::/48']);
});

test('bits beyond the prefix that are cut off silently are a warning with the range that is in force, and a fix', () => {
  const text = flannel('10.244.3.7/16');
  assert.deepEqual(shown(text), ['CN591 warning 10.244.3.7/16']);
  const [edit] = findingsOf(text)[0]?.fixes[0]?.edits ?? [];
  assert.equal(edit?.newText, '10.244.0.0/16');
  assert.ok(edit.place.kind === 'document');
  assert.equal(text.slice(0, edit.place.start) + edit.newText + text.slice(edit.place.end), flannel('10.244.0.0/16'));
});

test('nothing is said of healthy, empty and templated values, nor of other documents', () => {
  for (const healthy of [
    flannel('10.244.0.0/16'),
    flannel('{{ .Values.podCidr }}'),
    flannel('${POD_CIDR}'),
    kubeadm(''),
    kubeadm('10.244.0.0/16,fd00:10:244::/56'),
    kubeadm('"{{ kube_pods_subnet }}"'),
    'kind: ConfigMap\nmetadata: {name: other}\ndata: {Network: 1.2.3.4.5}\n',
  ]) {
    assert.deepEqual(shown(healthy), [], healthy);
  }
});

test('broken and half-typed documents give fewer results, never an exception', () => {
  const text = `${flannel('10.244.0.0/33')}---\n${kubeadm('10.1.1.1/8')}`;
  for (let end = 0; end <= text.length; end++) assert.doesNotThrow(() => findingsOf(text.slice(0, end)));
  assert.deepEqual(shown(text), ['CN590 error 10.244.0.0/33', 'CN591 warning 10.1.1.1/8']);
});

test('documents are told apart, also behind comments and with the line ends of Windows', () => {
  const text = '# first\r\na: 1\r\n--- # second\r\nb: |\r\n  ---\r\n...\r\n---\r\nc: 3\r\n';
  assert.deepEqual(
    splitDocuments(text).map(({ start, end }) => text.slice(start, end).trim()),
    ['# first\r\na: 1', '# second\r\nb: |\r\n  ---', 'c: 3'],
  );
});

test('nothing is found in upstream’s own manifests', (t) => {
  const corpus = path.resolve(import.meta.dirname, '../../../../shared/corpus');
  if (!existsSync(corpus)) {
    t.skip('the corpus of upstream manifests is not here');
    return;
  }
  const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file));
  assert.ok(files.length > 50);
  const wrong = files.flatMap((file) =>
    shown(readFileSync(path.join(corpus, file), 'utf8')).map((line) => `${file}: ${line}`),
  );
  assert.deepEqual(wrong, []);
});
