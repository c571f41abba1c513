/**
 * The recipes of the Kubernetes documentation and of https://github.com/ahmetb/kubernetes-network-policy-recipes, as tables:
 * a policy, a connection, the answer.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Address, parseAddress } from '../../../src/core/ip/address.js';
import { evaluatePolicies, type PolicyEnd, type PolicyPod, type Traffic } from '../../../src/core/policy/evaluate.js';
import { readPolicy } from '../../../src/core/policy/policy.js';

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}
const NAMESPACES: Readonly<Record<string, Record<string, string>>> = {
  shop: { 'kubernetes.io/metadata.name': 'shop', team: 'sales' },
  other: { 'kubernetes.io/metadata.name': 'other', team: 'operations', purpose: 'production' },
};
const pod = (
  namespace: string,
  app: string,
  labels: Record<string, string> = {},
  parts: Partial<PolicyPod> = {},
): PolicyPod => ({
  kind: 'pod',
  namespace,
  name: app,
  node: 'node-1',
  labels: { app, ...labels },
  namespaceLabels: NAMESPACES[namespace],
  addresses: [address(`10.244.0.${app.length + namespace.length}`)],
  hostNetwork: false,
  ports: [{ name: 'http', number: 80, protocol: 'TCP' }],
  ...parts,
});
const host = (ip: string, node = ''): PolicyEnd => ({ kind: 'host', node, addresses: [address(ip)] });

const web = pod('shop', 'web');
const db = pod('shop', 'db');
const client = pod('shop', 'client', { role: 'monitoring' });
const stranger = pod('other', 'stranger', { role: 'monitoring' });
const outside = host('203.0.113.9');
const tcp = (port: number): Traffic => ({ protocol: 'TCP', port });

function policy(name: string, spec: Record<string, unknown>, namespace = 'shop') {
  return readPolicy({
    ref: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace, name },
    content: { spec },
  });
}
const selector = (labels: Record<string, string>) => ({ matchLabels: labels });

type Row = readonly [source: PolicyEnd, target: PolicyEnd, traffic: Traffic, answer: 'allowed' | 'denied' | 'unknown'];
const RECIPES: readonly (readonly [title: string, specs: readonly Record<string, unknown>[], rows: readonly Row[]])[] =
  [
    [
      'no policy',
      [],
      [
        [stranger, web, tcp(80), 'allowed'],
        [outside, web, tcp(80), 'allowed'],
      ],
    ],
    [
      'default deny all ingress (documentation)',
      [{ podSelector: {}, policyTypes: ['Ingress'] }],
      [
        [client, web, tcp(80), 'denied'],
        [stranger, web, tcp(80), 'denied'],
        [outside, web, tcp(80), 'denied'],
        [web, stranger, tcp(80), 'allowed'],
        [web, outside, tcp(443), 'allowed'],
        // "A pod cannot block access to itself", and its node always reaches it.
        [web, web, tcp(80), 'allowed'],
        [host('192.168.1.2', 'node-1'), web, tcp(80), 'allowed'],
        [host('192.168.1.3', 'node-2'), web, tcp(80), 'denied'],
        [client, web, { protocol: 'ICMP', port: undefined }, 'unknown'],
      ],
    ],
    [
      'policyTypes left out isolates for ingress only',
      [{ podSelector: {} }],
      [
        [client, web, tcp(80), 'denied'],
        [web, outside, tcp(80), 'allowed'],
      ],
    ],
    [
      'an egress rule makes Egress a type',
      [{ podSelector: {}, egress: [{ to: [{ podSelector: selector({ app: 'web' }) }] }] }],
      [
        [client, stranger, tcp(80), 'denied'],
        [stranger, outside, tcp(80), 'allowed'],
        [client, web, tcp(80), 'denied'], // ingress is isolated too, with no rule
      ],
    ],
    [
      'allow all ingress',
      [{ podSelector: {}, ingress: [{}], policyTypes: ['Ingress'] }],
      [
        [outside, web, tcp(80), 'allowed'],
        [client, web, { protocol: 'UDP', port: 53 }, 'allowed'],
      ],
    ],
    [
      'default deny all egress',
      [{ podSelector: {}, policyTypes: ['Egress'] }],
      [
        [web, outside, tcp(443), 'denied'],
        [stranger, web, tcp(80), 'allowed'],
        [web, db, tcp(80), 'denied'],
      ],
    ],
    [
      'deny egress, written as an empty list',
      [{ podSelector: {}, policyTypes: ['Egress'], egress: [] }],
      [[web, outside, tcp(443), 'denied']],
    ],
    [
      'limit traffic to an application',
      [{ podSelector: selector({ app: 'web' }), ingress: [{ from: [{ podSelector: selector({ app: 'client' }) }] }] }],
      [
        [client, web, tcp(80), 'allowed'],
        [db, web, tcp(80), 'denied'],
        // A pod selector alone means the policy's own namespace.
        [pod('other', 'client'), web, tcp(80), 'denied'],
        [db, client, tcp(80), 'allowed'],
      ],
    ],
    [
      'policies add up: what one allows, another cannot take away',
      [
        { podSelector: {}, policyTypes: ['Ingress'] },
        { podSelector: selector({ app: 'web' }), ingress: [{ from: [{ podSelector: {} }] }] },
      ],
      [
        [client, web, tcp(80), 'allowed'],
        [stranger, web, tcp(80), 'denied'],
        [client, db, tcp(80), 'denied'],
      ],
    ],
    [
      'deny all traffic from other namespaces',
      [{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }],
      [
        [client, web, tcp(80), 'allowed'],
        [stranger, web, tcp(80), 'denied'],
      ],
    ],
    [
      'allow all traffic from a namespace',
      [
        {
          podSelector: selector({ app: 'web' }),
          ingress: [{ from: [{ namespaceSelector: selector({ purpose: 'production' }) }] }],
        },
      ],
      [
        [stranger, web, tcp(80), 'allowed'],
        [client, web, tcp(80), 'denied'],
      ],
    ],
    [
      'some pods of another namespace: both selectors in one peer',
      [
        {
          podSelector: {},
          ingress: [
            {
              from: [
                { namespaceSelector: selector({ team: 'operations' }), podSelector: selector({ role: 'monitoring' }) },
              ],
            },
          ],
        },
      ],
      [
        [stranger, web, tcp(80), 'allowed'],
        [client, web, tcp(80), 'denied'],
        [pod('other', 'plain'), web, tcp(80), 'denied'],
      ],
    ],
    [
      'two peers are alternatives',
      [
        {
          podSelector: {},
          ingress: [
            {
              from: [
                { namespaceSelector: selector({ team: 'operations' }) },
                { podSelector: selector({ role: 'monitoring' }) },
              ],
            },
          ],
        },
      ],
      [
        [pod('other', 'plain'), web, tcp(80), 'allowed'],
        [client, web, tcp(80), 'allowed'],
        [db, web, tcp(80), 'denied'],
      ],
    ],
    [
      'only to a port of an application',
      [
        {
          podSelector: selector({ app: 'web' }),
          ingress: [{ ports: [{ port: 5000 }], from: [{ podSelector: selector({ role: 'monitoring' }) }] }],
        },
      ],
      [
        [client, web, tcp(5000), 'allowed'],
        [client, web, tcp(8000), 'denied'],
        [client, web, { protocol: 'UDP', port: 5000 }, 'denied'],
      ],
    ],
    [
      'ranges of ports and named ports',
      [
        {
          podSelector: selector({ app: 'web' }),
          ingress: [{ ports: [{ port: 32000, endPort: 32768 }, { port: 'http' }] }],
        },
      ],
      [
        [client, web, tcp(32000), 'allowed'],
        [client, web, tcp(32768), 'allowed'],
        [client, web, tcp(32769), 'denied'],
        [client, web, tcp(80), 'allowed'],
        [client, web, tcp(8080), 'denied'],
      ],
    ],
    [
      'from outside, with holes (documentation)',
      [
        {
          podSelector: {},
          ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] } }] }],
        },
      ],
      [
        [outside, web, tcp(80), 'allowed'],
        [host('203.0.113.200'), web, tcp(80), 'denied'],
        [client, web, tcp(80), 'denied'],
      ],
    ],
    [
      'an ipBlock over pod addresses: implementations differ',
      [{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16' } }] }] }],
      [
        [client, web, tcp(80), 'unknown'],
        [host('192.168.1.3', 'node-2'), web, tcp(80), 'denied'],
      ],
    ],
    [
      'deny external egress, allow DNS within the cluster',
      [
        {
          podSelector: selector({ app: 'web' }),
          policyTypes: ['Egress'],
          egress: [
            {
              ports: [
                { port: 53, protocol: 'UDP' },
                { port: 53, protocol: 'TCP' },
              ],
              to: [{ namespaceSelector: {} }],
            },
          ],
        },
      ],
      [
        [web, stranger, { protocol: 'UDP', port: 53 }, 'allowed'],
        [web, outside, { protocol: 'UDP', port: 53 }, 'denied'],
        [web, stranger, tcp(80), 'denied'],
      ],
    ],
    [
      'expressions',
      [
        {
          podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] },
          ingress: [
            {
              from: [
                {
                  podSelector: {
                    matchExpressions: [
                      { key: 'role', operator: 'Exists' },
                      { key: 'app', operator: 'NotIn', values: ['db'] },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      [
        [client, web, tcp(80), 'allowed'],
        [db, web, tcp(80), 'denied'],
        [client, client, tcp(80), 'allowed'],
        [db, client, tcp(80), 'allowed'],
      ],
    ],
    [
      'what cannot be read is not guessed',
      [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'Resembles', values: ['web'] }] }, ingress: [] }],
      [[client, web, tcp(80), 'unknown']],
    ],
    [
      'a peer that cannot be read',
      [{ podSelector: {}, ingress: [{ from: [{}] }] }],
      [[client, web, tcp(80), 'unknown']],
    ],
    [
      'pods on the host network are undefined by the API',
      [{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }],
      [
        [pod('shop', 'agent', {}, { hostNetwork: true, node: 'node-2' }), web, tcp(80), 'unknown'],
        [client, pod('shop', 'agent', {}, { hostNetwork: true, node: 'node-2' }), tcp(80), 'unknown'],
        [pod('shop', 'agent', {}, { hostNetwork: true }), web, tcp(80), 'allowed'], // on the pod's own node
      ],
    ],
    [
      'labels that were not read',
      [
        {
          podSelector: selector({ app: 'web' }),
          ingress: [{ from: [{ namespaceSelector: selector({ team: 'operations' }) }] }],
        },
      ],
      [
        [pod('other', 'x', {}, { namespaceLabels: undefined }), web, tcp(80), 'unknown'],
        [client, pod('shop', 'x', {}, { labels: undefined }), tcp(80), 'unknown'],
      ],
    ],
    [
      'the name of a namespace is known without its labels',
      [
        {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: selector({ 'kubernetes.io/metadata.name': 'other' }) }] }],
        },
      ],
      [
        [pod('other', 'x', {}, { namespaceLabels: undefined }), web, tcp(80), 'allowed'],
        [pod('third', 'x', {}, { namespaceLabels: undefined }), web, tcp(80), 'denied'],
      ],
    ],
  ];

const name = (end: PolicyEnd) => (end.kind === 'pod' ? `${end.namespace}/${end.name}` : 'host');
for (const [title, specs, rows] of RECIPES) {
  const policies = specs.map((spec, index) => policy(`p${index}`, spec));
  for (const [source, target, traffic, expected] of rows) {
    test(`${title}: ${name(source)} to ${name(target)} ${traffic.protocol} ${traffic.port ?? ''}: ${expected}`, () => {
      assert.equal(evaluatePolicies(policies, source, target, traffic).kind, expected);
    });
  }
}

test('a denial names every policy that isolates, the direction, and says why', () => {
  const answer = evaluatePolicies(
    [policy('deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] })],
    client,
    web,
    tcp(80),
  );
  assert.deepEqual(answer, {
    kind: 'denied',
    denials: [
      {
        direction: 'ingress',
        policies: [
          { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'deny-ingress' },
        ],
        why: 'NetworkPolicy shop/deny-ingress isolates pod shop/web for ingress, and no rule lets TCP port 80 from pod shop/client into it',
      },
    ],
  });
});

test('policies of other namespaces do not concern a pod', () => {
  const policies = [policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'other')];
  assert.equal(evaluatePolicies(policies, client, web, tcp(80)).kind, 'allowed');
  assert.equal(evaluatePolicies(policies, stranger, web, tcp(80)).kind, 'denied');
});

test('policies that could not be read are not "allowed"', () => {
  assert.equal(evaluatePolicies(undefined, client, web, tcp(80)).kind, 'unknown');
});

test('lists longer than what is read leave the answer open', () => {
  const from = Array.from({ length: 1001 }, (_, i) => ({ podSelector: selector({ app: `a${i}` }) }));
  const policies = [policy('long', { podSelector: {}, ingress: [{ from }] })];
  assert.equal(evaluatePolicies(policies, client, web, tcp(80)).kind, 'unknown');
});

test('one more policy with an allowing rule never turns allowed into denied for the pods it does not isolate anew', () => {
  const labels = fc.constantFrom('web', 'db', 'client');
  const rule = labels.map((app) => ({ from: [{ podSelector: selector({ app }) }] }));
  const spec = fc.record({ app: labels, rules: fc.array(rule, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 4 }), fc.constantFrom(web, db, client), (specs, source) => {
      const policies = specs.map((one, index) =>
        policy(`p${index}`, { podSelector: selector({ app: one.app }), ingress: one.rules }),
      );
      const target = web;
      const before = evaluatePolicies(policies, source, target, tcp(80)).kind;
      const isolated = specs.some((one) => one.app === 'web');
      const allowedBy = specs.some(
        (one) => one.app === 'web' && one.rules.some((r) => r.from[0]?.podSelector.matchLabels['app'] === source.name),
      );
      assert.equal(before, !isolated || allowedBy || source === target ? 'allowed' : 'denied');
    }),
  );
});

test('hostile objects are read without throwing', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 4 }), (spec) => {
      const read = readPolicy({
        ref: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'x' },
        content: { spec },
      });
      evaluatePolicies([read], client, web, tcp(80));
    }),
  );
});
