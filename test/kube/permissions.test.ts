/** The roles in docs/permissions.md against what the code asks the API server for: neither less nor more. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { parseAllDocuments } from 'yaml';
import { needsOf, SOLUTIONS } from '../../src/core/cni/index.js';
import { CONFIG_MAPS, KIND } from '../../src/kube/inventory/kinds.js';
import { DAEMON_SET_RIGHTS, EXEC_RIGHTS, LIFECYCLE_RIGHTS } from '../../src/kube/probe/rights.js';
import { facts } from '../core/facts.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
interface RoleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/permissions.md'), 'utf8');
const objects = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
  parseAllDocuments(text).map((document) => document.toJS() as RoleObject),
);
const rulesOf = (name: string): readonly Rule[] => objects.find(({ metadata }) => metadata.name === name)?.rules ?? [];

/** `pods.apps: get list watch`, one line for each resource; names of objects in brackets. */
const lines = (rules: readonly Rule[]): string[] =>
  rules
    .flatMap(({ apiGroups, resources, resourceNames = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          (resourceNames.length === 0 ? [''] : resourceNames.map((name) => ` [${name}]`)).map(
            (name) => `${resource}.${group}${name}: ${verbs.join(' ')}`,
          ),
        ),
      ),
    )
    .sort();

test('the role for reading is what the inventory reads of a cluster, whatever its networking solution', () => {
  const whole = Object.values(KIND).filter((kind) => kind !== KIND.configMaps);
  const wanted = [
    ...whole.map(({ plural, group }) => `${plural}.${group}`),
    ...[...CONFIG_MAPS, ...SOLUTIONS.flatMap(({ configMaps }) => configMaps)].map(
      ({ name }) => `configmaps. [${name}]`,
    ),
    ...[...needsOf(facts()).resources, ...SOLUTIONS.flatMap(({ resources }) => resources)].map(
      ({ plural, group }) => `${plural}.${group}`,
    ),
  ];
  assert.deepEqual(
    lines(rulesOf('cluster-network-reader')),
    [...new Set(wanted)].map((resource) => `${resource}: get list watch`).sort(),
  );
});

test('the role for a namespace is what of it can be read there', () => {
  const namespaced = Object.values(KIND).filter((kind) => kind.namespaced && kind !== KIND.configMaps);
  assert.deepEqual(
    lines(rulesOf('namespace-network-reader')),
    namespaced.map(({ plural, group }) => `${plural}.${group}: get list watch`).sort(),
  );
});

test('the role for verifying has every right that a plan asks for', () => {
  const given = lines(rulesOf('network-verifier'));
  for (const { verb, group, resource, subresource } of [...LIFECYCLE_RIGHTS, ...DAEMON_SET_RIGHTS, ...EXEC_RIGHTS]) {
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    assert.ok(
      given.some((line) => line.startsWith(`${name}.${group}: `) && line.split(' ').includes(verb)),
      `${verb} ${name}`,
    );
  }
});

test('only the roles for probing may do more than look', () => {
  const looks = new Set(['get', 'list', 'watch']);
  for (const { metadata, rules = [] } of objects) {
    const more = rules.filter(({ verbs }) => verbs.some((verb) => !looks.has(verb)));
    assert.deepEqual(
      more.flatMap(({ resources }) => resources),
      { 'network-prober': ['pods/exec'], 'network-verifier': ['jobs', 'daemonsets', 'pods', 'pods/exec'] }[
        metadata.name
      ] ?? [],
      metadata.name,
    );
  }
  assert.equal(objects.length, 5);
});
