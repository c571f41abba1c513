/** Fingerprints against comparing: equal values have equal ones, and different ones do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { fingerprint } from '../../src/kube/fingerprint.js';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** The value as a text that only equal values have. */
const written = (of: unknown): string =>
  JSON.stringify(of, (_, inner: unknown) =>
    typeof inner === 'bigint' ? { bigint: String(inner) } : Object.is(inner, -0) ? 0 : inner,
  );

test('a copy has the same, a whole number of at most 53 bits', () => {
  fc.assert(
    fc.property(value, (of) => {
      const print = fingerprint(of);
      assert.equal(fingerprint(structuredClone(of)), print);
      assert.ok(Number.isSafeInteger(print) && print >= 0);
    }),
  );
});

test('among thousands of values only equal ones share one', () => {
  const texts = new Map<number, string>();
  fc.assert(
    fc.property(value, (of) => {
      const print = fingerprint(of);
      const text = written(of);
      assert.equal(texts.get(print) ?? text, text);
      texts.set(print, text);
    }),
    { numRuns: 5000 },
  );
  assert.ok(texts.size > 1000);
});

test('values that look alike do not share one', () => {
  const alike: readonly unknown[] = [
    1,
    '1',
    1n,
    true,
    'true',
    null,
    'null',
    '',
    [],
    [[]],
    {},
    [''],
    ['', ''],
    ['ab', 'c'],
    ['a', 'bc'],
    { a: 'b' },
    { b: 'a' },
    ['a', 'b'],
    { a: { b: 1 } },
    { a: {}, b: 1 },
    '10.244.0.0/24',
    '10.244.0.0/25',
  ];
  assert.equal(new Set(alike.map(fingerprint)).size, alike.length);
  // Absent and undefined are the same.
  assert.equal(fingerprint({ a: 1, b: undefined }), fingerprint({ a: 1 }));
});
