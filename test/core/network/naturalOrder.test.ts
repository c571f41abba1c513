import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareNatural } from '../../../src/core/network/naturalOrder.js';

test('numbers within names are compared as numbers', () => {
  const names = [
    'node-10',
    'node-2',
    'node-1',
    'node',
    'node-02',
    'a10b2',
    'a10b10',
    'a9',
    '10.244.10.0/24',
    '10.244.9.0/24',
  ];
  assert.deepEqual([...names].sort(compareNatural), [
    '10.244.9.0/24',
    '10.244.10.0/24',
    'a9',
    'a10b2',
    'a10b10',
    'node',
    'node-1',
    'node-02',
    'node-2',
    'node-10',
  ]);
});

test('it is a total order', () => {
  const name = fc.stringMatching(/^[ab0-2-]{0,6}$/);
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      assert.equal(Math.sign(compareNatural(a, b)), -Math.sign(compareNatural(b, a)) + 0);
      assert.equal(compareNatural(a, b) === 0, a === b);
      if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) assert.ok(compareNatural(a, c) <= 0);
    }),
    { numRuns: 3000 },
  );
});
