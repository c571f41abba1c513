import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import type { Claim, Role } from '../../../src/core/network/claim.js';
import type { ClusterFacts } from '../../../src/core/network/facts.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { configMap, daemonSet, facts, node, object, pod, service, serviceCIDR, staticPod } from '../facts.js';

/** `text · place · provenance`, and what is special about it. */
const line = (claim: Claim): string =>
  [
    claim.text,
    formatPlace(claim.place),
    claim.provenance,
    ...(claim.repeats === true ? ['repeats'] : []),
    ...(claim.used === false ? ['unused'] : []),
    ...(claim.blockPrefixLength === undefined ? [] : [`blocks of /${claim.blockPrefixLength}`]),
  ].join(' | ');
const claimsOf = (cluster: ClusterFacts, role: Role): string[] =>
  readNetwork(cluster)
    .claims.filter((claim) => claim.role === role)
    .map(line);

const kubeadm = (networking: string, more = ''): ReturnType<typeof configMap> =>
  configMap('kube-system/kubeadm-config', {
    ClusterConfiguration: `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n${networking}${more}`,
  });
const flannel = daemonSet('kube-flannel/kube-flannel-ds', { args: ['--ip-masq', '--kube-subnet-mgr'] });

describe('service ranges, from the place that decides to the mere guess', () => {
  const apiServer = staticPod('kube-apiserver', 'n1', ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12']);
  const manager = staticPod('kube-controller-manager', 'n1', [
    '/usr/local/bin/kube-controller-manager',
    '--service-cluster-ip-range',
    '10.96.0.0/12',
  ]);
  const record = kubeadm('  serviceSubnet: 10.96.0.0/12\n');
  const services = [
    service('default/kubernetes', { clusterIP: '10.96.0.1' }),
    service('kube-system/kube-dns', { clusterIP: '10.96.0.10' }),
  ];

  test('all of them: the ServiceCIDR decides, the others repeat it', () => {
    assert.deepEqual(
      claimsOf(
        facts({ objects: [serviceCIDR(['10.96.0.0/12'])], pods: [apiServer, manager], configMaps: [record], services }),
        'service',
      ),
      [
        '10.96.0.0/12 | ServiceCIDR kubernetes · spec.cidrs[0] | assigned',
        '10.96.0.0/12 | Pod kube-system/kube-apiserver-n1 · spec.containers[0].command[1] | declared | repeats',
        '10.96.0.0/12 | Pod kube-system/kube-controller-manager-n1 · spec.containers[0].command[2] | declared | repeats',
        '10.96.0.0/12 | ConfigMap kube-system/kubeadm-config · data.ClusterConfiguration.networking.serviceSubnet | declared | repeats',
      ],
    );
  });

  test('an older cluster: the flag decides', () => {
    assert.deepEqual(claimsOf(facts({ pods: [apiServer], configMaps: [record], services }), 'service'), [
      '10.96.0.0/12 | Pod kube-system/kube-apiserver-n1 · spec.containers[0].command[1] | declared',
      '10.96.0.0/12 | ConfigMap kube-system/kubeadm-config · data.ClusterConfiguration.networking.serviceSubnet | declared | repeats',
    ]);
  });

  test('a managed cluster: a lower bound from what is handed out', () => {
    assert.deepEqual(claimsOf(facts({ services }), 'service'), [
      '10.96.0.0/28 | Service default/kubernetes · spec.clusterIPs[0] | inferred',
    ]);
  });

  test('each family by itself: a second family that only the record knows still decides', () => {
    assert.deepEqual(
      claimsOf(
        facts({
          objects: [serviceCIDR(['10.96.0.0/16'])],
          configMaps: [kubeadm('  serviceSubnet: 10.96.0.0/16,fd00:10:96::/112\n')],
        }),
        'service',
      ),
      [
        '10.96.0.0/16 | ServiceCIDR kubernetes · spec.cidrs[0] | assigned',
        '10.96.0.0/16 | ConfigMap kube-system/kubeadm-config · data.ClusterConfiguration.networking.serviceSubnet | declared | repeats',
        'fd00:10:96::/112 | ConfigMap kube-system/kubeadm-config · data.ClusterConfiguration.networking.serviceSubnet | declared',
      ],
    );
  });

  test('replicas of the API server say it once; one that differs is told', () => {
    const replicas = ['n1', 'n2', 'n3'].map((name) =>
      staticPod('kube-apiserver', name, [
        'kube-apiserver',
        `--service-cluster-ip-range=${name === 'n3' ? '10.97.0.0/16' : '10.96.0.0/16'}`,
      ]),
    );
    assert.deepEqual(
      claimsOf(facts({ pods: replicas }), 'service').map((text) => text.split(' · ')[0]),
      ['10.96.0.0/16 | Pod kube-system/kube-apiserver-n1', '10.97.0.0/16 | Pod kube-system/kube-apiserver-n3'],
    );
  });

  test('a pod of that name in another namespace says nothing', () => {
    const forged = pod('shop/kube-apiserver', {
      command: ['kube-apiserver', '--service-cluster-ip-range=0.0.0.0/0'],
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      labels: { component: 'kube-apiserver', tier: 'control-plane' },
    });
    assert.deepEqual(claimsOf(facts({ pods: [forged], workloads: [] }), 'service'), []);
  });
});

describe('the pod range of the cluster', () => {
  test('the controller manager decides; kubeadm, kube-proxy and flannel repeat', () => {
    const cluster = facts({
      nodes: [node('n1', { podCIDR: '10.244.0.0/25' })],
      pods: [
        staticPod('kube-controller-manager', 'n1', [
          'kube-controller-manager',
          '--allocate-node-cidrs=true',
          '--cluster-cidr=10.244.0.0/16',
          '--node-cidr-mask-size=25',
        ]),
      ],
      workloads: [flannel],
      configMaps: [
        kubeadm('  podSubnet: 10.244.0.0/16\n'),
        configMap('kube-system/kube-proxy', {
          'config.conf':
            'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n',
        }),
        configMap('kube-flannel/kube-flannel-cfg', { 'net-conf.json': '{"network": "10.244.0.0/16", "backend": {}}' }),
      ],
    });
    assert.deepEqual(claimsOf(cluster, 'pod-cluster'), [
      '10.244.0.0/16 | Pod kube-system/kube-controller-manager-n1 · spec.containers[0].command[2] | declared | blocks of /25',
      '10.244.0.0/16 | ConfigMap kube-system/kubeadm-config · data.ClusterConfiguration.networking.podSubnet | declared | repeats | blocks of /25',
      "10.244.0.0/16 | ConfigMap kube-system/kube-proxy · data['config.conf'].clusterCIDR | declared | repeats",
      "10.244.0.0/16 | ConfigMap kube-flannel/kube-flannel-cfg · data['net-conf.json'].Network | declared | repeats",
    ]);
  });

  test('the mask of node ranges comes from kubeadm too, or from the ranges that are there', () => {
    const mask = (more: string, ...podCIDRs: string[]): number | undefined =>
      readNetwork(
        facts({
          configMaps: [kubeadm('  podSubnet: 10.0.0.0/8\n', more)],
          nodes: podCIDRs.map((podCIDR, index) => node(`n${index}`, { podCIDR })),
        }),
      ).claims.find((claim) => claim.role === 'pod-cluster')?.blockPrefixLength;
    assert.equal(mask('controllerManager:\n  extraArgs:\n    node-cidr-mask-size: "25"\n'), 25);
    assert.equal(
      mask('controllerManager:\n  extraArgs:\n    - name: node-cidr-mask-size-ipv4\n      value: "23"\n'),
      23,
    );
    assert.equal(mask('', '10.0.0.0/22', '10.0.4.0/22'), 22);
    assert.equal(mask('', '10.0.0.0/22', '10.0.4.0/23'), undefined);
    assert.equal(mask('controllerManager:\n  extraArgs:\n    node-cidr-mask-size: "99"\n'), undefined);
  });

  test('k3s: what its arguments say, or its defaults', () => {
    const server = (...words: string[]) =>
      node('n1', {
        podCIDR: '10.42.0.0/24',
        kubeletVersion: 'v1.34.1+k3s1',
        annotations: { 'k3s.io/node-args': JSON.stringify(['server', ...words]) },
      });
    const told = facts({ nodes: [server('--cluster-cidr', '10.42.0.0/15', '--service-cidr', '10.50.0.0/16')] });
    assert.deepEqual(claimsOf(told, 'pod-cluster'), [
      "10.42.0.0/15 | Node n1 · metadata.annotations['k3s.io/node-args'] | declared | blocks of /24",
    ]);
    assert.deepEqual(claimsOf(told, 'service'), [
      "10.50.0.0/16 | Node n1 · metadata.annotations['k3s.io/node-args'] | declared",
    ]);
    const silent = facts({ nodes: [server()] });
    assert.deepEqual(claimsOf(silent, 'pod-cluster'), [
      "10.42.0.0/16 | Node n1 · metadata.annotations['k3s.io/node-args'] | default | blocks of /24",
    ]);
    assert.deepEqual(claimsOf(silent, 'service'), [
      "10.43.0.0/16 | Node n1 · metadata.annotations['k3s.io/node-args'] | default",
    ]);
  });

  test('nothing stated, nothing claimed; broken YAML and broken CIDRs neither', () => {
    assert.deepEqual(claimsOf(facts({ configMaps: [kubeadm('  podSubnet: 10.244.0/16\n')] }), 'pod-cluster'), []);
    assert.deepEqual(claimsOf(facts({ configMaps: [kubeadm('\t{{ .PodSubnet }}: [')] }), 'pod-cluster'), []);
    assert.deepEqual(claimsOf(facts(), 'pod-cluster'), []);
  });
});

describe("the nodes' podCIDRs", () => {
  const nodes = [node('n1', { podCIDR: '10.244.0.0/24' }), node('n2', { podCIDR: '10.244.1.0/24' })];
  const used = (cluster: ClusterFacts) =>
    readNetwork(cluster)
      .claims.filter((claim) => claim.role === 'pod-node')
      .map((claim) => claim.used);

  test('are used under flannel', () => assert.deepEqual(used(facts({ nodes, workloads: [flannel] })), [true, true]));
  test('are not used under Weave', () => {
    assert.deepEqual(used(facts({ nodes, workloads: [daemonSet('kube-system/weave-net')] })), [false, false]);
  });
  test('may be used for all we know where nothing is recognised', () => {
    assert.deepEqual(used(facts({ nodes })), [undefined, undefined]);
  });
  test('are not used by a virtual node', () => {
    const virtual = node('v', { podCIDR: '10.244.2.0/24', labels: { type: 'virtual-kubelet' } });
    assert.deepEqual(used(facts({ nodes: [...nodes, virtual], workloads: [flannel] })), [true, true, false]);
  });
  test('in both families, and malformed ones make no claim', () => {
    const cluster = facts({
      nodes: [node('n1', { podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'] }), node('n2', { podCIDR: '10.244/24' })],
    });
    assert.deepEqual(claimsOf(cluster, 'pod-node'), [
      '10.244.0.0/24 | Node n1 · spec.podCIDRs[0] | assigned',
      'fd00:10:244::/64 | Node n1 · spec.podCIDRs[1] | assigned',
    ]);
  });
});

describe('nodes, load balancers, Docker', () => {
  test("a node's addresses, and its subnet where a solution wrote it down", () => {
    const cluster = facts({
      nodes: [
        node('n1', {
          ips: ['192.168.1.2', 'fd00::2'],
          externalIP: '203.0.113.7',
          annotations: { 'projectcalico.org/IPv4Address': '192.168.1.2/24' },
        }),
        node('n2', {
          ip: '172.18.0.2',
          annotations: { 'k8s.ovn.org/node-primary-ifaddr': '{"ipv4":"172.18.0.2/16"}' },
        }),
      ],
    });
    assert.deepEqual(claimsOf(cluster, 'node'), [
      '192.168.1.2 | Node n1 · status.addresses[0].address | assigned',
      'fd00::2 | Node n1 · status.addresses[1].address | assigned',
      '203.0.113.7 | Node n1 · status.addresses[2].address | assigned',
      "192.168.1.2/24 | Node n1 · metadata.annotations['projectcalico.org/IPv4Address'] | assigned",
      '172.18.0.2 | Node n2 · status.addresses[0].address | assigned',
      "172.18.0.2/16 | Node n2 · metadata.annotations['k8s.ovn.org/node-primary-ifaddr'] | assigned",
    ]);
  });

  test("addresses of load balancers, and MetalLB's pools", () => {
    const cluster = facts({
      services: [service('shop/web', { type: 'LoadBalancer', loadBalancerIPs: ['192.168.1.240'] })],
      objects: [
        object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system/first', {
          spec: { addresses: ['192.168.1.240-192.168.1.250', '192.168.9.0/28', 'nonsense'] },
        }),
      ],
    });
    assert.deepEqual(claimsOf(cluster, 'load-balancer'), [
      '192.168.1.240-192.168.1.250 | IPAddressPool metallb-system/first · spec.addresses[0] | declared',
      '192.168.9.0/28 | IPAddressPool metallb-system/first · spec.addresses[1] | declared',
      '192.168.1.240 | Service shop/web · status.loadBalancer.ingress[0].ip | assigned',
    ]);
  });

  test("Docker's bridge is known to be there only where Docker is the runtime", () => {
    const docker = (runtime: string) => {
      const plain = node('n1');
      const status = {
        ...(plain['status'] as object),
        nodeInfo: { operatingSystem: 'linux', containerRuntimeVersion: runtime },
      };
      return readNetwork(facts({ nodes: [{ ...plain, status }] })).claims.find((claim) => claim.role === 'docker')
        ?.used;
    };
    assert.equal(docker('docker://24.0.7'), true);
    assert.equal(docker('containerd://1.7.1'), undefined);
  });
});

describe('this workstation', () => {
  const workstation = [
    { name: 'lo', cidr: '127.0.0.1/8' },
    { name: 'eth0', cidr: '192.168.1.50/24' },
    { name: 'eth0', cidr: 'fe80::1/64' },
    { name: 'tun0', cidr: '10.8.0.2/16' },
  ];
  test('its networks, without loopback and link-local', () => {
    assert.deepEqual(claimsOf(facts({ nodes: [node('n1', { ip: '192.168.1.2' })], workstation }), 'workstation'), [
      '192.168.1.50/24 | this workstation · eth0 | assigned',
      '10.8.0.2/16 | this workstation · tun0 | assigned',
    ]);
  });
  test('none when it is a node itself: its interfaces are the cluster', () => {
    assert.deepEqual(claimsOf(facts({ nodes: [node('n1', { ip: '192.168.1.50' })], workstation }), 'workstation'), []);
  });
});

test('ClusterIPs that are too far apart for one range are taken for several ranges, not for one around all of them', () => {
  const services = ['10.96.0.1', '10.96.0.10', '172.30.0.4'].map((clusterIP, i) =>
    service(`default/s${i}`, { clusterIP }),
  );
  const claims = readNetwork(facts({ services })).claims.filter(({ role }) => role === 'service');
  assert.deepEqual(
    claims.map(({ text, provenance }) => `${text} ${provenance}`),
    ['10.96.0.0/28 inferred', '172.30.0.4/32 inferred'],
  );
});
