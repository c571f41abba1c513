/** Kubeconfig text for a user of the simulated API server; JSON strings are YAML strings, so nothing needs a YAML library. */
import type { Identity } from './certificates.js';

export interface KubeconfigParts {
  readonly context: string;
  readonly server: string;
  readonly authority: string;
  readonly user: string;
  readonly namespace?: string;
  readonly credentials: { readonly token: string } | Identity;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

export function kubeconfigText(parts: KubeconfigParts): string {
  const { context, server, authority, user, credentials } = parts;
  const quoted = (text: string): string => JSON.stringify(text);
  const credentialLines =
    'token' in credentials
      ? [`    token: ${quoted(credentials.token)}`]
      : [
          `    client-certificate-data: ${base64(credentials.certificate)}`,
          `    client-key-data: ${base64(credentials.key)}`,
        ];
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${quoted(context)}`,
    '  cluster:',
    `    certificate-authority-data: ${base64(authority)}`,
    `    server: ${quoted(server)}`,
    'users:',
    `- name: ${quoted(`${context}-${user}`)}`,
    '  user:',
    ...credentialLines,
    'contexts:',
    `- name: ${quoted(context)}`,
    '  context:',
    `    cluster: ${quoted(context)}`,
    `    user: ${quoted(`${context}-${user}`)}`,
    ...(parts.namespace === undefined ? [] : [`    namespace: ${quoted(parts.namespace)}`]),
    `current-context: ${quoted(context)}`,
    '',
  ].join('\n');
}
