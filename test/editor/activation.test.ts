/** The packaged extension in a real VS Code: it is there, it activates, and what the manifest declares is what is registered. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/editor/contributions.js';

describe('the packaged extension', () => {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not installed`);
  const manifest = extension.packageJSON as { contributes?: { commands?: readonly { command: string }[] } };

  it('activates', async () => {
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that it declares, and declares every command that it registers', async () => {
    await extension.activate();
    const declared = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    // VS Code itself makes commands for views (`clusterNetwork.network.focus`, …): those are not registered by the extension.
    const ofViews = /^clusterNetwork\.(network|ranges|findings)\./;
    const registered = (await vscode.commands.getCommands(true)).filter(
      (command) => command.startsWith('clusterNetwork.') && !ofViews.test(command),
    );
    assert.deepEqual(registered.sort(), [...declared].sort());
  });
});
