/** What the user sees of findings: severities by setting, hiding with a reason, the views Ranges and Findings, decorations. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { nodeRef } from '../../src/core/network/place.js';
import { decorationUri, FindingDecorations } from '../../src/editor/decorations.js';
import { HiddenFindings } from '../../src/editor/hiddenFindings.js';
import { severityChoice } from '../../src/editor/shownFindings.js';
import { FindingsTree } from '../../src/editor/tree/findingsTree.js';
import { RangesTree } from '../../src/editor/tree/rangesTree.js';
import { lecture } from '../scenarios/lecture.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { connected, Memory, until } from './connected.js';

describe('findings', () => {
  it('hidden with a reason for one cluster, and shown again', async () => {
    await connected(lecture, async ({ connection, findings, hidden, state }) => {
      const server = connection.cluster?.identity.server ?? assert.fail();
      const tree = new FindingsTree(connection, findings);
      try {
        const before = findings.shown.length;
        const overlap = findings.shown.find(({ finding }) => finding.code === 'CN101') ?? assert.fail();
        assert.ok(tree.getChildren().some((element) => element.kind === 'check' && element.code === 'CN101'));
        await hidden.hide(server, overlap.finding, 'on purpose');
        assert.equal(findings.shown.length, before - 1);
        assert.deepEqual(findings.ofObject(nodeRef('node1')), []);
        const group = tree.getChildren().at(-1);
        assert.equal(group?.kind, 'hiddenGroup');
        const [row] = tree.getChildren(group);
        assert.ok(row !== undefined);
        assert.match(
          tree.getTreeItem(row).accessibilityInformation?.label ?? '',
          /^hidden: CN101 .*because: on purpose$/,
        );
        // Another window, or the next one, finds it hidden.
        assert.equal(new HiddenFindings(state).of(server).get(overlap.finding.id)?.reason, 'on purpose');
        assert.equal(new HiddenFindings(state).of('https://other').size, 0);
        await hidden.show(server, overlap.finding.id);
        assert.equal(findings.shown.length, before);
        assert.equal(
          tree.getChildren().some(({ kind }) => kind === 'hiddenGroup'),
          false,
        );
      } finally {
        tree.dispose();
      }
    });
  });

  it('what is stored and is none of ours hides nothing', () => {
    const state = new Memory();
    void state.update('hiddenFindings', { 'https://a': [1, null, { id: 1 }, { id: 'x' }], 'https://b': 'no list' });
    const hidden = new HiddenFindings(state);
    assert.equal(hidden.of('https://a').size, 0);
    assert.equal(hidden.of('https://b').size, 0);
  });

  it('severities of the settings: what is none is left out', () => {
    assert.deepEqual(severityChoice({ CN101: 'off', CN102: 'warning', CN103: 'loud', CN104: 1 }), {
      CN101: 'off',
      CN102: 'warning',
    });
    assert.deepEqual(severityChoice(null), {});
    assert.deepEqual(severityChoice('off'), {});
  });

  it('decorate the rows of what they are about, in colour and in words', async () => {
    await connected(lecture, ({ findings }) => {
      const decorations = new FindingDecorations(findings);
      try {
        const decoration = decorations.provideFileDecoration(decorationUri('simulated-lecture', nodeRef('node1')));
        assert.equal(decoration?.badge, '1');
        assert.equal(decoration.tooltip, '1 error');
        assert.ok(decoration.color !== undefined);
        assert.equal(
          decorations.provideFileDecoration(decorationUri('simulated-lecture', nodeRef('other'))),
          undefined,
        );
        assert.equal(decorations.provideFileDecoration(vscode.Uri.parse('file:///node1')), undefined);
      } finally {
        decorations.dispose();
      }
      return Promise.resolve();
    });
  });
});

describe('the view Ranges', () => {
  it('groups the address plan by role, with use and provenance, and says what runs out first', async () => {
    await connected(lectureFixed, async ({ connection, findings, server }) => {
      const tree = new RangesTree(connection, findings);
      try {
        const words = (): string[] =>
          tree
            .getChildren()
            .flatMap((group) => [
              tree.getTreeItem(group).accessibilityInformation?.label ?? '',
              ...tree.getChildren(group).map((row) => tree.getTreeItem(row).accessibilityInformation?.label ?? ''),
            ]);
        const all = words();
        assert.ok(
          all.some((text) => /^10\.244\.0\.0\/24, Pods of a Node, node1, .*assigned/.test(text)),
          all.join('\n'),
        );
        assert.ok(
          all.some((text) => /^10\.96\.0\.0\/12, Services, /.test(text)),
          all.join('\n'),
        );
        assert.ok(
          all.some((text) => text.startsWith('What runs out first')),
          all.join('\n'),
        );
        const node = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2') ?? assert.fail();
        server.apply({ ...node, spec: { podCIDR: '10.244.2.0/24', podCIDRs: ['10.244.2.0/24'] } });
        await until('the new range is shown', () => words().some((text) => text.startsWith('10.244.2.0/24')));
      } finally {
        tree.dispose();
      }
    });
  });
});
