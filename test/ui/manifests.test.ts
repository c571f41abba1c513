/** Problems in an open manifest as one types: exactly at the value, in nested text too, without a cluster and untrusted. */
import assert from 'node:assert/strict';
import { uiTest } from '../host/workbench.js';

const FLANNEL = `kind: ConfigMap
apiVersion: v1
metadata:
  name: kube-flannel-cfg
  namespace: kube-flannel
data:
  net-conf.json: |
    {
      "Network": "10.244.3.7/16",
      "Backend": {
        "Type": "vxlan"
      }
    }
`;
const KUBEADM = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking:
  podSubnet: 10.100.0.0/16
  serviceSubnet: 10.96.0.0/12
`;

uiTest(
  'a range with host bits is underlined in the JSON within the YAML, and a quick fix writes the range',
  { files: { 'flannel.yaml': FLANNEL }, trusted: false },
  async (w) => {
    await w.openFile('flannel.yaml');
    await w.squiggles('warning').first().waitFor();
    const problems = await w.problems();
    await problems.filter({ hasText: '10.244.3.7/16' }).first().waitFor();
    await w.screenshots('manifest-host-bits');
    await w.page.getByText('10.244.3.7/16').first().click();
    await w.page.keyboard.press('Control+.');
    await w.page.locator('.action-widget .monaco-list-row', { hasText: 'Write 10.244.0.0/16' }).first().click();
    await w.squiggles('warning').first().waitFor({ state: 'detached' });
    assert.ok((await w.editorLines()).some((line) => line.includes('"10.244.0.0/16"')));
  },
);

uiTest(
  'a pod range within the service range is underlined at both values, and typing mends it',
  { files: { 'kubeadm.yaml': KUBEADM } },
  async (w) => {
    await w.openFile('kubeadm.yaml');
    await w.squiggles('warning').nth(1).waitFor();
    assert.equal(await w.squiggles('warning').count(), 2);
    await (await w.problems()).filter({ hasText: '10.100.0.0/16' }).first().waitFor();
    await w.screenshot('manifest-overlap');
    await w.page.getByText('10.100.0.0/16').first().dblclick();
    await w.page.keyboard.press('End');
    await w.page.keyboard.press('Shift+Home');
    await w.page.keyboard.type('  podSubnet: 10.244.0.0/16');
    await w.squiggles('warning').first().waitFor({ state: 'detached' });
  },
);
