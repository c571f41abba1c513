/**
 * Access from within a pod, with the pod's service account. As in kubectl it comes last: only where the files choose no
 * context, and only where a pod's environment and token are there.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/rest/config.go (`InClusterConfig`) and
 * tools/clientcmd/client_config.go (`inClusterClientConfig`).
 */
import type { ClusterEntry, ContextEntry, KubeconfigFile, UserEntry } from './model.js';
import { errorCode, variable, type Surroundings } from './surroundings.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Name of the context, the cluster and the user. */
export const IN_CLUSTER = 'in-cluster';

/** The configuration with in-cluster access added and chosen, or undefined where that is not to be had or not wanted. */
export async function inClusterConfig(
  config: KubeconfigFile,
  surroundings: Surroundings,
): Promise<KubeconfigFile | undefined> {
  const { files } = surroundings;
  const host = variable(surroundings, 'KUBERNETES_SERVICE_HOST');
  const port = variable(surroundings, 'KUBERNETES_SERVICE_PORT');
  const taken = [...config.contexts, ...config.clusters, ...config.users].some(({ name }) => name === IN_CLUSTER);
  if (host === '' || port === '' || config.currentContext !== '' || taken) return undefined;

  const tokenFile = `${SERVICE_ACCOUNT}/token`;
  const certificateAuthority = `${SERVICE_ACCOUNT}/ca.crt`;
  const isFile = async (file: string): Promise<boolean> =>
    files.facts(file).then(
      ({ kind }) => kind === 'file',
      () => false,
    );
  if (!(await isFile(tokenFile))) return undefined;

  const origin = { file: tokenFile, line: 0 };
  const cluster: ClusterEntry = {
    name: IN_CLUSTER,
    origin,
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    certificateAuthority: (await isFile(certificateAuthority)) ? certificateAuthority : '',
    certificateAuthorityData: '',
    proxyUrl: '',
    disableCompression: false,
    execConfig: null,
  };
  const user: UserEntry = {
    name: IN_CLUSTER,
    origin,
    clientCertificate: '',
    clientCertificateData: '',
    clientKey: '',
    clientKeyData: '',
    token: '',
    tokenFile,
    username: '',
    password: '',
    impersonate: '',
    impersonateUid: '',
    impersonateGroups: [],
    impersonateExtra: {},
    authProvider: undefined,
    exec: undefined,
  };
  const context: ContextEntry = {
    name: IN_CLUSTER,
    origin,
    cluster: IN_CLUSTER,
    user: IN_CLUSTER,
    namespace: variable(surroundings, 'POD_NAMESPACE') || (await namespaceFile(files)),
  };
  return {
    clusters: [...config.clusters, cluster],
    users: [...config.users, user],
    contexts: [...config.contexts, context],
    currentContext: IN_CLUSTER,
  };
}

async function namespaceFile(files: Surroundings['files']): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(`${SERVICE_ACCOUNT}/namespace`)).trim();
  } catch (error) {
    // Without it the namespace is `default`.
    if (errorCode(error) !== undefined) return '';
    throw error;
  }
}
