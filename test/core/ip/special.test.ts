import assert from 'node:assert/strict';
import test from 'node:test';
import { formatRange, parseCidr, type Range } from '../../../src/core/ip/range.js';
import { isPrivate, specialAround, SPECIAL_RANGES, specialTouching } from '../../../src/core/ip/special.js';

function range(text: string): Range {
  const parsed = parseCidr(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

test('every row of the table is a canonical CIDR', () => {
  assert.equal(SPECIAL_RANGES.length, 30);
  for (const special of SPECIAL_RANGES) assert.equal(formatRange(special.range), special.cidr);
});

test('what a range is', () => {
  const rfcs = (text: string): string[] => specialAround(range(text)).map((special) => special.rfc);
  assert.deepEqual(rfcs('10.244.0.0/16'), ['RFC 1918']);
  assert.deepEqual(rfcs('172.17.0.0/16'), ['RFC 1918']);
  assert.deepEqual(rfcs('172.32.0.0/16'), []);
  assert.deepEqual(rfcs('100.64.0.0/10'), ['RFC 6598']);
  assert.deepEqual(rfcs('169.254.169.254/32'), ['RFC 3927']);
  assert.deepEqual(rfcs('127.0.0.1/32'), ['RFC 1122']);
  assert.deepEqual(rfcs('255.255.255.255/32'), ['RFC 1112', 'RFC 919']);
  assert.deepEqual(rfcs('fd00:10:244::/56'), ['RFC 4193']);
  assert.deepEqual(rfcs('2001:db8:1::/48'), ['RFC 3849']);
  assert.deepEqual(rfcs('8.8.8.0/24'), []);
});

test('private is private as a whole', () => {
  for (const text of ['10.0.0.0/8', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fd12::/16'])
    assert.ok(isPrivate(range(text)), text);
  for (const text of ['172.0.0.0/8', '0.0.0.0/0', '8.8.8.8/32', '2001:db8::/32', '169.254.0.0/16', '192.0.0.0/8'])
    assert.ok(!isPrivate(range(text)), text);
});

test('a wide range touches what lies in it', () => {
  assert.deepEqual(
    specialTouching(range('192.0.0.0/8')).map((special) => special.cidr),
    ['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  );
});
