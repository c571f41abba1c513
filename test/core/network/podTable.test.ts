/** The pod table against a plain Map: whatever is done to both, they say the same. */
import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { formatAddress, parseAddress } from '../../../src/core/ip/address.js';
import { type PodFacts, PodTable, PHASES } from '../../../src/core/network/podTable.js';

/** Whether the table says of a pod what is given. */
const says = (table: PodTable, given: PodFacts): boolean => table.saysRow(new PodTable([given]), 0);

const pod = (parts: Partial<PodFacts> = {}): PodFacts => ({
  namespace: 'shop',
  name: 'web-1',
  uid: '01234567-89ab-cdef-0123-456789abcdef',
  node: 'node-1',
  phase: 'Running',
  hostNetwork: false,
  ips: ['10.244.0.2'],
  ready: true,
  terminating: false,
  network: '',
  ...parts,
});

/** Few names and nodes, so that they meet often; some texts that are not plain. */
const name = fc.oneof(
  fc.constantFrom('web-1', 'web-2', 'web-10', 'api-0', 'ünïcode', 'x'.repeat(254), 'x'.repeat(255), 'x'.repeat(256)),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('/')),
);
const v4 = fc.nat(0xffffffff).map((value) => formatAddress({ family: 4, value: BigInt(value) }));
const v6 = fc.bigInt(0n, (1n << 128n) - 1n).map((value) => formatAddress({ family: 6, value }));
const facts: fc.Arbitrary<PodFacts> = fc.record({
  namespace: fc.constantFrom('default', 'shop', 'a', 'ab'),
  name,
  uid: fc.oneof(fc.uuid(), fc.constantFrom('', 'not-a-uuid', '01234567-89AB-CDEF-0123-456789ABCDEF')),
  node: fc.constantFrom('', 'node-1', 'node-2', 'node-10'),
  phase: fc.constantFrom(...PHASES),
  hostNetwork: fc.boolean(),
  ips: fc.oneof(
    fc.constant([]),
    v4.map((ip) => [ip]),
    v6.map((ip) => [ip]),
    fc.tuple(v4, v6),
    fc.tuple(v6, v4),
  ),
  ready: fc.boolean(),
  terminating: fc.boolean(),
  network: fc.constantFrom('', 'vpc-1', 'vpc-2'),
});
type Operation =
  | { readonly do: 'set'; readonly pod: PodFacts }
  | { readonly do: 'delete'; readonly namespace: string; readonly name: string }
  | { readonly do: 'trim' };
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: facts.map((given) => ({ do: 'set' as const, pod: given })) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      namespace: fc.constantFrom('default', 'shop', 'a'),
      name,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'trim' as const }) },
);

/** IPv4 first, as the table gives them. */
const normal = (given: PodFacts): PodFacts => ({
  ...given,
  ips: [...given.ips].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':'))),
});

function same(table: PodTable, model: ReadonlyMap<string, PodFacts>): void {
  assert.equal(table.size, model.size);
  const rows = [...table.rows()];
  assert.equal(rows.length, model.size);
  const byNode = new Map<string, number[]>();
  const byNamespace = new Map<string, number[]>();
  for (const row of rows) {
    const { namespace, name: podName, node } = table.facts(row);
    const expected = model.get(`${namespace}/${podName}`);
    assert.ok(expected, `${namespace}/${podName} is in the table only`);
    assert.deepEqual(table.facts(row), normal(expected));
    assert.ok(says(table, expected));
    assert.equal(table.rowOf(namespace, podName), row);
    const first = expected.ips[0];
    if (first !== undefined) assert.equal(table.indexOfFamily(row, first.includes(':') ? 6 : 4), 0);
    const last = expected.ips[1];
    if (last !== undefined) assert.equal(table.indexOfFamily(row, last.includes(':') ? 6 : 4), 1);
    byNode.set(node, [...(byNode.get(node) ?? []), row]);
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), row]);
  }
  for (const node of ['', 'node-1', 'node-2', 'node-10', 'node-11']) {
    assert.deepEqual([...table.rowsOfNode(node)].sort(), (byNode.get(node) ?? []).sort());
    assert.equal(table.countOfNode(node), byNode.get(node)?.length ?? 0);
  }
  for (const namespace of ['default', 'shop', 'a', 'ab', 'none']) {
    assert.deepEqual([...table.rowsOfNamespace(namespace)], byNamespace.get(namespace) ?? []);
    assert.equal(table.countOfNamespace(namespace), byNamespace.get(namespace)?.length ?? 0);
  }
}

test('the table and a Map say the same after any operations', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
      const table = new PodTable();
      const model = new Map<string, PodFacts>();
      for (const step of operations) {
        if (step.do === 'set') {
          const key = `${step.pod.namespace}/${step.pod.name}`;
          const known = model.get(key);
          if (known !== undefined)
            assert.equal(
              says(table, step.pod),
              JSON.stringify(known) === JSON.stringify(step.pod),
              `says ${JSON.stringify(step.pod)} of ${JSON.stringify(known)}`,
            );
          table.set(step.pod);
          model.set(key, step.pod);
        } else if (step.do === 'delete') {
          assert.equal(table.delete(step.namespace, step.name), model.delete(`${step.namespace}/${step.name}`));
        } else table.trim();
      }
      same(table, model);
    }),
    { numRuns: 300 },
  );
});

test('many pods come and go, and the table stays right and small', () => {
  const table = new PodTable();
  const model = new Map<string, PodFacts>();
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < 3000; index++) {
      const given = pod({
        name: `web-${round}-${index}`,
        node: `node-${index % 10}`,
        ips: [`10.${round}.0.${index % 250}`],
      });
      table.set(given);
      model.set(`shop/${given.name}`, given);
      const gone = `web-${round - 1}-${index}`;
      assert.equal(table.delete('shop', gone), model.delete(`shop/${gone}`));
    }
  }
  same(table, model);
  assert.ok(table.end <= 6001, `rows of deleted pods are used again: ${table.end}`);
});

test('a row of another table is taken over with all that it says', () => {
  fc.assert(
    fc.property(facts, facts, (given, before) => {
      const from = new PodTable([given]);
      const table = new PodTable([before]);
      const [row] = from.rows();
      assert.ok(row !== undefined);
      table.setRow(from, row);
      assert.ok(says(table, given));
      assert.ok(table.saysRow(from, row));
    }),
  );
});

test('what is malformed stays so when it is taken over', () => {
  const given = pod({ ips: ['10.244.0.2', '10.244.0.3', 'nonsense'] });
  const from = new PodTable([given]);
  const table = new PodTable();
  assert.equal(from.malformed(0), true);
  table.setRow(from, 0);
  assert.equal(table.malformed(0), true);
  assert.ok(table.saysRow(from, 0));
  assert.ok(!says(table, pod()));
});

test('only addresses of their own count', () => {
  const owns = (parts: Partial<PodFacts>): boolean => new PodTable([pod(parts)]).ownsAddresses(0);
  assert.ok(owns({}));
  assert.ok(owns({ phase: 'Pending' }));
  assert.ok(owns({ phase: 'Unknown' }));
  assert.ok(!owns({ hostNetwork: true }));
  assert.ok(!owns({ phase: 'Succeeded' }));
  assert.ok(!owns({ phase: 'Failed' }));
});

test('addresses are numbers', () => {
  const table = new PodTable([pod({ ips: ['255.255.255.255', '2001:db8::1'] })]);
  assert.equal(table.ipv4(0), 0xffffffff);
  const parsed = parseAddress('2001:db8::1');
  assert.ok(parsed.ok);
  assert.equal(table.ipv6(0), parsed.value.value);
  assert.equal(new PodTable([pod({ ips: [] })]).ipv4(0), -1);
  assert.equal(new PodTable([pod()]).ipv6(0), undefined);
});
