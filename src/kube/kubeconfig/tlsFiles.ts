/**
 * The TLS side of a kubeconfig: which authority to trust and which certificate to show, as PEM. Certificates in files are
 * read again when the files change, for they are rotated while we run.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/transport/transport.go (`TLSConfigFor`, `loadTLSFiles`)
 */
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { AccessError } from '../access.js';
import type { ClusterEntry, UserEntry } from './model.js';
import { errorCode, errorWords, type Surroundings } from './surroundings.js';

/** A certificate with its key, PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface TlsTexts {
  /** PEM; undefined: the authorities that the system trusts. */
  readonly authority: string | undefined;
  readonly client: ClientCertificate | undefined;
}

/** Files are looked at once in this time at the most, as client-go does it. */
const LOOK_EVERY_MS = 1_000;

interface Source {
  readonly what: string;
  readonly file: string;
  readonly data: string;
}

export class TlsFiles {
  readonly #sources: { readonly authority: Source; readonly certificate: Source; readonly key: Source };
  readonly #surroundings: Surroundings;
  #texts: TlsTexts | undefined;
  #version = '';
  #lookedAt = 0;

  constructor(cluster: ClusterEntry, user: UserEntry | undefined, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#sources = {
      authority: {
        what: 'certificate authority',
        file: cluster.certificateAuthority,
        data: cluster.certificateAuthorityData,
      },
      certificate: {
        what: 'client certificate',
        file: user?.clientCertificate ?? '',
        data: user?.clientCertificateData ?? '',
      },
      key: { what: 'client key', file: user?.clientKey ?? '', data: user?.clientKeyData ?? '' },
    };
  }

  /** Whether reading again may give other texts. */
  get usesFiles(): boolean {
    return Object.values(this.#sources).some(({ file, data }) => file !== '' && data === '');
  }

  /** The same object as long as the files are the same. Throws an `AccessError` when one cannot be read. */
  async current(signal: AbortSignal): Promise<TlsTexts> {
    const now = this.#surroundings.now();
    if (this.#texts !== undefined && (!this.usesFiles || now < this.#lookedAt + LOOK_EVERY_MS)) return this.#texts;
    const { authority, certificate, key } = this.#sources;
    const versions = await Promise.all([authority, certificate, key].map((source) => this.#versionOf(source)));
    const version = versions.join('\n');
    if (this.#texts === undefined || version !== this.#version) {
      const [authorityText, certificateText, keyText] = await Promise.all([
        this.#read(authority, signal),
        this.#read(certificate, signal),
        this.#read(key, signal),
      ]);
      this.#texts = {
        authority: authorityText,
        client:
          certificateText === undefined || keyText === undefined
            ? undefined
            : { certificate: certificateText, key: keyText },
      };
      this.#version = version;
    }
    this.#lookedAt = now;
    return this.#texts;
  }

  /** The next time the files are looked at, whenever that was done last. */
  forget(): void {
    this.#lookedAt = -LOOK_EVERY_MS;
  }

  async #versionOf({ what, file, data }: Source): Promise<string> {
    if (data !== '' || file === '') return '';
    try {
      return (await this.#surroundings.files.facts(file)).version;
    } catch (error) {
      throw unreadable(what, file, error);
    }
  }

  async #read({ what, file, data }: Source, signal: AbortSignal): Promise<string | undefined> {
    if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
    if (file === '') return undefined;
    try {
      return new TextDecoder().decode(await this.#surroundings.files.read(file, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw unreadable(what, file, error);
    }
  }
}

function unreadable(what: string, file: string, error: unknown): unknown {
  if (errorCode(error) === undefined) return error;
  return new AccessError('unauthenticated', `The ${what} ${file} cannot be read: ${errorWords(error)}.`, error);
}

/**
 * What a connection needs, checked: that the authority is a certificate, that the key belongs to the client's certificate.
 * Throws an `AccessError`.
 */
export function secureContext(authority: string | undefined, client: ClientCertificate | undefined): tls.SecureContext {
  const ca = authority === undefined ? systemAuthorities() : [checkedAuthority(authority)];
  try {
    return tls.createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
      minVersion: 'TLSv1.2',
      // For Go every certificate of the authority's file is an anchor, an intermediate one too.
      allowPartialTrustChain: true,
    });
  } catch (error) {
    throw new AccessError('unauthenticated', `The client certificate cannot be used: ${errorWords(error)}.`, error);
  }
}

/** Node passes over what is no certificate, and would then trust nobody, with an error that says something else. */
function checkedAuthority(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    throw new AccessError('unauthenticated', 'The certificate authority of the kubeconfig holds no PEM certificate.');
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch (error) {
    throw new AccessError(
      'unauthenticated',
      `The certificate authority of the kubeconfig cannot be read: ${errorWords(error)}.`,
      error,
    );
  }
  return pem;
}

/**
 * Where the kubeconfig names no authority, Go trusts the system's, and Node those it was built with. Newer versions of Node
 * can tell the system's (https://nodejs.org/api/tls.html#tlsgetcacertificatestype); both are taken then. Undefined: Node's.
 */
export function systemAuthorities(): string[] | undefined {
  const getCaCertificates: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof getCaCertificates !== 'function') return undefined;
  const texts = ['default', 'system'].flatMap((type): unknown => Reflect.apply(getCaCertificates, tls, [type]));
  return [...new Set(texts.filter((text): text is string => typeof text === 'string'))];
}
