/** Texts of a cluster in notifications: the workbench must find no link in them. */
import assert from 'node:assert/strict';
import { inert } from '../../src/editor/markdown.js';

/** How the workbench finds links in a notification (src/vs/base/common/linkedText.ts). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('text in a notification', () => {
  const hostile = 'denied: [details](command:workbench.action.terminal.new) or [x](https://host "y")';

  it('has no links', () => {
    assert.match(hostile, LINK);
    assert.doesNotMatch(inert(hostile), LINK);
  });

  it('reads as before', () => {
    assert.equal(inert(hostile).replaceAll('\u2060', ''), hostile);
    assert.equal(inert('10.0.0.0/8 (pods) [2001:db8::1]:80'), '10.0.0.0/8 (pods) [2001:db8::1]:80');
  });

  it('is cut at its length', () => {
    assert.equal(inert('abcdef', 4), 'abc…');
  });
});
