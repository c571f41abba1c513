import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import {
  compareAddresses,
  formatAddress,
  formatIPv4Number,
  parseAddress,
  parseIPv4Number,
  sameAddress,
} from '../../../src/core/ip/address.js';
import { address, address4, address6 } from './arbitraries.js';

/** What the text is in canonical form, or why it is no address. */
function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? formatAddress(parsed.value) : `! ${parsed.reason}`;
}

describe('tricky texts', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['10.0.0.1', '10.0.0.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    // RFC 5952 §4.2: the longest run, the first of equals, never a single group.
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    // An embedded IPv4 address: IPv4-mapped is IPv4 (as net.IP.To4 has it), IPv4-compatible is IPv6.
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
    ['0:0:0:0:0:FFFF:10.0.0.1', '10.0.0.1'],
    ['::10.0.0.1', '::a00:1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ];
  for (const [text, expected] of accepted) {
    test(`${text} is ${expected}`, () => assert.equal(canonical(text), expected));
  }

  const rejected: readonly (readonly [string, RegExp])[] = [
    ['', /is empty/],
    [' 10.0.0.1', /is not an IP address/],
    ['10.0.0.1 ', /is not an IP address/],
    ['10.0.0.1\n', /is not an IP address/],
    ['010.0.0.1', /leading zero/],
    ['10.0.0.01', /leading zero/],
    ['10.0.0.00', /leading zero/],
    ['256.0.0.1', /above 255/],
    ['10.0.0.4294967297', /above 255/],
    ['10.0.0', /is not an IP address/],
    ['10.0.0.1.2', /is not an IP address/],
    ['10..0.1', /is not an IP address/],
    ['.10.0.0.1', /is not an IP address/],
    ['10.0.0.1.', /is not an IP address/],
    ['0x7f.0.0.1', /is not an IP address/],
    ['1e1.0.0.1', /is not an IP address/],
    ['-1.0.0.1', /is not an IP address/],
    ['+1.0.0.1', /is not an IP address/],
    ['167772161', /is not an IP address/],
    ['١.٢.٣.٤', /is not an IP address/],
    ['10.0.0.1/24', /is not an IP address/],
    ['localhost', /is not an IP address/],
    [':', /is not an IPv6 address/],
    [':::', /is not an IPv6 address/],
    [':1:2:3:4:5:6:7', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:8:9', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:8::', /is not an IPv6 address/],
    ['::1:2:3:4:5:6:7:8', /is not an IPv6 address/],
    ['1::2::3', /is not an IPv6 address/],
    ['12345::', /is not an IPv6 address/],
    ['00001::', /is not an IPv6 address/],
    ['g::', /is not an IPv6 address/],
    ['::1.2.3', /is not an IPv6 address/],
    ['::1.2.3.04', /is not an IPv6 address/],
    ['::1.2.3.4:5', /is not an IPv6 address/],
    ['1:2:3:4:5:1.2.3.4', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:1.2.3.4', /is not an IPv6 address/],
    ['[::1]', /is not an IPv6 address/],
    ['fe80::1%eth0', /zone id/],
    ['::1%', /zone id/],
    [`${'0'.repeat(50)}::`, /too long/],
  ];
  for (const [text, reason] of rejected) {
    test(`${JSON.stringify(text)} is none`, () => assert.match(canonical(text), reason));
  }
});

describe('against independent parsers', () => {
  // Texts that are nearly addresses, so that both verdicts occur.
  const nearly = fc.oneof(
    fc.stringMatching(/^[\d.]{0,16}$/),
    fc.stringMatching(/^[\da-fA-F:.]{0,24}$/),
    fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }).map((fields) => fields.join('.')),
    fc
      .array(fc.oneof(fc.constant(''), fc.constant('0'), fc.constantFrom('1', 'ff', 'abcd', '12345', '1.2.3.4')), {
        minLength: 2,
        maxLength: 10,
      })
      .map((groups) => groups.join(':')),
  );
  test('the same texts are addresses', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const ours = parseAddress(text).ok;
        assert.equal(ours, isIP(text) !== 0, `node:net on ${text}`);
        assert.equal(
          ours,
          text.includes(':') ? Address6.isValid(text) : Address4.isValid(text),
          `ip-address on ${text}`,
        );
      }),
      { numRuns: 3000 },
    );
  });
  test('they have the same number, and the same canonical text', () => {
    fc.assert(
      fc.property(address4, (value) => {
        const text = formatAddress(value);
        assert.equal(new Address4(text).bigInt(), value.value);
        assert.equal(new Address4(text).correctForm(), text);
        assert.equal(parseIPv4Number(text), Number(value.value));
        assert.equal(formatIPv4Number(Number(value.value)), text);
      }),
    );
    fc.assert(
      fc.property(address6, (value) => {
        const text = formatAddress(value);
        assert.equal(new Address6(text).bigInt(), value.value);
        assert.equal(new Address6(text).correctForm(), text);
      }),
      { numRuns: 1000 },
    );
  });
  test('the long form is the same address', () => {
    fc.assert(
      fc.property(address6, (value) => {
        const long = new Address6(formatAddress(value)).canonicalForm();
        assert.deepEqual(parseAddress(long.toUpperCase()), { ok: true, value });
      }),
    );
  });
});

test('parsing undoes formatting', () => {
  fc.assert(fc.property(address, (value) => assert.deepEqual(parseAddress(formatAddress(value)), { ok: true, value })));
});

test('order is that of the numbers, IPv4 before IPv6', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      const key = (x: typeof a): bigint => (BigInt(x.family) << 128n) | x.value;
      const expected = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
      assert.equal(Math.sign(compareAddresses(a, b)), expected);
      assert.equal(sameAddress(a, b), expected === 0);
    }),
  );
});

test('nothing throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const parsed = parseAddress(text);
      if (!parsed.ok) assert.notEqual(parsed.reason, '');
    }),
  );
});
