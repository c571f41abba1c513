/** Patterns for names of contexts. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { matchesWildcard } from '../../../src/core/network/wildcard.js';

test('a pattern stands for the whole name, stars for anything, letters without their case', () => {
  for (const [name, pattern] of [
    ['prod', 'prod'],
    ['eu-PROD-1', '*prod*'],
    ['prod', '*prod*'],
    ['arn:aws:eks:eu:1:cluster/prod', 'ARN:*/prod'],
    ['a', '*'],
    ['', '*'],
    ['abcabc', 'a*c*c'],
  ] as const)
    assert.ok(matchesWildcard(name, pattern), `${name} ${pattern}`);
  for (const [name, pattern] of [
    ['production', 'prod'],
    ['dev', '*prod*'],
    ['ab', 'ab*b'],
    ['a.c', 'abc'],
    ['abc', 'a*d'],
    ['x', ''],
  ] as const)
    assert.ok(!matchesWildcard(name, pattern), `${name} ${pattern}`);
});

test('it is what a regular expression would say', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.') });
  fc.assert(
    fc.property(letters, letters, (name, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
      assert.equal(matchesWildcard(name, pattern), new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 2000 },
  );
});
