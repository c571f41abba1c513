import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fieldLocator } from '../../../src/core/manifests/locate.js';
import { objectText } from '../../../src/core/manifests/objectText.js';

const at = (text: string, ...path: (string | number)[]): string => {
  const span = fieldLocator(text)(path);
  return text.slice(span.start, span.end);
};

const NODE = objectText(
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', annotations: { 'flannel.alpha.coreos.com/public-ip': '192.168.1.2' } },
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00::/64'] },
    status: { addresses: [{ address: '192.168.1.2', type: 'InternalIP' }] },
  }),
);

test('a value is found exactly, in maps and in lists, also under keys with dots', () => {
  assert.equal(at(NODE, 'spec', 'podCIDR'), '10.244.0.0/24');
  assert.equal(at(NODE, 'spec', 'podCIDRs', 1), 'fd00::/64');
  assert.equal(at(NODE, 'status', 'addresses', 0, 'address'), '192.168.1.2');
  assert.equal(at(NODE, 'metadata', 'annotations', 'flannel.alpha.coreos.com/public-ip'), '192.168.1.2');
});

test('quotes belong to what is underlined', () => {
  assert.equal(at('a: "10.0.0.0/8"\nb: 1\n', 'a'), '"10.0.0.0/8"');
});

test('a map, a list and a text of several lines are shown by their key', () => {
  assert.equal(at(NODE, 'spec', 'podCIDRs'), 'podCIDRs');
  const map = objectText(JSON.stringify({ data: { 'net-conf.json': '{\n  "Network": "10.244.0.0/16"\n}\n' } }));
  assert.equal(at(map, 'data', 'net-conf.json'), 'net-conf.json');
});

test('what is not there is shown at the nearest field above it', () => {
  assert.equal(at(NODE, 'spec', 'podCIDRs', 7), 'podCIDRs');
  assert.equal(at(NODE, 'spec', 'providerID'), 'spec');
});

test('the object as a whole is shown at its name, else at its first line', () => {
  assert.equal(at(NODE), 'node-1');
  assert.equal(at(NODE, 'absent', 'field'), 'node-1');
  assert.equal(at('kind: Node\nspec: {}\n'), 'kind: Node');
  assert.equal(at(''), '');
});

test('broken text gives a place inside of the text, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.oneof(fc.string(), fc.nat(3))),
      (text, path) => {
        const span = fieldLocator(text)(path);
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
      },
    ),
  );
});

test('every text of a random object stands where the locator says', () => {
  const key = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__');
  fc.assert(
    fc.property(key, key, fc.array(fc.integer(), { minLength: 1, maxLength: 5 }), (outer, inner, numbers) => {
      const text = objectText(JSON.stringify({ [outer]: { [inner]: numbers } }));
      const locate = fieldLocator(text);
      numbers.forEach((number, index) => {
        const span = locate([outer, inner, index]);
        assert.equal(text.slice(span.start, span.end), String(number));
      });
    }),
  );
});

test('an object is written as Kubernetes writes it: what YAML 1.1 would misread is quoted', () => {
  assert.equal(
    objectText('{"a":"2026-11-24T05:55:09Z","b":"yes","c":"1e3","d":"text","e":{"f":[]}}'),
    'a: "2026-11-24T05:55:09Z"\nb: "yes"\nc: "1e3"\nd: text\ne:\n  f: []\n',
  );
});

test('an answer that is not JSON is shown as it is', () => {
  assert.equal(objectText('upstream connect error'), 'upstream connect error');
});
