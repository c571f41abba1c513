/** The settings of what probing creates. What is none is taken as if it were not set. */
import * as vscode from 'vscode';
import { Setting } from '../contributions.js';

export interface ProbeSettings {
  /** Empty: Kubernetes' own agnhost, by its digest. */
  readonly image: string;
  /** Empty: the context's. */
  readonly namespace: string;
  readonly pullSecrets: readonly string[];
  readonly hostNetwork: boolean;
  readonly existingPods: boolean;
}

/** What the API server takes as a name is for it to say; what is no text at all is left out. */
export function probeSettings(): ProbeSettings {
  const settings = vscode.workspace.getConfiguration();
  const text = (name: Setting): string => {
    const value: unknown = settings.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const secrets: unknown = settings.get(Setting.probePullSecrets);
  return {
    image: text(Setting.probeImage),
    namespace: text(Setting.probeNamespace),
    pullSecrets: Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string' && name !== '') : [],
    hostNetwork: settings.get<unknown>(Setting.probeHostNetwork) === true,
    existingPods: settings.get<unknown>(Setting.probeExistingPods) !== false,
  };
}
