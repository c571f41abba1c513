import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { ENDPOINT_SLICES } from '../../../src/core/network/facts.js';
import {
  customObject,
  eventFacts,
  factsFromObjects,
  nodeFacts,
  podFacts,
  podNetwork,
  resourceNameOf,
  serviceFacts,
  systemPodFacts,
  workloadFacts,
} from '../../../src/core/network/fromObjects.js';
import { fixture } from '../../fixtures.js';

const AT = '2026-01-01T00:00:00Z';

describe('real objects of a flannel cluster', () => {
  const facts = factsFromObjects([fixture('lab-flannel-vxlan.json')], AT);

  test('nodes have their range, their address and their conditions, each with its place', () => {
    assert.deepEqual(
      facts.nodes.map((node) => [node.name, node.podCIDRs.map((field) => field.text), node.allocatablePods, node.os]),
      [
        ['node1', ['10.244.0.0/24'], 110, 'linux'],
        ['node2', ['10.244.1.0/24'], 110, 'linux'],
      ],
    );
    const [first] = facts.nodes;
    assert.deepEqual(first?.podCIDRs[0]?.path, ['spec', 'podCIDRs', 0]);
    assert.deepEqual(
      first.internalIPs.map((field) => [field.text, field.path]),
      [['192.168.1.2', ['status', 'addresses', 0, 'address']]],
    );
    assert.deepEqual(
      first.conditions.map((condition) => [condition.type, condition.status, condition.reason, condition.index]),
      [
        ['NetworkUnavailable', 'False', 'FlannelIsUp', 0],
        ['Ready', 'True', 'KubeletReady', 4],
      ],
    );
    assert.equal(first.annotations['flannel.alpha.coreos.com/backend-type'], 'vxlan');
    assert.equal(first.kubeletVersion, 'v1.34.4');
    assert.equal(first.virtual, false);
  });

  test('pods are in the table; those on the host network own no address', () => {
    assert.equal(facts.pods.size, 8);
    const rows = [...facts.pods.rows()];
    const own = rows.filter((row) => facts.pods.ownsAddresses(row));
    assert.equal(own.length, 4);
    for (const row of own) assert.match(facts.pods.ips(row).join(), /^10\.244\.[01]\.\d+$/);
    for (const row of rows) assert.ok(facts.pods.ready(row));
  });

  test('the agent, its arguments and its pods are read in full', () => {
    const agent = facts.workloads.find((workload) => workload.ref.name === 'kube-flannel-ds');
    assert.equal(agent?.ref.kind, 'DaemonSet');
    assert.deepEqual([agent.desired, agent.ready], [2, 2]);
    assert.deepEqual(agent.containers[0]?.args, ['--ip-masq', '--kube-subnet-mgr', '--healthz-port=8081']);
    assert.equal(agent.containers[0].env['EVENT_QUEUE_DEPTH'], '5000');
    assert.ok(!('POD_NAME' in agent.containers[0].env));
    const pods = facts.systemPods.filter((pod) => pod.ownerName === 'kube-flannel-ds');
    assert.deepEqual(pods.map((pod) => [pod.node, pod.ready, pod.phase, pod.ownerKind]).sort(), [
      ['node1', true, 'Running', 'DaemonSet'],
      ['node2', true, 'Running', 'DaemonSet'],
    ]);
  });

  test('services, ConfigMaps, namespaces, events and ServiceCIDRs are there, and nothing is a gap', () => {
    assert.deepEqual(
      facts.services.map((service) => [service.namespace, service.name, service.clusterIPs[0]?.text]),
      [
        ['default', 'kubernetes', '10.96.0.1'],
        ['shop', 'web', '10.110.9.215'],
      ],
    );
    assert.ok(facts.configMaps.some((map) => map.data['net-conf.json']?.includes('10.244.0.0/16')));
    assert.ok(facts.namespaces.some((namespace) => namespace.name === 'shop'));
    assert.ok(facts.events.some((event) => event.regarding.kind === 'Node' && event.regarding.apiVersion === 'v1'));
    assert.deepEqual(
      facts.custom.get('servicecidrs.networking.k8s.io')?.map((object) => object.content['spec']),
      [{ cidrs: ['10.96.0.0/12'] }],
    );
    assert.deepEqual(
      facts.gaps.map((gap) => gap.resource),
      [ENDPOINT_SLICES, 'deployments.apps', 'networkpolicies.networking.k8s.io'],
      'the recording has neither EndpointSlices nor Deployments nor NetworkPolicies, and a file cannot tell none from not asked',
    );
  });
});

describe('a bag of objects', () => {
  const named = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, metadata: { name } });

  test('unwraps lists, gives entries of a typed list their kind, and knows an empty typed list as read', () => {
    const facts = factsFromObjects(
      [
        { apiVersion: 'v1', kind: 'List', items: [named('Node', 'a'), { kind: 'List', items: [named('Node', 'b')] }] },
        { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { namespace: 'x', name: 'p' } }] },
        { apiVersion: 'cilium.io/v2', kind: 'CiliumNodeList', items: [] },
        { apiVersion: 'apps/v1', kind: 'DaemonSetList', items: [{ metadata: { namespace: 'x', name: 'd' } }] },
      ],
      AT,
    );
    assert.deepEqual(
      facts.nodes.map((node) => node.name),
      ['a', 'b'],
    );
    assert.equal(facts.pods.rowOf('x', 'p'), 0);
    assert.deepEqual(facts.custom.get('ciliumnodes.cilium.io'), []);
    assert.equal(facts.workloads[0]?.ref.kind, 'DaemonSet');
    assert.ok(!facts.gaps.some((gap) => ['nodes', 'pods', 'daemonsets.apps'].includes(gap.resource)));
  });

  test('counts an object that occurs twice once, the later one', () => {
    const facts = factsFromObjects(
      [named('Node', 'a'), { ...named('Node', 'a'), spec: { podCIDR: '10.0.0.0/24' } }],
      AT,
    );
    assert.deepEqual(
      facts.nodes.map((node) => node.podCIDRs[0]?.path),
      [['spec', 'podCIDR']],
    );
  });

  test('says what is no object, and keeps no Secret', () => {
    const facts = factsFromObjects([7, null, {}, { kind: 'Node' }, named('Secret', 'token')], AT);
    assert.match(facts.gaps.find((gap) => gap.resource === 'objects')?.detail ?? '', /^4 of/);
    assert.equal(facts.custom.size, 0);
  });

  test('files unknown kinds under their resource', () => {
    const facts = factsFromObjects([named('IPPool', 'p', 'crd.projectcalico.org/v1'), named('LimitRange', 'l')], AT);
    assert.deepEqual([...facts.custom.keys()], ['ippools.crd.projectcalico.org', 'limitranges']);
  });

  test('never throws and never loses count, whatever it is given', () => {
    const names = fc.constantFrom(
      'kind',
      'apiVersion',
      'metadata',
      'name',
      'items',
      'spec',
      'status',
      'podIPs',
      'data',
    );
    const kinds = fc.constantFrom(
      'List',
      'Node',
      'NodeList',
      'Pod',
      'Service',
      'DaemonSet',
      'Event',
      'ConfigMap',
      'v1',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.anything(),
        kinds,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(names, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (objects) => {
        const facts = factsFromObjects(objects, AT);
        assert.equal(facts.readAt, AT);
      }),
    );
  });
});

describe('single fields', () => {
  test('a malformed range stays visible with its error', () => {
    const facts = nodeFacts({ metadata: { name: 'n' }, spec: { podCIDRs: ['10.0.0/24', 42, null] } });
    assert.deepEqual(
      facts.podCIDRs.map((field) => [field.text, field.cidr.ok]),
      [
        ['10.0.0/24', false],
        ['42', false],
        ['', false],
      ],
    );
  });

  test('allocatable pods are read as the quantity that the API server writes', () => {
    const pods = (value: unknown) => nodeFacts({ status: { allocatable: { pods: value } } }).allocatablePods;
    assert.equal(pods('110'), 110);
    assert.equal(pods(110), 110);
    assert.equal(pods('1k'), 1000);
    assert.equal(pods('-1'), undefined);
    assert.equal(pods('many'), undefined);
    assert.equal(pods(undefined), undefined);
  });

  test('nodes without a kubelet of the usual kind are virtual', () => {
    const virtual = (labels: object, taints: object[] = []) =>
      nodeFacts({ metadata: { name: 'n', labels }, spec: { taints } }).virtual;
    assert.equal(virtual({ type: 'virtual-kubelet' }), true);
    assert.equal(virtual({}, [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }]), true);
    assert.equal(virtual({ 'eks.amazonaws.com/compute-type': 'fargate' }), true);
    assert.equal(virtual({ 'kubernetes.io/os': 'linux' }), false);
  });

  test('a pod on another network than the default one says so', () => {
    assert.equal(podNetwork({ 'ovn.kubernetes.io/vpc': 'tenant-a' }), 'tenant-a');
    assert.equal(podNetwork({ 'ovn.kubernetes.io/vpc': 'ovn-cluster' }), '');
    assert.equal(podNetwork({ 'v1.multus-cni.io/default-network': 'kube-system/fast' }), 'kube-system/fast');
    assert.equal(podNetwork({}), '');
  });

  test('a pod of an old API server has podIP alone; an unknown phase is Unknown', () => {
    const facts = podFacts({ metadata: { namespace: 'a', name: 'b' }, status: { podIP: '10.0.0.1', phase: 'Odd' } });
    assert.deepEqual([facts.ips, facts.phase], [['10.0.0.1'], 'Unknown']);
  });

  test('a headless service has no address; a load balancer has those of its status', () => {
    const facts = serviceFacts({
      metadata: { namespace: 'a', name: 'b' },
      spec: { clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 80, targetPort: 'http' }] },
      status: { loadBalancer: { ingress: [{ hostname: 'x' }, { ip: '203.0.113.7' }] } },
    });
    assert.deepEqual(facts.clusterIPs, []);
    assert.deepEqual(facts.loadBalancerIPs[0]?.path, ['status', 'loadBalancer', 'ingress', 1, 'ip']);
    assert.deepEqual(facts.ports, [{ name: '', port: 80, protocol: 'TCP', targetPort: 'http' }]);
  });

  test('events of both APIs read the same', () => {
    const regarding = { kind: 'Pod', namespace: 'a', name: 'b' };
    const old = eventFacts({
      involvedObject: regarding,
      reason: 'FailedCreatePodSandBox',
      message: 'range is full',
      type: 'Warning',
      count: 3,
      lastTimestamp: AT,
    });
    const next = eventFacts({
      regarding,
      reason: 'FailedCreatePodSandBox',
      note: 'range is full',
      type: 'Warning',
      series: { count: 3, lastObservedTime: AT },
    });
    assert.deepEqual(old, next);
    assert.equal(old.count, 3);
  });

  test('a crashing agent pod says why its container waits', () => {
    const facts = systemPodFacts({
      metadata: { namespace: 'kube-system', name: 'x', ownerReferences: [{ kind: 'DaemonSet', name: 'd' }] },
      status: {
        phase: 'Running',
        containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }, { state: { running: {} } }],
      },
    });
    assert.deepEqual(facts.waiting, ['CrashLoopBackOff']);
    assert.deepEqual([facts.ownerKind, facts.ownerName, facts.ready], ['DaemonSet', 'd', false]);
  });

  test('a static pod is a workload of itself', () => {
    const facts = workloadFacts({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { namespace: 'kube-system', name: 'kube-apiserver-a', labels: { component: 'kube-apiserver' } },
      spec: { containers: [{ name: 'x', command: ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12'] }] },
    });
    assert.deepEqual(facts.podLabels, { component: 'kube-apiserver' });
    assert.equal(facts.containers[0]?.command[1], '--service-cluster-ip-range=10.96.0.0/12');
  });

  test('texts are cut, and say so', () => {
    const facts = nodeFacts({ metadata: { name: 'n'.repeat(1000) } });
    assert.equal(facts.name.length, 300);
    assert.ok(facts.name.endsWith('…'));
  });

  test('what nobody reads is not kept of a custom object', () => {
    const { content } = customObject({
      apiVersion: 'v1',
      kind: 'X',
      metadata: {
        name: 'x',
        managedFields: [1],
        annotations: { a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
    });
    assert.deepEqual(content['metadata'], { name: 'x', annotations: { a: 'b' } });
  });

  test('resource names follow the rule of Kubernetes', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['v1', 'Node', 'nodes'],
      ['v1', 'Endpoints', 'endpoints'],
      ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies.networking.k8s.io'],
      ['networking.k8s.io/v1', 'IPAddress', 'ipaddresses.networking.k8s.io'],
      ['crd.projectcalico.org/v1', 'BlockAffinity', 'blockaffinities.crd.projectcalico.org'],
      ['k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'network-attachment-definitions.k8s.cni.cncf.io'],
    ];
    for (const [apiVersion, kind, name] of cases) assert.equal(resourceNameOf(apiVersion, kind), name);
  });
});
