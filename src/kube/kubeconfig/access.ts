/**
 * Access to the cluster of a kubeconfig's context: who we are to its API server, on which connections.
 *
 * What takes precedence follows client-go: a token file over a token, both over basic authentication, which exclude each
 * other; a credential program only where there is neither of them nor a client certificate. Over plain HTTP no credentials
 * are sent at all.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/client_config.go, rest/config.go,
 * transport/round_trippers.go and plugin/pkg/client/auth/exec/exec.go
 */
import type http from 'node:http';
import { rootCertificates } from 'node:tls';
import { AccessError, type ClusterAccess, type RequestCredentials } from '../access.js';
import type { Log } from '../log.js';
import { createAgent, retireAgent } from './agent.js';
import { tokenOfProvider } from './authProvider.js';
import type { UserEntry } from './model.js';
import { CredentialProgram, type MayRun } from './program.js';
import { proxyFor } from './proxy.js';
import type { SelectedContext } from './selectContext.js';
import { parseServer } from './server.js';
import { thisMachine, type Surroundings } from './surroundings.js';
import { secureContext, systemAuthorities, TlsFiles, type ClientCertificate, type TlsTexts } from './tlsFiles.js';
import { TokenFile } from './tokenFile.js';

/** Who we are on a request, beside the certificate that the kubeconfig itself names. */
interface Identity {
  /** `Authorization`, or `''`. */
  readonly authorization: string;
  /** The certificate that a program gave. */
  readonly certificate: ClientCertificate | undefined;
}

interface IdentitySource {
  current(signal: AbortSignal): Promise<Identity>;
  /** Forgets what was cached; false: there is nothing else to be had. */
  forget(): boolean;
}

export interface AccessParts {
  readonly log?: Log;
  readonly surroundings?: Surroundings;
}

/**
 * @param selected the context as `selectContext` accepted it
 * @param mayRun asked before the first start of a credential program
 */
export function accessTo(
  { context, cluster, user }: SelectedContext,
  mayRun: MayRun,
  { log = () => undefined, surroundings = thisMachine() }: AccessParts = {},
): ClusterAccess {
  const server = parseServer(cluster.server);
  if (!server.ok)
    throw new AccessError('unauthenticated', `The server of the cluster "${cluster.name}": ${server.problem}.`);
  const { url, userInformation } = server;
  const isPlain = url.protocol === 'http:';
  const proxy = proxyFor(url, cluster.proxyUrl, surroundings);
  const tls = isPlain ? undefined : new TlsFiles(cluster, user, surroundings);
  const identity =
    isPlain || user === undefined
      ? fixed(() => basic(userInformation))
      : identityOf(
          user,
          userInformation,
          () =>
            user.exec === undefined
              ? undefined
              : new CredentialProgram({
                  user,
                  exec: user.exec,
                  clusterInfo: async (signal) => ({ cluster, authority: (await tls?.current(signal))?.authority }),
                  mayRun,
                  surroundings,
                  log,
                }),
          surroundings,
          log,
        );
  return new KubeconfigAccess({
    context: context.name,
    namespace: context.namespace === '' ? 'default' : context.namespace,
    server: url,
    insecure: isPlain || cluster.insecureSkipTlsVerify,
    disableCompression: cluster.disableCompression,
    serverName: cluster.tlsServerName,
    impersonation: user === undefined ? {} : impersonationHeaders(user),
    identity,
    tls,
    proxy,
  });
}

function identityOf(
  user: UserEntry,
  userInformation: string,
  program: () => CredentialProgram | undefined,
  surroundings: Surroundings,
  log: Log,
): IdentitySource {
  if (user.tokenFile !== '') {
    const file = new TokenFile(user.tokenFile, user.token, surroundings, log);
    return {
      current: async (signal) => ({ authorization: bearer(await file.current(signal)), certificate: undefined }),
      forget: () => {
        file.forget();
        return true;
      },
    };
  }
  if (user.token !== '') return fixed(() => bearer(user.token));
  if (user.username !== '') return fixed(() => basic(`${user.username}:${user.password}`));
  if (user.authProvider !== undefined) return fixed(() => bearer(tokenOfProvider(user, surroundings.now())));
  const hasCertificate =
    (user.clientCertificate !== '' || user.clientCertificateData !== '') &&
    (user.clientKey !== '' || user.clientKeyData !== '');
  const run = hasCertificate ? undefined : program();
  if (run !== undefined)
    return {
      current: async (signal) => {
        const { token, certificate } = await run.current(signal);
        return { authorization: token === '' ? '' : bearer(token), certificate };
      },
      forget: () => {
        run.forget();
        return true;
      },
    };
  return fixed(() => basic(userInformation));
}

/** What the kubeconfig says itself. */
function fixed(authorization: () => string): IdentitySource {
  return {
    // Asynchronous, so that what is wrong with a token rejects instead of being thrown.
    current: async () => Promise.resolve({ authorization: authorization(), certificate: undefined }),
    forget: () => false,
  };
}

/** `''` where there is neither a user nor a password. */
const basic = (userAndPassword: string): string =>
  userAndPassword === '' ? '' : `Basic ${Buffer.from(userAndPassword).toString('base64')}`;

/** What no header may hold would make Node refuse the request with words that say nothing of a token. */
function bearer(token: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(token))
    throw new AccessError('unauthenticated', 'The token holds characters that cannot be sent, such as a line break.');
  return `Bearer ${token}`;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonationHeaders(user: UserEntry): Record<string, string | string[]> {
  if (user.impersonate === '') return {};
  return {
    'Impersonate-User': user.impersonate,
    ...(user.impersonateUid === '' ? {} : { 'Impersonate-Uid': user.impersonateUid }),
    ...(user.impersonateGroups.length === 0 ? {} : { 'Impersonate-Group': [...user.impersonateGroups] }),
    ...Object.fromEntries(
      Object.entries(user.impersonateExtra)
        .filter(([, values]) => values.length > 0)
        .map(([key, values]) => [`Impersonate-Extra-${escapeHeaderKey(key)}`, [...values]]),
    ),
  };
}

/** Percent-encodes what may not stand in a header's name, and `%` itself (client-go's `headerKeyEscape`). */
function escapeHeaderKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

interface Parts {
  readonly context: string;
  readonly namespace: string;
  readonly server: URL;
  readonly insecure: boolean;
  readonly disableCompression: boolean;
  readonly serverName: string;
  readonly impersonation: Readonly<Record<string, string | string[]>>;
  readonly identity: IdentitySource;
  /** Undefined: plain HTTP. */
  readonly tls: TlsFiles | undefined;
  readonly proxy: URL | undefined;
}

class KubeconfigAccess implements ClusterAccess {
  readonly #parts: Parts;
  #agent:
    | {
        readonly agent: http.Agent;
        readonly texts: TlsTexts | undefined;
        readonly client: ClientCertificate | undefined;
      }
    | undefined;
  #last: { readonly authorization: string; readonly credentials: RequestCredentials } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get context(): string {
    return this.#parts.context;
  }
  get server(): URL {
    return this.#parts.server;
  }
  get namespace(): string {
    return this.#parts.namespace;
  }
  get insecure(): boolean {
    return this.#parts.insecure;
  }
  get disableCompression(): boolean {
    return this.#parts.disableCompression;
  }

  async credentials(signal: AbortSignal): Promise<RequestCredentials> {
    signal.throwIfAborted();
    const { identity, tls, impersonation } = this.#parts;
    const { authorization, certificate } = await identity.current(signal);
    const texts = await tls?.current(signal);
    const agent = this.#agentFor(texts, certificate ?? texts?.client);
    if (this.#last?.authorization === authorization && this.#last.credentials.agent === agent)
      return this.#last.credentials;
    const credentials: RequestCredentials = {
      headers: { ...(authorization === '' ? {} : { Authorization: authorization }), ...impersonation },
      agent,
    };
    this.#last = { authorization, credentials };
    return credentials;
  }

  invalidate(rejected: RequestCredentials): boolean {
    // Somebody else met the 401 before, and there are newer ones already.
    if (rejected !== this.#last?.credentials) return true;
    const { identity, tls } = this.#parts;
    tls?.forget();
    return identity.forget() || tls?.usesFiles === true;
  }

  dispose(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  #agentFor(texts: TlsTexts | undefined, client: ClientCertificate | undefined): http.Agent {
    const known = this.#agent;
    if (
      known !== undefined &&
      known.texts?.authority === texts?.authority &&
      known.client?.certificate === client?.certificate &&
      known.client?.key === client?.key
    )
      return known.agent;
    const { server, serverName, insecure, proxy } = this.#parts;
    const trust =
      texts === undefined
        ? undefined
        : {
            context: secureContext(texts.authority, client),
            serverName,
            insecure,
            proxyAuthorities: proxy?.protocol === 'https:' ? proxyAuthorities(texts.authority) : undefined,
          };
    const agent = createAgent(server, trust, proxy);
    if (known !== undefined) retireAgent(known.agent);
    this.#agent = { agent, texts, client };
    return agent;
  }
}

/** A proxy may have a certificate of the cluster's authority, which is all that Go trusts here, or a public one. */
function proxyAuthorities(authority: string | undefined): string[] {
  return [...(systemAuthorities() ?? rootCertificates), ...(authority === undefined ? [] : [authority])];
}
