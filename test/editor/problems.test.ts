/** The packaged extension on a simulated cluster, from outside: problems, documents and commands. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, Setting } from '../../src/editor/contributions.js';
import { withCluster } from '../apiserver/withCluster.js';
import type { ApiServer } from '../apiserver/server.js';
import type { Scenario } from '../scenarios/cluster.js';
import { lecture } from '../scenarios/lecture.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { until } from './connected.js';

/** Connects the installed extension, as a user's setting would, and takes the setting back afterwards. */
async function withExtension(scenario: Scenario, body: (server: ApiServer) => Promise<void>): Promise<void> {
  await withCluster(scenario, async ({ server, kubeconfig }) => {
    const settings = vscode.workspace.getConfiguration();
    await settings.update(Setting.kubeconfig, kubeconfig, vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand(Command.refresh);
      await body(server);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await settings.update(Setting.severity, undefined, vscode.ConfigurationTarget.Global);
      await settings.update(Setting.kubeconfig, undefined, vscode.ConfigurationTarget.Global);
      await until('nothing is left of it', () => problems().length === 0);
    }
  });
}

interface Problem {
  readonly path: string;
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

const problems = (): Problem[] =>
  vscode.languages
    .getDiagnostics()
    .filter(([uri]) => uri.scheme === 'cluster-network')
    .flatMap(([uri, diagnostics]) => diagnostics.map((diagnostic) => ({ path: uri.path, uri, diagnostic })));

const codeOf = ({ diagnostic: { code } }: Problem): unknown => (typeof code === 'object' ? code.value : code);

const of = (code: string): Problem[] => problems().filter((problem) => codeOf(problem) === code);

const NODE1 = '/simulated-lecture/nodes/node1.yaml';
const documentOf = (path: string) =>
  vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'cluster-network', path }));

const NODE2_MENDED = { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] };
function mend(server: ApiServer): void {
  const node = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2') ?? assert.fail();
  server.apply({ ...node, spec: NODE2_MENDED });
}

describe("problems of the lecture's cluster", () => {
  it('both nodes: the very field, the other side as related information, a code that leads to its explanation', async () => {
    await withExtension(lecture, async (server) => {
      await until(
        'both nodes are underlined in their field',
        () => of('CN101').length === 2 && of('CN101').every(({ diagnostic }) => !diagnostic.range.isEmpty),
      );
      for (const { path, uri, diagnostic } of of('CN101')) {
        assert.match(path, /^\/simulated-lecture\/nodes\/node[12]\.yaml$/);
        assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
        assert.equal(diagnostic.source, 'cluster-network');
        const document = await vscode.workspace.openTextDocument(uri);
        assert.equal(document.languageId, 'yaml');
        assert.equal(document.getText(diagnostic.range), '10.244.0.0/24');
        assert.match(document.lineAt(diagnostic.range.start.line - 1).text, /podCIDRs:/);
        const [other] = diagnostic.relatedInformation ?? [];
        assert.ok(other !== undefined && other.location.uri.path !== path);
        const otherDocument = await vscode.workspace.openTextDocument(other.location.uri);
        assert.equal(otherDocument.getText(other.location.range), '10.244.0.0/24');
        assert.ok(typeof diagnostic.code === 'object');
        const page = await vscode.workspace.openTextDocument(diagnostic.code.target);
        assert.match(page.getText(), /^# CN101: /);
      }
      mend(server);
      await until('the problem is gone', () => of('CN101').length === 0);
    });
  });

  it('both pods of one address, at the address', async () => {
    await withExtension(lecture, async () => {
      await until(
        'four pods are underlined',
        () => of('CN201').length === 4 && of('CN201').every(({ diagnostic }) => !diagnostic.range.isEmpty),
      );
      for (const { uri, diagnostic } of of('CN201')) {
        const document = await vscode.workspace.openTextDocument(uri);
        assert.match(document.getText(diagnostic.range), /^10\.244\.0\.[23]$/);
      }
    });
  });

  it('nothing is reported of the repaired cluster, until it is broken again', async () => {
    await withExtension(lectureFixed, async (server) => {
      await until('it is read', async () =>
        (await documentOf('/simulated-lecture-fixed/nodes/node1.yaml')).getText().includes('podCIDR'),
      );
      const serious = () =>
        problems().filter(({ diagnostic }) => diagnostic.severity <= vscode.DiagnosticSeverity.Warning);
      assert.deepEqual(serious(), []);
      const node = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2') ?? assert.fail();
      server.apply({ ...node, spec: { podCIDR: '10.244.0.0/25', podCIDRs: ['10.244.0.0/25'] } });
      await until('the overlap is reported of both', () => of('CN101').length === 2);
    });
  });

  it('a check can be switched off, and made milder, while connected', async () => {
    await withExtension(lecture, async () => {
      await until('it is there', () => of('CN101').length === 2);
      const settings = vscode.workspace.getConfiguration();
      await settings.update(Setting.severity, { CN101: 'off', CN201: 'hint' }, vscode.ConfigurationTarget.Global);
      await until('it is off', () => of('CN101').length === 0);
      await until(
        'it is milder',
        () =>
          of('CN201').length === 4 &&
          of('CN201').every(({ diagnostic }) => diagnostic.severity === vscode.DiagnosticSeverity.Hint),
      );
      await settings.update(Setting.severity, { CN101: 'nonsense' }, vscode.ConfigurationTarget.Global);
      await until('nonsense is no choice', () => of('CN101').length === 2);
    });
  });
});

describe('documents of live objects', () => {
  it('follow the object while they are open, and say when it is gone', async () => {
    await withExtension(lecture, async (server) => {
      await until('connected', () => of('CN101').length === 2);
      const document = await documentOf(NODE1);
      await vscode.window.showTextDocument(document);
      // Open since an earlier test, when no cluster was there: it fills when one is.
      await until('the object is shown', () => /^kind: Node$/m.test(document.getText()));
      assert.ok(!document.getText().includes('managedFields'));
      const node = server.objects('nodes').find(({ metadata }) => metadata.name === 'node1') ?? assert.fail();
      server.apply({ ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, changed: 'now' } } });
      await until('the label is shown', () => document.getText().includes('changed: now'));
      const [problem] = of('CN101').filter(({ path }) => path === NODE1);
      assert.equal(document.getText(problem?.diagnostic.range), '10.244.0.0/24', 'the problem moved with its line');
      server.remove({ apiVersion: 'v1', kind: 'Node', name: 'node1' });
      await until('it is said', () => /does not exist any more/.test(document.getText()));
    });
  });

  it('say why an object cannot be shown', async () => {
    await withExtension(lecture, async () => {
      await until('connected', () => of('CN101').length === 2);
      assert.match((await documentOf('/simulated-lecture/nodes/nobody.yaml')).getText(), /nodes "nobody" not found/);
      assert.match((await documentOf('/simulated-lecture/namespaces/shop/Secret.v1/s.yaml')).getText(), /never read/);
      assert.match((await documentOf('/other/nodes/node1.yaml')).getText(), /Not connected to the context "other"/);
      assert.match((await documentOf('/garbage')).getText(), /not the address of an object/);
    });
  });
});

describe('commands', () => {
  const GARBAGE: readonly unknown[] = [
    null,
    1,
    'x',
    [],
    {},
    { mapTarget: 1 },
    { mapTarget: { kind: 'pod' } },
    { target: { ips: 1 } },
  ];

  it('copy what the map names', async () => {
    await withExtension(lecture, async () => {
      await until('connected', () => of('CN101').length === 2);
      await vscode.commands.executeCommand(Command.copyIp, { mapTarget: { kind: 'node', node: 'node2' } });
      assert.equal(await vscode.env.clipboard.readText(), '192.168.1.3');
      await vscode.commands.executeCommand(Command.copyCidr, {
        mapTarget: { kind: 'range', node: 'node1', cidr: '10.244.0.0/24' },
      });
      assert.equal(await vscode.env.clipboard.readText(), '10.244.0.0/24');
      const document = await documentOf(NODE1);
      // Open since an earlier test, when no cluster was there: it fills when one is.
      await until('the object is shown', () => /^kind: Node$/m.test(document.getText()));
      await vscode.commands.executeCommand(Command.openObject, {
        mapTarget: { kind: 'range', node: 'node1', cidr: '10.244.0.0/24' },
      });
      const editor = vscode.window.activeTextEditor;
      assert.equal(editor?.document.uri.path, NODE1);
      assert.equal(editor.document.getText(editor.selection), '10.244.0.0/24');
    });
  });

  it('take any argument without harm', async () => {
    await withExtension(lecture, async () => {
      await until('connected', () => of('CN101').length === 2);
      for (const command of [Command.copyIp, Command.copyCidr, Command.openObject, Command.hideFinding]) {
        for (const argument of GARBAGE) {
          // Without a target they ask for one; the question is closed.
          const running = Promise.resolve(vscode.commands.executeCommand(command, argument, argument));
          let over = false;
          const end = running.finally(() => (over = true));
          await until('the question was closed', async () => {
            if (!over) await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
            return over;
          });
          await end;
        }
      }
    });
  });
});
