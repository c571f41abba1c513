import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { readNetwork } from '../../../src/core/cni/index.js';
import { explain, type Explanation, MAX_OF_A_KIND } from '../../../src/core/network/explain.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { formatPlace } from '../../../src/core/network/place.js';
import { fixture } from '../../fixtures.js';
import { ENDPOINT_SLICES } from '../../../src/core/network/facts.js';
import { facts, node, pod, service, slice } from '../facts.js';

const flannel = readNetwork(factsFromObjects([fixture('lab-flannel-vxlan.json')], ''));

function ask(text: string, network = flannel): Explanation {
  const answer = explain(network, text);
  assert.ok(answer.ok, text);
  return answer;
}
const lines = (answer: Explanation): string[] =>
  answer.items.map(({ kind, text, place, aside }) =>
    [kind, text, ...(place === undefined ? [] : [formatPlace(place)]), ...(aside ? ['aside'] : [])].join(' | '),
  );

describe('on a real flannel cluster', () => {
  const podOf = (name: string): string => {
    const row = [...flannel.facts.pods.rows()].find((candidate) => flannel.facts.pods.name(candidate).startsWith(name));
    return flannel.facts.pods.ips(row ?? -1)[0] ?? '';
  };

  test("a pod's address", () => {
    const answer = ask(podOf('web-'));
    assert.match(answer.summary, /^10\.244\.\d\.\d+: pod shop\/web-\w+ on node\d has it\.$/);
    assert.deepEqual(
      answer.items.map(({ kind }) => kind),
      ['pod', 'claim', 'claim', 'claim', 'claim', 'special'],
    );
    assert.match(answer.items[1]?.text ?? '', /^in 10\.244\.\d\.0\/24, the pod range of node\d \(assigned\)$/);
    assert.match(formatPlace(answer.items[0]?.place ?? { kind: 'setting', name: '' }), /status\.podIPs\[0\]\.ip$/);
  });

  test("the tunnel's and the bridge's address of a node", () => {
    assert.equal(ask('10.244.1.0').summary, '10.244.1.0: Flannel gives it to flannel.1 on node2.');
    assert.equal(ask('10.244.1.1').summary, '10.244.1.1: Flannel gives it to cni0 on node2.');
  });

  test("a node's address, with the pods on its network", () => {
    const answer = ask('192.168.1.2');
    assert.equal(answer.summary, '192.168.1.2: node node1 has it as InternalIP.');
    const pods = answer.items.filter(({ kind }) => kind === 'pod');
    assert.ok(pods.length >= 2 && pods.every(({ aside, text }) => aside && text.includes("has its node's address")));
  });

  test("a Service's address, and one that none has", () => {
    assert.equal(ask('10.96.0.1').summary, '10.96.0.1: service default/kubernetes has it as ClusterIP.');
    assert.equal(
      ask('10.96.7.7').summary,
      '10.96.7.7: in 10.96.0.0/12, the service range (assigned); no Service has it.',
    );
  });

  test('an address that no pod has', () => {
    assert.equal(
      ask('10.244.1.200').summary,
      '10.244.1.200: in 10.244.1.0/24, the pod range of node2 (assigned); no pod has it.',
    );
  });

  test('addresses that are nobody’s', () => {
    assert.equal(
      ask('169.254.169.254').summary,
      '169.254.169.254: in 169.254.0.0/16, Link-Local (RFC 3927); nothing in this cluster claims it.',
    );
    assert.equal(ask('8.8.8.8').summary, '8.8.8.8: public address space; nothing in this cluster claims it.');
    assert.equal(ask(' ::FFFF:10.96.0.1 ').text, '10.96.0.1');
  });

  test('a range', () => {
    const answer = ask('10.244.0.0/23');
    assert.equal(answer.summary, '10.244.0.0/23: 4 pods have addresses in it.');
    assert.ok(
      lines(answer).includes(
        'claim | holds 10.244.1.0/24, the pod range of node2 (assigned) | Node node2 · spec.podCIDRs[0]',
      ),
    );
    assert.ok(answer.items.some(({ kind, text }) => kind === 'pod' && /has it: 10\.244\.\d\.\d+$/.test(text)));
    assert.equal(ask('10.2.3.4/8').text, '10.0.0.0/8', 'host bits are masked');
  });
});

test('what is no address says why', () => {
  for (const text of ['', 'web-1', '10.0.0', '10.0.0.0/33', '010.0.0.1', 'fe80::1%eth0']) {
    const answer = explain(flannel, text);
    assert.ok(!answer.ok && answer.reason !== '', text);
  }
});

test('two pods with one address, one that had it, and what could not be read', () => {
  const network = readNetwork(
    facts({
      pods: [
        pod('a/done', { node: 'n1', ip: '10.0.0.9', phase: 'Succeeded' }),
        pod('a/x', { node: 'n1', ip: '10.0.0.9' }),
        pod('a/y', { node: 'n2', ip: '10.0.0.9' }),
      ],
      gaps: [{ resource: 'services', reason: 'forbidden', detail: 'services is forbidden' }],
    }),
  );
  const answer = ask('10.0.0.9', network);
  assert.equal(answer.summary, '2 pods have 10.0.0.9.');
  assert.deepEqual(
    answer.items.filter(({ kind }) => kind === 'pod').map(({ text, aside }) => [text, aside]),
    [
      ['pod a/x on n1 has it', false],
      ['pod a/y on n2 has it', false],
      ["pod a/done on n1 had it (Succeeded: the address may be another pod's by now)", true],
    ],
  );
  assert.deepEqual(answer.unknown, ['services: services is forbidden']);
});

test('a range that nobody uses is a side note, and IPv6 works as IPv4 does', () => {
  const network = readNetwork(
    facts({
      nodes: [node('n1', { podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'], ips: ['fd00::2'] })],
      pods: [pod('a/x', { node: 'n1', ips: ['10.9.0.1', 'fd00:10:244::5'] })],
      services: [service('a/s', { clusterIPs: ['10.96.0.1', 'fd00:10:96::1'] })],
    }),
  );
  assert.deepEqual(lines(ask('fd00:10:244::5', network)), [
    'pod | pod a/x on n1 has it | Pod a/x · status.podIPs[1].ip',
    'claim | in fd00:10:244::/64, the pod range of n1 (assigned) | Node n1 · spec.podCIDRs[1]',
    'special | in fc00::/7, Unique-Local (RFC 4193)',
  ]);
  assert.match(ask('fd00:10:96::1', network).summary, /service a\/s has it as ClusterIP/);
});

describe('where connections to Services go', () => {
  const objects = [
    slice('shop/web', [
      { ip: '10.244.0.2' },
      { ip: '10.244.0.3', ready: false },
      { ip: '10.244.0.9', terminating: true, ready: false },
    ]),
    // The same endpoint, with another port: it counts once.
    slice('shop/web', [{ ip: '10.244.0.2' }], { suffix: 'fghij', ports: [{ port: 9090, protocol: 'UDP' }] }),
    slice('db/outside', [{ ip: '192.0.2.10' }], { ports: [] }),
    slice('db/gone', [{ ip: '10.244.0.4', ready: false }]),
    slice('db/names', [{ ip: 'db.example' }], { addressType: 'FQDN' }),
  ];
  const services = [
    service('shop/web', { clusterIP: '10.96.0.10' }),
    service('db/outside', { clusterIP: '10.96.0.11' }),
    service('db/gone', { clusterIP: '10.96.0.12' }),
    service('db/empty', { clusterIP: '10.96.0.13' }),
    service('other/web', { clusterIP: '10.96.0.14' }),
  ];
  const options = {
    nodes: [node('n1', { podCIDR: '10.244.0.0/24' })],
    pods: [pod('shop/web-1', { node: 'n1', ip: '10.244.0.2' })],
    services,
    objects,
  };
  const network = readNetwork(facts(options));
  const serviceLine = (text: string, of = network): string | undefined =>
    ask(text, of).items.find(({ kind }) => kind === 'service')?.text;

  test('an address names them, with their ports and whether it is ready', () => {
    const answer = ask('10.244.0.2', network);
    assert.equal(answer.summary, '10.244.0.2: pod shop/web-1 on n1 has it.');
    assert.deepEqual(lines(answer).slice(1, 3), [
      'endpoint | service shop/web has it as an endpoint (8080/TCP; ready) | EndpointSlice shop/web-abcde · endpoints[0].addresses[0]',
      'endpoint | service shop/web has it as an endpoint (9090/UDP; ready) | EndpointSlice shop/web-fghij · endpoints[0].addresses[0]',
    ]);
  });

  test('one that no pod has, and one outside', () => {
    assert.equal(
      ask('10.244.0.9', network).summary,
      '10.244.0.9: service shop/web has it as an endpoint (8080/TCP; terminating); no pod has it.',
    );
    assert.equal(ask('192.0.2.10', network).summary, '192.0.2.10: service db/outside has it as an endpoint (ready).');
  });

  test("a Service's address says how many endpoints it has, and how many are ready", () => {
    assert.equal(serviceLine('10.96.0.10'), 'service shop/web has it as ClusterIP, and 1 of its 3 endpoints is ready');
    assert.equal(serviceLine('10.96.0.11'), 'service db/outside has it as ClusterIP, and its endpoint is ready');
    assert.equal(serviceLine('10.96.0.12'), 'service db/gone has it as ClusterIP, and its endpoint is not ready');
    assert.equal(
      serviceLine('10.96.0.13'),
      'service db/empty has it as ClusterIP, and no EndpointSlice has an endpoint of it',
    );
    assert.equal(
      serviceLine('10.96.0.14'),
      'service other/web has it as ClusterIP, and no EndpointSlice has an endpoint of it',
    );
  });

  test('nothing is said where not all of them could be read, and that is named', () => {
    const gap = { resource: ENDPOINT_SLICES, reason: 'forbidden', detail: 'may not be read' } as const;
    const unread = readNetwork(facts({ ...options, gaps: [gap] }));
    assert.equal(serviceLine('10.96.0.13', unread), 'service db/empty has it as ClusterIP');
    assert.deepEqual(ask('10.96.0.13', unread).unknown, [`${ENDPOINT_SLICES}: may not be read`]);
  });

  test('a range lists none of them: it would repeat its pods', () => {
    assert.ok(ask('10.244.0.0/24', network).items.every(({ kind }) => kind !== 'endpoint'));
  });
});

test('lists have an end, and say what is beyond', () => {
  const pods = Array.from({ length: MAX_OF_A_KIND + 7 }, (_, index) => pod(`a/p${index}`, { ip: `10.0.0.${index}` }));
  const answer = ask('10.0.0.0/24', readNetwork(facts({ pods })));
  assert.equal(answer.items.filter(({ kind }) => kind === 'pod').length, MAX_OF_A_KIND);
  assert.deepEqual(answer.more, { pod: 7 });
});

test('no question throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.ipV4(),
        fc.ipV6(),
        fc.tuple(fc.ipV4(), fc.nat(40)).map((parts) => parts.join('/')),
      ),
      (text) => {
        const answer = explain(flannel, text);
        assert.notEqual(answer.ok ? answer.summary : answer.reason, '');
      },
    ),
  );
});
