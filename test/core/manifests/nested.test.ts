import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Document, Scalar } from 'yaml';
import { fieldLocator } from '../../../src/core/manifests/locate.js';
import { parseYaml, valueAt } from '../../../src/core/manifests/value.js';

const NET_CONF = '{\n  "Network": "10.244.0.0/16",\n  "Backend": {"Type": "vxlan"}\n}\n';

/** What is underlined for a path, and for a part of the value's text. */
function at(text: string, path: readonly (string | number)[], part?: string): string {
  const span = fieldLocator(text)(path, part);
  return text.slice(span.start, span.end);
}

const STYLES = [Scalar.BLOCK_LITERAL, Scalar.BLOCK_FOLDED, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE] as const;

for (const style of STYLES) {
  test(`JSON within a ${style} scalar is underlined exactly`, () => {
    const scalar = new Scalar(NET_CONF);
    scalar.type = style;
    const text = String(new Document({ data: { 'net-conf.json': scalar, after: 1 } }));
    // The escapes of a double-quoted scalar belong to the value.
    assert.equal(at(text, ['data', 'net-conf.json', 'Network']).replaceAll('\\', ''), '"10.244.0.0/16"');
    assert.equal(at(text, ['data', 'net-conf.json', 'Network'], '10.244.0.0/16'), '10.244.0.0/16');
    assert.equal(
      at(text, ['data', 'net-conf.json', 'backend', 'type'], 'vxlan'),
      'vxlan',
      'Go reads JSON keys without regard to case',
    );
  });
}

test('doubled quotes and folded lines of a single-quoted scalar', () => {
  const text = `data:\n  note: '{"a": "it''s",\n\n    "b": "10.0.0.0/8"}'\n`;
  assert.equal(at(text, ['data', 'note', 'a']), `"it''s"`);
  assert.equal(at(text, ['data', 'note', 'b'], '10.0.0.0/8'), '10.0.0.0/8');
});

test('line ends of Windows, tabs, a byte order mark and emoji do not shift anything', () => {
  const text =
    '\uFEFF# 🙂 comment\r\ndata:\r\n  net-conf.json: |\r\n    {\r\n    \t"Network": "10.0.0.0/8"\r\n    }\r\n';
  assert.equal(at(text, ['data', 'net-conf.json', 'Network'], '10.0.0.0/8'), '10.0.0.0/8');
});

test('YAML within YAML, a list within a text, and the very item of it', () => {
  const text = 'data:\n  ClusterConfiguration: |\n    networking:\n      podSubnet: 10.244.0.0/16,fd00:10:244::/56\n';
  const path = ['data', 'ClusterConfiguration', 'networking', 'podSubnet'];
  assert.equal(at(text, path), '10.244.0.0/16,fd00:10:244::/56');
  assert.equal(at(text, path, 'fd00:10:244::/56'), 'fd00:10:244::/56');
});

test('every piece of any text value is found again, in every style', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9./:"'\\{},[\]-]{1,12}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(...STYLES),
      fc.constantFrom(' ', '\n', '\n  '),
      (words, style, between) => {
        const scalar = new Scalar(words.join(between));
        scalar.type = style;
        const text = String(new Document({ key: scalar }));
        const value = valueAt(parseYaml(text), 'key');
        assert.ok(value);
        let offset = 0;
        for (const one of words) {
          // Escapes make the source longer than the text; then only the ends are compared.
          const span = value.spanWithin(offset, offset + one.length);
          assert.ok(span);
          const source = text.slice(span.start, span.end);
          const plain = style === Scalar.BLOCK_LITERAL || style === Scalar.BLOCK_FOLDED || !/["'\\]/.test(one);
          if (plain) assert.equal(source, one);
          else assert.ok(source.length >= one.length - 1, source);
          offset += one.length + between.length;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('an alias that leads to itself, and nesting without end, are cut', () => {
  assert.doesNotThrow(() => fieldLocator('a: &x\n  b: *x\n')(['a', 'b', 'b', 'b', 'b']));
  let text = 'x';
  for (let depth = 0; depth < 6; depth++) text = JSON.stringify({ a: text });
  assert.doesNotThrow(() => fieldLocator(`data: ${JSON.stringify(text)}`)(['data', 'a', 'a', 'a', 'a', 'a', 'a']));
});
