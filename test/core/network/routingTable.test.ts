/** Routing tables as Linux, macOS and Windows write them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../../src/core/ip/address.js';
import { formatRange } from '../../../src/core/ip/range.js';
import {
  linuxRoutes4,
  linuxRoutes6,
  netstatRoutes,
  type Route,
  routeTo,
  windowsRoutes,
} from '../../../src/core/network/routingTable.js';

const shown = (routes: readonly Route[]): string[] =>
  routes.map(({ destination, device, gateway }) => `${formatRange(destination)} ${device} ${gateway || 'on-link'}`);

const PROC = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0101A8C0	0003	0	0	100	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
tun0	0000F40A	0100080A	0003	0	0	0	0000FFFF	0	0	0
*	0000630A	00000000	0201	0	0	0	0000FFFF	0	0	0
eth1	0000000A	00000000	0000	0	0	0	000000FF	0	0	0
`;

test('Linux: /proc/net/route, without what is rejected or down', () => {
  assert.deepEqual(shown(linuxRoutes4(PROC, true)), [
    '0.0.0.0/0 eth0 192.168.1.1',
    '192.168.1.0/24 eth0 on-link',
    '10.244.0.0/16 tun0 10.8.0.1',
  ]);
  assert.deepEqual(shown(linuxRoutes4('eth0 0A080000 0A080001 0003 0 0 0 FFFF0000 0 0 0', false)), [
    '10.8.0.0/16 eth0 10.8.0.1',
  ]);
});

test('Linux: /proc/net/ipv6_route, without local, rejected and multicast-like entries', () => {
  const zero = '0'.repeat(32);
  const line = (to: string, length: string, via: string, flags: string, device: string): string =>
    `${to} ${length} ${zero} 00 ${via} 00000400 00000001 00000000 ${flags} ${device}`;
  const text = [
    line('fd000010024400000000000000000000', '38', 'fd000001000000000000000000000001', '00000003', 'tun0'),
    line('fd000001000000000000000000000000', '40', zero, '00000001', 'eth0'),
    line('fd000001000000000000000000000005', '80', zero, '80200001', 'lo'),
    line(zero, '00', zero, '00200200', 'lo'),
  ].join('\n');
  assert.deepEqual(shown(linuxRoutes6(text)), ['fd00:10:244::/56 tun0 fd00:1::1', 'fd00:1::/64 eth0 on-link']);
});

test('macOS: netstat -rn, with destinations cut short', () => {
  const text = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
10.8/16            10.8.0.1           UGSc                utun3
10.244.1/24        link#21            UC                  utun4
127                127.0.0.1          UCS                   lo0
169.254            link#11            UCS                   en0      !
192.168.1          link#11            UCS                   en0      !
192.168.1.7        0:1:2:3:4:5        UHLWIi                en0   1180
172.30/16          127.0.0.1          UGSR                  lo0

Internet6:
Destination                             Gateway                                 Flags               Netif Expire
fd00:10:244::/56                        fe80::1%utun3                           UGSc                utun3
fe80::%en0/64                           link#11                                 UCI                   en0
`;
  assert.deepEqual(shown(netstatRoutes(text)), [
    '10.8.0.0/16 utun3 10.8.0.1',
    '10.244.1.0/24 utun4 on-link',
    '127.0.0.0/8 lo0 127.0.0.1',
    '169.254.0.0/16 en0 on-link',
    '192.168.1.0/24 en0 on-link',
    '192.168.1.7/32 en0 on-link',
    'fd00:10:244::/56 utun3 fe80::1',
    'fe80::/64 en0 on-link',
  ]);
});

test('Windows: route print, in any language', () => {
  const text = `IPv4-Routentabelle
===========================================================================
Aktive Routen:
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0      192.168.1.1    192.168.1.50     25
       10.244.0.0      255.255.0.0         10.8.0.1        10.8.0.2      5
      192.168.1.0    255.255.255.0   Auf Verbindung    192.168.1.50    281
===========================================================================
Ständige Routen:
  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik
       10.99.0.0      255.255.0.0         10.8.0.1       1
===========================================================================

IPv6-Routentabelle
 If Metrik Netzwerkziel             Gateway
 14    281 fe80::/64                Auf Verbindung
 21     26 fd00:10:244::/56         fd00:8::1
`;
  assert.deepEqual(shown(windowsRoutes(text)), [
    '0.0.0.0/0 192.168.1.50 192.168.1.1',
    '10.244.0.0/16 10.8.0.2 10.8.0.1',
    '192.168.1.0/24 192.168.1.50 on-link',
    'fe80::/64 interface 14 on-link',
    'fd00:10:244::/56 interface 21 fd00:8::1',
  ]);
});

test('a packet takes the most specific route', () => {
  const routes = linuxRoutes4(PROC, true);
  const to = (text: string): string | undefined => {
    const address = parseAddress(text);
    assert.ok(address.ok);
    return routeTo(routes, address.value.family, address.value.value)?.device;
  };
  assert.equal(to('10.244.3.3'), 'tun0');
  assert.equal(to('8.8.8.8'), 'eth0');
  assert.equal(to('fd00::1'), undefined);
});

test('any text is read without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.boolean(), (text, little) => {
      for (const read of [linuxRoutes6, netstatRoutes, windowsRoutes]) assert.ok(Array.isArray(read(text)));
      assert.ok(Array.isArray(linuxRoutes4(text, little)));
    }),
  );
});
