/** Real objects with some values replaced by others: whatever stands in a cluster, reading it never throws. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { readNetwork } from '../../../src/core/cni/index.js';
import { capacityOf, runsOutFirst } from '../../../src/core/network/capacity.js';
import { explain } from '../../../src/core/network/explain.js';
import { factsFromObjects } from '../../../src/core/network/fromObjects.js';
import { fixture } from '../../fixtures.js';

const fixtures = readdirSync(path.join(import.meta.dirname, '../../fixtures'))
  .filter((name) => name.startsWith('lab-'))
  .map(fixture);

/** Values that somebody may have put where another one belongs. */
const odd = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(
    null,
    '',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/99',
    '::ffff:10.0.0.0/96',
    '{"Network":{},"Backend":[],"IPv6Network":7}',
    '--cluster-cidr',
    '&a [*a, *a]',
    '[['.repeat(5000),
    [],
    {},
    { cidr: 7 },
    -1,
    1e308,
    Number.NaN,
  ),
);

/** The value, with every `n`-th leaf replaced. `n` counts leaves in the order in which they stand. */
function disturbed(value: unknown, hits: ReadonlyMap<number, unknown>): unknown {
  let leaf = 0;
  const walk = (current: unknown): unknown => {
    if (hits.has(leaf) && leaf > 0) return hits.get(leaf++);
    leaf++;
    if (Array.isArray(current)) return current.map(walk);
    if (typeof current !== 'object' || current === null) return current;
    return Object.fromEntries(Object.entries(current).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

test('nothing in a cluster makes the reading throw', () => {
  assert.ok(fixtures.length > 0);
  const hits = fc.array(fc.tuple(fc.nat(1800), odd), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), hits, (objects, changes) => {
      const network = readNetwork(factsFromObjects([disturbed(objects, new Map(changes))], '2026-01-01T00:00:00Z'));
      const uses = capacityOf(network);
      assert.equal(uses.length, network.claims.length);
      for (const use of uses) assert.ok(use.size > 0n);
      for (const outlook of runsOutFirst(network, uses)) assert.ok(outlook.fraction >= 0 && outlook.fraction <= 1);
      assert.ok(explain(network, '10.244.0.2').ok);
    }),
    { numRuns: 150 },
  );
});
