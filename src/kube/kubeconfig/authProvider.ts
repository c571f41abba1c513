/**
 * `user.auth-provider`: what stood in clients before credential programs. Only `oidc` is left of it, and of that only what
 * is in the file already: the id-token, as long as it is valid.
 *
 * It is not refreshed on purpose. Identity providers may allow a refresh token to be used only once; kubectl writes the new
 * one into the kubeconfig, and here nothing is written: the user's own kubectl would be logged out.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/plugin/pkg/client/auth/oidc/oidc.go, and gcp_stub.go and
 * azure_stub.go beside it for what was removed.
 */
import { AccessError } from '../access.js';
import type { UserEntry } from './model.js';

const REPLACED_BY: Readonly<Record<string, string>> = {
  gcp: 'gke-gcloud-auth-plugin (gcloud container clusters get-credentials writes it into the kubeconfig)',
  azure: 'kubelogin (kubelogin convert-kubeconfig writes it into the kubeconfig)',
};
/** client-go renews ten seconds before the end. */
const EXPIRY_DELTA_MS = 10_000;

/** The bearer token of an `auth-provider`, valid at `now` (milliseconds since the epoch). Throws an `AccessError`. */
export function tokenOfProvider(user: UserEntry, now: number): string {
  const name = user.authProvider?.name ?? '';
  const refuse = (words: string): AccessError => new AccessError('unauthenticated', `The user "${user.name}" ${words}`);
  if (name !== 'oidc') {
    const replacement = REPLACED_BY[name];
    throw refuse(
      replacement === undefined
        ? `uses the auth-provider "${name.slice(0, 80)}", which no client supports any more.`
        : `uses the auth-provider "${name}", which was removed from Kubernetes' clients. Use ${replacement}.`,
    );
  }
  const token = user.authProvider?.config['id-token'] ?? '';
  if (token === '') throw refuse('has no id-token of its OpenID Connect provider. Log in with kubectl first.');
  const expiresAt = expiryOf(token);
  if (expiresAt === undefined) throw refuse('has an id-token that cannot be read.');
  if (now >= expiresAt - EXPIRY_DELTA_MS)
    throw refuse(
      `has an id-token that expired at ${new Date(expiresAt).toISOString()}. Run any kubectl command: it renews the token in the kubeconfig, which is not written to from here.`,
    );
  return token;
}

/** The `exp` of a JWT in milliseconds. Its signature is the server's business. */
function expiryOf(token: string): number | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
    const milliseconds = Number(claims.exp) * 1000;
    return Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
