/** The settings of what probing creates, as what a run is asked for. What is none is taken as if it were not set. */
import * as vscode from 'vscode';
import type { ProbeOptions } from '../../core/reach/report.js';
import type { VerifyOptions } from '../../core/reach/verification.js';
import { Setting } from '../contributions.js';

/** Of probe pods, whatever they are for. What the API server takes as a name is for it to say; what is no text at all is left out. */
export function probeOptions(): ProbeOptions {
  const settings = vscode.workspace.getConfiguration();
  const text = (name: Setting): string => {
    const value: unknown = settings.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const [image, namespace] = [text(Setting.probeImage), text(Setting.probeNamespace)];
  const secrets: unknown = settings.get(Setting.probePullSecrets);
  return {
    ...(image === '' ? {} : { image }),
    ...(namespace === '' ? {} : { namespace }),
    pullSecrets: Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string' && name !== '') : [],
  };
}

/** Of a verification of the whole cluster. */
export function verifyOptions(): VerifyOptions {
  const settings = vscode.workspace.getConfiguration();
  return {
    ...probeOptions(),
    hostNetwork: settings.get<unknown>(Setting.probeHostNetwork) === true,
    existingPods: settings.get<unknown>(Setting.probeExistingPods) !== false,
  };
}
