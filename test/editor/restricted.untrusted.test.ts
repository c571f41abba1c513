/** In Restricted Mode nothing is read and nobody is contacted, whatever is called. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, EXTENSION_ID, Setting } from '../../src/editor/contributions.js';
import { withCluster } from '../apiserver/withCluster.js';
import { lecture } from '../scenarios/lecture.js';

describe('an untrusted workspace', () => {
  it('contacts no cluster, though the setting names one and commands are called', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await withCluster(lecture, async ({ server, kubeconfig }) => {
      const settings = vscode.workspace.getConfiguration();
      await settings.update(Setting.kubeconfig, kubeconfig, vscode.ConfigurationTarget.Global);
      try {
        await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
        await vscode.commands.executeCommand('workbench.view.extension.clusterNetwork');
        for (const command of [
          Command.refresh,
          Command.retry,
          Command.selectContext,
          Command.copyIp,
          Command.openObject,
          Command.whatIsThisIp,
        ])
          await vscode.commands.executeCommand(command);
        const uri = vscode.Uri.from({ scheme: 'cluster-network', path: '/simulated-lecture/nodes/node1.yaml' });
        assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /Not connected/);
        assert.deepEqual(server.requests, []);
      } finally {
        await settings.update(Setting.kubeconfig, undefined, vscode.ConfigurationTarget.Global);
      }
    });
  });
});
