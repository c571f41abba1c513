/** CN501 to CN508: what is configured, and does not fit together. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodesOfEvidence } from '../../../src/core/checks/agentPods.js';
import { families } from '../../../src/core/checks/families.js';
import { ipamLeaks } from '../../../src/core/checks/ipamLeaks.js';
import { kubeProxyRange } from '../../../src/core/checks/kubeProxyRange.js';
import { mtu } from '../../../src/core/checks/mtu.js';
import { noSolution } from '../../../src/core/checks/noSolution.js';
import { podOutsideAllRanges } from '../../../src/core/checks/podOutsideAllRanges.js';
import { podRangesDisagree } from '../../../src/core/checks/podRangesDisagree.js';
import { serviceAddresses } from '../../../src/core/checks/serviceAddresses.js';
import { solutionRangeMissing } from '../../../src/core/checks/solutionRangeMissing.js';
import { twoSolutions } from '../../../src/core/checks/twoSolutions.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { configMap, daemonSet, type Json, node, object, pod, service, serviceCIDR, staticPod } from '../facts.js';
import { cilium, flannel, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { claim, honoursPodCidr, network, ownRanges, reading, readAll, run, told } from './network.js';

test('CN501: flannel and Cilium at once', () => {
  const found = run(
    twoSolutions,
    readAll(together(healthyFlannel, cilium({ 'node-1': '10.0.0.0/24', 'node-2': '10.0.1.0/24' }))),
  );
  assert.deepEqual(told(found), [
    'error: Flannel and Cilium both hand out pod addresses: which of them a pod gets its network from depends on the names of files on its node, and pods of one do not reach those of the other',
  ]);
  assert.deepEqual(
    found[0]?.subjects.map((subject) => formatPlace(subject.place)),
    ['DaemonSet kube-flannel/kube-flannel-ds', 'DaemonSet kube-system/cilium'],
  );
});

test('CN501: information where the agents of both never meet on a node', () => {
  const apart = together(healthyFlannel, cilium({ 'hybrid-1': '10.0.0.0/24' }), { nodes: [node('hybrid-1')] });
  assert.deepEqual(told(run(twoSolutions, readAll(apart))), [
    'information: Flannel and Cilium hand out pod addresses on different nodes: whether pods of one reach those of the other cannot be told',
  ]);
});

test('nodes on which only the other of two solutions runs are not judged by the ranges of the first', () => {
  const apart = together(healthyFlannel, cilium({ 'hybrid-1': '10.0.0.0/24' }), { nodes: [node('hybrid-1')] });
  const facts = readAll(apart).facts;
  const others = [
    ...nodesOfEvidence(
      facts,
      readAll(apart).reading.others.flatMap(({ evidence }) => evidence),
    ),
  ];
  assert.ok(others.length > 0);
  for (const check of [solutionRangeMissing, podOutsideAllRanges])
    assert.deepEqual(told(run(check, readAll(apart))), [], check.code);
});

test('CN501: nothing on one solution, policy engines, chains and switched-off agents', () => {
  const policyOnly = daemonSet('kube-system/calico-node', {
    podLabels: { 'k8s-app': 'calico-node' },
    env: { CALICO_NETWORKING_BACKEND: 'none' },
    desired: 2,
  });
  const chained = cilium({ 'node-1': '10.0.0.0/24' }, '10.0.0.0/8', { 'cni-chaining-mode': 'flannel' });
  const off = daemonSet('kube-system/weave-net', { labels: { name: 'weave-net' }, desired: 0 });
  const multus = daemonSet('kube-system/kube-multus-ds', { labels: { app: 'multus' }, desired: 2 });
  for (const on of [
    healthyFlannel,
    healthyCilium,
    together(healthyFlannel, { workloads: [policyOnly] }),
    together(healthyFlannel, chained),
    together(healthyFlannel, { workloads: [off, multus] }),
  ])
    assert.deepEqual(told(run(twoSolutions, readAll(on))), []);
});

const notReady = {
  conditions: { Ready: { status: 'False', message: 'NetworkReady=false reason:NetworkPluginNotReady' } },
};

test('CN502: nothing is installed, or nothing is recognised', () => {
  const none = run(noSolution, readAll({ nodes: [node('node-1', notReady), node('node-2', notReady)] }));
  assert.match(told(none)[0] ?? '', /^error: No networking solution is installed/);
  assert.equal(none[0]?.subjects.length, 2);
  const unknown = run(noSolution, readAll({ nodes: [node('node-1', notReady), node('node-2')] }));
  assert.match(told(unknown)[0] ?? '', /^information: No networking solution was recognised/);
});

test('CN502: nothing where one is recognised, or nothing can be said', () => {
  const gaps = [{ resource: 'daemonsets.apps', reason: 'forbidden', detail: '' }] as const;
  for (const on of [readAll(healthyFlannel), readAll({}), readAll({ nodes: [node('node-1', notReady)], gaps })])
    assert.deepEqual(told(run(noSolution, on)), []);
});

const calico = (veth: string, env: Record<string, string>, pool: Json) =>
  readAll({
    ...twoNodes(),
    configMaps: [configMap('kube-system/calico-config', { calico_backend: 'bird', veth_mtu: veth })],
    workloads: [daemonSet('kube-system/calico-node', { podLabels: { 'k8s-app': 'calico-node' }, env, desired: 2 })],
    objects: [object('crd.projectcalico.org/v1', 'IPPool', 'default', { spec: { cidr: '10.1.0.0/16', ...pool } })],
  });

test('CN503: pods may send more than the tunnel takes', () => {
  const found = run(mtu, calico('1500', { FELIX_IPINIPMTU: '1480' }, { ipipMode: 'Always' }));
  assert.deepEqual(told(found), [
    'warning: Pods may send packets of 1500 bytes (veth_mtu of ConfigMap calico-config), but what carries them takes 1480 (FELIX_IPINIPMTU of DaemonSet calico-node): larger packets are dropped or cut into pieces',
  ]);
  const aws = readAll({
    workloads: [
      daemonSet('kube-system/aws-node', {
        labels: { 'k8s-app': 'aws-node' },
        env: { POD_MTU: '9001', AWS_VPC_ENI_MTU: '1500' },
      }),
    ],
  });
  assert.equal(run(mtu, aws).length, 1);
});

test('CN503: IPv6 needs 1280 bytes', () => {
  const dual = together(
    { nodes: [node('node-1', { podCIDRs: ['10.244.0.0/24', 'fd00::/64'] })] },
    cilium({ 'node-1': 'fd00::/120' }, '10.0.0.0/8', { mtu: '1200' }),
  );
  assert.match(
    told(run(mtu, readAll(dual)))[0] ?? '',
    /^error: Cilium is told an MTU of 1200 bytes, and IPv6 needs 1280/,
  );
});

test('CN503: nothing on detected sizes, unused tunnels and IPv4 alone', () => {
  for (const on of [
    calico('0', { FELIX_IPINIPMTU: '1480' }, { ipipMode: 'Always' }),
    calico('1440', { FELIX_IPINIPMTU: '1480' }, { ipipMode: 'Always' }),
    calico('1500', { FELIX_IPINIPMTU: '1480' }, { vxlanMode: 'Always' }),
    readAll(together(twoNodes(), cilium({ 'node-1': '10.0.0.0/24' }, '10.0.0.0/8', { mtu: '1200' }))),
    readAll(healthyFlannel),
  ])
    assert.deepEqual(told(run(mtu, on)), []);
});

test('CN504: kube-proxy takes another range for the pods', () => {
  const found = run(
    kubeProxyRange,
    readAll(
      together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), flannel('10.10.0.0/16', ['node-1', 'node-2']), {
        configMaps: [
          configMap('kube-system/kube-proxy', {
            'config.conf': 'kind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n',
          }),
        ],
      }),
    ),
  );
  assert.equal(found.length, 1);
  assert.match(
    found[0]?.message ?? '',
    /^kube-proxy takes 10.244.0.0\/16 for the pod range, which does not contain 10.10.0.0\/24 and 10.10.1.0\/24/,
  );
  assert.equal(
    formatPlace(found[0]?.subjects[0]?.place ?? assert.fail()),
    "ConfigMap kube-system/kube-proxy · data['config.conf'].clusterCIDR",
  );
});

test('CN504: nothing on equal and wider ranges, other modes, and solutions that do it themselves', () => {
  const proxy = (lines: string) => ({
    configMaps: [configMap('kube-system/kube-proxy', { 'config.conf': `kind: KubeProxyConfiguration\n${lines}` })],
  });
  const nodes = together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), flannel('10.10.0.0/16', ['node-1', 'node-2']));
  for (const on of [
    readAll(healthyFlannel),
    readAll(healthyCilium),
    readAll(together(nodes, proxy('clusterCIDR: 10.0.0.0/8\n'))),
    readAll(together(nodes, proxy('clusterCIDR: ""\n'))),
    readAll(together(nodes, proxy('clusterCIDR: 10.244.0.0/16\ndetectLocalMode: NodeCIDR\n'))),
    readAll(together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), proxy('clusterCIDR: 10.244.0.0/16\n'))),
  ])
    assert.deepEqual(told(run(kubeProxyRange, on)), []);
});

test('CN505: kubeadm remembers another range than the one in force', () => {
  const plane = kubeadm('10.244.0.0/16', '10.96.0.0/12');
  const pods = [
    staticPod('kube-controller-manager', 'control', [
      'kube-controller-manager',
      '--allocate-node-cidrs=true',
      '--cluster-cidr=10.10.0.0/16',
    ]),
  ];
  const found = run(
    podRangesDisagree,
    readAll(
      together(twoNodes('10.10.0.0/24', '10.10.1.0/24'), flannel('10.10.0.0/16', ['node-1', 'node-2']), {
        ...plane,
        pods,
      }),
    ),
  );
  assert.match(
    told(found)[0] ?? '',
    /^warning: kubeadm's record says 10.244.0.0\/16 for the pods, while nodes get their ranges from 10.10.0.0\/16/,
  );
});

test("CN505: a node's range is no part of the cluster's; flannel is left to CN406", () => {
  const stray = { ...twoNodes('10.244.0.0/24', '10.99.0.0/24'), ...kubeadm('10.244.0.0/16', '10.96.0.0/12') };
  assert.match(
    told(run(podRangesDisagree, network(stray, honoursPodCidr)))[0] ?? '',
    /^warning: 10.99.0.0\/24 of node-2 is no part of the cluster's pod range 10.244.0.0\/16/,
  );
  assert.equal(run(podRangesDisagree, network(stray)).length, 1);
  assert.deepEqual(run(podRangesDisagree, readAll(together(stray, flannel('10.0.0.0/8', ['node-1', 'node-2'])))), []);
  assert.deepEqual(run(podRangesDisagree, network(stray, ownRanges)), []);
});

test("CN505: the solution is told less than nodes get their ranges from; Calico's pool outside", () => {
  const narrow = together(
    twoNodes('10.244.0.0/24', '10.244.1.0/24'),
    kubeadm('10.244.0.0/16', '10.96.0.0/12'),
    flannel('10.244.0.0/20', ['node-1', 'node-2']),
  );
  assert.match(
    told(run(podRangesDisagree, readAll(narrow)))[0] ?? '',
    /^warning: The solution is told the pod range 10.244.0.0\/20, which does not contain 10.244.0.0\/16/,
  );
  const calicoReading = reading({ ...ownRanges, solution: 'calico', title: 'Calico' });
  const plane = kubeadm('10.244.0.0/16', '10.96.0.0/12');
  const pools = (cidr: string) => [claim('pod-pool', cidr, { owner: 'pool default', used: true })];
  assert.match(
    told(run(podRangesDisagree, network(plane, calicoReading, pools('192.168.0.0/16'))))[0] ?? '',
    /^warning: pool default \(192.168.0.0\/16\) is no part of/,
  );
  assert.deepEqual(run(podRangesDisagree, network(plane, calicoReading, pools('10.244.128.0/17'))), []);
});

test('CN505: nothing where all places agree or enclose', () => {
  assert.deepEqual(run(podRangesDisagree, readAll(healthyFlannel)), []);
  assert.deepEqual(run(podRangesDisagree, readAll(healthyCilium)), []);
  assert.deepEqual(run(podRangesDisagree, network(twoNodes('10.244.0.0/24', '10.99.0.0/24'), honoursPodCidr)), []);
});

test('CN506: a Service that kept an address of an earlier range', () => {
  const found = run(
    serviceAddresses,
    network({
      services: [service('shop/old', { clusterIP: '10.100.0.7' }), service('shop/new', { clusterIP: '10.96.0.7' })],
      objects: [serviceCIDR(['10.96.0.0/16'])],
    }),
  );
  assert.deepEqual(told(found), [
    'warning: The address of Service shop/old 10.100.0.7 lies outside of the service range 10.96.0.0/16: nothing keeps it from being used elsewhere',
  ]);
  assert.equal(formatPlace(found[0]?.subjects[0]?.place ?? assert.fail()), 'Service shop/old · spec.clusterIPs[0]');
});

test('CN506: kubelets name a server that is not there', () => {
  const dns = service('kube-system/kube-dns', { clusterIP: '10.96.0.10' });
  const kubelet = (address: string) =>
    configMap('kube-system/kubelet-config', { kubelet: `kind: KubeletConfiguration\nclusterDNS:\n- ${address}\n` });
  const on = (address: string) =>
    run(
      serviceAddresses,
      network({ services: [dns], objects: [serviceCIDR(['10.96.0.0/16'])], configMaps: [kubelet(address)] }),
    );
  assert.deepEqual(told(on('10.96.0.53')), [
    'warning: Kubelets give pods the name server 10.96.0.53, and no Service has that address (kube-dns has 10.96.0.10): pods resolve no names',
  ]);
  assert.deepEqual(on('10.96.0.10'), []);
  assert.deepEqual(on('169.254.20.10'), []);
  assert.deepEqual(on('192.168.1.1'), []);
  const k3s = node('n', {
    annotations: { 'k3s.io/node-args': JSON.stringify(['server', '--cluster-dns', '10.96.9.9']) },
  });
  assert.equal(
    run(serviceAddresses, network({ nodes: [k3s], services: [dns], objects: [serviceCIDR(['10.96.0.0/16'])] })).length,
    1,
  );
});

test('CN506: nothing on several ranges, headless Services, inferred and unread ranges', () => {
  const services = [
    service('a', { clusterIP: '10.100.0.7' }),
    service('b', {}),
    service('c', { clusterIPs: ['10.96.0.1', 'fd00::1'] }),
  ];
  const objects = [serviceCIDR(['10.96.0.0/16']), serviceCIDR(['10.100.0.0/16'], 'more')];
  const forbidden = [{ resource: 'servicecidrs.networking.k8s.io', reason: 'forbidden', detail: '' }] as const;
  for (const on of [
    network({ services, objects }),
    network({ services }),
    network({ services, ...kubeadm('10.244.0.0/16', '10.96.0.0/16'), gaps: forbidden }),
  ])
    assert.deepEqual(told(run(serviceAddresses, on)), []);
});

const dualNodes = (second: string[]) => [
  node('node-1', { podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] }),
  node('node-2', { podCIDRs: second }),
];

test('CN507: a node without a range of the second family', () => {
  assert.deepEqual(told(run(families, network({ nodes: dualNodes(['10.244.1.0/24']) }, honoursPodCidr))), [
    'warning: node-2 has no IPv6 pod range, while 1 other node has one: pods there have no IPv6 address, and reach no pod over it',
  ]);
});

test('CN507: Services of a family that no pod has', () => {
  const objects = [serviceCIDR(['10.96.0.0/16', 'fd00:96::/112'])];
  const on = network({ ...twoNodes('10.244.0.0/24', '10.244.1.0/24'), objects }, honoursPodCidr);
  assert.match(
    told(run(families, on))[0] ?? '',
    /^warning: Services get IPv6 addresses \(fd00:96::\/112\), and there is no IPv6 range for pods/,
  );
});

test('CN507: flannel is not told of IPv6', () => {
  const on = together(
    { nodes: dualNodes(['10.244.1.0/24', 'fd00:2::/64']) },
    flannel('10.244.0.0/16', ['node-1', 'node-2']),
  );
  assert.match(
    told(run(families, readAll(on)))[0] ?? '',
    /Flannel is not told to use IPv6 \(EnableIPv6 of net-conf.json\)/,
  );
});

test('CN507: nothing on one family, both everywhere, and Services with one of both', () => {
  const both = { nodes: dualNodes(['10.244.1.0/24', 'fd00:2::/64']) };
  for (const on of [
    readAll(healthyFlannel),
    readAll(healthyCilium),
    network({ ...both, objects: [serviceCIDR(['10.96.0.0/16', 'fd00:96::/112'])] }, honoursPodCidr),
    network({ ...both, objects: [serviceCIDR(['10.96.0.0/16'])] }, honoursPodCidr),
    network({ nodes: dualNodes(['10.244.1.0/24']) }, ownRanges),
    network({ objects: [serviceCIDR(['10.96.0.0/16', 'fd00:96::/112'])] }),
    // The pods show that they do have the family.
    network(
      {
        ...twoNodes('10.244.0.0/24', '10.244.1.0/24'),
        objects: [serviceCIDR(['10.96.0.0/16', 'fd00:96::/112'])],
        pods: [pod('a', { node: 'node-1', ips: ['10.244.0.2', 'fd00::2'] })],
      },
      honoursPodCidr,
    ),
  ])
    assert.deepEqual(told(run(families, on)), []);
});

test('CN508: objects of nodes that are gone', () => {
  const ciliumNodes = ['a', 'gone'].map((name) => object('cilium.io/v2', 'CiliumNode', name));
  const found = run(ipamLeaks, network({ nodes: [node('a')], objects: ciliumNodes }));
  assert.deepEqual(told(found), [
    'warning: 1 object of kind CiliumNode is kept for what is gone (node gone): the addresses are given to nobody else',
  ]);
  const affinity = (name: string, spec: Json) =>
    object('crd.projectcalico.org/v1', 'BlockAffinity', name, {
      spec: { cidr: '10.1.0.0/26', state: 'confirmed', deleted: 'false', ...spec },
    });
  const calicoLeak = run(
    ipamLeaks,
    network({
      nodes: [node('a')],
      objects: [
        affinity('1', { node: 'a' }),
        affinity('2', { node: 'gone' }),
        affinity('3', { node: 'gone', deleted: 'true' }),
        affinity('4', { node: 'gone', type: 'virtual' }),
      ],
    }),
  );
  assert.equal(calicoLeak[0]?.subjects.length, 1);
});

test('CN508: addresses of pods that are gone', () => {
  const ippool = object('whereabouts.cni.cncf.io/v1alpha1', 'IPPool', 'kube-system/10.9.0.0-24', {
    spec: { range: '10.9.0.0/24', allocations: { '1': { podref: 'shop/web' }, '2': { podref: 'shop/gone' } } },
  });
  const found = run(
    ipamLeaks,
    network({ nodes: [node('a')], pods: [pod('shop/web', { node: 'a' })], objects: [ippool] }),
  );
  assert.equal(
    formatPlace(found[0]?.subjects[0]?.place ?? assert.fail()),
    "IPPool kube-system/10.9.0.0-24 · spec.allocations['2'].podref",
  );
});

test('CN508: nothing on healthy clusters, and where nodes could not be read', () => {
  const lost = object('cilium.io/v2', 'CiliumNode', 'gone');
  for (const on of [
    readAll(healthyCilium),
    network({ objects: [lost] }),
    network({ nodes: [node('a')], objects: [lost], gaps: [{ resource: 'nodes', reason: 'limited', detail: '' }] }),
    network({
      nodes: [node('a')],
      objects: [{ ...lost, metadata: { name: 'gone', deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    }),
  ])
    assert.deepEqual(told(run(ipamLeaks, on)), []);
});
