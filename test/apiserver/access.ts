/**
 * Who asks, and what they may do: client certificates and bearer tokens on one side, rules as in RBAC on the other
 * (https://kubernetes.io/docs/reference/access-authn-authz/rbac/). Rules can change while the server runs.
 */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  /** `pods`, `pods/exec`, `*`. */
  readonly resources: readonly string[];
  /** Absent: cluster-wide. */
  readonly namespaces?: readonly string[];
}

export interface UserSpec {
  readonly name: string;
  readonly groups: readonly string[];
  /** With a token, the kubeconfig carries it instead of a certificate. */
  readonly token?: string;
  readonly rules: readonly Rule[];
}

export interface Caller {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface Ask {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly subresource: string;
  /** Empty: at the cluster scope. */
  readonly namespace: string;
}

const READ = ['get', 'list', 'watch'];

export const administrator: UserSpec = { name: 'admin', groups: ['system:masters'], rules: [] };

/** May look at everything that an inspector reads, may start nothing. */
export const viewer: UserSpec = {
  name: 'viewer',
  groups: ['simulated:viewers'],
  rules: [
    {
      apiGroups: [''],
      resources: ['nodes', 'pods', 'services', 'namespaces', 'configmaps', 'endpoints'],
      verbs: READ,
    },
    { apiGroups: ['apps'], resources: ['daemonsets', 'deployments'], verbs: READ },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: ['networking.k8s.io', 'cilium.io'], resources: ['*'], verbs: READ },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
  ],
};

/** May read the pods and services of one namespace, as many developers can. */
export const nobody: UserSpec = {
  name: 'nobody',
  groups: ['simulated:nobodies'],
  rules: [{ apiGroups: [''], resources: ['pods', 'services'], verbs: READ, namespaces: ['default'] }],
};

/** The administrator again, known by a bearer token. */
export const tokenUser: UserSpec = {
  name: 'token',
  groups: ['system:masters'],
  token: 'simulated-bearer-token',
  rules: [],
};

export const standardUsers: readonly UserSpec[] = [administrator, viewer, nobody, tokenUser];

const ANONYMOUS: Caller = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What every user may ask, whatever their rules (the real server's system:basic-user and system:discovery). */
const BASIC_RULES: readonly Rule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];
const DISCOVERY_PATHS = /^\/(api|apis|healthz|livez|openapi|readyz|version)(\/|$)/;
const PUBLIC_PATHS = /^\/(healthz|livez|readyz|version)(\/|$)/;

export class Access {
  readonly #users = new Map<string, UserSpec>();
  readonly #expiredTokens = new Set<string>();

  constructor(users: readonly UserSpec[]) {
    for (const user of users) this.#users.set(user.name, user);
  }

  users(): readonly UserSpec[] {
    return [...this.#users.values()];
  }

  user(name: string): UserSpec | undefined {
    return this.#users.get(name);
  }

  /** Adds a user, or gives a known one other rules or another token. */
  setUser(user: UserSpec): void {
    this.#users.set(user.name, user);
  }

  /** The token is answered with 401 from now on. */
  expireToken(token: string): void {
    this.#expiredTokens.add(token);
  }

  /** The caller of a request; undefined when credentials were shown and are not good (401). */
  authenticate(request: IncomingMessage): Caller | undefined {
    const authorization = request.headers.authorization;
    if (authorization !== undefined) {
      const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
      if (token === undefined || this.#expiredTokens.has(token)) return undefined;
      const user = this.users().find((candidate) => candidate.token === token);
      return user === undefined ? undefined : asCaller(user.name, user.groups);
    }
    if (!(request.socket instanceof TLSSocket)) return ANONYMOUS;
    // Without a certificate Node answers an empty object.
    const certificate: { subject?: { CN?: string | string[]; O?: string | string[] } } =
      request.socket.getPeerCertificate();
    const { CN, O = [] } = certificate.subject ?? {};
    if (CN === undefined) return ANONYMOUS;
    if (!request.socket.authorized) return undefined;
    return asCaller([CN].flat()[0] ?? '', [O].flat());
  }

  mayAsk(caller: Caller, ask: Ask): boolean {
    if (caller.groups.includes('system:masters')) return true;
    if (caller === ANONYMOUS) return false;
    return this.rulesOf(caller).some((rule) => allows(rule, ask));
  }

  mayGetPath(caller: Caller, path: string): boolean {
    if (caller.groups.includes('system:masters') || PUBLIC_PATHS.test(path)) return true;
    return caller !== ANONYMOUS && DISCOVERY_PATHS.test(path);
  }

  rulesOf(caller: Caller): readonly Rule[] {
    if (caller.groups.includes('system:masters')) return [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    return [...BASIC_RULES, ...(this.#users.get(caller.name)?.rules ?? [])];
  }
}

function asCaller(name: string, groups: readonly string[]): Caller {
  return { name, groups: [...groups, 'system:authenticated'] };
}

function allows(rule: Rule, ask: Ask): boolean {
  const resource = ask.subresource === '' ? ask.plural : `${ask.plural}/${ask.subresource}`;
  const among = (list: readonly string[], wanted: string): boolean => list.includes('*') || list.includes(wanted);
  return (
    among(rule.verbs, ask.verb) &&
    among(rule.apiGroups, ask.group) &&
    among(rule.resources, resource) &&
    (rule.namespaces === undefined || rule.namespaces.includes(ask.namespace))
  );
}
