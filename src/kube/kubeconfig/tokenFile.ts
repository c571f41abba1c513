/**
 * A bearer token in a file, read again as it is replaced: a projected service account token lives ten minutes, and the
 * kubelet replaces it at 80 % of that. If it cannot be read again, the last one serves on; if it never could, the
 * kubeconfig's `token` does.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/transport/token_source.go (`NewCachedFileTokenSource`) and
 * round_trippers.go (`NewBearerAuthWithRefreshRoundTripper`), by which `tokenFile` takes precedence over `token`.
 */
import { AccessError } from '../access.js';
import type { Log } from '../log.js';
import { errorCode, errorWords, type Surroundings } from './surroundings.js';

/** client-go gives a token from a file a minute, and asks for the next one ten seconds before that ends. */
const KEEP_MS = 50_000;

export class TokenFile {
  readonly #file: string;
  readonly #fallback: string;
  readonly #surroundings: Surroundings;
  readonly #log: Log;
  #token: string | undefined;
  #readAt = 0;
  #stale = true;

  /** @param fallback the token that stands in the kubeconfig itself, or `''` */
  constructor(file: string, fallback: string, surroundings: Surroundings, log: Log) {
    this.#file = file;
    this.#fallback = fallback;
    this.#surroundings = surroundings;
    this.#log = log;
  }

  async current(signal: AbortSignal): Promise<string> {
    const now = this.#surroundings.now();
    if (this.#token !== undefined && !this.#stale && now < this.#readAt + KEEP_MS) return this.#token;
    try {
      const token = new TextDecoder().decode(await this.#surroundings.files.read(this.#file, signal)).trim();
      if (token === '') throw new AccessError('unauthenticated', `The token file ${this.#file} is empty.`);
      this.#token = token;
    } catch (error) {
      signal.throwIfAborted();
      const known = this.#token ?? this.#fallback;
      if (known === '') throw this.#unreadable(error);
      this.#log('warn', 'the token file cannot be read, the last token serves on', {
        file: this.#file,
        reason: errorWords(error),
      });
      this.#token = known;
    }
    this.#readAt = now;
    this.#stale = false;
    return this.#token;
  }

  /** The next time the file is read again, whenever that was done last. */
  forget(): void {
    this.#stale = true;
  }

  #unreadable(error: unknown): unknown {
    if (errorCode(error) === undefined) return error;
    return new AccessError(
      'unauthenticated',
      `The token file ${this.#file} cannot be read: ${errorWords(error)}.`,
      error,
    );
  }
}
