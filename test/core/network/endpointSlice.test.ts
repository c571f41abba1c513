import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { formatAddress } from '../../../src/core/ip/address.js';
import { parseCidr } from '../../../src/core/ip/range.js';
import { countEndpoints, endpointSliceFacts, endpointsOf } from '../../../src/core/network/endpointSlice.js';
import { slice } from '../facts.js';

const told = (object: unknown): string[] =>
  endpointsOf(endpointSliceFacts(object)).map(
    ({ index, address, state }) => `${index} ${formatAddress(address)} ${state}`,
  );

test('an endpoint is ready unless it says otherwise; only its first address counts', () => {
  const object = slice('shop/web', [
    { ip: '10.244.0.2' },
    { ip: '10.244.0.3', ready: true },
    { ip: '10.244.0.4', ready: false },
    { ip: '10.244.0.5', ready: false, terminating: true },
    // A Service may publish addresses that are not ready.
    { ip: '10.244.0.6', ready: true, terminating: true },
  ]);
  assert.deepEqual(told(object), [
    '0 10.244.0.2 ready',
    '1 10.244.0.3 ready',
    '2 10.244.0.4 not ready',
    '3 10.244.0.5 terminating',
    '4 10.244.0.6 ready',
  ]);
  const two = { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1', '10.0.0.2'] }] };
  assert.deepEqual(told(two), ['0 10.0.0.1 ready']);
});

test('what is no address of the family is none, and what follows keeps its place', () => {
  const object = slice('shop/web', [{ ip: 'nonsense' }, { ip: 'fd00::1' }, { ip: '10.244.0.2' }]);
  assert.deepEqual(told(object), ['2 10.244.0.2 ready']);
  assert.deepEqual(told(slice('shop/web', [{ ip: 'db.example' }], { addressType: 'FQDN' })), []);
  assert.deepEqual(told(slice('shop/web', [{ ip: 'FD00::1' }], { addressType: 'IPv6' })), ['0 fd00::1 ready']);
});

test('nothing throws, and an address comes back as it was', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (endpoints, ports) => {
      const facts = endpointSliceFacts({ addressType: 'IPv4', endpoints, ports, metadata: endpoints });
      return endpointsOf(facts).every(({ address }) => address.family === 4);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.bigInt(0n, (1n << 128n) - 1n), { maxLength: 5 }), (values) => {
      const texts = values.map((value) => formatAddress({ family: 6, value }));
      // An IPv4-mapped address is the IPv4 address, which is none of an IPv6 slice.
      const own = texts.filter((text) => text.includes(':'));
      const facts = endpointSliceFacts(
        slice(
          'a/b',
          own.map((ip) => ({ ip })),
          { addressType: 'IPv6' },
        ),
      );
      assert.deepEqual(
        endpointsOf(facts).map(({ address }) => formatAddress(address)),
        own.filter((_, index) => endpointsOf(facts).some((endpoint) => endpoint.index === index)),
      );
      assert.equal(endpointsOf(facts).length, own.filter((text) => !text.startsWith('::ffff:')).length);
    }),
  );
});

test('of a range only those within, of the same family', () => {
  const facts = endpointSliceFacts(slice('a/b', [{ ip: '10.0.0.1' }, { ip: '10.0.1.1' }]));
  const within = (text: string): number => {
    const cidr = parseCidr(text);
    assert.ok(cidr.ok);
    return endpointsOf(facts, cidr.value).length;
  };
  assert.deepEqual([within('10.0.0.0/24'), within('10.0.0.0/16'), within('::/0')], [1, 2, 0]);
});

test('endpoints of a Service are counted over all of its slices, each address once', () => {
  const slices = [
    slice('a/b', [{ ip: '10.0.0.1' }, { ip: '10.0.0.2', ready: false }]),
    slice('a/b', [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }, { ip: '10.0.0.3', ready: false }]),
    slice('a/b', [{ ip: 'fd00::1' }], { addressType: 'IPv6' }),
    slice('other/b', [{ ip: '10.0.0.9' }]),
  ].map(endpointSliceFacts);
  const service = { namespace: 'a', name: 'b' };
  assert.deepEqual(countEndpoints(slices, service), { all: 4, ready: 3 });
  assert.deepEqual(countEndpoints(slices, service, 4), { all: 3, ready: 2 });
});
