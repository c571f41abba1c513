import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from './json.js';
import { parseFieldSelector, parseLabelSelector } from './selectors.js';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'shop', labels: { app: 'web', tier: 'front', weight: '7', 'x.io/y': '' } },
  spec: { nodeName: 'node1' },
  status: { phase: 'Running' },
};

function labels(text: string): boolean | string {
  const parsed = parseLabelSelector(text);
  return 'failure' in parsed ? parsed.failure.message : parsed.matches(pod);
}

function fields(text: string): boolean | string {
  const parsed = parseFieldSelector(text, 'pods');
  return 'failure' in parsed ? parsed.failure.message : parsed.matches(pod);
}

describe('label selectors', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app=api', false],
    ['app!=api', true],
    ['gone!=api', true],
    ['app', true],
    ['gone', false],
    ['!gone', true],
    ['!app', false],
    ['app in (api, web)', true],
    ['app notin (api,web)', false],
    ['gone notin (a)', true],
    ['app in (web),tier=front', true],
    ['app in (web),tier=back', false],
    ['x.io/y=', true],
    ['weight>5', true],
    ['weight<5', false],
  ];
  for (const [text, expected] of cases) test(JSON.stringify(text), () => assert.equal(labels(text), expected));
  test('what is none is refused', () => assert.match(String(labels('a b')), /unable to parse requirement/));
});

describe('field selectors', () => {
  const cases: readonly (readonly [string, boolean | string])[] = [
    ['', true],
    ['metadata.name=a', true],
    ['metadata.name!=a', false],
    ['spec.nodeName=node1,status.phase=Running', true],
    ['spec.nodeName=node1,status.phase!=Running', false],
    ['spec.hostNetwork=false', true],
    ['status.podIP=', true],
    ['foo=bar', 'field label not supported: foo'],
  ];
  for (const [text, expected] of cases) test(JSON.stringify(text), () => assert.equal(fields(text), expected));
});
