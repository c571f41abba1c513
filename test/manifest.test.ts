/** package.json and package.nls.json against the ids that the code knows (src/editor/contributions.ts), both ways. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import * as ids from '../src/editor/contributions.js';

interface Menu {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
      readonly icon?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly when?: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string; readonly order?: number }>>;
    };
    readonly configurationDefaults: Readonly<Record<string, unknown>>;
  };
}

const root = path.resolve(import.meta.dirname, '..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const words = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;
const { contributes } = manifest;

const same = (actual: Iterable<string>, expected: Iterable<string>): void => {
  assert.deepEqual([...new Set(actual)].sort(), [...new Set(expected)].sort());
};
const menus = Object.values(contributes.menus).flat();
const whens = [
  ...menus.map(({ when }) => when ?? ''),
  ...contributes.viewsWelcome.map(({ when }) => when ?? ''),
  ...Object.values(contributes.views).flatMap((views) => views.map(({ when }) => when ?? '')),
];

test('the extension is called what the code calls it', () => {
  assert.equal(`${manifest.publisher}.${manifest.name}`, ids.EXTENSION_ID);
});

test('commands, views and settings are the same in both', () => {
  same(
    contributes.commands.map(({ command }) => command),
    Object.values(ids.Command),
  );
  same(
    Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id)),
    [ids.View.network, ids.View.ranges, ids.View.findings],
  );
  same(Object.keys(contributes.views), [ids.View.container]);
  same(
    contributes.viewsContainers.activitybar.map(({ id }) => id),
    [ids.View.container],
  );
  same(Object.keys(contributes.configuration.properties), Object.values(ids.Setting));
});

test('every command has the category, and internal ones are not declared', () => {
  for (const { command, category } of contributes.commands) assert.equal(category, '%category%', command);
  for (const command of Object.values(ids.InternalCommand)) assert.ok(!text.includes(command), command);
});

test('menus name declared commands, and every menu of rows says for which', () => {
  const declared = new Set<string>(Object.values(ids.Command));
  for (const { command } of menus) assert.ok(declared.has(command), command);
  for (const { when, command } of contributes.menus['view/item/context'] ?? [])
    assert.match(when ?? '', /^view (==|=~) .*viewItem =~ /, command);
});

test('what needs a row is not offered by the palette without one, or not always', () => {
  const conditions = new Map((contributes.menus['commandPalette'] ?? []).map(({ command, when }) => [command, when]));
  const rows = ['view/item/context', 'webview/context', 'editor/title'];
  const always = new Set((contributes.menus['view/title'] ?? []).map(({ command }) => command));
  for (const { command } of rows.flatMap((menu) => contributes.menus[menu] ?? [])) {
    if (!always.has(command))
      assert.ok(conditions.get(command) !== undefined, `${command} has no condition in the palette`);
  }
});

test('titles are in title case and carry neither the category nor a full stop', () => {
  const small = new Set(['a', 'an', 'and', 'as', 'at', 'for', 'from', 'in', 'of', 'on', 'or', 'the', 'to', 'with']);
  for (const { command, title } of contributes.commands) {
    const shown = words[title.slice(1, -1)] ?? '';
    assert.ok(!shown.includes(words['category'] ?? '?') && !shown.endsWith('.'), command);
    for (const word of shown.split(' ')) assert.ok(small.has(word) || /^[A-Z]/.test(word), `${command}: "${word}"`);
  }
});

test('menus are short where room is short: icons for what stands in a line, named and ordered groups for the rest', () => {
  const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
  for (const [menu, entries] of Object.entries(contributes.menus)) {
    if (menu === 'commandPalette') continue;
    for (const { command, group } of entries) {
      assert.match(group ?? '', /^(navigation|inline|\d_[a-z]+)@\d$/, `${menu}: ${command}`);
      if (/^(navigation|inline)/.test(group ?? '') && menu.startsWith('view/')) assert.ok(icons.get(command), command);
    }
    const places = entries.map(({ when, group }) => `${when ?? ''} ${group ?? ''}`);
    assert.equal(new Set(places).size, places.length, `${menu}: two entries stand in one place`);
  }
  for (const view of Object.values(ids.View)) {
    const icons = (contributes.menus['view/title'] ?? []).filter(
      ({ when, group }) => when?.includes(`view == ${view}`) === true && group?.startsWith('navigation') === true,
    );
    assert.ok(icons.length <= 4, view);
  }
});

test('the words of viewItem in menus are words that rows have', () => {
  const known = new Set<string>(ids.ITEM_WORD);
  const used = whens.flatMap((when) =>
    [...when.matchAll(/viewItem =~ \/\\b\(?([\w|]+)\)?\\b\//g)].flatMap(([, names]) => (names ?? '').split('|')),
  );
  assert.ok(used.length > 0);
  for (const word of used) assert.ok(known.has(word), word);
});

test('context keys and phases in conditions are ones that the code sets', () => {
  const keys = new Set<string>([
    ...Object.values(ids.ContextKey),
    ...Object.values(ids.View),
    ...Object.values(ids.WebviewType),
  ]);
  const used = whens.flatMap((when) => when.match(/clusterNetwork\.\w+/g) ?? []);
  for (const key of used) assert.ok(keys.has(key), key);
  for (const key of Object.values(ids.ContextKey)) assert.ok(used.includes(key), `${key} is set and never asked for`);
  const phases = new Set<string>(ids.PHASE);
  for (const when of whens) {
    for (const [, phase] of when.matchAll(/clusterNetwork\.phase == (\w+)/g)) assert.ok(phases.has(phase ?? ''), phase);
    for (const [, names] of when.matchAll(/clusterNetwork\.phase =~ \/\^\(([\w|]+)\)\$\//g))
      for (const phase of (names ?? '').split('|')) assert.ok(phases.has(phase), phase);
  }
});

test('every text of the manifest is there, and none is left over', () => {
  const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');
  same(used, Object.keys(words));
});

test("links of welcome views run declared commands, or the workbench's", () => {
  const declared = new Set<string>(Object.values(ids.Command));
  for (const [key, value] of Object.entries(words)) {
    for (const [, command] of value.matchAll(/\(command:([\w.]+)/g))
      assert.ok(declared.has(command ?? '') || command?.startsWith('workbench.') === true, `${key}: ${command ?? ''}`);
  }
});

test('settings that choose what is contacted or run are not taken from an untrusted workspace', () => {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  for (const [name, { scope, order }] of Object.entries(contributes.configuration.properties)) {
    assert.notEqual(order, undefined, name);
    if (name === ids.Setting.severity) continue;
    assert.equal(scope, 'machine-overridable', name);
    if (name !== ids.Setting.requestTimeout) assert.ok(restricted.has(name), name);
  }
});

test('pages about checks and probes open rendered', () => {
  const associations = contributes.configurationDefaults['workbench.editorAssociations'] as Record<string, string>;
  assert.deepEqual(Object.keys(associations), [`${ids.Scheme.checks}:/**`, `${ids.Scheme.probe}:/**`]);
});
