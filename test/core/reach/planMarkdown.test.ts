/** The page of a plan for one pair. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { meansFacts, pairTitle, probePlanMarkdown } from '../../../src/core/reach/planMarkdown.js';
import type { ProbePlan } from '../../../src/core/reach/report.js';

const PLAN: ProbePlan = {
  run: 'r1',
  request: {
    source: { namespace: 'shop', name: 'web-1' },
    target: { kind: 'service', namespace: 'shop', name: 'api' },
  },
  means: 'ephemeral',
  considered: [
    { means: 'exec', usable: false, why: 'container web has no program to probe with' },
    { means: 'ephemeral', usable: true, why: 'a container with tools can be added' },
  ],
  objects: [{ kind: 'Pod', namespace: 'shop', name: 'web-1', purpose: 'is there already', manifest: '{}' }],
  image: 'agnhost',
  namespace: 'shop',
  rights: [],
  seconds: 6,
  lifetimeSeconds: 300,
  remains: 'the ended container stays',
};

test('it says what is changed, by which means and why, and what remains', () => {
  const text = probePlanMarkdown(PLAN, 'kind');
  for (const said of [
    /no, container web has no program/,
    /Pod \| shop \| web\\-1/,
    /the ended container stays/,
    /300 s/,
  ])
    assert.match(text, said);
  assert.equal(pairTitle(PLAN), 'pod shop/web-1 → service shop/api');
  assert.match(meansFacts(PLAN)[1] ?? '', /ephemeral container.*: yes, /);
});

test('where nothing is created, it says so', () => {
  const text = probePlanMarkdown({ ...PLAN, objects: [], remains: '', lifetimeSeconds: 0 }, 'kind');
  assert.match(text, /nothing remains/);
  assert.doesNotMatch(text, /What is created|in full/);
});
