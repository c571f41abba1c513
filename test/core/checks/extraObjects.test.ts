/**
 * One more object beside a healthy cluster – a Node, a ServiceCIDR, a pod –, in all the ways in which its ranges can lie:
 * exactly what is found, and that one cause is not told as several.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChecks } from '../../../src/core/checks/index.js';
import { configMap, type FactsOptions, type Json, node, object, pod, service, serviceCIDR } from '../facts.js';
import { flannel, healthyCilium, healthyFlannel, kubeadm, together, twoNodes } from './clusters.js';
import { readAll } from './network.js';

/** Both families everywhere: kubeadm and flannel with `EnableIPv6`. */
const dualStack: FactsOptions = together(
  {
    nodes: [
      node('node-1', { ips: ['192.168.1.2', 'fd00:1::2'], podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'] }),
      node('node-2', { ips: ['192.168.1.3', 'fd00:1::3'], podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'] }),
    ],
  },
  kubeadm('10.244.0.0/16,fd00:10:244::/56', '10.96.0.0/12,fd00:10:96::/112'),
  flannel('10.244.0.0/16', ['node-1', 'node-2']),
  {
    configMaps: [
      configMap('kube-flannel/kube-flannel-cfg', {
        'cni-conf.json': '{"name":"cbr0","plugins":[{"type":"flannel"}]}',
        'net-conf.json': JSON.stringify({
          Network: '10.244.0.0/16',
          EnableIPv6: true,
          IPv6Network: 'fd00:10:244::/56',
          Backend: { Type: 'vxlan' },
        }),
      }),
    ],
    objects: [serviceCIDR(['10.96.0.0/12', 'fd00:10:96::/112'])],
    pods: [
      pod('shop/web-1', { node: 'node-1', ips: ['10.244.0.2', 'fd00:10:244::2'] }),
      pod('shop/web-2', { node: 'node-2', ips: ['10.244.1.2', 'fd00:10:244:1::2'] }),
    ],
  },
);
/** No agent tells the solution; the pods have addresses of their nodes' ranges, as with the bridge plugin and routes. */
const unrecognised: FactsOptions = together(twoNodes('10.244.0.0/24', '10.244.1.0/24'), {
  objects: [serviceCIDR(['10.96.0.0/12'])],
  pods: [
    pod('shop/web-1', { node: 'node-1', ip: '10.244.0.2' }),
    pod('shop/web-2', { node: 'node-2', ip: '10.244.1.2' }),
  ],
});

type NodeOptions = Parameters<typeof node>[1];
const nodes = (...all: readonly NodeOptions[]): FactsOptions => ({
  nodes: all.map((options, index) => node(`extra-${index + 1}`, { ip: `192.168.1.${index + 101}`, ...options })),
});
const range = (...podCIDRs: readonly string[]): NodeOptions => ({ podCIDRs });
const services = (...cidrs: readonly string[]): FactsOptions => ({ objects: [serviceCIDR(cidrs, 'extra')] });
const retired = (cidr: string, how: Json): FactsOptions => ({
  objects: [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      spec: { cidrs: [cidr] },
      metadata: { name: 'extra' },
      ...how,
    },
  ],
});
const terminating: Json = {
  status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Terminating', message: 'still referenced' }] },
};
const stray = (...ips: readonly string[]): FactsOptions => ({
  pods: [pod('shop/stray', { node: 'node-2', ips })],
});

/** What is found above information: `CN101 error`, in order of weight; and words that the first message must have. */
interface Row {
  readonly what: string;
  readonly extra: FactsOptions;
  readonly found: readonly string[];
  readonly says?: RegExp;
}
const row = (what: string, extra: FactsOptions, found: readonly string[] = [], says?: RegExp): Row => ({
  what,
  extra,
  found,
  ...(says === undefined ? {} : { says }),
});

const OVERLAP = ['CN101 error'];
const BASES: readonly { readonly name: string; readonly base: FactsOptions; readonly rows: readonly Row[] }[] = [
  {
    name: 'flannel, IPv4',
    base: healthyFlannel,
    rows: [
      row('a node with a range of its own', nodes(range('10.244.5.0/24'))),
      row('a node with host bits in its range', nodes(range('10.244.5.7/24'))),
      row(
        'host bits hide an equal range',
        nodes(range('10.244.1.7/24')),
        OVERLAP,
        /node-2.* both hand out 10\.244\.1\.0\/24/,
      ),
      row('an equal range', nodes(range('10.244.0.0/24')), OVERLAP, /both hand out 10\.244\.0\.0\/24.*same addresses/),
      row(
        'two nodes with the range of a third',
        nodes(range('10.244.0.0/24'), range('10.244.0.0/24')),
        OVERLAP,
        /3 nodes/,
      ),
      row(
        'a range inside another',
        nodes(range('10.244.0.128/25')),
        OVERLAP,
        /10\.244\.0\.0\/24, which contains 10\.244\.0\.128\/25/,
      ),
      row(
        'a range around two others',
        nodes(range('10.244.0.0/23')),
        OVERLAP,
        /3 nodes \(extra-1, node-1 and node-2\)/,
      ),
      row('two extra nodes, one inside the other', nodes(range('10.244.8.0/22'), range('10.244.9.0/24')), OVERLAP),
      row('a range of the service range', nodes(range('10.96.7.0/24')), [
        'CN102 error',
        'CN406 error',
        'CN504 warning',
      ]),
      row(
        'a range around the nodes’ own addresses',
        nodes(range('192.168.1.0/24')),
        ['CN103 error', 'CN406 error', 'CN504 warning'],
        /covers the addresses of node-1 192\.168\.1\.2, node-2 192\.168\.1\.3 and extra-1/,
      ),
      row('a range outside of the cluster’s', nodes(range('10.55.0.0/24')), ['CN406 error', 'CN504 warning']),
      row('a range with room for two pods', nodes(range('10.244.5.0/30')), ['CN301 warning'], /room for 2 pods/),
      row('no range', nodes({}), ['CN404 error']),
      row('an address of another node’s pods', nodes({ ip: '10.244.1.77', podCIDR: '10.244.5.0/24' }), ['CN103 error']),
      row('an address of its own pods', nodes({ ip: '10.244.5.1', podCIDR: '10.244.5.0/24' }), ['CN103 error']),
      row('an address of the cluster’s pod range', nodes({ ip: '10.244.77.7', podCIDR: '10.244.5.0/24' }), [
        'CN103 warning',
      ]),
      row('an address of the service range', nodes({ ip: '10.96.0.77', podCIDR: '10.244.5.0/24' }), ['CN104 error']),
      row('an address of another node', nodes({ ip: '192.168.1.2', podCIDR: '10.244.5.0/24' }), ['CN204 error']),
      row(
        'equal IPv6 ranges, which flannel does not use',
        nodes(range('10.244.5.0/24', 'fd00:7::/64'), range('10.244.6.0/24', 'fd00:7::/64')),
        ['CN101 error', 'CN507 warning'],
      ),
      row('a service range of its own', services('10.200.0.0/16')),
      row('a service range inside of the first', services('10.96.5.0/24')),
      row('a service range of a family that the API server does not give out', services('fd00:5::/112')),
      row('a service range inside of the pod range', services('10.244.7.0/24'), ['CN102 warning']),
      row(
        'the service range of a node’s pods',
        services('10.244.1.0/24'),
        ['CN102 error'],
        /shop\/web-2 10\.244\.1\.2/,
      ),
      row('a service range around the pod range', services('10.244.0.0/15'), ['CN102 error']),
      row(
        'a service range around the nodes',
        services('192.168.1.0/24'),
        ['CN104 error'],
        /node-1 192\.168\.1\.2 and node-2/,
      ),
      row('a link-local service range', services('169.254.20.0/24'), ['CN108 error']),
      row('a service range on its way out', retired('10.244.1.0/24', terminating)),
      row(
        'a deleted service range',
        retired('10.244.1.0/24', { metadata: { name: 'extra', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      ),
      row(
        'a service range on its way out that still has a Service',
        together(retired('10.244.1.0/24', terminating), {
          services: [service('shop/old', { clusterIP: '10.244.1.2' })],
        }),
        ['CN102 error'],
      ),
      row('a pod of another node’s range', stray('10.244.0.99'), ['CN202 error']),
      row('a pod of no range', stray('10.55.0.9'), ['CN202 warning']),
      row('a pod with another pod’s address', stray('10.244.1.2'), ['CN201 error']),
      row('a pod with a node’s address', stray('192.168.1.2'), ['CN205 error', 'CN202 warning']),
    ],
  },
  {
    name: 'flannel, both families',
    base: dualStack,
    rows: [
      row(
        'a node with ranges of its own',
        nodes({ ips: ['192.168.1.9', 'fd00:1::9'], ...range('10.244.5.0/24', 'fd00:10:244:5::/64') }),
      ),
      row(
        'an equal IPv6 range',
        nodes(range('10.244.5.0/24', 'fd00:10:244:1::/64')),
        OVERLAP,
        /both hand out fd00:10:244:1::\/64/,
      ),
      row('an IPv6 range inside another', nodes(range('10.244.5.0/24', 'fd00:10:244:1:8000::/66')), OVERLAP),
      row('an IPv6 range written otherwise', nodes(range('10.244.5.0/24', 'FD00:10:244:1:0:0:0:0/64')), OVERLAP),
      row('a node without IPv6', nodes(range('10.244.5.0/24')), ['CN507 warning'], /extra-1 has no IPv6 pod range/),
      row(
        'an IPv6 address of another node',
        nodes({ ips: ['192.168.1.9', 'fd00:1::2'], ...range('10.244.5.0/24', 'fd00:10:244:5::/64') }),
        ['CN204 error'],
      ),
      row(
        'an IPv6 address of the service range',
        nodes({ ips: ['192.168.1.9', 'fd00:10:96::9'], ...range('10.244.5.0/24', 'fd00:10:244:5::/64') }),
        ['CN104 error'],
      ),
      row(
        'the IPv6 service range of a node’s pods',
        services('fd00:10:244:1::/112'),
        ['CN102 error'],
        /shop\/web-2 fd00:10:244:1::2/,
      ),
      row('an IPv6 service range around the nodes', services('fd00:1::/112'), ['CN104 error']),
      row('a pod of another node’s IPv6 range', stray('10.244.1.9', 'fd00:10:244::9'), ['CN202 error']),
    ],
  },
  {
    name: 'Cilium, where podCIDR is not used',
    base: healthyCilium,
    rows: [
      row(
        'an equal podCIDR',
        together(nodes(range('10.244.0.0/24')), { objects: [ciliumNode('extra-1', '10.0.2.0/24')] }),
      ),
      row(
        'a podCIDR of the service range',
        together(nodes(range('10.96.7.0/24')), { objects: [ciliumNode('extra-1', '10.0.2.0/24')] }),
      ),
      row(
        'an equal range of a CiliumNode',
        together(nodes(range('10.244.2.0/24')), { objects: [ciliumNode('extra-1', '10.0.1.0/24')] }),
        OVERLAP,
      ),
      row(
        'a CiliumNode’s range inside another’s',
        together(nodes(range('10.244.2.0/24')), { objects: [ciliumNode('extra-1', '10.0.1.128/25')] }),
        OVERLAP,
      ),
      row('a service range over unused podCIDRs', services('10.244.0.0/16')),
      row('the service range of a CiliumNode', services('10.0.1.0/24'), ['CN102 error']),
      row('a service range around the nodes', services('192.168.1.0/24'), ['CN104 error']),
    ],
  },
  {
    name: 'no recognised solution',
    base: unrecognised,
    rows: [
      row('a node with a range of its own', nodes(range('10.244.5.0/24'))),
      row('an equal range', nodes(range('10.244.0.0/24')), OVERLAP),
      row('a range inside another', nodes(range('10.244.0.128/25')), OVERLAP),
      row('a range of the service range', nodes(range('10.96.7.0/24')), ['CN102 error']),
      row('a range with room for two pods', nodes(range('10.244.5.0/30')), ['CN301 warning']),
      row('no range', nodes({}), ['CN404 warning']),
      row('the service range of a node’s pods', services('10.244.1.0/24'), ['CN102 error']),
      row('a pod of another node’s range', stray('10.244.0.99'), ['CN202 warning']),
    ],
  },
];

function ciliumNode(name: string, cidr: string): Json {
  return object('cilium.io/v2', 'CiliumNode', name, { spec: { ipam: { podCIDRs: [cidr] } } });
}

for (const { name, base, rows } of BASES)
  describe(name, () => {
    for (const { what, extra, found, says } of [row('nothing more', {}), ...rows])
      test(what, () => {
        const alarms = runChecks(readAll(together(base, extra))).filter(
          ({ severity }) => severity === 'error' || severity === 'warning',
        );
        assert.deepEqual(
          alarms.map(({ code, severity }) => `${code} ${severity}`),
          found,
          alarms.map(({ message }) => message).join('\n'),
        );
        if (says !== undefined) assert.match(alarms[0]?.message ?? '', says);
      });
  });
