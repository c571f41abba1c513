/**
 * Chooses a context and says whether kubectl would work with it: what must be there, what excludes what. Files that it
 * names are not opened here; that they can be read shows when credentials are asked for.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/client_config.go (`ClientConfig`,
 * `ConfirmUsable`), validation.go, and transport/transport.go (`TLSConfigFor`). One difference on purpose: where kubectl falls
 * back to http://localhost:8080 (no current context, no such cluster), nothing is connected to.
 */
import { proxyProblem } from './proxy.js';
import { parseServer } from './server.js';
import { problemText, type ClusterEntry, type ContextEntry, type MergedKubeconfig, type UserEntry } from './model.js';

export interface SelectedContext {
  readonly context: ContextEntry;
  readonly cluster: ClusterEntry;
  /** Undefined: nobody; requests go out anonymously, as kubectl sends them. */
  readonly user: UserEntry | undefined;
}

export type Selection =
  | { readonly ok: true; readonly selected: SelectedContext }
  | {
      readonly ok: false;
      readonly reason: 'noKubeconfig' | 'badKubeconfig' | 'noContext';
      readonly message: string;
    };

/** @param name the context that the user chose; undefined: the kubeconfig's current one */
export function selectContext(config: MergedKubeconfig, name?: string): Selection {
  const bad = (message: string): Selection => ({ ok: false, reason: 'badKubeconfig', message });
  const noContext = (message: string): Selection => ({ ok: false, reason: 'noContext', message });

  if (config.problems.length > 0) return bad(config.problems.map(problemText).join('\n'));
  const { clusters, users, contexts, currentContext } = config;
  if (clusters.length + users.length + contexts.length === 0 && currentContext === '')
    return {
      ok: false,
      reason: 'noKubeconfig',
      message: `No kubeconfig: ${config.files.map(({ path, state }) => `${path} is ${state === 'missing' ? 'missing' : 'empty'}`).join(', ')}.`,
    };

  const wanted = name ?? currentContext;
  if (wanted === '') return noContext('The kubeconfig has no current context.');
  const context = contexts.find((candidate) => candidate.name === wanted);
  if (context === undefined)
    return noContext(
      name === undefined
        ? `The current context "${wanted}" is not in the kubeconfig.`
        : `The context "${wanted}" is not in the kubeconfig.`,
    );
  const cluster = clusters.find((candidate) => candidate.name === context.cluster);
  if (cluster === undefined)
    return bad(
      at(
        context,
        context.cluster === ''
          ? `the context "${wanted}" names no cluster`
          : `the context "${wanted}" names the cluster "${context.cluster}", which is not in the kubeconfig`,
      ),
    );
  const user = users.find((candidate) => candidate.name === context.user);

  const problems = [
    ...clusterProblems(cluster).map((problem) => at(cluster, `cluster "${cluster.name}": ${problem}`)),
    ...(user === undefined ? [] : userProblems(user).map((problem) => at(user, `user "${user.name}": ${problem}`))),
  ];
  if (problems.length > 0) return bad(problems.join('\n'));
  return { ok: true, selected: { context, cluster, user } };
}

function at({ origin }: ContextEntry | ClusterEntry | UserEntry, message: string): string {
  return problemText({ file: origin.file, line: origin.line, column: 0, message });
}

function clusterProblems(cluster: ClusterEntry): string[] {
  const problems: string[] = [];
  if (cluster.server === '') problems.push('server is missing');
  else {
    const server = parseServer(cluster.server);
    if (!server.ok) problems.push(`server: ${server.problem}`);
  }
  const proxy = cluster.proxyUrl === '' ? undefined : proxyProblem(cluster.proxyUrl);
  if (proxy !== undefined) problems.push(`proxy-url: ${proxy}`);
  if (cluster.certificateAuthority !== '' && cluster.certificateAuthorityData !== '')
    problems.push('certificate-authority and certificate-authority-data exclude each other');
  if (cluster.insecureSkipTlsVerify && (cluster.certificateAuthority !== '' || cluster.certificateAuthorityData !== ''))
    problems.push('a certificate authority and insecure-skip-tls-verify exclude each other');
  return problems;
}

function userProblems(user: UserEntry): string[] {
  const problems: string[] = [];
  const { clientCertificate, clientCertificateData, clientKey, clientKeyData, exec } = user;
  if (clientCertificate !== '' || clientCertificateData !== '') {
    if (clientCertificate !== '' && clientCertificateData !== '')
      problems.push('client-certificate and client-certificate-data exclude each other');
    if (clientKey !== '' && clientKeyData !== '') problems.push('client-key and client-key-data exclude each other');
    if (clientKey === '' && clientKeyData === '')
      problems.push('a client certificate needs client-key or client-key-data');
  }
  if (exec !== undefined) {
    if (user.authProvider !== undefined) problems.push('exec and auth-provider exclude each other');
    if (exec.command === '') problems.push('exec: command is missing');
    if (exec.apiVersion === '') problems.push('exec: apiVersion is missing');
    else if (!EXEC_VERSIONS.has(exec.apiVersion))
      problems.push(`exec: apiVersion "${exec.apiVersion}" is not supported; ${[...EXEC_VERSIONS].join(' and ')} are`);
    if (exec.env.some(({ name }) => name === '')) problems.push('exec: a variable of env has no name');
    if (exec.interactiveMode === '') problems.push('exec: interactiveMode is missing');
    else if (!INTERACTIVE_MODES.has(exec.interactiveMode))
      problems.push(
        `exec: interactiveMode "${exec.interactiveMode}" is not one of ${[...INTERACTIVE_MODES].join(', ')}`,
      );
  }
  if (user.token !== '' && (user.username !== '' || user.password !== ''))
    problems.push('a token and a username with a password exclude each other');
  else if (user.tokenFile !== '' && user.username !== '') problems.push('tokenFile and username exclude each other');
  if (
    user.impersonate === '' &&
    (user.impersonateUid !== '' || user.impersonateGroups.length > 0 || Object.keys(user.impersonateExtra).length > 0)
  )
    problems.push('as-uid, as-groups and as-user-extra need as');
  return problems;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
const EXEC_VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const INTERACTIVE_MODES = new Set(['Never', 'IfAvailable', 'Always']);
