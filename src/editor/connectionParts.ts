/** What the connection stands on in a real window: the machine's kubeconfig files, and sessions in worker threads. */
import * as vscode from 'vscode';
import { thisMachine } from '../kube/kubeconfig/surroundings.js';
import { WorkerSession } from '../kube/workerSession.js';
import type { ConnectionParts } from './connection.js';
import type { CredentialConsent } from './consent.js';
import { logTo } from './log.js';

/** The Kubernetes client's code is not in this bundle: it is loaded in the worker thread, when the first session is opened. */
export function connectionParts(
  context: vscode.ExtensionContext,
  consent: CredentialConsent,
  log: vscode.LogOutputChannel,
): ConnectionParts {
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  return {
    workspaceState: context.workspaceState,
    log,
    kubeconfig: {
      files: async (file) => {
        const { kubeconfigLocations } = await import('../kube/kubeconfig/locations.js');
        return (await kubeconfigLocations(file, thisMachine())).files;
      },
      load: async (file, signal) => {
        const { loadKubeconfig } = await import('../kube/kubeconfig/load.js');
        return loadKubeconfig(file, thisMachine(), signal);
      },
      watch: async (files, changed) => {
        const { watchFiles } = await import('../kube/kubeconfig/watch.js');
        return watchFiles(files, changed, (words) => {
          log.warn(words);
        });
      },
    },
    openSession: (selected, options) =>
      new WorkerSession(worker, selected, options, {
        log: logTo(log),
        mayRun: (command, signal) => consent.mayRun(command, signal),
      }),
  };
}
