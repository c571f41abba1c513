import assert from 'node:assert/strict';
import test from 'node:test';
import { CHECKS, compareFindings, runChecks } from '../../../src/core/checks/index.js';
import { SEVERITIES } from '../../../src/core/checks/check.js';
import { node, pod } from '../facts.js';
import { network } from './network.js';

const faulty = network({
  nodes: [node('node-1', { podCIDR: '10.244.0.0/24' }), node('node-2', { podCIDR: '10.244.0.0/24' })],
  pods: [pod('b', { node: 'node-2', ip: '10.244.0.2' }), pod('a', { node: 'node-1', ip: '10.244.0.2' })],
});

test('every check has a code of its own, words, and an official source', () => {
  const codes = CHECKS.map(({ code }) => code);
  assert.deepEqual(codes, [...new Set(codes)].sort());
  assert.equal(new Set(CHECKS.map(({ name }) => name)).size, CHECKS.length);
  for (const check of CHECKS) {
    assert.match(check.code, /^CN[1-5]\d\d$/);
    assert.match(check.name, /^[a-z][A-Za-z]+$/);
    assert.ok(check.title.length > 0 && check.title.length <= 70 && !check.title.endsWith('.'), check.title);
    for (const part of ['**What to do.**', '**Severity.**', '**Not reported.**'])
      assert.ok(check.explanation.includes(part), `${check.code} lacks ${part}`);
    assert.match(check.source.url, /^https:\/\//);
    assert.ok(check.source.sentence.length > 20);
  }
});

test('findings come in one order, however the objects were listed', () => {
  const found = runChecks(faulty);
  assert.deepEqual(
    found.map(({ code }) => code),
    ['CN101', 'CN201', 'CN502'],
  );
  assert.deepEqual([...found].reverse().sort(compareFindings), found);
});

test('a severity can be set, and a check switched off', () => {
  assert.deepEqual(
    runChecks(faulty, { CN101: 'off', CN201: 'hint', CN502: 'off' }).map(({ code, severity }) => [code, severity]),
    [['CN201', 'hint']],
  );
  assert.ok(SEVERITIES.includes('hint'));
});

test('nothing is found in an empty cluster', () => {
  assert.deepEqual(runChecks(network({})), []);
});
